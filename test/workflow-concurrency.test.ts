import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { WORKFLOW } from '../src/commands/templates.ts'
import { COMMANDS } from '../src/commands/plan.ts'
import { placeOf, Runs, type Happening } from './support/workflow.ts'

/** The same without `queue`, as for an Enterprise Server that does not know it. */
const ENTERPRISE = WORKFLOW.replace(/^ *queue: max.*\n/m, '')

const comment = (body: string, association: string, type = 'User'): Happening => ({
  event: 'issue_comment',
  payload: { action: 'created', comment: { body, author_association: association, user: { login: 'x', type } } },
})
const button = (command: string): Happening => ({ event: 'workflow_dispatch', inputs: { command } })
const pipeline = (action: string): Happening => ({ event: 'repository_dispatch', payload: { action } })
const closed = (headRef: string, repository: string): Happening => ({
  event: 'pull_request',
  headRef,
  payload: { action: 'closed', pull_request: { head: { repo: { full_name: repository } } } },
})
const edited = (body: string): Happening => ({ event: 'issues', payload: { action: 'edited', issue: { body } } })

const TRAINING: Readonly<Record<string, Happening>> = {
  schedule: { event: 'schedule' },
  'the button': button('auto'),
  'the button retrain': button('retrain'),
  'a pipeline': pipeline('refit-retrain'),
}
const STEERING: Readonly<Record<string, Happening>> = {
  ...Object.fromEntries(
    ['rollback', 'hold', 'resume', 'advance', 'status', 'check', 'rollout'].map((command) => [
      command,
      button(command),
    ]),
  ),
  '/refit rollback': comment('/refit rollback churn', 'MEMBER'),
  '/refit hold, oddly written': comment('/Refit\t  HOLD churn', 'COLLABORATOR'),
  '/refit rollback of somebody whose membership is private': comment('/refit rollback churn', 'NONE'),
  '/refit rollback beside a retraining': comment('/refit retrain spam\n/refit rollback churn', 'OWNER'),
  'a tick that a pipeline asks for': pipeline('refit-rollout'),
  'the merge of a version': { event: 'push', payload: { ref: 'refs/heads/main' } },
  'a merged pull request': closed('refit/retrain/churn', 'acme/models'),
}
const OUTSIDE: Readonly<Record<string, Happening>> = {
  'a stranger’s /refit rollback': comment('/refit rollback churn', 'NONE'),
  'a stranger’s /refit retrain': comment('/refit retrain churn', 'NONE'),
  'a stranger’s talk of /refit': comment('what is /refit?', 'FIRST_TIMER'),
  'a stranger’s issue with the dashboard’s marker': edited('<!-- refit:dashboard -->'),
  'a fork’s pull request': closed('refit/retrain/churn', 'eve/models'),
}

/** Of the schema that GitHub holds workflows against. */
interface Definitions {
  readonly 'concurrency-mapping': { readonly mapping: { readonly properties: object } }
  readonly 'concurrency-queue': { readonly 'allowed-values': readonly string[] }
}

test('GitHub’s own schema knows every key of the group, and this value of its queue', () => {
  const schema = new URL('../node_modules/@actions/workflow-parser/dist/workflow-v1.0.min.json', import.meta.url)
  const { definitions } = JSON.parse(readFileSync(schema, 'utf8')) as { definitions: Definitions }
  const { concurrency } = (parse(WORKFLOW) as { jobs: { refit: { concurrency: Record<string, unknown> } } }).jobs.refit
  const known = Object.keys(definitions['concurrency-mapping'].mapping.properties)
  expect(known).toEqual(expect.arrayContaining(Object.keys(concurrency)))
  expect(definitions['concurrency-queue']['allowed-values']).toContain(concurrency['queue'])
  expect(ENTERPRISE).not.toContain('queue:')
})

test('the group stands at the job, cancels nothing that runs, and lets what waits keep its place', () => {
  const { concurrency, jobs } = parse(WORKFLOW) as { concurrency?: object; jobs: { refit: { concurrency: object } } }
  expect(concurrency).toBeUndefined()
  expect(jobs.refit.concurrency).toEqual({ group: expect.stringMatching(/^refit-\$\{\{/), queue: 'max' })
})

test('every command of the button has its place', () => {
  const waits = COMMANDS.filter((command) => placeOf(WORKFLOW, button(command), 1)?.group === 'refit-training')
  expect(waits).toEqual(['auto', 'retrain'])
})

describe.each([
  ['on GitHub', WORKFLOW],
  ['on a server without queues', ENTERPRISE],
])('%s', (_where, workflow) => {
  test.each(Object.entries(STEERING))(
    '%s does not wait behind a training, nor behind anything else',
    (_name, steering) => {
      const runs = new Runs(workflow)
      for (const other of [...Object.values(TRAINING), ...Object.values(OUTSIDE), ...Object.values(STEERING)])
        runs.start(other)
      expect(runs.is(runs.start(steering))).toBe('running')
    },
  )

  test.each(Object.entries(OUTSIDE))('%s displaces nothing, however often it comes', (_name, outside) => {
    const runs = new Runs(workflow)
    const steering = Object.values(STEERING).map((happening) => runs.start(happening))
    const [first, second] = [runs.start({ event: 'schedule' }), runs.start(button('retrain'))]
    for (let i = 0; i < 200; i++) runs.start(outside)
    expect(steering.map((id) => runs.is(id))).toEqual(steering.map(() => 'running'))
    expect([runs.is(first), runs.is(second)]).toEqual(['running', 'waiting'])
  })

  test('one training runs at a time', () => {
    const runs = new Runs(workflow)
    const ids = Object.values(TRAINING).map((happening) => runs.start(happening))
    expect(ids.filter((id) => runs.is(id) === 'running')).toHaveLength(1)
  })
})

test('a retraining that somebody asked for keeps its place while schedules pass; without queues it loses it', () => {
  const asked = (workflow: string): string => {
    const runs = new Runs(workflow)
    runs.start({ event: 'schedule' })
    const id = runs.start(button('retrain'))
    for (let i = 0; i < 10; i++) runs.start({ event: 'schedule' })
    return runs.is(id)
  }
  expect([asked(WORKFLOW), asked(ENTERPRISE)]).toEqual(['waiting', 'cancelled'])
})

test.each([
  ['a comment without a command', comment('nice model', 'OWNER')],
  ['a bot’s comment', comment('/refit rollback churn', 'NONE', 'Bot')],
  ['an ordinary issue', edited('help')],
  ['a fork’s pull request', OUTSIDE['a fork’s pull request'] as Happening],
  ['an ordinary pull request', closed('fix-typo', 'acme/models')],
])('%s starts no job', (_name, happening) => {
  expect(placeOf(WORKFLOW, happening, 1)).toBeUndefined()
})

test('the model of GitHub shows the fault that a group of the whole workflow had', () => {
  const { jobs, ...rest } = parse(WORKFLOW) as { jobs: { refit: Record<string, unknown> } }
  const shared = stringify({ ...rest, jobs: { refit: { ...jobs.refit, concurrency: { group: 'refit' } } } })
  const runs = new Runs(shared)
  const training = runs.start({ event: 'schedule' })
  const rollback = runs.start(comment('/refit rollback churn', 'OWNER'))
  expect([runs.is(training), runs.is(rollback)]).toEqual(['running', 'waiting'])
  runs.start(comment('/refit rollback churn', 'NONE'))
  expect(runs.is(rollback)).toBe('cancelled')
})
