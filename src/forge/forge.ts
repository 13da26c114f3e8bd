/**
 * What the bot needs of a forge and no more. `LocalForge` (a git repository with JSON beside it) and `GitHubForge`
 * (Octokit) implement it; nothing else in Refit knows which one it talks to. All methods may throw RefitError with
 * code `forge`, `permission` (naming the permission and the YAML that grants it) or `stale`.
 */
export interface Forge {
  readonly kind: 'github' | 'local'
  /** `owner/repo`, or the path of the local repository. */
  readonly repository: string
  defaultBranch(): Promise<string>

  /** Commit id of a branch's head; undefined where the branch does not exist. */
  head(branch: string): Promise<string | undefined>
  /** A file's bytes at a branch or commit; undefined where it is not there. */
  readFile(ref: string, path: string): Promise<Uint8Array | undefined>
  /** Files below a folder at a branch or commit, as full paths; empty where there is none. */
  listFiles(ref: string, folder: string): Promise<readonly string[]>
  /** Commits that touched `path`, newest first, at most `limit`. */
  history(ref: string, path: string, limit: number): Promise<readonly CommitInfo[]>
  /** What the commit `head` has that the commit `base` does not: its commits, and where it left the base behind. */
  compare(base: string, head: string): Promise<Comparison>

  /**
   * Commit files to a branch *if* its head is still `expected` (compare-and-swap): RefitError `stale` otherwise.
   * `expected: undefined` creates the branch, and is `stale` if it exists. Nothing is written twice: when the tree
   * would be the parent's own, no commit is made and `changed` is false.
   */
  commit(request: CommitRequest): Promise<CommitResult>
  /** Deletes a branch if its head is still `expected`; a branch that is gone already is fine. */
  deleteBranch(branch: string, expected: string): Promise<void>

  /** The newest open pull request from `head` of this same repository; undefined where there is none. */
  openPullRequest(head: string): Promise<PullRequest | undefined>
  pullRequest(number: number): Promise<PullRequest | undefined>
  /** Newest first; of one head branch, or of those whose names begin alike. */
  pullRequests(filter: {
    readonly state: 'open' | 'closed' | 'all'
    readonly head?: string
    readonly headPrefix?: string
  }): Promise<readonly PullRequest[]>
  /** Creates the one pull request of a head branch, or brings it up to date. */
  upsertPullRequest(
    request: PullRequestDraft,
  ): Promise<{ readonly pullRequest: PullRequest; readonly outcome: 'created' | 'updated' | 'unchanged' }>
  closePullRequest(number: number): Promise<void>

  /** Creates or updates the one comment of this bot that carries `marker` (an HTML comment). */
  upsertComment(number: number, marker: string, body: string): Promise<void>
  /** Creates, updates, or with `state: 'closed'` closes the one issue of this bot that carries `marker`. */
  upsertIssue(issue: IssueDraft): Promise<{ readonly number: number; readonly url: string } | undefined>
  /** The one issue of this bot that carries `marker`, open or closed; undefined where there is none. */
  findIssue(
    marker: string,
  ): Promise<{ readonly number: number; readonly url: string; readonly body: string } | undefined>
  /** `rocket` and `-1` are what a command came to: one takes the place of the other. */
  react(commentId: number, reaction: Reaction): Promise<void>
  checkRun(check: CheckRunDraft): Promise<void>

  createDeployment(request: DeploymentDraft): Promise<{ readonly id: number }>
  /** A success makes the older deployments of the same model (`payload.model`) and environment inactive, and no others. */
  deploymentStatus(id: number, status: DeploymentStatus): Promise<void>
  /** Starts another workflow run: `repository_dispatch` with this event type. */
  dispatch(eventType: string, payload: Readonly<Record<string, string>>): Promise<void>
  /** What a person may do in this repository. */
  permission(user: string): Promise<'admin' | 'write' | 'read' | 'none'>
}

export type Reaction = 'eyes' | '+1' | '-1' | 'rocket'

export interface CommitInfo {
  readonly oid: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly time: number
}

export interface Comparison {
  /** Newest commit that both have; undefined where the two share no history. */
  readonly mergeBase: string | undefined
  /** Commits of the head that the base does not have, oldest first; the oldest 250 of them. */
  readonly commits: readonly CommitInfo[]
  /** Paths that differ between merge base and head; undefined where they cannot all be told. */
  readonly files: readonly string[] | undefined
}

export interface CommitRequest {
  readonly branch: string
  readonly expected: string | undefined
  /**
   * The commit whose tree the files are laid on, and first parent of the new commit. Default: `expected`. A bot branch
   * is rebuilt on the newest base by `base: <head of main>`; the ref is then moved in one update (never via the base
   * itself, which would close the pull request). `null`: an orphan commit with only these files.
   */
  readonly base?: string | null
  readonly message: string
  /** Content by path; null deletes the path. */
  readonly files: ReadonlyMap<string, Uint8Array | string | null>
}
export interface CommitResult {
  readonly oid: string
  readonly changed: boolean
}

export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  readonly draft: boolean
  readonly head: string
  readonly headOid: string
  readonly base: string
  readonly mergeCommit: string | undefined
  /** Epoch milliseconds; undefined while it is open. */
  readonly closedAt?: number | undefined
}
export interface PullRequestDraft {
  readonly head: string
  readonly base: string
  readonly title: string
  readonly body: string
  readonly draft: boolean
  /** Best effort: a label that cannot be set is a warning, never a failure. */
  readonly labels: readonly string[]
}
export interface IssueDraft {
  readonly marker: string
  readonly title: string
  /** The text, or what becomes of the text that is there; undefined where there is no issue yet. */
  readonly body: string | ((existing: string | undefined) => string)
  readonly state: 'open' | 'closed'
}
export interface CheckRunDraft {
  readonly name: string
  readonly headOid: string
  readonly conclusion: 'success' | 'failure' | 'neutral'
  readonly title: string
  readonly summary: string
}
export interface DeploymentDraft {
  readonly ref: string
  readonly environment: string
  readonly description: string
  readonly production: boolean
  readonly payload: Readonly<Record<string, string>>
}
export interface DeploymentStatus {
  readonly state: 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'
  /** Cut at 140 characters. */
  readonly description: string
  readonly environmentUrl?: string | undefined
  readonly logUrl?: string | undefined
}
