import { join } from 'node:path'
import type { DataConfig } from '../config/schema.ts'
import { addressesIn } from './addresses.ts'
import { fingerprint, hashFile, resolveFiles } from './files.ts'
import { hashSource, openSource } from './source.ts'

/** Names the bytes of a model's data, held-out files included, before anything is parsed. */
export async function sourceFingerprint(data: DataConfig, root: string, heldOut: readonly string[]): Promise<string> {
  const files: { path: string; sha256: string }[] = []
  const { urls, globs } = addressesIn(data.source)
  if (data.postgres !== undefined || data.command !== undefined || urls.length > 0) {
    const source = await openSource(data, root)
    files.push(...(await hashSource(source, root)))
  }
  const plain = [...(files.length === 0 ? globs : []), ...heldOut]
  for (const path of plain.length === 0 ? [] : await resolveFiles(plain, root))
    files.push({ path, sha256: (await hashFile(join(root, path))).sha256 })
  return fingerprint(files)
}
