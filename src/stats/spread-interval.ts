import { crossing, quantile } from './quantile-zero.ts'
import { type Family, familyOf, type SpreadProblem, type SpreadRates, spreadsOf } from './spread-family.ts'
import { farther, nearer } from './spread-moves.ts'
import { type Noise, noisesOf } from './spread-noise.ts'
import { normalCdf } from './special.ts'

export { spreadChangeInterval } from './spread-change.ts'
export type { Spread, SpreadProblem, SpreadRates, RateKind } from './spread-family.ts'

export interface Ends {
  readonly low: number
  readonly high: number
}

/**
 * Interval of how far groups are apart, by inverting a test. The largest difference of several groups is biased upwards
 * and never below 0, which percentiles of a bootstrap make worse, not better. Here, for a true spread θ, the rates are
 * taken to lie as they were seen but drawn together (or apart) around their mean until their spread is θ; to these come
 * the resampled deviations, with the standard error that the rates would have there; and θ belongs to the interval
 * where the spread that was seen is in neither tail. Groups near the extremes are moved a little towards them for the
 * lower end and away from them for the upper one: whether they are tied is the one thing that the data cannot say (the
 * moment selection of Andrews & Soares 2010, Econometrica 78).
 *
 * Of several rates, and of several distances to the rate of all rows, the largest is below a limit only where each of
 * them is: the upper end is the largest of the limits of each, the least that can be said without one rate's growth
 * lowering the limit (Lehmann 1952, Annals of Mathematical Statistics 23). Where several are tied it is missed by far
 * less than α/2, and at θ = 0 by nothing: what the upper end leaves of α the lower end takes (the unified intervals of
 * Feldman & Cousins 1998, Physical Review D 57), so that both together miss with probability α.
 *
 * The interval contains the estimate. With two groups it is that of |d|; bench/simulate-fairness.ts has its coverage.
 */
export function spreadInterval(problem: SpreadProblem, level: number, seed: number): Ends | null {
  const alpha = 1 - level
  const found = noisesOf([problem], seed)
  if (found === undefined) return null
  const [noises] = found as [readonly Noise[]]
  const seen = seenOf(problem)
  if (Number.isNaN(seen)) return null
  const lower = familyOf(problem, noises, nearer)
  const spreads = new Float64Array(lower.draws)
  lower.place(0)
  lower.draw(spreads)
  const typical = quantile(spreads, 0.5) / 0.6745
  const tail = (theta: number): number =>
    typical > 0 ? (alpha / 2) * (2 * normalCdf((Math.SQRT2 * theta) / typical) - 1) : alpha / 2
  const limits = rivalsOf(problem, noises).map((rival): Limit => {
    const end = upperEnd(rival, tail, typical)
    return { ...rival, end, reach: end - seenOf(rival.problem) }
  })
  const high = Math.max(...limits.map(({ end }) => end))
  const from = crossing((s) => {
    lower.place(s)
    lower.draw(spreads)
    const theta = lower.truth()
    const missed = tail(theta) * allBelow(lower, limits, theta)
    return quantile(spreads, 1 - alpha + missed) - seen
  }, typical)
  lower.place(from)
  const low = from > 0 ? known(lower.truth(), 0) : 0
  return orderedEnds(problem, seen, low, high)
}

const seenOf = ({ rates, spread }: SpreadProblem): number => spread(rates.map(({ values }) => values))

/** A spread that no ratio has (0 / 0, where rates are drawn down to 0) excludes nothing. */
const known = (spread: number, end: number): number => (Number.isNaN(spread) ? end : spread)

/** One of those that compete to be the largest: a rate, or the distance of one group to the rate of all rows. */
interface Rival {
  readonly problem: SpreadProblem
  readonly noises: readonly Noise[]
  /** Where it stands: the rate, and the groups of it, the last one all rows. */
  readonly rate: number
  readonly places: readonly number[]
}

interface Limit extends Rival {
  readonly end: number
  /** How far the upper end is above what was seen. */
  readonly reach: number
}

function rivalsOf(problem: SpreadProblem, noises: readonly Noise[]): readonly Rival[] {
  // Points of one distribution move together; of two groups the one is as far from all rows as the other makes it.
  if (problem.joint === true || (problem.between && problem.rates.length === 1)) {
    return [{ problem, noises, rate: 0, places: [...(problem.rates[0]?.values.keys() ?? [])] }]
  }
  return problem.rates.flatMap((all, rate) => {
    const from = rate * all.values.length
    const overall = all.values.length - 1
    const groups = [...all.values.keys()].slice(0, overall).filter((g) => !Number.isNaN(all.values[g]))
    const sets = problem.between ? [[...all.values.keys()]] : groups.map((g) => [g, overall, overall])
    return sets.map((places): Rival => {
      const pick = (values: Float64Array): Float64Array => Float64Array.from(places, (at) => values[at] as number)
      const own: SpreadRates = {
        kind: all.kind,
        values: pick(all.values),
        rows: pick(all.rows),
        resampled: places.map((at) => all.resampled[at] as Float64Array),
      }
      const noise = places.map((at) => noises[from + at] as Noise)
      return { problem: { ...problem, rates: [own] }, noises: noise, rate, places }
    })
  })
}

/** Where the spread that was seen is in the lower tail. */
function upperEnd({ problem, noises }: Rival, tail: (theta: number) => number, typical: number): number {
  const family = familyOf(problem, noises, farther)
  const spreads = new Float64Array(family.draws)
  const seen = seenOf(problem)
  // Draws that equal what was seen, as where no row is positive, are no reason to exclude.
  const slack = 1e-6 * typical || 1e-12
  const to = crossing((s) => {
    family.place(s)
    family.draw(spreads)
    return quantile(spreads, tail(family.truth())) - seen - slack
  }, typical)
  family.place(to)
  return known(family.truth(), Infinity)
}

/** Share of the draws with a low value of the largest that is looked at. */
const LOW = 0.1

/** How likely the upper ends of all others are below θ where that of the largest is. */
function allBelow(family: Family, limits: readonly Limit[], theta: number): number {
  const [first] = limits
  if (limits.length < 2 || first === undefined) return 1
  // Of one rate of two groups both distances to all rows are one.
  if (first.problem.between === false && limits.every(({ rate }) => rate === 0) && limits.length === 2) return 1
  const drawn = limits.map(({ problem, rate, places }) => {
    const means = family.means[rate] as Float64Array
    const draws = family.drawn[rate] as readonly Float64Array[]
    const spreads = new Float64Array(family.draws).fill(-Infinity)
    spreadsOf(problem, [places.map((at) => draws[at] as Float64Array)], spreads)
    return { truth: problem.spread([Float64Array.from(places, (at) => means[at] as number)]), spreads }
  })
  const top = drawn.reduce((best, one) => (one.truth > best.truth ? one : best))
  const cut = quantile(Float64Array.from(top.spreads), LOW)
  let low = 0
  let below = 0
  for (let b = 0; b < family.draws; b++) {
    if (!((top.spreads[b] as number) <= cut)) continue
    low++
    const under = drawn.every(
      (one, j) => one === top || (one.spreads[b] as number) + (limits[j] as Limit).reach < theta,
    )
    if (under) below++
  }
  return low > 0 ? below / low : 1
}

function orderedEnds({ shown }: SpreadProblem, seen: number, low: number, high: number): Ends {
  const from = Math.min(low, seen)
  const to = Math.max(high, seen)
  if (shown === undefined) return { low: from, high: to }
  const ends = [shown(from), shown(to)].sort((a, b) => a - b) as [number, number]
  return { low: ends[0], high: ends[1] }
}
