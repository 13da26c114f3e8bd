import { quantile, zero } from './quantile-zero.ts'
import { type Family, familyOf, sameRates, type SpreadProblem } from './spread-family.ts'
import { type Noise, noisesOf } from './spread-noise.ts'
import { normalCdf } from './special.ts'

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
  const spreads = new Float64Array(lower.draws)
  const at = (family: Family, s: number): Float64Array => {
    family.place(s)
    family.draw(spreads)
    return spreads
  }
  const typical = quantile(at(lower, 0), 0.5) / 0.6745
  const tail = (theta: number): number =>
    typical > 0 ? (alpha / 2) * (2 * normalCdf((Math.SQRT2 * theta) / typical) - 1) : alpha / 2
  const from = crossing((s) => quantile(at(lower, s), 1 - alpha + tail(lower.truth())) - seen, typical)
  lower.place(from)
  const low = from > 0 ? lower.truth() : 0
  // Draws that equal what was seen, as where no row is positive, are no reason to exclude.
  const slack = 1e-6 * typical || 1e-12
  // The largest of several rates is below a limit only where each of them is.
  const alone = problem.joint || problem.rates.length === 1 ? [undefined] : problem.rates.keys()
  let high = 0
  for (const only of alone) {
    const upper = familyOf(problem, noises, (gap) => Math.sqrt(gap * gap + 0.5), only)
    const to = crossing((s) => quantile(at(upper, s), tail(upper.truth())) - seen - slack, typical)
    upper.place(to)
    high = Math.max(high, upper.truth())
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
  const [own, its, changes] = families
    .map(({ draws }) => new Float64Array(draws))
    .concat(new Float64Array(mine.draws)) as [Float64Array, Float64Array, Float64Array]
  const error = Math.max(mine.error, theirs.error)
  const [one, two] = families.map((family, i) =>
    crossing((s) => {
      family.place(s)
      family.draw(own)
      return quantile(own, 0.5) - (seen[i] as number)
    }, error),
  ) as [number, number]
  const place = (x: number): void => {
    mine.place(Math.max(0, one + x / mine.width))
    theirs.place(Math.max(0, two - x / theirs.width))
  }
  // A spread that is shown as a ratio falls as the groups move apart.
  const sign = shown(1) > shown(0) ? 1 : -1
  const end = (p: number): number => {
    const x = root((at) => {
      place(at)
      mine.draw(own)
      theirs.draw(its)
      for (let b = 0; b < changes.length; b++) {
        changes[b] = sign * (shown(own[b] as number) - shown(its[b] as number))
      }
      return quantile(changes, p) - sign * change
    }, error)
    place(x)
    return shown(mine.truth()) - shown(theirs.truth())
  }
  const ends = [end(1 - tail), end(tail)].sort((a, b) => a - b) as [number, number]
  return { low: Math.min(ends[0], change), high: Math.max(ends[1], change) }
}

/** Where a rising function that is below 0 at 0 reaches 0; 0 where it is not below. */
function crossing(f: (s: number) => number, error: number): number {
  const at = f(0)
  return at < 0 ? zero(f, { x: 0, y: at }, 1, error) : 0
}

/** Where a rising function reaches 0, on either side. */
function root(f: (x: number) => number, error: number): number {
  const at = f(0)
  return at === 0 ? 0 : zero(f, { x: 0, y: at }, at < 0 ? error || 1 : -(error || 1), error)
}

function orderedEnds({ shown }: SpreadProblem, seen: number, low: number, high: number): Ends {
  const from = Math.min(low, seen)
  const to = Math.max(high, seen)
  if (shown === undefined) return { low: from, high: to }
  const ends = [shown(from), shown(to)].sort((a, b) => a - b) as [number, number]
  return { low: ends[0], high: ends[1] }
}
