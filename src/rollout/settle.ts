import type { Context } from './decision.ts'
import { sameVersion } from './plan.ts'
import type { Step } from './transitions.ts'
import type { ActiveRollout, RolloutState } from './types.ts'

/** Brings an ending rollout to its end; `waiting` while exposure may not have ended yet. */
export function settle(context: Context): Step & { readonly waiting: boolean } {
  const { state, answer, now } = context
  const { rollout } = state
  if (!rollout || rollout.phase === 'promoted') return { state, waiting: false, sentences: standing(context) }
  if (rollout.phase === 'superseded' && rollout.exposedUntil === null) {
    return { state, waiting: false, sentences: standing(context) }
  }
  if (rollout.phase === 'rolled-back') return { state, waiting: false, sentences: standing(context) }

  const stable = state.stable ? `v${state.stable.version}` : 'no version'
  const followed = answer !== undefined && answer.generation >= state.generation
  const broken = answer?.failed.find((failed) => failed.digest === state.stable?.digest)
  if (followed && broken && rollout.phase !== 'superseded') {
    if (rollout.phase === 'rollback-failed')
      return { state, waiting: true, sentences: [`${stable} still cannot be loaded`] }
    const sentence = `The rollback of v${rollout.to.version} failed: the gateway cannot load ${stable}: ${broken.reason}`
    const failed = end(state, rollout, 'rollback-failed')
    const alert = { kind: 'alert', title: `Rollout of ${state.model} needs attention`, sentence } as const
    return { state: { ...failed, todo: [...failed.todo, alert] }, waiting: true, sentences: [sentence] }
  }
  const phase = rollout.phase === 'superseded' ? 'superseded' : 'rolled-back'
  if (followed) {
    return {
      state: end(state, rollout, phase),
      waiting: false,
      sentences: [`The gateway confirms: ${stable} has all traffic`],
    }
  }
  if (rollout.exposedUntil === null) {
    const sentence = `v${rollout.to.version} answered no caller: ${stable} has all traffic`
    return { state: end(state, rollout, phase), waiting: false, sentences: [sentence] }
  }
  if (now >= Date.parse(rollout.exposedUntil)) {
    const sentence = `The exposure of v${rollout.to.version} ended with its lease at ${rollout.exposedUntil}`
    return { state: end(state, rollout, phase), waiting: false, sentences: [sentence] }
  }
  const reason = answer ? 'has not followed yet' : 'does not answer'
  const lease = rollout.exposedUntil.startsWith('9999') ? '' : `; the lease ends at ${rollout.exposedUntil}`
  return { state, waiting: true, sentences: [`Waiting until ${stable} has all traffic: the gateway ${reason}${lease}`] }
}

function end(state: RolloutState, rollout: ActiveRollout, phase: ActiveRollout['phase']): RolloutState {
  const exposedUntil = phase === 'rollback-failed' ? rollout.exposedUntil : null
  return { ...state, rollout: { ...rollout, phase, exposedUntil } }
}

/** What is true while nothing is under way. */
function standing({ state, desired }: Context): readonly string[] {
  if (desired.kind === 'none') return [`${state.model} has no version on the default branch yet`]
  if (desired.kind === 'invalid') return []
  const wanted = desired.version
  if (sameVersion(wanted, state.stable)) return [`v${wanted.version} is stable and has all traffic`]
  const { rollout } = state
  const outcome = rollout && sameVersion(rollout.to, wanted) ? rollout.outcome : null
  if (state.quarantine.includes(wanted.digest)) {
    const why = outcome ? ` (${outcome})` : ''
    return [
      `v${wanted.version} was rolled back${why} and is not rolled out again: merge the revert pull request, or propose a new version`,
    ]
  }
  if (outcome && (rollout?.phase === 'rolled-back' || rollout?.phase === 'rollback-failed')) {
    return [`v${wanted.version} was rolled back (${outcome}) and can be tried again with \`refit resume\``]
  }
  return []
}
