import { randomBytes } from 'node:crypto'
import { GitStore } from './git-store.ts'
import type { Level, Permissions, Scope } from './http.ts'
import { EmulatorServer, type Fault, type Recorded } from './server.ts'
import { State, type Comment, type Issue, type Pull, type User } from './state.ts'

export type { Fault, Recorded } from './server.ts'

export interface EmulatorOptions {
  /** What the token may do; what is left out it may write. */
  readonly permissions?: Partial<Record<Scope, Level>>
  /** First commit on `main`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly repository?: string
  /** Who the token is. Default: the workflow's token. */
  readonly login?: string
  /** What people may do, by login: admin, write, read or none. */
  readonly collaborators?: Readonly<Record<string, 'admin' | 'write' | 'read' | 'none'>>
  /** “Allow GitHub Actions to create and approve pull requests”. */
  readonly allowPullRequests?: boolean
  readonly drafts?: boolean
  readonly issues?: boolean
  /** Without it, as on an old Enterprise server. */
  readonly updateRefs?: boolean
  readonly treeLimit?: number
}

/** GitHub on loopback: strict where GitHub is, on a real repository, with faults on demand. */
export interface Emulator {
  readonly url: string
  readonly token: string
  readonly repository: string
  readonly gitDir: string
  readonly state: State
  readonly requests: readonly Recorded[]
  /** Requests that changed something, or tried to. */
  writes(): readonly Recorded[]
  branch(name: string): string | undefined
  /** A file's text at a branch or commit. */
  file(ref: string, path: string): string | undefined
  /** The green button. Returns the merge commit. */
  merge(number: number): string
  fail(fault: Fault): void
  /** Another token of another account. */
  addToken(login: string, permissions?: Partial<Record<Scope, Level>>): string
  addComment(number: number, login: string, body: string): Comment
  addIssue(login: string, title: string, body: string): Issue
  /** A pull request from a fork, with a head branch of any name. */
  addForkPull(login: string, head: string): Pull
  /** Stops; throws where a client asked for what GitHub does not have. */
  close(): Promise<void>
}

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { repository = 'acme/models', login = 'github-actions[bot]' } = options
  const git = new GitStore(options.files)
  const state = new State(git)
  let url = ''
  const server = new EmulatorServer(state, {
    repository,
    url: () => url,
    collaborators: options.collaborators ?? {},
    allowPullRequests: options.allowPullRequests ?? true,
    drafts: options.drafts ?? true,
    issues: options.issues ?? true,
    updateRefs: options.updateRefs ?? true,
    treeLimit: options.treeLimit ?? 100_000,
  })
  const addToken = (owner: string, permissions: Partial<Record<Scope, Level>> = {}): string => {
    const token = `ghs_${randomBytes(18).toString('hex')}`
    server.identities.set(token, { user: userOf(owner), permissions: fill(permissions) })
    return token
  }
  const token = addToken(login, options.permissions)
  url = `http://127.0.0.1:${await server.listen()}`
  return {
    url,
    token,
    repository,
    gitDir: git.dir,
    state,
    requests: server.requests,
    writes: () =>
      server.requests.filter(({ method, body }) => method !== 'GET' && !/^\s*\{/.test(String(body['query'] ?? ''))),
    branch: (name) => git.head(name),
    file(ref, path) {
      const commit = git.resolve(ref)
      const content = commit === undefined ? undefined : git.readFile(commit, path)
      return content === undefined || content === 'folder' ? undefined : content.toString('utf8')
    },
    merge(number) {
      const pull = state.pulls.find((one) => one.number === number)
      if (!pull || pull.state !== 'open' || pull.draft) throw new Error(`pull request ${number} cannot be merged`)
      const base = git.head(pull.base) as string
      const oid = git.merge(base, pull.headOid, `Merge pull request #${number} from ${pull.head}\n\n${pull.title}`)
      git.updateRef(`refs/heads/${pull.base}`, oid, base)
      Object.assign(pull, { state: 'closed', merged: true, mergeCommit: oid })
      state.refsMoved()
      return oid
    },
    fail: (fault) => void server.faults.push({ ...fault, left: fault.times ?? 1 }),
    addToken,
    addComment(number, author, body) {
      const comment: Comment = { id: state.nextId(), number, body, user: userOf(author), reactions: [], reacted: [] }
      state.comments.push(comment)
      return comment
    },
    addIssue(author, title, body) {
      const issue: Issue = { number: state.nextNumber(), title, body, state: 'open', user: userOf(author) }
      state.issues.push(issue)
      return issue
    },
    addForkPull(author, head) {
      const pull: Pull = {
        number: state.nextNumber(),
        title: 'From a fork',
        body: '',
        state: 'open',
        draft: false,
        merged: false,
        mergeCommit: null,
        head,
        headRepository: `${repository.split('/')[0]}/fork-of-${author}`,
        headOid: git.head('main') as string,
        base: 'main',
        labels: [],
        user: userOf(author),
      }
      state.pulls.push(pull)
      return pull
    },
    async close() {
      await server.close()
      if (server.violations.length > 0)
        throw new Error(`GitHub would not have understood: ${server.violations.join('; ')}`)
    },
  }
}

function userOf(login: string): User {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' }
}

function fill(permissions: Partial<Record<Scope, Level>>): Permissions {
  const all = {
    contents: 'write',
    pull_requests: 'write',
    issues: 'write',
    checks: 'write',
    deployments: 'write',
  } as const
  return { ...all, metadata: 'read', ...permissions }
}
