/** More bins fit little better on tables of up to a million rows, and cost width. */
const MAX_BINS = 16
/** Up to this many different values (hours, days of the month, ratings), each is a knot. */
const MAX_DISTINCT = 32
/** Matrix columns that the knots of all numeric columns together may add. */
const WIDTH_BUDGET = 1024
/** Fewer bins than this are not worth their columns. */
const MIN_BINS = 4

/** Bins per numeric column such that a wide table stays within memory; 0 for none. */
export function binsFor(numericColumns: number): number {
  const bins = Math.min(MAX_BINS, Math.floor(WIDTH_BUDGET / Math.max(1, numericColumns)))
  return bins < MIN_BINS ? 0 : bins
}

/**
 * Knots of a piecewise linear encoding (Gorishniy, Rubachev, Babenko, 2022): with it a linear model is additive and
 * piecewise linear in each column, and a small network learns steps that it would otherwise need many epochs for.
 *
 * Values that fill a bin by themselves (the zeros of a sum, the levels of a rating) are knots; the rest is cut at
 * quantiles.
 * @param sorted The present values in ascending order.
 * @param bins Largest number of bins.
 * @param minRows A knot in a region with fewer rows could not be learned.
 * @returns Strictly increasing; empty where a straight line says as much.
 */
export function fitKnots(sorted: Float64Array, bins: number, minRows: number): number[] {
  if (bins === 0 || sorted.length === 0) return []
  const knots = fewValues(sorted, minRows) ?? heavyAndQuantiles(sorted, bins, minRows)
  const ordered = [...knots].sort((a, b) => a - b)
  return ordered.length < 3 ? [] : ordered
}

/** All values, where they are few and each has enough rows; undefined otherwise. */
function fewValues(sorted: Float64Array, minRows: number): Set<number> | undefined {
  const values = new Set<number>()
  for (let start = 0; start < sorted.length;) {
    const end = endOfRun(sorted, start)
    if (end - start < minRows || values.size === MAX_DISTINCT) return undefined
    values.add(sorted[start] as number)
    start = end
  }
  return values
}

function heavyAndQuantiles(sorted: Float64Array, bins: number, minRows: number): Set<number> {
  const heavy = new Set<number>()
  const least = Math.max(minRows, sorted.length / bins)
  for (let start = 0; start < sorted.length;) {
    const end = endOfRun(sorted, start)
    if (end - start >= least) heavy.add(sorted[start] as number)
    start = end
  }
  const rest = heavy.size === 0 ? sorted : sorted.filter((value) => !heavy.has(value))
  const pieces = Math.min(bins - heavy.size, Math.floor(rest.length / minRows))
  if (pieces < 1) return heavy
  const cuts = Array.from(
    { length: pieces + 1 },
    (_, i) => rest[Math.round((i / pieces) * (rest.length - 1))] as number,
  )
  return new Set([...heavy, ...cuts])
}

/** Index after the last value equal to the one at `start`. */
function endOfRun(sorted: Float64Array, start: number): number {
  const value = sorted[start]
  let end = start + 1
  while (sorted[end] === value) end++
  return end
}

/**
 * Writes knots.length − 1 numbers in [0, 1]: 1 for bins below the value, the share passed of its own bin, 0 above.
 * @example encodePiecewise(25, [0, 20, 30], out, 0) // out: 1, 0.5
 */
export function encodePiecewise(value: number, knots: readonly number[], out: Float32Array, at: number): void {
  for (let bin = 1; bin < knots.length; bin++) {
    const low = knots[bin - 1] as number
    const high = knots[bin] as number
    if (value >= high) {
      out[at + bin - 1] = 1
    } else {
      if (value > low) out[at + bin - 1] = (value - low) / (high - low)
      return
    }
  }
}
