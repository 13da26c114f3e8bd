import type { RolloutConfig } from '../config/schema.ts'
import type { EffectiveFile, EvidenceAnswer, RolloutCommand, RolloutState, VersionRef } from './types.ts'

/** What the default branch asks for. */
export type Desired =
  | { readonly kind: 'version'; readonly version: VersionRef }
  /** No manifest: the model has no version yet. */
  | { readonly kind: 'none' }
  /** The manifest cannot be read; the reason is a sentence. */
  | { readonly kind: 'invalid'; readonly reason: string }

export interface DecideInput {
  readonly state: RolloutState
  readonly desired: Desired
  readonly config: RolloutConfig
  /** `none`: nothing was asked, because nothing is under way. */
  readonly evidence: EvidenceAnswer | 'down' | 'none'
  /** Why the source is down, as a clause. Default: it does not answer. */
  readonly trouble?: string | undefined
  /** The effective file that is there. */
  readonly effective: EffectiveFile | null
  readonly command?: RolloutCommand | undefined
  /** Names the asking of this step by a person, so that it is followed once however often it is run. */
  readonly operation?: string | undefined
  /** Epoch milliseconds: the source's clock where it answered, else the runner's. */
  readonly now: number
}

export interface Decision {
  readonly state: RolloutState
  /** What whoever serves must do from now on; null while there is nothing to do. */
  readonly effective: EffectiveFile | null
  /** What happened or is waited for, for people; where something changed, also for the audit trail. */
  readonly sentences: readonly string[]
  /** Why a command cannot be followed; state and effective file are then unchanged. */
  readonly refused?: string | undefined
}

/** A decision's input with what several parts of it derive. */
export interface Context extends DecideInput {
  /** The source's answer, where it gave one. */
  readonly answer: EvidenceAnswer | undefined
}

/** What a person's command means for this step. */
export interface Asked {
  readonly refused?: string | undefined
  /** What was asked for is so already: nothing is done for it. */
  readonly already?: string | undefined
  /** A manual rollback: it comes before everything else. */
  readonly rollback?: { readonly reason: string; readonly by: string } | undefined
  readonly hold?: { readonly reason: string; readonly by: string } | undefined
  readonly resume?: { readonly by: string } | undefined
  readonly advance?: { readonly reason: string; readonly by: string } | undefined
}
