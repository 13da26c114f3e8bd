import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashRows } from '../../src/data/row-hash.ts'
import { splitRows, type SplitOptions } from '../../src/data/split.ts'
import { type Table, takeRows } from '../../src/data/table.ts'
import type { Split } from '../../src/data/types.ts'
import { failure } from './support.ts'
import { tableOf } from './tables.ts'

const DAY = 86_400_000
const split = (table: Table, options: Partial<SplitOptions> = {}): Split =>
  splitRows({
    table,
    data: { time: undefined, id: undefined },
    holdout: undefined,
    validation: 0.15,
    seed: 42,
    ...options,
  })
const byTime = { data: { time: 't@', id: undefined } }
const all = (parts: Split): number[] => [...parts.train, ...parts.validation, ...parts.holdout].sort((a, b) => a - b)
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** n rows, one a day. */
const days = (n: number): Table => tableOf({ 't@': range(n).map((i) => i * DAY), x: range(n) })

describe('a split in time', () => {
  test('holds out the newest share, validates on the newest of the rest', () => {
    const parts = split(days(100), byTime)
    expect([...parts.holdout]).toEqual(range(100).slice(80))
    expect([...parts.validation]).toEqual(range(100).slice(68, 80))
    expect([...parts.train]).toEqual(range(68))
    expect(parts.watermark).toBe(79 * DAY)
    expect(parts).toMatchObject({
      championSafe: true,
      description: 'the newest 20 rows (20 %), from 1970-03-22T00:00:00Z',
    })
  })

  test('holds out the newest half of what came after the champion, so that the candidate learns something new as well', () => {
    const parts = split(days(100), { ...byTime, champion: { watermark: 89 * DAY } })
    expect([...parts.holdout]).toEqual(range(100).slice(95))
    expect(parts.watermark).toBe(94 * DAY)
    expect(parts.description).toBe(
      'the newest 5 rows (5 %), half of the rows after the champion’s training, from 1970-04-06T00:00:00Z',
    )
  })

  test('holds out only half of what came since the champion fails, but enough to judge by', () => {
    const stale = (since: number, least: number) =>
      split(days(100), { ...byTime, champion: { watermark: 59 * DAY, stale: { since: since * DAY, least } } })
    expect([...split(days(100), { ...byTime, champion: { watermark: 59 * DAY } }).holdout]).toEqual(
      range(100).slice(80),
    )
    expect([...stale(88, 3).holdout]).toEqual(range(100).slice(94))
    expect(stale(88, 3).description).toContain('half of the rows since the champion fails')
    expect(stale(88, 10).holdout.length).toBe(10)
    expect(stale(0, 3).holdout.length).toBe(20)
  })

  test('holds out no more than the configured share, however much is new', () => {
    const parts = split(days(100), { ...byTime, holdout: { last: 0.1 }, champion: { watermark: 9 * DAY } })
    expect(parts.holdout.length).toBe(10)
  })

  test('says so when the champion has seen everything', () => {
    const parts = split(days(100), { ...byTime, champion: { watermark: 200 * DAY } })
    expect(parts).toMatchObject({ championSafe: false })
    expect(parts.note).toContain('no row is newer than the champion’s training')
    expect(parts.holdout.length).toBe(20)
  })

  test('holds out a last day as a whole, the candidate having to do without it', () => {
    const table = tableOf({ 't@': [0, 1, 2, 3, 9, 9, 9, 9].map((day) => day * DAY), x: range(8) })
    const parts = split(table, { ...byTime, champion: { watermark: 3 * DAY } })
    expect([...parts.holdout]).toEqual([4, 5, 6, 7])
    expect(parts.championSafe).toBe(true)
  })

  test('trains on the window only, and holds out the same rows as without', () => {
    const duration = split(days(100), { ...byTime, window: { ms: 30 * DAY } })
    expect([...duration.train, ...duration.validation]).toEqual(range(100).slice(50, 80))
    const rows = split(days(100), { ...byTime, window: { rows: 10 } })
    expect([...rows.train, ...rows.validation]).toEqual(range(100).slice(70, 80))
    expect(rows.holdout).toEqual(split(days(100), byTime).holdout)
  })

  test('of rows that all carry one time goes by hash, and says so', () => {
    const parts = split(tableOf({ 't@': range(50).map(() => 5), x: range(50) }), byTime)
    expect(parts.note).toBe('all rows carry the same time, so they are split by a hash')
    expect(all(parts)).toEqual(range(50))
  })

  const tables = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 120 })

  test('is disjoint and complete, keeps equal times together, and never tests on what the champion has seen', () => {
    fc.assert(
      fc.property(
        tables,
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        fc.option(fc.integer({ min: -1, max: 41 })),
        (times, share, watermark) => {
          const table = tableOf({ 't@': times, x: range(times.length) })
          const parts = split(table, {
            ...byTime,
            holdout: { last: share },
            champion: watermark === null ? undefined : { watermark },
          })
          expect(all(parts)).toEqual(range(times.length))
          if (parts.note !== undefined) return
          const at = (rows: Uint32Array): number[] => [...rows].map((row) => times[row] as number)
          const oldest = Math.min(...at(parts.holdout))
          expect(Math.max(...at(parts.train), ...at(parts.validation))).toBeLessThan(oldest)
          expect(Math.max(...at(parts.train), ...at(parts.validation))).toBe(parts.watermark)
          expect(oldest).toBeGreaterThan(parts.championSafe ? (watermark ?? -1) : -1)
          // Training and validation rows of one single time can only be told apart by a hash.
          const several = new Set([...at(parts.train), ...at(parts.validation)]).size > 1
          expect(Math.min(...at(parts.validation))).toBeGreaterThan(several ? Math.max(...at(parts.train)) : -1)
        },
      ),
    )
  })

  test('chained: each champion’s holdout lies after its own training, and is fresh for the next', () => {
    let watermark: number | undefined
    for (let months = 3; months < 12; months++) {
      const parts = split(days(months * 30), {
        ...byTime,
        champion: watermark === undefined ? undefined : { watermark },
      })
      expect(parts.championSafe).toBe(true)
      expect(Math.min(...parts.holdout) * DAY).toBeGreaterThan(watermark ?? -1)
      expect(parts.watermark).toBeGreaterThan(watermark ?? -1)
      watermark = parts.watermark
    }
  })
})

describe('a split by hash', () => {
  const people = (n: number): Table =>
    tableOf({ id: range(n).map((i) => `u${i % 97}`), x: range(n).map((i) => i * 1.25) })

  test('holds out about the share, and says by what', () => {
    const parts = split(people(20_000))
    expect(parts.holdout.length / 20_000).toBeCloseTo(0.2, 1)
    expect(parts.validation.length / (parts.train.length + parts.validation.length)).toBeCloseTo(0.15, 1)
    expect(parts.description).toMatch('20 % of the rows, by a hash of their cells')
    expect(parts.watermark).toBeUndefined()
  })

  test('is disjoint and complete, and keeps all rows of an id on one side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 200 }),
        fc.integer(),
        (ids, seed) => {
          const table = tableOf({ id: ids.map((id) => `u${id}`), x: range(ids.length) })
          const parts = split(table, { data: { id: 'id', time: undefined }, seed })
          expect(all(parts)).toEqual(range(ids.length))
          const sides = [parts.train, parts.validation, parts.holdout].map(
            (rows) => new Set([...rows].map((row) => ids[row])),
          )
          for (const [i, side] of sides.entries()) {
            for (const other of sides.slice(i + 1)) expect([...side].filter((id) => other.has(id))).toEqual([])
          }
        },
      ),
    )
  })

  test('puts the same row on the same side when rows are added, moved, or the seed of training changes', () => {
    const before = people(500)
    const parts = split(before)
    const heldOut = new Set(parts.holdout)
    const grown = split(people(800), { seed: 7 })
    expect([...grown.holdout].filter((row) => row < 500)).toEqual([...parts.holdout])
    const backwards = range(500).reverse()
    const moved = split(takeRows(before, backwards))
    expect(new Set([...moved.holdout].map((row) => backwards[row]))).toEqual(heldOut)
  })

  test('puts equal rows on the same side', () => {
    const table = tableOf({ c: range(400).map((i) => `v${i % 40}`), x: range(400).map((i) => i % 40) })
    const parts = split(table)
    const values = (rows: Uint32Array): Set<number> => new Set([...rows].map((row) => row % 40))
    expect([...values(parts.holdout)].filter((value) => values(parts.train).has(value))).toEqual([])
  })

  test('of rows without an id treats each as one of its own', () => {
    const table = tableOf({ id: range(1000).map(() => null), x: range(1000) })
    expect(split(table, { data: { id: 'id', time: undefined } }).holdout.length).toBeGreaterThan(120)
  })
})

test('a holdout in files of its own leaves all rows of the table to training and validation', () => {
  const holdoutTable = days(7)
  const parts = split(days(100), { ...byTime, holdout: { files: ['t.csv'] }, holdoutTable })
  expect(parts.holdout.length).toBe(0)
  expect(parts.holdoutTable).toBe(holdoutTable)
  expect([...parts.train, ...parts.validation]).toEqual(range(100))
  expect(parts.description).toBe('7 rows in files of their own')
})

test('a time column that holds no times is an error', async () => {
  const error = await failure(() => split(tableOf({ t: ['a'], x: [1] }), { data: { time: 't', id: undefined } }))
  expect(error.message).toBe('the time column "t" holds no times')
})

test('the hash of a row knows neither the order of columns nor codes nor the sign of zero', () => {
  const one = tableOf({ a: ['x', 'y', null], n: [1, 0, 2] })
  const other = tableOf({ n: [2, -0, 1], a: [null, 'y', 'x'] })
  expect([...hashRows(one)]).toEqual([...hashRows(other)].reverse())
})
