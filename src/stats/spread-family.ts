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
  /** Puts them at the place next to what was seen whose spread is θ: rates with more come down, else one rate grows. */
  reach(theta: number): void
  /** The rates without noise, and their spread. */
  readonly means: readonly Float64Array[]
  truth(): number
  /** Writes the spread of each draw, NaN where it has none. */
  draw(into: Float64Array): void
  /** The rates of the last draws: `drawn[c][g][b]`. */
  readonly drawn: readonly (readonly Float64Array[])[]
  /** Widest distance of two groups in a rate at s = 1, and a typical standard error. */
  readonly width: number
  readonly error: number
}

/**
 * @param move What becomes of a group's distance to the nearer extreme, in standard errors.
 * @param across What becomes of the distances between the rates, whose spreads compete in the same way.
 */
export function familyOf(
  problem: SpreadProblem,
  noises: readonly Noise[],
  move: (gap: number) => number,
  across?: (gap: number) => number,
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
  if (problem.joint !== true && across) levelled(parts, spread, across)
  if (parts.every(({ away }) => away.every((one) => !(Math.abs(one) > 1e-12)))) parts.forEach(nudge)
  const fresh = (): Float64Array[] => rates.map(({ values }) => new Float64Array(values.length))
  const [means, errors] = [fresh(), fresh()]
  // Groups that are held against each other need no rate of all rows.
  const used = (rates[0]?.values.length ?? 0) - (problem.between ? 1 : 0)
  const draws = rates[0]?.resampled[0]?.length ?? 0
  const drawn = rates.map(({ values }) => Array.from(values, () => new Float64Array(draws)))
  const scale = (factorOf: (c: number) => number): void =>
    parts.forEach(({ kind, centre, away, noise }, c) => {
      const factor = factorOf(c)
      for (let g = 0; g < away.length; g++) {
        const mean = bounded(kind, centre + factor * (away[g] as number))
        ;(means[c] as Float64Array)[g] = mean
        ;(errors[c] as Float64Array)[g] = (noise[g] as Noise).unit * rootVariance(kind, mean)
      }
    })
  const alone = parts.map((part) => aloneOf(part, spread))
  const widest = Math.max(...alone.map(({ seen }) => seen))
  return {
    draws,
    means,
    drawn,
    place: (s) => scale(() => s),
    reach(theta) {
      // The rate that has to move least, in standard errors.
      const cost = ({ seen, error }: Alone): number => (seen > 0 ? (theta - seen) / error : Infinity)
      const least = Math.min(...alone.map(cost))
      scale((c) => {
        const one = alone[c] as Alone
        return one.seen > theta || (theta > widest && cost(one) === least) ? one.factorTo(theta) : 1
      })
    },
    truth: () => spread(means),
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
      spreadsOf(problem, drawn, into)
    },
    width: Math.max(1e-12, ...parts.map(({ away, groups }) => rangeOf(away, groups))),
    error: Math.max(
      0,
      ...parts.flatMap(({ errors: own, groups }) => [...own.subarray(0, groups)].filter((one) => one > 0)),
    ),
  }
}

/** The spread of each of many draws, `rates[c][g][b]` being those of draw b. */
export function spreadsOf(
  { spread, spreads }: Pick<SpreadProblem, 'spread' | 'spreads'>,
  rates: readonly (readonly Float64Array[])[],
  into: Float64Array,
): void {
  if (spreads !== undefined) {
    spreads(rates, into)
    return
  }
  const single = rates.map((all) => new Float64Array(all.length))
  for (let b = 0; b < into.length; b++) {
    rates.forEach((all, c) => all.forEach((one, g) => ((single[c] as Float64Array)[g] = one[b] as number)))
    into[b] = spread(single)
  }
}

interface Part {
  readonly kind: RateKind
  readonly centre: number
  readonly away: Float64Array
  readonly errors: Float64Array
  readonly groups: number
}

/** One rate by itself: its spread as it was seen, a typical error of it, and the factor that makes it another. */
interface Alone {
  readonly seen: number
  readonly error: number
  factorTo(theta: number): number
}

/** Largest factor that is looked at: a spread that is not reached by then has come to its end. */
const LARGEST_FACTOR = 1e6

function aloneOf({ kind, centre, away, errors, groups }: Part, spread: Spread): Alone {
  const at = (factor: number): number => spread([away.map((one) => bounded(kind, centre + factor * one))])
  const seen = at(1)
  const width = rangeOf(away, groups)
  const error = Math.max(0, ...[...errors.subarray(0, groups)].filter((one) => one > 0))
  return {
    seen,
    error: width > 0 ? (error * seen) / width : 0,
    factorTo(theta) {
      if (!(seen > 0)) return 0
      let [low, high] = [0, theta / seen]
      while (at(high) < theta && high < LARGEST_FACTOR) [low, high] = [high, 2 * high]
      while (high - low > 1e-5 * high) {
        const middle = (low + high) / 2
        if (at(middle) < theta) low = middle
        else high = middle
      }
      return high
    },
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
