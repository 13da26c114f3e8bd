import { RefitError } from '../core/error.ts'
import type { Forge } from '../forge/forge.ts'
import { manifestPath, type Manifest } from './manifest.ts'
import { parseManifest } from './parse.ts'
import { artifactLocation, verifyFiles } from './verify.ts'

export { manifestJsonSchema } from './json-schema.ts'
export { parseManifest } from './parse.ts'
export { verifyFiles } from './verify.ts'

type Reader = Pick<Forge, 'readFile'>

/** The manifest of a model at a branch or commit; undefined before its first version. Throws RefitError `manifest`. */
export async function readManifest(forge: Reader, ref: string, model: string): Promise<Manifest | undefined> {
  const file = manifestPath(model)
  const bytes = await forge.readFile(ref, file)
  if (!bytes) return undefined
  const manifest = parseManifest(new TextDecoder().decode(bytes), file)
  if (manifest.model !== model) {
    throw new RefitError('manifest', `is the manifest of ${manifest.model}, not of ${model}`, {
      place: { file },
      hint: 'The folder below models/ has the name of its model; move the file, or restore it from git.',
    })
  }
  return manifest
}

/** All files of a version by their names, verified: what this returns may be loaded. Throws RefitError `artifact`. */
export async function readArtifact(
  forge: Reader,
  ref: string,
  manifest: Manifest,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = artifactLocation(manifest)
  const files = new Map<string, Uint8Array>()
  await Promise.all(
    manifest.artifact.files.map(async ({ path }) => {
      const content = await forge.readFile(ref, `${folder}/${path}`)
      if (content) files.set(path, content)
    }),
  )
  verifyFiles(manifest, files)
  return files
}
