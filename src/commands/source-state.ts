import { RefitError } from '../core/error.ts'
import { tryGit } from '../forge/local/git.ts'
import type { SourceDifference, SourceState } from '../report/source-state.ts'

export interface UsedFiles {
  /** Folder that the paths are relative to. */
  readonly root: string
  readonly configPath: string
  /** Data files of the checkout, and what rows came from elsewhere: addresses, tables. */
  readonly files: readonly string[]
  readonly elsewhere: readonly string[]
}

export interface Checkout {
  readonly state: SourceState
  /** The commit that is checked out; undefined where that cannot be seen. */
  readonly commit: string | undefined
  /** Folder below the top of the repository that Refit ran in: `models/churn`, or empty. */
  readonly folder: string
  /** The remote that the commit can be fetched from. */
  readonly remote: string | undefined
}

export const NO_CHECKOUT: Checkout = {
  state: { status: 'not-looked', why: 'there is no checkout' },
  commit: undefined,
  folder: '',
  remote: undefined,
}

/** Paths asked about at once. */
const AT_ONCE = 200

/** What is checked out, and whether it holds the files that this run used as they were used. Never throws for git’s sake. */
export async function lookAtCheckout(used: UsedFiles): Promise<Checkout> {
  try {
    const [head = '', folder = ''] = await lines(used.root, ['rev-parse', 'HEAD', '--show-prefix'])
    const commit = head.trim()
    const files: readonly Pick<SourceDifference, 'path' | 'what'>[] = [
      { path: used.configPath, what: 'configuration' },
      ...used.files.map((path) => ({ path, what: 'data' as const })),
    ]
    const differs = await differences(used.root, files)
    const own = new Set(differs.map(({ path }) => path))
    const changed = await statusOf(used.root, ['--untracked-files=no'])
    const remotes = (await lines(used.root, ['remote'])).filter((name) => name !== '')
    const remote = remotes.includes('origin') ? 'origin' : remotes[0]
    const holders = await lines(used.root, ['for-each-ref', '--count=1', '--contains', commit, 'refs/remotes/'])
    const pushed = remote === undefined ? null : holders.some((line) => line !== '')
    const otherChanges = [...changed.keys()].filter((path) => !own.has(path)).length
    return {
      state: { status: 'looked', commit, differs, otherChanges, elsewhere: used.elsewhere, pushed },
      commit,
      folder: folder.trim().replace(/\/$/, ''),
      remote: pushed === true ? remote : undefined,
    }
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return { ...NO_CHECKOUT, state: { status: 'not-looked', why: error.message } }
  }
}

async function differences(
  root: string,
  files: readonly Pick<SourceDifference, 'path' | 'what'>[],
): Promise<readonly SourceDifference[]> {
  const found: SourceDifference[] = []
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const part = files.slice(at, at + AT_ONCE)
    const seen = await statusOfAll(
      root,
      part.map(({ path }) => path),
    )
    for (const file of part) {
      const how = seen.get(file.path)
      if (how !== undefined) found.push({ ...file, how })
    }
  }
  return found
}

/** Paths that git does not take together (one is outside, or in a submodule) are asked one by one. */
async function statusOfAll(
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, SourceDifference['how']>> {
  try {
    const changed = await statusOf(root, ['--untracked-files=all', '--ignored=matching', '--', ...paths])
    const tracked = await trackedOf(root, paths)
    const found = new Map<string, SourceDifference['how']>()
    for (const path of paths) {
      const folder = [...changed.keys()].find((name) => name.endsWith('/') && path.startsWith(name))
      const how = changed.get(path) ?? (folder === undefined ? undefined : changed.get(folder))
      const flag = tracked.get(path)
      if (flag === undefined) found.set(path, how ?? 'outside')
      else if (how !== undefined) found.set(path, how)
      else if (flag !== 'H' && !(await isCommitted(root, path))) found.set(path, 'modified')
    }
    return found
  } catch (error) {
    if (!(error instanceof RefitError) || paths.length === 0) throw error
    const [only] = paths
    if (paths.length === 1) return new Map([[only as string, 'outside']])
    const apart = await Promise.all(paths.map((path) => statusOfAll(root, [path])))
    return new Map(apart.flatMap((one) => [...one]))
  }
}

/** Tracked paths with git’s flag: `H`, or one of a file whose changes git was told to overlook. */
async function trackedOf(root: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const entries = (await output(root, ['ls-files', '-v', '-z', '--', ...paths])).split('\0')
  return new Map(entries.filter((entry) => entry !== '').map((entry) => [entry.slice(2), entry.slice(0, 1)]))
}

async function isCommitted(root: string, path: string): Promise<boolean> {
  const [now] = await lines(root, ['hash-object', '--', path])
  const [then] = await lines(root, ['rev-parse', `HEAD:./${path}`])
  return now === then
}

/** By path, relative to `root`. A folder that is ignored or untracked as a whole stands for all that is in it. */
async function statusOf(root: string, more: readonly string[]): Promise<ReadonlyMap<string, SourceDifference['how']>> {
  const [prefix = ''] = await lines(root, ['rev-parse', '--show-prefix'])
  const entries = (await output(root, ['status', '--porcelain=v1', '-z', '--no-renames', ...more])).split('\0')
  return new Map(
    entries.flatMap((entry): [string, SourceDifference['how']][] => {
      if (entry === '') return []
      const [mark, path] = [entry.slice(0, 2), entry.slice(3)]
      const how = mark === '??' ? 'untracked' : mark === '!!' ? 'ignored' : 'modified'
      return [[relativeTo(prefix.trim(), path), how]]
    }),
  )
}

/** Git writes paths from the top of the repository. */
function relativeTo(prefix: string, path: string): string {
  if (path.startsWith(prefix)) return path.slice(prefix.length)
  return '../'.repeat(prefix.split('/').filter(Boolean).length) + path
}

async function lines(root: string, args: readonly string[]): Promise<readonly string[]> {
  return (await output(root, args)).split('\n')
}

async function output(root: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tryGit(root, args)
  if (code === 0) return stdout.toString('utf8')
  throw new RefitError('forge', `git ${args[0]} failed: ${stderr.split('\n')[0] ?? ''}`)
}
