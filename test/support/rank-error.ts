import type { QuantileSketch } from '../../src/stats/kll.ts'

/** The largest distance of a sketch’s ranks from the true ones, at the last of equal values; a share of the rows. */
export function rankError(sketch: QuantileSketch, sorted: Float64Array): number {
  let below = 0
  let at = 0
  let worst = 0
  const items = sketch.items()
  for (const [i, [value, weight]] of items.entries()) {
    below += weight
    if (items[i + 1]?.[0] === value) continue
    while (at < sorted.length && (sorted[at] as number) <= value) at++
    worst = Math.max(worst, Math.abs(below - at) / sorted.length)
  }
  return worst
}
