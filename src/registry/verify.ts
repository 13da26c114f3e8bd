import { RefitError } from '../core/error.ts'
import { refusePointer } from '../core/lfs.ts'
import { sha256 } from '../core/json.ts'
import { digestOf } from './digest.ts'
import { artifactFolder, type Manifest } from './manifest.ts'

const HINT =
  'Restore the files from git, or, where a gateway serves them, propose the last good version with refit rollback. Nothing was loaded.'

/** The folder that `artifact.uri` names. Throws RefitError `manifest` for any other kind of address. */
export function artifactLocation(manifest: Manifest): string {
  const folder = /^git:(.+?)\/?$/.exec(manifest.artifact.uri)?.[1]
  if (folder === undefined) {
    throw new RefitError(
      'manifest',
      `the artifact of ${manifest.model} lies at ${manifest.artifact.uri}, which Refit cannot read`,
      {
        hint: `Addresses look like git:${artifactFolder(manifest.model, manifest.version)}`,
      },
    )
  }
  return folder
}

/**
 * Holds the bytes of an artifact against its manifest, before anything is loaded from them: every file is there, has its
 * size and its SHA-256, and all together have the artifact's digest. Throws RefitError `artifact` naming the file.
 */
export function verifyFiles(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): void {
  const { artifact, model, version } = manifest
  const folder = artifactLocation(manifest)
  for (const { path, bytes, sha256: expected } of artifact.files) {
    const place = { file: `${folder}/${path}` }
    const content = files.get(path)
    const fail = (problem: string): RefitError =>
      new RefitError('artifact', `${path} of ${model} v${version} ${problem}`, { place, hint: HINT })
    if (!content) throw fail('is missing')
    refusePointer('artifact', content, place)
    if (content.length !== bytes) throw fail(`has ${content.length} bytes; the manifest says ${bytes}`)
    const found = sha256(content)
    if (found !== expected)
      throw fail(`was changed: its sha256 is ${found.slice(0, 12)}…, the manifest says ${expected.slice(0, 12)}…`)
  }
  if (digestOf(artifact.files) !== artifact.digest) {
    throw new RefitError(
      'artifact',
      `the files of ${model} v${version} do not make up its digest ${artifact.digest.slice(0, 19)}…`,
      {
        hint: HINT,
      },
    )
  }
}
