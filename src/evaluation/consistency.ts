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

/** The nearest rows of each row, nearest first; one more than asked for where there are so many. */
export interface Neighbours {
  readonly rows: number
  readonly wanted: number
  readonly width: number
  readonly places: Uint32Array
}

/**
 * Neighbours by Euclidean distance; a differing category counts 1. Ties go to the earlier row.
 *
 * @param self Whether a row is among its own neighbours, as in AIF360.
 */
export function neighboursOf(points: Points, k: number, self: boolean): Neighbours {
  const { rows, numbers, categories } = points
  const most = self ? rows : rows - 1
  const wanted = Math.max(0, Math.min(k, most))
  const width = Math.max(0, Math.min(k + 1, most))
  const distances = new Float64Array(rows)
  const nearest = new Float64Array(width)
  const places = new Uint32Array(rows * width)
  for (let i = 0; i < rows && width > 0; i++) {
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
    const from = i * width
    let found = 0
    for (let j = 0; j < rows; j++) {
      if (j === i && !self) continue
      const distance = distances[j] as number
      if (found === width && distance >= (nearest[width - 1] as number)) continue
      let at = found < width ? found++ : width - 1
      while (at > 0 && (nearest[at - 1] as number) > distance) {
        nearest[at] = nearest[at - 1] as number
        places[from + at] = places[from + at - 1] as number
        at--
      }
      nearest[at] = distance
      places[from + at] = j
    }
  }
  return { rows, wanted, width, places }
}

/** How much two rows are treated differently: |ŷ − ŷ′| of decisions 0 and 1; of several classes 0 or 1. */
export type Treatment =
  | { readonly kind: 'number'; readonly of: ArrayLike<number> }
  | { readonly kind: 'class'; readonly of: ArrayLike<number> }

/** What a row contributes: |ŷ − mean ŷ of its neighbours|, or the share of neighbours of another class. */
function roughness({ wanted, width, places }: Neighbours, { kind, of }: Treatment, i: number, without = -1): number {
  const own = of[i] as number
  let sum = 0
  let counted = 0
  for (let at = 0; at < width && counted < wanted; at++) {
    const j = places[i * width + at] as number
    if (j === without) continue
    counted++
    sum += kind === 'number' ? (of[j] as number) : of[j] === own ? 0 : 1
  }
  if (counted === 0) return 0
  return kind === 'number' ? Math.abs(own - sum / counted) : sum / counted
}

/**
 * Individual fairness (Zemel et al. 2013, “Learning Fair Representations”, ICML): 1 − mean |ŷᵢ − mean ŷ of the k nearest
 * neighbours of row i|.
 *
 * @example consistency({ rows: 4, numbers: [Float64Array.of(0, 1, 10, 11)], categories: [] }, [1, 0, 1, 1], 1, false) // 0.5
 */
export function consistency(points: Points, decisions: ArrayLike<number>, k: number, self: boolean): number {
  return consistencyOf(neighboursOf(points, k, self), { kind: 'number', of: decisions })
}

export function consistencyOf(neighbours: Neighbours, treatment: Treatment): number {
  const { rows, wanted } = neighbours
  if (wanted < 1) return Number.NaN
  let total = 0
  for (let i = 0; i < rows; i++) total += roughness(neighbours, treatment, i)
  return 1 - total / rows
}

export interface Influence {
  /** What each row adds to n · (1 − consistency) by itself, less the mean. */
  readonly alone: Float64Array
  /** The same with what it does as a neighbour of others, who would have their next nearest instead. */
  readonly together: Float64Array
}

/**
 * For the standard error of the consistency. The spread of `alone` forgets that rows are neighbours of each other and is
 * too small; the jackknife, the spread of `together`, counts whatever pairs of rows do to each other twice and is too
 * large (Efron & Stein 1981, “The jackknife estimate of variance”, Annals of Statistics 9). The truth lies between; the
 * mean of both variances is what bench/simulate-fairness.ts finds to cover.
 */
export function consistencyInfluence(neighbours: Neighbours, treatment: Treatment): Influence {
  const { rows, width, wanted, places } = neighbours
  const own = Float64Array.from({ length: rows }, (_, i) => roughness(neighbours, treatment, i))
  const mean = own.reduce((sum, one) => sum + one, 0) / rows
  const alone = own.map((one) => one - mean)
  const together = alone.slice()
  for (let i = 0; i < rows; i++) {
    for (let at = 0; at < Math.min(wanted, width); at++) {
      const j = places[i * width + at] as number
      if (j === i) continue
      together[j] = (together[j] as number) + (own[i] as number) - roughness(neighbours, treatment, i, j)
    }
  }
  return { alone, together }
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
