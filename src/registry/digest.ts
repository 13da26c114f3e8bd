import { sha256 } from '../core/json.ts'
import type { ArtifactFile } from '../training/types.ts'

/** A file as the manifest describes it. */
export interface FileDescription {
  readonly path: string
  readonly bytes: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
}

/** Size and SHA-256 of every file, sorted by path, for `artifact.files` of the manifest. */
export function describeFiles(files: readonly ArtifactFile[]): readonly FileDescription[] {
  return files.map(({ path, content }) => ({ path, bytes: content.length, sha256: sha256(content) })).sort(byPath)
}

/**
 * The digest that names an artifact, whatever the order of its files: `sha256:` and the SHA-256 of the lines
 * `<sha256>  <path>\n`, sorted by path. `sha256sum *` (in the C locale) piped into `sha256sum` gives the same number.
 *
 * @example
 * artifactDigest([{ path: 'a', content: new Uint8Array() }])
 * // sha256:fba1930570cf2d33a2a05ff43a4fea532382611f43876988fc9c31fd9ce102d1
 */
export function artifactDigest(files: readonly ArtifactFile[]): string {
  return digestOf(describeFiles(files))
}

/** The same from descriptions alone. */
export function digestOf(files: readonly FileDescription[]): string {
  return `sha256:${sha256(
    [...files]
      .sort(byPath)
      .map((file) => `${file.sha256}  ${file.path}\n`)
      .join(''),
  )}`
}

function byPath(a: FileDescription, b: FileDescription): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))
}
