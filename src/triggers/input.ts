import type { TriggersConfig } from '../config/schema.ts'
import type { ColumnCounts, ColumnProfile, Profile, ProfileCounts } from '../data/types.ts'
import type { TriggerResult } from './types.ts'

/** Why something could not be observed, as a sentence. A trigger that needed it is `unchecked`, never `quiet`. */
export interface Unobserved {
  readonly error: string
}

/** Everything the triggers may look at. Plain data: the triggers read no clock, no file and no network. */
export interface TriggerInput {
  /** Epoch milliseconds. */
  readonly now: number
  /** Name of the model. */
  readonly model?: string | undefined
  readonly config: TriggersConfig
  /** The metric the performance trigger watches where its configuration names none. */
  readonly primary: string
  readonly champion: ChampionFacts
  /** Saved with the champion: the reference of the drift trigger. */
  readonly profile: Profile | Unobserved
  /** The rows that are new since the champion's training, counted on that profile. */
  readonly counts: ProfileCounts | Unobserved
  /** What the drift trigger looks at beside that, or instead. */
  readonly drift?: DriftObservation | undefined
  readonly performance: PerformanceObservation
  /** When a candidate was last trained, merged or not; epoch milliseconds. */
  readonly lastTrainingAt?: number | undefined
  /** Files with new rows that the champion's training did not know. */
  readonly newFiles?: number | Unobserved | undefined
  /** What the user's own triggers said; they are run before. */
  readonly custom?: readonly TriggerResult[] | undefined
  /** Somebody asks for a retraining. */
  readonly manual: ManualRequest | undefined
}

export interface ChampionFacts {
  readonly version: number
  /** Epoch milliseconds. */
  readonly trainedAt: number
  /** Rows it was trained on. */
  readonly rows: number
  /** All labelled rows there were, where `train.window` took only the newest of them. */
  readonly rowsSeen?: number | undefined
  /** Its own evaluation, on its holdout. */
  readonly metrics: readonly ChampionMetric[]
}

export interface ChampionMetric {
  readonly metric: string
  readonly value: number | null
  readonly interval?: Range | null | undefined
}

/** `low ≤ truth ≤ high` with the given confidence. */
export interface Range {
  readonly low: number
  readonly high: number
  readonly level: number
}

export interface DriftObservation {
  /** Instead of the version’s own profile: other rows counted on its bins. `text`: `the 30d before 2026-05-01`. */
  readonly reference?: { readonly profile: Profile; readonly text: string } | Unobserved | undefined
  /** Instead of all rows that are new: those of the configured window. */
  readonly counts?: ProfileCounts | undefined
  /** The champion’s scores on a sample of the new rows, beside those on its holdout. */
  readonly predictions?: PairedColumn | Unobserved | undefined
  /** How well the reference’s principal components rebuild the new rows. */
  readonly structure?: PairedColumn | Unobserved | undefined
  readonly classifier?: ClassifierObservation | Unobserved | undefined
}

/** A column and new rows counted on its bins. */
export interface PairedColumn {
  readonly profile: ColumnProfile
  readonly counts: ColumnCounts
}

/** How well a classifier tells new rows from old ones, on rows that it was not fitted to. */
export interface ClassifierObservation {
  /** 0.5: not at all. */
  readonly auc: number
  /** Its 95 % interval. */
  readonly low: number
  readonly high: number
  readonly pValue: number
  /** Rows of either side. */
  readonly rows: number
  /** The columns that give new rows away, first ones first. */
  readonly telling: readonly string[]
}

export interface ManualRequest {
  /** Who or what, in words: `ana`, `ana via workflow_dispatch`. */
  readonly by: string
  readonly reason: string | null
}

/** The champion's squared errors have been higher since then. */
export interface Worsened {
  /** Epoch milliseconds. */
  readonly at: number
  /** Rows since then. */
  readonly rows: number
}

/** The champion's metric on new labelled rows; or why there is none. */
export type PerformanceObservation =
  | ScoredPerformance
  | Unobserved
  | {
      readonly none: string
      readonly rowsAvailable?: number | undefined
      readonly estimate?: EstimateObservation | undefined
    }

export interface ScoredPerformance {
  readonly metric: string
  readonly value: number
  /** null: there are too few rows for one. undefined: none was asked for, and the value counts as it is. */
  readonly interval?: Range | null | undefined
  /** Rows it was scored on: the newest of those available. */
  readonly n: number
  readonly rowsAvailable: number
  /** What the detector made of the errors in time order; undefined where none is configured. */
  readonly detector?: DetectorObservation | undefined
  /** Whether a small model that learns from these rows beats the champion; undefined where it is switched off. */
  readonly challenger?: ChallengerObservation | undefined
  readonly worsened?: Worsened | undefined
  /** What the estimate without labels would have said on these rows, now that their labels are known. */
  readonly estimate?: EstimateObservation | undefined
  /** What else is to be known about these rows, as a sentence. */
  readonly note?: string | undefined
}

/** The champion against itself corrected by what the new rows teach, on rows that the correction had not seen. */
export type ChallengerObservation =
  | {
      /** The watched metric of both on the same rows. */
      readonly champion: number
      readonly challenger: number
      /** Less squared error (of classes: a lower Brier score) by more than chance, at any number of looks. */
      readonly real: boolean
      readonly rows: number
      readonly level: number
    }
  | { readonly none: string }

/** The metric estimated without labels. */
export type EstimateObservation =
  | {
      readonly metric: string
      readonly value: number
      readonly interval?: Range | undefined
      readonly n: number
      /** `CBPE` or `DLE`. */
      readonly method: string
      /** Earlier estimates held against the labels that arrived since. */
      readonly record?: readonly RealisedEstimate[] | undefined
    }
  | { readonly none: string }

export interface RealisedEstimate {
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly realised: number
}

export type DetectorObservation =
  | {
      readonly detector: string
      readonly rows: number
      /** What the errors are: `error rate`, `mean absolute error`. */
      readonly what: string
      /** The last rise; undefined where none was noticed. */
      readonly noticed?: Noticed | undefined
    }
  | { readonly detector: string; readonly none: string }

export interface Noticed {
  /** Counted from 1. */
  readonly row: number
  /** Epoch milliseconds; undefined without a time column. */
  readonly time: number | undefined
  readonly before: number
  readonly after: number
}

/** One strategy of noticing that a model has gone stale. */
export interface Trigger {
  readonly name: string
  evaluate(input: TriggerInput): TriggerResult
}

type Details = Partial<
  Pick<TriggerResult, 'value' | 'threshold' | 'unit' | 'direction' | 'evidence' | 'facts' | 'notes'>
>

/** A result with nothing but its sentence, and the numbers there are. */
export function result(
  trigger: string,
  status: TriggerResult['status'],
  sentence: string,
  details: Details = {},
): TriggerResult {
  return { trigger, status, sentence, value: null, threshold: null, unit: '', evidence: [], ...details }
}

export const isUnobserved = (value: object): value is Unobserved => 'error' in value
