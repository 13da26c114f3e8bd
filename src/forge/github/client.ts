import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import type { RefitError } from '../../core/error.ts'
import type { Log } from '../../core/log.ts'
import { asRefitError, isTransient, statusOf, type ErrorContext, type GitHubFailure, type Purpose } from './errors.ts'
import { atOnce, writePace } from './pace.ts'

export interface GitHubOptions {
  readonly token: string
  /** `https://api.github.com`, or `https://<host>/api/v3` of an Enterprise server. */
  readonly apiUrl: string
  /** `owner/repo` */
  readonly repository: string
  readonly log: Log
  /** For proxies: what @actions/github makes of HTTPS_PROXY. Default: Node's. */
  readonly fetch?: typeof fetch
  /** How long a second of waiting and pacing takes, in milliseconds. Tests shorten it; nothing else changes. */
  readonly secondMs?: number
}

/** A wait that GitHub asks for is kept up to this long; beyond it, the run ends and the next one goes on. */
const MAX_WAIT_SECONDS = 120
const MAX_WAITS = 3
/** A request without an answer for this long is made again. */
const TIMEOUT_MS = 120_000
const ATTEMPTS = 4
/** Answers that another attempt would not change; 403 and 429 are the throttling plugin's. */
const FINAL = [400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 451]

/** For writes that would happen twice if they were made twice: no retry by the plugin, see `settle`. */
export const ONCE = { retries: 0 } as const

/** One repository on GitHub, and the manners of talking to it: every call says what it is for. */
export interface GitHub {
  readonly octokit: Octokit
  readonly owner: string
  readonly repo: string
  readonly repository: string
  /** `https://github.com/owner/repo`, for people. */
  readonly webUrl: string
  readonly log: Log
  /** Makes a request; whatever GitHub refuses becomes a RefitError. */
  run<T>(purpose: Purpose, request: () => Promise<T>): Promise<T>
  /** What a request came to, as an error for people. */
  failure(error: unknown, purpose: Purpose): RefitError
  /** The same as `run`; undefined where GitHub says that it is not there. */
  find<T>(purpose: Purpose, request: () => Promise<T>): Promise<T | undefined>
  /**
   * A write that must not happen twice. After a 5xx or a lost connection nobody knows whether it happened: `made` looks,
   * and only if it finds nothing the write is made again. `request` has to pass `ONCE`.
   */
  settle<T>(purpose: Purpose, request: () => Promise<T>, made: () => Promise<T | undefined>): Promise<T>
}

/** Octokit with retries of 5xx (1, 4, 9 s), GitHub's waiting times honoured, and at most 20 writes in one go. */
export function connect(options: GitHubOptions): GitHub {
  const { token, apiUrl, repository, log, secondMs = 1000 } = options
  const [owner = '', repo = ''] = repository.split('/')
  const redact = (text: string): string =>
    text.replaceAll(token || '\0', '***').replace(/\b(?:gh[a-z]_|github_pat_)\w{10,}/g, '***')
  const context: ErrorContext = { repository, apiUrl, redact }
  const octokit = createOctokit(options, redact)
  const failure = (error: unknown, purpose: Purpose): RefitError => asRefitError(error, purpose, context)
  const fail = (error: unknown, purpose: Purpose): never => {
    throw failure(error, purpose)
  }
  return {
    octokit,
    owner,
    repo,
    repository,
    webUrl: `${apiUrl.replace(/^https:\/\/api\.github\.com\/?$/, 'https://github.com').replace(/\/api\/v3\/?$|\/$/, '')}/${repository}`,
    log,
    failure,
    run: (purpose, request) => request().catch((error: unknown) => fail(error, purpose)),
    find: (purpose, request) =>
      request().catch((error: unknown) => (statusOf(error) === 404 ? undefined : fail(error, purpose))),
    async settle(purpose, request, made) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await request()
        } catch (error) {
          if (!isTransient(error)) return fail(error, purpose)
          log.debug(`GitHub answered ${statusOf(error)} when asked to ${purpose.doing}; looking whether it did`)
          await new Promise((wake) => setTimeout(wake, attempt ** 2 * secondMs))
          const found = await made()
          if (found !== undefined) return found
          if (attempt === ATTEMPTS) return fail(error, purpose)
        }
      }
    },
  }
}

const PatientOctokit = Octokit.plugin(nameWaits, retry, throttling)

type Throttle = NonNullable<NonNullable<ConstructorParameters<typeof PatientOctokit>[0]>['throttle']>
type BottleneckGroup = NonNullable<Throttle['write']>

function createOctokit(options: GitHubOptions, redact: (text: string) => string): Octokit {
  const { token, apiUrl, log, secondMs = 1000 } = options
  const say = (text: string): void => log.debug(redact(text))
  const wait = (seconds: number, { method, url }: { method: string; url: string }, attempt: number): boolean => {
    const patient = attempt < MAX_WAITS && seconds <= MAX_WAIT_SECONDS
    if (patient)
      log.info(
        redact(`GitHub asks to wait ${seconds} s before ${method} ${url.replace(/.*\/repos\/[^/]+\/[^/]+/, '')}`),
      )
    return patient
  }
  const send = options.fetch ?? fetch
  return new PatientOctokit({
    auth: token,
    baseUrl: apiUrl.replace(/\/$/, ''),
    userAgent: 'refit',
    // requestLog tells of every request, expected 404s included: that is for debugging.
    log: { debug() {}, info: say, warn: say, error: say },
    request: {
      fetch: (url: string, init: RequestInit) => send(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
    retry: { doNotRetry: FINAL, retries: ATTEMPTS - 1, retryAfterBaseValue: secondMs },
    throttle: {
      onRateLimit: (seconds, request, _octokit, attempt) => wait(seconds, request, attempt),
      onSecondaryRateLimit: (seconds, request, _octokit, attempt) => wait(seconds, request, attempt),
      retryAfterBaseValue: secondMs,
      // Refit never has more than a handful of requests under way: nothing to hold back, and each wait costs a timer.
      ...({ global: atOnce } as object),
      write: writePace(20, secondMs) as unknown as BottleneckGroup,
      notifications: writePace(6, 3 * secondMs) as unknown as BottleneckGroup,
    },
  })
}

/**
 * The throttling plugin knows a secondary limit by its message only. GitHub also sends 403 and 429 with nothing but a
 * `retry-after` header; this gives them the name the plugin looks for.
 */
function nameWaits(octokit: { hook: { error(name: 'request', handler: (error: Error) => never): void } }): void {
  octokit.hook.error('request', (error) => {
    const { status, response } = error as Error & GitHubFailure
    const asked = response?.headers?.['retry-after'] !== undefined || status === 429
    if ((status === 403 || status === 429) && asked && response?.headers?.['x-ratelimit-remaining'] !== '0') {
      if (!/secondary rate/i.test(error.message)) error.message += ' (a secondary rate limit)'
    }
    throw error
  })
}
