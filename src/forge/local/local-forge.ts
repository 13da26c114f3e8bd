import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'
import { type Log, silentLog } from '../../core/log.ts'
import type {
  CheckRunDraft,
  CommitInfo,
  CommitRequest,
  CommitResult,
  Comparison,
  DeploymentDraft,
  DeploymentStatus,
  Forge,
  IssueDraft,
  PullRequest,
  PullRequestDraft,
} from '../forge.ts'
import { checkFolder, checkPath, short, staleBranch } from '../names.ts'
import { firstLine, git, tryGit } from './git.ts'
import { mergeCommit } from './merge.ts'
import { Notes } from './notes.ts'
import { listTree, readCommit, revision } from './objects.ts'
import { Pulls, asPullRequest } from './pulls.ts'
import { findDefaultBranch, moveBranch, openRepository, removeBranch, type Repository } from './repository.ts'
import { Store } from './store.ts'
import { writeCommit } from './write-commit.ts'

/** As many commits as GitHub tells of. */
const MAX_COMPARED = 250

export interface LocalForgeOptions {
  readonly clock: Clock
  readonly log?: Log
}

/** Opens the git repository that `root` is in, as a forge. Throws RefitError `forge` where there is none. */
export async function openLocalForge(root: string, options: LocalForgeOptions): Promise<LocalForge> {
  return new LocalForge(await openRepository(root), options)
}

/**
 * A forge without a server: branches and commits in any git repository, what git has no place for as JSON in
 * `<.git>/refit/`. Never touches git configuration, HEAD or the user's index, with one exception that is asked for by
 * name: a branch that is checked out takes its work tree along when it moves (`merge` into the current branch).
 */
export class LocalForge implements Forge {
  readonly kind = 'local'
  readonly repository: string
  readonly #repository: Repository
  readonly #pulls: Pulls
  readonly #notes: Notes
  readonly #clock: Clock
  readonly #log: Log
  #defaultBranch: string | undefined

  constructor(repository: Repository, { clock, log = silentLog }: LocalForgeOptions) {
    const store = new Store(repository.commonDir)
    this.repository = repository.root
    this.#repository = repository
    this.#pulls = new Pulls(repository, store, clock)
    this.#notes = new Notes(store, clock)
    this.#clock = clock
    this.#log = log
  }

  /** The folder of this forge's JSON files. */
  get folder(): string {
    return join(this.#repository.commonDir, 'refit')
  }

  async defaultBranch(): Promise<string> {
    return (this.#defaultBranch ??= await findDefaultBranch(this.#repository))
  }

  async head(branch: string): Promise<string | undefined> {
    return (await readCommit(this.#repository.objects, branch))?.oid
  }

  async readFile(ref: string, path: string): Promise<Uint8Array | undefined> {
    const object = await this.#repository.objects.read(`${revision(ref)}:${checkPath(path)}`)
    return object?.type === 'blob' ? object.content : undefined
  }

  listFiles(ref: string, folder: string): Promise<readonly string[]> {
    return listTree(this.#repository.objects, ref, checkFolder(folder))
  }

  async history(ref: string, path: string, limit: number): Promise<readonly CommitInfo[]> {
    if (!(await readCommit(this.#repository.objects, ref))) return []
    return this.#commits([`--max-count=${limit}`, revision(ref), '--', checkPath(path)])
  }

  async compare(base: string, head: string): Promise<Comparison> {
    const { root } = this.#repository
    const found = await tryGit(root, ['merge-base', revision(base), revision(head)])
    if (found.code === 1) return { mergeBase: undefined, commits: [], files: undefined }
    if (found.code !== 0) throw new RefitError('forge', `git merge-base failed: ${firstLine(found.stderr)}`)
    const mergeBase = found.stdout.toString('utf8').trim()
    const commits = await this.#commits(['--topo-order', '--reverse', `${revision(base)}..${revision(head)}`])
    const names = await git(root, ['diff-tree', '-r', '--name-only', '--no-renames', '-z', mergeBase, revision(head)])
    return {
      mergeBase,
      commits: commits.slice(0, MAX_COMPARED),
      files: names.split('\0').filter((path) => path !== ''),
    }
  }

  async #commits(selection: readonly string[]): Promise<readonly CommitInfo[]> {
    const format = '--format=%H%x1f%ct%x1f%B%x1e'
    const result = await tryGit(this.#repository.root, ['log', '--no-show-signature', format, ...selection])
    if (result.code !== 0) throw new RefitError('forge', `git log failed: ${firstLine(result.stderr)}`)
    const commits = result.stdout.toString('utf8').split('\x1e').slice(0, -1)
    return commits.map((commit) => {
      const [oid = '', seconds = '0', message = ''] = commit.trimStart().split('\x1f')
      return { oid, time: Number(seconds) * 1000, message: message.trimEnd() }
    })
  }

  async commit({ branch, expected, base = expected ?? null, message, files }: CommitRequest): Promise<CommitResult> {
    const { objects } = this.#repository
    const head = await readCommit(objects, branch)
    if (head?.oid !== expected) throw staleBranch(branch, expected, head?.oid)
    const parent = base === null ? undefined : await readCommit(objects, base)
    if (base !== null && !parent) throw new RefitError('forge', `there is no commit ${short(base)} to build on`)
    if (parent && (await this.#sameFiles(parent.oid, files))) return { oid: expected ?? parent.oid, changed: false }
    const time = this.#clock()
    const oid = await writeCommit(this.#repository, parent?.oid, message, files, time)
    const made = await readCommit(objects, oid)
    const sameParents = head && head.parents.join() === (made?.parents ?? []).join()
    if (head && sameParents && head.tree === made?.tree) return { oid: head.oid, changed: false }
    await moveBranch(this.#repository, branch, oid, expected, message.split('\n', 1)[0] ?? '', time)
    this.#log.debug(`${branch}: ${short(expected)} → ${short(oid)}`)
    await this.#pulls.all()
    return { oid, changed: true }
  }

  async deleteBranch(branch: string, expected: string): Promise<void> {
    await removeBranch(this.#repository, branch, expected, this.#clock())
    await this.#pulls.all()
  }

  async openPullRequest(head: string): Promise<PullRequest | undefined> {
    const pull = (await this.#pulls.all()).findLast((one) => one.state === 'open' && one.head === head)
    return pull && asPullRequest(pull)
  }

  async pullRequest(number: number): Promise<PullRequest | undefined> {
    const pull = await this.#pulls.find(number)
    return pull && asPullRequest(pull)
  }

  async pullRequests(filter: {
    readonly state: 'open' | 'closed' | 'all'
    readonly head?: string
    readonly headPrefix?: string
  }): Promise<readonly PullRequest[]> {
    const pulls = (await this.#pulls.all()).toReversed()
    return pulls
      .filter((pull) => filter.state === 'all' || pull.state === filter.state)
      .filter((pull) => (filter.head ?? pull.head) === pull.head && pull.head.startsWith(filter.headPrefix ?? ''))
      .map(asPullRequest)
  }

  async upsertPullRequest(
    draft: PullRequestDraft,
  ): Promise<{ readonly pullRequest: PullRequest; readonly outcome: 'created' | 'updated' | 'unchanged' }> {
    const { pull, outcome } = await this.#pulls.upsert(draft)
    return { pullRequest: asPullRequest(pull), outcome }
  }

  closePullRequest(number: number): Promise<void> {
    return this.#pulls.close(number, null)
  }

  /**
   * What the green button does on GitHub: a merge commit on the base branch, which takes its work tree along where it is
   * checked out. Throws RefitError `forge` on a conflict, a draft, or uncommitted changes in the way; nothing is changed then.
   */
  async merge(number: number): Promise<{ readonly oid: string }> {
    const pull = await this.#pulls.find(number)
    if (!pull) throw new RefitError('forge', `there is no pull request ${number}`)
    if (pull.state === 'closed') {
      throw new RefitError('forge', `pull request ${number} is ${pull.merged ? 'merged' : 'closed'} already`)
    }
    if (pull.draft) {
      throw new RefitError('forge', `pull request ${number} is a draft: its evidence is not conclusive`, {
        hint: 'Its text says what is missing; run refit retrain again when that is there.',
      })
    }
    const base = await this.head(pull.base)
    if (base === undefined) throw new RefitError('forge', `branch ${pull.base} is gone`)
    const time = this.#clock()
    const title = `Merge pull request #${number} from ${pull.head}`
    const oid = await mergeCommit(this.#repository, base, pull.headOid, `${title}\n\n${pull.title}\n`, time)
    await moveBranch(this.#repository, pull.base, oid, base, title, time)
    await this.#pulls.close(number, oid)
    return { oid }
  }

  upsertComment(number: number, marker: string, body: string): Promise<void> {
    return this.#notes.comment(number, marker, body)
  }

  async upsertIssue(issue: IssueDraft): Promise<{ readonly number: number; readonly url: string } | undefined> {
    const number = await this.#notes.issue(issue)
    return number === undefined ? undefined : { number, url: `refit issue ${number}` }
  }

  async findIssue(
    marker: string,
  ): Promise<{ readonly number: number; readonly url: string; readonly body: string } | undefined> {
    const found = await this.#notes.findIssue(marker)
    return found && { number: found.number, url: `refit issue ${found.number}`, body: found.body }
  }

  react(commentId: number, reaction: 'eyes' | '+1' | '-1' | 'rocket'): Promise<void> {
    return this.#notes.react(commentId, reaction)
  }

  checkRun(check: CheckRunDraft): Promise<void> {
    return this.#notes.check(check)
  }

  async createDeployment(deployment: DeploymentDraft): Promise<{ readonly id: number }> {
    return { id: await this.#notes.deployment(deployment) }
  }

  deploymentStatus(id: number, status: DeploymentStatus): Promise<void> {
    return this.#notes.deploymentStatus(id, status)
  }

  dispatch(eventType: string, payload: Readonly<Record<string, string>>): Promise<void> {
    return this.#notes.dispatch(eventType, payload)
  }

  /** Who can write to the repository's folder may do anything with it. */
  permission(): Promise<'admin'> {
    return Promise.resolve('admin')
  }

  /** Ends the git process that answers reads; the next read starts another. */
  close(): void {
    this.#repository.objects.close()
  }

  async #sameFiles(oid: string, files: CommitRequest['files']): Promise<boolean> {
    for (const [path, content] of files) {
      const old = await this.readFile(oid, path)
      if (content === null ? old !== undefined : !old || Buffer.compare(old, Buffer.from(content)) !== 0) return false
    }
    return true
  }
}
