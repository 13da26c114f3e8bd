import { type Drawn, type LeftOut, sumsWithout } from './drawn.ts'
import { dot, sharedSums, SharedSums } from './shared-sums.ts'
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
  return dense ? denseTable(terms, units, weights, sharedSums(units)) : sparseTable(terms, units, weights)
}

/**
 * With a full row of sums for every unit, however wide.
 *
 * @param shared Where the sums of its columns are found. Default: for itself alone.
 */
export function denseTable(
  terms: Terms | LongTerms,
  units: Units,
  weights: Float64Array | undefined,
  shared = new SharedSums(),
): SumTable {
  const width = sumCount(terms)
  const { count } = units
  const fresh = Array.from({ length: width }, () => new Float64Array(count))
  eachPart(terms, (part, from) => addPart(part, from, units, weights, fresh))
  const places = fresh.map((column) => shared.place(column))
  const table = places.map((place) => shared.columns[place] as Float64Array)
  const sums = new Float64Array(width)
  let without: { readonly blocks: LeftOut['blocks']; readonly sums: Float64Array } | undefined
  const addOthers = ({ blocks, block, times }: LeftOut): Float64Array => {
    if (without?.blocks !== blocks) without = { blocks, sums: sumsWithout(table, blocks) }
    for (let j = 0; j < width; j++) sums[j] = times * (without.sums[block * width + j] as number)
    return sums
  }
  return {
    add(counts, drawn) {
      if (drawn === undefined) for (let j = 0; j < width; j++) sums[j] = dot(counts, table[j] as Float64Array)
      else if ('blocks' in drawn) return addOthers(drawn)
      else {
        const found = shared.sums(counts, drawn)
        for (let j = 0; j < width; j++) sums[j] = found[places[j] as number] as number
      }
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
