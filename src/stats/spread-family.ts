import { levelled, rangeOf, reshaped, reshapedToOverall } from './spread-moves.ts'
import { type Noise, rootVariance } from './spread-noise.ts'

/** How the standard error of a rate follows the rate: √(r(1 − r)) of a share, r of an error, constant of a mean. */
export type RateKind = 'proportion' | 'scale' | 'location'

/** One rate in several groups, and in all rows together, with resampled values of each. */
export interface SpreadRates {
  readonly kind: RateKind
  /** Of the groups that are compared, then of all rows. */
  readonly values: Float64Array
  /** Rows behind each of them. */
  readonly rows: Float64Array
  /** For each of the values its bootstrap replicates, the same resamples everywhere; NaN where undefined. */
  readonly resampled: readonly Float64Array[]
}

/**
 * How far groups are apart: 0 where all are equal, growing. `rates[c]` are the values of the c-th rate, its
 * last one that of all rows.
 */
export type Spread = (rates: readonly Float64Array[]) => number

export interface SpreadProblem {
  readonly rates: readonly SpreadRates[]
  readonly spread: Spread
  /** The same of many draws at once: `rates[c][g][b]` of draw b. Default: one after the other. */
  readonly spreads?: ((rates: readonly (readonly Float64Array[])[], into: Float64Array) => void) | undefined
  /** Whether groups are held against each other: those near the extremes then pass for them by chance. */
  readonly between: boolean
  /** Whether the rates are points of one distribution, which move together. */
  readonly joint?: boolean | undefined
  /** What the spread is shown as, rising or falling with it. Default: itself. */
  readonly shown?: ((spread: number) => number) | undefined
}

/** The rates drawn together by a factor: 0 all equal, 1 as they were seen. */
export interface Family {
  readonly draws: number
  /** Puts the rates there; every other member then speaks of this place. */
  place(s: number): void
  /** Spread without noise; of the rates that move alone where only some do. */
  truth(): number
  /** Writes the spread of each draw, NaN where it has none. */
  draw(into: Float64Array): void
  /** Widest distance of two groups in a rate at s = 1, and a typical standard error. */
  readonly width: number
  readonly error: number
}

/**
 * @param move What becomes of a group's distance to the nearer extreme, in standard errors.
 * @param options `only`: the number of the one rate that moves, all others staying as they were seen; default: all move.
 *   `across`: what becomes of the distances between the rates, whose spreads compete in the same way.
 */
export function familyOf(
  problem: SpreadProblem,
  noises: readonly Noise[],
  move: (gap: number) => number,
  { only, across }: { readonly only?: number | undefined; readonly across?: (gap: number) => number } = {},
): Family {
  const { rates, spread } = problem
  let offset = 0
  const parts = rates.map(({ kind, values }) => {
    const noise = noises.slice(offset, offset + values.length)
    offset += values.length
    const groups = values.length - 1
    const errors = values.map((value, g) => (noise[g] as Noise).unit * rootVariance(kind, value))
    const moved = (problem.between ? reshaped : reshapedToOverall)(values, errors, groups, move, noise)
    const centre = centreOf(moved, noise, groups)
    return { kind, noise, centre, away: moved.map((value) => value - centre), errors, groups }
  })
  if (only === undefined && problem.joint !== true && across) levelled(parts, spread, across)
  const moving = only === undefined ? parts : parts.slice(only, only + 1)
  if (moving.every(({ away }) => away.every((one) => !(Math.abs(one) > 1e-12)))) moving.forEach(nudge)
  const fresh = (): Float64Array[] => rates.map(({ values }) => new Float64Array(values.length))
  const [single, means, errors] = [fresh(), fresh(), fresh()]
  // Groups that are held against each other need no rate of all rows.
  const used = (rates[0]?.values.length ?? 0) - (problem.between ? 1 : 0)
  const draws = rates[0]?.resampled[0]?.length ?? 0
  const drawn = rates.map(({ values }) => Array.from(values, () => new Float64Array(draws)))
  return {
    draws,
    place(s) {
      parts.forEach(({ kind, centre, away, noise }, c) => {
        const factor = only === undefined || only === c ? s : 1
        for (let g = 0; g < away.length; g++) {
          const mean = bounded(kind, centre + factor * (away[g] as number))
          ;(means[c] as Float64Array)[g] = mean
          ;(errors[c] as Float64Array)[g] = (noise[g] as Noise).unit * rootVariance(kind, mean)
        }
      })
    },
    truth: () => spread(only === undefined ? means : means.slice(only, only + 1)),
    draw(into) {
      for (let c = 0; c < parts.length; c++) {
        const { kind, noise } = parts[c] as (typeof parts)[number]
        const least = kind === 'location' ? -Infinity : 0
        const most = kind === 'proportion' ? 1 : Infinity
        for (let g = 0; g < used; g++) {
          const mean = (means[c] as Float64Array)[g] as number
          const error = (errors[c] as Float64Array)[g] as number
          const { z } = noise[g] as Noise
          const out = (drawn[c] as readonly Float64Array[])[g] as Float64Array
          for (let b = 0; b < draws; b++) {
            const value = mean + error * (z[b] as number)
            out[b] = value < least ? least : value > most ? most : value
          }
        }
      }
      if (problem.spreads !== undefined) {
        problem.spreads(drawn, into)
        return
      }
      for (let b = 0; b < draws; b++) {
        for (let c = 0; c < parts.length; c++) {
          const own = single[c] as Float64Array
          const all = drawn[c] as readonly Float64Array[]
          for (let g = 0; g < used; g++) own[g] = (all[g] as Float64Array)[b] as number
        }
        into[b] = spread(single)
      }
    },
    width: Math.max(1e-12, ...parts.map(({ away, groups }) => rangeOf(away, groups))),
    error: Math.max(
      0,
      ...parts.flatMap(({ errors: own, groups }) => [...own.subarray(0, groups)].filter((one) => one > 0)),
    ),
  }
}

function bounded(kind: RateKind, rate: number): number {
  if (kind === 'location') return rate
  if (kind === 'scale') return rate < 0 ? 0 : rate
  return rate < 0 ? 0 : rate > 1 ? 1 : rate
}

/** The mean of the groups that are defined, each by what is known of it. */
function centreOf(values: Float64Array, noise: readonly Noise[], groups: number): number {
  let sum = 0
  let weights = 0
  for (let g = 0; g < groups; g++) {
    const value = values[g] as number
    if (Number.isNaN(value)) continue
    const { unit } = noise[g] as Noise
    const weight = unit > 0 ? 1 / (unit * unit) : 1
    sum += weight * value
    weights += weight
  }
  return sum / weights
}

/** Groups that are exactly equal move apart at the two that are known worst. */
function nudge(part: { readonly away: Float64Array; readonly noise: readonly Noise[]; readonly groups: number }): void {
  const order = [...part.noise.slice(0, part.groups).keys()].filter((g) => !Number.isNaN(part.away[g]))
  order.sort((a, b) => (part.noise[b] as Noise).unit - (part.noise[a] as Noise).unit)
  const [one, two] = order
  if (one === undefined || two === undefined) return
  part.away[one] = -Math.max(1e-9, (part.noise[one] as Noise).unit)
  part.away[two] = Math.max(1e-9, (part.noise[two] as Noise).unit)
}

export function sameRates(one: SpreadProblem, other: SpreadProblem): boolean {
  const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
    for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
    return true
  }
  return one.rates.every((rate, c) => {
    const twin = other.rates[c] as SpreadRates
    return (
      same(rate.values, twin.values) && rate.resampled.every((own, g) => same(own, twin.resampled[g] as Float64Array))
    )
  })
}
