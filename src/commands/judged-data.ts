import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { ModelConfig } from '../config/schema.ts'
import { addressesIn } from '../data/addresses.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { Project } from './project.ts'

/** Triggers that the data themselves can take back. */
const OF_DATA: ReadonlySet<string> = new Set(['drift', 'performance', 'volume'])

/**
 * The first file of a retraining that has been rewritten or removed since; rows that were added at its end change nothing.
 * Looked for only where nothing but the data asked for the retraining, and where the data are files of the repository.
 */
export async function rewrittenFile(
  project: Project,
  model: ModelConfig,
  { triggers, data }: RunRecord,
): Promise<string | undefined> {
  const fired = triggers.filter(({ status, onlyReport }) => status === 'fired' && onlyReport !== true)
  if (fired.length === 0 || !fired.every(({ trigger }) => OF_DATA.has(trigger))) return undefined
  const { source, postgres, command } = model.data
  if (postgres !== undefined || command !== undefined || addressesIn(source).urls.length > 0) return undefined
  for (const { path, bytes, sha256 } of [...data.files, ...(data.heldOut?.files ?? [])]) {
    if ((await digestOfStart(join(project.root, path), bytes)) !== sha256) return path
  }
  return undefined
}

/** SHA-256 of the first bytes of a file; undefined where it cannot be read. */
async function digestOfStart(path: string, bytes: number): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    if (bytes > 0) for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}
