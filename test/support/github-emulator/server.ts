import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { serveGraphql } from './graphql.ts'
import type { BodyShape, Level, Permissions, Reply, Request, Route, Scope, Settings } from './http.ts'
import { gitRoutes } from './routes-git.ts'
import { issueRoutes } from './routes-issues.ts'
import { pullRoutes } from './routes-pulls.ts'
import { runRoutes } from './routes-runs.ts'
import type { State, User } from './state.ts'

export interface Fault {
  readonly method?: string
  /** Held against the path, decoded, without the query: `/repos/acme/models/git/refs`. */
  readonly path: RegExp
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** How often; default once. */
  readonly times?: number
  /** `write`: GitHub does what it was asked, and then fails to say so. Default: it does nothing. */
  readonly after?: 'write'
  /** Runs before the request is served: another client that gets in between. */
  readonly meanwhile?: () => void
}

export interface Question {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly accept: string
  readonly text: string
}

export interface Recorded {
  readonly method: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly status: number
}

export interface Identity {
  readonly user: User
  readonly permissions: Permissions
}

const ROUTES = [...gitRoutes, ...pullRoutes, ...issueRoutes, ...runRoutes]
const LEVELS: readonly Level[] = ['none', 'read', 'write']

/** Routing, authentication, permissions, faults and the record of it all. */
export class EmulatorServer {
  readonly requests: Recorded[] = []
  /** What no client may do: unknown routes, members that GitHub does not have. A test that closes the emulator then fails. */
  readonly violations: string[] = []
  readonly identities = new Map<string, Identity>()
  readonly faults: (Fault & { left: number })[] = []
  readonly #state: State
  readonly #settings: Settings
  readonly #server: Server

  constructor(state: State, settings: Settings) {
    this.#state = state
    this.#settings = settings
    this.#server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing))
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const { authorization = '', accept = '' } = incoming.headers
    const text = Buffer.concat(chunks).toString('utf8')
    send(
      outgoing,
      this.answer({ method: incoming.method ?? 'GET', url: incoming.url ?? '/', authorization, accept, text }),
    )
  }

  /** What GitHub answers, however the question came. */
  answer({ method, url: address, authorization, accept, text }: Question): Reply {
    const url = new URL(address, 'http://emulator')
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    const path = decodeURIComponent(url.pathname)
    const fault = this.faults.find((one) => one.left > 0 && (one.method ?? method) === method && one.path.test(path))
    if (fault) fault.left -= 1
    fault?.meanwhile?.()
    let reply: Reply
    try {
      const failing = fault !== undefined && fault.status !== 0
      const served =
        failing && fault.after !== 'write' ? undefined : this.#answer({ authorization, accept }, method, url, body)
      const message = fault?.status === 403 || fault?.status === 429 ? 'Forbidden' : 'Server Error'
      reply = failing
        ? {
            status: fault.status,
            body: fault.body ?? { message },
            ...(fault.headers ? { headers: fault.headers } : {}),
          }
        : (served as Reply)
    } catch (error) {
      this.violations.push((error as Error).message)
      reply = { status: 400, body: { message: (error as Error).message } }
    }
    this.requests.push({ method, path, body, status: reply.status })
    return reply
  }

  #answer(
    { authorization, accept }: Pick<Question, 'authorization' | 'accept'>,
    method: string,
    url: URL,
    body: Readonly<Record<string, unknown>>,
  ): Reply {
    const token = /^(?:token|bearer) (.+)$/i.exec(authorization)?.[1]
    const identity = this.identities.get(token ?? '')
    if (!identity) return { status: 401, body: { message: 'Bad credentials', status: '401' } }
    const common = { method, path: url.pathname, query: url.searchParams, body, accept, ...identity }
    if (method === 'POST' && url.pathname === '/graphql') {
      return serveGraphql({ ...common, params: {} }, this.#state, this.#settings)
    }
    const prefix = `/repos/${this.#settings.repository}`
    if (!url.pathname.startsWith(prefix)) return { status: 404, body: { message: 'Not Found', status: '404' } }
    for (const route of ROUTES) {
      const params = route.method === method ? match(route.path, url.pathname.slice(prefix.length)) : undefined
      if (params) return this.#run(route, { ...common, params })
    }
    throw new Error(`the emulator has no ${method} ${url.pathname}`)
  }

  #run(route: Route, request: Request): Reply {
    for (const key of request.query.keys()) {
      if (!route.query?.includes(key)) throw new Error(`${route.method} ${route.path} has no parameter ${key}`)
    }
    checkBody(route, request.body)
    const enough = route.needs.some((set) => satisfies(request.permissions, set))
    if (!enough) {
      const accepted = route.needs
        .map((set) =>
          Object.entries(set)
            .map(([scope, level]) => `${scope}=${level}`)
            .join(','),
        )
        .join('; ')
      return {
        status: 403,
        body: { message: 'Resource not accessible by integration', documentation_url: 'https://docs.github.com/rest' },
        headers: { 'x-accepted-github-permissions': accepted },
      }
    }
    return route.serve(request, this.#state, this.#settings)
  }
}

function satisfies(permissions: Permissions, wanted: Partial<Permissions>): boolean {
  return Object.entries(wanted).every(
    ([scope, level]) => LEVELS.indexOf(permissions[scope as Scope]) >= LEVELS.indexOf(level),
  )
}

/** Values of the `:name` segments, decoded; undefined where the path is another. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const value = decodeURIComponent(given[i] as string)
    if (part.startsWith(':')) params[part.slice(1)] = value
    else if (part !== value) return undefined
  }
  return params
}

function checkBody(route: Route, body: Readonly<Record<string, unknown>>): void {
  const shape: BodyShape = route.body ?? {}
  for (const [key, value] of Object.entries(body)) {
    const wanted = shape[key]?.replace('?', '')
    const found = Array.isArray(value) ? 'array' : typeof value
    if (wanted === undefined) throw new Error(`${route.method} ${route.path} has no member ${key}`)
    if (wanted !== found) throw new Error(`${route.method} ${route.path}: ${key} is ${found}, not ${wanted}`)
  }
  for (const [key, type] of Object.entries(shape)) {
    if (!type.endsWith('?') && !(key in body)) throw new Error(`${route.method} ${route.path} needs ${key}`)
  }
}

function send(outgoing: ServerResponse, { status, body, headers }: Reply): void {
  const raw = body instanceof Uint8Array
  outgoing.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'x-github-request-id': 'EMULATED',
    ...headers,
  })
  outgoing.end(body === undefined ? undefined : raw ? body : JSON.stringify(body))
}
