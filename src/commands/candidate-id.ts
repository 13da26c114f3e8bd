import type { ModelConfig } from '../config/schema.ts'
import { canonicalJson, sha256 } from '../core/json.ts'
import { sources } from '../data/access.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'

/** Raise when the same data and configuration would give another model than before. */
const RECIPE = 2

/**
 * Names a candidate by everything it depends on: the same data, configuration, seed and champion give the same id, and
 * a run that would only train the same candidate again does nothing. 64 hexadecimal digits.
 */
export function candidateId(model: ModelConfig, fingerprint: string, champion: Champion | undefined): string {
  const { name, task, data, expect, train, evaluate, gates } = model
  return sha256(
    canonicalJson({
      recipe: RECIPE,
      config: { name, task, data, expect, train, evaluate, gates },
      data: fingerprint,
      champion: champion?.manifest.artifact.digest ?? null,
    }),
  )
}

/** Files that are only ever held out: never read as training data, even where `data.source` names them too. */
export function holdoutGlobs({ evaluate: { holdout } }: ModelConfig): readonly string[] | undefined {
  return holdout !== undefined && 'files' in holdout ? holdout.files : undefined
}

/** Names the bytes of the data, held-out files included, before anything is parsed. */
export async function dataFingerprint(project: Project, model: ModelConfig): Promise<string> {
  return (project.replay?.data ?? sources).fingerprint(model.data, project.root, holdoutGlobs(model) ?? [])
}
