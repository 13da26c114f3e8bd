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
 * @throws RefitError `artifact` or `manifest` where the version itself is at fault; anything else may pass.
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
  }
  verifyFiles(manifest, files)
  const loaded = await loadModel(engine, files)
  return { ref, manifest, model: loaded }
}

/**
 * The manifest at the version's commit. A force-push may have taken that commit away: then the default branch will do,
 * if it still has this very version.
 */
async function readManifestOf(
  source: GitSource,
  model: string,
  ref: VersionRef,
): Promise<{ readonly manifest: Manifest; readonly revision: string }> {
  const file = manifestPath(model)
  const revisions = [ref.commit, DEFAULT_REVISION]
  const texts = await source.read(revisions.map((revision) => `${revision}:${file}`))
  let reason = `its manifest is not at commit ${ref.commit.slice(0, 12)}`
  for (const [i, revision] of revisions.entries()) {
    const text = texts[i]
    if (!text) continue
    const manifest = parseManifest(new TextDecoder().decode(text), file)
    if (manifest.artifact.digest === ref.digest && manifest.version === ref.version) return { manifest, revision }
    if (i === 0)
      reason = `the manifest at commit ${ref.commit.slice(0, 12)} is of v${manifest.version} (${manifest.artifact.digest.slice(0, 19)}…)`
  }
  throw new RefitError(
    'artifact',
    `v${ref.version} of ${model} (${ref.digest.slice(0, 19)}…) cannot be read: ${reason}`,
  )
}
