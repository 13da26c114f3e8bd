import { created, invalid, notFound, ok, page, type Reply, type Route, type Settings } from './http.ts'
import type { Pull, State } from './state.ts'

const READ = [{ pull_requests: 'read' as const }]
const WRITE = [{ pull_requests: 'write' as const }]
export const MAX_BODY = 65_536
const TOO_LONG = `body is too long (maximum is ${MAX_BODY} characters)`

export const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/pulls',
    needs: READ,
    query: ['state', 'head', 'sort', 'direction', 'per_page', 'page'],
    serve: (request, state, settings) => {
      const wanted = request.query.get('state') ?? 'open'
      const head = request.query.get('head')
      const found = state.pulls
        .filter((pull) => wanted === 'all' || pull.state === wanted)
        .filter((pull) => head === null || head === `${pull.headRepository.split('/')[0]}:${pull.head}`)
        .toSorted((a, b) => b.number - a.number)
      return page(
        request,
        settings,
        found.map((pull) => pullJson(pull, settings)),
      )
    },
  },
  {
    method: 'POST',
    path: '/pulls',
    needs: WRITE,
    body: { head: 'string', base: 'string', title: 'string', body: 'string', draft: 'boolean' },
    serve: ({ body, user }, state, settings) => {
      const draft = body as { head: string; base: string; title: string; body: string; draft: boolean }
      if (!settings.allowPullRequests) {
        return { status: 403, body: { message: 'GitHub Actions is not permitted to create or approve pull requests.' } }
      }
      const refused = refuse(draft, state, settings)
      if (refused) return refused
      const pull: Pull = {
        number: state.nextNumber(),
        ...draft,
        state: 'open',
        merged: false,
        mergeCommit: null,
        headRepository: settings.repository,
        headOid: state.git.head(draft.head) as string,
        labels: [],
        user,
      }
      state.pulls.push(pull)
      return created(pullJson(pull, settings))
    },
  },
  {
    method: 'GET',
    path: '/pulls/:number',
    needs: READ,
    serve: ({ params }, state, settings) => {
      const pull = state.pulls.find((one) => one.number === Number(params['number']))
      return pull ? ok(pullJson(pull, settings)) : notFound
    },
  },
  {
    method: 'PATCH',
    path: '/pulls/:number',
    needs: WRITE,
    body: { title: 'string?', body: 'string?', base: 'string?', state: 'string?' },
    serve: ({ params, body }, state, settings) => {
      const pull = state.pulls.find((one) => one.number === Number(params['number']))
      if (!pull) return notFound
      const change = body as { title?: string; body?: string; base?: string; state?: 'open' | 'closed' }
      if ((change.body ?? '').length > MAX_BODY) return invalid(TOO_LONG, 'PullRequest')
      if (change.state === 'open' && pull.state === 'closed') {
        return invalid('state cannot be changed. The branch was force-pushed or recreated.', 'PullRequest')
      }
      Object.assign(pull, change)
      return ok(pullJson(pull, settings))
    },
  },
]

function refuse(
  { head, base, body, draft }: { head: string; base: string; body: string; draft: boolean },
  state: State,
  settings: Settings,
): Reply | undefined {
  const headOid = state.git.head(head)
  const baseOid = state.git.head(base)
  if (headOid === undefined)
    return {
      status: 422,
      body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }] },
    }
  if (baseOid === undefined)
    return {
      status: 422,
      body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field: 'base', code: 'invalid' }] },
    }
  if (body.length > MAX_BODY) return invalid(TOO_LONG, 'PullRequest')
  if (draft && !settings.drafts) return invalid('Draft pull requests are not supported in this repository.')
  if (state.git.isAncestor(headOid, baseOid)) return invalid(`No commits between ${base} and ${head}`, 'PullRequest')
  const owner = settings.repository.split('/')[0]
  if (
    state.pulls.some(
      (pull) => pull.state === 'open' && pull.head === head && pull.headRepository === settings.repository,
    )
  ) {
    return invalid(`A pull request already exists for ${owner}:${head}.`, 'PullRequest')
  }
  return undefined
}

function pullJson(pull: Pull, settings: Settings): Record<string, unknown> {
  return {
    number: pull.number,
    node_id: `PR_${pull.number}`,
    html_url: `${settings.url()}/${settings.repository}/pull/${pull.number}`,
    title: pull.title,
    // GitHub stores Windows line ends for what was typed in its form, and hands them out.
    body: pull.body.replaceAll('\n', '\r\n'),
    state: pull.state,
    draft: pull.draft,
    merged_at: pull.merged ? '2026-01-01T00:00:00Z' : null,
    closed_at: pull.state === 'closed' ? '2026-01-01T00:00:00Z' : null,
    // Of an open one: the trial merge.
    merge_commit_sha: pull.mergeCommit ?? (pull.state === 'open' ? 'f'.repeat(40) : null),
    head: { ref: pull.head, sha: pull.headOid, repo: { full_name: pull.headRepository } },
    base: { ref: pull.base },
    labels: pull.labels.map((name) => ({ name })),
    user: pull.user,
  }
}
