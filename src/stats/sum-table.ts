import { type Drawn, type LeftOut, sumsWithout } from './drawn.ts'
import { sparseTable } from './sparse-sum-table.ts'
import { eachPart, entriesPerRow, type LongTerms, sumCount, type Terms } from './sums.ts'
import type { Units } from './units.ts'

/** The sums of each unit, from which those of a resample follow without looking at a row again. */
export interface SumTable {
  /**
   * The sums of the units, each so often as its count says. The array is used again by the next call.
   *
   * @param drawn What is known of the counts: with that the same sums are found faster.
   */
  add(counts: Float64Array, drawn?: Drawn): Float64Array
  /** Variance of each sum over resamples of independent units: Σ (unit − mean of the units)². */
  variances(): Float64Array
}

/** Wider tables hold a list of entries for each unit instead of a full row, where those are fewer. */
const WIDE = 128

export function tabulate(terms: Terms | LongTerms, units: Units, weights: Float64Array | undefined): SumTable {
  const width = sumCount(terms)
  const dense = width <= WIDE || width * units.count <= terms.rows * entriesPerRow(terms)
  return dense ? denseTable(terms, units, weights) : sparseTable(terms, units, weights)
}

/** With a full row of sums for every unit, however wide. */
export function denseTable(terms: Terms | LongTerms, units: Units, weights: Float64Array | undefined): SumTable {
  const width = sumCount(terms)
  const { count } = units
  const table = Array.from({ length: width }, () => new Float64Array(count))
  eachPart(terms, (part, from) => addPart(part, from, units, weights, table))
  const { packs, single } = packColumns(table)
  const sums = new Float64Array(width)
  const addWhole = (counts: Float64Array): Float64Array => {
    for (let j = 0; j < single.length; j++) {
      const column = single[j] as number
      sums[column] = dot(counts, table[column] as Float64Array)
    }
    for (let j = 0; j < packs.length; j++) unpack(packs[j] as Pack, counts, sums)
    return sums
  }
  let without: { readonly blocks: LeftOut['blocks']; readonly sums: Float64Array } | undefined
  const addOthers = ({ blocks, block, times }: LeftOut): Float64Array => {
    if (without?.blocks !== blocks) without = { blocks, sums: sumsWithout(table, blocks) }
    for (let j = 0; j < width; j++) sums[j] = times * (without.sums[block * width + j] as number)
    return sums
  }
  return {
    add(counts, drawn = false) {
      if (drawn === true) return addWhole(counts)
      if (drawn !== false) return addOthers(drawn)
      for (let j = 0; j < width; j++) sums[j] = dot(counts, table[j] as Float64Array)
      return sums
    },
    variances: () =>
      Float64Array.from(table, (column) => {
        const mean = column.reduce((sum, value) => sum + value, 0) / count
        return column.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      }),
  }
}

function addPart(
  terms: Terms,
  from: number,
  { of }: Units,
  weights: Float64Array | undefined,
  table: readonly Float64Array[],
): void {
  const own = weights?.subarray(from, from + terms.rows)
  const unitOf = of?.subarray(from, from + terms.rows)
  const fill = (column: Float64Array, values: Float64Array | undefined): void => {
    for (let i = 0; i < terms.rows; i++) {
      const unit = unitOf === undefined ? from + i : (unitOf[i] as number)
      const weight = own === undefined ? 1 : (own[i] as number)
      column[unit] = (column[unit] as number) + (values === undefined ? weight : weight * (values[i] as number))
    }
  }
  let at = 0
  fill(table[at++] as Float64Array, undefined)
  for (const column of terms.columns) fill(table[at++] as Float64Array, column)
  for (const { code, count: cells, values } of terms.cells ?? []) {
    for (let i = 0; i < terms.rows; i++) {
      const unit = unitOf === undefined ? from + i : (unitOf[i] as number)
      const column = table[at + (code[i] as number)] as Float64Array
      const weight = own === undefined ? 1 : (own[i] as number)
      column[unit] = (column[unit] as number) + (values === undefined ? weight : weight * (values[i] as number))
    }
    at += cells
  }
}

/** Columns of whole numbers side by side in the digits of one: their sums are found together, and exactly. */
interface Pack {
  readonly columns: readonly number[]
  /** What each of them is multiplied with, rising powers of two. */
  readonly factors: readonly number[]
  readonly values: Float64Array
}

/** Whole numbers up to 2⁵³ are exact. */
const EXACT_BITS = 53

/** Counts are most of what is summed up: they share a pass, two to six of them. What cannot stays `single`. */
function packColumns(table: readonly Float64Array[]): { packs: readonly Pack[]; single: readonly number[] } {
  const single: number[] = []
  const packs: { columns: number[]; factors: number[]; values: Float64Array }[] = []
  let free = 0
  table.forEach((column, j) => {
    let largest = 0
    const whole = column.every((value) => {
      if (value > largest) largest = value
      return value >= 0 && Number.isInteger(value)
    })
    // As if every draw were of the largest unit.
    const bits = Math.max(1, Math.ceil(Math.log2(column.length * largest + 1)))
    if (!whole || bits * 2 > EXACT_BITS) {
      single.push(j)
      return
    }
    if (bits > free) {
      packs.push({ columns: [], factors: [], values: new Float64Array(column.length) })
      free = EXACT_BITS
    }
    const pack = packs.at(-1) as (typeof packs)[number]
    const factor = 2 ** (EXACT_BITS - free)
    pack.columns.push(j)
    pack.factors.push(factor)
    for (let i = 0; i < column.length; i++) {
      pack.values[i] = (pack.values[i] as number) + factor * (column[i] as number)
    }
    free -= bits
  })
  return { packs, single }
}

function unpack({ columns, factors, values }: Pack, counts: Float64Array, sums: Float64Array): void {
  let rest = dot(counts, values)
  for (let j = columns.length - 1; j >= 0; j--) {
    const factor = factors[j] as number
    const sum = Math.floor(rest / factor)
    rest -= sum * factor
    sums[columns[j] as number] = sum
  }
}

/** Four sums at once: one alone would wait for each addition to finish before the next. */
function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length
  const even = n & ~3
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let i = 0; i < even; i += 4) {
    s0 += (a[i] as number) * (b[i] as number)
    s1 += (a[i + 1] as number) * (b[i + 1] as number)
    s2 += (a[i + 2] as number) * (b[i + 2] as number)
    s3 += (a[i + 3] as number) * (b[i + 3] as number)
  }
  for (let i = even; i < n; i++) s0 += (a[i] as number) * (b[i] as number)
  return s0 + s1 + (s2 + s3)
}
