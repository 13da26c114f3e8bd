import type { GateConfig } from '../config/schema.ts'
import type { Direction, Task } from '../core/task.ts'
import type { BehaviourResult } from './behaviour/types.ts'
import type {
  Churn,
  DataBias,
  Footprint,
  HoldoutUse,
  IndividualFairness,
  SegmentSearch,
  TrainingNoise,
} from './evidence.ts'
import type { FairnessResult } from './fairness-types.ts'
import type { Condition } from './groups.ts'
import type { LeakSearch } from './leak-types.ts'

export type { FairnessMetric, FairnessResult, GroupRates } from './fairness-types.ts'

/** `low ≤ truth ≤ high` with the given confidence. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly level: number
  /** `paired bootstrap (percentile, 2000 resamples)`, … */
  readonly method: string
}

/** A metric of one model. `value` is null where it is undefined (an empty denominator, one class): never 0, never NaN. */
export interface MetricValue {
  readonly metric: string
  readonly value: number | null
  readonly interval: Interval | null
  /** Why it is undefined. */
  readonly reason?: string | undefined
}

export type Role = 'baseline' | 'champion' | 'candidate'

export interface EvaluatedModel {
  readonly role: Role
  /** `v3`, `v4 (candidate)`, `always “no”`. */
  readonly name: string
  readonly version: number | null
  readonly metrics: readonly MetricValue[]
}

/** The four answers. */
export type Conclusion = 'better' | 'not-worse' | 'worse' | 'cannot-tell'

/** candidate − other, on the same rows, signed as the metric is. */
export interface MetricComparison {
  readonly metric: string
  readonly versus: 'champion' | 'baseline'
  readonly direction: Direction
  readonly difference: number | null
  readonly interval: Interval | null
  /** The non-inferiority margin the conclusion was drawn with. */
  readonly margin: number
  readonly conclusion: Conclusion
  /** For cannot-tell of a slice: “worse” was taken back, for among so many slices one looks like this by chance. */
  readonly perhapsChance?: boolean | undefined
  /** For cannot-tell: about how many more labelled holdout rows would settle it. */
  readonly rowsNeeded?: number | undefined
  /** Two-sided, of no difference; null where there is no interval. */
  readonly pValue?: number | null | undefined
  /** What it is of: `DeLong`, `McNemar mid-p (exact p = 0.0391)`, `paired bootstrap`. */
  readonly test?: string | null | undefined
}

/** Precision, recall and F1 of one class of a multiclass model, against all other classes. */
export interface ClassResult {
  readonly role: Role
  readonly class: string
  /** Held-out rows of the class (the sum of their weights). */
  readonly rows: number
  readonly precision: MetricValue
  readonly recall: MetricValue
  readonly f1: MetricValue
}

export interface GateResult {
  readonly gate: GateConfig
  /** `auc not worse than the champion by more than 0.005`. */
  readonly title: string
  readonly status: 'pass' | 'fail' | 'inconclusive'
  /** What was seen: `+0.021 (+0.012 … +0.030)`. */
  readonly observed: string
  readonly sentence: string
  /** It asks for a champion, and there is none yet: it stops nothing, and nothing was looked at. */
  readonly unasked?: boolean | undefined
  /** Of a comparison: one of the four answers, */
  readonly conclusion?: Conclusion | undefined
  /** and for cannot-tell about how many more labelled held-out rows would settle it. */
  readonly rowsNeeded?: number | undefined
  /** Where the gate looks at one slice. */
  readonly slice?: { readonly column: string; readonly value: string } | undefined
  /** `check`: not from the configuration, but a check that Refit makes by itself. */
  readonly origin?: 'configured' | 'default' | 'check' | undefined
}

export interface SliceResult {
  /** `plan`, or `plan × region` for a cross. */
  readonly column: string
  /** `basic`, or `basic × north`. */
  readonly value: string
  /** The columns of a cross. */
  readonly columns?: readonly string[] | undefined
  /** What its rows fulfil, with the exact edges of bands; absent in old records. */
  readonly conditions?: readonly Condition[] | undefined
  readonly rows: number
  /** The primary metric. */
  readonly candidate: MetricValue
  readonly champion: MetricValue | null
  readonly comparison: MetricComparison | null
  /** Too small to judge. */
  readonly small: boolean
  /** That candidate and champion are equal on the slice; and after Benjamini–Hochberg over all judged slices. */
  readonly pValue?: number | null | undefined
  readonly qValue?: number | null | undefined
  /** Metrics that a gate asks for on slices, beside the primary one. */
  readonly more?: readonly SliceMetric[] | undefined
}

export interface SliceMetric {
  readonly candidate: MetricValue
  readonly champion: MetricValue | null
  readonly comparison: MetricComparison | null
}

export interface Evaluation {
  readonly task: Task
  readonly primary: string
  readonly holdout: {
    readonly rows: number
    readonly description: string
    readonly digest: string
    readonly championSafe: boolean
    /** How it is known that the champion was not trained on these rows. */
    readonly championWhy?: string | undefined
    /** The sum of the sample weights, where rows have such: then every figure counts rows by their weight. */
    readonly weight?: number | undefined
    /** Held-out rows that are not judged, since no training row has their class, with some of those classes. */
    readonly unseen?: { readonly rows: number; readonly examples: readonly string[] } | undefined
    readonly note?: string | undefined
  }
  /** Decision threshold of each role, binary only. */
  readonly thresholds: Readonly<Partial<Record<Role, number>>>
  readonly baseline: EvaluatedModel
  readonly champion: EvaluatedModel | null
  readonly candidate: EvaluatedModel
  readonly comparisons: readonly MetricComparison[]
  readonly slices: readonly SliceResult[]
  readonly fairness: readonly FairnessResult[]
  /** What the decisions on the holdout were worth in total; only with a cost table. `value` among the metrics is per 1,000 rows. */
  readonly businessValue?: BusinessValue | undefined
  /** Multiclass only: candidate, then champion; the 20 classes with most rows. */
  readonly perClass?: readonly ClassResult[] | undefined
  /** Points for the charts. */
  readonly curves: readonly Curve[]
  /** What a reviewer should know before believing the numbers, in sentences. */
  readonly warnings: readonly string[]
  readonly churn?: Churn | undefined
  readonly segments?: SegmentSearch | undefined
  readonly individualFairness?: IndividualFairness | undefined
  readonly dataBias?: readonly DataBias[] | undefined
  readonly behaviour?: readonly BehaviourResult[] | undefined
  /** Absent in records of before every check said what it looked at. */
  readonly leaks?: LeakSearch | undefined
  /** What the champion’s own run measured of it, on other rows. */
  readonly championAtTraining?: readonly MetricValue[] | undefined
  readonly footprint?: Footprint | undefined
  readonly trainingNoise?: TrainingNoise | undefined
  readonly holdoutUse?: HoldoutUse | undefined
}

export interface BusinessValue {
  /** As configured, may be ''. */
  readonly unit: string
  /** Total over the holdout; null where there are no rows or no such model. */
  readonly totals: Readonly<Record<Role, number | null>>
  readonly intervals?: Readonly<Record<Role, Interval | null>> | undefined
  /** Total of the candidate less that of the champion; null without a champion or where undefined. */
  readonly change?: { readonly difference: number; readonly interval: Interval | null } | null | undefined
}

/**
 * Points of one chart of one model.
 *
 * | kind          | task           | x                                | y                                | further                               |
 * |---------------|----------------|----------------------------------|----------------------------------|---------------------------------------|
 * | `roc`         | binary         | false positive rate              | true positive rate               |                                       |
 * | `pr`          | binary         | recall                           | precision                        |                                       |
 * | `calibration` | binary         | mean prediction of a bin         | share of positives in it         | `low`, `high` (Wilson), `rows`        |
 * | `gains`       | binary         | share of rows, highest first     | share of the positives among them |                                       |
 * | `ks`          | binary         | score                            | share of positives at or below it | `other`: the same of the negatives    |
 * | `confusion`   | classification | code of the decided class        | code of the true class           | `rows` of the cell, `classes`         |
 * | `deciles`     | regression     | mean prediction of a tenth       | mean truth of it                 | `rows`                                |
 * | `residual`    | regression     | mean prediction of a band        | median of predicted − true       | `low`, `high`: its 10 and 90 % quantile, `rows` |
 *
 * All arrays are as long as `x`; at most 60 points, `confusion` at most 20 × 20.
 */
export interface Curve {
  readonly kind: 'roc' | 'pr' | 'calibration' | 'gains' | 'ks' | 'confusion' | 'deciles' | 'residual'
  readonly role: Role
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly low?: readonly number[] | undefined
  readonly high?: readonly number[] | undefined
  /** A second line over the same x. */
  readonly other?: readonly number[] | undefined
  /** Rows (the sum of their weights) behind each point. */
  readonly rows?: readonly number[] | undefined
  /** Class names by code, of a confusion matrix. */
  readonly classes?: readonly string[] | undefined
}

export interface Verdict {
  readonly outcome: 'pass' | 'fail' | 'inconclusive'
  /** One sentence a reviewer can act on: `needs about 1,900 more labelled rows`. */
  readonly reason: string
}
