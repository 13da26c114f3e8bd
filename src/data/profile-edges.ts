/** How close, in shares of the gap to its neighbour, a rounded edge must stay to where it was. */
const ROUNDING = 0.01

export interface Edges {
  readonly edges: number[]
  /** Whether every distinct value has a bin of its own. */
  readonly discrete: boolean
}

/**
 * The inner edges of a column's bins: the distinct values where there are at most `bins` of them, else the quantiles
 * k / bins without repetitions; always with an edge just below the smallest value and one at the largest, so that what
 * lies outside the reference's range is counted apart. Edges are rounded up to as few digits as keep every value's bin.
 *
 * @param sorted ascending, finite; may be a sample of the column
 * @param max of the whole column
 */
export function chooseEdges(sorted: Float64Array, min: number, max: number, bins: number): Edges {
  if (sorted.length === 0) return { edges: [], discrete: false }
  const distinct = firstDistinct(sorted, bins + 1)
  const discrete = distinct.length <= bins
  const inner = discrete ? distinct : quantiles(sorted, bins)
  if ((inner.at(-1) as number) < max) inner.push(max)
  const edges = inner.map((edge, i) => {
    const next = inner[i + 1] ?? Infinity
    const gap = i + 1 < inner.length ? next - edge : lastGap(inner)
    return roundUp(edge, gap * ROUNDING, next)
  })
  const firstGap = inner.length > 1 ? (inner[1] as number) - (inner[0] as number) : lastGap(inner)
  const slack = (firstGap * ROUNDING) / 2
  const below = -roundUp(-(min - slack), slack, Infinity)
  return { edges: below < min ? [below, ...edges] : edges, discrete }
}

function firstDistinct(sorted: Float64Array, limit: number): number[] {
  const distinct: number[] = []
  for (const value of sorted) {
    if (value === distinct.at(-1)) continue
    distinct.push(value)
    if (distinct.length === limit) break
  }
  return distinct
}

function quantiles(sorted: Float64Array, bins: number): number[] {
  const edges: number[] = []
  for (let k = 1; k <= bins; k++) {
    const edge = sorted[Math.ceil((k * sorted.length) / bins) - 1] as number
    if (edge !== edges.at(-1)) edges.push(edge)
  }
  return edges
}

/** The gap before the last edge; of a lone value its own size, so that 5 and 5.2 are told apart. */
function lastGap(inner: readonly number[]): number {
  const last = inner.at(-1) as number
  return inner.length > 1 ? last - (inner.at(-2) as number) : Math.abs(last) || 1
}

/** The number with the fewest digits in [x, x + tolerance] below `next`; x itself where there is none. */
function roundUp(x: number, tolerance: number, next: number): number {
  for (let digits = 1; digits <= 16; digits++) {
    const nearest = Number(x.toPrecision(digits))
    const step = 10 ** (Math.floor(Math.log10(Math.abs(x))) - digits + 1)
    const candidate = nearest >= x ? nearest : Number((nearest + step).toPrecision(digits))
    if (candidate >= x && candidate - x <= tolerance && candidate < next && Number.isFinite(candidate)) {
      return candidate + 0
    }
  }
  return x
}

/** Values at equal steps of rank, every one at least once: what edges are chosen from. */
export function spread(items: readonly (readonly [number, number])[]): Float64Array {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0)
  const step = Math.max(1, total / 20_000)
  const values: number[] = []
  for (const [value, weight] of items) for (let at = 0; at < weight; at += step) values.push(value)
  return Float64Array.from(values)
}
