import { prettyJson } from '../core/json.ts'
import type { Forge } from '../forge/forge.ts'
import { stateBranch } from '../registry/manifest.ts'
import { badStateFile, effectiveSchema, parseStateFile, stateSchema } from './state-file.ts'
import type { EffectiveFile, RolloutState } from './types.ts'

const STATE_PATH = 'state.json'
export const EFFECTIVE_PATH = 'effective.json'

/** What the state branch of a model says, at one commit. */
export interface Stored {
  /** Head of the state branch that was read; undefined where there is no branch. */
  readonly head: string | undefined
  /** Undefined where no rollout was ever recorded, or the branch was deleted. */
  readonly state: RolloutState | undefined
  readonly effective: EffectiveFile | null
}

/** Reads both files at the same commit. RefitError `rollout` where one of them is not valid. */
export async function readStored(forge: Forge, model: string): Promise<Stored> {
  const branch = stateBranch(model)
  const head = await forge.head(branch)
  if (head === undefined) return { head, state: undefined, effective: null }
  const [state, effective] = await Promise.all([forge.readFile(head, STATE_PATH), forge.readFile(head, EFFECTIVE_PATH)])
  // Without it a version that was taken back would begin anew. The branch as a whole may be deleted: that is somebody's will.
  if (!state && effective)
    throw badStateFile({ branch, path: STATE_PATH, model }, `is gone, and ${EFFECTIVE_PATH} is there`)
  return {
    head,
    state: state && parseStateFile(stateSchema, state, { branch, path: STATE_PATH, model }),
    effective: effective ? parseStateFile(effectiveSchema, effective, { branch, path: EFFECTIVE_PATH, model }) : null,
  }
}

/**
 * Commits state and effective file together, if the branch is still where it was read. The message is the audit trail.
 * Returns the new head; RefitError `stale` for the loser of a race.
 */
export async function writeStored(
  forge: Forge,
  expected: string | undefined,
  state: RolloutState,
  effective: EffectiveFile | null,
  sentences: readonly string[],
): Promise<string> {
  const [first = 'nothing to say', ...rest] = sentences
  // In the order of the schema, so that the same state is the same file whoever made it; and nothing is written that
  // could not be read back.
  const files = new Map([[STATE_PATH, prettyJson(stateSchema.parse(state))]])
  if (effective) files.set(EFFECTIVE_PATH, prettyJson(effectiveSchema.parse(effective)))
  const result = await forge.commit({
    branch: stateBranch(state.model),
    expected,
    ...(expected === undefined ? { base: null } : {}),
    message: [`${state.model}: ${first}`, ...(rest.length > 0 ? ['', ...rest] : []), ''].join('\n'),
    files,
  })
  return result.oid
}
