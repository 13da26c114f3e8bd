import { beforeAll, describe, expect, test } from 'vitest'
import { failed, type Run } from '../../src/commands/run.ts'
import { runOutputs } from '../../src/commands/outputs.ts'
import { summarize } from '../../src/commands/summarize.ts'
import type { InProcess } from '../support/github-emulator/in-process.ts'
import { shown } from './idempotency/repository.ts'
import { comment, scene, type Event, type Scene } from './idempotency/rollout-world.ts'
import { exposed, ready } from './idempotency/scenes.ts'

let made: Scene
beforeAll(async () => {
  made = await scene(exposed)
})

interface Said {
  readonly run: Run
  readonly emulator: InProcess
  /** Writes that were asked for. */
  readonly writes: number
  readonly answer: string | undefined
  readonly reactions: readonly string[]
}

/** Somebody writes a comment in the middle of a rollout. */
async function say(body: string, login = 'ana', change: (event: Event) => Event = (event) => event): Promise<Said> {
  const emulator = made.emulator.clone()
  const event = comment(emulator, body, login)
  void emulator.disturb(() => undefined)
  const run = await made.run(emulator, change(event))
  const last = emulator.state.comments.find(({ body: text }) => text === body)
  const answer = emulator.state.comments.find(({ body: text }) => text.includes('refit:answer='))?.body
  return { run, emulator, writes: emulator.writes, answer, reactions: last?.reactions ?? [] }
}

const percent = (emulator: InProcess): number =>
  (
    JSON.parse(
      emulator.git.readFile(emulator.git.head('refit/state/churn') as string, 'effective.json')?.toString() ?? '{}',
    ) as { percent: number }
  ).percent

describe('a name that nobody knows', () => {
  test.each([
    ['chrun', 'did you mean “churn”?'],
    ['Churn', 'did you mean “churn”?'],
    ['churn!', 'did you mean “churn”?'],
    ['`churn`', 'did you mean “churn”?'],
    ['**churn**', 'no model named'],
    ['all', 'no model named'],
    ['please', 'no model named'],
    ['--model', 'no model named'],
    ['__proto__', 'no model named'],
    ['顧客', 'no model named “顧客”'],
    ['@acme/everybody', 'no model named “@\u200bacme/everybody”'],
    ['<img/src=x>', '“&lt;img/src=x&gt;”'],
    ['x'.repeat(3000), `“${'x'.repeat(59)}…”`],
  ])('“%s” is refused with an answer, and rolls nothing back', async (name, words) => {
    const { run, answer, reactions, emulator } = await say(`/refit rollback ${name} now`)
    expect(failed(run)).toBe(true)
    expect(answer).toContain(words)
    expect(answer).toContain('Use one of: churn.')
    expect(reactions).toEqual(['eyes', '-1'])
    expect(percent(emulator)).toBe(50)
    expect(runOutputs(run).outcome).toBe('error')
    expect(summarize(run, '')).toContain('no model named')
  })

  test('is refused from the button and from a pipeline before anything is written', async () => {
    for (const event of [
      { name: 'workflow_dispatch', inputs: { command: 'rollback', model: 'Churn', reason: 'x' } },
      { name: 'workflow_dispatch', inputs: { command: 'auto', model: 'churn,spam' } },
      { name: 'repository_dispatch', payload: { action: 'refit-rollout', client_payload: { model: ['churn'] } } },
      { name: 'repository_dispatch', payload: { action: 'refit-retrain', client_payload: { model: 7 } } },
    ] satisfies Event[]) {
      const emulator = made.emulator.clone()
      void emulator.disturb(() => undefined)
      await expect(made.run(emulator, event)).rejects.toThrow(/there is no model named/)
      expect(emulator.writes).toBe(0)
    }
  })
})

test.each([
  ['/refit rolback churn', 'did you mean “rollback”?'],
  ['/refit', '“/refit” alone asks for nothing'],
  ['/refit explode churn', 'Refit has no command “explode”'],
])('%s is answered', async (body, words) => {
  const { run, answer, reactions, emulator } = await say(body)
  expect(failed(run)).toBe(true)
  expect(answer).toContain(words)
  expect(answer).toContain('retrain, rollout, rollback, hold, resume, advance, status')
  expect(reactions).toEqual(['eyes', '-1'])
  expect(percent(emulator)).toBe(50)
})

describe('ignored quietly:', () => {
  test.each([
    ['a stranger’s command', '/refit rollback churn', 'eve', 'may not command Refit'],
    ['a command of somebody who is nobody here', '/refit hold churn', 'mallory', 'may not command Refit'],
    ['a stranger’s mistyped command', '/refit rolback chrun', 'eve', 'may not command Refit'],
    ['a command in a quotation', '> /refit rollback churn', 'ana', 'holds no /refit command'],
    ['a command in code', '```\r\n/refit rollback churn\r\n```', 'ana', 'holds no /refit command'],
  ])('%s', async (_what, body, login, note) => {
    const { run, writes, emulator } = await say(body, login)
    expect(failed(run)).toBe(false)
    expect(writes).toBe(0)
    expect(run.notes.join()).toContain(note)
    expect(percent(emulator)).toBe(50)
  })

  test.each(['edited', 'deleted'])('a comment that was %s', async (action) => {
    const { run, writes } = await say('/refit rollback churn', 'ana', (event) => ({
      ...event,
      payload: { ...event.payload, action },
    }))
    expect([failed(run), writes]).toEqual([false, 0])
  })
})

describe('several commands in one comment', () => {
  test('are followed in their order and answered line by line, also where one of them cannot be', async () => {
    const { run, answer, reactions, emulator } = await say(
      '/refit resume churn\r\n/refit hold churn odd\r\n\r\n/refit hold chrun\r\n/refit status',
    )
    expect(answer?.trim().split('\n').slice(1)).toEqual([
      '- **churn**: the rollout is not held',
      expect.stringMatching(/^- \*\*churn\*\*: Hold v2 at canary 50 %: odd/),
      '- there is no model named “chrun” in the configuration; did you mean “churn”? Use one of: churn.',
      expect.stringMatching(/^- \*\*churn\*\*: v2 is desired/),
    ])
    expect(failed(run)).toBe(true)
    expect(reactions).toEqual(['eyes', '-1'])
    expect(JSON.stringify(shown(emulator))).toContain('\\"reason\\": \\"odd\\"')
  })

  test('the same twice is two commands', async () => {
    const { answer } = await say('/refit hold churn odd\n/refit resume churn\n/refit hold churn odd')
    expect(answer?.trim().split('\n').slice(1)).toEqual([
      expect.stringContaining('Hold v2'),
      expect.stringContaining('Resume v2'),
      expect.stringContaining('Hold v2'),
    ])
  })
})

test('a rollback that was asked for before a newer version came is not followed again on that one', async () => {
  const emulator = made.emulator.clone()
  const asked = comment(emulator, '/refit rollback churn complaints')
  await made.run(emulator, asked)
  const rollback = emulator.git.head('refit/state/churn')
  expect(percent(emulator)).toBe(0)
  // The state as if v2 had been proposed once more and were exposed again; what was followed is remembered.
  const state = JSON.parse(emulator.git.readFile(rollback as string, 'state.json')?.toString() ?? '') as {
    operations: object[]
    generation: number
  }
  const before = made.emulator.git.head('refit/state/churn') as string
  const files = ['state.json', 'effective.json'].map((path) => {
    const file = JSON.parse(made.emulator.git.readFile(before, path)?.toString() ?? '') as object
    const more = path === 'state.json' ? { operations: state.operations } : {}
    const content = { ...file, ...more, generation: state.generation + 1 }
    return { path, sha: emulator.git.writeBlob(Buffer.from(JSON.stringify(content))) }
  })
  const { git } = emulator
  git.updateRef(
    'refs/heads/refit/state/churn',
    git.writeCommit(git.writeTree(rollback, files), [rollback as string], 'v2 again'),
    rollback,
  )
  const run = await made.run(emulator, asked)
  expect(failed(run)).toBe(false)
  expect(percent(emulator)).toBe(50)
})

test('a tick that a workflow run asked for is the next one when that run is started again, and no memory of the first', async () => {
  const scene50 = await scene(ready)
  const emulator = scene50.emulator.clone()
  const tick: Event = { name: 'workflow_dispatch', inputs: { command: 'rollout' }, runId: 5 }
  void emulator.disturb(() => undefined)
  await scene50.run(emulator, tick)
  expect(percent(emulator)).toBe(50)
  await scene50.run(emulator, comment(emulator, '/refit hold churn wait', 'ana'))
  const again = await scene50.run(emulator, tick)
  expect(again.models[0]?.note).toMatch(/^Held at canary 50 %/)
})
