import type { State, User } from './state.ts'

export type Scope = 'contents' | 'pull_requests' | 'issues' | 'checks' | 'deployments' | 'metadata'
export type Level = 'none' | 'read' | 'write'
export type Permissions = Readonly<Record<Scope, Level>>

/** Body members a route takes, with their types; `?` marks what may be left out. */
export type BodyShape = Readonly<Record<string, string>>

export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly accept: string
  readonly user: User
  readonly permissions: Permissions
}

export interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Settings {
  readonly repository: string
  readonly url: () => string
  readonly collaborators: Readonly<Record<string, string>>
  readonly allowPullRequests: boolean
  readonly drafts: boolean
  readonly issues: boolean
  readonly updateRefs: boolean
  /** A recursive listing with more entries is cut. */
  readonly treeLimit: number
}

export interface Route {
  readonly method: string
  /** Below `/repos/{owner}/{repo}`; `:name` is one (percent-encoded) segment. */
  readonly path: string
  /** Any one of these sets of permissions is enough. */
  readonly needs: readonly Partial<Permissions>[]
  readonly query?: readonly string[]
  readonly body?: BodyShape
  readonly serve: (request: Request, state: State, settings: Settings) => Reply
}

export const ok = (body: unknown): Reply => ({ status: 200, body })
export const created = (body: unknown): Reply => ({ status: 201, body })
export const notFound: Reply = { status: 404, body: { message: 'Not Found', status: '404' } }

/** 422, with GitHub's `Validation Failed` where the details are objects. */
export function invalid(message: string, resource?: string): Reply {
  return resource === undefined
    ? { status: 422, body: { message, status: '422' } }
    : { status: 422, body: { message: 'Validation Failed', errors: [{ resource, code: 'custom', message }] } }
}

/** A page of a listing: 30 unless asked, never more than 100, with the `link` header that pagination lives on. */
export function page<T>(request: Request, settings: Settings, items: readonly T[], wrap?: string): Reply {
  const size = Math.min(Number(request.query.get('per_page') ?? 30), 100)
  const at = Number(request.query.get('page') ?? 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (number: number, rel: string): string => {
    const query = new URLSearchParams(request.query)
    query.set('page', String(number))
    return `<${settings.url()}${request.path}?${query}>; rel="${rel}"`
  }
  const slice = items.slice((at - 1) * size, at * size)
  return {
    status: 200,
    body: wrap === undefined ? slice : { total_count: items.length, [wrap]: slice },
    headers: at < last ? { link: `${link(at + 1, 'next')}, ${link(last, 'last')}` } : {},
  }
}
