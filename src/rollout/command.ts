import type { Asked, Context } from './decision.ts'
import { activeRollout, sameVersion } from './plan.ts'
import type { RolloutPhase } from './types.ts'

/** Longest text of a person that goes into a commit message. */
const MAX_TEXT = 300

const ROLLED_BACK: ReadonlySet<RolloutPhase> = new Set(['rolling-back', 'rolled-back', 'rollback-failed'])

/** Whether a person's command can be followed in this state, and as what. */
export function readCommand({ command, state, desired, answer }: Context): Asked {
  if (!command) return {}
  const by = oneLine(command.by)
  const reason = oneLine(command.reason ?? '') || 'no reason given'
  const { rollout } = state
  const active = activeRollout(state)
  switch (command.kind) {
    case 'rollback':
      if (active) return { rollback: { reason, by } }
      if (rollout?.phase === 'promoted' && sameVersion(rollout.to, state.stable)) {
        if (rollout.from) return { rollback: { reason, by } }
        return { refused: `v${rollout.to.version} is the first version: there is none to roll back to` }
      }
      // Asked for again, or the machine was quicker: what was wanted is so already.
      if (
        rollout &&
        ROLLED_BACK.has(rollout.phase) &&
        desired.kind === 'version' &&
        sameVersion(desired.version, rollout.to)
      ) {
        return { already: `v${rollout.to.version} is rolled back already (${rollout.outcome ?? 'no reason noted'})` }
      }
      return { refused: 'there is nothing to roll back: no rollout is under way and none was promoted last' }
    case 'hold':
      return active ? { hold: { reason, by } } : { refused: 'there is nothing to hold: no rollout is under way' }
    case 'resume': {
      if (active) return active.held ? { resume: { by } } : { refused: 'the rollout is not held' }
      const ended = rollout?.phase === 'rolled-back' || rollout?.phase === 'rollback-failed' ? rollout : undefined
      if (!ended) return { refused: 'there is nothing to resume: no rollout is held' }
      if (state.quarantine.includes(ended.to.digest)) {
        return {
          refused: `v${ended.to.version} was rolled back (${ended.outcome ?? ''}) and its digest is quarantined`,
        }
      }
      if (desired.kind !== 'version' || !sameVersion(desired.version, ended.to)) {
        return { refused: `v${ended.to.version} is no longer what the default branch asks for` }
      }
      return { resume: { by } }
    }
    case 'advance':
      if (!active) return { refused: 'there is nothing to advance: no rollout is under way' }
      if (!answer)
        return { refused: 'the gateway does not answer: a candidate nobody can watch is not exposed further' }
      if (!answer.loaded.some((loaded) => loaded.digest === active.to.digest)) {
        return { refused: `the gateway has not loaded v${active.to.version} yet` }
      }
      return { advance: { reason, by } }
  }
}

/** Foreign text for one line of a commit message. */
export function oneLine(text: string): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim()
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line
}
