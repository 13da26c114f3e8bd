import type { Condition } from './groups.ts'
import type { Interval } from './types.ts'

/** What is known about a candidate beside its metrics. Every part is absent where nobody asked or it means nothing. */

/** How many decisions change when the candidate replaces the champion. */
export interface Churn {
  readonly rows: number
  /** Share of rows whose decision differs; regression: whose prediction moves by more than `tolerance`. */
  readonly share: number
  readonly interval: Interval | null
  /** Regression: a tenth of the standard deviation of the labels. */
  readonly tolerance?: number | undefined
  /** Rows that the champion decides rightly and the candidate wrongly, and the other way round; null for regression. */
  readonly newlyWrong: number | null
  readonly newlyRight: number | null
  /** `newlyWrong` as a share of the rows (the negative flip rate, Yan et al. 2021), and its interval. */
  readonly newlyWrongShare: number | null
  readonly newlyWrongInterval: Interval | null
  /** McNemar's mid-p of newlyWrong against newlyRight; null for regression. */
  readonly pValue: number | null
}

/** What the loaded candidate costs: measured on this machine, never on the same one twice. */
export interface Footprint {
  /** Of all files together. */
  readonly bytes: number
  readonly championBytes?: number | undefined
  /** Milliseconds of a prediction of one row, median and 95th percentile, over `calls` calls. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly calls: number } | null
  /** Rows per second in one batch of `rows`. */
  readonly throughput: { readonly rowsPerSecond: number; readonly rows: number } | null
}

/** The same recipe on the same rows with other seeds. */
export interface TrainingNoise {
  readonly metric: string
  /** The candidate's own seed first. */
  readonly seeds: readonly number[]
  readonly values: readonly (number | null)[]
  readonly mean: number | null
  /** Standard deviation over the seeds (n − 1). */
  readonly sd: number | null
  /** The gain over the champion, positive is better; null without a champion. */
  readonly gain: number | null
  /** Two trainings of one recipe differ by less than this in 95 of 100 cases: t(K − 1)·√2·sd. */
  readonly noise: number | null
  /** Whether the gain exceeds it; null where that cannot be said. */
  readonly exceeds: boolean | null
  readonly sentence: string
}

/** How often held-out rows have been used to choose, from the ledger on the state branch. */
export interface HoldoutUse {
  /** This use included; earlier ones count by the share of today's rows that they had seen. */
  readonly uses: number
  /** Uses after which the holdout is spent. */
  readonly budget: number
  /** Confidence level as configured, and as corrected for the uses. Comparisons with the champion use the latter. */
  readonly level: number
  readonly correctedLevel: number
  readonly status: 'fresh' | 'used' | 'wearing' | 'spent'
  readonly sentence: string
  /** Earlier uses, newest first. */
  readonly earlier: readonly {
    readonly at: string
    readonly candidateId: string
    readonly rows: number
    /** Share of today's held-out rows that were among its. */
    readonly overlap: number
  }[]
}

/** Segments that nobody asked for, found on the held-out rows. */
export interface SegmentSearch {
  /** Segments looked at. */
  readonly searched: number
  readonly columns: number
  readonly minRows: number
  /** Mean loss per row: `error`, `squared error`, `log loss`. */
  readonly loss: string
  /** How the p-values account for the search. */
  readonly correction: string
  /** Where the candidate does worst, worst first. */
  readonly worst: readonly Segment[]
  /** Where it does worse than the champion, worst first. */
  readonly regressions: readonly Segment[]
}

export interface Segment {
  /** `plan = basic and age > 48`. */
  readonly name: string
  readonly conditions: readonly Condition[]
  readonly rows: number
  /** Mean loss of the candidate on the segment, and on all other rows. */
  readonly loss: number
  readonly rest: number
  readonly championLoss: number | null
  /** worst: loss − rest; regressions: loss − championLoss. Positive is bad. */
  readonly excess: number
  /** Simultaneous for all segments searched. */
  readonly interval: Interval
  /** Adjusted for the search. */
  readonly pValue: number
  readonly significant: boolean
  /** The primary metric on the segment; null where undefined. */
  readonly metric: { readonly candidate: number | null; readonly champion: number | null }
}

interface Change {
  readonly difference: number
  readonly interval: Interval | null
}

/** Whether like rows are treated alike. */
export interface IndividualFairness {
  /** 1 − mean |ŷ − mean ŷ of the k nearest neighbours|: 1 is perfectly consistent. */
  readonly consistency: {
    readonly candidate: number
    readonly champion: number | null
    readonly interval?: Interval | null | undefined
    readonly championInterval?: Interval | null | undefined
    /** candidate − champion over the same rows and neighbours. */
    readonly change?: Change | null | undefined
    readonly neighbours: number
    readonly rows: number
    /** Whether a row is among its own neighbours, as in AIF360. */
    readonly includesSelf: boolean
  } | null
  /** Why there is none. */
  readonly reason?: string | undefined
  readonly flips: readonly FlipTest[]
}

/** The counterfactual flip test: every row with another value of the protected column. */
export interface FlipTest {
  readonly attribute: string
  readonly rows: number
  /** Rows whose decision changes for at least one other value of the column. */
  readonly changed: number
  readonly share: number
  readonly interval: Interval | null
  readonly championShare: number | null
  readonly championInterval?: Interval | null | undefined
  /** candidate − champion on the same rows. */
  readonly change?: Change | null | undefined
  /** Mean of the largest change of the score. */
  readonly meanChange: number
  /** False where the column is no feature: then nothing can change. */
  readonly isFeature: boolean
}

/** Bias of the data itself, before any model. */
export interface DataBias {
  readonly attribute: string
  readonly groups: readonly {
    readonly group: string
    readonly trainRows: number
    readonly trainShare: number
    readonly trainShareInterval?: Interval | null | undefined
    readonly holdoutRows: number
    readonly holdoutShare: number
    readonly holdoutShareInterval?: Interval | null | undefined
    /** Share of positive labels (regression: the mean label) among the training rows; null where there are none. */
    readonly labelRate: number | null
    readonly interval: Interval | null
    readonly small: boolean
  }[]
  /** Largest − smallest label rate, and smallest / largest, of groups that are large enough. */
  readonly labelRateDifference: number | null
  readonly labelRateRatio: number | null
  readonly labelRateDifferenceInterval?: Interval | null | undefined
  readonly labelRateRatioInterval?: Interval | null | undefined
  /** χ² test that the label does not depend on the group; classification only. */
  readonly pValue: number | null
  readonly warnings: readonly string[]
}
