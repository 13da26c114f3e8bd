import type { RolloutConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import type { Forge } from '../forge/forge.ts'
import { stateBranch } from '../registry/manifest.ts'
import { findVersion, type DesiredManifest } from './desired.ts'
import type { EvidenceAnswer, RolloutState } from './types.ts'

/**
 * The state to begin with where none is recorded: for a first version an empty one. Where there were versions before,
 * the state branch was lost (or Refit is new here), and a candidate must not be exposed for want of a record: stable is
 * what the gateway says it serves, else the version that the manifest calls its predecessor. Generations go on from the
 * gateway's, which never goes back.
 */
export async function initialState(
  forge: Forge,
  model: string,
  config: RolloutConfig,
  wanted: DesiredManifest,
  answer: EvidenceAnswer | undefined,
): Promise<RolloutState> {
  const known = { generation: answer?.generation ?? 0, stable: answer?.serving ?? null }
  const empty: RolloutState = { ...emptyState(model, config.environment), ...known }
  const previous = wanted.manifest?.previous
  if (empty.stable || !previous || wanted.head === undefined) return empty
  if (!answer) {
    throw new RefitError(
      'rollout',
      `there is no rollout state for ${model} on ${stateBranch(model)}, and the gateway does not answer`,
      {
        hint: `Start the gateway (\`refit serve\`) so that the version it serves can be taken as stable.`,
      },
    )
  }
  const stable = await findVersion(forge, wanted.head, model, previous.digest)
  if (stable) return { ...empty, stable }
  throw new RefitError(
    'rollout',
    `there is no rollout state for ${model}, and v${previous.version} is not in the manifest's history`,
    {
      hint: `Restore the branch ${stateBranch(model)}.`,
    },
  )
}

/** The state of a model that was never rolled out. */
export function emptyState(model: string, environment: string): RolloutState {
  return {
    schemaVersion: 1,
    model,
    environment,
    generation: 0,
    stable: null,
    rollout: null,
    quarantine: [],
    deploymentId: null,
    stableDeploymentId: null,
    todo: [],
    operations: [],
  }
}
