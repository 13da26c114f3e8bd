import type { GuardrailConfig, GuardrailName, StageConfig } from '../config/schema.ts'
import type { DeploymentStatus } from '../forge/forge.ts'
import type { Sums } from '../stats/e-process.ts'

/** A version that can serve, named so that whoever serves can fetch and verify it. */
export interface VersionRef {
  readonly version: number
  /** `sha256:…` of the artifact. */
  readonly digest: string
  /** Commit of the default branch whose tree has the artifact and its manifest. */
  readonly commit: string
}

/**
 * The effective file, `effective.json` on the state branch: what whoever serves must do now. Written by the bot,
 * followed by the gateway (or Argo CD, Flux). Integrity: the gateway refuses a version whose digest does not match.
 */
export interface EffectiveFile {
  readonly schemaVersion: 1
  readonly model: string
  readonly environment: string
  /** Counts up with every change; a gateway never goes back. */
  readonly generation: number
  /** Null only while the very first version is being loaded: then nothing is served yet. */
  readonly stable: VersionRef | null
  /** The version being rolled out; null outside of a rollout. */
  readonly candidate: VersionRef | null
  readonly rolloutId: string | null
  /** staging: load and warm up only. shadow: mirror. canary: split. */
  readonly mode: 'stable' | 'staging' | 'shadow' | 'canary'
  /** Percent of the callers that the candidate answers, 0 … 100. */
  readonly percent: number
  /** Exposure after this time (ISO 8601) counts as mode `stable`, percent 0: the canary lease. Null where nothing is exposed. */
  readonly expiresAt: string | null
}

export type RolloutPhase =
  | 'idle'
  | 'queued'
  | 'staging'
  | 'shadow'
  | 'canary'
  | 'full-bake'
  | 'promoted'
  | 'rolling-back'
  | 'rolled-back'
  | 'superseded'
  | 'rollback-failed'

/** `state.json` on the state branch. Its commit log is the audit trail. */
export interface RolloutState {
  readonly schemaVersion: 1
  readonly model: string
  readonly environment: string
  readonly generation: number
  /** Last version that took all traffic. */
  readonly stable: VersionRef | null
  readonly rollout: ActiveRollout | null
  /** Digests that were rolled back and are never rolled out again. */
  readonly quarantine: readonly string[]
  /** Deployment of the rollout. */
  readonly deploymentId: number | null
  /** Deployment of the stable version: made inactive when another one is promoted. */
  readonly stableDeploymentId: number | null
  /** What is still to be told to people (an outbox): written with the step, emptied when it was done. */
  readonly todo: readonly RolloutAction[]
}

/** Something to do on the forge after a step was committed. Deployments are best effort, the others are retried. */
export type RolloutAction =
  | { readonly kind: 'create-deployment'; readonly version: VersionRef; readonly sentence: string }
  | { readonly kind: 'deployment'; readonly state: DeploymentStatus['state']; readonly sentence: string }
  | { readonly kind: 'revert'; readonly from: VersionRef; readonly to: VersionRef; readonly reason: string }
  | { readonly kind: 'alert'; readonly title: string; readonly sentence: string }
  | { readonly kind: 'close-alert'; readonly title: string; readonly sentence: string }

export interface ActiveRollout {
  readonly id: string
  readonly phase: RolloutPhase
  /** Index into `stages`. */
  readonly step: number
  readonly from: VersionRef | null
  readonly to: VersionRef
  readonly stages: readonly StageConfig[]
  readonly guardrails: readonly GuardrailConfig[]
  readonly startedAt: string
  readonly stepStartedAt: string
  /** The overlay: guardrails keep running. */
  readonly held: { readonly reason: string; readonly by: string } | null
  /** Written before an operation on the target, cleared after it was read back. */
  readonly pending: { readonly opId: string; readonly kind: 'apply' | 'rollback' } | null
  /** Since when the evidence source has not answered (ISO 8601); null while it answers. */
  readonly blindSince: string | null
  readonly guardrailStates: readonly GuardrailState[]
  /** What became of the outcomes of this rollout, and what was lost, in words. */
  readonly outcomeNote?: string | null | undefined
  /** End of the last evidence window that was counted (ISO 8601). */
  readonly evidenceUntil: string | null
  /** Requests the candidate has answered (or mirrored) in this step. */
  readonly stepRequests: number
  readonly ticks: number
  /** Newest time seen (ISO 8601): time never goes backwards. */
  readonly updatedAt: string
  /** Since when the step’s `max` counts: its start, or when a person resumed it. */
  readonly maxFrom: string
  /** When the gateway took over this step’s exposure, on its own clock; null until it has said so. */
  readonly confirmedAt: string | null
  /** End of the lease at the time exposure was withdrawn: by then it has ended even if nobody confirms it. */
  readonly exposedUntil: string | null
  /** Why it ended, for the revert pull request. */
  readonly outcome: string | null
}

/** Sums and log E only: a one-sided e-process. */
export interface GuardrailState {
  readonly guardrail: GuardrailName
  readonly logE: number
  readonly candidate: Sums
  readonly stable: Sums
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'no-data'
  readonly sentence: string
}

export type { Sums }

/** What a person asks of a rollout. */
export type RolloutCommand =
  | { readonly kind: 'hold' | 'rollback'; readonly reason: string; readonly by: string }
  | { readonly kind: 'resume' | 'advance'; readonly reason?: string | undefined; readonly by: string }

/**
 * What the gateway counted in one half-open window [start, end) of whole grid steps, per arm. Sums only.
 * GET /refit/evidence?model=…&rollout=…&from=<ms>&to=<ms>&step=<ms> answers { now, rolloutId, generation, windows }.
 */
export interface EvidenceWindow {
  readonly start: number
  readonly end: number
  readonly arms: Readonly<Record<'stable' | 'candidate' | 'shadow', ArmCounts>>
}

export interface ArmCounts {
  readonly requests: number
  readonly errors: number
  /** Requests over each latency objective asked for (`objective=<ms>` in the query). */
  readonly slow: number
  /** Sum over predictions of u ∈ [0, 1], the rank of the score among the version’s own holdout scores. */
  readonly ranks: { readonly n: number; readonly sum: number; readonly sumSquares: number }
  /** Outcomes that arrived: n and the sum of losses in [0, 1] (0–1 loss; regression: error over the holdout’s 95 % error, clipped). */
  readonly outcomes: { readonly n: number; readonly sum: number }
}

/** What became of outcomes, and of predictions that wait for one, since the rollout began on this gateway. */
export interface OutcomeTally {
  /** Epoch milliseconds. */
  readonly since: number
  /** Predictions that wait for their outcome. */
  readonly waiting: number
  readonly matched: number
  /** Outcomes of no prediction that is remembered. */
  readonly unmatched: number
  /** Outcomes whose label the model does not know. */
  readonly rejected: number
  /** Predictions forgotten for want of room, of old age, or because their id came again. */
  readonly evicted: number
  readonly expired: number
  readonly replaced: number
  /** Requests that were not mirrored, because too many waited. */
  readonly unmirrored: number
  /** Records that a stop of the gateway has cost. */
  readonly lost: number
}

export interface EvidenceAnswer {
  /** The source’s own clock, epoch milliseconds: timers go by it, not by the runner’s. */
  readonly now: number
  readonly generation: number
  readonly rolloutId: string | null
  /** Since when (epoch milliseconds) the present split is in force; lease renewals do not move it. */
  readonly since?: number | undefined
  /** The version that answers as stable now; null before the first one. Used only to recover a lost state branch. */
  readonly serving?: VersionRef | null | undefined
  /** Versions that are loaded and digest-verified, and what failed to load. */
  readonly loaded: readonly { readonly version: number; readonly digest: string }[]
  readonly failed: readonly { readonly version: number; readonly digest: string; readonly reason: string }[]
  /** What could not be read yet, through no fault of the version: tried again, and no reason to take it back. */
  readonly waiting?:
    | readonly { readonly version: number; readonly digest: string; readonly reason: string }[]
    | undefined
  readonly windows: readonly EvidenceWindow[]
  readonly outcomes?: OutcomeTally | undefined
}

/** Where the evidence of a rollout comes from. Throws RefitError `rollout` when the source is down. */
export interface EvidenceSource {
  read(query: {
    readonly model: string
    readonly rolloutId: string
    readonly from: number
    readonly to: number
    readonly step: number
    readonly objective: number
  }): Promise<EvidenceAnswer>
}
