import { createRandom } from '../core/random.ts'
import { quantile } from './quantile-zero.ts'
import type { SpreadProblem, SpreadRates } from './spread-family.ts'
import { normalQuantile, studentQuantile } from './special.ts'

/** A share that is known better than this many rows' worth is taken for no better: unseen rows may differ (√ of the rule of three). */
const UNSEEN = Math.sqrt(3)

/**
 * How much the spreads of two models on the same rows can differ at most. Spreads between groups, and to the rate of all
 * rows, are seminorms of the rates, so that |ν(r) − ν(r′)| ≤ ν(r − r′) (triangle inequality); ratios are those of the
 * logarithms. And r − r′ is known far better than either: ν(r − r′) is at most that of the seen difference and that of its
 * noise, of which 1 − α are below a quantile. Where two models treat groups alike, this says so, however little is known of
 * how they treat them. In what is shown; Infinity where a rate is undefined, or 0 below a ratio.
 */
export function changeBound(problem: SpreadProblem, other: SpreadProblem, level: number): number {
  const shown = problem.shown ?? ((spread: number): number => spread)
  const ratios = shown(1) < shown(0)
  const scale = ratios ? Math.log : (value: number): number => value
  const rates = problem.rates.map((own, c) => differencesOf(own, other.rates[c] as SpreadRates, scale, ratios, level))
  const draws = rates[0]?.noise[0]?.length ?? 0
  const seen = Math.max(
    ...rates.map(({ values }) => normOf((g) => values[g] as number, values.length, problem.between)),
  )
  const norms = new Float64Array(draws)
  for (let b = 0; b < draws; b++) {
    let largest = 0
    for (const { values, noise } of rates) {
      largest = Math.max(
        largest,
        normOf((g) => (noise[g] as Float64Array)[b] as number, values.length, problem.between),
      )
    }
    norms[b] = largest
  }
  const most = seen + quantile(norms, level)
  if (!Number.isFinite(most)) return Infinity
  // e^(−a) − e^(−b) with a, b ≥ 0 is largest where the nearer of both is 0.
  return ratios ? 1 - Math.exp(-most) : most
}

/** Range of the groups, or the largest distance to the last value. Groups without a rate (NaN) are left out. */
function normOf(at: (g: number) => number, length: number, between: boolean): number {
  let low = Infinity
  let high = -Infinity
  for (let g = 0; g < length - 1; g++) {
    const value = at(g)
    if (value < low) low = value
    if (value > high) high = value
  }
  const all = at(length - 1)
  return between ? high - low : Math.max(high - all, all - low)
}

interface Differences {
  readonly values: Float64Array
  /** For each value its deviations on the resamples. */
  readonly noise: readonly Float64Array[]
}

function differencesOf(
  own: SpreadRates,
  other: SpreadRates,
  scale: (value: number) => number,
  ratios: boolean,
  level: number,
): Differences {
  const values = own.values.map((value, g) => scale(value) - scale(other.values[g] as number))
  const noise = Array.from(values, (value, g) => {
    const [a, b] = [own.resampled[g] as Float64Array, other.resampled[g] as Float64Array]
    const draws = a.map((one, i) => scale(one) - scale(b[i] as number) - value)
    const rows = own.rows[g] as number
    const sd = Math.sqrt(draws.reduce((sum, one) => sum + (Number.isFinite(one) ? one * one : 0), 0) / draws.length)
    const rate = ratios ? Math.max(own.values[g] as number, 1 / rows) : 1
    const least = own.kind === 'proportion' ? UNSEEN / (rows * rate) : 0
    if (sd < least) return withMore(draws, Math.sqrt(least ** 2 - sd ** 2), g)
    const few = rows > 1 ? studentQuantile((1 + level) / 2, rows - 1) / normalQuantile((1 + level) / 2) : Infinity
    return draws.map((one) => (Number.isNaN(one) ? Infinity : one * few))
  })
  return { values, noise }
}

/** Further noise of so large a standard deviation, independent from group to group. */
function withMore(draws: Float64Array, sd: number, group: number): Float64Array {
  const random = createRandom(0x9e3779b9 ^ group)
  return draws.map((one) => one + sd * random.normal())
}
