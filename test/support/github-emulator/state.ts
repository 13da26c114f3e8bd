import type { Store } from './git-store.ts'

export interface User {
  readonly login: string
  readonly type: 'User' | 'Bot'
}

export interface Pull {
  readonly number: number
  title: string
  body: string
  state: 'open' | 'closed'
  draft: boolean
  merged: boolean
  mergeCommit: string | null
  readonly head: string
  /** `owner/repo` of the head; a fork's differs. */
  readonly headRepository: string
  headOid: string
  base: string
  labels: string[]
  readonly user: User
}

export interface Issue {
  readonly number: number
  title: string
  body: string
  state: 'open' | 'closed'
  readonly user: User
}

export interface Comment {
  readonly id: number
  readonly number: number
  body: string
  readonly user: User
  /** What stands below it. */
  reactions: string[]
  /** Whose they are. */
  readonly reacted: { readonly id: number; readonly content: string; readonly user: User }[]
}

export interface CheckRun {
  readonly id: number
  /** Login of the app whose it is: nobody else may change it. */
  readonly app: string
  readonly name: string
  readonly headOid: string
  conclusion: string
  title: string
  summary: string
}

export interface Deployment {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly environment: string
  readonly description: string
  readonly payload: unknown
  readonly production: boolean
  /** Newest first. */
  readonly statuses: { readonly id: number; readonly state: string; readonly description: string }[]
}

export interface Dispatch {
  readonly eventType: string
  readonly payload: unknown
}

/** What GitHub keeps beside git. */
export class State {
  readonly git: Store
  readonly pulls: Pull[] = []
  readonly issues: Issue[] = []
  readonly comments: Comment[] = []
  readonly checks: CheckRun[] = []
  readonly deployments: Deployment[] = []
  readonly dispatches: Dispatch[] = []
  #id = 1000

  constructor(git: Store) {
    this.git = git
  }

  /** The same repository once more, to go another way from here. */
  clone(git: Store): State {
    const copy = new State(git)
    const lists = ['pulls', 'issues', 'comments', 'checks', 'deployments', 'dispatches'] as const
    for (const list of lists) (copy[list] as unknown[]).push(...structuredClone(this[list]))
    copy.#id = this.#id
    return copy
  }

  toJSON(): object {
    const { pulls, issues, comments, checks, deployments, dispatches } = this
    return { pulls, issues, comments, checks, deployments, dispatches, id: this.#id }
  }

  /** Ids are unique over all kinds; numbers are counted by issues and pull requests together. */
  nextId(): number {
    return ++this.#id
  }

  nextNumber(): number {
    return 1 + this.pulls.length + this.issues.length
  }

  /** What GitHub does to pull requests when branches move: follows the head, and closes what has nothing left to merge. */
  refsMoved(): void {
    for (const pull of this.pulls.filter((one) => one.state === 'open')) {
      const head = this.git.head(pull.head)
      const base = this.git.head(pull.base)
      if (head === undefined || base === undefined) {
        pull.state = 'closed'
        continue
      }
      if (this.git.isAncestor(head, base)) {
        pull.merged = head === pull.headOid
        pull.mergeCommit = pull.merged ? base : null
        pull.state = 'closed'
      }
      pull.headOid = head
    }
  }
}
