import { z } from 'zod'
import type { EventFacts } from './plan.ts'

/** The part of `@actions/github`’s context that is read. */
export interface EventContext {
  readonly eventName: string
  readonly actor: string
  readonly ref: string
  readonly payload: unknown
  readonly repository: string
  readonly runId?: number | undefined
}

const text = z.string().catch('')
/** A model is named or it is not: what is no text is a name that nobody knows, never none at all. */
const name = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? value : value == null ? undefined : JSON.stringify(value)))
/** A payload is foreign: each fact is taken only where it has the right type, and nothing is taken on trust. */
const payloadSchema = z
  .object({
    repository: z.object({ default_branch: z.string().optional() }).optional().catch(undefined),
    action: text.optional(),
    sender: z.object({ login: z.string() }).optional().catch(undefined),
    pull_request: z
      .object({
        number: z.number().int(),
        merged: z.boolean().catch(false),
        head: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
      })
      .optional()
      .catch(undefined),
    comment: z
      .object({ id: z.number().int(), body: text, user: z.object({ login: z.string(), type: text.optional() }) })
      .optional()
      .catch(undefined),
    issue: z.object({ number: z.number().int(), body: z.string().nullish() }).optional().catch(undefined),
    client_payload: z.object({ model: name, reason: text.optional() }).nullish().catch(undefined),
  })
  .catch({})

export function eventFacts(context: EventContext): EventFacts {
  const payload = payloadSchema.parse(context.payload)
  const { pull_request: pull, comment, issue, client_payload: dispatch } = payload
  return {
    name: context.eventName,
    actor: context.actor,
    repository: context.repository,
    ref: context.ref,
    runId: Number.isSafeInteger(context.runId) ? String(context.runId) : undefined,
    defaultBranch: payload.repository?.default_branch ?? 'main',
    pullRequest: pull && {
      number: pull.number,
      merged: pull.merged,
      headRef: pull.head.ref,
      headRepository: pull.head.repo?.full_name ?? '',
      action: payload.action ?? '',
    },
    comment:
      context.eventName === 'issue_comment' && comment !== undefined && issue !== undefined
        ? {
            id: comment.id,
            body: comment.body,
            author: comment.user.login,
            bot: comment.user.type === 'Bot',
            issue: issue.number,
            action: payload.action ?? '',
          }
        : undefined,
    issue:
      context.eventName === 'issues' && issue !== undefined
        ? { number: issue.number, body: issue.body ?? '', sender: payload.sender?.login ?? context.actor }
        : undefined,
    dispatch:
      context.eventName === 'repository_dispatch'
        ? { type: payload.action ?? '', model: dispatch?.model, reason: dispatch?.reason }
        : undefined,
  }
}
