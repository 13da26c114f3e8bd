import type { TriggersConfig } from '../config/schema.ts'
import type { Profile, ProfileCounts } from '../data/types.ts'
import type { TriggerResult } from './types.ts'

/** Why something could not be observed, as a sentence. A trigger that needed it is `unchecked`, never `quiet`. */
export interface Unobserved {
  readonly error: string
}

/** Everything the triggers may look at. Plain data: the triggers read no clock, no file and no network. */
export interface TriggerInput {
  /** Epoch milliseconds. */
  readonly now: number
  readonly config: TriggersConfig
  /** The metric the performance trigger watches where its configuration names none. */
  readonly primary: string
  readonly champion: ChampionFacts
  /** Saved with the champion: the reference of the drift trigger. */
  readonly profile: Profile | Unobserved
  /** The rows that are new since the champion's training, counted on that profile. */
  readonly counts: ProfileCounts | Unobserved
  readonly performance: PerformanceObservation
  /** Somebody asks for a retraining. */
  readonly manual: ManualRequest | undefined
}

export interface ChampionFacts {
  readonly version: number
  /** Epoch milliseconds. */
  readonly trainedAt: number
  /** Rows it was trained on. */
  readonly rows: number
  /** Its own evaluation, on its holdout. */
  readonly metrics: readonly { readonly metric: string; readonly value: number | null }[]
}

export interface ManualRequest {
  /** Who or what, in words: `ana`, `ana via workflow_dispatch`. */
  readonly by: string
  readonly reason: string | null
}

/** The champion's metric on new labelled rows; or why there is none. */
export type PerformanceObservation =
  | {
      readonly metric: string
      readonly value: number
      /** Rows it was scored on: the newest of those available. */
      readonly n: number
      readonly rowsAvailable: number
    }
  | Unobserved
  | { readonly none: string; readonly rowsAvailable?: number | undefined }

/** One strategy of noticing that a model has gone stale. */
export interface Trigger {
  readonly name: TriggerResult['trigger']
  evaluate(input: TriggerInput): TriggerResult
}

type Details = Partial<Pick<TriggerResult, 'value' | 'threshold' | 'unit' | 'evidence'>>

/** A result with nothing but its sentence, and the numbers there are. */
export function result(
  trigger: TriggerResult['trigger'],
  status: TriggerResult['status'],
  sentence: string,
  details: Details = {},
): TriggerResult {
  return { trigger, status, sentence, value: null, threshold: null, unit: '', evidence: [], ...details }
}

export const isUnobserved = (value: object): value is Unobserved => 'error' in value
