import type { Clock } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'
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
  Reaction,
} from '../forge.ts'
import { connect, type GitHub, type GitHubOptions } from './client.ts'
import { Commits } from './commits.ts'
import { Contents } from './contents.ts'
import { Deployments } from './deployments.ts'
import { Notes } from './notes.ts'
import { Pulls } from './pulls.ts'
import { Refs } from './refs.ts'
import { Trees } from './trees.ts'
import { Viewer } from './viewer.ts'

export interface GitHubForgeOptions extends GitHubOptions {
  /** Accepted so that both forges are made alike; GitHub dates what is written by its own clock. */
  readonly clock?: Clock
}

/** Limits of repository_dispatch. */
const MAX_PAYLOAD_KEYS = 10
const MAX_EVENT_TYPE = 100

/** A repository on GitHub as a forge. Makes no request by itself. Throws RefitError `usage` on a malformed name, or without a token. */
export function createGitHubForge(options: GitHubForgeOptions): Forge {
  if (!/^[A-Za-z0-9][\w-]*\/(?!\.{1,2}$)[\w.-]+$/.test(options.repository)) {
    throw new RefitError('usage', `${JSON.stringify(options.repository)} is no repository`, {
      hint: 'Write owner/name.',
    })
  }
  if (options.token === '') {
    throw new RefitError('permission', 'there is no token for GitHub', {
      hint: 'Pass token: ${{ github.token }} to the action.',
    })
  }
  return new GitHubForge(connect(options))
}

/** Everything through GitHub's API: no clone, no git configuration, no credentials on disk. */
class GitHubForge implements Forge {
  readonly kind = 'github'
  readonly repository: string
  readonly #github: GitHub
  readonly #contents: Contents
  readonly #refs: Refs
  readonly #commits: Commits
  readonly #pulls: Pulls
  readonly #notes: Notes
  readonly #deployments: Deployments

  constructor(github: GitHub) {
    const trees = new Trees(github)
    this.repository = github.repository
    this.#github = github
    this.#contents = new Contents(github, trees)
    this.#refs = new Refs(github, this.#contents)
    this.#commits = new Commits(github, this.#contents, trees, this.#refs)
    this.#pulls = new Pulls(github)
    this.#notes = new Notes(github, new Viewer(github))
    this.#deployments = new Deployments(github)
  }

  defaultBranch(): Promise<string> {
    return this.#contents.defaultBranch()
  }

  head(branch: string): Promise<string | undefined> {
    return this.#contents.head(branch)
  }

  readFile(ref: string, path: string): Promise<Uint8Array | undefined> {
    return this.#contents.readFile(ref, path)
  }

  listFiles(ref: string, folder: string): Promise<readonly string[]> {
    return this.#contents.listFiles(ref, folder)
  }

  history(ref: string, path: string, limit: number): Promise<readonly CommitInfo[]> {
    return this.#contents.history(ref, path, limit)
  }

  compare(base: string, head: string): Promise<Comparison> {
    return this.#contents.compare(base, head)
  }

  commit(request: CommitRequest): Promise<CommitResult> {
    return this.#commits.commit(request)
  }

  deleteBranch(branch: string, expected: string): Promise<void> {
    return this.#refs.remove(branch, expected)
  }

  openPullRequest(head: string): Promise<PullRequest | undefined> {
    return this.#pulls.open(head)
  }

  pullRequest(number: number): Promise<PullRequest | undefined> {
    return this.#pulls.get(number)
  }

  pullRequests(filter: {
    readonly state: 'open' | 'closed' | 'all'
    readonly head?: string
    readonly headPrefix?: string
  }): Promise<readonly PullRequest[]> {
    return this.#pulls.list(filter)
  }

  upsertPullRequest(
    draft: PullRequestDraft,
  ): Promise<{ readonly pullRequest: PullRequest; readonly outcome: 'created' | 'updated' | 'unchanged' }> {
    return this.#pulls.upsert(draft)
  }

  closePullRequest(number: number): Promise<void> {
    return this.#pulls.close(number)
  }

  upsertComment(number: number, marker: string, body: string): Promise<void> {
    return this.#notes.comment(number, marker, body)
  }

  upsertIssue(issue: IssueDraft): Promise<{ readonly number: number; readonly url: string } | undefined> {
    return this.#notes.issue(issue)
  }

  findIssue(
    marker: string,
  ): Promise<{ readonly number: number; readonly url: string; readonly body: string } | undefined> {
    return this.#notes.findIssue(marker)
  }

  react(commentId: number, reaction: Reaction): Promise<void> {
    return this.#notes.react(commentId, reaction)
  }

  checkRun(check: CheckRunDraft): Promise<void> {
    return this.#notes.check(check)
  }

  async createDeployment(deployment: DeploymentDraft): Promise<{ readonly id: number }> {
    return { id: await this.#deployments.create(deployment) }
  }

  deploymentStatus(id: number, status: DeploymentStatus): Promise<void> {
    return this.#deployments.status(id, status)
  }

  /** At least once: after a lost connection it may start two runs, and every command of Refit is idempotent. */
  async dispatch(eventType: string, payload: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(payload).length > MAX_PAYLOAD_KEYS || eventType.length > MAX_EVENT_TYPE) {
      throw new RefitError('forge', `the event ${eventType} is larger than repository_dispatch allows`)
    }
    const { octokit, owner, repo } = this.#github
    await this.#github.run({ doing: `dispatch ${eventType}`, needs: ['contents: write'] }, () =>
      octokit.repos.createDispatchEvent({ owner, repo, event_type: eventType, client_payload: { ...payload } }),
    )
  }

  async permission(user: string): Promise<'admin' | 'write' | 'read' | 'none'> {
    const { octokit, owner, repo } = this.#github
    const answer = await this.#github.find({ doing: `read what ${user} may do`, needs: ['metadata: read'] }, () =>
      octokit.repos.getCollaboratorPermissionLevel({ owner, repo, username: user }),
    )
    const level = answer?.data.permission
    return level === 'admin' || level === 'write' || level === 'read' ? level : 'none'
  }
}
