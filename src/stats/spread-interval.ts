import { normalCdf } from './special.ts'
import { type Family, familyOf, type Noise, noisesOf, sameRates, type SpreadProblem } from './spread-family.ts'

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
 * where the spread that was seen is in neither tail. At θ = 0 nothing can be below, so the whole of α is above (after
 * Feldman & Cousins 1998, Physical Review D 57); both tails have α/2 from about two standard errors on. Groups near the
 * extremes are moved a little towards them for the lower end and away from them for the upper one: whether they are
 * tied is the one thing that the data cannot say (the moment selection of Andrews & Soares 2010, Econometrica 78).
 *
 * The interval contains the estimate. With two groups it is that of |d|; bench/simulate-fairness.ts has its coverage.
 */
export function spreadInterval(problem: SpreadProblem, level: number, seed: number): Ends | null {
  const alpha = 1 - level
  const found = noisesOf([problem], seed)
  if (found === undefined) return null
  const [noises] = found as [readonly Noise[]]
  const seen = problem.spread(problem.rates.map((one) => one.values))
  if (Number.isNaN(seen)) return null
  const lower = familyOf(problem, noises, (gap) => (gap * gap * gap) / (gap * gap + 2))
  lower.place(0)
  const typical = medianOf(Float64Array.from({ length: lower.draws }, (_, b) => lower.draw(b))) / 0.6745
  const tail = (theta: number): number =>
    typical > 0 ? (alpha / 2) * (2 * normalCdf((Math.SQRT2 * theta) / typical) - 1) : alpha / 2
  const below = (family: Family): number => shareBelow(family.draws, family.draw, seen)
  let low = 0
  if (1 - below(lower) < alpha) {
    const from = crossing((s) => {
      lower.place(s)
      return 1 - below(lower) < alpha - tail(lower.truth())
    })
    lower.place(from)
    low = known(lower.truth(), 0)
  }
  // The largest of several rates is below a limit only where each of them is.
  const alone = problem.joint || problem.rates.length === 1 ? [undefined] : problem.rates.keys()
  let high = 0
  for (const only of alone) {
    const upper = familyOf(problem, noises, (gap) => Math.sqrt(gap * gap + 0.5), only)
    const to = crossing((s) => {
      upper.place(s)
      return below(upper) > tail(upper.truth())
    })
    upper.place(to)
    high = Math.max(high, known(upper.truth(), Infinity))
  }
  return orderedEnds(problem, seen, low, high)
}

/**
 * Interval of the change of the spread between two models on the same rows, in what is shown: the same inversion, the
 * spreads of both (made median-unbiased first) moved apart by equal steps. 0 … 0 where nothing differs.
 */
export function spreadChangeInterval(
  problem: SpreadProblem,
  other: SpreadProblem,
  level: number,
  seed: number,
): Ends | null {
  const tail = (1 - level) / 2
  const found = noisesOf([problem, other], seed)
  if (found === undefined) return null
  if (sameRates(problem, other)) return { low: 0, high: 0 }
  const shown = problem.shown ?? ((spread: number): number => spread)
  const families = [problem, other].map((one, i) => familyOf(one, found[i] as readonly Noise[], (gap) => gap))
  const [mine, theirs] = families as [Family, Family]
  const seen = [problem, other].map((one) => one.spread(one.rates.map((rate) => rate.values))) as [number, number]
  if (seen.some(Number.isNaN)) return null
  const change = shown(seen[0]) - shown(seen[1])
  const [one, two] = families.map((family, i) =>
    crossing((s) => {
      family.place(s)
      return shareBelow(family.draws, family.draw, seen[i] as number) > 0.5
    }),
  ) as [number, number]
  const place = (x: number): void => {
    mine.place(Math.max(0, one + x / mine.width))
    theirs.place(Math.max(0, two - x / theirs.width))
  }
  const cdf = (x: number): number => {
    place(x)
    return shareBelow(mine.draws, (draw) => shown(mine.draw(draw)) - shown(theirs.draw(draw)), change)
  }
  const truth = (x: number): number => {
    place(x)
    return shown(mine.truth()) - shown(theirs.truth())
  }
  // A spread that is shown as a ratio falls as the groups move apart.
  const rising = shown(1) > shown(0)
  const error = Math.max(mine.error, theirs.error)
  const unit = error > 0 ? error : Math.max(mine.width, theirs.width)
  const up = (p: number): number => root((x) => (rising ? cdf(x) > p : cdf(x) < p), unit)
  const ends = [truth(up(1 - tail)), truth(up(tail))].sort((a, b) => a - b) as [number, number]
  return { low: Math.min(ends[0], change), high: Math.max(ends[1], change) }
}

/** A spread that no ratio has (0 / 0, where rates are drawn down to 0) excludes nothing. */
const known = (spread: number, end: number): number => (Number.isNaN(spread) ? end : spread)

/** Share of the draws below what was seen, ties ½. */
function shareBelow(draws: number, value: (draw: number) => number, seen: number): number {
  const slack = 1e-12 * Math.max(1, Number.isFinite(seen) ? Math.abs(seen) : 1)
  let below = 0
  let counted = 0
  for (let b = 0; b < draws; b++) {
    const one = value(b)
    if (Number.isNaN(one)) continue
    counted++
    if (Math.abs(one - seen) <= slack || one === seen) below += 0.5
    else if (one < seen) below++
  }
  // One draw more, half on either side: a tail is never thinner than the draws can tell.
  return (below + 0.5) / (counted + 1)
}

function medianOf(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  return sorted[sorted.length >> 1] ?? 0
}

/** Halvings of a bracket that is as wide as its lower end, or one standard error. */
const STEPS = 8

/** The largest s ≥ 0 at which a condition that holds from 0 on still holds; 0 where it does not hold at 0. */
function crossing(holds: (s: number) => boolean): number {
  if (!holds(0)) return 0
  let high = 1
  while (high < 1e9 && holds(high)) high *= 2
  let low = high === 1 ? 0 : high / 2
  for (let i = 0; i < STEPS; i++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Where a condition that holds far to the left stops to hold. */
function root(holds: (x: number) => boolean, unit: number): number {
  const right = holds(0)
  let near = 0
  let far = right ? unit : -unit
  for (let i = 0; i < 30 && holds(far) === right; i++) {
    near = far
    far *= 2
  }
  for (let i = 0; i < STEPS; i++) {
    const middle = (near + far) / 2
    if (holds(middle) === right) near = middle
    else far = middle
  }
  return (near + far) / 2
}

function orderedEnds({ shown }: SpreadProblem, seen: number, low: number, high: number): Ends {
  const from = Math.min(low, seen)
  const to = Math.max(high, seen)
  if (shown === undefined) return { low: from, high: to }
  const ends = [shown(from), shown(to)].sort((a, b) => a - b) as [number, number]
  return { low: ends[0], high: ends[1] }
}
