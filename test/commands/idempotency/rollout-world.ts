import { createServer } from 'node:http'
import { afterAll } from 'vitest'
import { respond } from '../../../src/commands/respond.ts'
import type { Project } from '../../../src/commands/project.ts'
import type { Run } from '../../../src/commands/run.ts'
import { parseConfig } from '../../../src/config/load.ts'
import { silentLog } from '../../../src/core/log.ts'
import { createGitHubForge } from '../../../src/forge/github/github-forge.ts'
import { renderRolloutComment } from '../../../src/report/rollout-text.ts'
import { manifestPath, retrainBranch, stateBranch } from '../../../src/registry/manifest.ts'
import { EVIDENCE_FORMAT, type VersionRef } from '../../../src/rollout/types.ts'
import { InProcess } from '../../support/github-emulator/in-process.ts'
import { ARTIFACT, sampleManifest } from '../../support/manifest.ts'
import { World } from '../../rollout/world.ts'

const CONFIG = `dashboard: false
models:
  churn:
    data: {source: data/*.csv, label: churned}
    rollout:
      target: gateway
      stages: [{canary: {percent: 5, for: 1h}}, {canary: {percent: 50, for: 1h}}, full]
      guardrails: [error-rate]
`
export const config = parseConfig(CONFIG, '.github/refit.yml')
const model = config.models['churn'] as NonNullable<(typeof config.models)[string]>

export const PEOPLE = { ana: 'write', eve: 'read' } as const

function manifestOf(n: number): ReturnType<typeof sampleManifest> {
  const files = (of: number) => [...ARTIFACT, { path: 'number.txt', content: Buffer.from(String(of)) }]
  const previous = n > 1 ? { version: n - 1, digest: sampleManifest({}, files(n - 1)).artifact.digest } : null
  return sampleManifest({ version: n, previous }, files(n))
}

export const forgeOf = (emulator: InProcess): ReturnType<typeof createGitHubForge> =>
  createGitHubForge({
    token: emulator.token,
    repository: emulator.repository,
    apiUrl: 'http://github.test',
    fetch: emulator.fetch as typeof fetch,
    log: silentLog,
    secondMs: 0.01,
  })

/** A version as its merge leaves it: a commit on main, and a merged pull request of the bot. */
async function merge(emulator: InProcess, n: number): Promise<VersionRef> {
  const forge = forgeOf(emulator)
  const manifest = manifestOf(n)
  const files = new Map([[manifestPath('churn'), `${JSON.stringify(manifest, null, 2)}\n`]])
  const { oid } = await forge.commit({ branch: 'main', expected: await forge.head('main'), message: `v${n}`, files })
  emulator.state.pulls.push({
    number: emulator.state.nextNumber(),
    title: `Retrain churn v${n}`,
    body: '',
    state: 'closed',
    draft: false,
    merged: true,
    mergeCommit: oid,
    head: retrainBranch('churn'),
    headRepository: emulator.repository,
    headOid: oid,
    base: 'main',
    labels: [],
    user: { login: 'github-actions[bot]', type: 'Bot' },
  })
  return { version: n, digest: manifest.artifact.digest, commit: oid }
}

/** A repository in the middle of a rollout, and the gateway that goes with it. */
export interface Scene {
  readonly emulator: InProcess
  readonly world: World
  /** Run an event on a copy of the repository. */
  run(emulator: InProcess, event: Event, late?: number): Promise<Run>
}

export interface Event {
  readonly name: string
  readonly payload?: object
  readonly inputs?: Partial<Readonly<Record<'command' | 'model' | 'reason', string>>>
  readonly runId?: number
}

const open: { close(): void }[] = []
afterAll(() => open.splice(0).forEach((server) => server.close()))

/**
 * v1 serves, v2 is on its way as far as `play` takes it; state branch, deployments and the comment on the pull request
 * are as the product leaves them.
 */
export async function scene(play: (world: World) => void, gateway: 'up' | 'down' = 'up'): Promise<Scene> {
  const emulator = InProcess.open({ '.github/refit.yml': CONFIG }, PEOPLE)
  const world = new World(model.rollout)
  world.desired = { kind: 'version', version: await merge(emulator, 1) }
  for (let i = 0; i < 3; i++) world.tick()
  const forge = forgeOf(emulator)
  const main = await forge.head('main')
  const first = await forge.createDeployment({
    ref: main as string,
    environment: 'production',
    description: 'churn v1',
    production: true,
    payload: { model: 'churn', rolloutId: 'r1', version: '1' },
  })
  await forge.deploymentStatus(first.id, { state: 'success', description: 'Promote v1' })
  const v2 = await merge(emulator, 2)
  world.desired = { kind: 'version', version: v2 }
  play(world)
  let { state } = world
  if (state.rollout?.to.version === 2) {
    const rolloutId = state.rollout.id
    const payload = { model: 'churn', rolloutId, version: '2' }
    const draft = { environment: 'production', description: 'churn v2', production: true, payload }
    const { id } = await forge.createDeployment({ ref: v2.commit, ...draft })
    await forge.deploymentStatus(id, { state: 'in_progress', description: 'On its way' })
    state = { ...state, deploymentId: id, stableDeploymentId: first.id }
  } else state = { ...state, deploymentId: first.id, stableDeploymentId: first.id }
  const answer = world.answer()
  await writeState(emulator, state, world)
  // The comment on the pull request, as the tick before left it.
  const { marker, body } = renderRolloutComment(state)
  if (state.rollout?.to.version === 2) await forge.upsertComment(2, marker, body)

  const server = createServer((_request, response) => {
    if (gateway === 'down') return void response.writeHead(503).end('{}')
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...answer, format: EVIDENCE_FORMAT }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  open.push({ close: () => (server.closeAllConnections(), server.close()) })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`

  const run: Scene['run'] = (copy, event, late = 0) =>
    runEvent(copy, event, { clock: () => world.now + late, gatewayUrl: url, root: '/nowhere' })
  return { emulator, world, run }
}

async function writeState(emulator: InProcess, state: World['state'], world: World): Promise<void> {
  const files = new Map([['state.json', `${JSON.stringify(state, null, 2)}\n`]])
  if (world.effective) files.set('effective.json', `${JSON.stringify(world.effective, null, 2)}\n`)
  await forgeOf(emulator).commit({
    branch: stateBranch('churn'),
    expected: undefined,
    base: null,
    message: 'State',
    files,
  })
}

/** What the Action does with an event, in this process. */
export function runEvent(
  emulator: InProcess,
  event: Event,
  world: Pick<Project, 'clock' | 'gatewayUrl' | 'root'> &
    Partial<Pick<Project, 'config' | 'configText' | 'remember' | 'output'>>,
): Promise<Run> {
  const { command = '', model: name = '', reason = '' } = event.inputs ?? {}
  const context = {
    eventName: event.name,
    actor: 'ana',
    ref: 'refs/heads/main',
    payload: { repository: { default_branch: 'main' }, ...event.payload },
    repository: emulator.repository,
    runId: event.runId ?? 77,
  }
  const occasion = {
    context,
    inputs: { command, model: name, reason },
    runUrl: 'https://github.test/acme/models/actions/runs/77',
    codeCommit: null,
  }
  return respond(occasion, async (request) => ({
    config,
    configText: CONFIG,
    configPath: '.github/refit.yml',
    forge: forgeOf(emulator),
    log: silentLog,
    request,
    output: '/nowhere',
    gatewayToken: undefined,
    ...world,
  }))
}

/** Somebody writes a comment, and its event. */
export function comment(emulator: InProcess, body: string, login = 'ana'): Event {
  const { state } = emulator
  let issue = state.issues.find(({ title }) => title === 'Talk')
  if (!issue) {
    issue = { number: state.nextNumber(), title: 'Talk', body: '', state: 'open', user: { login: 'ana', type: 'User' } }
    state.issues.push(issue)
  }
  const user = { login, type: 'User' as const }
  const said = { id: state.nextId(), number: issue.number, body, user, reactions: [], reacted: [] }
  state.comments.push(said)
  return {
    name: 'issue_comment',
    payload: { action: 'created', issue: { number: issue.number }, comment: { id: said.id, body, user } },
  }
}
