import { MAX_CHECK_SUMMARY, fitBody, issueBody, sameText, withMarker } from '../body.ts'
import type { CheckRunDraft, IssueDraft, Reaction } from '../forge.ts'
import { ONCE, type GitHub } from './client.ts'
import { statusOf } from './errors.ts'
import type { Viewer } from './viewer.ts'

const ISSUES = ['issues: write']
const PULLS = ['pull-requests: write']
const CHECKS = ['checks: write']

/** Comments, reactions, issues and check runs. */
export class Notes {
  readonly #github: GitHub
  readonly #viewer: Viewer

  constructor(github: GitHub, viewer: Viewer) {
    this.#github = github
    this.#viewer = viewer
  }

  async comment(number: number, marker: string, text: string): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const body = withMarker(marker, text)
    const purpose = { doing: `comment on #${number}`, needs: PULLS }
    const existing = await this.#findComment(number, marker)
    if (existing && sameText(existing.body ?? '', body)) return
    if (existing) {
      await this.#github.run(purpose, () =>
        octokit.issues.updateComment({ owner, repo, comment_id: existing.id, body }),
      )
      return
    }
    await this.#github.settle<unknown>(
      purpose,
      () => octokit.issues.createComment({ owner, repo, issue_number: number, body, request: ONCE }),
      () => this.#findComment(number, marker),
    )
  }

  async react(commentId: number, content: Reaction): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: 'react to a comment', needs: [...ISSUES, ...PULLS] }
    const comment = { owner, repo, comment_id: commentId }
    await this.#github.run(purpose, () => octokit.reactions.createForIssueComment({ ...comment, content }))
    const opposite = content === 'rocket' ? '-1' : content === '-1' ? 'rocket' : undefined
    if (opposite === undefined) return
    const others = await this.#github.run(purpose, () =>
      octokit.paginate(octokit.reactions.listForIssueComment, { ...comment, content: opposite, per_page: 100 }),
    )
    for (const other of others) {
      if (!(await this.#viewer.wrote(other))) continue
      // 404: another run took it away already.
      await this.#github.find(purpose, () =>
        octokit.reactions.deleteForIssueComment({ ...comment, reaction_id: other.id }),
      )
    }
  }

  /** Undefined where there is nothing to close, or where the repository has its issues switched off. */
  async issue(draft: IssueDraft): Promise<{ readonly number: number; readonly url: string } | undefined> {
    const { octokit, owner, repo, log } = this.#github
    const purpose = { doing: `write the issue “${draft.title}”`, needs: ISSUES }
    try {
      const existing = await this.#findIssue(draft.marker)
      // A listing may be seconds old, and somebody may be ticking a box.
      const now = typeof draft.body === 'string' ? existing : existing && (await this.#readIssue(existing.number))
      const body = issueBody(draft, now && (now.body ?? ''))
      if (!existing && draft.state === 'closed') return undefined
      if (!existing) {
        const { title } = draft
        const made = await this.#github.settle(
          purpose,
          async () => (await octokit.issues.create({ owner, repo, title, body, request: ONCE })).data,
          () => this.#findIssue(draft.marker),
        )
        return { number: made.number, url: made.html_url }
      }
      const { number, html_url: url } = existing
      const same =
        existing.state === draft.state && sameText(existing.title, draft.title) && sameText(now?.body ?? '', body)
      if (!same) {
        const change = { title: draft.title, body, state: draft.state }
        await this.#github.run(purpose, () => octokit.issues.update({ owner, repo, issue_number: number, ...change }))
      }
      return { number, url }
    } catch (error) {
      if (statusOf((error as Error).cause) !== 410) throw error
      log.warn(`the issue “${draft.title}” was not written: this repository has its issues switched off`)
      return undefined
    }
  }

  async findIssue(
    marker: string,
  ): Promise<{ readonly number: number; readonly url: string; readonly body: string } | undefined> {
    try {
      const found = await this.#findIssue(marker)
      return found && { number: found.number, url: found.html_url, body: found.body ?? '' }
    } catch (error) {
      if (statusOf((error as Error).cause) !== 410) throw error
      return undefined
    }
  }

  /** One check run for each commit and name: a second run updates the first one's. */
  async check(draft: CheckRunDraft): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: `write the check “${draft.name}”`, needs: CHECKS }
    const { title, name, conclusion, headOid } = draft
    const output = { title, summary: fitBody(draft.summary, MAX_CHECK_SUMMARY) }
    const existing = await this.#findCheck(headOid, name)
    if (existing) {
      const same =
        existing.conclusion === conclusion &&
        existing.output.title === title &&
        sameText(existing.output.summary ?? '', output.summary)
      if (same) return
      await this.#github.run(purpose, () =>
        octokit.checks.update({ owner, repo, check_run_id: existing.id, status: 'completed', conclusion, output }),
      )
      return
    }
    await this.#github.settle<unknown>(
      purpose,
      () =>
        octokit.checks.create({
          owner,
          repo,
          name,
          head_sha: headOid,
          status: 'completed',
          conclusion,
          output,
          request: ONCE,
        }),
      () => this.#findCheck(headOid, name),
    )
  }

  async #findComment(number: number, marker: string) {
    const { octokit, owner, repo } = this.#github
    const comments = await this.#github.run({ doing: `read the comments of #${number}`, needs: PULLS }, () =>
      octokit.paginate(octokit.issues.listComments, { owner, repo, issue_number: number, per_page: 100 }),
    )
    return this.#own(comments, marker)
  }

  async #findIssue(marker: string) {
    const { octokit, owner, repo } = this.#github
    const creator = await this.#viewer.login()
    const issues = await this.#github.run({ doing: 'list issues', needs: ISSUES }, () =>
      octokit.paginate(octokit.issues.listForRepo, { owner, repo, creator, state: 'all', per_page: 100 }),
    )
    return this.#own(
      issues.filter((issue) => !issue.pull_request),
      marker,
    )
  }

  async #readIssue(number: number) {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: `read issue #${number}`, needs: ISSUES }
    return (await this.#github.run(purpose, () => octokit.issues.get({ owner, repo, issue_number: number }))).data
  }

  async #findCheck(headOid: string, name: string) {
    const { octokit, owner, repo } = this.#github
    const query = { owner, repo, ref: headOid, check_name: name, filter: 'latest', per_page: 100 } as const
    const { data } = await this.#github.run({ doing: `read the check “${name}”`, needs: CHECKS }, () =>
      octokit.checks.listForRef(query),
    )
    // Only the app that made a check run may change it: another one's of the same name is none of ours.
    for (const run of data.check_runs) {
      if (run.name !== name) continue
      const user = run.app?.slug === undefined ? null : { login: `${run.app.slug}[bot]`, type: 'Bot' }
      if (user === null || (await this.#viewer.wrote({ user }))) return run
    }
    return undefined
  }

  /** The first that carries the marker and was written by this token. */
  async #own<T extends { readonly body?: string | null; readonly user?: { login: string; type: string } | null }>(
    items: readonly T[],
    marker: string,
  ): Promise<T | undefined> {
    for (const item of items) if (item.body?.includes(marker) && (await this.#viewer.wrote(item))) return item
    return undefined
  }
}
