import { RefitError } from '../../core/error.ts'
import { short } from '../names.ts'
import { firstLine, git, gitFailed, tryGit } from './git.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Repository } from './repository.ts'

/**
 * The merge commit of `ours` and `theirs`; no branch moves and no work tree is touched. Throws RefitError `forge` where
 * the two conflict, naming the files.
 */
export async function mergeCommit(
  repository: Repository,
  ours: string,
  theirs: string,
  message: string,
  time: number,
): Promise<string> {
  const tree = (await mergeTree(repository, ours, theirs)) ?? (await mergeIndex(repository, ours, theirs))
  return git(repository.root, ['commit-tree', tree, '-p', ours, '-p', theirs, '-F', '-'], {
    input: Buffer.from(message),
    time,
  })
}

/** git ≥ 2.38; undefined where this git is older. */
async function mergeTree(repository: Repository, ours: string, theirs: string): Promise<string | undefined> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs]
  const result = await tryGit(repository.root, args)
  const [tree, ...files] = result.stdout.toString('utf8').split('\0')
  if (result.code === 0) return tree
  if (result.code === 1)
    throw conflict(
      ours,
      theirs,
      files.filter((file) => file !== ''),
    )
  if (result.code === 129 || /usage: git merge-tree/.test(result.stderr)) return undefined
  throw cannotMerge(repository, ours, theirs, result.stderr)
}

/** For older gits: whole files by a three-way merge in an index of our own. Files that both sides changed conflict. */
async function mergeIndex(repository: Repository, ours: string, theirs: string): Promise<string> {
  const base = await tryGit(repository.root, ['merge-base', ours, theirs])
  if (base.code !== 0) throw cannotMerge(repository, ours, theirs, base.stderr || 'they have no commit in common')
  const folder = await mkdtemp(join(tmpdir(), 'refit-merge-'))
  const env = { GIT_INDEX_FILE: join(folder, 'index') }
  try {
    const args = ['read-tree', '-i', '-m', '--aggressive', base.stdout.toString('utf8').trim(), ours, theirs]
    const read = await tryGit(repository.root, args, { env })
    if (read.code !== 0) throw gitFailed(args, read)
    const unmerged = await git(repository.root, ['ls-files', '--unmerged', '-z'], { env })
    const files = [...new Set(unmerged.split('\0').map((line) => line.slice(line.indexOf('\t') + 1)))].filter(Boolean)
    if (files.length > 0) throw conflict(ours, theirs, files)
    return await git(repository.root, ['write-tree'], { env })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function conflict(ours: string, theirs: string, files: readonly string[]): RefitError {
  const named = files.length === 0 ? '' : ` in ${[...new Set(files)].slice(0, 3).join(', ')}`
  return new RefitError(
    'forge',
    `${short(theirs)} cannot be merged into ${short(ours)}: both changed the same lines${named}`,
    {
      hint: 'Run refit retrain again: it rebuilds the pull request on the newest base. Nothing was changed.',
    },
  )
}

function cannotMerge(repository: Repository, ours: string, theirs: string, stderr: string): RefitError {
  const hint = repository.shallow ? 'This clone is shallow: run git fetch --unshallow first.' : undefined
  return new RefitError('forge', `${short(theirs)} cannot be merged into ${short(ours)}: ${firstLine(stderr)}`, {
    hint,
  })
}
