import { crossing, quantile, root } from './quantile-zero.ts'
import { type Family, familyOf, sameRates, type SpreadProblem } from './spread-family.ts'
import { changeBound } from './spread-bound.ts'
import type { Ends } from './spread-interval.ts'
import { farther, nearer } from './spread-moves.ts'
import { type Noise, noisesOf } from './spread-noise.ts'

/** How much of the moves of the groups and rates near the extremes there is between two models on the same rows. */
const PAIRED = { groups: 0.4, rates: 0.8 }

type Move = (gap: number) => number

/** How the spreads of both models are moved apart: all rates by one factor, or to the nearest place of that spread. */
type Way = 'place' | 'reach'

/**
 * Interval of the change of the spread between two models on the same rows, in what is shown: the inversion of
 * `spreadInterval`, the spreads of both (made median-unbiased first) moved apart by equal steps. Towards the one end the
 * groups and rates of the one model that compete to be the worst are held for less tied than they look and those of the
 * other for more. Of ratios of several rates the spread that grows may also be that of one rate alone, whose error is
 * another: the wider of both. Where groups are alike for both models, their spreads are known to differ by less than
 * either is known (`changeBound`). 0 … 0 where nothing differs.
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
  const several = problem.joint !== true && problem.rates.length > 1
  // With more than two groups or one rate: where the change is large, the extremes of the one are no ties and those of
  // the other are, and vice versa; by less than for one model, since both rest on the same rows.
  const tied = several || (problem.joint !== true && (problem.rates[0]?.values.length ?? 0) > 3)
  const partly =
    (move: Move, share: number): Move =>
    (gap) =>
      gap + (tied ? share : 0) * (move(gap) - gap)
  const start = (moves: readonly Move[], way: Way) => {
    const families = [problem, other].map((one, i) =>
      familyOf(
        one,
        found[i] as readonly Noise[],
        partly(moves[i] as Move, PAIRED.groups),
        way === 'place' ? partly(moves[i] as Move, PAIRED.rates) : undefined,
      ),
    )
    const [mine, theirs] = families as [Family, Family]
    // Factors of the one way, spreads of the other.
    const units = way === 'place' ? [1, 1] : seen.map((one) => one || 1)
    const steps = way === 'place' ? families.map((family) => 1 / family.width) : [1, 1]
    const errors = families.map((family) => {
      family.place(1)
      family.draw(own)
      return (quantile(own, 0.84) - quantile(own, 0.16)) / 2 || 0
    })
    const error = Math.max(...errors)
    const [one, two] = families.map((family, i) => {
      const unit = units[i] as number
      return (
        unit *
        crossing((s) => {
          family[way](unit * s)
          family.draw(own)
          return quantile(own, 0.5) - (seen[i] as number)
        }, errors[i] as number)
      )
    }) as [number, number]
    const unit = way === 'place' ? Math.max(mine.error, theirs.error) : error
    const place = (x: number): void => {
      mine[way](Math.max(0, one + x * (steps[0] as number)))
      theirs[way](Math.max(0, two - x * (steps[1] as number)))
    }
    return { mine, theirs, error, unit, place }
  }
  const once = tied ? undefined : start([nearer, farther], 'place')
  const end = (p: number, way: Way): number => {
    const { mine, theirs, error, unit, place } = once ?? start(p < 0.5 ? [farther, nearer] : [nearer, farther], way)
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
    return shown(mine.truth()) - shown(theirs.truth())
  }
  const ways: readonly Way[] = several && sign < 0 ? ['place', 'reach'] : ['place']
  const ends = ways.flatMap((way) => [end(1 - tail, way), end(tail, way)]).filter((one) => !Number.isNaN(one))
  const most = changeBound(problem, other, level)
  const [low, high] = [Math.max(-most, Math.min(...ends)), Math.min(most, Math.max(...ends))]
  return { low: Math.min(low, change), high: Math.max(high, change) }
}
