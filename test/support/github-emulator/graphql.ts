import { ok, type Level, type Reply, type Request, type Scope, type Settings } from './http.ts'
import type { State } from './state.ts'

const NOTHING = '0'.repeat(40)

interface RefUpdate {
  readonly name: string
  readonly beforeOid: string
  readonly afterOid: string
  readonly force: boolean
}

/** The few operations that REST does not have. Errors come with status 200, as GitHub sends them. */
export function serveGraphql(request: Request, state: State, settings: Settings): Reply {
  const query = String(request.body['query'])
  const variables = (request.body['variables'] ?? {}) as Record<string, unknown>
  if (/\bviewer\b/.test(query)) return ok({ data: { viewer: { login: request.user.login } } })
  if (/\bupdateRefs\b/.test(query)) {
    if (!settings.updateRefs)
      return failed('updateRefs', "Field 'updateRefs' doesn't exist on type 'Mutation'", 'undefinedField')
    if (!allowed(request, { contents: 'write' })) return forbidden('updateRefs')
    return updateRefs(variables['refUpdates'] as readonly RefUpdate[], state)
  }
  const draft = /\b(convertPullRequestToDraft|markPullRequestReadyForReview)\b/.exec(query)?.[1]
  if (draft !== undefined) {
    // pull-requests: write alone is not enough for the workflow's token.
    if (!allowed(request, { contents: 'write', pull_requests: 'write' })) return forbidden(draft)
    const pull = state.pulls.find((one) => `PR_${one.number}` === variables['id'])
    if (!pull)
      return failed(
        draft,
        `Could not resolve to a node with the global id of '${String(variables['id'])}'`,
        'NOT_FOUND',
      )
    const back = draft === 'convertPullRequestToDraft'
    if (pull.state === 'closed') return failed(draft, 'Pull request is closed', 'UNPROCESSABLE')
    if (back && !settings.drafts)
      return failed(draft, 'Draft pull requests are not supported in this repository', 'UNPROCESSABLE')
    if (pull.draft === back)
      return failed(draft, `Pull request is ${back ? 'already' : 'not'} in draft state`, 'UNPROCESSABLE')
    pull.draft = draft === 'convertPullRequestToDraft'
    return ok({ data: { [draft]: { pullRequest: { isDraft: pull.draft } } } })
  }
  throw new Error(`the emulator does not know the GraphQL operation ${query.slice(0, 80)}`)
}

/** All or none. */
function updateRefs(updates: readonly RefUpdate[], state: State): Reply {
  for (const { name, beforeOid, afterOid, force } of updates) {
    const found = state.git.resolve(name) ?? NOTHING
    if (found !== beforeOid) return failed('updateRefs', `Reference ${name} was expected at ${beforeOid}`, 'STALE_DATA')
    if (afterOid !== NOTHING && state.git.resolve(afterOid) === undefined) {
      return failed('updateRefs', `Could not resolve ${afterOid}`, 'NOT_FOUND')
    }
    const forward = found === NOTHING || afterOid === NOTHING || state.git.isAncestor(found, afterOid)
    if (!forward && !force) return failed('updateRefs', 'Update is not a fast forward', 'UNPROCESSABLE')
  }
  for (const { name, beforeOid, afterOid } of updates) {
    state.git.updateRef(
      name,
      afterOid === NOTHING ? undefined : afterOid,
      beforeOid === NOTHING ? undefined : beforeOid,
    )
  }
  state.refsMoved()
  return ok({ data: { updateRefs: { clientMutationId: null } } })
}

function allowed({ permissions }: Request, wanted: Partial<Record<Scope, Level>>): boolean {
  return Object.entries(wanted).every(([scope, level]) => permissions[scope as Scope] === level)
}

function forbidden(field: string): Reply {
  return failed(field, 'Resource not accessible by integration', 'FORBIDDEN')
}

function failed(field: string, message: string, type: string): Reply {
  return ok({ data: { [field]: null }, errors: [{ type, path: [field], message }] })
}
