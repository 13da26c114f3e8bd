import type { CheckRunDraft, DeploymentDraft, DeploymentStatus } from '../forge.ts'

/** What lies in `<.git>/refit/*.json`. Times are ISO 8601. */
export interface Collections {
  readonly pulls: readonly PullRecord[]
  readonly issues: readonly IssueRecord[]
  readonly comments: readonly CommentRecord[]
  readonly checks: readonly (CheckRunDraft & { readonly at: string })[]
  readonly deployments: readonly DeploymentRecord[]
  readonly dispatches: readonly DispatchRecord[]
}

export interface PullRecord {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  readonly draft: boolean
  readonly head: string
  /** Head when it was last seen by the forge; for a closed pull request, its last one. */
  readonly headOid: string
  readonly base: string
  readonly mergeCommit: string | null
  readonly labels: readonly string[]
  readonly createdAt: string
  readonly closedAt: string | null
}

export interface IssueRecord {
  readonly number: number
  readonly marker: string
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly at: string
}

export interface CommentRecord {
  readonly id: number
  /** Of the issue or pull request it stands on. */
  readonly number: number
  readonly marker: string
  readonly body: string
  readonly reactions: readonly string[]
  readonly at: string
}

export interface DeploymentRecord extends DeploymentDraft {
  readonly id: number
  readonly statuses: readonly (DeploymentStatus & { readonly at: string })[]
  readonly at: string
}

export interface DispatchRecord {
  readonly eventType: string
  readonly payload: Readonly<Record<string, string>>
  readonly at: string
}
