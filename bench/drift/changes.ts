import type { Random } from '../../src/core/random.ts'
import type { Column, NumberColumn, Table } from '../../src/data/table.ts'
import { pick } from './populations.ts'

const CORRELATION = 0.8
const SHARES = [0.5, 0.3, 0.2]
const NAMES = ['a', 'b', 'c']

/** Five pairs of normal columns with a correlation of 0.8, five with heavy tails, five of three categories. */
export function drawTable(rows: number, random: Random): Table {
  const columns: Column[] = []
  for (let pair = 0; pair < 5; pair++) {
    const first = numbers(2 * pair, rows, () => random.normal())
    columns.push(first, partner(2 * pair + 1, first.values, CORRELATION, random))
  }
  for (let i = 10; i < 15; i++)
    columns.push(numbers(i, rows, i < 13 ? () => Math.exp(random.normal()) : () => cauchy(random)))
  for (let i = 15; i < 20; i++) columns.push(categories(i, rows, 0, random))
  return { rows, columns }
}

/** What happens to new rows, and to which columns where one is drifted and where five are. */
export interface Change {
  readonly title: string
  readonly columns: readonly number[]
  /** The column afresh, changed; `beside` is the one before it. */
  draw(index: number, rows: number, random: Random, beside: Column): Column
  /** Of columns together, none on its own. */
  readonly together?: boolean
}

const FIRST_OF_PAIRS = [0, 2, 4, 6, 8]
const moved = (by: number): Change => ({
  title: `mean + ${by} σ`,
  columns: FIRST_OF_PAIRS,
  draw: (index, rows, random) => numbers(index, rows, () => random.normal() + by),
})
const spread = (by: number): Change => ({
  title: `σ × ${by}`,
  columns: FIRST_OF_PAIRS,
  draw: (index, rows, random) => numbers(index, rows, () => random.normal() * by),
})
const swapped = (part: number): Change => ({
  title: `${part * 100} % of rows to another of 3 categories`,
  columns: [15, 16, 17, 18, 19],
  draw: (index, rows, random) => categories(index, rows, part, random),
})
const missing = (part: number): Change => ({
  title: `${part * 100} % missing`,
  columns: FIRST_OF_PAIRS,
  draw: (index, rows, random) => numbers(index, rows, () => (random.next() < part ? Number.NaN : random.normal())),
})
const rotated = (to: number): Change => ({
  title: `correlation 0.8 → ${to === 0 ? '0' : '−0.8'}`,
  columns: [1, 3, 5, 7, 9],
  draw: (index, rows, random, beside) =>
    partner(index, beside.kind === 'category' ? new Float64Array(rows) : beside.values, to, random),
  together: true,
})

export const CHANGES: readonly Change[] = [
  moved(0.1),
  moved(0.2),
  moved(0.5),
  spread(1.5),
  spread(2),
  swapped(0.1),
  swapped(0.2),
  swapped(0.3),
  missing(0.05),
  missing(0.2),
  rotated(0),
  rotated(-0.8),
]

function numbers(index: number, rows: number, draw: (row: number) => number): NumberColumn {
  const values = Float64Array.from({ length: rows }, (_, row) => draw(row))
  return { kind: 'number', name: `column ${index}`, values, integer: false }
}

function partner(index: number, of: Float64Array, correlation: number, random: Random): Column {
  const own = Math.sqrt(1 - correlation ** 2)
  return numbers(index, of.length, (row) => correlation * (of[row] as number) + own * random.normal())
}

function categories(index: number, rows: number, part: number, random: Random): Column {
  const [a, b, c] = SHARES as [number, number, number]
  const shares = [a - part, b + part, c]
  const codes = Int32Array.from({ length: rows }, () => pick(shares, random.next()))
  return { kind: 'category', name: `column ${index}`, codes, dictionary: NAMES }
}

const cauchy = (random: Random): number => random.normal() / (Math.abs(random.normal()) || 1)
