import { expect, test } from 'vitest'
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
