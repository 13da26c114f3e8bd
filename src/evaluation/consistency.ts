import { createRandom, permutation } from '../core/random.ts'
import { findColumn, type Table } from '../data/table.ts'

/** Columns of numbers, rows below each other. */
export interface Points {
  readonly rows: number
  /** Coordinates that differ by their difference. */
  readonly numbers: readonly Float64Array[]
  /** Codes that differ by 1 or not at all. */
  readonly categories: readonly Int32Array[]
}

/**
 * Individual fairness (Zemel et al. 2013, “Learning Fair Representations”, ICML): 1 − mean |ŷᵢ − mean ŷ of the k nearest
 * neighbours of row i|. Neighbours by Euclidean distance; a differing category counts 1. Ties go to the earlier row.
 *
 * @param self Whether a row is among its own neighbours, as in AIF360.
 * @example consistency({ rows: 4, numbers: [Float64Array.of(0, 1, 10, 11)], categories: [] }, [1, 0, 1, 1], 1, false) // 0.5
 */
export function consistency(points: Points, decisions: ArrayLike<number>, k: number, self: boolean): number {
  const { rows, numbers, categories } = points
  const wanted = Math.min(k, self ? rows : rows - 1)
  if (wanted < 1) return Number.NaN
  const distances = new Float64Array(rows)
  const nearest = new Float64Array(wanted)
  const places = new Uint32Array(wanted)
  let total = 0
  for (let i = 0; i < rows; i++) {
    distances.fill(0)
    for (const column of numbers) {
      const own = column[i] as number
      for (let j = 0; j < rows; j++) {
        const d = (column[j] as number) - own
        distances[j] = (distances[j] as number) + d * d
      }
    }
    for (const column of categories) {
      const own = column[i] as number
      for (let j = 0; j < rows; j++) if (column[j] !== own) distances[j] = (distances[j] as number) + 1
    }
    let found = 0
    for (let j = 0; j < rows; j++) {
      if (j === i && !self) continue
      const distance = distances[j] as number
      if (found === wanted && distance >= (nearest[wanted - 1] as number)) continue
      let at = found < wanted ? found++ : wanted - 1
      while (at > 0 && (nearest[at - 1] as number) > distance) {
        nearest[at] = nearest[at - 1] as number
        places[at] = places[at - 1] as number
        at--
      }
      nearest[at] = distance
      places[at] = j
    }
    let sum = 0
    for (const j of places) sum += decisions[j] as number
    total += Math.abs((decisions[i] as number) - sum / wanted)
  }
  return 1 - total / rows
}

/**
 * At most `most` of the places, drawn by the seed, as points: numbers and times in standard deviations with the mean
 * where they are missing, categories as they are.
 */
export function samplePoints(
  table: Table,
  rows: Uint32Array,
  columns: readonly string[],
  { most, seed }: { readonly most: number; readonly seed: number },
): { readonly points: Points; readonly places: Uint32Array } {
  const places = permutation(rows.length, createRandom(seed)).slice(0, most).sort()
  const numbers: Float64Array[] = []
  const categories: Int32Array[] = []
  for (const name of columns) {
    const column = findColumn(table, name)
    if (column === undefined) continue
    if (column.kind === 'category') {
      categories.push(Int32Array.from(places, (place) => column.codes[rows[place] as number] as number))
    } else {
      const values = Float64Array.from(places, (place) => column.values[rows[place] as number] as number)
      const scaled = standardise(values)
      if (scaled !== undefined) numbers.push(scaled)
    }
  }
  return { points: { rows: places.length, numbers, categories }, places }
}

function standardise(values: Float64Array): Float64Array | undefined {
  const present = values.filter((value) => Number.isFinite(value))
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length
  const sd = Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length)
  return sd > 0 ? values.map((value) => (Number.isFinite(value) ? (value - mean) / sd : 0)) : undefined
}
