import type { Drawn } from '../../stats/drawn.ts'
import { type SumTable, tabulate } from '../../stats/sum-table.ts'
import type { Units } from '../../stats/units.ts'
import type { Sample } from '../sample.ts'

/** Up to so many rows resamples are ranked score by score; beyond, neighbouring scores share a bin. */
const EXACT_ROWS = 20_000
/** A bin holds at most this share of the rows that score higher, so the top of the ranking stays exact. */
const BIN_SHARE = 1 / 512

/** Places in the order behind which the score changes. */
export function tieEnds(scores: Float64Array, order: Uint32Array): Uint32Array {
  let ties = 0
  const ends = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) {
    const last = i + 1 === order.length || scores[order[i] as number] !== scores[order[i + 1] as number]
    if (last) ends[ties++] = i + 1
  }
  return ends.slice(0, ties)
}

/**
 * The units of the rows by falling score, in bins of equal (or nearly equal) score, positives before negatives: the
 * weights of a resample at each score are sums over contiguous pieces of it.
 */
export class RankSegments {
  /** Weight of the positives and of the negatives of each bin, for the counts added last. */
  readonly positive: Float64Array
  readonly negative: Float64Array
  /** Whether every bin is one score. */
  readonly exact: boolean
  readonly #units: Uint16Array | Uint32Array
  readonly #weights: Float64Array | undefined
  /** How often each unit is there, where that is a whole number: a byte is enough, as for `drawSteps`. */
  readonly #bytes: Uint8Array
  readonly #middles: Uint32Array
  readonly #ends: Uint32Array
  /** Where there are so few bins (constant scores) that units times bins are fewer than rows. */
  readonly #table: SumTable | undefined

  constructor(sample: Sample, order: Uint32Array, ties: Uint32Array, units: Units) {
    const ends = order.length > EXACT_ROWS ? joinTies(ties) : ties
    this.exact = ends === ties
    this.positive = new Float64Array(ends.length)
    this.negative = new Float64Array(ends.length)
    this.#ends = ends
    this.#middles = new Uint32Array(ends.length)
    this.#units = units.count <= 1 << 16 ? new Uint16Array(order.length) : new Uint32Array(order.length)
    this.#bytes = new Uint8Array(units.count)
    this.#weights = sample.weights && new Float64Array(order.length)
    const code = new Uint32Array(ends.length * 2 * units.count < order.length ? order.length : 0)
    let from = 0
    ends.forEach((end, bin) => {
      let place = from
      for (const wanted of [true, false]) {
        for (let i = from; i < end; i++) {
          const row = order[i] as number
          if ((sample.labels[row] === 1) !== wanted) continue
          this.#units[place] = units.of === undefined ? row : (units.of[row] as number)
          if (this.#weights) this.#weights[place] = sample.weights?.[row] as number
          if (code.length > 0) code[row] = bin * 2 + (wanted ? 0 : 1)
          place++
        }
        if (wanted) this.#middles[bin] = place
      }
      from = end
    })
    if (code.length > 0) {
      const cells = [{ count: ends.length * 2, code }]
      this.#table = tabulate({ rows: order.length, columns: [], cells }, units, sample.weights)
    }
  }

  /** `drawn`: as of `SumTable.add`. */
  add(counts: Float64Array, drawn?: Drawn): void {
    if (this.#table) {
      const sums = this.#table.add(counts, drawn)
      for (let bin = 0; bin < this.positive.length; bin++) {
        this.positive[bin] = sums[1 + bin * 2] as number
        this.negative[bin] = sums[2 + bin * 2] as number
      }
      return
    }
    const ends = this.#ends
    const middles = this.#middles
    let from = 0
    if (this.#weights === undefined && drawn !== undefined && 'whole' in drawn) {
      const bytes = this.#bytes
      for (let unit = 0; unit < bytes.length; unit++) bytes[unit] = counts[unit] as number
      for (let bin = 0; bin < ends.length; bin++) {
        const middle = middles[bin] as number
        const end = ends[bin] as number
        this.positive[bin] = this.#count(from, middle)
        this.negative[bin] = this.#count(middle, end)
        from = end
      }
      return
    }
    for (let bin = 0; bin < ends.length; bin++) {
      const middle = middles[bin] as number
      const end = ends[bin] as number
      this.positive[bin] = this.#sum(counts, from, middle)
      this.negative[bin] = this.#sum(counts, middle, end)
      from = end
    }
  }

  /** As `#sum` of the counts as bytes, which stay in the nearest cache. */
  #count(from: number, to: number): number {
    const units = this.#units
    const bytes = this.#bytes
    let sum = 0
    let s1 = 0
    let i = from
    for (; i + 1 < to; i += 2) {
      sum += bytes[units[i] as number] as number
      s1 += bytes[units[i + 1] as number] as number
    }
    if (i < to) sum += bytes[units[i] as number] as number
    return sum + s1
  }

  #sum(counts: Float64Array, from: number, to: number): number {
    const units = this.#units
    const weights = this.#weights
    let sum = 0
    if (weights) {
      for (let i = from; i < to; i++) sum += (counts[units[i] as number] as number) * (weights[i] as number)
      return sum
    }
    // Four sums at once: one alone would wait for each addition to finish before the next.
    let s1 = 0
    let s2 = 0
    let s3 = 0
    let i = from
    for (; i + 3 < to; i += 4) {
      sum += counts[units[i] as number] as number
      s1 += counts[units[i + 1] as number] as number
      s2 += counts[units[i + 2] as number] as number
      s3 += counts[units[i + 3] as number] as number
    }
    for (; i < to; i++) sum += counts[units[i] as number] as number
    return sum + s1 + (s2 + s3)
  }
}

function joinTies(ties: Uint32Array): Uint32Array {
  const joined: number[] = []
  let start = 0
  for (let i = 0; i < ties.length; i++) {
    const end = ties[i] as number
    const next = ties[i + 1]
    if (next !== undefined && next - start <= start * BIN_SHARE) continue
    joined.push(end)
    start = end
  }
  return joined.length < ties.length ? Uint32Array.from(joined) : ties
}
