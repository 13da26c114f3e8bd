import { RefitError } from '../core/error.ts'

/** Whose name stands in the commits and on the comments of the local forge. */
export const BOT_NAME = 'refit[bot]'
export const BOT_EMAIL = 'refit[bot]@users.noreply.github.com'

const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** A full object id (SHA-1 or SHA-256 repository), as opposed to a branch name. */
export function isCommitId(ref: string): boolean {
  return COMMIT_ID.test(ref)
}

/**
 * Git's rules for a branch name (git-check-ref-format), so that a name from a configuration can neither end a line of
 * a protocol nor leave `refs/heads/`. Throws RefitError `forge`.
 */
export function checkBranch(branch: string): string {
  const bad =
    branch === '' ||
    branch.length > 200 ||
    /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[/-]|\/$|\.$|(?:^|\/)\.|\.lock(?:\/|$)/.test(branch)
  if (bad) throw new RefitError('forge', `${JSON.stringify(branch)} is no branch name that git accepts`)
  return branch
}

/** A plain relative path inside the repository: no `..`, no absolute path, no `.git`. Throws RefitError `forge`. */
export function checkPath(path: string): string {
  const bad =
    path === '' || /[\u0000-\u001f\\]/.test(path) || path.split('/').some((part) => /^(?:\.{0,2}|\.git)$/i.test(part))
  if (bad) throw new RefitError('forge', `${JSON.stringify(path)} is no plain path inside a repository`)
  return path
}

/** The folder a listing is asked for, without the slash at its end; '' is the whole repository. */
export function checkFolder(folder: string): string {
  const plain = folder.replace(/\/+$/, '')
  return plain === '' || plain === '.' ? '' : checkPath(plain)
}

/** `abc1234`: as much of an object id as a sentence needs. */
export function short(oid: string | undefined): string {
  return oid === undefined ? 'nothing' : oid.slice(0, 7)
}

/** The loser of a race: somebody else moved the branch since it was read. */
export function staleBranch(branch: string, expected: string | undefined, found: string | undefined): RefitError {
  const sentence =
    expected === undefined
      ? `branch ${branch} exists already (at ${short(found)})`
      : `branch ${branch} is at ${short(found)}, no longer at ${short(expected)}`
  return new RefitError('stale', sentence, { hint: 'Another run was faster; run the command again.' })
}
