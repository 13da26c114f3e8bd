import type { CommitInfo, Forge } from '../forge/forge.ts'
import { type Manifest } from '../registry/manifest.ts'
import type { Desired } from './decision.ts'
import { readDesired } from './desired.ts'
import { readStored } from './state-store.ts'
import type { EffectiveFile, RolloutState } from './types.ts'

/** Where the rollout of a model stands, for `refit status`. */
export interface RolloutReading {
  readonly desired: Desired
  readonly manifest: Manifest | undefined
  /** Undefined before the first tick. */
  readonly state: RolloutState | undefined
  readonly effective: EffectiveFile | null
  /** The newest entries of the audit trail, newest first. */
  readonly audit: readonly CommitInfo[]
}

/** Reads everything about a rollout and changes nothing. RefitError `rollout` where the state branch is corrupt. */
export async function readRollout(forge: Forge, model: string, entries = 10): Promise<RolloutReading> {
  const [{ desired, manifest }, stored] = await Promise.all([readDesired(forge, model), readStored(forge, model)])
  const audit = stored.head === undefined ? [] : await forge.history(stored.head, 'state.json', entries)
  return { desired, manifest, state: stored.state, effective: stored.effective, audit }
}
