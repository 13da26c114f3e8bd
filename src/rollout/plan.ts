import type { RolloutConfig, StageConfig } from '../config/schema.ts'
import { planStages } from '../config/stages.ts'
import { canonicalJson, sha256 } from '../core/json.ts'
import type { ActiveRollout, RolloutPhase, RolloutState, VersionRef } from './types.ts'

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
