import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { checkModel } from '../../src/commands/check.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { ModelConfig } from '../../src/config/schema.ts'
import { execute } from '../../src/commands/execute.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

/** A check and a retraining read a column in the same way, and say the same of what they cannot read. */
const SETTINGS =
  'train: {model: linear, epochs: 5}\ntriggers: {performance: false, drift: {min-rows: 50}, volume: false}'
const MISREAD = new Set(['nearly-typed', 'unread', 'type-changed'])

/** Every n-th value of a column (`a` is what tells of the label, `b` is noise) is another text. */
const spoiled = (csv: string, n: number, text: (value: string) => string, name: 'a' | 'b' = 'a'): string =>
  csv
    .split('\n')
    .map((line, i) => {
      const cells = line.split(',')
      const at = name === 'a' ? 1 : 2
      return i === 0 || line === '' || i % n !== 0 ? line : cells.with(at, `"${text(cells[at] ?? '')}"`).join(',')
    })
    .join('\n')

interface Seen {
  readonly check: readonly string[]
  readonly retrain: readonly string[]
  /** What the first screen of the pull request warns of. */
  readonly warnings: readonly string[]
  /** What the log warns of. */
  readonly log: readonly string[]
  readonly error: string | undefined
}

/** @param data more settings of the data, as YAML */
async function both(world: TriggerProject, data = ''): Promise<Seen> {
  const plain = world.project()
  const configText = plain.configText.replace('time: t}', `time: t${data}}`)
  const configured = { ...plain, configText, config: parseConfig(configText, plain.configPath) }
  const { findings } = await checkModel(configured, configured.config.models['m'] as ModelConfig)
  const sentences = (all: readonly { rule: string; severity: string; sentence: string }[]): string[] =>
    all.filter(({ rule }) => MISREAD.has(rule)).map(({ severity, sentence }) => `${severity} ${sentence}`)
  const log: string[] = []
  const project = { ...configured, log: { ...silentLog, warn: (text: string) => void log.push(text) } }
  const work = { kind: 'refresh', model: 'm', manual: true, reason: 'a version' } as const
  const { models } = await execute(project, { work: [work], comment: undefined })
  const { record, error } = models[0] ?? {}
  return {
    check: sentences(findings),
    retrain: sentences(record?.quality ?? []),
    warnings: record?.evaluation.warnings ?? [],
    log: log.filter((text) => /numbers/.test(text)),
    error: error?.message,
  }
}

describe('once there is a version', () => {
  let world: TriggerProject
  let trained: TriggerProject
  beforeAll(async () => {
    trained = await TriggerProject.create(SETTINGS, 30)
    trained.write('data/january.csv', days({ from: 0, to: 30, seed: 1 }))
    await trained.promote()
  })
  beforeEach(async () => {
    world = await trained.copy(50)
  })
  afterEach(() => world.remove())
  afterAll(() => trained.remove())
  const february = days({ from: 30, to: 50, seed: 2 })

  test('a text that means “missing” does so in both, and nobody says a word', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 5, () => '\\N'),
    )
    const seen = await both(world)
    expect(seen).toMatchObject({ check: [], retrain: [], log: [], error: undefined })
  })

  test('another text is told by both in the same words, and the column stays one of numbers', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 5, () => 'kaputt'),
    )
    const sentence =
      'a: 160 of 800 values (20 %) are no numbers and count as missing, all of them “kaputt”; if “kaputt” means “missing”, add it to data.missing'
    const seen = await both(world)
    expect(seen).toMatchObject({ check: [`warn ${sentence}`], retrain: [`warn ${sentence}`], error: undefined })
    expect(seen.log).toEqual([`m: ${sentence}`])
    expect(seen.warnings[0]).toBe(sentence)
  })

  test('that setting cures it', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 5, () => 'kaputt'),
    )
    expect(await both(world, ', missing: kaputt')).toMatchObject({ check: [], retrain: [], error: undefined })
  })

  test('what is no longer numbers stops the retraining with the words of the check', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 1, (value) => (Number(value) > 0 ? 'high' : 'low')),
    )
    const seen = await both(world)
    expect(seen.check).toHaveLength(1)
    expect(seen.check[0]).toMatch(
      /^stop a: 800 of 800 values \(100 %\) are no numbers and count as missing, most often “/,
    )
    expect(seen.error).toBe(`m: ${seen.check[0]?.slice('stop '.length)}`)
    expect(seen.log).toEqual([`m: a retraining would stop: ${seen.check[0]?.slice('stop '.length)}`])
  })

  test('old rows of a file that grows say nothing of the new ones', async () => {
    const january = readFileSync(join(world.root, 'data/january.csv'), 'utf8')
    const [, ...rows] = spoiled(february, 80, () => 'kaputt').split('\n')
    world.write('data/january.csv', `${spoiled(january, 20, () => 'older')}${rows.join('\n')}`)
    const { check } = await both(world)
    // 10 of the 800 new values are few; what stands in the rows before them has been trained on.
    expect(check).toEqual([])
  })

  test('a decimal comma among decimal points is told, and never read as another number', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 4, (value) => value.replace('.', ',')),
    )
    const seen = await both(world)
    expect(seen.check[0]).toMatch(
      /^warn a: 200 of 800 values \(25 %\) are no numbers .*used to be written in another way/,
    )
    expect(seen.retrain).toEqual(seen.check)
  })

  test('a column that changes its mark altogether is not read by another one without a word', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 1, (value) => value.replace('.', ',')),
    )
    const seen = await both(world)
    expect(seen.check[0]).toMatch(
      /^stop a: 800 of 800 values \(100 %\) are no numbers .*used to be written in another way/,
    )
    expect(seen.error).toContain('used to be written in another way')
  })

  test('thousands that are separated are read by both, for the version knows what its points mean', async () => {
    world.write(
      'data/february.csv',
      spoiled(february, 4, () => '1,234.5'),
    )
    expect(await both(world)).toMatchObject({ check: [], retrain: [], error: undefined })
  })
})

describe('before there is a version', () => {
  let world: TriggerProject
  beforeEach(async () => {
    world = await TriggerProject.create(SETTINGS, 30)
  })
  afterEach(() => world.remove())

  test('both say that a column is nearly one of numbers, once, and the pull request on its first screen', async () => {
    world.write(
      'data/january.csv',
      spoiled(days({ from: 0, to: 30, seed: 1 }), 5, () => 'kaputt'),
    )
    const seen = await both(world)
    expect(seen.check[0]).toMatch(
      /^warn a: 400 of 500 values \(80 %\) are numbers and all others are “kaputt”.*add it to data\.missing/,
    )
    expect(seen.retrain[0]).toMatch(/^warn a: 960 of 1,200 values \(80 %\) are numbers and all others are “kaputt”/)
    expect(seen.warnings[0]).toBe(seen.retrain[0]?.slice('warn '.length))
    expect(seen.log).toHaveLength(1)
  })

  test('a check of the version that was trained so says it again', async () => {
    world.write(
      'data/january.csv',
      spoiled(days({ from: 0, to: 30, seed: 1 }), 5, () => 'kaputt', 'b'),
    )
    await world.promote()
    world.day = 50
    world.write(
      'data/february.csv',
      spoiled(days({ from: 30, to: 50, seed: 2 }), 5, () => 'kaputt', 'b'),
    )
    const { check, retrain } = await both(world)
    expect(check[0]).toMatch(
      /^warn b: 400 of 500 values \(80 %\) are numbers and all others are “kaputt”.*data\.missing/,
    )
    expect(retrain).toEqual(check)
  })

  test('and with that setting the column becomes one of numbers, which is told and stops nothing', async () => {
    world.write(
      'data/january.csv',
      spoiled(days({ from: 0, to: 30, seed: 1 }), 5, () => 'kaputt', 'b'),
    )
    await world.promote()
    world.day = 50
    world.write('data/february.csv', days({ from: 30, to: 50, seed: 2 }))
    const seen = await both(world, ', missing: kaputt')
    expect(seen.error).toBeUndefined()
    expect(seen.retrain).toEqual(['warn b: the champion was trained on categories, the column now holds numbers'])
  })
})
