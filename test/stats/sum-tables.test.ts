import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/core/random.ts'
import { sumsWithout } from '../../src/stats/drawn.ts'
import { dot, SharedSums, sharedSums } from '../../src/stats/shared-sums.ts'
import { sparseTable } from '../../src/stats/sparse-sum-table.ts'
import { denseTable, tabulate } from '../../src/stats/sum-table.ts'
import {
  eachPart,
  entriesPerRow,
  type LongTerms,
  sumCount,
  sumRows,
  type Terms,
  termsOf,
} from '../../src/stats/sums.ts'
import type { Units } from '../../src/stats/units.ts'

const whole = (length: number, random: Random, below: number): Float64Array =>
  Float64Array.from({ length }, () => random.below(below))

/** Whole numbers, so that every order of adding them gives the same sum. */
function terms(rows: number, random: Random, wide = 4): Terms {
  return {
    rows,
    columns: [whole(rows, random, 7), whole(rows, random, 1000).map((value) => value - 500)],
    cells: [
      { count: 3, code: Uint8Array.from(whole(rows, random, 3)) },
      { count: wide, code: Uint32Array.from(whole(rows, random, wide)), values: whole(rows, random, 9) },
      { count: 2, code: Uint8Array.from(whole(rows, random, 2)) },
    ],
  }
}

/** Row by row, as the words say: what each row adds to each sum. */
function rowsOf({ rows, columns, cells = [] }: Terms, weights?: Float64Array): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    [
      1,
      ...columns.map((column) => column[i] as number),
      ...cells.flatMap(({ count, code, values }) =>
        Array.from({ length: count }, (__, cell) => (code[i] === cell ? (values?.[i] ?? 1) : 0)),
      ),
    ].map((value) => value * (weights?.[i] ?? 1)),
  )
}

const added = (rows: readonly number[][], times: (row: number) => number, width: number): number[] =>
  Array.from({ length: width }, (_, j) => rows.reduce((sum, row, i) => sum + times(i) * (row[j] as number), 0))

const unitsOf = (rows: number, count: number, of?: Uint32Array): Units => ({
  rows,
  count,
  of,
  strata: [count],
  block: 1,
  kind: 'groups',
})

/** The same terms, made part by part. */
const parted = ({ rows, columns, cells = [] }: Terms): LongTerms => ({
  rows,
  part: (from, to) => ({
    rows: to - from,
    columns: columns.map((column) => column.slice(from, to)),
    cells: cells.map(({ count, code, values }) => ({
      count,
      code: code.slice(from, to),
      values: values?.slice(from, to),
    })),
  }),
})

const expectClose = (found: ArrayLike<number>, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length)
  expected.forEach((one, i) => expect(Math.abs((found[i] as number) - one)).toBeLessThan(1e-9 * (1 + Math.abs(one))))
}

describe('sums over rows', () => {
  test.each([0, 1, 2, 17, 300])('of %d rows are those of each row, weighted or not', (rows) => {
    const random = createRandom(rows + 1)
    const own = terms(rows, random)
    const weights = whole(rows, random, 4)
    for (const given of [undefined, weights]) {
      expect([...sumRows(own, given)]).toEqual(added(rowsOf(own, given), () => 1, 12))
    }
  })

  test('are as many as weights, columns and cells; each row goes into one of each', () => {
    const own = terms(5, createRandom(1))
    for (const either of [own, parted(own)]) {
      expect(sumCount(either)).toBe(1 + 2 + 3 + 4 + 2)
      expect(entriesPerRow(either)).toBe(1 + 2 + 3)
    }
    const bare: Terms = { rows: 4, columns: [] }
    expect([sumCount(bare), entriesPerRow(bare), ...sumRows(bare, undefined)]).toEqual([1, 1, 4])
  })

  test('are made at once up to 131,072 rows, in parts of 65,536 beyond', () => {
    const asked: (readonly [number, number])[] = []
    const part = (from: number, to: number): Terms => {
      asked.push([from, to])
      return { rows: to - from, columns: [] }
    }
    expect(termsOf(131_072, part)).toEqual({ rows: 131_072, columns: [] })
    expect(asked).toEqual([[0, 131_072]])
    expect(termsOf(131_073, part)).toEqual({ rows: 131_073, part })
    expect(termsOf(3, part, 3)).toEqual({ rows: 3, columns: [] })
    expect(termsOf(3, part, 2)).toEqual({ rows: 3, part })
    const visited: (readonly [number, number])[] = []
    eachPart({ rows: 131_073, part }, ({ rows }, from) => visited.push([from, rows]))
    expect(visited).toEqual([
      [0, 65_536],
      [65_536, 65_536],
      [131_072, 1],
    ])
    visited.length = 0
    eachPart({ rows: 131_072, part }, ({ rows }, from) => visited.push([from, rows]))
    expect(visited).toEqual([
      [0, 65_536],
      [65_536, 65_536],
    ])
  })

  test('made in parts are those of the whole, weighted or not', () => {
    const random = createRandom(5)
    const rows = 70_000
    const own: Terms = { rows, columns: [whole(rows, random, 5)], cells: [{ count: 2, code: new Uint8Array(rows) }] }
    for (const given of [undefined, whole(rows, random, 3)]) {
      expect([...sumRows(parted(own), given)]).toEqual([...sumRows(own, given)])
    }
  })
})

describe.each([
  ['dense', denseTable],
  ['sparse', sparseTable],
] as const)('a %s table of units', (_, tableOf) => {
  test.each([
    [1, 1],
    [9, 4],
    [60, 7],
    [200, 200],
  ])('of %d rows in %d units sums up each unit as often as it is drawn', (rows, count) => {
    const random = createRandom(rows)
    const own = terms(rows, random)
    const weights = whole(rows, random, 3)
    // Units that have no row, and rows in any order; undefined where each row is a unit.
    const of = rows === count ? undefined : Uint32Array.from(whole(rows, random, count))
    for (const given of [undefined, weights]) {
      const single = rowsOf(own, given)
      const table = tableOf(own, unitsOf(rows, count, of), given)
      for (let draw = 0; draw < 5; draw++) {
        const counts = whole(count, random, 4)
        const expected = added(single, (i) => counts[of?.[i] ?? i] as number, 12)
        expect([...table.add(counts)].map((sum) => sum + 0)).toEqual(expected.map((sum) => sum + 0))
      }
      const perUnit = Array.from({ length: count }, (__, unit) =>
        added(single, (i) => ((of?.[i] ?? i) === unit ? 1 : 0), 12),
      )
      const means = added(perUnit, () => 1 / count, 12)
      expectClose(
        table.variances(),
        means.map((mean, j) => perUnit.reduce((sum, unit) => sum + ((unit[j] as number) - mean) ** 2, 0)),
      )
    }
  })

  test('that is made in parts is that of the whole', () => {
    const random = createRandom(8)
    const rows = 66_000
    const own: Terms = {
      rows,
      columns: [whole(rows, random, 5)],
      cells: [
        { count: 2, code: Uint8Array.from(whole(rows, random, 2)), values: whole(rows, random, 3) },
        { count: 1, code: new Uint8Array(rows) },
      ],
    }
    const of = Uint32Array.from(whole(rows, random, 50))
    const weights = whole(rows, random, 3)
    for (const [count, groups] of [
      [50, of],
      [rows, undefined],
    ] as const) {
      const counts = whole(count, random, 3)
      for (const given of [undefined, weights]) {
        const units = unitsOf(rows, count, groups)
        expect([...tableOf(parted(own), units, given).add(counts)]).toEqual([
          ...sumRows(
            own,
            Float64Array.from({ length: rows }, (__, i) => (given?.[i] ?? 1) * (counts[groups?.[i] ?? i] as number)),
          ),
        ])
      }
    }
  })

  test('of terms without cells has weights and columns', () => {
    const table = tableOf({ rows: 3, columns: [Float64Array.of(1, 2, 4)] }, unitsOf(3, 3), undefined)
    expect([...table.add(Float64Array.of(1, 0, 2))]).toEqual([3, 9])
    expectClose(table.variances(), [0, 14 / 3])
  })
})

describe('a table', () => {
  test('has a full row for every unit while it is not wide, or not wider than lists would be', () => {
    const dense = (cells: number, rows: number, count: number): boolean => {
      const units = unitsOf(rows, count, new Uint32Array(rows))
      tabulate({ rows, columns: [], cells: [{ count: cells, code: new Uint8Array(rows) }] }, units, undefined)
      return sharedSums(units).columns.length > 0
    }
    expect(dense(127, 4, 10)).toBe(true)
    expect(dense(128, 4, 10)).toBe(false)
    // 129 × 10 entries of a table; two in the list of each row.
    expect(dense(128, 645, 10)).toBe(true)
    expect(dense(128, 644, 10)).toBe(false)
  })

  test('takes sums with a block left out off no total: what is before and behind it is added up', () => {
    const random = createRandom(6)
    const rows = 30
    const own = terms(rows, random)
    const table = denseTable(own, unitsOf(rows, rows), undefined)
    const order = [...Array(rows).keys()].sort((a, b) => ((a * 7) % rows) - ((b * 7) % rows))
    for (const parts of [1, 2, 7, 30]) {
      const blocks = Array.from({ length: parts }, (_, b) => Uint32Array.from(order.filter((__, i) => i % parts === b)))
      blocks.forEach((left, block) => {
        const counts = new Float64Array(rows).fill(2)
        for (const unit of left) counts[unit] = 0
        const plain = [...table.add(counts)]
        expect([...table.add(counts, { blocks, block, times: 2 })]).toEqual(plain)
      })
    }
    expect([...sumsWithout([Float64Array.of(1, 2, 4)], [Uint32Array.of(2), Uint32Array.of(0, 1)])]).toEqual([3, 4])
  })
})

test('tables of the same units say the same of a resample as of its counts', () => {
  const random = createRandom(9)
  const units = unitsOf(40, 40)
  const tables = [1, 2, 3].map(() => tabulate(terms(40, random), units, undefined))
  for (let draw = 0; draw < 5; draw++) {
    const counts = whole(40, random, 2)
    const resample = { whole: true } as const
    for (const table of tables) {
      const plain = [...table.add(counts)]
      expect([...table.add(counts, resample)]).toEqual(plain)
    }
  }
})

describe('columns of several tables', () => {
  test('that are equal stand once', () => {
    const shared = new SharedSums()
    // 1 + 4 = 2 + 3: equal sums do not make equal columns.
    const columns = [
      [1, 4],
      [2, 3],
      [1, 4],
      [4, 1],
      [2, 3],
      [0, 0],
    ].map((values) => Float64Array.from(values))
    expect(columns.map((column) => shared.place(column))).toEqual([0, 1, 0, 2, 1, 3])
    expect(shared.columns).toEqual([columns[0], columns[1], columns[3], columns[5]])
    expect([...shared.sums(Float64Array.of(1, 1), { whole: true })]).toEqual([5, 5, 5, 0])
    // Their sums are equal after rounding.
    expect(shared.place(Float64Array.of(1e-30, 5))).toBe(4)
    expect(shared.place(Float64Array.of(0, 5))).toBe(5)
  })

  test('are found once for a resample, and anew for another or with another column', () => {
    const shared = new SharedSums()
    shared.place(Float64Array.of(1, 2))
    const resample = { whole: true } as const
    expect([...shared.sums(Float64Array.of(1, 1), resample)]).toEqual([3])
    // The same resample has the same counts: they are not looked at.
    expect([...shared.sums(Float64Array.of(5, 5), resample)]).toEqual([3])
    expect([...shared.sums(Float64Array.of(0, 2), { whole: true })]).toEqual([4])
    shared.place(Float64Array.of(3, 0.5))
    expect([...shared.sums(Float64Array.of(2, 0), resample)]).toEqual([2, 6])
  })

  test('belong to their units', () => {
    const [one, other] = [unitsOf(2, 2), unitsOf(2, 2)]
    expect(sharedSums(one)).toBe(sharedSums(one))
    expect(sharedSums(one)).not.toBe(sharedSums(other))
  })

  test.each([1, 2, 3, 4, 5, 7, 8, 33, 100])('of whole numbers have exact sums, all of %d draws of the largest', (n) => {
    for (let power = 0; power <= 44; power++) {
      for (const largest of [2 ** power - 1, 2 ** power, 2 ** power + 1]) {
        const shared = new SharedSums()
        const columns = [0, 1, 2, 3, 4, 5].map((j) => {
          const column = new Float64Array(n).fill(j % 2)
          column[j % n] = Math.max(0, largest - j)
          return column
        })
        const places = columns.map((column) => shared.place(column))
        for (let unit = 0; unit < Math.min(n, 6); unit++) {
          const counts = new Float64Array(n)
          counts[unit] = n
          const sums = shared.sums(counts, { whole: true })
          expect(places.map((place) => sums[place])).toEqual(columns.map((column) => n * (column[unit] as number)))
        }
      }
    }
  })

  test('with fractions, negative and huge numbers have their sums as well', () => {
    const shared = new SharedSums()
    const columns = [
      [0.5, 1],
      [-1, 2],
      [1, 2],
      [2 ** 40, 1],
      [2 ** 60, 2 ** 60],
      [0, 0],
      [3, 1.25],
      [-0.5, 0],
    ]
    const places = columns.map((values) => shared.place(Float64Array.from(values)))
    const sums = shared.sums(Float64Array.of(2, 1), { whole: true })
    expect(places.map((place) => sums[place])).toEqual([2, 0, 4, 2 ** 41 + 1, 3 * 2 ** 60, 0, 7.25, -1])
  })

  test('are summed up whatever their length', () => {
    for (let n = 0; n < 14; n++) {
      const [a, b] = [
        Float64Array.from({ length: n }, (_, i) => i + 1),
        Float64Array.from({ length: n }, (_, i) => 2 * i),
      ]
      expect(dot(a, b)).toBe(a.reduce((sum, one, i) => sum + one * (b[i] as number), 0))
    }
  })
})
