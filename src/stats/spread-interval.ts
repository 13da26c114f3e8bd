import { quantile, zero } from './quantile-zero.ts'
import { type Family, familyOf, sameRates, type SpreadProblem } from './spread-family.ts'
import { type Noise, noisesOf } from './spread-noise.ts'
import { normalCdf } from './special.ts'

export type { Spread, SpreadProblem, SpreadRates, RateKind } from './spread-family.ts'

export interface Ends {
  readonly low: number
  readonly high: number
}

/** What becomes of a distance to the extreme, in standard errors: ties are likelier than they look, and less likely. */
const nearer = (gap: number): number => (gap * gap * gap) / (gap * gap + 2)
const farther = (gap: number): number => Math.sqrt(gap * gap + 0.5)
/** How much of that between two models on the same rows. */
const PAIRED = { groups: 0.4, rates: 0.8 }

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
 * Of several rates, and of several distances to the rate of all rows, the largest is below a limit only where each of
 * them is: the upper end is the largest of the limits of each.
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
  const lower = familyOf(problem, noises, nearer)
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
  const low = from > 0 ? known(lower.truth(), 0) : 0
  const high = Math.max(...uppers(problem, noises).map((limit) => limit(tail, typical)))
  return orderedEnds(problem, seen, low, high)
}

/** A spread that no ratio has (0 / 0, where rates are drawn down to 0) excludes nothing. */
const known = (spread: number, end: number): number => (Number.isNaN(spread) ? end : spread)

/** Upper limit of a spread, from the tail that a true one may have below what was seen. */
type Limit = (tail: (theta: number) => number, typical: number) => number

/** The limits of all that compete to be the largest. */
function uppers(problem: SpreadProblem, noises: readonly Noise[]): readonly Limit[] {
  const limit =
    (one: SpreadProblem, noise: readonly Noise[], only?: number): Limit =>
    (tail, typical) => {
      const family = familyOf(one, noise, farther, { only })
      const spreads = new Float64Array(family.draws)
      const seen = one.spread(one.rates.map(({ values }) => values))
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
  if (problem.joint || (problem.between && problem.rates.length === 1)) return [limit(problem, noises)]
  if (problem.between) return [...problem.rates.keys()].map((c) => limit(problem, noises, c))
  return problem.rates.flatMap(({ kind, values, rows, resampled }, c) => {
    const all = values.length - 1
    const from = c * values.length
    return [...values.keys()].slice(0, all).flatMap((g) => {
      if (Number.isNaN(values[g])) return []
      const places = [g, all, all]
      const rate = {
        kind,
        values: Float64Array.from(places, (at) => values[at] as number),
        rows: Float64Array.from(places, (at) => rows[at] as number),
        resampled: places.map((at) => resampled[at] as Float64Array),
      }
      const noise = places.map((at) => noises[from + at] as Noise)
      return [limit({ ...problem, rates: [rate] }, noise)]
    })
  })
}

/**
 * Interval of the change of the spread between two models on the same rows, in what is shown: the same inversion, the
 * spreads of both (made median-unbiased first) moved apart by equal steps. Towards the one end the groups and rates of
 * the one model that compete to be the worst are held for less tied than they look and those of the other for more.
 * 0 … 0 where nothing differs.
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
  const seen = [problem, other].map((one) => one.spread(one.rates.map((rate) => rate.values))) as [number, number]
  if (seen.some(Number.isNaN)) return null
  const change = shown(seen[0]) - shown(seen[1])
  // A spread that is shown as a ratio falls as the groups move apart.
  const sign = shown(1) > shown(0) ? 1 : -1
  const draws = problem.rates[0]?.resampled[0]?.length ?? 0
  const [own, its, changes] = [new Float64Array(draws), new Float64Array(draws), new Float64Array(draws)]
  // With more than two groups or one rate: where the change is large, the extremes of the one are no ties and those of
  // the other are, and vice versa; by less than for one model, since both rest on the same rows.
  const tied = problem.joint !== true && (problem.rates.length > 1 || (problem.rates[0]?.values.length ?? 0) > 3)
  const partly =
    (move: (gap: number) => number, share: number) =>
    (gap: number): number =>
      gap + (tied ? share : 0) * (move(gap) - gap)
  const start = (moves: readonly ((gap: number) => number)[]) => {
    const families = [problem, other].map((one, i) =>
      familyOf(one, found[i] as readonly Noise[], partly(moves[i] as typeof nearer, PAIRED.groups), {
        across: partly(moves[i] as typeof nearer, PAIRED.rates),
      }),
    )
    const [mine, theirs] = families as [Family, Family]
    const errors = families.map((family) => {
      family.place(1)
      family.draw(own)
      return (quantile(own, 0.84) - quantile(own, 0.16)) / 2 || 0
    })
    const error = Math.max(...errors)
    const [one, two] = families.map((family, i) =>
      crossing((s) => {
        family.place(s)
        family.draw(own)
        return quantile(own, 0.5) - (seen[i] as number)
      }, errors[i] as number),
    ) as [number, number]
    return { mine, theirs, one, two, error, unit: Math.max(mine.error, theirs.error) }
  }
  const once = tied ? undefined : start([nearer, farther])
  const end = (p: number): number => {
    const { mine, theirs, one, two, error, unit } = once ?? start(p < 0.5 ? [farther, nearer] : [nearer, farther])
    const place = (x: number): void => {
      mine.place(Math.max(0, one + x / mine.width))
      theirs.place(Math.max(0, two - x / theirs.width))
    }
    const x = root(
      (at) => {
        place(at)
        mine.draw(own)
        theirs.draw(its)
        for (let b = 0; b < changes.length; b++) {
          changes[b] = sign * (shown(own[b] as number) - shown(its[b] as number))
        }
        return quantile(changes, p) - sign * change
      },
      unit,
      error,
    )
    place(x)
    // Unknown spreads (0 / 0) exclude nothing on the side that is looked at.
    const [far, near] = x > 0 ? [Infinity, 0] : [0, Infinity]
    return shown(known(mine.truth(), far)) - shown(known(theirs.truth(), near))
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
function root(f: (x: number) => number, unit: number, error: number): number {
  const at = f(0)
  return at === 0 ? 0 : zero(f, { x: 0, y: at }, at < 0 ? unit || 1 : -(unit || 1), error)
}

function orderedEnds({ shown }: SpreadProblem, seen: number, low: number, high: number): Ends {
  const from = Math.min(low, seen)
  const to = Math.max(high, seen)
  if (shown === undefined) return { low: from, high: to }
  const ends = [shown(from), shown(to)].sort((a, b) => a - b) as [number, number]
  return { low: ends[0], high: ends[1] }
}
