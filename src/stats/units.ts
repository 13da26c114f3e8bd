import { permutation, type Random } from '../core/random.ts'
import { ascendingOrder } from './order.ts'

/**
 * What a bootstrap draws: single rows, or rows that are kept together because they belong together (of one customer,
 * next to each other in time), or because there are more of them than a resample needs to tell apart.
 */
export interface Units {
  readonly rows: number
  readonly count: number
  /** The unit of each row; undefined where unit i is row i. */
  readonly of: Uint32Array | undefined
  /** Ends of the strata, ascending; the last is `count`. Units are drawn within their stratum, as many as it has. */
  readonly strata: readonly number[]
  /**
   * Rows of each stratum, where how many rows of each there are is chance as well (classes): a resample then gives its
   * strata the weight of as many rows as n drawn ones would have of them, but at least one.
   */
  readonly sizes?: readonly number[] | undefined
  /** Units next to each other that are drawn at once (circular). 1: independent units. */
  readonly block: number
  readonly kind: 'rows' | 'groups' | 'strata' | 'clusters' | 'blocks'
  /** The true standard error over that of the resamples, where blocks of a series cut correlations off. Default: 1. */
  readonly widening?: number | undefined
}

/**
 * With more units than this, they are joined at random into so many. Sums over random groups have the variance and the
 * skewness of sums over rows (in expectation, exactly); the standard error estimated from G groups is itself off by
 * 1/√(2G), here 1.1 %, against 3 % for the ends of an interval from 2,000 resamples.
 */
export const MOST_UNITS = 4096

export interface UnitOptions {
  readonly rows: number
  readonly random: Random
  /** A class number for every row: every resample has rows of each. */
  readonly strata?: Uint32Array | undefined
  /** A number for every row; rows of the same number are drawn together. */
  readonly clusters?: Uint32Array | undefined
  /** Rows in the order of time, how many neighbours are drawn at once, and the `lag` of `serialDependence`. */
  readonly series?: { readonly order: Uint32Array; readonly block: number; readonly lag?: number } | undefined
}

/** Forms the units of a bootstrap. Of strata, clusters and series at most one is used: series, then clusters, then strata. */
export function createUnits(options: UnitOptions): Units {
  const { rows, random } = options
  if (options.series && options.series.block > 1) return seriesUnits(rows, options.series)
  if (options.clusters) return clusterUnits(rows, options.clusters, random)
  if (options.strata) return stratifiedUnits(rows, options.strata, random)
  if (rows <= MOST_UNITS) return { rows, count: rows, of: undefined, strata: [rows], block: 1, kind: 'rows' }
  const of = new Uint32Array(rows)
  permutation(rows, random).forEach((row, i) => (of[row] = i % MOST_UNITS))
  return { rows, count: MOST_UNITS, of, strata: [MOST_UNITS], block: 1, kind: 'groups' }
}

function clusterUnits(rows: number, clusters: Uint32Array, random: Random): Units {
  const { codes, count } = compact(clusters)
  const units = Math.min(count, MOST_UNITS)
  const group = new Uint32Array(count)
  permutation(count, random).forEach((cluster, i) => (group[cluster] = i % units))
  const of = codes.map((code) => group[code] as number)
  return { rows, count: units, of, strata: [units], block: 1, kind: 'clusters' }
}

/** Rare strata keep their single rows; what is left of the units is shared out to the larger ones. */
function stratifiedUnits(rows: number, strata: Uint32Array, random: Random): Units {
  const { codes, count } = compact(strata)
  const sizes = new Float64Array(count)
  for (const code of codes) sizes[code] = (sizes[code] as number) + 1
  const share = Math.min(1, MOST_UNITS / rows)
  const wanted = sizes.map((size) => Math.max(Math.min(size, FEW_ROWS), Math.round(size * share)))
  const ends: number[] = []
  for (const units of wanted) ends.push((ends.at(-1) ?? 0) + units)
  const of = new Uint32Array(rows)
  const seen = new Float64Array(count)
  for (const row of permutation(rows, random)) {
    const code = codes[row] as number
    const at = seen[code] as number
    of[row] = (code === 0 ? 0 : (ends[code - 1] as number)) + (at % (wanted[code] as number))
    seen[code] = at + 1
  }
  return { rows, count: ends.at(-1) ?? 0, of, strata: ends, sizes: [...sizes], block: 1, kind: 'strata' }
}

const FEW_ROWS = 200

/** Units of a block, where units are several rows: finer ones move its ends by less than its own length is known to. */
const PER_BLOCK = 2
const FEWEST_UNITS = 1024

const seriesCount = (rows: number, block: number): number =>
  Math.min(MOST_UNITS, Math.max(FEWEST_UNITS, Math.round((PER_BLOCK * rows) / block)))

/** A block that misses more than this share of the variance is too short for its correction to be trusted. */
const MOST_MISSED = 0.5

/**
 * The true standard error over that of resamples in blocks of so many rows, which cut correlations off at their ends:
 * the variance of the resamples is too small by G/L (Künsch 1989; Politis & White 2004), a share lag/L of the whole.
 */
export function blockWidening(rows: number, lag: number): number {
  return 1 / Math.sqrt(1 - Math.min(MOST_MISSED, Math.max(0, lag) / Math.max(1, rows)))
}

function seriesUnits(rows: number, { order, block, lag = 0 }: NonNullable<UnitOptions['series']>): Units {
  const count = rows <= MOST_UNITS ? rows : seriesCount(rows, block)
  const of = new Uint32Array(rows)
  order.forEach((row, i) => (of[row] = Math.floor((i * count) / rows)))
  const length = Math.min(Math.max(1, Math.round((block * count) / rows)), Math.max(1, Math.floor(count / 2)))
  const widening = blockWidening((length * rows) / count, lag)
  return { rows, count, of, strata: [count], block: length, kind: 'blocks', widening }
}

/** The same partition with numbers 0 … count − 1, in order of first appearance. */
export function compact(codes: Uint32Array): { readonly codes: Uint32Array; readonly count: number } {
  const places = new Map<number, number>()
  const compacted = codes.map((code) => {
    const known = places.get(code)
    if (known !== undefined) return known
    places.set(code, places.size)
    return places.size - 1
  })
  return { codes: compacted, count: places.size }
}

/** Rows in the order of their times; rows of the same time keep theirs. */
export function timeOrder(times: Float64Array): Uint32Array {
  return ascendingOrder(times)
}
