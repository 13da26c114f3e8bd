import { RefitError } from '../core/error.ts'
import type { Forge } from '../forge/forge.ts'
import { manifestPath, type Manifest } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import type { Desired } from './decision.ts'
import type { VersionRef } from './types.ts'

export interface DesiredManifest {
  readonly desired: Desired
  readonly manifest: Manifest | undefined
  /** Head of the default branch that was read. */
  readonly head: string | undefined
}

/** The version that the default branch asks for, named by the commit that last changed its manifest. */
export async function readDesired(forge: Forge, model: string): Promise<DesiredManifest> {
  const head = await forge.head(await forge.defaultBranch())
  if (head === undefined) return { desired: { kind: 'none' }, manifest: undefined, head }
  let manifest: Manifest | undefined
  try {
    manifest = await readManifest(forge, head, model)
  } catch (error) {
    if (!(error instanceof RefitError) || error.code !== 'manifest') throw error
    return {
      desired: { kind: 'invalid', reason: `${manifestPath(model)} ${error.message}` },
      manifest: undefined,
      head,
    }
  }
  if (!manifest) return { desired: { kind: 'none' }, manifest, head }
  const [changed] = await forge.history(head, manifestPath(model), 1)
  const version = refOf(manifest, changed?.oid ?? head)
  return { desired: { kind: 'version', version }, manifest, head }
}

/** How far back a version is looked for. */
const HISTORY = 100

/** An earlier version, by its digest, in the history of the manifest; undefined where it is not there. */
export async function findVersion(
  forge: Forge,
  head: string,
  model: string,
  digest: string,
): Promise<VersionRef | undefined> {
  for (const { oid } of await forge.history(head, manifestPath(model), HISTORY)) {
    const manifest = await readManifest(forge, oid, model).catch(() => undefined)
    if (manifest?.artifact.digest === digest) return refOf(manifest, oid)
  }
  return undefined
}

const refOf = (manifest: Manifest, commit: string): VersionRef => ({
  version: manifest.version,
  digest: manifest.artifact.digest,
  commit,
})
