import { describe, expect, test } from 'vitest'
import { eventFacts } from '../../src/commands/event.ts'
import { planWork } from '../../src/commands/plan.ts'

const facts = (eventName: string, payload: object) =>
  eventFacts({ eventName, actor: 'ana', ref: 'refs/heads/main', repository: 'o/r', payload })
const comment = { id: 1, body: '/refit retrain churn the May load is done', user: { login: 'ana' } }

test.each([
  ['workflow_dispatch', {}, { command: 'auto', model: 'churn', reason: 'the May load is done' }],
  ['workflow_dispatch', {}, { command: 'retrain', model: 'churn', reason: 'the May load is done' }],
  [
    'repository_dispatch',
    { action: 'refit-retrain', client_payload: { model: 'churn', reason: 'the May load is done' } },
    { command: '', model: '', reason: '' },
  ],
  ['issue_comment', { comment, issue: { number: 3 } }, { command: '', model: '', reason: '' }],
])('a reason given by %s reaches the retraining', (event, payload, inputs) => {
  const { work } = planWork(facts(event, payload), inputs)
  expect(work.at(-1)).toEqual({ kind: 'refresh', model: 'churn', manual: true, reason: 'the May load is done' })
})

test('a pipeline that only says it is done has the triggers checked', () => {
  const done = facts('repository_dispatch', { action: 'refit-retrain', client_payload: { model: 'churn' } })
  const { work } = planWork(done, { command: '', model: '', reason: '' })
  expect(work.at(-1)).toEqual({ kind: 'refresh', model: 'churn', manual: false, reason: null })
})

test('a merge is read by its branch in this repository; one in a fork may have any name', () => {
  const merged = (repository: string) =>
    planWork(
      facts('pull_request', {
        action: 'closed',
        pull_request: {
          number: 3,
          merged: true,
          head: { ref: 'refit/retrain/churn', repo: { full_name: repository } },
        },
      }),
      { command: '', model: '', reason: '' },
    ).work
  expect(merged('o/r')).toEqual([{ kind: 'rollout', model: 'churn' }])
  expect(merged('eve/r')).toEqual([{ kind: 'nothing', why: 'pull requests from forks start nothing' }])
})

test('a comment that names a model means that one, whatever model the workflow is for', () => {
  const steer = (body: string) =>
    planWork(
      facts('issue_comment', {
        action: 'created',
        comment: { id: 7, body, user: { login: 'ana' } },
        issue: { number: 3 },
      }),
      { command: '', model: 'spam', reason: '' },
    ).work
  expect(steer('/refit hold churn')).toMatchObject([{ kind: 'steer', model: 'churn' }])
  expect(steer('/refit hold')).toMatchObject([{ kind: 'steer', model: 'spam' }])
})

describe('a comment', () => {
  const said = (body: string, more: object = {}) =>
    planWork(
      facts('issue_comment', {
        action: 'created',
        comment: { id: 7, body, user: { login: 'ana' } },
        issue: { number: 3 },
        ...more,
      }),
      { command: '', model: '', reason: '' },
    )

  test('commands what it names, each line by itself, and what takes long comes last', () => {
    expect(said('/refit retrain churn\n/refit hold spam looks odd\n/refit status').work).toEqual([
      { kind: 'steer', command: 'hold', model: 'spam', reason: 'looks odd' },
      { kind: 'status', model: '' },
      { kind: 'refresh', model: 'churn', manual: true, reason: null },
    ])
  })

  test.each([
    'Churn',
    'churn!',
    '`churn`',
    'churn_v2',
    '--model',
    'model=churn',
    '**churn**',
    '顧客',
    '__proto__',
    'new',
  ])('with “%s” for a model names this model and no other', (model) => {
    expect(said(`/refit rollback ${model} for a reason`).work).toMatchObject([
      { kind: 'steer', command: 'rollback', model, reason: 'for a reason' },
    ])
  })

  test.each([
    ['rolback', 'did you mean “rollback”?'],
    ['retrain:', 'did you mean “retrain”?'],
    ['auto', 'Refit has no command “auto”'],
    ['help', 'Refit has no command “help”'],
    ['', '“/refit” alone asks for nothing'],
    ['x'.repeat(500), `“${'x'.repeat(59)}…”`],
  ])('with the verb “%s” is answered', (verb, words) => {
    const [work] = said(`/refit ${verb}`).work
    const error = work?.kind === 'refuse' ? work.error : undefined
    expect(error?.message).toContain(words)
    expect(error?.hint).toMatch(/retrain, rollout, rollback, hold, resume, advance, status/)
  })

  test.each([
    ['that was edited', { action: 'edited' }],
    ['that was deleted', { action: 'deleted' }],
    ['of a bot', { comment: { id: 7, body: '/refit rollback churn', user: { login: 'x[bot]', type: 'Bot' } } }],
  ])('%s starts nothing and nobody is asked', (_which, more) => {
    const plan = said('/refit rollback churn', more)
    expect(plan.work.map((work) => work.kind)).toEqual(['nothing'])
    expect(plan.comment).toBeUndefined()
  })
})

test.each([
  [{ model: 'churn' }, 'churn'],
  [{ model: null }, ''],
  [{}, ''],
  [{ model: 5 }, '5'],
  [{ model: ['churn'] }, '["churn"]'],
  [{ model: ' churn' }, ' churn'],
  [{ model: 'churn', reason: 5 }, 'churn'],
])('a pipeline that sends %j asks for the model “%s”', (client_payload, model) => {
  const { work } = planWork(facts('repository_dispatch', { action: 'refit-rollout', client_payload }), {
    command: '',
    model: '',
    reason: '',
  })
  expect(work).toEqual([{ kind: 'rollout', model }])
})
