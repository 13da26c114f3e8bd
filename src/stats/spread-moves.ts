import type { Spread } from './spread-family.ts'
import type { Noise } from './spread-noise.ts'

/** What becomes of a distance to the extreme, in standard errors: ties are likelier than they look, and less likely. */
export const nearer = (gap: number): number => (gap * gap * gap) / (gap * gap + 1)
export const farther = (gap: number): number => Math.sqrt(gap * gap + 0.5)

/** Moves the groups between the extremes by what `move` makes of their distance to the nearer one, in standard errors. */
export function reshaped(
  values: Float64Array,
  errors: Float64Array,
  groups: number,
  move: (gap: number) => number,
): Float64Array {
  let low = -1
  let high = -1
  for (let g = 0; g < groups; g++) {
    if (Number.isNaN(values[g])) continue
    if (low < 0 || (values[g] as number) < (values[low] as number)) low = g
    if (high < 0 || (values[g] as number) > (values[high] as number)) high = g
  }
  if (low < 0) return values
  const half = ((values[high] as number) - (values[low] as number)) / 2
  return values.map((value, g) => {
    if (g >= groups || g === low || g === high || Number.isNaN(value)) return value
    const top = (values[high] as number) - value < value - (values[low] as number)
    const end = top ? high : low
    const error = Math.hypot(errors[g] as number, errors[end] as number)
    if (!(error > 0)) return value
    const gap = Math.min(half, error * move(Math.abs((values[end] as number) - value) / error))
    return top ? (values[end] as number) - gap : (values[end] as number) + gap
  })
}

/** The same for distances to the rate of all rows, whose error is known from the resamples: both have noise in common. */
export function reshapedToOverall(
  values: Float64Array,
  errors: Float64Array,
  groups: number,
  move: (gap: number) => number,
  noise: readonly Noise[],
): Float64Array {
  // Of two groups the one is as far from all rows as the other makes it.
  if (groups < 3) return values
  const overall = values[groups] as number
  const distance = (g: number): number => Math.abs((values[g] as number) - overall)
  let far = -1
  for (let g = 0; g < groups; g++) if (!Number.isNaN(values[g]) && (far < 0 || distance(g) > distance(far))) far = g
  if (far < 0 || Number.isNaN(overall)) return values
  const side = (g: number): number => ((values[g] as number) < overall ? -1 : 1)
  const shift = (g: number, b: number): number =>
    side(g) *
    ((errors[g] as number) * ((noise[g] as Noise).z[b] as number) -
      (errors[groups] as number) * ((noise[groups] as Noise).z[b] as number))
  return values.map((value, g) => {
    if (g >= groups || g === far || Number.isNaN(value)) return value
    const draws = (noise[g] as Noise).z.length
    let squares = 0
    for (let b = 0; b < draws; b++) squares += (shift(far, b) - shift(g, b)) ** 2
    const error = Math.sqrt(squares / draws)
    if (!(error > 0)) return value
    const gap = error * move((distance(far) - distance(g)) / error)
    return overall + side(g) * Math.max(0, distance(far) - gap)
  })
}

interface Part {
  readonly away: Float64Array
  readonly errors: Float64Array
  readonly centre: number
  readonly groups: number
}

/** Moves the spreads of the rates below the largest by what `move` makes of their distance to it, in standard errors. */
export function levelled(parts: readonly Part[], spread: Spread, move: (gap: number) => number): void {
  if (parts.length < 2) return
  const seen = parts.map(({ away, errors, centre, groups }) => {
    const own = spread([away.map((one) => one + centre)])
    const width = rangeOf(away, groups)
    const error = Math.max(0, ...[...errors.subarray(0, groups)].filter((one) => one > 0))
    return { own, error: width > 0 ? (error * own) / width : 0 }
  })
  const top = seen.reduce((best, one) => (one.own > best.own ? one : best))
  parts.forEach(({ away }, c) => {
    const one = seen[c] as (typeof seen)[number]
    const error = Math.hypot(one.error, top.error)
    if (one === top || !(error > 0) || !(one.own > 0)) return
    const factor = Math.max(0, top.own - error * move((top.own - one.own) / error)) / one.own
    for (let g = 0; g < away.length; g++) away[g] = factor * (away[g] as number)
  })
}

/** Largest − smallest of the first so many values, 0 where there is none. */
export function rangeOf(values: Float64Array, groups: number): number {
  let low = Infinity
  let high = -Infinity
  for (let g = 0; g < groups; g++) {
    const value = values[g] as number
    if (value < low) low = value
    if (value > high) high = value
  }
  return high > low ? high - low : 0
}
