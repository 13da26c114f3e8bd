import { type ErrorCode, type Place, RefitError } from './error.ts'

/** First line of what Git LFS leaves in the place of a file until its bytes are fetched; the second as before version 1. */
const POINTER = /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\//

/** A pointer is a few short lines. */
const PROBED = 64

/** Throws where the content is a Git LFS pointer and not the file. */
export function refusePointer(code: ErrorCode, content: string | Uint8Array, place: Place, hint = COMMITTED): void {
  const start = typeof content === 'string' ? content.slice(0, PROBED) : latin1(content.subarray(0, PROBED))
  if (!POINTER.test(start)) return
  throw new RefitError(code, `${place.file} is a Git LFS pointer, not the file itself`, { place, hint })
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

/** What cures a pointer in a checkout. */
export const CHECKOUT =
  'Fetch it: set `lfs: true` below `with:` of the step `uses: actions/checkout` in the workflow; on a laptop, run `git lfs pull`.'

/** What cures a pointer among what Refit reads from git's objects, where no checkout has a say. */
const COMMITTED =
  'Refit reads what it has committed from git itself, where Git LFS keeps pointers only: take models/ out of .gitattributes, then run `git lfs migrate export --include="models/**"`.'
