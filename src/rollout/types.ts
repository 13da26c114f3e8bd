import type { GuardrailConfig, GuardrailName, LatencyObjective, StageConfig } from '../config/schema.ts'
import type { DeploymentStatus } from '../forge/forge.ts'

export type { LatencyObjective }

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
  /** What people asked for and was followed, newest first: the same again is not followed twice. */
  readonly operations: readonly Operation[]
}

/** What a person asked for and was done, by the name of the asking (a comment, a workflow run). */
export interface Operation {
  readonly id: string
  /** What came of it. */
  readonly sentence: string
}

/** Something to do on the forge after a step was committed; what could not be done is tried again by the next tick. */
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
  /** Looks at the evidence of this step so far: each has a share of the level. */
  readonly looks: number
  /** For how long this step was really in force, milliseconds: `for` counts this and no other time. */
  readonly exposedMs: number
  /** Requests the candidate has answered (or mirrored) in this step; callers’ mistakes are not among them. */
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

/** n callers in [0, 1] and their sum. */
export interface Sums {
  readonly n: number
  readonly sum: number
}

/** How a guardrail stood at the last look. */
export interface GuardrailState {
  readonly guardrail: GuardrailName
  /** What the last look proves by itself. */
  readonly logE: number
  /** Callers, and the sum of one value in [0, 1] each. */
  readonly candidate: Sums
  readonly stable: Sums
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'no-data'
  readonly sentence: string
}

/** What a person asks of a rollout. */
export type RolloutCommand =
  | { readonly kind: 'hold' | 'rollback'; readonly reason: string; readonly by: string }
  | { readonly kind: 'resume' | 'advance'; readonly reason?: string | undefined; readonly by: string }

/**
 * The form of the evidence that this Refit asks for and answers: `GET /refit/evidence?format=…`. Both sides refuse any
 * other, for sums that mean something else must not be read as these.
 */
export const EVIDENCE_FORMAT = 2

/** What happened in one half-open window [start, end) of whole grid steps. */
export interface EvidenceWindow {
  readonly start: number
  readonly end: number
  /** Milliseconds of it in which the present split was really in force: candidate loaded, lease not over. */
  readonly exposed: number
  /** Requests that were answered or mirrored by each arm. */
  readonly requests: Readonly<Record<'stable' | 'candidate' | 'shadow', number>>
  /** Requests that no loaded version could have answered: their callers’ mistakes, in nobody’s counts. */
  readonly refused: number
}

/** What one caller got of one arm while a split was in force. Sums only. */
export interface ArmSums {
  readonly requests: number
  /** Requests that this version could not answer. */
  readonly errors: number
  /** Requests over the latency objective. */
  readonly slow: number
  /** Predictions, and the sum over them of u ∈ [0, 1], the rank of the score among the version’s own holdout scores. */
  readonly ranks: number
  readonly rankSum: number
  /** Outcomes that arrived, and the sum of losses in [0, 1] (0–1 loss; regression: error over the holdout’s 95 % error, clipped). */
  readonly outcomes: number
  readonly lossSum: number
}

/** One caller, nameless. Null: nothing of that arm. */
export interface CallerSums {
  readonly stable: ArmSums | null
  /** The version that is being rolled out, whether it answers or is mirrored. */
  readonly candidate: ArmSums | null
}

/** A random sample of the callers of a split. */
export interface CallerGroup {
  /** Whether they name themselves by a key. Without one, each request is a caller. */
  readonly keyed: boolean
  /** Which share of the callers that each arm answers is in the sample. */
  readonly kept: Readonly<Record<'stable' | 'candidate', number>>
  readonly callers: readonly CallerSums[]
}

/** What the callers got while one split was in force. */
export interface SplitEvidence {
  readonly mode: 'shadow' | 'canary'
  readonly percent: number
  /** Callers with a key and those without, apart: a flood of the one does not drown the other. */
  readonly groups: readonly CallerGroup[]
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
  /** Requests slower than this count as slow, milliseconds; null while stable has none to compare with. */
  readonly objective: number | null
  /** Every split of this rollout in which something was counted; the present one is the last. */
  readonly splits: readonly SplitEvidence[]
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
    readonly objective: LatencyObjective
  }): Promise<EvidenceAnswer>
}
