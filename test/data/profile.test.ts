import { expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { formatProfile, parseProfile } from '../../src/data/profile-schema.ts'
import type { CategoryColumn, NumberColumn, Table } from '../../src/data/table.ts'
import type { CategoryProfile, NumberProfile } from '../../src/data/types.ts'

const number = (values: ArrayLike<number>, name = 'x'): NumberColumn => ({
  kind: 'number',
  name,
  values: Float64Array.from(values),
  integer: false,
})
const category = (values: readonly (string | null)[], name = 'c'): CategoryColumn => {
  const dictionary = [...new Set(values.filter((value) => value !== null))]
  return {
    kind: 'category',
    name,
    dictionary,
    codes: Int32Array.from(values, (v) => (v === null ? -1 : dictionary.indexOf(v))),
  }
}
const table = (...columns: Table['columns'][number][]): Table => {
  const first = columns[0] as Table['columns'][number]
  return { rows: first.kind === 'category' ? first.codes.length : first.values.length, columns }
}
const numbers = (values: ArrayLike<number>): NumberProfile =>
  buildProfile(table(number(values)), undefined, ['x']).columns[0] as NumberProfile

test('integers of few values get a bin each, and a bin below and above them', () => {
  const profile = numbers([1, 2, 2, 5, 5, 5])
  expect(profile.edges.slice(1)).toEqual([1, 2, 5])
  expect(profile.edges[0]).toBeLessThan(1)
  expect(profile.edges[0]).toBeGreaterThan(0.9)
  expect(profile.counts).toEqual([0, 1, 2, 3, 0])
  expect(profile.discrete).toBe(true)
})

test('many different values get bins of equal size', () => {
  const random = createRandom(3)
  const profile = numbers(Array.from({ length: 10_000 }, () => Math.exp(random.normal())))
  expect(profile.edges).toHaveLength(101)
  const inner = profile.counts.slice(1, -1)
  expect(Math.min(...inner)).toBeGreaterThan(80)
  expect(Math.max(...inner)).toBeLessThan(120)
  expect([profile.counts[0], profile.counts.at(-1)]).toEqual([0, 0])
  expect(profile.discrete).toBeUndefined()
})

test('a value that half of the rows have keeps a bin of its own', () => {
  const random = createRandom(4)
  const profile = numbers(Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 0 : 0.01 + random.next() * 100)))
  const bin = profile.edges.indexOf(0)
  expect(profile.counts[bin]).toBe(2000)
})

test('mean and spread are those of the present, finite values', () => {
  const profile = numbers([1, 3, Number.NaN, 5, Infinity, -Infinity])
  expect(profile).toMatchObject({ rows: 6, missing: 1, min: 1, max: 5, mean: 3 })
  expect(profile.sd).toBeCloseTo(Math.sqrt(8 / 3), 8)
  expect(profile.counts).toEqual([1, 1, 1, 1, 1])
})

test.each([
  ['all missing', [Number.NaN, Number.NaN]],
  ['no rows', []],
  ['constant', [5, 5, 5]],
  ['a constant 0', [0, 0]],
  ['only infinite', [Infinity, -Infinity]],
  ['as large as numbers get', [-1.7e308, 1.7e308, 3]],
  ['as small as numbers get', [5e-324, 1e-323, 0]],
])('%s: numbers only, rising edges, every present row counted', (_name, values) => {
  const profile = numbers(values)
  for (const value of [profile.min, profile.max, profile.mean, profile.sd, ...profile.edges])
    expect(Number.isFinite(value)).toBe(true)
  profile.edges.slice(1).forEach((edge, i) => expect(edge).toBeGreaterThan(profile.edges[i] as number))
  expect(profile.counts.reduce((sum, n) => sum + n, 0)).toBe(values.length - profile.missing)
})

test('only the given rows are described', () => {
  const profile = buildProfile(table(number([1, 2, 3, 4]), category(['a', 'b', 'a', null])), [0, 2], ['x', 'c'])
  expect(profile).toMatchObject({
    rows: 2,
    columns: [
      { max: 3, rows: 2 },
      { categories: ['a'], counts: [2], missing: 0 },
    ],
  })
})

test('categories come by frequency, the rest is pooled', () => {
  const values = [
    ...Array.from({ length: 3 }, () => 'often'),
    ...Array.from({ length: 250 }, (_, i) => `rare ${String(i).padStart(3, '0')}`),
    null,
  ]
  const profile = buildProfile(table(category(values)), undefined, ['c']).columns[0] as CategoryProfile
  expect(profile.categories).toHaveLength(200)
  expect(profile.categories.slice(0, 2)).toEqual(['often', 'rare 000'])
  expect(profile).toMatchObject({ rows: 254, missing: 1, other: 51, distinct: 251 })
})

test('columns the table does not have are left out', () => {
  expect(buildProfile(table(number([1])), undefined, ['y']).columns).toEqual([])
})

test('the profile of 100 columns stays below 50 kB, and reads back as it was', () => {
  const random = createRandom(5)
  const columns = Array.from({ length: 100 }, (_, c) =>
    c % 5 === 0
      ? category(
          Array.from({ length: 2000 }, () => `value ${random.below(30)}`),
          `column ${c}`,
        )
      : number(
          Array.from({ length: 2000 }, () => random.normal() * 10 ** (c % 7)),
          `column ${c}`,
        ),
  )
  const profile = buildProfile(
    table(...columns),
    undefined,
    columns.map((column) => column.name),
  )
  const text = formatProfile(profile)
  expect(text.length).toBeLessThan(50_000)
  expect(parseProfile(text)).toEqual(profile)
})

test.each([
  ['{', 'the profile is not JSON'],
  ['{"schemaVersion": 2, "rows": 1, "columns": []}', 'schemaVersion'],
  [
    '{"schemaVersion":1,"rows":1,"columns":[{"kind":"number","name":"x","rows":1,"missing":0,"min":1,"max":1,"mean":1,"sd":0,"edges":[2,1],"counts":[1,0,0]}]}',
    'rising edges',
  ],
])('a profile that is none is refused in one sentence: %s', (text, sentence) => {
  expect(() => parseProfile(text, { file: 'profile.json' })).toThrow(sentence)
})

test('a large column is sampled for its bins and counted in full, the same way every time', () => {
  const random = createRandom(6)
  const values = Float64Array.from({ length: 250_000 }, () => random.normal())
  values[77] = 1e6
  const profile = numbers(values)
  expect(profile.counts.reduce((sum, n) => sum + n, 0)).toBe(250_000)
  expect(profile.max).toBe(1e6)
  expect(profile.counts.at(-1)).toBe(0)
  expect(numbers(values)).toEqual(profile)
})
