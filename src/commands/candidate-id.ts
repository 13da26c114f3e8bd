import { join } from 'node:path'
import type { ModelConfig } from '../config/schema.ts'
import { canonicalJson, sha256 } from '../core/json.ts'
import { fingerprint, hashFile, resolveFiles } from '../data/files.ts'
import type { Champion } from './champion.ts'

/** Raise when the same data and configuration would give another model than before. */
const RECIPE = 1

/**
 * Names a candidate by everything it depends on: the same data, configuration, seed and champion give the same id, and
 * a run that would only train the same candidate again does nothing. 64 hexadecimal digits.
 */
export function candidateId(model: ModelConfig, fingerprintOfData: string, champion: Champion | undefined): string {
  const { name, task, data, expect, train, evaluate, gates } = model
  return sha256(
    canonicalJson({
      recipe: RECIPE,
      config: { name, task, data, expect, train, evaluate, gates },
      data: fingerprintOfData,
      champion: champion?.manifest.artifact.digest ?? null,
    }),
  )
}

/** Files that are only ever held out: never read as training data, even where `data.source` names them too. */
export function holdoutGlobs({ evaluate: { holdout } }: ModelConfig): readonly string[] | undefined {
  return holdout !== undefined && 'files' in holdout ? holdout.files : undefined
}

/** Names the bytes of the data, held-out files included, before anything is parsed. */
export async function dataFingerprint(root: string, model: ModelConfig): Promise<string> {
  const globs = [...model.data.source, ...(holdoutGlobs(model) ?? [])]
  const files: { path: string; sha256: string }[] = []
  for (const path of await resolveFiles(globs, root))
    files.push({ path, sha256: (await hashFile(join(root, path))).sha256 })
  return fingerprint(files)
}
