import type { Random } from '../../src/core/random.ts'
import type { Column, Table } from '../../src/data/table.ts'

/** How the rows of a column are drawn; `change` 0 is the reference. */
export type Draw = (random: Random, changed: boolean) => number

export type Change = 'none' | 'mean' | 'variance' | 'swap' | 'missing' | 'rotation'

/** 1,000 categories, the i-th with a share of about 1/i. */
const ZIPF = cumulative(Array.from({ length: 1000 }, (_, i) => 1 / (i + 1)))
const THREE = [0.5, 0.8, 1]
const TWENTY = cumulative(Array.from({ length: 20 }, (_, i) => 1 / (i + 3)))

function cumulative(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let seen = 0
  return weights.map((weight) => (seen += weight) / total)
}

function pick(shares: readonly number[], random: Random): number {
  const u = random.next()
  let low = 0
  let high = shares.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((shares[middle] as number) < u) low = middle + 1
    else high = middle
  }
  return low
}

const NAMES = Array.from({ length: 1000 }, (_, i) => `c${i}`)

/**
 * Columns in turn: normal, log-normal, Cauchy (a tail without a mean), half zeros, small integers, 3, 20 and 1,000
 * categories, and normal with 5 % missing. In the first half of them the rows may be changed.
 */
export function drawTable(columns: number, rows: number, random: Random, change: Change): Table {
  return {
    rows,
    columns: Array.from({ length: columns }, (_, index): Column => {
      const changed = change !== 'none' && index < columns / 2
      return column(index, rows, random, changed ? change : 'none', change !== 'none')
    }),
  }
}

/** Where a change is compared, all columns are of the kind it is about. */
function column(index: number, rows: number, random: Random, change: Change, plain: boolean): Column {
  const name = `column ${index}`
  const kind = plain ? 0 : index % 9
  if (change === 'swap' || (!plain && kind >= 5 && kind <= 7)) {
    const shares = plain ? THREE : ([THREE, TWENTY, ZIPF][kind - 5] as readonly number[])
    const codes = Int32Array.from({ length: rows }, () => {
      const code = pick(shares, random)
      // A fifth of all rows goes from the first category to the second.
      return change === 'swap' && code === 0 && random.next() < 0.4 ? 1 : code
    })
    return { kind: 'category', name, codes, dictionary: NAMES.slice(0, shares.length) }
  }
  const values = Float64Array.from({ length: rows }, () => value(kind, random, change))
  return { kind: 'number', name, values, integer: false }
}

function value(kind: number, random: Random, change: Change): number {
  const z = random.normal()
  if (change === 'mean') return z + 0.5
  if (change === 'variance') return 2 * z
  if (change === 'missing') return random.next() < 0.2 ? Number.NaN : z
  if (kind === 1) return Math.exp(1.5 * z)
  if (kind === 2) return z / (Math.abs(random.normal()) || 1)
  if (kind === 3) return random.next() < 0.5 ? 0 : Math.abs(z)
  if (kind === 4) return Math.round(3 * z)
  if (kind === 8) return random.next() < 0.05 ? Number.NaN : z
  return z
}

/** Columns in pairs with a correlation of ±0.8, each standard normal on its own. */
export function pairedTable(columns: number, rows: number, random: Random, sign: 1 | -1): Table {
  const values = Array.from({ length: columns }, () => new Float64Array(rows))
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i += 2) {
      const [a, b] = [random.normal(), random.normal()]
      ;(values[i] as Float64Array)[row] = a
      const second = values[i + 1]
      if (second) second[row] = sign * 0.8 * a + 0.6 * b
    }
  }
  return {
    rows,
    columns: values.map((one, i): Column => ({ kind: 'number', name: `column ${i}`, values: one, integer: false })),
  }
}

/** Rows of days whose columns share a day’s effect: the given share of the variance lies between days. */
export function dailyTable(columns: number, days: number, rowsADay: number, between: number, random: Random): Table {
  const rows = days * rowsADay
  const time = Float64Array.from({ length: rows }, (_, i) => Math.floor(i / rowsADay) * 86_400_000 + (i % rowsADay))
  return {
    rows,
    columns: [
      { kind: 'time', name: 'time', values: time },
      ...Array.from({ length: columns }, (_, index): Column => {
        let effect = 0
        const values = Float64Array.from({ length: rows }, (_row, i) => {
          if (i % rowsADay === 0) effect = random.normal()
          return Math.sqrt(between) * effect + Math.sqrt(1 - between) * random.normal()
        })
        return { kind: 'number', name: `column ${index}`, values, integer: false }
      }),
    ],
  }
}
