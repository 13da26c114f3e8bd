import { RefitError } from '../../core/error.ts'
import type { Clock } from '../../core/clock.ts'
import type { CommitInfo, Forge, PullRequest } from '../../forge/forge.ts'

type Tree = ReadonlyMap<string, Uint8Array>
interface Commit extends CommitInfo {
  readonly tree: Tree
  readonly parent: string | undefined
}

/** A forge that forgets: what the commands of a backtest write is seen by the next one and by nobody else. */
export interface MemoryForge extends Forge {
  /** What the reviewer does: the files of the head become those of the base. */
  merge(number: number): Promise<void>
}

const BASE = 'main'

export function createMemoryForge(clock: Clock): MemoryForge {
  const commits = new Map<string, Commit>()
  const branches = new Map<string, string>()
  const pulls: PullRequest[] = []
  const encoder = new TextEncoder()

  const add = (tree: Tree, message: string, parent: string | undefined): string => {
    const oid = String(commits.size + 1).padStart(40, '0')
    commits.set(oid, { oid, tree, message, time: clock(), parent })
    return oid
  }
  const treeOf = (ref: string): Tree => commits.get(branches.get(ref) ?? ref)?.tree ?? new Map<string, Uint8Array>()
  const update = (number: number, change: Partial<PullRequest>): PullRequest => {
    const pull = pulls[number - 1]
    if (pull === undefined) throw new RefitError('forge', `there is no pull request #${number}`)
    return (pulls[number - 1] = { ...pull, ...change })
  }
  branches.set(BASE, add(new Map(), 'Start', undefined))

  return {
    kind: 'local',
    repository: 'a backtest',
    defaultBranch: async () => BASE,
    head: async (branch) => branches.get(branch),
    readFile: async (ref, path) => treeOf(ref).get(path),
    listFiles: async (ref, folder) => [...treeOf(ref).keys()].filter((path) => path.startsWith(`${folder}/`)),
    async history(ref, path, limit) {
      const found: CommitInfo[] = []
      let commit = commits.get(branches.get(ref) ?? ref)
      while (commit !== undefined && found.length < limit) {
        const parent = commit.parent === undefined ? undefined : commits.get(commit.parent)
        if (commit.tree.get(path) !== parent?.tree.get(path)) found.push(commit)
        commit = parent
      }
      return found
    },
    // In a backtest nobody works on the bot's branches.
    compare: async (base) => ({ mergeBase: base, commits: [], files: [] }),
    async commit({ branch, expected, base, message, files }) {
      if (branches.get(branch) !== expected) throw new RefitError('stale', `${branch} has moved`)
      const parent = base === null ? undefined : (base ?? expected)
      const tree = new Map(parent === undefined ? [] : treeOf(parent))
      for (const [path, content] of files) {
        if (content === null) tree.delete(path)
        else tree.set(path, typeof content === 'string' ? encoder.encode(content) : content)
      }
      const oid = add(tree, message, parent)
      branches.set(branch, oid)
      return { oid, changed: true }
    },
    findIssue: async () => undefined,
    async deleteBranch(branch) {
      branches.delete(branch)
    },
    openPullRequest: async (head) => pulls.findLast((pull) => pull.head === head && pull.state === 'open'),
    pullRequest: async (number) => pulls[number - 1],
    pullRequests: async ({ state, head, headPrefix = '' }) =>
      pulls
        .filter((pull) => state === 'all' || pull.state === state)
        .filter((pull) => (head ?? pull.head) === pull.head && pull.head.startsWith(headPrefix))
        .toReversed(),
    async upsertPullRequest({ head, base, title, body, draft }) {
      const headOid = branches.get(head) ?? ''
      const open = pulls.find((pull) => pull.head === head && pull.state === 'open')
      if (open !== undefined)
        return { pullRequest: update(open.number, { title, body, draft, headOid }), outcome: 'updated' }
      const number = pulls.length + 1
      const state = { state: 'open', merged: false, mergeCommit: undefined } as const
      const pullRequest: PullRequest = { number, url: `#${number}`, title, body, draft, head, headOid, base, ...state }
      pulls.push(pullRequest)
      return { pullRequest, outcome: 'created' }
    },
    async closePullRequest(number) {
      update(number, { state: 'closed' })
    },
    async merge(number) {
      const { head } = update(number, {})
      const tree = new Map([...treeOf(BASE), ...treeOf(head)])
      const mergeCommit = add(tree, `Merge pull request #${number}`, branches.get(BASE))
      branches.set(BASE, mergeCommit)
      branches.delete(head)
      update(number, { state: 'closed', merged: true, mergeCommit })
    },
    async upsertComment() {},
    upsertIssue: async () => undefined,
    async react() {},
    async checkRun() {},
    createDeployment: async () => ({ id: 1 }),
    async deploymentStatus() {},
    async dispatch() {},
    permission: async () => 'write',
  }
}
