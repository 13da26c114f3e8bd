import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { RefitError } from '../../core/error.ts'
import { checkBranch, isCommitId, staleBranch } from '../names.ts'
import { CatFile } from './cat-file.ts'
import { firstLine, git, tryGit } from './git.ts'
import { readCommit } from './objects.ts'

/** A git repository on this machine, bare or with work trees, and the branches in it. */
export interface Repository {
  /** Where git is run: the folder the user named. */
  readonly root: string
  /** The `.git` folder that all linked work trees share. */
  readonly commonDir: string
  readonly bare: boolean
  readonly shallow: boolean
  /** The all-zero object id, as long as this repository's ids are. */
  readonly zero: string
  readonly objects: CatFile
}

/** Opens a repository; throws RefitError `forge` where there is none, or no git. */
export async function openRepository(folder: string): Promise<Repository> {
  const root = resolve(folder)
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new RefitError('forge', `there is no folder ${root}`)
  const asked = ['--git-common-dir', '--is-bare-repository', '--is-shallow-repository', '--show-object-format']
  const result = await tryGit(root, ['rev-parse', '--path-format=absolute', ...asked])
  if (result.code !== 0) throw cannotOpen(root, result.stderr)
  const [commonDir, bare, shallow, format] = result.stdout.toString('utf8').trim().split('\n')
  if (commonDir === undefined || format === undefined || !existsSync(commonDir)) {
    throw new RefitError('forge', `git is too old to read ${root}`, { hint: 'Install git 2.31 or newer.' })
  }
  return {
    root,
    commonDir,
    bare: bare === 'true',
    shallow: shallow === 'true',
    zero: '0'.repeat(format === 'sha256' ? 64 : 40),
    objects: new CatFile(root),
  }
}

function cannotOpen(root: string, stderr: string): RefitError {
  if (/dubious ownership/.test(stderr)) {
    return new RefitError('forge', `git does not trust ${root}, because it belongs to another user`, {
      hint: `Run git config --global --add safe.directory ${root}`,
    })
  }
  if (/not a git repository/i.test(stderr)) {
    return new RefitError('forge', `${root} is not in a git repository`, {
      hint: 'Run git init there and commit once, or name its folder with --directory.',
    })
  }
  return new RefitError('forge', `git cannot open ${root}: ${firstLine(stderr)}`)
}

/**
 * The branch that pull requests go to: the one HEAD names, but never one of the bot's own (somebody may have checked
 * one out to look at it). With a detached HEAD: that of the remote, init.defaultBranch, main or master, whichever exists.
 */
export async function findDefaultBranch(repository: Repository): Promise<string> {
  const at = (args: readonly string[]): Promise<string> =>
    tryGit(repository.root, [`--git-dir=${repository.commonDir}`, ...args]).then((result) =>
      result.stdout.toString('utf8').trim(),
    )
  const current = (await at(['symbolic-ref', '--quiet', '--short', 'HEAD'])) || undefined
  const usable = current !== undefined && !current.startsWith('refit/')
  if (usable && (await readCommit(repository.objects, current))) return current
  const remote = (await at(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'])).replace('origin/', '')
  for (const name of [remote, await at(['config', '--get', 'init.defaultBranch']), 'main', 'master']) {
    if (name !== '' && (await readCommit(repository.objects, name))) return name
  }
  const branches = (await at(['for-each-ref', '--format=%(refname:short)', 'refs/heads/'])).split('\n').filter(Boolean)
  const own = branches.filter((name) => !name.startsWith('refit/'))
  if (own.length === 1) return own[0] as string
  if (own.length === 0 && (await at(['rev-parse', '--quiet', '--verify', 'HEAD'])) !== '') {
    throw new RefitError('forge', `${repository.root} has no branch of its own: its HEAD is detached`, {
      hint: 'Give it the one that pull requests go to: git switch -c main',
    })
  }
  if (own.length === 0) {
    throw new RefitError('forge', `${repository.root} has no commit yet`, {
      hint: 'Commit your configuration first: git add .github/refit.yml && git commit -m "Add Refit"',
    })
  }
  throw new RefitError('forge', `cannot tell which branch of ${repository.root} is the default one`, {
    hint: `Check it out: git switch ${own[0]}`,
  })
}

/** Head of a branch and the work tree in which it is checked out, if any. */
async function branchState(
  repository: Repository,
  branch: string,
): Promise<{ readonly head: string | undefined; readonly workTree: string | undefined }> {
  const format = '--format=%(objectname) %(worktreepath)'
  const line = await git(repository.root, ['for-each-ref', format, `refs/heads/${checkBranch(branch)}`])
  const space = line.indexOf(' ')
  if (space < 0) return { head: undefined, workTree: undefined }
  const workTree = line.slice(space + 1)
  // A bare repository's own HEAD counts as a work tree for this format; there is nothing in it to update.
  const real = workTree !== '' && resolve(workTree) !== resolve(repository.commonDir)
  return { head: line.slice(0, space), workTree: real ? workTree : undefined }
}

/**
 * Moves a branch from `expected` (undefined: it must not exist) to `oid`, atomically. A branch that is checked out takes
 * its work tree along; uncommitted changes in the files concerned refuse the whole move, and nothing is half done.
 */
export async function moveBranch(
  repository: Repository,
  branch: string,
  oid: string,
  expected: string | undefined,
  reason: string,
  time: number,
): Promise<void> {
  const { head, workTree } = await branchState(repository, branch)
  if (head !== expected) throw staleBranch(branch, expected, head)
  if (workTree !== undefined && expected !== undefined) return moveWorkTree(workTree, branch, oid, expected, time)
  const args = ['update-ref', '-m', `refit: ${reason}`, `refs/heads/${branch}`, oid, expected ?? repository.zero]
  const result = await tryGit(repository.root, args, { time })
  if (result.code === 0) return
  const found = (await readCommit(repository.objects, branch))?.oid
  if (found !== expected) throw staleBranch(branch, expected, found)
  throw new RefitError('forge', `branch ${branch} cannot be moved: ${firstLine(result.stderr)}`)
}

async function moveWorkTree(
  folder: string,
  branch: string,
  oid: string,
  expected: string,
  time: number,
): Promise<void> {
  const descends = (await tryGit(folder, ['merge-base', '--is-ancestor', expected, oid])).code === 0
  const args = descends ? ['merge', '--quiet', '--ff-only', '--no-autostash', oid] : ['reset', '--quiet', '--keep', oid]
  const result = await tryGit(folder, args, { time })
  if (result.code === 0) return
  if (
    /would be overwritten|not uptodate|Could not reset|local changes|unmerged|concluded your merge/i.test(result.stderr)
  ) {
    const files = [...result.stderr.matchAll(/^\t(.+)$/gm)].map((match) => match[1])
    const named = files.length > 0 ? ` (${files.slice(0, 3).join(', ')}${files.length > 3 ? ', …' : ''})` : ''
    throw new RefitError(
      'forge',
      `branch ${branch} is checked out in ${folder} with uncommitted changes in the way${named}`,
      {
        hint: 'Commit, stash or remove them, then run the command again. Nothing was changed.',
      },
    )
  }
  throw new RefitError(
    'forge',
    `branch ${branch}, checked out in ${folder}, cannot be moved: ${firstLine(result.stderr)}`,
  )
}

/** Deletes a branch if its head is still `expected`; false where it was gone already. */
export async function removeBranch(
  repository: Repository,
  branch: string,
  expected: string,
  time: number,
): Promise<boolean> {
  const { head, workTree } = await branchState(repository, branch)
  if (head === undefined) return false
  if (head !== expected) throw staleBranch(branch, expected, head)
  if (workTree !== undefined) {
    throw new RefitError('forge', `branch ${branch} cannot be deleted: it is checked out in ${workTree}`, {
      hint: 'Switch to another branch there, then run the command again.',
    })
  }
  const result = await tryGit(repository.root, ['update-ref', '-d', `refs/heads/${branch}`, expected], { time })
  if (result.code === 0) return true
  const found = (await readCommit(repository.objects, branch))?.oid
  if (found === undefined) return false
  if (found !== expected) throw staleBranch(branch, expected, found)
  throw new RefitError('forge', `branch ${branch} cannot be deleted: ${firstLine(result.stderr)}`)
}

/** Whether `ancestor` is reachable from `descendant`. */
export async function isAncestor(repository: Repository, ancestor: string, descendant: string): Promise<boolean> {
  if (!isCommitId(ancestor) || !isCommitId(descendant)) return false
  return (
    ancestor === descendant ||
    (await tryGit(repository.root, ['merge-base', '--is-ancestor', ancestor, descendant])).code === 0
  )
}
