import type { Column } from '../data/table.ts'
import { midranks } from '../stats/midrank.ts'
import { FEWEST_ROWS, type LeakTarget } from './leak-target.ts'

/** A column, or several together, as a cell of each row. */
export interface Cells {
  readonly codes: Int32Array
  readonly size: number
}

/** Bands of a number whose relation with the label need not be monotone. */
const BANDS = 32

/** Cell 0 is missing. Categories have a cell each (with `most`: the largest, and one for the others), numbers bands of equal size. */
export function cellsOf(column: Column, rows: Uint32Array, most = Infinity): Cells {
  const codes = new Int32Array(rows.length)
  if (column.kind === 'category') {
    const place = placesOf(column.codes, rows, column.dictionary.length, most)
    rows.forEach((row, i) => {
      const code = column.codes[row] as number
      codes[i] = code < 0 ? 0 : (place[code] as number)
    })
    return { codes, size: 1 + Math.min(column.dictionary.length, most + 1) }
  }
  const present = [...rows.keys()].filter((i) => !Number.isNaN(column.values[rows[i] as number]))
  const ranks = midranks(Float64Array.from(present, (i) => column.values[rows[i] as number] as number))
  present.forEach((i, at) => (codes[i] = 1 + Math.floor(((ranks[at] as number) - 0.5) * (BANDS / present.length))))
  return { codes, size: BANDS + 1 }
}

function placesOf(codes: Int32Array, rows: Uint32Array, values: number, most: number): Int32Array {
  if (values <= most) return Int32Array.from({ length: values }, (_, code) => code + 1)
  const counts = new Float64Array(values)
  for (const row of rows) if ((codes[row] as number) >= 0) counts[codes[row] as number]!++
  const order = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
  const place = new Int32Array(values).fill(most + 1)
  order.slice(0, most).forEach((code, i) => (place[code] = i + 1))
  return place
}

/** Both columns at once. */
export function crossed(one: Cells, other: Cells): Cells {
  return {
    codes: one.codes.map((code, i) => code * other.size + (other.codes[i] as number)),
    size: one.size * other.size,
  }
}

/**
 * Whether the row at this place is learned from; the other half is judged. Not every second one: rows that alternate (a
 * pair of each customer) would leave one class to learn.
 */
export function isLearned(place: number): boolean {
  return Math.imul(place + 1, 0x9e3779b1) >>> 31 === 0
}

/**
 * How well cells tell the label of rows that they were not learned on: AUC of two classes, share of right rows of more,
 * R² of a number. 0.5, 0 and 0 where there is too little to say it.
 */
export function cellScore(cells: Cells, target: LeakTarget): number {
  if (target.kind === 'classes') return accuracyOf(cells, target)
  return target.kind === 'binary' ? cellAuc(cells, target.values) : cellR2(cells, target.values)
}

/** Sums of the target and rows of each cell; `half`: of the rows that are learned from, or of the others. */
function sumsOf({ codes, size }: Cells, values: Float64Array, half: boolean) {
  const [sums, counts] = [new Float64Array(size), new Float64Array(size)]
  let [total, rows] = [0, 0]
  for (let i = 0; i < codes.length; i++) {
    if (isLearned(i) !== half) continue
    const [code, value] = [codes[i] as number, values[i] as number]
    sums[code] = (sums[code] as number) + value
    counts[code] = (counts[code] as number) + 1
    total += value
    rows++
  }
  return { sums, counts, total, rows }
}

/** Pairs of a positive and a negative row that the means of their cells put in order, ties half. */
function cellAuc(cells: Cells, values: Float64Array): number {
  const learned = sumsOf(cells, values, true)
  const judged = sumsOf(cells, values, false)
  const positives = judged.total
  const negatives = judged.rows - positives
  if (positives < FEWEST_ROWS / 2 || negatives < FEWEST_ROWS / 2) return 0.5
  const base = learned.total / learned.rows
  const mean = (cell: number): number =>
    (learned.counts[cell] as number) > 0 ? (learned.sums[cell] as number) / (learned.counts[cell] as number) : base
  const order = [...judged.counts.keys()].filter((cell) => (judged.counts[cell] as number) > 0)
  const means = new Map(order.map((cell) => [cell, mean(cell)]))
  order.sort((a, b) => (means.get(a) as number) - (means.get(b) as number))
  let [below, pairs] = [0, 0]
  for (let start = 0; start < order.length;) {
    let [end, up, down] = [start, 0, 0]
    for (; end < order.length && means.get(order[end] as number) === means.get(order[start] as number); end++) {
      const cell = order[end] as number
      up += judged.sums[cell] as number
      down += (judged.counts[cell] as number) - (judged.sums[cell] as number)
    }
    pairs += up * (below + down / 2)
    below += down
    start = end
  }
  return pairs / (positives * negatives)
}

function cellR2(cells: Cells, values: Float64Array): number {
  const { sums, counts, total, rows } = sumsOf(cells, values, true)
  if (rows < FEWEST_ROWS || cells.codes.length - rows < FEWEST_ROWS) return 0
  let [n, mean] = [0, 0]
  for (let i = 0; i < values.length; i++) if (!isLearned(i)) mean += ((values[i] as number) - mean) / ++n
  let [left, all] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    if (isLearned(i)) continue
    const cell = cells.codes[i] as number
    const said = (counts[cell] as number) > 0 ? (sums[cell] as number) / (counts[cell] as number) : total / rows
    left += ((values[i] as number) - said) ** 2
    all += ((values[i] as number) - mean) ** 2
  }
  return all > 0 ? Math.max(0, 1 - left / all) : 0
}

type Classes = Extract<LeakTarget, { kind: 'classes' }>

function accuracyOf({ codes, size }: Cells, { codes: truth, classes }: Classes): number {
  const counts = new Map<number, Float64Array>()
  for (let i = 0; i < codes.length; i++) {
    if (!isLearned(i)) continue
    const cell = codes[i] as number
    let own = counts.get(cell)
    if (own === undefined) counts.set(cell, (own = new Float64Array(classes)))
    own[truth[i] as number] = (own[truth[i] as number] as number) + 1
  }
  // The most frequent class where the cell is new.
  const said = new Int32Array(size)
  for (const [cell, own] of counts)
    said[cell] = own.reduce((most, n, code) => (n > (own[most] as number) ? code : most), 0)
  let [right, rows] = [0, 0]
  for (let i = 0; i < codes.length; i++) {
    if (isLearned(i)) continue
    rows++
    if (said[codes[i] as number] === truth[i]) right++
  }
  return rows === 0 ? 0 : right / rows
}

/** Share of the errors of “always the most frequent class” that are taken away (Goodman & Kruskal’s λ), on the judged rows. */
export function errorReduction(
  { codes }: Classes,
  accuracy: number,
): { readonly strength: number; readonly base: number } {
  let [largest, rows] = [0, 0]
  for (let i = 0; i < codes.length; i++) {
    if (isLearned(i)) continue
    rows++
    if (codes[i] === 0) largest++
  }
  const base = rows === 0 ? 1 : largest / rows
  return { strength: base < 1 ? Math.max(0, (accuracy - base) / (1 - base)) : 0, base }
}
