import { join } from 'node:path'
import type { DataConfig } from '../config/schema.ts'
import { fingerprint, hashFile, resolveFiles } from './files.ts'

/** Names the bytes of a model's data, held-out files included, before anything is parsed. */
export async function sourceFingerprint(data: DataConfig, root: string, heldOut: readonly string[]): Promise<string> {
  const files: { path: string; sha256: string }[] = []
  for (const path of await resolveFiles([...data.source, ...heldOut], root))
    files.push({ path, sha256: (await hashFile(join(root, path))).sha256 })
  return fingerprint(files)
}
