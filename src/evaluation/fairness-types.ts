import type { Interval } from './types.ts'

/** What a model does to one group. */
export interface GroupRates {
  readonly group: string
  readonly rows: number
  /** null where undefined or the group is too small. */
  readonly selectionRate: number | null
  readonly truePositiveRate: number | null
  readonly falsePositiveRate: number | null
  readonly accuracy: number | null
  readonly small: boolean
  /** Precision: share of positives among the rows decided positive. */
  readonly positivePredictiveValue?: number | null | undefined
  /** Share of positive labels, mean score, and what calibration within groups compares: mean score − label rate. */
  readonly labelRate?: number | null | undefined
  readonly meanScore?: number | null | undefined
  readonly calibrationGap?: number | null | undefined
  /** Share of all held-out rows. */
  readonly share?: number | undefined
  /** Multiclass: the class that is held against all others. */
  readonly class?: string | undefined
  /** Regression: errors, in the unit of the label; `meanScore` is the mean prediction, `labelRate` the mean label. */
  readonly mae?: number | null | undefined
  readonly rmse?: number | null | undefined
  /** Regression: of the means, by name. */
  readonly intervals?: Readonly<Record<string, { readonly low: number; readonly high: number }>> | undefined
}

/**
 * `metric` ∈ {demographic-parity, equalized-odds, equal-opportunity, predictive-parity, group-calibration} (regression:
 * {demographic-parity, distribution-parity, mae-parity, rmse-parity, group-calibration}) × {-difference, -ratio} ×
 * {between groups: no suffix, to the overall rate: -to-overall}.
 */
export interface FairnessMetric {
  readonly metric: string
  readonly method?: 'between-groups' | 'to-overall' | undefined
  readonly candidate: number | null
  readonly champion: number | null
  /** Of the candidate's value. */
  readonly interval: Interval | null
  /** candidate − champion on the same rows; null where either is undefined. */
  readonly change?:
    | {
        readonly difference: number
        readonly interval: Interval | null
        /** false where it is better by itself, and not as the best of all that is compared with the champion. */
        readonly proven?: boolean | undefined
      }
    | null
    | undefined
  /** Why a value, or its change, has no interval: no gate on it is decided. */
  readonly unsure?: string | undefined
  /** Why the candidate's value is undefined. */
  readonly reason?: string | undefined
  /** What the candidate's value is of: the class, the group with the smallest and with the largest rate; null for all rows. */
  readonly where?:
    | { readonly class?: string | undefined; readonly low: string | null; readonly high: string | null }
    | undefined
  /** What is left out of it: `too few rows in all but one group: class “d”`. */
  readonly note?: string | undefined
}

export interface FairnessResult {
  /** `sex`, or `sex × race` for an intersection. */
  readonly attribute: string
  /** The columns of an intersection. */
  readonly attributes?: readonly string[] | undefined
  readonly candidate: readonly GroupRates[]
  readonly champion: readonly GroupRates[] | null
  readonly metrics: readonly FairnessMetric[]
}
