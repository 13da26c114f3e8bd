import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readMemory } from '../../src/commands/trigger-memory.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

/** Trained on 30 days of 40 rows. */
const TRAIN = 'train: {model: linear, epochs: 10}'
const only = (triggers: string): string =>
  `${TRAIN}\ntriggers: {performance: false, drift: false, volume: false, ${triggers}}`
const turned = (a: number): number => 1 / (1 + Math.exp(2.5 * a))

let world: TriggerProject
let trained: TriggerProject
beforeAll(async () => {
  trained = await TriggerProject.create(only('schedule: false'), 30)
  trained.write('data/january.csv', days({ from: 0, to: 30, seed: 1 }))
  await trained.promote()
})
beforeEach(async () => {
  world = await trained.copy(30)
})
afterEach(() => world.remove())
afterAll(() => trained.remove())

describe('performance', () => {
  const watch = (more = ''): string =>
    `${TRAIN}\ntriggers: {drift: false, volume: false, performance: {min-rows: 100${more}}}`

  test('fires when the drop is real, and says too few labels where it may be chance', async () => {
    world.settings = watch()
    world.day = 33
    // A small drop that so few rows cannot tell from chance.
    world.write('data/february.csv', days({ from: 30, to: 33, seed: 3, rule: (a) => 1 / (1 + Math.exp(-1.9 * a)) }))
    const unsure = await world.see('performance')
    expect(unsure).toMatchObject({ status: 'quiet', direction: 'above' })
    expect(unsure.sentence).toMatch(
      /auc fell from .* the limit is a drop of 0\.05; too few labels to tell it from chance \(95 % interval/,
    )

    world.write('data/february.csv', days({ from: 30, to: 40, seed: 3, rule: turned }))
    world.day = 40
    const seen = await world.see('performance')
    expect(seen.status).toBe('fired')
    expect(seen.value as number).toBeGreaterThan(0.5)
  })

  test('the error rate can be watched as well', async () => {
    world.settings = watch(', metric: error-rate')
    world.day = 40
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 3, rule: turned }))
    expect(await world.see('performance')).toMatchObject({
      status: 'fired',
      sentence: expect.stringMatching(
        /^error-rate rose from 0\.\d+ to 0\.\d+ \(\+\d+ %\) on 400 new labelled rows/,
      ) as string,
    })
  })

  test('after a poor version was merged, a challenger that learns from the new rows still finds it out', async () => {
    const poor = await TriggerProject.create(watch(', drop: 0.9'), 30)
    try {
      // A few wrong weeks: the champion has learned little, its own evaluation is low, and what it learned no longer holds.
      poor.write('data/january.csv', days({ from: 0, to: 30, seed: 2, rule: (a) => 1 / (1 + Math.exp(0.8 * a)) }))
      await poor.promote()
      poor.day = 50
      poor.write('data/february.csv', days({ from: 30, to: 50, seed: 3 }))
      const seen = await poor.see('performance')
      expect(seen).toMatchObject({ status: 'fired', unit: 'auc gained by a challenger' })
      expect(seen.value as number).toBeGreaterThan(0.2)
      poor.settings = watch(', drop: 0.9, challenger: false')
      expect((await poor.see('performance')).status).toBe('quiet')
    } finally {
      poor.remove()
    }
  })

  test('a detector says at which row, and when, the errors began to rise', async () => {
    world.settings = watch(', detector: adwin, drop: 0.9')
    world.day = 60
    world.write('data/february.csv', days({ from: 30, to: 50, seed: 4 }))
    const calm = await world.see('performance')
    expect(calm.status).toBe('quiet')
    expect(calm.notes).toContain('adwin noticed no rise of the error rate in 800 rows')

    // File order is not time order: the detector goes by time.
    world.write('data/early.csv', days({ from: 50, to: 60, seed: 5, rule: turned }))
    const seen = await world.see('performance')
    expect(seen).toMatchObject({ status: 'fired', unit: 'error rate', direction: 'above' })
    expect(seen.sentence).toMatch(
      /adwin noticed at row (8\d\d|9\d\d) of 1,200 \(2026-02-2\dT.*Z\) that the error rate rose from 0\.\d+ to 0\.\d+/,
    )
  })

  test('while labels are late there is an estimate, which is held against the truth later', async () => {
    world.settings = watch(', estimate: report')
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 6, labelled: false }))
    world.day = 40
    const early = await world.refresh()
    const seen = early.triggers.find(({ trigger }) => trigger === 'performance')
    expect(seen?.status).toBe('quiet')
    expect(seen?.sentence).toMatch(
      /^too few labels: 0 of 100 new labelled rows; estimated without labels \(CBPE\) on 400 new rows: auc 0\.\d+ \(0\.\d+ … 0\.\d+\), against 0\.\d+ at its evaluation$/,
    )
    const [mark] = (await readMemory(world.forge, 'm')).estimates
    expect(mark).toMatchObject({ version: 1, metric: 'auc', method: 'CBPE', rows: 400, realised: null })

    // An hour later nothing is new, so nothing is written.
    const head = await world.forge.head('refit/state/m')
    world.day = 40.04
    await world.refresh()
    expect(await world.forge.head('refit/state/m')).toBe(head)

    world.write('data/february.csv', days({ from: 30, to: 40, seed: 6 }))
    world.day = 45
    const late = await world.refresh()
    const [realised] = (await readMemory(world.forge, 'm')).estimates
    expect(realised?.realised).toMatchObject({ rows: 400 })
    expect(Math.abs((realised?.realised?.value ?? 0) - (realised?.estimate ?? 1))).toBeLessThan(0.06)
    const notes = late.triggers.find(({ trigger }) => trigger === 'performance')?.notes ?? []
    expect(notes.join()).toMatch(
      /without these labels CBPE would have said auc 0\.\d+, the truth (in|out)side its interval .*; the earlier estimate was off by 0\.0\d+, the truth inside the interval \d of 1 time/,
    )
  })

  test('an estimate fires only where it may', async () => {
    // What the champion is sure of does not come any more: without a label it is clear that it will err more often.
    const unsure = days({ from: 30, to: 60, seed: 6, labelled: false }).replace(/,(-?)\d\.(\d+),/g, ',$10.0$2,')
    world.day = 60
    world.write('data/february.csv', unsure)
    world.settings = watch(', metric: accuracy, estimate: report')
    expect((await world.see('performance')).status).toBe('quiet')
    world.settings = watch(', metric: accuracy, estimate: fire')
    const seen = await world.see('performance')
    expect(seen).toMatchObject({ status: 'fired', unit: 'accuracy drop, estimated' })
    expect(seen.sentence).toMatch(/^estimated without labels/)
    world.settings = watch(', metric: accuracy')
    expect((await world.see('performance')).notes).toEqual([
      '1,200 new rows wait for their label; with “estimate: report” the metric is estimated without it',
    ])
    world.settings = watch(', metric: accuracy, estimate: false')
    expect((await world.see('performance')).sentence).toBe('too few labels: 0 of 100 new labelled rows')
  })
})

describe('volume', () => {
  test('counts new files, and all rows where labels do not matter', async () => {
    world.day = 41
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 6, labelled: false }))
    world.settings = `${TRAIN}\ntriggers: {performance: false, drift: false, volume: {files: 2}}`
    expect(await world.see('volume')).toMatchObject({ status: 'quiet', value: 1, threshold: 2, unit: 'files' })
    world.write('data/march.csv', days({ from: 40, to: 41, seed: 7, labelled: false }))
    expect(await world.see('volume')).toMatchObject({
      status: 'fired',
      sentence: '2 new files since the last training; the limit is 2 files',
    })
    world.settings = `${TRAIN}\ntriggers: {performance: false, drift: false, volume: {rows: 440, count: all}}`
    expect(await world.see('volume')).toMatchObject({ status: 'fired', value: 440 })
    world.settings = `${TRAIN}\ntriggers: {performance: false, drift: false, volume: {rows: 440}}`
    expect(await world.see('volume')).toMatchObject({ status: 'quiet', value: 0 })
  })
})

describe('the decision', () => {
  const due = (rest: string): string => only(`schedule: {every: 5d}${rest}`)

  test('a candidate that was not merged counts as the last training, and is not trained again every hour', async () => {
    world.settings = due('')
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    world.day = 40
    expect((await world.refresh()).outcome).toBe('proposed')
    world.write('data/march.csv', days({ from: 40, to: 42, seed: 9 }))
    world.day = 42
    expect((await world.check()).triggers[0]).toMatchObject({
      status: 'quiet',
      sentence:
        'the last candidate was trained 2d ago; a training is due every 5d: next in 3d, at 2026-02-15T00:00:00Z',
    })
    world.day = 45
    expect((await world.check()).fired).toBe(true)
  })

  test('a rejected pull request is followed by a cool-down, and a person may still ask', async () => {
    world.settings = due('')
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    world.day = 40
    const { pullRequest } = await world.refresh()
    const number = pullRequest?.number as number
    await world.forge.closePullRequest(number)
    world.write('data/march.csv', days({ from: 40, to: 46, seed: 9 }))
    world.day = 46
    const held = await world.refresh()
    expect(held.outcome).toBe('quiet')
    expect(held.note).toBe(
      `schedule fired; no retraining now: pull request #${number} was closed without a merge on 2026-02-10T00:00:00Z, and the cool-down of 7d lasts until 2026-02-17T00:00:00Z`,
    )
    expect((await world.refresh(true, 'the tariff changed')).outcome).toBe('proposed')
  })

  test('a rejected pull request is proposed again on the same data where somebody asks, and only then', async () => {
    world.settings = due('')
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    world.day = 40
    const number = (await world.refresh()).pullRequest?.number as number
    await world.forge.closePullRequest(number)
    world.day = 50
    expect(await world.refresh()).toMatchObject({
      outcome: 'unchanged',
      pullRequest: undefined,
      note: expect.stringContaining(
        `; pull request #${number} was closed without a merge, and is proposed again`,
      ) as string,
    })
    const again = await world.refresh(true, 'after all')
    expect(again).toMatchObject({ outcome: 'proposed', pullRequest: { state: 'open' } })
    expect(again.pullRequest?.number).not.toBe(number)
    expect((await world.refresh(true, 'and again')).outcome).toBe('unchanged')
  })

  test('a budget is spent, and says until when', async () => {
    world.settings = due(', budget: {per-month: 1}')
    world.write('data/february.csv', days({ from: 30, to: 33, seed: 8 }))
    world.day = 36
    expect(['proposed', 'draft']).toContain((await world.refresh()).outcome)
    world.write('data/march.csv', days({ from: 33, to: 42, seed: 9 }))
    world.day = 42
    expect((await world.check()).decision).toMatchObject({ retrain: false, holds: [{ kind: 'budget' }] })
    world.day = 59
    expect((await world.check()).fired).toBe(true)
  })

  test('what is only reported starts nothing', async () => {
    world.settings = only('schedule: {every: 5d, only-report: true}')
    world.day = 40
    const run = await world.refresh()
    expect(run.outcome).toBe('quiet')
    expect(run.note).toBe('nothing fired; schedule fired, which is only reported')
  })

  test('all have to fire where all are demanded, and the pull request says so', async () => {
    world.settings = `${TRAIN}\ntriggers: {when: all, performance: false, drift: false, schedule: {every: 5d}, volume: {rows: 300}}`
    world.day = 40
    expect((await world.check()).decision).toMatchObject({
      retrain: false,
      sentence: 'schedule fired: 1 of 2 triggers, and all are needed',
    })
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    const run = await world.refresh()
    expect(run.outcome).toBe('proposed')
    const pull = await world.forge.pullRequest(run.pullRequest?.number as number)
    expect(pull?.body).toContain('Schedule and volume fired: 2 of 2 triggers, and all are needed.')
  })

  test('the reason of a person reaches the pull request', async () => {
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    const run = await world.refresh(true, 'new tariff from March')
    const pull = await world.forge.pullRequest(run.pullRequest?.number as number)
    expect(pull?.body).toContain('“new tariff from March”')
  })
})

describe('a trigger of the user’s own', () => {
  const custom = (entries: string): string => only(`custom: {${entries}}`)

  test('as a module: what it is told, what it says, and how that reaches the pull request', async () => {
    world.settings = custom('weather: {module: ./trigger.mjs}')
    world.write(
      'trigger.mjs',
      `export default async ({ model, champion, newRows }) => ({
        fired: newRows.labelled > 300, value: newRows.labelled, threshold: 300, unit: 'storms',
        sentence: model + ' v' + champion.version + ': storms on ' + newRows.rows + ' rows',
      })`,
    )
    expect(await world.see('weather')).toMatchObject({ status: 'quiet', value: 0, threshold: 300 })
    world.day = 40
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    const run = await world.refresh()
    expect(run.note).not.toContain('nothing fired')
    expect(run.triggers.find(({ trigger }) => trigger === 'weather')).toMatchObject({
      status: 'fired',
      sentence: 'm v1: storms on 400 rows',
      unit: 'storms',
    })
    const pull = await world.forge.pullRequest(run.pullRequest?.number as number)
    expect(pull?.body).toContain('Fired: weather.')
  })

  test('as a command: exit code and a line of JSON', async () => {
    world.settings = custom(
      `by-code: {command: 'exit 10'}, by-line: {command: 'echo looking; echo ''{"fired": true, "value": 3, "sentence": "three storms"}'''}, calm: {command: 'true'}`,
    )
    const { triggers, decision } = await world.check()
    const seen = (name: string) => triggers.find(({ trigger }) => trigger === name)
    expect(seen('by-code')).toMatchObject({ status: 'fired', sentence: 'it fired and gave no reason' })
    expect(seen('by-line')).toMatchObject({ status: 'fired', value: 3, sentence: 'three storms' })
    expect(seen('calm')).toMatchObject({ status: 'quiet', sentence: 'it saw no reason' })
    expect(decision.sentence).toBe('by-code and by-line fired')
  })

  test.each([
    ["command: 'echo no such table >&2; exit 3'", 'its command failed: exit code 3 (no such table)'],
    [
      `command: 'echo ''{"fired": false}''; exit 10'`,
      'its command contradicts itself: exit code 10 means fired, and its last line says that it is not',
    ],
    ["command: 'sleep 30', timeout: 200ms", 'it was stopped after 200ms'],
    ['module: ./broken.mjs', 'its module failed: exit code 1 (Error: no weather today)'],
    ['module: ./mute.mjs', 'its module must return {fired, value, threshold, sentence} with fired true or false'],
    ['module: ./gone.mjs', 'its module failed: exit code 1 (Error [ERR_MODULE_NOT_FOUND]: Cannot find module'],
  ])('that fails could not be checked, and the others go on: %s', async (entry, reason) => {
    world.write('broken.mjs', "export default () => { throw new Error('no weather today') }")
    world.write('mute.mjs', 'export default () => ({})')
    world.settings = only(`schedule: {every: 5d}, custom: {own: {${entry}}}`)
    world.day = 40
    const { triggers, decision } = await world.check()
    expect(triggers.find(({ trigger }) => trigger === 'own')).toMatchObject({
      status: 'unchecked',
      sentence: expect.stringContaining(reason) as string,
    })
    expect(decision.sentence).toBe('schedule fired; own could not be checked')
  })

  test('it sees no token, only what is named', async () => {
    process.env['GITHUB_TOKEN'] = 'ghs_secret'
    process.env['STATION'] = 'Vienna'
    world.settings = custom(
      `own: {command: 'printf ''{"sentence": "%s at %s"}'' "[$GITHUB_TOKEN]" "$STATION"', env: [STATION]}`,
    )
    try {
      expect((await world.see('own')).sentence).toBe('[] at Vienna')
    } finally {
      delete process.env['GITHUB_TOKEN']
      delete process.env['STATION']
    }
  })

  test('what it says may hold a secret that it was given: nobody is shown it', async () => {
    process.env['STATION_PASSWORD'] = 'hunter2-hunter2'
    world.settings = custom(
      `own: {command: 'printf ''{"sentence": "%s was refused"}'' "$STATION_PASSWORD"', env: [STATION_PASSWORD]}`,
    )
    try {
      expect((await world.see('own')).sentence).toBe('*** was refused')
    } finally {
      delete process.env['STATION_PASSWORD']
    }
  })

  test('what a configuration cannot name is a token', () => {
    world.settings = custom("own: {command: 'true', env: [STATION, GITHUB_TOKEN]}")
    expect(() => world.project()).toThrow('the trigger "own" cannot have GITHUB_TOKEN, which no program of yours gets')
  })

  test('where a token is about, only code of the default branch is run', async () => {
    world.write('trigger.mjs', 'export default () => ({ fired: true })')
    world.settings = custom('own: {module: ./trigger.mjs}')
    const { customResults } = await import('../../src/commands/custom-triggers.ts')
    const project = world.project({ codeCommit: 'f'.repeat(40) })
    const forge = new Proxy(world.forge, {
      get: (target, key) => {
        if (key === 'kind') return 'github'
        const value = Reflect.get(target, key) as unknown
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
    const { input } = await import('../triggers/support.ts')
    const base = (await world.forge.head('main')) as string
    const ask = (codeCommit: string, at = base) =>
      customResults(
        { ...project, forge, request: { ...project.request, codeCommit } },
        project.config.models['m'] as NonNullable<(typeof project.config.models)['m']>,
        at,
        input(),
      )
    expect(await ask('f'.repeat(40))).toMatchObject([
      {
        status: 'unchecked',
        sentence: 'the configuration of this checkout is not that of the default branch, and nothing else is run',
      },
    ])
    expect(await ask(base)).toMatchObject([{ status: 'fired' }])
    const files = new Map([[project.configPath, project.configText]])
    const commit = (branch: string, expected: string | undefined, message: string) =>
      world.forge.commit({ branch, expected, base, message, files })
    // The same configuration, but what it names may be another program.
    const other = await commit('other', undefined, 'Another program')
    const configured = await commit('main', base, 'Configure')
    expect(await ask(other.oid, configured.oid)).toMatchObject([
      {
        status: 'unchecked',
        sentence: `the checkout (${other.oid.slice(0, 7)}) is not that of the default branch, and nothing else is run`,
      },
    ])
    // An older commit of the default branch was its head when the run began.
    expect(await ask(base, configured.oid)).toMatchObject([{ status: 'fired' }])
  })
})

describe('train.strategy: incremental', () => {
  test('goes on from the champion and shows the prequential score', async () => {
    world.settings = `train: {model: linear, epochs: 10, strategy: incremental}\ntriggers: {performance: false, drift: false, volume: false}`
    world.write('data/february.csv', days({ from: 30, to: 60, seed: 8, rule: turned }))
    world.day = 60
    const run = await world.refresh(true, 'a stream')
    expect(run.outcome).toBe('proposed')
    const incremental = run.record?.training.incremental
    if (incremental === undefined || 'why' in incremental) throw new Error('trained from scratch')
    const { prequential, newRows, replayed, from } = incremental
    expect(from).toBe(1)
    expect(newRows).toBeGreaterThan(400)
    expect(replayed).toBeGreaterThan(100)
    expect(prequential.metric).toBe('auc')
    expect(prequential.champion as number).toBeLessThan(0.4)
    expect(prequential.value as number).toBeGreaterThan((prequential.champion as number) + 0.2)
    expect(prequential.batches.at(-1)?.value as number).toBeGreaterThan(0.6)
    const pull = await world.forge.pullRequest(run.pullRequest?.number as number)
    expect(pull?.body).toContain('Learned on from v1')
    expect(pull?.body).toMatch(/prequential auc 0\.\d+/i)
  })

  test('says why where it cannot, and trains from scratch', async () => {
    world.settings = `train: {model: mlp, hidden: [8], epochs: 5, strategy: incremental}\ntriggers: {performance: false, drift: false, volume: false}`
    world.write('data/february.csv', days({ from: 30, to: 40, seed: 8 }))
    const run = await world.refresh(true)
    expect(run.record?.training.incremental).toEqual({
      why: 'the champion has hidden layers of no units, and the configuration wants 8',
    })
  })
})

describe('bad input', () => {
  const watch = `${TRAIN}\ntriggers: {performance: {min-rows: 1}, drift: false, volume: {rows: 10}, schedule: {every: 5d}}`

  test.each([
    ['nothing new', ''],
    ['a single row', '2026-02-01T00:00:00,0.1,0.2,1\n'],
    ['rows of nothing but labels', '2026-02-01T00:00:00,,,1\n2026-02-02T00:00:00,,,0\n'],
    ['infinite values', '2026-02-01T00:00:00,inf,-inf,1\n2026-02-02T00:00:00,Infinity,1e999,0\n'],
  ])('%s: a sentence, and the others go on', async (_name, rows) => {
    world.settings = watch
    world.write('data/february.csv', `t,a,b,y\n${rows}`)
    world.day = 40
    const { triggers, error } = await world.check()
    expect(error).toBeUndefined()
    for (const { sentence } of triggers) expect(sentence).not.toMatch(/NaN|undefined \w+ is|\[object/)
    const [schedule, performance, , volume] = triggers
    expect(schedule?.status).toBe('fired')
    expect(['unchecked', 'quiet']).toContain(performance?.status)
    expect(volume?.status).toBe('quiet')
  })

  test('a time column with two formats: what needs the data could not be checked, the rest could', async () => {
    world.settings = watch
    world.write('data/february.csv', 't,a,b,y\n2026-02-01T00:00:00,0.1,0.2,1\n13/02/2026 10:00,0.1,0.2,1\n')
    world.day = 40
    const { triggers, decision, error } = await world.check()
    const statuses = Object.fromEntries(triggers.map(({ trigger, status }) => [trigger, status]))
    expect(statuses).toMatchObject({ schedule: 'fired', performance: 'unchecked', volume: 'unchecked' })
    expect(error?.message).toBe(
      'the time column "t" cannot be read in 1 of 2 new rows, the first is row 2 of data/february.csv (such as “13/02/2026 10:00”)',
    )
    expect(decision.sentence).toBe('schedule fired; performance and volume could not be checked')
  })

  test('a champion that cannot be loaded leaves only its own trigger unchecked', async () => {
    world.settings = `${TRAIN}\ntriggers: {performance: {min-rows: 1, metric: mae}, drift: false, volume: {rows: 10}}`
    world.write('data/february.csv', days({ from: 30, to: 31, seed: 2 }))
    const { triggers, error } = await world.check()
    expect(error).toBeUndefined()
    expect(triggers.find(({ trigger }) => trigger === 'performance')?.status).toBe('unchecked')
    expect(triggers.find(({ trigger }) => trigger === 'volume')?.status).toBe('fired')
  })
})
