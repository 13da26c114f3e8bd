import type { Clock } from '../../core/clock.ts'
import { isoTime } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'
import { fitBody, sameText } from '../body.ts'
import type { PullRequest, PullRequestDraft } from '../forge.ts'
import { checkBranch } from '../names.ts'
import { git } from './git.ts'
import { readCommit } from './objects.ts'
import type { PullRecord } from './records.ts'
import { isAncestor, type Repository } from './repository.ts'
import type { Store } from './store.ts'

/** Pull requests of the local forge: records beside git, kept in step with what happened to the branches. */
export class Pulls {
  readonly #repository: Repository
  readonly #store: Store
  readonly #clock: Clock
  /** Pairs of head and base already found apart: asking git again costs a process. */
  readonly #apart = new Set<string>()

  constructor(repository: Repository, store: Store, clock: Clock) {
    this.#repository = repository
    this.#store = store
    this.#clock = clock
  }

  /**
   * All pull requests, oldest first, as they stand now. People merge and delete branches with git itself, so each open
   * one is held against its branches: merged where the base has its head, closed where nothing is left to merge.
   */
  async all(): Promise<readonly PullRecord[]> {
    const pulls = await this.#store.read('pulls')
    const changes = new Map<number, PullRecord>()
    for (const pull of pulls) {
      const now = pull.state === 'open' ? await this.#observe(pull) : pull
      if (now !== pull) changes.set(pull.number, now)
    }
    if (changes.size === 0) return pulls
    return this.#store.update(async () => {
      const fresh = await this.#store.read('pulls')
      // Only what was observed: another process may have rewritten the text in between.
      const next = fresh.map((pull) => {
        const seen = pull.state === 'open' ? changes.get(pull.number) : undefined
        if (!seen) return pull
        const { state, merged, mergeCommit, closedAt, headOid } = seen
        return { ...pull, state, merged, mergeCommit, closedAt, headOid }
      })
      await this.#store.write('pulls', next)
      return next
    })
  }

  async find(number: number): Promise<PullRecord | undefined> {
    return (await this.all()).find((pull) => pull.number === number)
  }

  async upsert(
    draft: PullRequestDraft,
  ): Promise<{ readonly pull: PullRecord; readonly outcome: 'created' | 'updated' | 'unchanged' }> {
    const body = fitBody(draft.body)
    const [head, base] = await Promise.all([this.#commit(draft.head), this.#commit(draft.base)])
    if (await isAncestor(this.#repository, head, base)) {
      throw new RefitError('forge', `no commits between ${draft.base} and ${draft.head}: there is nothing to propose`)
    }
    await this.all()
    return this.#store.update(async () => {
      const [pulls, issues] = await Promise.all([this.#store.read('pulls'), this.#store.read('issues')])
      const open = pulls.findLast((pull) => pull.state === 'open' && pull.head === draft.head)
      const wanted = { title: draft.title, body, draft: draft.draft, base: draft.base, headOid: head }
      if (open) {
        const same =
          sameText(open.title, draft.title) &&
          sameText(open.body, body) &&
          open.draft === draft.draft &&
          open.base === draft.base
        if (same) return { pull: open, outcome: 'unchanged' as const }
        const pull = { ...open, ...wanted, labels: [...new Set([...open.labels, ...draft.labels])] }
        await this.#store.write('pulls', replace(pulls, pull))
        return { pull, outcome: 'updated' as const }
      }
      const pull: PullRecord = {
        number: 1 + Math.max(0, ...[...pulls, ...issues].map((item) => item.number)),
        ...wanted,
        state: 'open',
        merged: false,
        head: draft.head,
        mergeCommit: null,
        labels: [...draft.labels],
        createdAt: isoTime(this.#clock()),
        closedAt: null,
      }
      await this.#store.write('pulls', [...pulls, pull])
      return { pull, outcome: 'created' as const }
    })
  }

  /** Closes an open pull request, as merged where `mergeCommit` is given. Any other is left as it is. */
  async close(number: number, mergeCommit: string | null): Promise<void> {
    await this.#store.update(async () => {
      const pulls = await this.#store.read('pulls')
      const pull = pulls.find((candidate) => candidate.number === number)
      if (!pull) throw new RefitError('forge', `there is no pull request ${number}`)
      if (pull.state === 'open') await this.#store.write('pulls', replace(pulls, this.#closed(pull, mergeCommit)))
    })
  }

  async #observe(pull: PullRecord): Promise<PullRecord> {
    const [head, base] = await Promise.all([
      readCommit(this.#repository.objects, pull.head),
      readCommit(this.#repository.objects, pull.base),
    ])
    const oid = head?.oid ?? pull.headOid
    const pair = `${oid} ${base?.oid}`
    if (base && !this.#apart.has(pair)) {
      if (await isAncestor(this.#repository, oid, base.oid)) {
        // The head that was proposed is in the base: merged. Another one: the branch was reset to the base.
        return this.#closed(pull, oid === pull.headOid ? await this.#mergedBy(oid, base.oid) : null)
      }
      this.#apart.add(pair)
    }
    if (!head || !base) return this.#closed(pull, null)
    return oid === pull.headOid ? pull : { ...pull, headOid: oid }
  }

  /** The first commit of the base that had `head` in it; after a fast-forward that is `head` itself. */
  async #mergedBy(head: string, base: string): Promise<string> {
    const range = ['rev-list', '--first-parent', '--ancestry-path', `${head}..${base}`]
    return (await git(this.#repository.root, range)).split('\n').pop() || head
  }

  #closed(pull: PullRecord, mergeCommit: string | null): PullRecord {
    const closedAt = isoTime(this.#clock())
    return { ...pull, state: 'closed', merged: mergeCommit !== null, mergeCommit, closedAt }
  }

  async #commit(branch: string): Promise<string> {
    const commit = await readCommit(this.#repository.objects, checkBranch(branch))
    if (!commit) throw new RefitError('forge', `branch ${branch} does not exist in ${this.#repository.root}`)
    return commit.oid
  }
}

function replace(pulls: readonly PullRecord[], pull: PullRecord): readonly PullRecord[] {
  return pulls.map((other) => (other.number === pull.number ? pull : other))
}

export function asPullRequest(pull: PullRecord): PullRequest {
  const { number, title, body, state, merged, draft, head, headOid, base, mergeCommit } = pull
  const url = `refit pr ${number}`
  const closed = pull.closedAt === null ? {} : { closedAt: Date.parse(pull.closedAt) }
  return {
    number,
    url,
    title,
    body,
    state,
    merged,
    draft,
    head,
    headOid,
    base,
    mergeCommit: mergeCommit ?? undefined,
    ...closed,
  }
}
