import type { Settings } from './http.ts'
import { MemoryStore } from './memory-store.ts'
import { EmulatorServer } from './server.ts'
import { State, type User } from './state.ts'

const REPOSITORY = 'acme/models'
const TOKEN = `ghs_${'0'.repeat(36)}`
const BOT: User = { login: 'github-actions[bot]', type: 'Bot' }
const ALL = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  deployments: 'write',
} as const

/** How the write that is asked for next goes wrong, if it does. Waits are the caller's: a run may be let in between. */
export type Disturb = (write: number) => Disturbance | undefined | Promise<Disturbance | undefined>

export type Disturbance =
  /** The process ends here: the request was never made, and nothing after it is. */
  | { readonly kind: 'killed' }
  /** GitHub, or the network, answers this; `applied`: after doing what was asked. */
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly applied: boolean
    }
  | { readonly kind: 'dropped'; readonly applied: boolean }

/**
 * The emulator without a socket and without git, for tests that run an event hundreds of times: the same routes, and
 * a copy of the whole repository costs nothing.
 */
export class InProcess {
  readonly token = TOKEN
  readonly repository = REPOSITORY
  readonly state: State
  readonly git: MemoryStore
  readonly #server: EmulatorServer
  readonly #settings: Settings
  #disturb: Disturb = () => undefined
  #writes = 0
  #killed: (() => void) | undefined
  /** The write that went wrong first since the last `disturb`. */
  lastDisturbed = 'none'

  constructor(git: MemoryStore, state: State, collaborators: Settings['collaborators']) {
    this.git = git
    this.state = state
    this.#settings = {
      repository: REPOSITORY,
      url: () => 'http://github.test',
      collaborators,
      allowPullRequests: true,
      drafts: true,
      issues: true,
      updateRefs: true,
      treeLimit: 100_000,
    }
    this.#server = new EmulatorServer(state, this.#settings)
    this.#server.identities.set(TOKEN, { user: BOT, permissions: { ...ALL, metadata: 'read' } })
  }

  static open(files: Readonly<Record<string, string>>, collaborators: Settings['collaborators']): InProcess {
    const git = new MemoryStore(files)
    return new InProcess(git, new State(git), collaborators)
  }

  clone(): InProcess {
    const git = this.git.clone()
    return new InProcess(git, this.state.clone(git), this.#settings.collaborators)
  }

  /** The green button on the one open pull request. */
  merge(): void {
    const [pull, ...others] = this.state.pulls.filter(({ state }) => state === 'open')
    if (!pull || pull.draft || others.length > 0) throw new Error('there is not one pull request that can be merged')
    const base = this.git.head(pull.base) as string
    const oid = this.git.merge(base, pull.headOid, `Merge pull request #${pull.number}`)
    this.git.updateRef(`refs/heads/${pull.base}`, oid, base)
    Object.assign(pull, { state: 'closed', merged: true, mergeCommit: oid })
  }

  /** All that the repository holds, and what the next write would be called: from equal texts everything goes on alike. */
  everything(): string {
    return JSON.stringify([this.git.branches(), this.state, this.violations])
  }

  get violations(): readonly string[] {
    return this.#server.violations
  }

  /** Writes asked for since the last `disturb`. */
  get writes(): number {
    return this.#writes
  }

  /** From now on writes are counted from 1, and go wrong as this says. Resolves if the process is killed. */
  disturb(disturb: Disturb): Promise<void> {
    this.#disturb = disturb
    this.#writes = 0
    this.lastDisturbed = 'none'
    return new Promise((resolve) => (this.#killed = resolve))
  }

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input))
    const headers = new Headers(init.headers)
    const question = {
      method: init.method ?? 'GET',
      url: url.pathname + url.search,
      authorization: headers.get('authorization') ?? '',
      accept: headers.get('accept') ?? '',
      text: typeof init.body === 'string' ? init.body : '',
    }
    const isWrite = question.method !== 'GET' && !/"query":"\s*\{/.test(question.text)
    const how = isWrite ? await this.#disturb(++this.#writes) : undefined
    if (how !== undefined && this.lastDisturbed === 'none') this.lastDisturbed = `${question.method} ${url.pathname}`
    if (how?.kind === 'killed') {
      this.#killed?.()
      return new Promise(() => {})
    }
    const reply = how !== undefined && !how.applied ? undefined : this.#server.answer(question)
    if (how?.kind === 'dropped') {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      })
    }
    if (how !== undefined)
      return respond(how.status, { message: how.status < 500 ? 'Forbidden' : 'Server Error' }, how.headers)
    return respond(reply?.status ?? 500, reply?.body, reply?.headers)
  }
}

function respond(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const raw = body instanceof Uint8Array
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
  const content = body === undefined ? null : raw ? new Uint8Array(body) : JSON.stringify(body)
  return new Response(content, { status, headers: { ...type, 'x-github-request-id': 'EMULATED', ...headers } })
}
