import { created, invalid, notFound, ok, page, type Route } from './http.ts'
import type { CheckRun, Deployment, State } from './state.ts'

const CHECKS = [{ checks: 'write' as const }]
const DEPLOYMENTS = [{ deployments: 'write' as const }]
const DEPLOYMENTS_READ = [{ deployments: 'read' as const }]
const MAX_SUMMARY = 65_535
const MAX_DESCRIPTION = 140
const STATES = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']

interface Output {
  readonly title: string
  readonly summary: string
}

/** Check runs, deployments, dispatches, collaborators. */
export const runRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/commits/:ref/check-runs',
    needs: [{ checks: 'read' }],
    query: ['check_name', 'filter', 'per_page', 'page'],
    serve: (request, state, settings) => {
      const name = request.query.get('check_name')
      const found = state.checks
        .filter((run) => run.headOid === request.params['ref'] && (name === null || run.name === name))
        .map(checkJson)
      return page(request, settings, found, 'check_runs')
    },
  },
  {
    method: 'POST',
    path: '/check-runs',
    needs: CHECKS,
    body: { name: 'string', head_sha: 'string', status: 'string', conclusion: 'string', output: 'object' },
    serve: ({ body, user }, state) => {
      const { name, head_sha: headOid, conclusion } = body as { name: string; head_sha: string; conclusion: string }
      const { title, summary } = body['output'] as Output
      if (!state.git.exists(headOid)) return invalid(`No commit found for SHA: ${headOid}`)
      if (summary.length > MAX_SUMMARY) return invalid('Only 65535 characters are allowed')
      const run: CheckRun = { id: state.nextId(), app: user.login, name, headOid, conclusion, title, summary }
      state.checks.push(run)
      return created(checkJson(run))
    },
  },
  {
    method: 'PATCH',
    path: '/check-runs/:id',
    needs: CHECKS,
    body: { status: 'string', conclusion: 'string', output: 'object' },
    serve: ({ params, body, user }, state) => {
      const run = state.checks.find((one) => one.id === Number(params['id']))
      if (!run) return notFound
      if (run.app !== user.login) return { status: 403, body: { message: 'Invalid app_id `1`' } }
      const { title, summary } = body['output'] as Output
      if (summary.length > MAX_SUMMARY) return invalid('Only 65535 characters are allowed')
      Object.assign(run, { conclusion: body['conclusion'], title, summary })
      return ok(checkJson(run))
    },
  },
  {
    method: 'GET',
    path: '/deployments',
    needs: DEPLOYMENTS_READ,
    query: ['environment', 'per_page', 'page'],
    serve: (request, state, settings) => {
      const environment = request.query.get('environment')
      const found = state.deployments.filter((one) => environment === null || one.environment === environment)
      return page(request, settings, found.toReversed().map(deploymentJson))
    },
  },
  {
    method: 'POST',
    path: '/deployments',
    needs: DEPLOYMENTS,
    body: {
      ref: 'string',
      environment: 'string',
      payload: 'object',
      description: 'string',
      production_environment: 'boolean',
      transient_environment: 'boolean',
      auto_merge: 'boolean?',
      required_contexts: 'array?',
    },
    serve: ({ body }, state) => {
      const { ref, environment, description, payload } = body as {
        ref: string
        environment: string
        description: string
        payload: object
      }
      const sha = state.git.resolve(ref)
      if (sha === undefined) return invalid(`No ref found for: ${ref}`)
      if (body['auto_merge'] !== false)
        return { status: 202, body: { message: `Auto-merged main into ${ref} on deployment.` } }
      if (body['required_contexts'] === undefined) {
        return { status: 409, body: { message: `Conflict: Commit status checks failed for ${ref}.` } }
      }
      if (description.length > MAX_DESCRIPTION) return tooLong('Deployment')
      const production = body['production_environment'] as boolean
      const deployment: Deployment = {
        id: state.nextId(),
        sha,
        ref,
        environment,
        description,
        payload,
        production,
        statuses: [],
      }
      state.deployments.push(deployment)
      return created(deploymentJson(deployment))
    },
  },
  {
    method: 'GET',
    path: '/deployments/:id',
    needs: DEPLOYMENTS_READ,
    serve: ({ params }, state) => {
      const deployment = find(state, params['id'])
      return deployment ? ok(deploymentJson(deployment)) : notFound
    },
  },
  {
    method: 'GET',
    path: '/deployments/:id/statuses',
    needs: DEPLOYMENTS_READ,
    query: ['per_page', 'page'],
    serve: (request, state, settings) => {
      const deployment = find(state, request.params['id'])
      return deployment ? page(request, settings, deployment.statuses) : notFound
    },
  },
  {
    method: 'POST',
    path: '/deployments/:id/statuses',
    needs: DEPLOYMENTS,
    body: {
      state: 'string',
      description: 'string',
      auto_inactive: 'boolean?',
      environment_url: 'string?',
      log_url: 'string?',
    },
    serve: ({ params, body }, state) => {
      const deployment = find(state, params['id'])
      if (!deployment) return notFound
      const status = { id: state.nextId(), state: String(body['state']), description: String(body['description']) }
      if (!STATES.includes(status.state)) return invalid('state is not included in the list', 'DeploymentStatus')
      if (status.description.length > MAX_DESCRIPTION) return tooLong('DeploymentStatus')
      deployment.statuses.unshift(status)
      return created(status)
    },
  },
  {
    method: 'POST',
    path: '/dispatches',
    needs: [{ contents: 'write' }],
    body: { event_type: 'string', client_payload: 'object' },
    serve: ({ body }, state) => {
      const payload = body['client_payload'] as object
      if (Object.keys(payload).length > 10) return invalid('No more than 10 properties are allowed; 11 were supplied.')
      state.dispatches.push({ eventType: String(body['event_type']), payload })
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/collaborators/:user/permission',
    needs: [{ metadata: 'read' }],
    serve: ({ params: { user = '' } }, _state, { collaborators }) => {
      const permission = collaborators[user]
      return permission === undefined
        ? { status: 404, body: { message: `${user} is not a user` } }
        : ok({ permission, role_name: permission, user: { login: user } })
    },
  },
]

function find(state: State, id: string | undefined): Deployment | undefined {
  return state.deployments.find((one) => one.id === Number(id))
}

function tooLong(resource: string): ReturnType<typeof invalid> {
  return invalid(`description is too long (maximum is ${MAX_DESCRIPTION} characters)`, resource)
}

function checkJson({ id, app, name, conclusion, title, summary }: CheckRun): Record<string, unknown> {
  const slug = app.replace(/\[bot\]$/, '')
  return { id, app: { slug }, name, conclusion, status: 'completed', output: { title, summary } }
}

function deploymentJson({
  id,
  sha,
  ref,
  environment,
  description,
  payload,
  production,
}: Deployment): Record<string, unknown> {
  return { id, sha, ref, environment, description, payload, production_environment: production, task: 'deploy' }
}
