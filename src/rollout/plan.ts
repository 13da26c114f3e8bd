import type { RolloutConfig, StageConfig } from '../config/schema.ts'
import { canonicalJson, sha256 } from '../core/json.ts'
import type { ActiveRollout, RolloutPhase, RolloutState, VersionRef } from './types.ts'

/** A step without `requests` still needs this many answers of the candidate: nothing passes on 0/0. */
const DEFAULT_MIN_REQUESTS = 100
/** A step without `max` waits this long for its evidence before a person is asked. */
const DEFAULT_MAX_MS = 24 * 3_600_000
const FOREVER_FACTOR = 4

/** The configured stages with what every plan has: staging first, full last. */
export function planStages(configured: readonly StageConfig[]): readonly StageConfig[] {
  const plain = (kind: 'staging' | 'full'): StageConfig => ({ kind, for: 0, requests: 0 })
  const first = configured[0]?.kind === 'staging' ? [] : [plain('staging')]
  const last = configured.at(-1)?.kind === 'full' ? [] : [plain('full')]
  return [...first, ...configured, ...last]
}

/** Requests the candidate must have answered (or mirrored) before a step may end. */
export function requiredRequests(stage: StageConfig): number {
  if (stage.kind === 'staging') return 0
  return stage.requests > 0 ? stage.requests : DEFAULT_MIN_REQUESTS
}

/** How long a step may wait for evidence before it is held for a person, milliseconds. */
export function stageMax(stage: StageConfig): number {
  return stage.max ?? Math.max(DEFAULT_MAX_MS, FOREVER_FACTOR * stage.for)
}

/** Steps at which the evidence is looked at: the level of each guardrail is divided among them. */
export function evidenceSteps(stages: readonly StageConfig[]): number {
  return Math.max(1, stages.filter((stage) => stage.kind !== 'staging').length)
}

export function phaseOf(stage: StageConfig): RolloutPhase {
  return stage.kind === 'full' ? 'full-bake' : stage.kind
}

/** Percent of the callers that the candidate answers in this stage. */
export function percentOf(stage: StageConfig): number {
  if (stage.kind === 'full') return 100
  return stage.kind === 'canary' ? stage.percent : 0
}

export function stageName(stage: StageConfig): string {
  return stage.kind === 'canary' ? `canary ${stage.percent} %` : stage.kind
}

export function planHash(config: RolloutConfig): string {
  return sha256(
    canonicalJson({ stages: planStages(config.stages), guardrails: config.guardrails, alpha: config.alpha }),
  )
}

/** The same candidate, merged by the same commit, with the same plan, is the same rollout. */
export function rolloutId(model: string, environment: string, to: VersionRef, plan: string): string {
  return sha256([model, environment, to.digest, to.commit, plan].join('|')).slice(0, 16)
}

/** Names an operation on the target. No attempt number: a retry is the same operation. */
export function opId(rollout: ActiveRollout, generation: number, kind: 'apply' | 'rollback'): string {
  return `${rollout.id}/${generation}/${rollout.step}/${kind}`
}

/** A version is what its digest says; the commit only tells where to find it. */
export function sameVersion(a: VersionRef | null | undefined, b: VersionRef | null | undefined): boolean {
  return a != null && b != null && a.digest === b.digest && a.version === b.version
}

const UNDER_WAY: readonly RolloutPhase[] = ['queued', 'staging', 'shadow', 'canary', 'full-bake']

/** The rollout that is on its way forward; undefined outside of one. */
export function activeRollout(state: RolloutState): ActiveRollout | undefined {
  return state.rollout && UNDER_WAY.includes(state.rollout.phase) ? state.rollout : undefined
}

/** The stage a rollout is in. */
export function currentStage(rollout: ActiveRollout): StageConfig {
  return rollout.stages[Math.min(rollout.step, rollout.stages.length - 1)] ?? { kind: 'staging', for: 0, requests: 0 }
}

/** Whether callers get answers of the candidate now. */
export function isExposed(rollout: ActiveRollout): boolean {
  return rollout.phase === 'canary' || rollout.phase === 'full-bake'
}
