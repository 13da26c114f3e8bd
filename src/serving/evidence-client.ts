import { z } from 'zod'
import { RefitError } from '../core/error.ts'
import { causeOf, fetchAgain } from '../core/fetch-again.ts'
import { versionSchema } from '../rollout/state-file.ts'
import { EVIDENCE_FORMAT, type EvidenceAnswer, type EvidenceSource } from '../rollout/types.ts'
import { usableToken } from './token.ts'

export interface EvidenceClientOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  readonly token?: string | undefined
  readonly timeoutMs?: number | undefined
}

const TIMEOUT_MS = 10_000
const UNREADABLE = 'gave an answer that cannot be read'
const SAME_VERSION = 'Run the same version of Refit on both sides.'

const amount = z.number().min(0)
const sums = z
  .object({
    requests: amount,
    errors: amount,
    slow: amount,
    ranks: amount,
    rankSum: amount,
    outcomes: amount,
    lossSum: amount,
  })
  .nullable()
const kept = z.number().positive().max(1)
const group = z.object({
  keyed: z.boolean(),
  kept: z.object({ stable: kept, candidate: kept }),
  callers: z.array(z.object({ stable: sums, candidate: sums })),
})
const version = { version: z.number().int(), digest: z.string() }
const answerSchema: z.ZodType<EvidenceAnswer & { readonly format: number }> = z.object({
  format: z.literal(EVIDENCE_FORMAT),
  now: z.number(),
  generation: z.number().int().min(0),
  rolloutId: z.string().nullable(),
  since: z.number().optional(),
  serving: versionSchema.optional(),
  loaded: z.array(z.object(version)),
  failed: z.array(z.object({ ...version, reason: z.string() })),
  outcomes: z
    .object({
      since: z.number(),
      waiting: z.number(),
      matched: z.number(),
      unmatched: z.number(),
      rejected: z.number(),
      evicted: z.number(),
      expired: z.number(),
      replaced: z.number(),
      unmirrored: z.number(),
      lost: z.number(),
    })
    .optional(),
  waiting: z.array(z.object({ ...version, reason: z.string() })).optional(),
  windows: z.array(
    z.object({
      start: z.number(),
      end: z.number(),
      exposed: amount,
      requests: z.object({ stable: amount, candidate: amount, shadow: amount }),
      refused: amount,
    }),
  ),
  objective: amount.nullable(),
  splits: z.array(z.object({ mode: z.enum(['shadow', 'canary']), percent: amount.max(100), groups: z.array(group) })),
})

/** Asks a gateway over HTTP. Whatever goes wrong is a RefitError `rollout`: the source is down, and says nothing. */
export function createEvidenceClient({ url, token, timeoutMs = TIMEOUT_MS }: EvidenceClientOptions): EvidenceSource {
  const { address, authorization } = splitCredentials(url, usableToken(token))
  const shown = address.replace(/\/$/, '')
  const down = (reason: string, hint: string, cause?: unknown): RefitError =>
    new RefitError('rollout', `the gateway at ${shown} ${reason}`, { hint, cause })
  return {
    async read({ model, rolloutId, from, to, step, objective }) {
      const query = new URLSearchParams({ model, rollout: rolloutId, format: String(EVIDENCE_FORMAT) })
      for (const [name, value] of Object.entries({ from, to, step, objective })) query.set(name, String(value))
      let response: Response
      let body: unknown
      try {
        response = await fetchAgain(new URL(`/refit/evidence?${query.toString()}`, address), {
          headers: authorization === undefined ? {} : { authorization },
          signal: AbortSignal.timeout(timeoutMs),
          redirect: 'error',
        })
        body = await response.json().catch(() => undefined)
      } catch (cause) {
        throw down(
          `does not answer (${reasonOf(cause, timeoutMs)})`,
          'Start it with `refit serve`, or correct rollout.gateway.url.',
          cause,
        )
      }
      if (response.status === 401)
        throw down('asks for a token', 'Set REFIT_GATEWAY_TOKEN to the token the gateway was started with.')
      if (!response.ok) {
        const said = (body as { readonly error?: unknown } | undefined)?.error
        throw down(
          `answered ${response.status}${typeof said === 'string' ? `: ${said.slice(0, 200)}` : ''}`,
          response.status === 400 ? SAME_VERSION : 'See the log of the gateway.',
        )
      }
      const parsed = answerSchema.safeParse(body)
      if (!parsed.success) {
        const said = (body as { readonly format?: unknown } | null | undefined)?.format
        const other = said !== EVIDENCE_FORMAT && typeof body === 'object' && body !== null && 'windows' in body
        const form = typeof said === 'number' ? `format ${said}` : 'an earlier format'
        const reason = other ? `gives evidence in ${form}, and this Refit reads format ${EVIDENCE_FORMAT}` : UNREADABLE
        throw down(reason, SAME_VERSION)
      }
      return parsed.data
    },
  }
}

function reasonOf(cause: unknown, timeoutMs: number): string {
  if (!(cause instanceof Error)) return 'unknown reason'
  if (cause.name === 'TimeoutError') return `nothing within ${timeoutMs / 1000} s`
  return causeOf(cause) ?? cause.message.split('\n', 1)[0] ?? cause.name
}

/** Credentials in the address go into a header: fetch refuses them in a URL, with a message that repeats them. */
function splitCredentials(
  url: string,
  token: string | undefined,
): { readonly address: string; readonly authorization: string | undefined } {
  const bearer = token === undefined ? undefined : `Bearer ${token}`
  if (!URL.canParse(url)) return { address: url, authorization: bearer }
  const parsed = new URL(url)
  const { username, password } = parsed
  parsed.username = ''
  parsed.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const basic = username === '' ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`
  return { address: parsed.href, authorization: bearer ?? basic }
}
