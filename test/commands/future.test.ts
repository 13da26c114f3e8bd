import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readingOf } from '../../src/commands/champion-readings.ts'
import { largestMark, seenMark, seenUntil, trainedUntil, wrongMark } from '../../src/commands/new-rows.ts'
import { readBase, readChampion, type Champion } from '../../src/commands/champion.ts'
import { checkModel, type CheckResult } from '../../src/commands/check.ts'
import { execute } from '../../src/commands/execute.ts'
import type { Project } from '../../src/commands/project.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { DataConfig, ModelConfig } from '../../src/config/schema.ts'
import type { Table } from '../../src/data/table.ts'
import type { Manifest } from '../../src/registry/manifest.ts'
import { dataConfig } from '../data/support.ts'
import { sampleManifest } from '../support/manifest.ts'
import { days, DAY, TriggerProject } from '../support/trigger-project.ts'

const SETTINGS = `train: {model: linear, epochs: 5}
triggers: {performance: {min-rows: 100}, drift: {window: 20d}, volume: {rows: 300}}`
/** The time of one row, counted from 0, replaced. */
const withTime = (csv: string, row: number, time: string): string =>
  csv
    .split('\n')
    .map((line, i) => (i === row + 1 ? line.replace(/^[^,]*/, time) : line))
    .join('\n')
/** Every time in another spelling. */
const spelled = (csv: string, write: (time: number) => string): string =>
  csv.replaceAll(/^\d{4}-[^,]*/gm, (text) => write(Date.parse(`${text}Z`)))

let world: TriggerProject
beforeEach(async () => {
  world = await TriggerProject.create(SETTINGS, 30)
})
afterEach(() => world.remove())

const sentences = (found: { readonly findings: readonly { readonly rule: string; readonly sentence: string }[] }) =>
  found.findings.map(({ rule, sentence }) => `${rule}: ${sentence}`)
const statuses = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries((await world.check()).triggers.map(({ trigger, status, value }) => [trigger, [status, value]]))
async function champion(): Promise<Champion> {
  const project = world.project()
  return (await readChampion(project, 'm', (await readBase(project)).commit)) as Champion
}

describe('one row of a time to come', () => {
  const january = days({ from: 0, to: 30, seed: 1 })
  const february = days({ from: 30, to: 40, seed: 2 })

  test('decides nothing: training, marks and the next check are those of the other rows', async () => {
    world.write('data/january.csv', withTime(january, 700, '2062-01-17T04:30:00'))
    const run = await world.refresh(true)
    const pull = await world.forge.pullRequest(run.pullRequest?.number as number)
    expect(pull?.body).toContain('2062-01-17T04:30:00Z (data/january.csv:702)')
    await world.forge.merge(pull?.number as number)
    const { manifest, record } = await champion()
    expect(manifest.training).toMatchObject({
      dataSeenUntil: '2026-01-30T23:24:00.000Z',
      rowsSeen: 1199,
      window: { from: '2026-01-01T00:00:00Z' },
    })
    expect(record?.evaluation.holdout.description).toContain('from 2026-01-2')

    world.day = 40
    world.write('data/february.csv', february)
    const seen = await statuses()
    const other = await TriggerProject.create(SETTINGS, 30)
    try {
      other.write('data/january.csv', january)
      await other.promote()
      other.day = 40
      other.write('data/february.csv', february)
      expect(Object.keys(seen)).toEqual((await other.check()).triggers.map(({ trigger }) => trigger))
      expect(seen['volume']).toEqual(['fired', 400])
      expect((await other.see('volume')).value).toBe(400)
    } finally {
      other.remove()
    }
  })

  test('among new rows is left out of every count, and told with its place', async () => {
    world.write('data/january.csv', january)
    await world.promote()
    world.day = 40
    world.write('data/february.csv', withTime(february, 3, '2126-02-01T00:00:00'))
    const seen = await world.check()
    expect(seen.rowsNew).toBe(399)
    expect(sentences(seen)).toContain(
      'future: t: 1 of 400 values (0.25 %) lie in the future (it is 2026-02-10T00:00:00Z), such as “2126-02-01” (data/february.csv:5); they are left out',
    )
    expect(seen.error).toBeUndefined()
  })

  test('and a zone that only some rows say is told as well', async () => {
    world.write('data/january.csv', january)
    await world.promote()
    world.day = 40
    world.write('data/february.csv', february)
    expect(sentences(await world.check())).toEqual([])
    world.write('data/february.csv', withTime(february, 3, '2026-02-01T00:00:00+02:00'))
    expect(sentences(await world.check()).join()).toMatch(
      /zones: t: mixed zones: 1 of [\d,]+ times with their zone, and the others are read as UTC/,
    )
  })

  test('a file of nothing else is an error: its dates are read wrongly', async () => {
    world.write('data/january.csv', january)
    await world.promote()
    world.day = 40
    world.write(
      'data/february.csv',
      spelled(february, (time) => new Date(time + 366 * DAY).toISOString()),
    )
    const { error, triggers } = await world.check()
    expect(error?.message).toMatch(/^more than half of the times of the time column "t" lie in the future/)
    expect(error?.place).toEqual({ file: 'data/february.csv', line: 2 })
    expect(triggers.find(({ trigger }) => trigger === 'volume')?.status).toBe('unchecked')
  })

  test('a file of 1970 is an error as well', async () => {
    world.write('data/january.csv', january)
    await world.promote()
    world.day = 40
    world.write(
      'data/february.csv',
      spelled(february, (time) => new Date(time / 1000).toISOString()),
    )
    const { error } = await world.check()
    expect(error?.message).toMatch(/^the dates of the time column "t" cannot be true/)
    expect(error?.place).toEqual({ file: 'data/february.csv' })
  })

  test('in the manifest of a version: its training stands for it, and the check says so', async () => {
    world.write('data/january.csv', january)
    await world.promote()
    const { manifest } = await champion()
    const branch = await world.forge.defaultBranch()
    const training = { ...manifest.training, dataSeenUntil: '2062-01-17T04:30:00.000Z' }
    await world.forge.commit({
      branch,
      expected: await world.forge.head(branch),
      message: 'A version of before',
      files: new Map([['models/m/manifest.json', JSON.stringify({ ...manifest, training })]]),
    })
    world.day = 40
    world.write('data/february.csv', days({ from: 31, to: 40, seed: 2 }))
    const seen = await world.check()
    expect(seen.rowsNew).toBe(360)
    expect(seen.findings.map(({ rule }) => rule)).not.toContain('late')
    expect(sentences(seen)[0]).toMatch(
      /^watermark: t: version 1 says that it has seen rows until 2062-01-17T04:30:00\.000Z, which cannot be: it was trained at 2026-01-31T00:00:00Z\. Rows after its training count as new/,
    )
    await world.promote()
    expect((await champion()).manifest.training.dataSeenUntil).toBe('2026-02-09T23:24:00.000Z')
    expect(sentences(await world.check())).toEqual([])
  })
})

describe('a format of numbers', () => {
  const compact = (time: number): string => new Date(time).toISOString().slice(0, 10).replaceAll('-', '')
  const seconds = (time: number): string => String(time / 1000)

  test('of compact days gives what the same days give as texts', async () => {
    const seen = []
    for (const write of [compact, (time: number): string => new Date(time).toISOString().slice(0, 10)]) {
      const one = await TriggerProject.create(SETTINGS, 30)
      try {
        one.write('data/january.csv', spelled(days({ from: 0, to: 30, seed: 1 }), write))
        await one.promote()
        one.day = 41
        one.write('data/february.csv', spelled(days({ from: 30, to: 41, seed: 2 }), write))
        seen.push((await one.check()).triggers)
      } finally {
        one.remove()
      }
    }
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]?.find(({ trigger }) => trigger === 'volume')).toMatchObject({ status: 'fired', value: 440 })
  })

  test('that the version was not trained on is refused by the check and by the training', async () => {
    // Without a window of drift a check reads the new file alone, which would tell another format.
    world.settings = SETTINGS.replace('drift: {window: 20d}', 'drift: false')
    world.write('data/january.csv', spelled(days({ from: 0, to: 30, seed: 1 }), seconds))
    await world.promote()
    expect(readingOf((await champion()) as Champion)?.timeFormat).toBe('seconds')
    world.day = 40
    world.write('data/february.csv', spelled(days({ from: 30, to: 40, seed: 2 }), compact))
    const { error } = await world.check()
    expect(error?.message).toBe(
      'the time column "t" cannot be read in 400 of 400 new rows, the first is row 1 of data/february.csv (such as “20260131”); version 1 was trained on seconds since 1970',
    )
    expect((await world.refresh(true)).error?.message).toMatch(
      /^the numbers of the time column "t" are of several formats: 20260131 \(compact dates \(.*\)\), \d+ \(seconds since 1970\)$/,
    )
  })

  test('that all files have changed to is refused as well, until the configuration names it', async () => {
    const milliseconds = (time: number): string => String(time)
    world.settings = SETTINGS.replace('drift: {window: 20d}', 'drift: false')
    world.write('data/january.csv', spelled(days({ from: 0, to: 30, seed: 1 }), seconds))
    await world.promote()
    world.day = 40
    world.write('data/january.csv', spelled(days({ from: 0, to: 30, seed: 1 }), milliseconds))
    world.write('data/february.csv', spelled(days({ from: 30, to: 40, seed: 2 }), milliseconds))
    expect((await world.check()).error?.message).toMatch(/version 1 was trained on seconds since 1970$/)
    const { error } = await world.refresh(true)
    expect(error?.message).toMatch(
      /^the time column "t" holds values that are no seconds since 1970, such as “\d{13}”$/,
    )
    expect((error as { hint?: string } | undefined)?.hint).toContain('data.time-format')
  })
})

describe('the marks of a version', () => {
  const TRAINED = '2026-02-12T00:00:00Z'
  const version = (training: Partial<Manifest['training']>): Champion => {
    const manifest = sampleManifest()
    return {
      manifest: { ...manifest, training: { ...manifest.training, trainedAt: TRAINED, ...training } },
    } as Champion
  }
  const time = dataConfig({ source: 'a.csv', time: 't' })
  const mark = dataConfig({ source: 'a.csv', watermark: 'w' })

  test.each<[string, Partial<Manifest['training']>, string | undefined]>([
    ['what it saw before', { dataSeenUntil: '2026-02-11T23:00:00.000Z' }, '2026-02-11T23:00:00.000Z'],
    ['a day ahead, which zones may be', { dataSeenUntil: '2026-02-13T00:00:00.000Z' }, '2026-02-13T00:00:00.000Z'],
    ['more than that', { dataSeenUntil: '2026-02-13T00:00:00.001Z' }, TRAINED],
    ['the end of time', { dataSeenUntil: '9999-12-31T00:00:00.000Z' }, TRAINED],
    ['dates read as seconds since 1970', { dataSeenUntil: '1970-08-23T12:00:00.000Z' }, TRAINED],
    ['nothing', { dataSeenUntil: null }, undefined],
  ])('%s', (_what, training, expected) => {
    const ms = expected === undefined ? undefined : Date.parse(expected)
    expect(seenUntil(version(training), time)).toBe(ms)
    expect(trainedUntil(version({ watermark: training.dataSeenUntil ?? null }), time)).toBe(ms)
    const told = wrongMark(version(training), time)?.sentence
    expect(told === undefined).toBe(expected !== TRAINED)
  })

  test('of 1970 are as they stand where the format is given', () => {
    const steps: DataConfig = { ...time, 'time-format': 'seconds' }
    expect(seenUntil(version({ dataSeenUntil: '1970-01-01T00:12:23.000Z' }), steps)).toBe(743_000)
  })

  test.each<[string | number, string | number]>([
    ['2026-02-11 10:00:00', '2026-02-11 10:00:00'],
    ['2062-01-17 04:30:00', '2026-02-12 00:00:00'],
    ['2062/01/17 04:30', '2026/02/12 00:00'],
    ['2062-01-17', '2026-02-12'],
    ['2062-01-17T04:30:00.123Z', '2026-02-12T00:00:00.000Z'],
    ['2062-01-17T04:30:00+02:00', '2026-02-12T02:00:00+02:00'],
    ['batch-0017', 'batch-0017'],
    [20_620_117, 20_620_117],
  ])('the mark %s becomes %s', (before, after) => {
    expect(seenMark(version({ seenMark: before }), mark)).toBe(after)
    expect(wrongMark(version({ seenMark: before }), mark) === undefined).toBe(before === after)
  })
})

describe('the largest value of data.watermark', () => {
  const now = Date.UTC(2026, 1, 12)
  const texts = (values: readonly string[]): Table => ({
    rows: values.length,
    columns: [{ kind: 'category', name: 'w', codes: Int32Array.from(values.keys()), dictionary: values }],
  })
  const numbers = (values: readonly number[]): Table => ({
    rows: values.length,
    columns: [{ kind: 'number', name: 'w', values: Float64Array.from(values), integer: true }],
  })
  const serial = Array.from({ length: 200 }, (_, i) => i)

  test.each<[string, Table, string | number | undefined, number]>([
    ['a time that has come', texts(['2026-02-01', '2062-01-01', '2026-02-10']), '2026-02-10', 1],
    ['of other texts the last', texts(['0017', '0018', 'zz']), 'zz', 0],
    ['none where all lie ahead', texts(['2062-01-01']), undefined, 1],
    ['a serial id, however large', numbers(serial.map((i) => 3e9 + i)), 3e9 + 199, 0],
    ['a small one', numbers(serial), 199, 0],
    ['seconds that have come', numbers([...serial.map((i) => 1_770_000_000 + i), 2_904_611_400]), 1_770_000_199, 1],
    ['compact days that have come', numbers([...serial.map((i) => 20_260_101 + (i % 28)), 20_620_117]), 20_260_128, 1],
  ])('is %s', (_what, table, expected, ahead) => {
    expect(largestMark(table, 'w', now)).toEqual({ mark: expected, ahead })
  })
})

test('a watermark of dates is compared by its characters, and one in the future hides nothing', async () => {
  const project = (): Project => {
    const plain = world.project()
    const configText = plain.configText.replace('time: t', 'watermark: t').replace(' drift: {window: 20d},', '')
    return { ...plain, configText, config: parseConfig(configText, plain.configPath) }
  }
  const check = (): Promise<CheckResult> => checkModel(project(), project().config.models['m'] as ModelConfig)
  world.write('data/january.csv', withTime(days({ from: 0, to: 30, seed: 1 }), 700, '2062-01-17T04:30:00'))
  const work = { kind: 'refresh', model: 'm', manual: true, reason: null } as const
  const { models } = await execute(project(), { work: [work], comment: undefined })
  const pull = await world.forge.pullRequest(models[0]?.pullRequest?.number as number)
  expect(pull?.body).toContain('t: 1 value lies in the future (it is 2026-01-31T00:00:00Z)')
  await world.forge.merge(pull?.number as number)
  expect((await champion()).manifest.training.seenMark).toBe('2026-01-30T23:24:00')

  world.day = 40
  world.write('data/february.csv', days({ from: 30, to: 40, seed: 2 }))
  expect((await check()).rowsNew).toBe(400)
  const january = withTime(days({ from: 0, to: 30, seed: 1 }), 700, '2062-01-17T04:30:00')
  world.write('data/january.csv', `${january}2026-01-02T00:00:00,0.1,0.2,1\n`)
  const seen = await check()
  expect(seen.rowsNew).toBe(400)
  expect(sentences(seen)).toContain(
    'late: t: 1 row of data/january.csv came late: not above 2026-01-30T23:24:00, the largest value known at the training; no check counts them as new',
  )
})
