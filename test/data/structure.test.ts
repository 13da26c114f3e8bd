import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/core/random.ts'
import { buildProfile, type ProfileOptions } from '../../src/data/profile.ts'
import { formatProfile, parseProfile } from '../../src/data/profile-schema.ts'
import { quantileProfile } from '../../src/data/profile-quantiles.ts'
import { fitProfile } from '../../src/data/profile-size.ts'
import { createStructureCounter, encodeStructure, fitStructure } from '../../src/data/structure.ts'
import type { Table } from '../../src/data/table.ts'

const DAY = 86_400_000
const all = (table: Table): Uint32Array => Uint32Array.from({ length: table.rows }, (_, i) => i)
const names = (table: Table): string[] => table.columns.map((column) => column.name)

describe('rows of one day that resemble each other', () => {
  /** 40 days of 50 rows; `between` of the variance lies between days. */
  const daily = (between: number, random: Random): Table => {
    let effect = 0
    const days = Array.from({ length: 2000 }, (_, i) => Math.floor(i / 50))
    const x = days.map((_day, i) => {
      if (i % 50 === 0) effect = random.normal()
      return Math.sqrt(between) * effect + Math.sqrt(1 - between) * random.normal()
    })
    return {
      rows: 2000,
      columns: [
        { kind: 'time', name: 't', values: Float64Array.from(days, (day, i) => day * DAY + i) },
        { kind: 'number', name: 'x', values: Float64Array.from(x), integer: false },
        {
          kind: 'category',
          name: 'c',
          dictionary: ['a', 'b', 'd'],
          codes: Int32Array.from(x, (v) => (v < -0.5 ? 0 : v < 0.5 ? 1 : 2)),
        },
      ],
    }
  }
  const effects = (between: number, seed: number, options: ProfileOptions = { time: 't' }) =>
    buildProfile(daily(between, createRandom(seed)), undefined, ['x', 'c'], options).columns.map(
      (column) => column.designEffect ?? 1,
    )

  test('count for as many as they are worth: 1 + (rows a day − 1)·ρ', () => {
    const sums = [0, 0]
    for (let seed = 0; seed < 20; seed++) effects(0.3, seed).forEach((effect, i) => (sums[i] = sums[i]! + effect / 20))
    // Of the ranks ρ is a little below that of the values, 0.3: about 0.29, and 14 to 16 rows.
    expect(sums[0]).toBeGreaterThan(13)
    expect(sums[0]).toBeLessThan(18)
    // Of indicators it is lower still.
    expect(sums[1]).toBeGreaterThan(4)
    expect(sums[1]).toBeLessThan(12)
  })

  test('count one by one where days do not matter, and where no time is known', () => {
    const seen = Array.from({ length: 20 }, (_, seed) => effects(0, seed)).flat()
    expect(seen.filter((effect) => effect > 1).length).toBeLessThanOrEqual(1)
    expect(effects(0.8, 1, {})).toEqual([1, 1])
  })
})

describe('how columns hang together', () => {
  const random = createRandom(4)
  const rows = 3000
  const a = Float64Array.from({ length: rows }, () => 100 + 20 * random.normal())
  const table: Table = {
    rows,
    columns: [
      { kind: 'number', name: 'a', values: a, integer: false },
      { kind: 'number', name: 'b', values: a.map((value) => 3 * value + 5 * random.normal()), integer: false },
      { kind: 'number', name: 'flat', values: new Float64Array(rows).fill(7), integer: true },
      {
        kind: 'category',
        name: 'c',
        dictionary: ['x', 'y', 'z'],
        codes: Int32Array.from(a, (value) => (value > 110 ? 2 : value > 95 ? 1 : 0)),
      },
    ],
  }
  const profile = buildProfile(table, undefined, names(table))
  const structure = fitStructure(table, all(table), profile, createRandom(1))!

  test('is told by components of the columns that vary, and survives the file', () => {
    expect(structure.columns.map((column) => column.name)).toEqual(['a', 'b', 'c'])
    expect(structure.components).toHaveLength(1)
    expect(structure.error.rows).toBe(1500)
    expect(parseProfile(formatProfile({ ...profile, structure })).structure).toEqual(structure)
  })

  test('rows that do not fit it have larger errors; missing, infinite and unknown values none that matter', () => {
    const counter = createStructureCounter(structure)
    counter.add({
      ...table,
      columns: table.columns.map((column) =>
        column.name === 'b' ? ({ ...column, values: a.map((v) => -3 * v + 600) } as typeof column) : column,
      ),
    })
    const { counts, rows: seen } = counter.result()
    expect(seen).toBe(rows)
    const upper = counts.slice(counts.length >> 1).reduce((sum, count) => sum + count, 0)
    expect(upper / rows).toBeGreaterThan(0.8)
    const odd: Table = {
      rows: 3,
      columns: [
        { kind: 'number', name: 'a', values: Float64Array.of(Number.NaN, Infinity, -1e300), integer: false },
        { kind: 'category', name: 'c', dictionary: ['never seen'], codes: Int32Array.of(0, -1, 0) },
      ],
    }
    const encoded = encodeStructure(structure.columns, odd)
    expect([...encoded].every((value) => Math.abs(value) <= 5)).toBe(true)
    expect(encoded[0]).toBe(0)
    expect(encoded.filter((_, i) => i % 3 === 1)).toEqual(Float64Array.of(0, 0, 0))
  })

  test('nothing is told of one column, or of a handful of rows', () => {
    expect(
      fitStructure(table, all(table), { ...profile, columns: profile.columns.slice(0, 1) }, createRandom(1)),
    ).toBeUndefined()
    expect(fitStructure(table, Uint32Array.of(1, 2, 3), profile, createRandom(1))).toBeUndefined()
  })
})

test('the profile of 100 columns stays under 50 kB, also with their structure', () => {
  const random = createRandom(6)
  const rows = 2000
  const wide: Table = {
    rows,
    columns: Array.from({ length: 100 }, (_, i) =>
      i % 5 === 4
        ? {
            kind: 'category' as const,
            name: `category ${i}`,
            dictionary: Array.from({ length: 40 }, (_value, code) => `value ${code}`),
            codes: Int32Array.from({ length: rows }, () => random.below(40)),
          }
        : {
            kind: 'number' as const,
            name: `number ${i}`,
            values: Float64Array.from({ length: rows }, () => random.normal()),
            integer: false,
          },
    ),
  }
  const plain = buildProfile(wide, undefined, names(wide))
  const described = {
    ...plain,
    columns: plain.columns.map((column) => ({ ...column, importance: 0.001234, designEffect: 3.214 })),
  }
  expect(formatProfile(described).length).toBeLessThan(50_000)
  const structure = fitStructure(wide, all(wide), described, createRandom(1))
  expect(formatProfile(fitProfile({ ...described, structure })).length).toBeLessThan(50_000)
})

test('a distribution of which only quantiles are known has a bin between any two that differ', () => {
  expect(quantileProfile('score', [0, 1, 2], 10).counts).toEqual([0, 5, 5, 0])
  const tied = quantileProfile('score', [0.5, 0.5, 0.5, 0.5, 1], 8)
  expect(tied.counts).toEqual([0, 6, 2, 0])
  expect(tied.counts.length).toBe(tied.edges.length + 1)
})
