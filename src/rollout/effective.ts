import { isoTime } from '../core/clock.ts'
import { canonicalJson } from '../core/json.ts'
import { activeRollout, currentStage, isExposed, percentOf } from './plan.ts'
import type { EffectiveFile, RolloutState } from './types.ts'

/** What the state asks of whoever serves. Undefined while nothing may be served and nothing is being loaded. */
function wanted(state: RolloutState): Omit<EffectiveFile, 'generation' | 'expiresAt'> | undefined {
  const rollout = activeRollout(state)
  const common = { schemaVersion: 1, model: state.model, environment: state.environment, stable: state.stable } as const
  if (!rollout) {
    if (!state.stable && state.generation === 0) return undefined
    return { ...common, candidate: null, rolloutId: null, mode: 'stable', percent: 0 }
  }
  const exposed = isExposed(rollout)
  const mode = exposed ? 'canary' : rollout.phase === 'shadow' ? 'shadow' : 'staging'
  const percent = exposed ? percentOf(currentStage(rollout)) : 0
  return { ...common, candidate: rollout.to, rolloutId: rollout.id, mode, percent }
}

const substance = (file: Omit<EffectiveFile, 'generation' | 'expiresAt'>): string =>
  canonicalJson([file.model, file.environment, file.stable, file.candidate, file.rolloutId, file.mode, file.percent])

/** Whether the file says something else than the state that was committed with it: somebody edited one of them. */
export function wasEdited(state: RolloutState, present: EffectiveFile | null): boolean {
  const meant = wanted(state)
  if (present === null || !meant || state.rollout?.pending) return false
  return present.generation !== state.generation || substance(present) !== substance(meant)
}

/**
 * The effective file of a state, given the one that is there. Equal substance with a lease that still has more than
 * half its time gives the same file back, so that a tick which changes nothing writes nothing. Every change counts the
 * generation up, past both what the state and the file say.
 *
 * @param renew false while the evidence source is down: then the lease runs out by itself.
 */
export function reconcile(
  state: RolloutState,
  present: EffectiveFile | null,
  now: number,
  lease: number,
  renew: boolean,
): { readonly state: RolloutState; readonly effective: EffectiveFile | null } {
  const next = wanted(state)
  if (!next) return { state, effective: present }
  const exposed = next.mode === 'canary'
  const same = present !== null && substance(present) === substance(next) && present.generation === state.generation
  const left = present?.expiresAt ? Date.parse(present.expiresAt) - now : 0
  // More than a lease is left only where a clock was wrong, or somebody wrote it: an exposure that would not end.
  const fresh = !exposed || (!renew && left <= lease) || (left > lease / 2 && left <= lease)
  if (same && fresh) return { state, effective: present }
  const generation = Math.max(state.generation, present?.generation ?? 0) + 1
  const keep = same && !renew && left <= lease ? present.expiresAt : isoTime(now + lease)
  const effective: EffectiveFile = { ...next, generation, expiresAt: exposed ? keep : null }
  return { state: { ...state, generation }, effective }
}
