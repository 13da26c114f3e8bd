import { RefitError } from '../../core/error.ts'
import { fitBody, sameText } from '../body.ts'
import type { PullRequest, PullRequestDraft } from '../forge.ts'
import { checkBranch } from '../names.ts'
import { ONCE, type GitHub } from './client.ts'
import { mayPass, messageOf, statusOf } from './errors.ts'

/** Named even where a request only reads: whoever has to grant something should have to do it once. */
const WRITE = ['pull-requests: write']
const ISSUES = ['issues: write']
/** Closed pull requests are looked through this far back. */
const MAX_LISTED = 1000

/** What a listing and a single answer have in common. */
interface Answer {
  readonly number: number
  readonly node_id: string
  readonly html_url: string
  readonly title: string
  readonly body: string | null
  readonly state: string
  readonly draft?: boolean | undefined
  readonly merged_at: string | null
  readonly closed_at: string | null
  readonly merge_commit_sha: string | null
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null }
  readonly base: { readonly ref: string }
  readonly labels: readonly { readonly name?: string }[]
}

export class Pulls {
  readonly #github: GitHub

  constructor(github: GitHub) {
    this.#github = github
  }

  async open(head: string): Promise<PullRequest | undefined> {
    const answer = await this.#open(head)
    return answer && asPullRequest(answer)
  }

  async get(number: number): Promise<PullRequest | undefined> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: `read pull request #${number}`, needs: WRITE }
    const answer = await this.#github.find(purpose, () => octokit.pulls.get({ owner, repo, pull_number: number }))
    return answer && asPullRequest(answer.data)
  }

  async list(filter: {
    readonly state: 'open' | 'closed' | 'all'
    readonly head?: string
    readonly headPrefix?: string
  }): Promise<readonly PullRequest[]> {
    const { state, head, headPrefix = '' } = filter
    const found = await this.#list(
      head === undefined ? { state } : { state, head: `${this.#github.owner}:${checkBranch(head)}` },
    )
    return found
      .filter((pull) => this.#isOurs(pull) && (head ?? pull.head.ref) === pull.head.ref)
      .filter((pull) => pull.head.ref.startsWith(headPrefix))
      .map(asPullRequest)
  }

  /**
   * Creates the pull request, or updates what differs of the open one; white space does not count. A closed one is never
   * reopened: somebody decided, and after a force-push GitHub would refuse. Whether to propose again is up to the caller.
   */
  async upsert(
    draft: PullRequestDraft,
  ): Promise<{ readonly pullRequest: PullRequest; readonly outcome: 'created' | 'updated' | 'unchanged' }> {
    const body = fitBody(draft.body)
    const existing = await this.#open(draft.head)
    const { pull, created } = existing ? { pull: existing, created: false } : await this.#create({ ...draft, body })
    const updated = created ? undefined : await this.#update(pull, { ...draft, body })
    await this.#label(pull, draft.labels)
    const outcome = created ? 'created' : updated ? 'updated' : 'unchanged'
    return { pullRequest: updated ?? asPullRequest(pull), outcome }
  }

  async close(number: number): Promise<void> {
    const { octokit, owner, repo } = this.#github
    await this.#github.run({ doing: `close pull request #${number}`, needs: WRITE }, () =>
      octokit.pulls.update({ owner, repo, pull_number: number, state: 'closed' }),
    )
  }

  async #open(head: string): Promise<Answer | undefined> {
    // Where GitHub does not understand `head`, it answers with all of them: so the branch is compared again.
    const found = await this.#list({ state: 'open', head: `${this.#github.owner}:${checkBranch(head)}` })
    return found.find((pull) => this.#isOurs(pull) && pull.head.ref === head)
  }

  async #list(filter: {
    readonly state: 'open' | 'closed' | 'all'
    readonly head?: string
  }): Promise<readonly Answer[]> {
    const { octokit, owner, repo } = this.#github
    return this.#github.run({ doing: 'list pull requests', needs: WRITE }, () => {
      let listed = 0
      const query = { owner, repo, ...filter, sort: 'created', direction: 'desc', per_page: 100 } as const
      return octokit.paginate(octokit.pulls.list, query, ({ data }, done) => {
        listed += data.length
        if (listed >= MAX_LISTED) done()
        return data
      })
    })
  }

  /** A branch of this name in a fork is somebody else's. */
  #isOurs(pull: Answer): boolean {
    return pull.head.repo?.full_name.toLowerCase() === this.#github.repository.toLowerCase()
  }

  /** `created: false` where another run was faster. */
  async #create(draft: PullRequestDraft): Promise<{ readonly pull: Answer; readonly created: boolean }> {
    const { octokit, owner, repo, webUrl } = this.#github
    const { head, base, title, body } = draft
    const byHand = `${webUrl}/compare/${base}...${head}?expand=1`
    const purpose = { doing: 'open the pull request', needs: WRITE, byHand }
    const request = { owner, repo, head, base, title, body, draft: draft.draft, request: ONCE }
    try {
      const { data } = await this.#github.settle(
        purpose,
        () => octokit.pulls.create(request),
        async () => {
          const found = await this.#open(head)
          return found && { data: found }
        },
      )
      return { pull: data, created: true }
    } catch (error) {
      const cause = error instanceof RefitError ? error.cause : undefined
      if (statusOf(cause) !== 422) throw error
      const said = messageOf(cause)
      if (/draft/i.test(said) && draft.draft) {
        this.#github.log.warn('this repository has no draft pull requests; Refit opens an ordinary one')
        return this.#create({ ...draft, draft: false })
      }
      // Another run was faster, or the listing was behind.
      const found = /already exists/i.test(said) ? await this.#open(head) : undefined
      if (found) return { pull: found, created: false }
      if (/no commits between/i.test(said)) {
        throw new RefitError('forge', `no commits between ${base} and ${head}: there is nothing to propose`, { cause })
      }
      throw error
    }
  }

  /** The pull request after the update; undefined where there was nothing to do. */
  async #update(pull: Answer, { title, body, base, draft }: PullRequestDraft): Promise<PullRequest | undefined> {
    const { octokit, owner, repo } = this.#github
    // Never ready with the text of a draft: a draft is turned back before its text is written, and ready after it.
    const back = draft && !(pull.draft ?? false) && (await this.#convert(pull, true))
    const text = !sameText(pull.title, title) || !sameText(pull.body ?? '', body)
    const fields = { ...(text ? { title, body } : {}), ...(pull.base.ref === base ? {} : { base }) }
    let updated: Answer = pull
    if (Object.keys(fields).length > 0) {
      const purpose = { doing: `update pull request #${pull.number}`, needs: WRITE }
      updated = (
        await this.#github.run(purpose, () =>
          octokit.pulls.update({ owner, repo, pull_number: pull.number, ...fields }),
        )
      ).data
    }
    const converted = back || (!draft && (pull.draft ?? false) && (await this.#convert(pull, false)))
    if (updated === pull && !converted) return undefined
    return { ...asPullRequest(updated), draft: converted ? draft : (pull.draft ?? false) }
  }

  /** Drafts are turned by GraphQL only. Not worth failing for for good: the verdict stands in the title and the text as well. */
  async #convert(pull: Answer, draft: boolean): Promise<boolean> {
    const mutation = draft ? 'convertPullRequestToDraft' : 'markPullRequestReadyForReview'
    const query = `mutation ($id: ID!) { ${mutation}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`
    try {
      await this.#github.octokit.graphql(query, { id: pull.node_id })
      return true
    } catch (error) {
      // It may have been done although GitHub said otherwise.
      const now = await this.get(pull.number)
      if (now?.draft === draft) return true
      if (mayPass(error))
        throw this.#github.failure(error, { doing: `turn pull request #${pull.number}`, needs: WRITE })
      const wanted = draft ? 'a draft' : 'ready for review'
      this.#github.log.warn(
        `pull request #${pull.number} could not be made ${wanted} (it needs contents: write and pull-requests: write): ${messageOf(error)}`,
      )
      return false
    }
  }

  async #label(pull: Answer, labels: readonly string[]): Promise<void> {
    const there = new Set(pull.labels.map((label) => label.name?.toLowerCase()))
    const missing = labels.filter((label) => !there.has(label.toLowerCase()))
    if (missing.length === 0) return
    const { octokit, owner, repo } = this.#github
    try {
      await octokit.issues.addLabels({ owner, repo, issue_number: pull.number, labels: missing })
    } catch (error) {
      if (mayPass(error))
        throw this.#github.failure(error, { doing: `label pull request #${pull.number}`, needs: ISSUES })
      this.#github.log.warn(
        `pull request #${pull.number} could not be labelled ${missing.join(', ')} (it needs issues: write): ${messageOf(error)}`,
      )
    }
  }
}

function asPullRequest(pull: Answer): PullRequest {
  const merged = pull.merged_at !== null
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    body: pull.body ?? '',
    state: pull.state === 'open' ? 'open' : 'closed',
    merged,
    draft: pull.draft ?? false,
    head: pull.head.ref,
    headOid: pull.head.sha,
    base: pull.base.ref,
    // Of an open one it is GitHub's trial merge, which nobody should take for the real one.
    mergeCommit: merged ? (pull.merge_commit_sha ?? undefined) : undefined,
    ...(pull.closed_at ? { closedAt: Date.parse(pull.closed_at) } : {}),
  }
}
