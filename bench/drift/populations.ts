import type { Random } from '../../src/core/random.ts'
import { normalCdf, normalQuantile } from '../../src/stats/special.ts'

/** What the values of a column are drawn from. */
export type Population = Numbers | Values | Categories

/** By quantile and distribution function, which may jump. */
export interface Numbers {
  readonly kind: 'numbers'
  readonly missing: number
  quantile(p: number): number
  cdf(x: number): number
}
/** Numbers of few values. */
export interface Values {
  readonly kind: 'values'
  readonly missing: number
  /** Ascending. */
  readonly values: readonly number[]
  readonly shares: readonly number[]
}
export interface Categories {
  readonly kind: 'categories'
  readonly missing: number
  readonly shares: readonly number[]
}

const numbers = (quantile: (p: number) => number, cdf: (x: number) => number, missing = 0): Numbers => ({
  kind: 'numbers',
  missing,
  quantile,
  cdf,
})
const shares = (weights: readonly number[]): readonly number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
const zipf = (count: number, from = 1): readonly number[] =>
  shares(Array.from({ length: count }, (_, i) => 1 / (i + from)))
const categories = (all: readonly number[], missing = 0): Categories => ({ kind: 'categories', missing, shares: all })

const normal = numbers(normalQuantile, normalCdf)
const logNormal = numbers(
  (p) => Math.exp(1.5 * normalQuantile(p)),
  (x) => (x <= 0 ? 0 : normalCdf(Math.log(x) / 1.5)),
)
/** A tail without a mean. */
const cauchy = numbers(
  (p) => Math.tan(Math.PI * (p - 0.5)),
  (x) => 0.5 + Math.atan(x) / Math.PI,
)
const halfZeros = numbers(
  (p) => Math.max(0, normalQuantile(p)),
  (x) => (x < 0 ? 0 : normalCdf(x)),
)
const integers: Values = {
  kind: 'values',
  missing: 0,
  values: Array.from({ length: 41 }, (_, i) => i - 20),
  shares: shares(Array.from({ length: 41 }, (_, i) => normalCdf((i - 20 + 0.5) / 3) - normalCdf((i - 20 - 0.5) / 3))),
}

/** Columns in turn. */
export const TABLES: Readonly<Record<string, readonly Population[]>> = {
  'normal columns': [normal],
  'heavy tails (Cauchy, log-normal with σ = 1.5)': [cauchy, logNormal],
  'many categories (500 and 2,000, the i-th with a share of about 1/i)': [
    categories(zipf(500)),
    categories(zipf(2000)),
  ],
  'mixed columns, some with missing values': [
    normal,
    { ...normal, missing: 0.05 },
    logNormal,
    { ...cauchy, missing: 0.3 },
    halfZeros,
    integers,
    categories([0.5, 0.3, 0.2]),
    categories(zipf(20, 3), 0.1),
    categories(zipf(500)),
  ],
}

export function drawValue(population: Numbers | Values, random: Random): number {
  if (population.missing > 0 && random.next() < population.missing) return Number.NaN
  // In the middle of a step: the quantile at 0 is −∞.
  const p = random.next() + 2 ** -33
  if (population.kind === 'numbers') return population.quantile(p)
  return population.values[pick(population.shares, p)] as number
}

/** The cell that p, uniform in (0, 1), falls into. */
export function pick(all: readonly number[], p: number): number {
  let seen = 0
  for (let i = 0; i < all.length; i++) {
    seen += all[i] as number
    if (p < seen) return i
  }
  return all.length - 1
}
