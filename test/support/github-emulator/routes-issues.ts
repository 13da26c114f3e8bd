import { created, invalid, notFound, ok, page, type Route, type Settings } from './http.ts'
import { MAX_BODY } from './routes-pulls.ts'
import type { Comment, Issue, State } from './state.ts'

const ISSUES = [{ issues: 'write' as const }]
const EITHER = [{ issues: 'write' as const }, { pull_requests: 'write' as const }]
const EITHER_READ = [{ issues: 'read' as const }, { pull_requests: 'read' as const }]
const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']
const OFF = { status: 410, body: { message: 'Issues are disabled for this repo' } }
const TOO_LONG = `body is too long (maximum is ${MAX_BODY} characters)`

export const issueRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/issues',
    needs: [{ issues: 'read' }],
    query: ['state', 'creator', 'per_page', 'page'],
    serve: (request, state, settings) => {
      if (!settings.issues) return OFF
      const wanted = request.query.get('state') ?? 'open'
      const creator = request.query.get('creator')
      // Pull requests are issues, too.
      const all = [...state.issues, ...state.pulls.map((pull) => ({ ...pull, pull_request: {} }))]
        .filter((one) => wanted === 'all' || one.state === wanted)
        .filter((one) => creator === null || one.user.login === creator)
        .toSorted((a, b) => b.number - a.number)
      return page(
        request,
        settings,
        all.map((one) => ({ ...issueJson(one, settings), ...('pull_request' in one ? { pull_request: {} } : {}) })),
      )
    },
  },
  {
    method: 'POST',
    path: '/issues',
    needs: ISSUES,
    body: { title: 'string', body: 'string' },
    serve: ({ body, user }, state, settings) => {
      if (!settings.issues) return OFF
      const draft = body as { title: string; body: string }
      if (draft.body.length > MAX_BODY) return invalid(TOO_LONG, 'Issue')
      const issue: Issue = { number: state.nextNumber(), ...draft, state: 'open', user }
      state.issues.push(issue)
      return created(issueJson(issue, settings))
    },
  },
  {
    method: 'GET',
    path: '/issues/:number',
    needs: [{ issues: 'read' }],
    serve: ({ params }, state, settings) => {
      const issue = state.issues.find((one) => one.number === Number(params['number']))
      return issue ? ok(issueJson(issue, settings)) : notFound
    },
  },
  {
    method: 'PATCH',
    path: '/issues/:number',
    needs: ISSUES,
    body: { title: 'string?', body: 'string?', state: 'string?' },
    serve: ({ params, body }, state, settings) => {
      const issue = state.issues.find((one) => one.number === Number(params['number']))
      if (!issue) return notFound
      if (String(body['body'] ?? '').length > MAX_BODY) return invalid(TOO_LONG, 'Issue')
      Object.assign(issue, body)
      return ok(issueJson(issue, settings))
    },
  },
  {
    method: 'POST',
    path: '/issues/:number/labels',
    needs: ISSUES,
    body: { labels: 'array' },
    serve: ({ params, body }, state) => {
      const pull = state.pulls.find((one) => one.number === Number(params['number']))
      if (!pull) return notFound
      pull.labels = [...new Set([...pull.labels, ...(body['labels'] as string[])])]
      return ok(pull.labels.map((name) => ({ name })))
    },
  },
  {
    method: 'GET',
    path: '/issues/:number/comments',
    needs: EITHER_READ,
    query: ['per_page', 'page'],
    serve: (request, state, settings) => {
      const number = Number(request.params['number'])
      if (!exists(state, number)) return notFound
      return page(request, settings, state.comments.filter((one) => one.number === number).map(commentJson))
    },
  },
  {
    method: 'POST',
    path: '/issues/:number/comments',
    needs: EITHER,
    body: { body: 'string' },
    serve: ({ params, body, user }, state) => {
      const number = Number(params['number'])
      const text = String(body['body'])
      if (!exists(state, number)) return notFound
      if (text.length > MAX_BODY) return invalid(TOO_LONG, 'IssueComment')
      const comment: Comment = { id: state.nextId(), number, body: text, user, reactions: [], reacted: [] }
      state.comments.push(comment)
      return created(commentJson(comment))
    },
  },
  {
    method: 'PATCH',
    path: '/issues/comments/:id',
    needs: EITHER,
    body: { body: 'string' },
    serve: ({ params, body, user }, state) => {
      const comment = state.comments.find((one) => one.id === Number(params['id']))
      if (!comment) return notFound
      if (comment.user.login !== user.login)
        return { status: 403, body: { message: 'Resource not accessible by integration' } }
      comment.body = String(body['body'])
      return ok(commentJson(comment))
    },
  },
  {
    method: 'POST',
    path: '/issues/comments/:id/reactions',
    needs: EITHER,
    body: { content: 'string' },
    serve: ({ params, body, user }, state) => {
      const comment = state.comments.find((one) => one.id === Number(params['id']))
      const content = String(body['content'])
      if (!comment) return notFound
      if (!REACTIONS.includes(content)) return invalid('content is not included in the list', 'Reaction')
      const own = comment.reacted.find((one) => one.content === content && one.user.login === user.login)
      if (own) return ok(own)
      const reaction = { id: state.nextId(), content, user }
      comment.reacted.push(reaction)
      showReactions(comment)
      return created(reaction)
    },
  },
  {
    method: 'GET',
    path: '/issues/comments/:id/reactions',
    needs: EITHER_READ,
    query: ['content', 'per_page', 'page'],
    serve: (request, state, settings) => {
      const comment = state.comments.find((one) => one.id === Number(request.params['id']))
      const content = request.query.get('content')
      if (!comment) return notFound
      return page(
        request,
        settings,
        comment.reacted.filter((one) => content === null || one.content === content),
      )
    },
  },
  {
    method: 'DELETE',
    path: '/issues/comments/:id/reactions/:reaction',
    needs: EITHER,
    serve: ({ params, user }, state) => {
      const comment = state.comments.find((one) => one.id === Number(params['id']))
      const index = comment?.reacted.findIndex((one) => one.id === Number(params['reaction'])) ?? -1
      if (!comment || index < 0) return notFound
      if (comment.reacted[index]?.user.login !== user.login)
        return { status: 403, body: { message: 'Resource not accessible by integration' } }
      comment.reacted.splice(index, 1)
      showReactions(comment)
      return { status: 204 }
    },
  },
]

function showReactions(comment: Comment): void {
  comment.reactions = [...new Set(comment.reacted.map((one) => one.content))]
}

function exists(state: State, number: number): boolean {
  return [...state.issues, ...state.pulls].some((one) => one.number === number)
}

function issueJson(issue: Issue, settings: Settings): Record<string, unknown> {
  const { number, title, body, state, user } = issue
  return { number, title, body, state, user, html_url: `${settings.url()}/${settings.repository}/issues/${number}` }
}

function commentJson({ id, body, user }: Comment): Record<string, unknown> {
  return { id, body, user }
}
