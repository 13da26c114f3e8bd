import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { normalQuantile, studentQuantile } from '../../src/stats/special.ts'
import { changeBound } from '../../src/stats/spread-bound.ts'
import {
  type Family,
  familyOf,
  type RateKind,
  sameRates,
  type Spread,
  type SpreadProblem,
  type SpreadRates,
  spreadsOf,
} from '../../src/stats/spread-family.ts'
import { levelled, reshaped, reshapedToOverall } from '../../src/stats/spread-moves.ts'
import { type Noise, noisesOf, rootVariance } from '../../src/stats/spread-noise.ts'
import { quantile } from '../../src/stats/quantile-zero.ts'

const of = (...values: number[]): Float64Array => Float64Array.from(values)
const expectClose = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 10): void => {
  expect(found).toHaveLength(expected.length)
  Array.from(expected).forEach((one, i) =>
    Number.isFinite(one) ? expect(found[i]).toBeCloseTo(one, digits) : expect(found[i]).toBe(one),
  )
}
const rangeOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)
/** Of the groups, without all rows. */
const between: Spread = (rates) =>
  Math.max(...rates.map((rate) => rangeOf(Array.from(rate.slice(0, -1)).filter((one) => !Number.isNaN(one)))))
const toOverall: Spread = (rates) =>
  Math.max(...rates.map((rate) => Math.max(...rate.slice(0, -1).map((one) => Math.abs(one - (rate.at(-1) as number))))))
const same = (gap: number): number => gap

const rate = (kind: RateKind, values: readonly number[], draws = 3): SpreadRates => ({
  kind,
  values: of(...values),
  rows: of(...values.map(() => 100)),
  resampled: values.map(() => new Float64Array(draws)),
})
const problemOf = (rates: readonly SpreadRates[], rest: Partial<SpreadProblem> = {}): SpreadProblem => ({
  rates,
  spread: between,
  between: true,
  ...rest,
})
const noise = (unit: number, ...z: number[]): Noise => ({ unit, z: of(...z) })

describe('the rates drawn together', () => {
  const drawnOf = (family: Family): number[] => {
    const into = new Float64Array(family.draws)
    family.draw(into)
    return [...into]
  }

  test('are around the mean of the groups, each counting by what is known of it', () => {
    // Weights 1 and 1/4: (2 + 12/4) / (5/4) = 4. All rows come along.
    const family = familyOf(
      problemOf([rate('location', [2, 12, 7])]),
      [noise(1, 0, 1, -1), noise(2, 0, 0, 3), noise(9, 1, 1, 1)],
      same,
    )
    expect(family.draws).toBe(3)
    expect(family.width).toBe(10)
    expect(family.error).toBe(2)
    family.place(1)
    expectClose(family.means[0] as Float64Array, [2, 12, 7])
    expect(family.truth()).toBeCloseTo(10, 12)
    // Errors of a mean stay: 2 + z, 12 + 2z.
    expectClose(drawnOf(family), [10, 9, 17])
    expectClose(family.drawn[0]?.[0] as Float64Array, [2, 3, 1])
    expectClose(family.drawn[0]?.[1] as Float64Array, [12, 12, 18])
    // Groups held against each other need no rate of all rows.
    expectClose(family.drawn[0]?.[2] as Float64Array, [0, 0, 0])
    family.place(0.5)
    expectClose(family.means[0] as Float64Array, [3, 8, 5.5])
    expectClose(drawnOf(family), [5, 4, 12])
    family.place(0)
    expectClose(family.means[0] as Float64Array, [4, 4, 4])
    expect(family.truth()).toBe(0)
    expectClose(drawnOf(family), [0, 1, 7])
  })

  test('have their centre where groups without an error or without a rate are', () => {
    // Weight 1 where no error is known; the undefined group says nothing.
    const family = familyOf(
      problemOf([rate('location', [2, Number.NaN, 12, 7])]),
      [noise(0.5, 0), noise(1, 0), noise(0, 0), noise(1, 0)],
      same,
    )
    family.place(0)
    // (4·2 + 12) / 5
    expectClose(family.means[0] as Float64Array, [4, Number.NaN, 4, 4])
  })

  test('have the errors of where they are, and no draw that cannot be', () => {
    const shares = familyOf(
      problemOf([rate('proportion', [0.1, 0.5, 0.3])]),
      [noise(0.2, 0, 1, -9), noise(0.2, 0, -1, 9), noise(0.1, 0, 0, 0)],
      same,
    )
    shares.place(1)
    drawnOf(shares)
    // 0.2·√(0.1·0.9) = 0.06, 0.2·½ = 0.1; between 0 and 1.
    expectClose(shares.drawn[0]?.[0] as Float64Array, [0.1, 0.16, 0])
    expectClose(shares.drawn[0]?.[1] as Float64Array, [0.5, 0.4, 1])
    expect(shares.error).toBeCloseTo(0.1, 12)
    shares.place(0)
    drawnOf(shares)
    expectClose(shares.drawn[0]?.[0] as Float64Array, [0.3, 0.3 + 0.2 * Math.sqrt(0.21), 0])
    shares.place(2)
    expectClose(shares.means[0] as Float64Array, [0, 0.7, 0.3])
    shares.place(10)
    expectClose(shares.means[0] as Float64Array, [0, 1, 0.3])

    const errors = familyOf(
      problemOf([rate('scale', [1, 3, 2])]),
      [noise(0.5, 0, 1, -9), noise(0.5, 0, 1, 9), noise(0.1, 0, 0, 0)],
      same,
    )
    errors.place(1)
    drawnOf(errors)
    expectClose(errors.drawn[0]?.[0] as Float64Array, [1, 1.5, 0])
    expectClose(errors.drawn[0]?.[1] as Float64Array, [3, 4.5, 16.5])
    errors.place(4)
    expectClose(errors.means[0] as Float64Array, [0, 6, 2])

    const means = familyOf(problemOf([rate('location', [1, 3, 2])]), [noise(1, -9), noise(1, 9), noise(1, 0)], same)
    means.place(4)
    drawnOf(means)
    expectClose(means.means[0] as Float64Array, [-2, 6, 2])
    expectClose([means.drawn[0]?.[0]?.[0] as number, means.drawn[0]?.[1]?.[0] as number], [-11, 15])
  })

  test('are held against the rate of all rows where that is asked for, with its noise', () => {
    const family = familyOf(
      problemOf([rate('location', [2, 12, 7])], { between: false, spread: toOverall }),
      [noise(1, 0, 1, 0), noise(1, 0, 0, 0), noise(1, 0, 0, -2)],
      same,
    )
    family.place(1)
    expectClose(drawnOf(family), [5, 5, 7])
    expectClose(family.drawn[0]?.[2] as Float64Array, [7, 7, 5])
  })

  test('are moved for ties first: groups by one rule, rates by another', () => {
    const twice = (gap: number): number => gap + 0.5
    const noises = [1, 2, 1, 3, 1, 0.5, 0.25, 1].map((unit, i) => noise(unit, i, -i, 1))
    const rates = [rate('location', [0, 4, 10, 5]), rate('location', [0, 3, 8, 5])]
    for (const [problem, move] of [
      [problemOf(rates), reshaped],
      [problemOf(rates, { between: false, spread: toOverall }), reshapedToOverall],
    ] as const) {
      const plain = rates.map(({ values }, c) => {
        const own = noises.slice(4 * c, 4 * c + 4)
        const errors = of(...own.map(({ unit }) => unit))
        const moved = move(values, errors, 3, twice, own)
        const weights = own.slice(0, 3).map(({ unit }) => 1 / unit ** 2)
        const centre =
          weights.reduce((sum, w, g) => sum + w * (moved[g] as number), 0) / weights.reduce((a, b) => a + b)
        return { away: moved.map((value) => value - centre), centre, errors, groups: 3 }
      })
      const means = (): number[][] => plain.map(({ away, centre }) => [...away].map((one) => one + centre))
      const family = familyOf(problem, noises, twice)
      family.place(1)
      means().forEach((expected, c) => expectClose(family.means[c] as Float64Array, expected))
      // Points of one distribution move together: their spreads do not compete.
      const joint = familyOf({ ...problem, joint: true }, noises, twice, () => 0)
      joint.place(1)
      means().forEach((expected, c) => expectClose(joint.means[c] as Float64Array, expected))
      levelled(plain, problem.spread, same)
      levelled(plain, problem.spread, () => 0.3)
      const both = familyOf(problem, noises, twice, () => 0.3)
      both.place(1)
      means().forEach((expected, c) => expectClose(both.means[c] as Float64Array, expected))
    }
  })

  test('that are all equal move apart at the two that are known worst', () => {
    const equal = problemOf([rate('location', [3, 3, Number.NaN, 3, 3, 3])])
    const noises = [1, 3, 9, 2, 1, 1].map((unit) => noise(unit, 0))
    const family = familyOf(equal, noises, same)
    family.place(1)
    expectClose(family.means[0] as Float64Array, [3, 0, Number.NaN, 5, 3, 3])
    expect(family.width).toBe(5)
    // By a billionth where there is no error.
    const exact = familyOf(problemOf([rate('location', [0, 0, 0])]), [noise(0, 0), noise(0, 0), noise(0, 0)], same)
    exact.place(1)
    expect([...(exact.means[0] as Float64Array)]).toEqual([-1e-9, 1e-9, 0])
    expect(exact.error).toBe(0)
    const alone = familyOf(
      problemOf([rate('location', [3, Number.NaN, 3])]),
      [noise(1, 0), noise(1, 0), noise(1, 0)],
      same,
    )
    alone.place(1)
    expectClose(alone.means[0] as Float64Array, [3, Number.NaN, 3])
    expect(alone.width).toBe(1e-12)
    // One rate that differs is enough for none to move.
    const one = familyOf(
      problemOf([rate('location', [3, 3, 3]), rate('location', [1, 2, 1.5])]),
      [1, 1, 1, 1, 1, 1].map((unit) => noise(unit, 0)),
      same,
    )
    one.place(1)
    expectClose(one.means[0] as Float64Array, [3, 3, 3])
  })
})

describe('the place of a spread', () => {
  const reached = (family: Family, theta: number): number[][] => {
    family.reach(theta)
    return family.means.map((one) => [...one])
  }

  test('is where larger spreads came down to it, or the rate grew that has to least, in standard errors', () => {
    // Spreads 4 and 10; errors 1 and 5: 12 is 8 away in 1 and 2 in 5.
    const family = familyOf(
      problemOf([rate('location', [0, 4, 2]), rate('location', [0, 10, 5])]),
      [noise(1, 0), noise(1, 0), noise(1, 0), noise(5, 0), noise(5, 0), noise(1, 0)],
      same,
    )
    expectClose(reached(family, 12).flat(), [0, 4, 2, -1, 11, 5], 3)
    expectClose(reached(family, 10).flat(), [0, 4, 2, 0, 10, 5], 3)
    expectClose(reached(family, 7).flat(), [0, 4, 2, 1.5, 8.5, 5], 3)
    expectClose(reached(family, 3).flat(), [0.5, 3.5, 2, 3.5, 6.5, 5], 3)
    expectClose(reached(family, 0).flat(), [2, 2, 2, 5, 5, 5])
    expect(family.truth()).toBe(0)
    // Spreads 9 and 10, errors 5 and ½: 12 is 0.6 away and 4.
    const other = familyOf(
      problemOf([rate('location', [0, 9, 4.5]), rate('location', [0, 10, 5])]),
      [noise(5, 0), noise(5, 0), noise(1, 0), noise(0.5, 0), noise(0.5, 0), noise(1, 0)],
      same,
    )
    expectClose(reached(other, 12).flat(), [-1.5, 10.5, 4.5, 0, 10, 5], 3)
    expect(other.truth()).toBeCloseTo(12, 3)
    expect(other.truth()).toBeGreaterThanOrEqual(12)
  })

  test('is found where the spread is no straight line of the factor, and ends where it can grow no more', () => {
    const ratio: Spread = ([one]) => Math.log((one?.[1] as number) / (one?.[0] as number))
    const family = familyOf(
      problemOf([rate('scale', [1, 2, 1.5])], { spread: ratio }),
      [noise(1, 0), noise(1, 0), noise(1, 0)],
      same,
    )
    for (const theta of [0.1, 0.5, 1, 3]) {
      // (1.5 + f/2) / (1.5 − f/2) = e^θ
      const factor = 3 * Math.tanh(theta / 2)
      expectClose(reached(family, theta).flat(), [1.5 - factor / 2, 1.5 + factor / 2, 1.5], 4)
    }
    const shares = familyOf(
      problemOf([rate('proportion', [0.4, 0.6, 0.5])]),
      [noise(1, 0), noise(1, 0), noise(1, 0)],
      same,
    )
    expectClose(reached(shares, 0.5).flat(), [0.25, 0.75, 0.5], 4)
    expectClose(reached(shares, 1.5).flat(), [0, 1, 0.5])
    expect(shares.truth()).toBe(1)
  })

  test('is that of the rates as they are where one group alone has a rate', () => {
    const alone = familyOf(
      problemOf([rate('proportion', [0.3, Number.NaN, 0.3])]),
      [noise(0.2, 0), noise(0.2, 0), noise(0.2, 0)],
      same,
    )
    expectClose(reached(alone, 0.1).flat(), [0.3, Number.NaN, 0.3])
    expect(alone.error).toBeCloseTo(0.2 * Math.sqrt(0.21), 12)
  })

  test('leaves a rate alone that has no spread', () => {
    const family = familyOf(
      problemOf([rate('location', [3, 3, 3]), rate('location', [0, 10, 5])]),
      [noise(100, 0), noise(100, 0), noise(1, 0), noise(1, 0), noise(1, 0), noise(1, 0)],
      same,
    )
    expectClose(reached(family, 20).flat(), [3, 3, 3, -5, 15, 5], 3)
    expectClose(reached(family, 5).flat(), [3, 3, 3, 2.5, 7.5, 5], 3)
  })
})

describe('the spread of each draw', () => {
  const rates = [
    [of(1, 5), of(3, 9), of(0, 0)],
    [of(2, 1), of(2, 8), of(0, 0)],
  ]
  test('is that of the rates of that draw', () => {
    const into = new Float64Array(2)
    spreadsOf({ spread: between }, rates, into)
    expect([...into]).toEqual([2, 7])
  })
  test('is found at once where the problem knows how', () => {
    const into = new Float64Array(2)
    spreadsOf({ spread: between, spreads: (given, out) => out.fill(given.length) }, rates, into)
    expect([...into]).toEqual([2, 2])
  })
})

describe('rates of two models', () => {
  const rates = (): SpreadRates => ({
    kind: 'location',
    values: of(1, Number.NaN, 0),
    rows: of(5, 0, 5),
    resampled: [of(1, 2), of(Number.NaN, Number.NaN), of(0, 1)],
  })
  const other = (change: Partial<SpreadRates>): SpreadProblem => problemOf([rates(), { ...rates(), ...change }])

  test('are the same where all values and resamples are', () => {
    expect(sameRates(other({}), other({}))).toBe(true)
    expect(sameRates(other({}), other({ values: of(1, Number.NaN, 0.5) }))).toBe(false)
    expect(sameRates(other({}), other({ values: of(2, Number.NaN, 0) }))).toBe(false)
    expect(sameRates(other({}), other({ resampled: [of(1, 2), of(Number.NaN, Number.NaN), of(0, 2)] }))).toBe(false)
    expect(sameRates(other({}), other({ resampled: [of(2, 2), of(Number.NaN, Number.NaN), of(0, 1)] }))).toBe(false)
  })
})

describe('the noise of a rate', () => {
  const draws = of(3, 5, 7, Number.NaN, 5, 5, 5, 5, 5, 5)
  const sd = Math.sqrt(8 / 9)
  const noisy = (kind: RateKind, value: number, rows: number, resampled = draws, rest: Partial<SpreadProblem> = {}) =>
    noisesOf([problemOf([{ kind, values: of(value), rows: of(rows), resampled: [resampled] }], rest)], 4)?.[0]?.[0]
  /** √(n/(n − 1))·t/z */
  const small = (n: number): number => (Math.sqrt(n / (n - 1)) * studentQuantile(0.975, n - 1)) / 1.959963984540054

  test('is the deviation of its resamples in standard errors, 0 where one is undefined', () => {
    const z = [-2 / sd, 0, 2 / sd, 0, 0, 0, 0, 0, 0, 0]
    for (const kind of ['location', 'scale', 'proportion'] as const) {
      expectClose(noisy(kind, 0.5, 30)?.z as Float64Array, z)
    }
  })

  test('has its unit where the root of the variance is 1: of a share √(r(1 − r)), of an error r, of a mean 1', () => {
    expect([0.2, 1.5, -0.1].map((one) => rootVariance('proportion', one))).toEqual([0.4, 0, 0])
    expect([0.2, -3].map((one) => rootVariance('scale', one))).toEqual([0.2, 3])
    expect(rootVariance('location', 7)).toBe(1)
    expect(noisy('proportion', 0.2, 30)?.unit).toBeCloseTo(sd / 0.4, 12)
    expect(noisy('scale', 4, 30)?.unit).toBeCloseTo((sd / 4) * small(30), 10)
    expect(noisy('scale', 0, 30)?.unit).toBeCloseTo(sd * small(30), 10)
    expect(noisy('location', 4, 30)?.unit).toBeCloseTo(sd * small(30), 10)
    expect(noisy('location', 4, 2)?.unit).toBeCloseTo(sd * small(2), 8)
    expect(noisy('location', 4, 1)?.unit).toBeCloseTo(sd, 12)
    // Points of a distribution are estimates like means.
    expect(noisy('proportion', 0.2, 30, draws, { joint: true })?.unit).toBeCloseTo((sd / 0.4) * small(30), 10)
  })

  test('is normal where fewer than three are on a side, of a share of one row’s worth', () => {
    const random = createRandom(4 ^ 0x3c6ef372)
    const normal = Array.from({ length: 10 }, () => random.normal())
    for (const value of [0.19, 0.81, 0, 1]) {
      expect(noisy('proportion', value, 15)).toEqual({ z: Float64Array.from(normal), unit: 1 / Math.sqrt(15) })
    }
    expect(noisy('proportion', 0.2, 15)?.unit).toBeCloseTo(sd / 0.4, 12)
    // A rate that does not vary: of a share as above, else none.
    const still = new Float64Array(10).fill(0.5)
    expect(noisy('proportion', 0.5, 16, still)).toEqual({ z: Float64Array.from(normal), unit: 1 / 4 })
    expect(noisy('location', 0.5, 16, still)).toEqual({ z: Float64Array.from(normal), unit: 0 })
    expect(noisy('scale', 0.1, 16)?.unit).toBeCloseTo((sd / 0.1) * small(16), 8)
  })

  test('is none of an undefined rate, and of all rates where one is undefined in more than a tenth', () => {
    expect(noisy('location', Number.NaN, 30)).toEqual({ z: new Float64Array(10), unit: 0 })
    expect(noisy('location', 3, 30, draws)).toBeDefined()
    expect(noisy('location', 3, 30, of(Number.NaN, ...draws.slice(1)))).toBeUndefined()
    const good = rate('location', [1, 2])
    const bad: SpreadRates = { ...good, resampled: [of(1, 2, 3), of(Number.NaN, 1, 2)] }
    expect(noisesOf([problemOf([good]), problemOf([good, bad])], 1)).toBeUndefined()
    expect(noisesOf([problemOf([good, good]), problemOf([good])], 1)?.map((one) => one.length)).toEqual([4, 2])
  })
})

describe('what two models can differ by at most', () => {
  const random = createRandom(6)
  const many = 40
  const rates = (kind: RateKind, values: readonly number[], rows: readonly number[], sd: number): SpreadRates => ({
    kind,
    values: of(...values),
    rows: of(...rows),
    resampled: values.map((value) => Float64Array.from({ length: many }, () => value + sd * random.normal())),
  })

  /** Of the differences of the rates (or of their logarithms): the seen one, and the quantile of that of the noise. */
  function reference(one: SpreadProblem, other: SpreadProblem, level: number, ratios: boolean): number {
    const scale = ratios ? Math.log : (value: number): number => value
    const norm = (values: readonly number[]): number => {
      const groups = values.slice(0, -1).filter((value) => !Number.isNaN(value))
      const all = values.at(-1) as number
      return one.between ? rangeOf(groups) : Math.max(...groups.map((value) => Math.abs(value - all)))
    }
    const all = one.rates.map((own, c) => {
      const its = other.rates[c] as SpreadRates
      const seen = [...own.values].map((value, g) => scale(value) - scale(its.values[g] as number))
      const noises = seen.map((value, g) => {
        const draws = [...(own.resampled[g] as Float64Array)].map(
          (draw, b) => scale(draw) - scale(its.resampled[g]?.[b] as number) - value,
        )
        const sd = Math.sqrt(draws.filter(Number.isFinite).reduce((sum, draw) => sum + draw ** 2, 0) / many)
        const n = own.rows[g] as number
        const least =
          own.kind === 'proportion' ? Math.sqrt(3) / n / (ratios ? Math.max(own.values[g] as number, 1 / n) : 1) : 0
        if (sd < least) {
          const extra = createRandom(0x9e3779b9 ^ g)
          return draws.map((draw) => draw + Math.sqrt(least ** 2 - sd ** 2) * extra.normal())
        }
        const few = n > 1 ? studentQuantile((1 + level) / 2, n - 1) / normalQuantile((1 + level) / 2) : Infinity
        return draws.map((draw) => (Number.isNaN(draw) ? Infinity : draw * few))
      })
      return { seen, noises }
    })
    const norms = Array.from({ length: many }, (_, b) =>
      Math.max(...all.map(({ noises }) => norm(noises.map((draws) => draws[b] as number)))),
    )
    const most = Math.max(...all.map(({ seen }) => norm(seen))) + quantile(Float64Array.from(norms), level)
    if (!Number.isFinite(most)) return Infinity
    return ratios ? 1 - Math.exp(-most) : most
  }

  const shown = (spread: number): number => Math.exp(-spread)
  test.each([
    [
      'shares',
      rates('proportion', [0.3, 0.5, 0.4], [40, 60, 100], 0.1),
      rates('proportion', [0.35, 0.5, 0.45], [40, 60, 100], 0.1),
    ],
    [
      'shares that vary by less than what is unseen',
      rates('proportion', [0.3, 0.5, 0.4], [10, 60, 70], 0.01),
      rates('proportion', [0.3, 0.5, 0.4], [10, 60, 70], 0.01),
    ],
    ['means of few rows', rates('location', [3, 5, 4], [2, 3, 5], 1), rates('location', [4, 5, 4], [2, 3, 5], 1)],
    [
      'means whose lowest group is below all rows by most',
      rates('location', [3, 9, 8, 9], [20, 30, 50, 100], 0.1),
      rates('location', [6, 8, 9, 8], [20, 30, 50, 100], 0.1),
    ],
    ['errors', rates('scale', [3, 5, 4], [20, 30, 50], 0.2), rates('scale', [4, 5, 4], [20, 30, 50], 0.1)],
    [
      'rare shares',
      rates('proportion', [0.02, 0.03, 0.025], [30, 60, 90], 1e-3),
      rates('proportion', [0.02, 0.03, 0.025], [30, 60, 90], 1e-3),
    ],
  ])('is what is seen and its noise: %s', (_, one, other) => {
    const more = rates(
      'location',
      [1, 1.5, 1, 1].slice(0, one.values.length),
      [9, 9, 20, 40].slice(0, one.values.length),
      0.3,
    )
    const less = rates(
      'location',
      [1.2, 1.3, 1, 1].slice(0, one.values.length),
      [9, 9, 20, 40].slice(0, one.values.length),
      0.3,
    )
    for (const held of [true, false]) {
      for (const level of [0.9, 0.95]) {
        for (const [a, b] of [
          [[one], [other]],
          [
            [one, more],
            [other, less],
          ],
        ] as const) {
          const [mine, theirs] = [a, b].map((all) => problemOf(all, { between: held })) as [
            SpreadProblem,
            SpreadProblem,
          ]
          expect(changeBound(mine, theirs, level)).toBeCloseTo(reference(mine, theirs, level, false), 10)
          expect(changeBound({ ...mine, shown: (spread) => 2 * spread }, theirs, level)).toBeCloseTo(
            reference(mine, theirs, level, false),
            10,
          )
          const ratio = changeBound({ ...mine, shown }, { ...theirs, shown }, level)
          expect(ratio).toBeCloseTo(reference(mine, theirs, level, true), 10)
        }
      }
    }
  })

  test('is without limit where a rate is undefined, of a single row, 0 below a ratio, or never drawn', () => {
    const good = rates('location', [3, 5, 4], [20, 30, 50], 0.2)
    const bound = (one: SpreadRates, rest: Partial<SpreadProblem> = {}): number =>
      changeBound(problemOf([one], rest), problemOf([one], rest), 0.9)
    expect(bound(good)).toBe(0)
    expect(bound({ ...good, resampled: good.resampled.map((draws) => draws.map(() => Number.NaN)) })).toBe(Infinity)
    const other = rates('location', [3, 5, 4], [1, 30, 50], 0.2)
    expect(changeBound(problemOf([other]), problemOf([rates('location', [3, 5, 4], [1, 30, 50], 0.2)]), 0.9)).toBe(
      Infinity,
    )
    expect(bound({ ...good, values: of(0, 5, 4) }, { shown })).toBe(Infinity)
    expect(bound({ ...good, resampled: good.resampled.map(() => new Float64Array(0)) })).toBe(Infinity)
    expect(changeBound(problemOf([]), problemOf([]), 0.9)).toBe(Infinity)
    // Of a group that neither model has a rate of nothing is known.
    const gap = (one: SpreadRates): SpreadRates => ({
      ...one,
      values: of(...one.values.slice(0, 2), Number.NaN, one.values.at(-1) as number),
      rows: of(20, 30, 0, 50),
      resampled: [
        ...one.resampled.slice(0, 2),
        new Float64Array(many).fill(Number.NaN),
        one.resampled.at(-1) as Float64Array,
      ],
    })
    const its = rates('location', [4, 5, 4], [20, 30, 50], 0.2)
    expect(changeBound(problemOf([gap(good)]), problemOf([gap(its)]), 0.9)).toBe(Infinity)
  })
})
