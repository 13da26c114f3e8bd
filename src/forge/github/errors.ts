import { RefitError } from '../../core/error.ts'

/** What a request was for: it makes the sentence when GitHub refuses it. */
export interface Purpose {
  /** `open the pull request`: continues “GitHub could not …”. */
  readonly doing: string
  /** Permissions as they stand in a workflow: `pull-requests: write`. */
  readonly needs?: readonly string[]
  /** Where a person can do the same by hand. */
  readonly byHand?: string
}

export interface ErrorContext {
  readonly repository: string
  readonly apiUrl: string
  /** Takes the token out of a text. */
  readonly redact: (text: string) => string
}

/** The parts of Octokit's RequestError and GraphqlResponseError that are read here. */
export interface GitHubFailure {
  readonly status?: number
  readonly message: string
  readonly cause?: unknown
  readonly response?: { readonly headers?: Readonly<Record<string, unknown>>; readonly data?: unknown }
  readonly errors?: readonly { readonly type?: string; readonly message?: string }[]
}

/** A failure that may pass by itself: GitHub's 5xx, or no connection. (Octokit gives a failed fetch the status 500.) */
export function isTransient(error: unknown): boolean {
  return ((error as GitHubFailure).status ?? 0) >= 500
}

/** A failure that another run may not meet: the above, or GitHub asking to be left alone for a while. */
export function mayPass(error: unknown): boolean {
  const status = statusOf(error)
  const said = messageOf(error)
  // GraphQL has no status for a limit: its answer is a 200.
  if (status === undefined) return LIMITED.test(said)
  return isTransient(error) || status === 429 || (status === 403 && !LACKING.test(said))
}

const LIMITED = /rate limit/i
/** GitHub's words for a token that may not, as opposed to not now. */
const LACKING = /not accessible by|must have admin|permission|Must authenticate via a GitHub App/i

export function statusOf(error: unknown): number | undefined {
  return (error as GitHubFailure).status
}

/** GitHub's own words, without the link to its documentation. */
export function messageOf(error: unknown): string {
  const failure = error as GitHubFailure
  if (failure.errors) return failure.errors.map((one) => one.message ?? one.type ?? '').join('; ')
  const data = failure.response?.data as { message?: unknown; errors?: unknown } | undefined
  if (typeof data?.message !== 'string') return failure.message.split('\n', 1)[0] ?? ''
  const details = Array.isArray(data.errors) ? data.errors.map(detail).filter((text) => text !== '') : []
  return [data.message, ...details].join(': ')
}

function detail(error: unknown): string {
  if (typeof error === 'string') return error
  const { message, field, code } = error as { message?: string; field?: string; code?: string }
  return message ?? [field, code].filter(Boolean).join(' ')
}

/** One sentence and the next step for whatever GitHub answered. */
export function asRefitError(error: unknown, purpose: Purpose, context: ErrorContext): RefitError {
  if (error instanceof RefitError) return error
  const { code, sentence, hint } = explain(error, purpose, context)
  // Octokit's own error holds the whole exchange, and a foreign server may have echoed anything into it.
  const cause = Object.assign(new Error(context.redact(messageOf(error))), { status: statusOf(error) })
  return new RefitError(code, context.redact(sentence), { hint: hint && context.redact(hint), cause })
}

interface Explanation {
  readonly code: 'forge' | 'permission' | 'stale'
  readonly sentence: string
  readonly hint?: string | undefined
}

function explain(error: unknown, { doing, needs = [], byHand }: Purpose, context: ErrorContext): Explanation {
  const failure = error as GitHubFailure
  const said = messageOf(error)
  const status = failure.status
  if (status === undefined && !failure.errors && failure.response === undefined) throw error
  if (status === 401) {
    return {
      code: 'permission',
      sentence: `GitHub does not accept the token, so Refit could not ${doing}`,
      hint: 'Pass token: ${{ github.token }} to the action; a personal token may have expired.',
    }
  }
  if (/not permitted to create or approve pull requests/i.test(said)) {
    const settings = 'Settings → Actions → General → “Allow GitHub Actions to create and approve pull requests”'
    return {
      code: 'permission',
      sentence: 'this repository does not let GitHub Actions open pull requests',
      hint: `Switch on ${settings}${byHand === undefined ? '.' : `, or open it by hand: ${byHand}`}`,
    }
  }
  const limit = rateLimit(failure, said)
  if (limit !== undefined) {
    return {
      code: 'forge',
      sentence: `GitHub’s rate limit stops Refit from trying to ${doing}; it asks to wait ${limit}`,
      hint: 'Run it again then; the next scheduled run goes on from here by itself.',
    }
  }
  if (LACKING.test(said) && status !== 422) {
    return { code: 'permission', sentence: lacks(doing, needs, failure), hint: grant(needs, failure, said) }
  }
  if (status !== undefined && status >= 500) return outage(failure, doing, said, context)
  if (status === 404) {
    return {
      code: 'forge',
      sentence: `GitHub could not ${doing}: it is not there, or the token may not see ${context.repository}`,
      hint: needs.length > 0 ? grant(needs, failure, said) : undefined,
    }
  }
  if (status === 409 && /empty/i.test(said)) {
    return {
      code: 'forge',
      sentence: `${context.repository} has no commit yet`,
      hint: 'Commit the configuration first.',
    }
  }
  // Rulesets answer in several lines.
  const words = said.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  const ruled = /rule violations|protected (?:branch|ref)|through a pull request/i.test(words)
  const hint = ruled ? 'Exempt refit/** from the rule, or let the token’s app bypass it.' : undefined
  return { code: 'forge', sentence: `GitHub could not ${doing}: ${words}`, hint }
}

function outage(failure: GitHubFailure, doing: string, said: string, { apiUrl }: ErrorContext): Explanation {
  const answered = failure.response !== undefined
  const cause =
    failure.cause instanceof Error
      ? failure.cause.cause instanceof Error
        ? failure.cause.cause
        : failure.cause
      : undefined
  return {
    code: 'forge',
    sentence: answered
      ? `GitHub answered ${failure.status} again and again, so Refit could not ${doing}`
      : `${new URL(apiUrl).host} could not be reached, so Refit could not ${doing}: ${cause?.message ?? said}`,
    hint: answered
      ? 'Look at githubstatus.com and run it again; what was written is whole, and is not written twice.'
      : 'Check the network and GITHUB_API_URL, and run it again.',
  }
}

/** How long GitHub wants to be left alone, in words; undefined where this is no rate limit. */
function rateLimit(failure: GitHubFailure, said: string): string | undefined {
  const headers = failure.response?.headers ?? {}
  const limited =
    failure.status === 429 || headers['x-ratelimit-remaining'] === '0' || LIMITED.test(said) || headers['retry-after']
  if (!limited || (failure.status !== undefined && failure.status !== 403 && failure.status !== 429)) return undefined
  const seconds = Number(headers['retry-after']) || Number(headers['x-ratelimit-reset']) - Date.now() / 1000
  if (!(seconds > 0)) return 'a while'
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`
}

function lacks(doing: string, needs: readonly string[], failure: GitHubFailure): string {
  const wanted = needs.length > 0 ? needs : acceptedPermissions(failure)
  return `the token may not ${doing}${wanted.length === 0 ? '' : `: it lacks ${wanted.join(' and ')}`}`
}

function grant(needs: readonly string[], failure: GitHubFailure, said: string): string {
  if (/Must authenticate via a GitHub App/i.test(said)) {
    return 'Use the workflow’s own token (github.token) or a GitHub App; a personal token cannot do this.'
  }
  const wanted = needs.length > 0 ? needs : acceptedPermissions(failure)
  if (wanted.length === 0) return 'Give the job or the token more permissions; docs/forge.md lists what Refit needs.'
  return `Add to the job in the workflow:\n    permissions:\n${wanted.map((line) => `      ${line}`).join('\n')}`
}

/** GitHub says what would have done: `contents=write; issues=write,pull_requests=write`; `;` is “or”. */
function acceptedPermissions(failure: GitHubFailure): readonly string[] {
  const header = failure.response?.headers?.['x-accepted-github-permissions']
  if (typeof header !== 'string') return []
  const [first = ''] = header.split(';')
  return first.split(',').map((pair) => pair.trim().replaceAll('_', '-').replace('=', ': '))
}
