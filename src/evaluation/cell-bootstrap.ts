import { createRandom, permutation } from '../core/random.ts'
import { bootstrap } from '../stats/bootstrap.ts'
import type { Drawn } from '../stats/drawn.ts'
import { drawMultinomial } from '../stats/multinomial.ts'
import type { Units } from '../stats/units.ts'
import { type CellTable, cellSums, readRow, widthOf } from './cell-table.ts'
import { unitSums } from './unit-cells.ts'

export interface CellOptions {
  readonly resamples: number
  readonly seed: number
  /** Rows that belong together (a customer, neighbours in time). Other kinds of units are not looked at: rows are drawn one by one. */
  readonly units?: Units | undefined
}

/** Whether rows are drawn together, not one by one. */
export function drawsUnits(units: Units | undefined): units is Units {
  return units !== undefined && (units.kind === 'clusters' || units.kind === 'blocks')
}

/**
 * Bootstrap of a statistic of the sums. Rows are drawn one by one, which needs no row: the numbers of rows in the cells
 * are multinomial, and within a cell the sum of n drawn rows has mean n·m and covariance n·S, where m and S are those of
 * the cell (normal, by the central limit theorem; exact where the column is constant in a cell, as counts are). Where
 * units are clusters or blocks of time, these are drawn instead.
 *
 * @param size Number of components of the statistic; the resampled values of each are returned.
 */
export function bootstrapCells(
  table: CellTable,
  size: number,
  score: (sums: Float64Array, out: Float64Array) => void,
  options: CellOptions,
): readonly Float64Array[] {
  const { units } = options
  if (drawsUnits(units)) {
    const ofUnits = unitSums(table, units)
    const statistic = {
      size,
      score: (counts: Float64Array, out: Float64Array, drawn?: Drawn): void => score(ofUnits(counts, drawn), out),
    }
    const { resamples, seed } = options
    const [replicates = []] = bootstrap([statistic], { units, resamples, seed, jackknife: false })
    return replicates.map((one) => one.resampled)
  }
  const resampled = Array.from({ length: size }, () => new Float64Array(options.resamples))
  const out = new Float64Array(size)
  const draw = drawSums(table, options.seed)
  for (let r = 0; r < options.resamples; r++) {
    score(draw(), out)
    for (let m = 0; m < size; m++) (resampled[m] as Float64Array)[r] = out[m] as number
  }
  return resampled
}

/** A function that gives the sums of the next resample, in an array that it uses again. */
function drawSums(table: CellTable, seed: number): () => Float64Array {
  const { cells, code } = table
  const width = widthOf(table)
  const random = createRandom(seed)
  const sizes = new Float64Array(cells)
  for (const cell of code) sizes[cell] = (sizes[cell] as number) + 1
  const means = cellSums(table)
  for (let i = 0; i < means.length; i++) means[i] = (means[i] as number) / (sizes[Math.floor(i / width)] as number)
  const roots = cellRoots(table, means)
  const drawn = new Float64Array(cells)
  const sums = new Float64Array(cells * width)
  const z = new Float64Array(width)
  return () => {
    drawMultinomial(sizes, random, drawn)
    for (let c = 0; c < cells; c++) {
      const n = drawn[c] as number
      const at = c * width
      if (n === 0) {
        sums.fill(0, at, at + width)
        continue
      }
      const root = roots[c]
      if (root !== undefined) for (let k = 0; k < width; k++) z[k] = random.normal()
      for (let k = 0; k < width; k++) {
        let noise = 0
        if (root !== undefined) for (let j = 0; j <= k; j++) noise += (root[k * width + j] as number) * (z[j] as number)
        sums[at + k] = n * (means[at + k] as number) + Math.sqrt(n) * noise
      }
    }
    return sums
  }
}

/** Cholesky roots of the covariance of the columns in each cell; undefined where nothing varies. */
function cellRoots(table: CellTable, means: Float64Array): readonly (Float64Array | undefined)[] {
  const { cells, code } = table
  const width = widthOf(table)
  const squares = new Float64Array(cells * width * width)
  const rows = coveredRows(table)
  const counted = new Float64Array(cells)
  for (const row of rows) counted[code[row] as number] = (counted[code[row] as number] as number) + 1
  const off = new Float64Array(width)
  for (const i of rows) {
    const c = code[i] as number
    readRow(table, i, off)
    for (let k = 0; k < width; k++) off[k] = (off[k] as number) - (means[c * width + k] as number)
    for (let k = 0; k < width; k++) {
      const from = (c * width + k) * width
      const own = off[k] as number
      for (let j = 0; j <= k; j++) squares[from + j] = (squares[from + j] as number) + own * (off[j] as number)
    }
  }
  return Array.from({ length: cells }, (_, c) => {
    const covariance = squares.slice(c * width * width, (c + 1) * width * width)
    if (!covariance.some((value) => value > 0)) return undefined
    return cholesky(
      covariance.map((value) => value / (counted[c] as number)),
      width,
    )
  })
}

/** With more columns than these, their covariance is that of so many rows a cell, drawn at random: 1 % off at most. */
const FEW_COLUMNS = 4
const MOST_COVERED = 4096

function coveredRows(table: CellTable): Uint32Array {
  const { cells, code } = table
  if (widthOf(table) <= FEW_COLUMNS || code.length <= MOST_COVERED) return code.map((_, row) => row)
  const seen = new Float64Array(cells)
  return permutation(code.length, createRandom(0x1b873593)).filter((row) => {
    const cell = code[row] as number
    seen[cell] = (seen[cell] as number) + 1
    return (seen[cell] as number) <= MOST_COVERED
  })
}

function cholesky(matrix: Float64Array, width: number): Float64Array {
  const root = new Float64Array(width * width)
  for (let k = 0; k < width; k++) {
    for (let j = 0; j <= k; j++) {
      let sum = matrix[k * width + j] as number
      for (let i = 0; i < j; i++) sum -= (root[k * width + i] as number) * (root[j * width + i] as number)
      if (j === k) root[k * width + k] = Math.sqrt(Math.max(0, sum))
      else {
        const pivot = root[j * width + j] as number
        root[k * width + j] = pivot > 1e-12 ? sum / pivot : 0
      }
    }
  }
  return root
}
