import { isoTime } from '../core/clock.ts'
import { readCommand } from './command.ts'
import type { Asked, Context, DecideInput, Decision } from './decision.ts'
import { reconcile, wasEdited } from './effective.ts'
import { count } from './evidence.ts'
import { activeRollout, sameVersion } from './plan.ts'
import { settle } from './settle.ts'
import { nextStep } from './step.ts'
import { rollBack, rollBackPromoted, start, supersede, type Step } from './transitions.ts'
import type { ActiveRollout, RolloutState } from './types.ts'

export type { DecideInput, Decision, Desired } from './decision.ts'

/**
 * One step of the rollout machine, as a pure function. In this order: manual rollback, integrity, guardrails, pending
 * operation, supersede, hold, evidence, timers. The first three replace a pending forward operation. A late call takes
 * one step, however late it is. Time never goes backwards.
 */
export function decide(input: DecideInput): Decision {
  const present = withoutFuture(input.state, input.now)
  const now = Math.max(input.now, present.rollout ? Date.parse(present.rollout.updatedAt) : 0)
  const answer = typeof input.evidence === 'object' ? input.evidence : undefined
  const context: Context = { ...input, state: present, now, answer }
  const asked = readCommand(context)
  if (asked.refused !== undefined) {
    return { state: input.state, effective: input.effective, sentences: [], refused: asked.refused }
  }
  const step = choose(context, asked)
  const stamped = stamp(step, input.state, now)
  const renew = answer !== undefined
  const { state, effective } = reconcile(stamped, input.effective, now, input.config.lease, renew)
  const repaired = wasEdited(input.state, input.effective)
    ? ['The effective file did not say what the state says; it is written again']
    : []
  const already = asked.already === undefined ? [] : [asked.already]
  const sentences = [...step.sentences, ...already, ...repaired]
  const done = input.command !== undefined || state !== input.state
  return { state: done ? followed(state, input.operation, sentences) : state, effective, sentences }
}

/** Older askings than this many are not run again. */
const MAX_OPERATIONS = 50

function followed(state: RolloutState, id: string | undefined, sentences: readonly string[]): RolloutState {
  if (id === undefined) return state
  const operation = { id, sentence: sentences.at(-1) ?? '' }
  return { ...state, operations: [operation, ...state.operations].slice(0, MAX_OPERATIONS) }
}

function choose(context: Context, asked: Asked): Step {
  const { state, desired, effective, answer } = context
  const rollout = activeRollout(state)
  if (!rollout) return begin(context, asked)

  if (asked.rollback) {
    return rollBack(state, rollout, effective, manual(asked.rollback), { quarantine: true })
  }
  if (desired.kind === 'invalid') {
    return supersede(state, rollout, effective, `the manifest on the default branch cannot be used: ${desired.reason}`)
  }
  const unloadable = answer?.failed.find((failed) => failed.digest === rollout.to.digest)
  if (unloadable) {
    const reason = `the gateway cannot load v${rollout.to.version}: ${unloadable.reason}`
    return rollBack(state, rollout, effective, reason, { quarantine: true })
  }

  const counted = count(context, rollout)
  const broken = counted.rollout.guardrailStates.find((guardrail) => guardrail.verdict === 'fail')
  if (broken) return rollBack(counted.state, counted.rollout, effective, broken.sentence, { quarantine: true })

  if (rollout.pending) {
    return { state: counted.state, sentences: [`Complete ${rollout.pending.opId}, which an earlier run began`] }
  }
  if (desired.kind === 'none') {
    return supersede(counted.state, counted.rollout, effective, 'the manifest was removed from the default branch')
  }
  if (!sameVersion(desired.version, rollout.to)) {
    const why = sameVersion(desired.version, state.stable)
      ? `the default branch is back at v${desired.version.version}`
      : `v${desired.version.version} is wanted now`
    return supersede(counted.state, counted.rollout, effective, why)
  }
  return nextStep(context, counted, asked)
}

/** No rollout is on its way: finish what is ending, then start what is wanted. */
function begin(context: Context, asked: Asked): Step {
  const { desired } = context
  if (asked.rollback && context.state.rollout) {
    return rollBackPromoted(context.state, context.state.rollout, manual(asked.rollback))
  }
  const settled = settle(context)
  if (settled.waiting) return settled
  const { state } = settled
  if (desired.kind === 'invalid') {
    return { state, sentences: [...settled.sentences, `Nothing is rolled out: ${desired.reason}`] }
  }
  if (desired.kind === 'none' || sameVersion(desired.version, state.stable)) return settled
  const wanted = desired.version
  if (state.quarantine.includes(wanted.digest)) return settled
  const ended = state.rollout
  const again = sameVersion(ended?.to, wanted) && ended?.phase === 'rolled-back'
  if (again && !asked.resume) return settled
  const started = start(state, wanted, context.config, context.now)
  return { state: started.state, sentences: [...settled.sentences, ...started.sentences] }
}

const manual = ({ by, reason }: { readonly by: string; readonly reason: string }): string =>
  `rolled back by ${by}: ${reason}`

/** A state from further ahead than this was written under a clock that was wrong: it would stand still until then. */
const IMPOSSIBLE_FUTURE_MS = 24 * 3_600_000

/** The state with the times of a wrong clock taken back to now; the step then counts from here. */
function withoutFuture(state: RolloutState, now: number): RolloutState {
  const { rollout } = state
  if (!rollout || Date.parse(rollout.updatedAt) - now <= IMPOSSIBLE_FUTURE_MS) return state
  const time = isoTime(now)
  const past = (at: string): string => (Date.parse(at) > now ? time : at)
  const known = (at: string | null): string | null => (at !== null && Date.parse(at) > now ? null : at)
  return {
    ...state,
    rollout: {
      ...rollout,
      updatedAt: time,
      stepStartedAt: past(rollout.stepStartedAt),
      maxFrom: past(rollout.maxFrom),
      confirmedAt: known(rollout.confirmedAt),
      evidenceUntil: known(rollout.evidenceUntil),
      blindSince: known(rollout.blindSince),
    },
  }
}

/** Time and ticks are noted only where something else changed, so that a tick that learns nothing writes nothing. */
function stamp(step: Step, before: RolloutState, now: number): RolloutState {
  const { rollout } = step.state
  if (step.state === before || !rollout) return step.state
  const stamped: ActiveRollout = { ...rollout, ticks: rollout.ticks + 1, updatedAt: isoTime(now) }
  return { ...step.state, rollout: stamped }
}
