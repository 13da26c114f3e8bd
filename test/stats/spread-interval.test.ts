import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import {
  spreadChangeInterval,
  spreadInterval,
  type SpreadProblem,
  type SpreadRates,
} from '../../src/stats/spread-interval.ts'
import { changeBound } from '../../src/stats/spread-bound.ts'

const DRAWS = 400
const range = (values: ArrayLike<number>): number => {
  const groups = Array.from(values).slice(0, -1)
  return Math.max(...groups) - Math.min(...groups)
}
const random = createRandom(2)

/** Means with standard error 1, of groups that differ by `apart`. */
function problem(means: readonly number[], seed = 3): SpreadProblem {
  const own = createRandom(seed)
  const values = Float64Array.from([...means, Number.NaN])
  const resampled = Array.from(values, (value) => Float64Array.from({ length: DRAWS }, () => value + own.normal()))
  return {
    rates: [{ kind: 'location', values, rows: values.map(() => 1e6), resampled }],
    spread: ([rates]) => range(rates as Float64Array),
    between: true,
  }
}

describe('the interval of how far groups are apart', () => {
  test('is that of a difference where two groups are far apart', () => {
    const interval = spreadInterval(problem([0, 10]), 0.95, 1)
    // 10 ± 1.96·√2
    expect(interval?.low).toBeCloseTo(7.23, 0)
    expect(interval?.high).toBeCloseTo(12.77, 0)
  })

  test('contains 0 for equal groups about 95 times in 100, where the smallest value ever seen is above 0', () => {
    let covered = 0
    const runs = 150
    for (let run = 0; run < runs; run++) {
      const means = Array.from({ length: 4 }, () => random.normal())
      if (spreadInterval(problem(means, run), 0.95, run)?.low === 0) covered++
    }
    expect(covered / runs).toBeGreaterThan(0.88)
    expect(covered / runs).toBeLessThan(0.995)
  })

  test('holds every ratio down to 0 where a group has none of a rare rate, and never leaves an end open', () => {
    // Shares of two groups and of all rows; the ratio to all of the group without any is 0.
    const values = Float64Array.of(0, 0.06, 0.02)
    const own = createRandom(5)
    const resampled = Array.from(values, (value) =>
      Float64Array.from({ length: DRAWS }, () => Math.max(0, value + (value > 0 ? 0.01 * own.normal() : 0))),
    )
    const log = (small: number, large: number): number => (large > 0 ? -Math.log(small / large) : Number.NaN)
    const interval = spreadInterval(
      {
        rates: [{ kind: 'proportion', values, rows: Float64Array.of(38, 900, 938), resampled }],
        spread: ([rates]) => {
          const [a = 0, b = 0, all = 0] = rates as Float64Array
          return Math.max(log(Math.min(a, b), all), log(all, Math.max(a, b)))
        },
        between: false,
        shown: (spread) => Math.exp(-spread),
      },
      0.95,
      1,
    )
    expect(interval?.low).toBe(0)
    expect(interval?.high).toBeGreaterThan(0)
    expect(interval?.high).toBeLessThanOrEqual(1)
  })

  test('is null where a rate is undefined too often to say', () => {
    const one = problem([0, 1])
    const resampled = one.rates[0]?.resampled.map((values) => values.map((value, i) => (i % 5 ? value : Number.NaN)))
    expect(
      spreadInterval({ ...one, rates: one.rates.map((rate) => ({ ...rate, resampled: resampled ?? [] })) }, 0.95, 1),
    ).toBeNull()
  })

  test('reaches above 0 where no group has a positive', () => {
    const values = Float64Array.of(0, 0, 0)
    const rates = [
      {
        kind: 'proportion' as const,
        values,
        rows: Float64Array.of(50, 50, 100),
        resampled: [0, 1, 2].map(() => new Float64Array(DRAWS)),
      },
    ]
    const interval = spreadInterval({ rates, spread: ([own]) => range(own as Float64Array), between: true }, 0.95, 1)
    expect(interval?.low).toBe(0)
    expect(interval?.high).toBeGreaterThan(0.03)
    expect(interval?.high).toBeLessThan(0.12)
  })
})

describe('the interval of the worst of two rates', () => {
  const worse = (one: SpreadProblem, other: SpreadProblem): SpreadProblem => ({
    ...one,
    rates: [...one.rates, ...other.rates],
    spread: (rates) => Math.max(...rates.map(range)),
  })

  test('never ends below that of either, and gives what it leaves of 5 % to the lower end', () => {
    const single = spreadInterval(problem([0, 10]), 0.95, 1)
    const tied = spreadInterval(worse(problem([0, 10]), problem([0, 10], 5)), 0.95, 1)
    expect(tied?.high).toBeGreaterThanOrEqual((single?.high ?? 0) - 0.3)
    // max of two in 5 %: 10 − 1.955·√2; two-sided it would be 10 − 2.236·√2 = 6.84
    expect(tied?.low).toBeGreaterThan(7)
    expect(tied?.low).toBeLessThan(7.6)
  })
})

describe('the interval of the largest distance to all rows', () => {
  /** Three groups around a rate of all rows that is known. */
  function toOverall(means: readonly number[]): SpreadProblem {
    const one = problem([...means, 0])
    const [rate] = one.rates
    const keep = (g: number): boolean => g !== means.length
    return {
      rates: [
        {
          kind: 'location',
          rows: Float64Array.from([...means, 0], () => 1e6),
          values: Float64Array.from([...means, 0]),
          resampled: [
            ...(rate?.resampled.filter((_, g) => keep(g) && g < means.length) ?? []),
            new Float64Array(DRAWS),
          ],
        },
      ],
      spread: ([rates]) => Math.max(...Array.from(rates as Float64Array, (value) => Math.abs(value))),
      between: false,
    }
  }

  test('reaches as far as that of any single group: the nearer one may be the farther', () => {
    const high = (means: readonly number[]): number => spreadInterval(toOverall(means), 0.95, 1)?.high ?? Number.NaN
    // 4 + 1.96
    expect(high([-4, 0, 0.5])).toBeCloseTo(5.96, 0)
    expect(high([-4, 0, 3.9])).toBeGreaterThanOrEqual(high([-4, 0, 0.5]) - 0.1)
  })

  test('contains the truth of two that are tied about 95 times in 100', () => {
    let missed = 0
    const runs = 200
    for (let run = 0; run < runs; run++) {
      const interval = spreadInterval(
        toOverall([-3 + random.normal(), 2.5 + random.normal(), random.normal()]),
        0.95,
        1,
      )
      if (!interval || interval.high < 3 || interval.low > 3) missed++
    }
    expect(missed / runs).toBeLessThan(0.085)
  })
})

describe('the interval of the change of a spread', () => {
  test('is 0 … 0 for a model and itself', () => {
    expect(spreadChangeInterval(problem([0, 1]), problem([0, 1]), 0.95, 1)).toEqual({ low: 0, high: 0 })
  })

  test('is that of a difference of differences where all is far apart', () => {
    const interval = spreadChangeInterval(problem([0, 30], 1), problem([0, 20], 2), 0.95, 1)
    // 10 ± 1.96·2
    expect(interval?.low).toBeCloseTo(6.08, -0.5)
    expect(interval?.high).toBeCloseTo(13.92, -0.5)
  })

  test('is as fine as what is shown, whatever the unit of the rates', () => {
    const ratio = (means: readonly number[], seed: number): SpreadProblem => ({
      ...problem(means, seed),
      spread: ([rates]) => {
        const [a, b] = rates as Float64Array
        return 1 - Math.min(a as number, b as number) / Math.max(a as number, b as number)
      },
      shown: (spread) => 1 - spread,
    })
    const interval = spreadChangeInterval(ratio([100, 112], 1), ratio([100, 112], 2), 0.95, 1)
    // 1.96 · √2 · √(1 + (100 / 112)²) / 112
    for (const end of [-(interval?.low ?? 0), interval?.high ?? 0]) {
      expect(end).toBeGreaterThan(0.025)
      expect(end).toBeLessThan(0.044)
    }
  })
})

describe('what two models can differ by at most', () => {
  const random = createRandom(8)
  const draws = 2000
  /** Two groups and all rows; both models share most of their noise. */
  function models(gap: number, change: number, shared: number) {
    const common = [0, 1].map(() => Float64Array.from({ length: draws }, () => random.normal() * shared))
    const of = (rates: readonly number[]): SpreadRates => {
      const values = Float64Array.from([...rates, (rates[0] as number) / 2 + (rates[1] as number) / 2])
      const groups = rates.map((rate, g) =>
        (common[g] as Float64Array).map((noise) => rate + noise + 0.01 * random.normal()),
      )
      const all = (groups[0] as Float64Array).map((one, b) => (one + ((groups[1] as Float64Array)[b] as number)) / 2)
      return { kind: 'proportion', values, rows: Float64Array.of(1000, 1000, 2000), resampled: [...groups, all] }
    }
    const spread = (rates: readonly Float64Array[]): number =>
      Math.abs((rates[0]?.[0] as number) - (rates[0]?.[1] as number))
    const problem = (rates: SpreadRates): SpreadProblem => ({ rates: [rates], spread, between: true })
    return [problem(of([0.4, 0.4 + gap + change])), problem(of([0.4, 0.4 + gap]))] as const
  }

  test('is the difference that is seen and its own noise, not that of either model', () => {
    const [one, other] = models(0, 0.02, 0.08)
    // Four independent errors of 0.01.
    expect(changeBound(one, other, 0.95)).toBeCloseTo(0.02 + 1.96 * 0.02, 2)
    const ends = spreadChangeInterval(one, other, 0.95, 1)
    expect((ends?.high ?? 1) - (ends?.low ?? 0)).toBeLessThan(0.13)
    expect(ends?.low).toBeLessThan(0)
  })

  test('cuts nothing off where the groups are far apart', () => {
    const [one, other] = models(0.3, 0.05, 0.05)
    const ends = spreadChangeInterval(one, other, 0.95, 1)
    expect(ends?.high).toBeCloseTo(0.05 + 1.96 * 0.02, 1)
    expect(ends?.low).toBeCloseTo(0.05 - 1.96 * 0.02, 1)
  })

  test('leaves room for rows that nobody has seen where no resample shows a difference', () => {
    const [one, other] = models(0.1, 0, 0.05)
    const same = { ...one, rates: one.rates.map((rate) => ({ ...rate, resampled: other.rates[0]?.resampled ?? [] })) }
    expect(changeBound(same, other, 0.95)).toBeGreaterThan(Math.sqrt(3) / 1000)
  })
})
