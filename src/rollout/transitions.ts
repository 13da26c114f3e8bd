import type { RolloutConfig } from '../config/schema.ts'
import { planStages } from '../config/stages.ts'
import { isoTime } from '../core/clock.ts'
import { freshGuardrails } from './guardrails.ts'
import { currentStage, isExposed, phaseOf, planHash, rolloutId, stageName } from './plan.ts'
import type { ActiveRollout, EffectiveFile, RolloutAction, RolloutState, VersionRef } from './types.ts'

/** A step of the machine: the state after it and one or more sentences why. The first one becomes the commit message. */
export interface Step {
  readonly state: RolloutState
  readonly sentences: readonly string[]
}

const named = (version: VersionRef | null): string => (version ? `v${version.version}` : 'no version')

/** A new rollout, in staging: the gateway loads and verifies the candidate, callers see nothing of it. */
export function start(
  state: RolloutState,
  to: VersionRef,
  config: RolloutConfig,
  now: number,
): Step & { readonly rollout: ActiveRollout } {
  const stages = planStages(config.stages)
  const time = isoTime(now)
  const rollout: ActiveRollout = {
    id: rolloutId(state.model, config.environment, to, planHash(config)),
    phase: 'staging',
    step: 0,
    from: state.stable,
    to,
    stages,
    guardrails: config.guardrails,
    startedAt: time,
    stepStartedAt: time,
    held: null,
    pending: null,
    blindSince: null,
    guardrailStates: freshGuardrails(config.guardrails),
    evidenceUntil: null,
    looks: 0,
    exposedMs: 0,
    stepRequests: 0,
    ticks: 0,
    updatedAt: time,
    maxFrom: time,
    confirmedAt: null,
    exposedUntil: null,
    outcome: null,
  }
  const sentence = state.stable
    ? `Start the rollout of ${named(to)} over ${named(state.stable)}: staging, the gateway loads and verifies it`
    : `Start with ${named(to)}, the first version: staging, the gateway loads and verifies it`
  const next: RolloutState = {
    ...state,
    environment: config.environment,
    rollout,
    deploymentId: null,
    todo: [...state.todo, { kind: 'create-deployment', version: to, sentence }],
  }
  return { state: next, rollout, sentences: [sentence] }
}

/** The next stage, and only the next; after the last one the candidate is promoted. */
export function advance(state: RolloutState, rollout: ActiveRollout, now: number, why: string): Step {
  const next = rollout.stages[rollout.step + 1]
  if (!state.stable || !next) return promote(state, rollout, why)
  const time = isoTime(now)
  const stepped: ActiveRollout = {
    ...rollout,
    phase: phaseOf(next),
    step: rollout.step + 1,
    held: null,
    stepStartedAt: time,
    maxFrom: time,
    confirmedAt: null,
    evidenceUntil: null,
    looks: 0,
    exposedMs: 0,
    stepRequests: 0,
    guardrailStates: freshGuardrails(rollout.guardrails),
  }
  const sentence = `${named(rollout.to)}: ${stageName(currentStage(rollout))} → ${stageName(next)} (${why})`
  return { state: tell({ ...state, rollout: stepped }, 'in_progress', sentence), sentences: [sentence] }
}

function promote(state: RolloutState, rollout: ActiveRollout, why: string): Step {
  const sentence = state.stable
    ? `Promote ${named(rollout.to)} to stable in place of ${named(state.stable)} (${why})`
    : `Promote ${named(rollout.to)} to stable as the first version (${why})`
  const done: ActiveRollout = { ...rollout, phase: 'promoted', held: null, outcome: sentence }
  const told = tell({ ...state, stable: rollout.to, rollout: done }, 'success', sentence)
  const cleared: RolloutAction = { kind: 'close-alert', title: alertTitle(state.model), sentence }
  return { state: { ...told, todo: [...told.todo, cleared] }, sentences: [sentence] }
}

/** How a rollback is dealt with afterwards. */
export interface RollbackOptions {
  /** Whether the digest is never rolled out again. False where the version itself was not found wanting. */
  readonly quarantine: boolean
}

/** All traffic to stable at once, the digest quarantined, a pull request that brings the manifest back in line. */
export function rollBack(
  state: RolloutState,
  rollout: ActiveRollout,
  present: EffectiveFile | null,
  reason: string,
  options: RollbackOptions,
): Step {
  const sentence = `${state.stable ? `Roll back ${named(rollout.to)}, all traffic to ${named(state.stable)}` : `Withdraw ${named(rollout.to)}, no version serves`}: ${reason}`
  const ended: ActiveRollout = {
    ...rollout,
    phase: 'rolling-back',
    held: null,
    pending: null,
    exposedUntil: isExposed(rollout) ? (present?.expiresAt ?? null) : null,
    outcome: reason,
  }
  const quarantine = options.quarantine ? addOnce(state.quarantine, rollout.to.digest) : state.quarantine
  const told = tell({ ...state, rollout: ended, quarantine }, 'failure', sentence)
  const revert: readonly RolloutAction[] =
    options.quarantine && state.stable ? [{ kind: 'revert', from: state.stable, to: rollout.to, reason }] : []
  const alert: RolloutAction = { kind: 'alert', title: alertTitle(state.model), sentence }
  return { state: { ...told, todo: [...told.todo, ...revert, alert] }, sentences: [sentence] }
}

/** A promoted version has no lease: taking it back ends only when the gateway confirms. */
const NO_LEASE = '9999-12-31T23:59:59Z'

/** A person takes back a version that has been promoted already: the one before it serves again. */
export function rollBackPromoted(state: RolloutState, rollout: ActiveRollout, reason: string): Step {
  const step = rollBack({ ...state, stable: rollout.from }, rollout, null, reason, { quarantine: true })
  const ended = step.state.rollout
  return { ...step, state: { ...step.state, rollout: ended && { ...ended, exposedUntil: NO_LEASE } } }
}

/** The rollout ends because another version is wanted; nothing was found wrong with the candidate. */
export function supersede(
  state: RolloutState,
  rollout: ActiveRollout,
  present: EffectiveFile | null,
  why: string,
): Step {
  const sentence = `Stop the rollout of ${named(rollout.to)}, all traffic to ${named(state.stable)}: ${why}`
  const ended: ActiveRollout = {
    ...rollout,
    phase: 'superseded',
    held: null,
    pending: null,
    exposedUntil: isExposed(rollout) ? (present?.expiresAt ?? null) : null,
    outcome: why,
  }
  return { state: tell({ ...state, rollout: ended }, 'inactive', sentence), sentences: [sentence] }
}

/** A rollout waits for a person; guardrails keep running, the percentage stays. */
export function hold(state: RolloutState, rollout: ActiveRollout, reason: string, by: string): Step {
  const where = stageName(currentStage(rollout))
  const sentence = `Hold ${named(rollout.to)} at ${where}: ${reason}`
  const held = tell({ ...state, rollout: { ...rollout, held: { reason, by } } }, 'in_progress', sentence)
  const alert: readonly RolloutAction[] =
    by === MACHINE ? [{ kind: 'alert', title: alertTitle(state.model), sentence }] : []
  return { state: { ...held, todo: [...held.todo, ...alert] }, sentences: [`${sentence} (by ${by})`] }
}

/** Who holds a rollout when no person does. */
export const MACHINE = 'refit'

function tell(
  state: RolloutState,
  status: 'in_progress' | 'success' | 'failure' | 'inactive',
  sentence: string,
): RolloutState {
  return { ...state, todo: [...state.todo, { kind: 'deployment', state: status, sentence }] }
}

const alertTitle = (model: string): string => `Rollout of ${model} needs attention`
const addOnce = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list : [...list, item]
