import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/core/random.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import { mergeProfiles } from '../../src/data/merged-profile.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { formatProfile, parseProfile, profileError } from '../../src/data/profile-schema.ts'
import { createProfileSketch } from '../../src/data/profile-sketch.ts'
import { takeRows, type Column, type Table } from '../../src/data/table.ts'
import type { CategoryProfile, NumberProfile, Profile } from '../../src/data/types.ts'

const ROWS = 6000
const NAMES = Array.from({ length: 900 }, (_, i) => `Ortsteil № ${i}, “Süd”`)
const draws: Readonly<Record<string, (i: number, random: Random) => number>> = {
  skewed: (_i, random) => Math.exp(2 * random.normal()),
  sorted: (i) => i / 7,
  reversed: (i) => ROWS - i,
  constant: () => 3,
  integers: (_i, random) => random.below(12),
  'mostly zero': (_i, random) => (random.next() < 0.95 ? 0 : random.normal()),
  'with holes and ∞': (_i, random) =>
    random.next() < 0.1
      ? Number.NaN
      : random.next() < 0.05
        ? Infinity
        : random.next() < 0.05
          ? -Infinity
          : random.normal(),
  empty: () => Number.NaN,
}
const random = createRandom(2)
const columns: Column[] = [
  ...Object.entries(draws).map(([name, draw]): Column => ({
    kind: 'number',
    name,
    values: Float64Array.from({ length: ROWS }, (_, i) => draw(i, random)),
    integer: false,
  })),
  {
    kind: 'category',
    name: 'town',
    dictionary: NAMES,
    codes: Int32Array.from({ length: ROWS }, () => Math.floor(900 * random.next() ** 3)),
  },
  {
    kind: 'category',
    name: 'plan',
    dictionary: ['a', 'b'],
    codes: Int32Array.from({ length: ROWS }, () => random.below(3) - 1),
  },
]
const table: Table = { rows: ROWS, columns }
const names = columns.map(({ name }) => name)
const exact = buildProfile(table, undefined, names)

/** Through their JSON, as profiles that were saved. */
const saved = (profile: Profile): Profile => parseProfile(formatProfile(profile))

function expectWithinError(profile: Profile): void {
  for (const [i, column] of profile.columns.entries()) {
    const truth = exact.columns[i]!
    expect(column).toMatchObject({ name: truth.name, rows: truth.rows, missing: truth.missing, kind: truth.kind })
    if (column.kind === 'category') expectNames(column, truth as CategoryProfile, columns[i]!)
    else expectBins(column, truth as NumberProfile, (columns[i] as { values: Float64Array }).values)
  }
}

function expectBins(column: NumberProfile, truth: NumberProfile, values: Float64Array): void {
  expect(column).toMatchObject({ min: truth.min, max: truth.max })
  // Nine digits of a part’s are saved.
  expect(Math.abs(column.mean - truth.mean)).toBeLessThanOrEqual(1e-7 * truth.sd)
  expect(Math.abs(column.sd - truth.sd)).toBeLessThanOrEqual(1e-7 * truth.sd)
  expect(column.counts.reduce((sum, count) => sum + count, 0)).toBe(ROWS - truth.missing)
  expect(column.edges.length).toBeLessThanOrEqual(127)
  // NaN comes last.
  const sorted = values.slice().sort()
  let [below, rank] = [0, 0]
  column.edges.forEach((edge, bin) => {
    below += column.counts[bin]!
    while (sorted[rank]! <= edge) rank++
    expect(Math.abs(below - rank)).toBeLessThanOrEqual(column.error ?? 0)
  })
}

function expectNames(column: CategoryProfile, truth: CategoryProfile, data: Column): void {
  const { codes, dictionary } = data as Extract<Column, { kind: 'category' }>
  const counts = new Map<string, number>()
  for (const code of codes) if (code >= 0) counts.set(dictionary[code]!, (counts.get(dictionary[code]!) ?? 0) + 1)
  const error = column.error ?? 0
  const last = column.counts.at(-1) ?? 0
  for (const [name, count] of counts) {
    const at = column.categories.indexOf(name)
    const said = at < 0 ? 0 : column.counts[at]!
    expect(said).toBeLessThanOrEqual(count)
    expect(count).toBeLessThanOrEqual((at < 0 ? last : said) + error)
  }
  expect(column.other).toBe(ROWS - truth.missing - column.counts.reduce((sum, count) => sum + count, 0))
  // Three standard errors; exact where none is stated.
  expect(Math.abs(column.distinct - counts.size)).toBeLessThanOrEqual(3 * (column.distinctError ?? 0) * counts.size)
}

/** Rows of each shard: in blocks, so that sorted columns are in shards of different ranges, or dealt out. */
function shards(cuts: readonly number[], dealt: boolean): Uint32Array[] {
  const ends = [0, ...[...cuts].sort((a, b) => a - b), ROWS]
  const all = Uint32Array.from({ length: ROWS }, (_, i) => i)
  if (dealt) return ends.slice(1).map((_, i) => all.filter((row) => row % (ends.length - 1) === i))
  return ends.slice(1).map((end, i) => all.subarray(ends[i], end))
}

describe('saved profiles that are merged', () => {
  test('describe all rows, within the error that they state, in any split', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: ROWS }), { maxLength: 6 }), fc.boolean(), (cuts, dealt) => {
        const parts = shards(cuts, dealt).map((rows) => saved(buildProfile(table, rows, names)))
        const merged = mergeProfiles(parts)
        expectWithinError(saved(merged))
        // Order does not matter.
        expect(mergeProfiles(parts.toReversed()).columns.map(({ error }) => error)).toEqual(
          merged.columns.map(({ error }) => error),
        )
        // A merge of merges says so too.
        if (parts.length > 2) {
          const [first, ...others] = parts as [Profile, ...Profile[]]
          expectWithinError(mergeProfiles([saved(mergeProfiles(others)), first]))
        }
      }),
      { numRuns: 10, seed: 3 },
    )
  })

  test('of sketches are within the error too', () => {
    const parts = shards([1000, 4500], false).map((rows) => {
      const sketch = createProfileSketch(columns)
      sketch.add(takeRows(table, rows))
      return saved(sketch.result())
    })
    expectWithinError(mergeProfiles(parts))
  })

  test('lose nothing where the bins are the same: one profile, and counts on it, stay exact', () => {
    expect(mergeProfiles([exact])).toEqual(exact)
    const few = buildProfile(table, undefined, ['integers', 'plan'])
    const halves = shards([ROWS / 2], false).map((rows) => buildProfile(table, rows, ['integers', 'plan']))
    expect(mergeProfiles(halves)).toEqual(few)
    expect(profileError(mergeProfiles(halves))).toEqual({ ranks: 0, categories: 0, distinct: 0 })
  })

  test('stay below a bin in error: 1 % of the rows with 100 bins', () => {
    const parts = shards([1500, 3000, 4500], true).map((rows) => buildProfile(table, rows, ['skewed']))
    expect(mergeProfiles(parts).columns[0]!.error! / ROWS).toBeLessThanOrEqual(0.011)
  })

  test('count a column that one of them does not have as missing, and refuse one of another kind', () => {
    const [left, right] = shards([2000], false)
    const with_ = buildProfile(table, left, ['skewed', 'plan'])
    const without = buildProfile(table, right, ['plan'])
    const column = mergeProfiles([with_, without]).columns[0]!
    expect(column).toMatchObject({ name: 'skewed', rows: ROWS, missing: ROWS - 2000 })
    const text: Table = {
      rows: 1,
      columns: [{ kind: 'category', name: 'skewed', dictionary: ['x'], codes: new Int32Array(1) }],
    }
    expect(() => mergeProfiles([with_, buildProfile(text, undefined, ['skewed'])])).toThrow(
      'the profiles cannot be merged: skewed is a number in one and a category in another',
    )
  })
})

describe('a profile of 100 columns stays below 50 kB', () => {
  const rows = 5000
  const texts = Array.from(
    { length: rows },
    (_, i) => `order ${i} of a customer, with a long remark that nobody reads ${i * 7}`,
  )
  const long = Array.from({ length: 300 }, (_, i) => `Gemeindeverband “Große Straße” № ${i} — ${'ä'.repeat(40)}`)
  const kinds: readonly ((name: string) => Column)[] = [
    (name) => ({ kind: 'category', name, dictionary: texts, codes: Int32Array.from({ length: rows }, (_, i) => i) }),
    (name) => ({
      kind: 'category',
      name,
      dictionary: long,
      codes: Int32Array.from({ length: rows }, () => random.below(300)),
    }),
    (name) => ({
      kind: 'time',
      name,
      values: Float64Array.from({ length: rows }, () => 1.7e12 + random.next() * 1e11),
    }),
    (name) => ({
      kind: 'number',
      name,
      integer: false,
      values: Float64Array.from({ length: rows }, () => random.normal() * 1e-7),
    }),
    (name) => ({
      kind: 'number',
      name,
      integer: true,
      values: Float64Array.from({ length: rows }, () => random.below(1e9)),
    }),
  ]
  const wideOf = (make: (i: number) => Column): Table => ({
    rows,
    columns: Array.from({ length: 100 }, (_, i) => make(i)),
  })
  test.each([
    ['mixed', wideOf((i) => kinds[i % 5]!(`a column with quite a long name, number ${i}`))],
    ['all free text', wideOf((i) => kinds[0]!(`text_${i}`))],
    ['all with long category names', wideOf((i) => kinds[1]!(`category_${i}`))],
    ['all times', wideOf((i) => kinds[2]!(`time_${i}`))],
  ])('%s', (_name, wide) => {
    const all = wide.columns.map(({ name }) => name)
    const built = buildProfile(wide, undefined, all)
    const sketch = createProfileSketch(wide.columns)
    sketch.add(wide)
    for (const profile of [built, sketch.result(), mergeProfiles([built, built])]) {
      const text = formatProfile(profile)
      expect(Buffer.byteLength(text)).toBeLessThan(50_000)
      const back = parseProfile(text)
      expect(back).toEqual(JSON.parse(JSON.stringify(profile)))
      for (const column of back.columns) {
        expect(
          column.counts.reduce((sum, count) => sum + count, 0) + (column.kind === 'category' ? column.other : 0),
        ).toBe(profile.rows)
      }
    }
    // What gave way for the size can still be counted on.
    const counter = createCounter(built)
    counter.add(wide)
    const counts = counter.result()
    for (const [i, column] of built.columns.entries()) {
      expect(Array.from(counts.columns[i]!.counts)).toEqual(column.counts)
      expect(counts.columns[i]!.unseen).toBe(column.kind === 'category' ? column.other : 0)
    }
  })
})
