import { dirname } from 'node:path/posix'
import { RefitError } from '../core/error.ts'
import type { Forge } from '../forge/forge.ts'
import { manifestPath, type Manifest } from './manifest.ts'
import { parseManifest } from './parse.ts'
import { artifactLocation, verifyFiles } from './verify.ts'

export { manifestJsonSchema } from './json-schema.ts'
export { parseManifest } from './parse.ts'
export { verifyFiles } from './verify.ts'

type Reader = Pick<Forge, 'readFile'>

/**
 * The manifest of a model at a branch or commit; undefined before its first version. Throws RefitError `manifest`, also
 * where something else is in its place: what cannot be read is not nothing.
 */
export async function readManifest(
  forge: Reader & Pick<Forge, 'listFiles'>,
  ref: string,
  model: string,
): Promise<Manifest | undefined> {
  const file = manifestPath(model)
  const bytes = await forge.readFile(ref, file)
  if (!bytes) return refuseOther(forge, ref, model)
  const manifest = parseManifest(new TextDecoder().decode(bytes), file)
  if (manifest.model !== model) {
    throw new RefitError('manifest', `is the manifest of ${manifest.model}, not of ${model}`, {
      place: { file },
      hint: 'The folder below models/ has the name of its model; move the file, or restore it from git.',
    })
  }
  return manifest
}

/** A link or a file that stands for the folder, a folder that stands for the file, or a name in other letters. */
async function refuseOther(forge: Pick<Forge, 'listFiles'>, ref: string, model: string): Promise<undefined> {
  const file = manifestPath(model)
  const folder = dirname(file)
  const files = await forge.listFiles(ref, dirname(folder))
  const other = files.find(
    (path) => path === folder || path.startsWith(`${file}/`) || (path !== file && path.toLowerCase() === file),
  )
  if (other === undefined) return undefined
  const what = other === folder ? 'is a link or a file, and no folder' : `is expected, and there is ${other}`
  throw new RefitError('manifest', what, {
    place: { file: other === folder ? folder : file },
    hint: `Put the files of ${model} into the folder ${folder} itself, as the commit had them that merged its last version.`,
  })
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
