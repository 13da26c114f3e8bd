/** Cells of the lookup grid: narrows the search for a bin to one or two edges where values are spread evenly. */
const CELLS = 1024

/** Edges prepared for counting: a uniform grid that tells between which edges a value's bin must lie. */
export interface BinLookup {
  readonly edges: Float64Array
  readonly first: number
  readonly scale: number
  readonly from: Uint8Array
  readonly to: Uint8Array
}

/** What has been counted of one number or time column so far. */
export interface NumberTally {
  /** Rows per bin. */
  readonly counts: Float64Array
  missing: number
  /** Of the finite values. */
  sum: number
  finite: number
  /** How far finite values lie beyond the outer edges: Σ (e₀ − x) and Σ (x − e_last). */
  below: number
  above: number
}

/** @param edges strictly increasing, at most 127 */
export function createLookup(edges: readonly number[]): BinLookup {
  const sorted = Float64Array.from(edges)
  const first = sorted[0] ?? 0
  const width = (sorted.at(-1) ?? 0) - first
  // A range that overflows, or one of no width, has no grid: every search starts from all edges.
  const scale = width > 0 && Number.isFinite(width) && Number.isFinite(CELLS / width) ? CELLS / width : 0
  const from = new Uint8Array(CELLS)
  const to = new Uint8Array(CELLS).fill(sorted.length)
  const cells = scale > 0 ? CELLS : 0
  for (let cell = 0; cell < cells; cell++) {
    // A cell wider on both sides than it is: the rounding of (x − first)·scale may put a value next door.
    from[cell] = binOf(sorted, first + (cell - 1) / scale)
    to[cell] = binOf(sorted, first + (cell + 2) / scale)
  }
  return { edges: sorted, first, scale, from, to }
}

export const createTally = (edges: readonly number[]): NumberTally => ({
  counts: new Float64Array(edges.length + 1),
  missing: 0,
  sum: 0,
  finite: 0,
  below: 0,
  above: 0,
})

/** The bin of x: the first whose upper edge is not below it. −∞ and +∞ have bins; NaN has none. */
export function binOf(edges: ArrayLike<number>, x: number): number {
  return search(edges, x, 0, edges.length)
}

function search(edges: ArrayLike<number>, x: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((edges[middle] as number) < x) low = middle + 1
    else high = middle
  }
  return low
}

/** Adds the values of the given rows (all of them without `rows`) to the tally. */
export function countNumbers(
  values: Float64Array,
  rows: ArrayLike<number> | undefined,
  lookup: BinLookup,
  tally: NumberTally,
): void {
  const { edges, first, scale, from, to } = lookup
  const { counts } = tally
  const n = rows ? rows.length : values.length
  let missing = 0
  let sum = 0
  let infinite = 0
  let below = 0
  let above = 0
  const last = edges.length
  const top = edges[last - 1] as number
  for (let i = 0; i < n; i++) {
    const x = values[rows ? (rows[i] as number) : i] as number
    if (x !== x) {
      missing++
      continue
    }
    if (x === Infinity || x === -Infinity) infinite++
    else sum += x
    const position = (x - first) * scale
    const cell = position >= CELLS ? CELLS - 1 : position > 0 ? position | 0 : 0
    const bin = search(edges, x, from[cell] as number, to[cell] as number)
    counts[bin] = (counts[bin] as number) + 1
    if (bin === last && x < Infinity) above += x - top
    else if (bin === 0 && x > -Infinity) below += first - x
  }
  if (last > 0) {
    tally.below += below
    tally.above += above
  }
  tally.missing += missing
  tally.sum += sum
  tally.finite += n - missing - infinite
}
