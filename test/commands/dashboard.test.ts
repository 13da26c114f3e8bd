import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventFacts } from '../../src/commands/event.ts'
import { execute } from '../../src/commands/execute.ts'
import { planWork } from '../../src/commands/plan.ts'
import type { Project } from '../../src/commands/project.ts'
import type { Run } from '../../src/commands/run.ts'
import { parseConfig } from '../../src/config/load.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { startEmulator, type Emulator } from '../support/github-emulator/emulator.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

let world: TriggerProject
let emulator: Emulator
beforeAll(async () => {
  world = await TriggerProject.create('train: {model: linear, epochs: 5}', 30)
  world.write('data/january.csv', days({ from: 0, to: 30, seed: 1 }))
})
afterAll(() => world.remove())
beforeEach(async () => {
  emulator = await startEmulator({ collaborators: { ana: 'write', eve: 'read' } })
  // Shows every model, and trains none.
  await scheduled('check')
})
afterEach(() => emulator.close())

const project = (configText = world.project().configText): Project => {
  const { token, url: apiUrl, repository } = emulator
  const base = world.project()
  const forge = createGitHubForge({ token, apiUrl, repository, log: base.log, secondMs: 1 })
  return { ...base, configText, config: parseConfig(configText, base.configPath), forge }
}
const inputs = { command: '', model: '', reason: '' }
const happen = (name: string, payload: object, command = '', actor = 'ana'): Promise<Run> => {
  const event = eventFacts({ eventName: name, actor, ref: 'refs/heads/main', repository: emulator.repository, payload })
  return execute(project(), planWork(event, { ...inputs, command }))
}
const scheduled = (command = ''): Promise<Run> => happen('schedule', {}, command)
const board = () =>
  emulator.state.issues.find(({ title }) => title === 'Refit dashboard') as { number: number; body: string }
const EMPTY = '- [ ] <!-- refit:retrain=m -->'
const TICKED = '- [x] <!-- refit:retrain=m -->'
const tick = (): void => {
  board().body = board().body.replace(EMPTY, TICKED)
}
const edited = (issue: { number: number; body: string }, sender: string, command = ''): Promise<Run> =>
  happen('issues', { action: 'edited', issue, sender: { login: sender } }, command, sender)

test('a box that a person with write permission ticks has the model retrained, and is empty again', async () => {
  tick()
  const run = await edited(board(), 'ana')
  expect(run.models).toMatchObject([{ model: 'm', outcome: 'proposed' }])
  expect(board().body).toContain(EMPTY)
})

test.each(['', 'retrain'])(
  'an issue of somebody else that holds the marker starts nothing (command: “%s”)',
  async (command) => {
    const issue = emulator.addIssue('eve', 'Mine', `<!-- refit:dashboard -->\n${TICKED} retrain m now\n`)
    const writes = emulator.writes().length
    const run = await edited(issue, 'eve', command)
    expect(run).toEqual({ models: [], notes: [`issue #${issue.number} is not Refit’s dashboard`] })
    expect(emulator.writes()).toHaveLength(writes)
  },
)

test('an edit of the dashboard itself starts nothing where its sender may not write', async () => {
  tick()
  const run = await edited(board(), 'eve')
  expect(run.notes).toEqual(['@eve may not command Refit here: it takes write permission, and theirs is “read”'])
  expect(board().body).toContain(TICKED)
})

test('a box that is ticked while a run is at work stays ticked for the next one', async () => {
  emulator.fail({ method: 'GET', path: /\/pulls$/, status: 0, meanwhile: tick })
  expect((await scheduled()).models[0]?.triggers[0]?.sentence).not.toContain('ticked')
  expect(board().body).toContain(TICKED)
  expect((await scheduled()).models).toMatchObject([{ outcome: 'unchanged' }])
  expect(board().body).toContain(EMPTY)
})

test('a run that only checks answers no box', async () => {
  tick()
  await scheduled('check')
  expect(board().body).toContain(TICKED)
})

test('a model that fails keeps its box, is named with its error, and keeps no other from being shown', async () => {
  const two =
    world.project().configText +
    world
      .project()
      .configText.replace(/models:\n {2}m:/, '  n:')
      .replace('data/*.csv', 'none/*.csv')
  const work = [{ kind: 'refresh', model: '', manual: false, reason: null }] as const
  await execute(project(two), { work, comment: undefined })
  expect(board().body).toContain('No file matches none/\\*.csv')
  board().body = board().body.replace('- [ ] <!-- refit:retrain=n -->', '- [x] <!-- refit:retrain=n -->')
  tick()
  const { models } = await execute(project(two), { work, comment: undefined })
  expect(models.map(({ outcome }) => outcome)).toEqual(['unchanged', 'error'])
  expect(board().body).toContain(EMPTY)
  expect(board().body).toContain('- [x] <!-- refit:retrain=n -->')
})

test('a manifest that cannot be read is shown as such, and the other models as they are', async () => {
  const two = world.project().configText + world.project().configText.replace(/models:\n {2}m:/, '  n:')
  const { forge } = project()
  const files = new Map([['models/n/manifest.json', '{']])
  await forge.commit({ branch: 'main', expected: await forge.head('main'), message: 'Damage', files })
  const work = [{ kind: 'refresh', model: '', manual: false, reason: null }] as const
  await execute(project(two), { work, comment: undefined })
  expect(board().body).toMatch(/\*\*no version yet\*\*[^]*\*\*version not readable\*\*/)
})
