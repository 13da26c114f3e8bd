import { RefitError } from '../core/error.ts'
import { manifestPath, type Manifest } from '../registry/manifest.ts'
import { parseManifest, verifyFiles } from '../registry/read.ts'
import { artifactLocation } from '../registry/verify.ts'
import type { VersionRef } from '../rollout/types.ts'
import type { Engine } from '../training/engine.ts'
import { loadModel, type LoadedModel } from '../training/model.ts'
import { DEFAULT_REVISION, type GitSource } from './git-source.ts'

/** A version that is loaded and whose every byte was held against its digest. */
export interface ServingVersion {
  readonly ref: VersionRef
  readonly manifest: Manifest
  readonly model: LoadedModel
}

/**
 * Reads a version at its commit, verifies it, and only then loads it.
 * @throws RefitError `artifact` or `manifest` where the version itself is at fault; anything else may pass, such as
 * `serving` where what git should have is not here (yet).
 */
export async function loadVersion(
  source: GitSource,
  model: string,
  ref: VersionRef,
  engine: Engine,
): Promise<ServingVersion> {
  const { manifest, revision } = await readManifestOf(source, model, ref)
  const folder = artifactLocation(manifest)
  const names = manifest.artifact.files.map((file) => file.path)
  const contents = await source.read(names.map((name) => `${revision}:${folder}/${name}`))
  const files = new Map<string, Uint8Array>()
  for (const [i, name] of names.entries()) {
    const content = contents[i]
    if (content) files.set(name, content)
    else if (await source.knows(`${revision}:${folder}/${name}`)) {
      throw new RefitError(
        'serving',
        `${name} of v${ref.version} of ${model} is in git, but its content cannot be read yet`,
      )
    }
  }
  verifyFiles(manifest, files)
  const loaded = await loadModel(engine, files)
  return { ref, manifest, model: loaded }
}

/**
 * The manifest at the version's commit. A force-push may have taken that commit away: then the default branch will do,
 * if it still has this very version. Where it has not, the commit may still be on its way: the branch with the effective
 * file can arrive before it.
 */
async function readManifestOf(
  source: GitSource,
  model: string,
  ref: VersionRef,
): Promise<{ readonly manifest: Manifest; readonly revision: string }> {
  const file = manifestPath(model)
  const [own, newest] = await source.read([`${ref.commit}:${file}`, `${DEFAULT_REVISION}:${file}`])
  const commit = ref.commit.slice(0, 12)
  let reason = `its manifest is not at commit ${commit}`
  if (own) {
    const manifest = parseManifest(new TextDecoder().decode(own), file)
    if (isOf(manifest, ref)) return { manifest, revision: ref.commit }
    reason = `the manifest at commit ${commit} is of v${manifest.version} (${manifest.artifact.digest.slice(0, 19)}…)`
  }
  const manifest = newest && readable(newest, file)
  if (manifest && isOf(manifest, ref)) return { manifest, revision: DEFAULT_REVISION }
  if (!(await source.knows(ref.commit))) {
    const shallow = (await source.isShallow()) ? '; the clone is shallow: run `git fetch --unshallow` in it' : ''
    throw new RefitError('serving', `the commit ${commit} of v${ref.version} of ${model} is not here yet${shallow}`)
  }
  throw new RefitError(
    'artifact',
    `v${ref.version} of ${model} (${ref.digest.slice(0, 19)}…) cannot be read: ${reason}`,
  )
}

const isOf = ({ artifact, version }: Manifest, ref: VersionRef): boolean =>
  artifact.digest === ref.digest && version === ref.version

/** A manifest that is another version's concern: undefined where it cannot be read. */
function readable(bytes: Uint8Array, file: string): Manifest | undefined {
  try {
    return parseManifest(new TextDecoder().decode(bytes), file)
  } catch {
    return undefined
  }
}
