import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildProfile } from '../../src/data/profile.ts'
import { binOf, countNumbers, createLookup, createTally } from '../../src/data/profile-bins.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import { mergeCounts } from '../../src/data/profile-merge.ts'
import type { Column, Table } from '../../src/data/table.ts'

const number = (name: string, values: readonly number[]): Column => ({
  kind: 'number',
  name,
  values: Float64Array.from(values),
  integer: false,
})
const category = (name: string, dictionary: readonly string[], codes: readonly number[]): Column => ({
  kind: 'category',
  name,
  dictionary,
  codes: Int32Array.from(codes),
})
const table = (rows: number, ...columns: Column[]): Table => ({ rows, columns })

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(Infinity, -Infinity, Number.NaN),
)

describe('bins', () => {
  test('the fast count is the plain one: first bin whose upper edge is not below the value', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), { maxLength: 127 }),
        fc.array(anyNumber),
        (unsorted, random) => {
          const edges = unsorted.map((edge) => edge + 0).sort((a, b) => a - b)
          if (edges.some((edge, i) => i > 0 && edge === edges[i - 1])) return
          const values = Float64Array.from([...random, ...edges])
          const expected = new Float64Array(edges.length + 1)
          for (const value of values) {
            if (Number.isNaN(value)) continue
            const bin = edges.findIndex((edge) => value <= edge)
            const found = bin < 0 ? edges.length : bin
            expected[found] = (expected[found] as number) + 1
            expect(binOf(edges, value)).toBe(found)
          }
          const tally = createTally(edges)
          countNumbers(values, undefined, createLookup(edges), tally)
          expect(tally.counts).toEqual(expected)
        },
      ),
    )
  })
})

test('the rows a profile was built from, counted on it, give its own counts', () => {
  fc.assert(
    fc.property(fc.array(anyNumber, { maxLength: 300 }), (values) => {
      const data = table(values.length, number('x', values))
      const profile = buildProfile(data, undefined, ['x'])
      const counter = createCounter(profile)
      counter.add(data)
      const column = counter.result().columns[0]
      expect([...(column?.counts ?? [])]).toEqual(profile.columns[0]?.counts)
      expect(column?.missing).toBe(profile.columns[0]?.missing)
    }),
  )
})

test('counting in batches, or in shards that are merged, gives the whole', () => {
  const profile = buildProfile(
    table(6, number('x', [1, 2, 3, 4, 5, 6]), category('c', ['a', 'b'], [0, 0, 1, 1, 0, -1])),
    undefined,
    ['x', 'c'],
  )
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constant(Number.NaN)), fc.integer({ min: -1, max: 3 })),
      ),
      fc.nat(),
      (rows, cut) => {
        const part = (from: number, to?: number): Table => {
          const slice = rows.slice(from, to)
          return table(
            slice.length,
            number(
              'x',
              slice.map((row) => row[0]),
            ),
            category(
              'c',
              ['b', 'z', 'a', 'y'],
              slice.map((row) => row[1]),
            ),
          )
        }
        const at = rows.length === 0 ? 0 : cut % rows.length
        const count = (...parts: Table[]) => {
          const counter = createCounter(profile)
          for (const one of parts) counter.add(one)
          return counter.result()
        }
        const whole = count(part(0))
        const normal = ({ columns, ...rest }: typeof whole) => ({
          ...rest,
          columns: columns.map((column) => ({
            ...column,
            mean: column.mean.toFixed(9),
            below: column.below?.toFixed(9),
            above: column.above?.toFixed(9),
            unseenExamples: column.unseenExamples.toSorted(),
          })),
        })
        expect(normal(count(part(0, at), part(at)))).toEqual(normal(whole))
        expect(normal(mergeCounts(count(part(0, at)), count(part(at))))).toEqual(normal(whole))
      },
    ),
  )
})

test('unseen categories are counted and named, the most frequent first', () => {
  const profile = buildProfile(table(3, category('plan', ['basic', 'pro'], [0, 1, 0])), undefined, ['plan'])
  const counter = createCounter(profile)
  counter.add(table(4, category('plan', ['basic', 'gold', 'enterprise'], [2, 1, 2, 0])))
  expect(counter.result().columns[0]).toMatchObject({ unseen: 3, unseenExamples: ['enterprise', 'gold'], missing: 0 })
})

test('a dictionary may grow in place, be replaced by a longer copy, or be another one', () => {
  const profile = buildProfile(table(3, category('plan', ['a', 'b', 'c'], [0, 1, 2])), undefined, ['plan'])
  const counter = createCounter(profile)
  const growing = ['x', 'a']
  counter.add(table(2, category('plan', growing, [0, 1])))
  growing.push('b')
  counter.add(table(1, category('plan', growing, [2])))
  counter.add(table(1, category('plan', [...growing, 'c'], [3])))
  counter.add(table(2, category('plan', ['c', 'b'], [0, 1])))
  counter.add(table(1, category('plan', ['b', 'a', 'x'], [1])))
  const [column] = counter.result().columns
  expect(profile.columns[0]).toMatchObject({ categories: ['a', 'b', 'c'] })
  expect([...(column?.counts ?? [])]).toEqual([2, 2, 2])
  expect(column?.unseen).toBe(1)
})

test('a column that is gone counts as missing; one that is new is named', () => {
  const profile = buildProfile(table(2, number('x', [1, 2]), number('y', [1, 2])), undefined, ['x', 'y'])
  const counter = createCounter(profile, { label: 'churned', known: ['id'] })
  counter.add(
    table(2, number('y', [1, 1]), number('z', [3, 3]), number('id', [7, 8]), category('churned', ['yes'], [0, -1])),
  )
  const counts = counter.result()
  expect(counts).toMatchObject({ rows: 2, labelled: 1, vanished: ['x'], added: ['z'] })
  expect(counts.columns[0]).toMatchObject({ name: 'x', missing: 2 })
})

test('a column that the file does not have has vanished, also where the reader fills it with missing values', () => {
  const profile = buildProfile(table(1, number('x', [1]), number('y', [1])), undefined, ['x', 'y'])
  const counter = createCounter(profile)
  const batch = table(1, number('x', [Number.NaN]), number('y', [1]))
  counter.add(batch, undefined, ['y', 'z'])
  expect(counter.result()).toMatchObject({ vanished: ['x'], added: ['z'] })
})

test('before the first row nothing has vanished', () => {
  const profile = buildProfile(table(1, number('x', [1])), undefined, ['x'])
  expect(createCounter(profile).result()).toMatchObject({ rows: 0, labelled: 0, vanished: [], added: [] })
})

test('a column of another type is read as the profile’s', () => {
  const profile = buildProfile(
    table(2, number('n', [1, 2]), category('c', ['1', 'x'], [0, 1]), {
      kind: 'time',
      name: 't',
      values: new Float64Array([0, 86400000]),
    }),
    undefined,
    ['n', 'c', 't'],
  )
  const counter = createCounter(profile)
  counter.add(
    table(
      3,
      category('n', ['2', 'oops', ''], [0, 1, 2]),
      number('c', [1, 2, Number.NaN]),
      category('t', ['1970-01-01T00:00:00Z', '?'], [0, 1, -1]),
    ),
  )
  const [n, c, t] = counter.result().columns
  expect(n).toMatchObject({ missing: 2, mean: 2 })
  expect(c).toMatchObject({ missing: 1, unseen: 1, unseenExamples: ['2'] })
  expect([...(c?.counts ?? [])]).toEqual([1, 0])
  expect(t).toMatchObject({ missing: 2, mean: 0 })
})

test('only the given rows are counted', () => {
  const profile = buildProfile(table(3, number('x', [1, 2, 3])), undefined, ['x'])
  const counter = createCounter(profile, { label: 'x' })
  counter.add(table(3, number('x', [3, Number.NaN, 2])), [1, 2])
  expect(counter.result()).toMatchObject({ rows: 2, labelled: 1, columns: [{ missing: 1, mean: 2 }] })
})
