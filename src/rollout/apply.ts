import { RefitError } from '../core/error.ts'
import type { Forge } from '../forge/forge.ts'
import { activeRollout, opId } from './plan.ts'
import { writeStored } from './state-store.ts'
import type { ExternalTarget } from './target.ts'
import type { EffectiveFile, RolloutState } from './types.ts'

/** The state as committed, and the head that has it. */
export interface Written {
  readonly head: string
  readonly state: RolloutState
}

/** Commit `pending`, apply, read back, commit `applied`. */
export async function applyExternally(
  forge: Forge,
  target: ExternalTarget,
  head: string | undefined,
  state: RolloutState,
  effective: EffectiveFile,
  sentences: readonly string[],
): Promise<Written> {
  const { rollout } = state
  const kind = activeRollout(state) || rollout?.phase === 'promoted' ? 'apply' : 'rollback'
  const withPending = rollout
    ? { ...state, rollout: { ...rollout, pending: { opId: opId(rollout, state.generation, kind), kind } as const } }
    : state
  const pendingHead = await writeStored(forge, head, withPending, effective, sentences)
  await target.apply(effective)
  const seen = await target.observe()
  if (seen?.generation !== effective.generation || seen.percent !== effective.percent || !sameArms(seen, effective)) {
    throw new RefitError('rollout', `the target of ${state.model} does not show what was written to it`, {
      hint: 'The next tick tries again; see what else writes to the target.',
    })
  }
  if (!rollout) return { head: pendingHead, state }
  const applied: RolloutState = { ...state, rollout: { ...rollout, pending: null } }
  const note = `Applied generation ${effective.generation}, read back`
  return { head: await writeStored(forge, pendingHead, applied, effective, [note]), state: applied }
}

const sameArms = (a: EffectiveFile, b: EffectiveFile): boolean =>
  a.stable?.digest === b.stable?.digest && a.candidate?.digest === b.candidate?.digest
