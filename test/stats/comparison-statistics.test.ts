import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { serialDependence } from '../../src/stats/autocorrelation.ts'
import { bootstrapPValue, smallSample } from '../../src/stats/bca.ts'
import { ascendingOrder, descendingOrder } from '../../src/stats/order.ts'
import { mcnemar, tango, tangoScore, wilson } from '../../src/stats/proportion.ts'
import { normalTwoSided, studentQuantile } from '../../src/stats/special.ts'
import { readGolden } from '../evaluation/golden.ts'

interface StatisticsGolden {
  readonly versions: Readonly<Record<string, string>>
  readonly mcnemar: readonly { b: number; c: number; exact: number; midP: number }[]
  readonly tango: readonly { b: number; c: number; n: number; level: number; low: number; high: number }[]
  readonly wilson: readonly { successes: number; trials: number; level: number; low: number; high: number }[]
  readonly student: readonly { p: number; df: number; t: number }[]
  readonly blocks: readonly { phi: number; series: readonly number[]; length: number }[]
}
const golden = readGolden<StatisticsGolden>('statistics.json')

describe('McNemar', () => {
  test.each(golden.mcnemar)(
    `$b against $c: as statsmodels ${golden.versions['statsmodels']}`,
    ({ b, c, exact, midP }) => {
      const result = mcnemar(b, c)
      expect(Math.abs(result.exact / exact - 1)).toBeLessThan(1e-9)
      expect(Math.abs(result.midP / midP - 1)).toBeLessThan(1e-9)
      expect(mcnemar(c, b)).toEqual(result)
    },
  )

  test('the table of mlxtend’s own tests, [[101, 121], [59, 33]]', () => {
    const { exact, midP } = mcnemar(121, 59)
    expect(exact).toBeCloseTo(4.4344492637555101e-6, 15)
    expect(midP).toBeCloseTo(3.26665e-6, 11)
  })
})

describe('Tango’s interval', () => {
  test.each(golden.tango)('$b against $c of $n: as a numeric maximisation of the likelihood', (one) => {
    const { low, high } = tango(one.b, one.c, one.n, one.level) ?? { low: Number.NaN, high: Number.NaN }
    // The golden values are themselves the end of a numeric search.
    expect(Math.abs(low - one.low)).toBeLessThan(5e-9)
    expect(Math.abs(high - one.high)).toBeLessThan(5e-9)
    const mirrored = tango(one.c, one.b, one.n, one.level)
    expect(mirrored?.low).toBeCloseTo(-high, 12)
  })

  test('at a difference of 0 the score is McNemar’s without correction', () => {
    expect(tangoScore(121, 59, 314, 0) ** 2).toBeCloseTo(21.355555555555554, 10)
    expect(normalTwoSided(tangoScore(121, 59, 314, 0))).toBeCloseTo(3.8151358651125936e-6, 15)
  })

  test('without a discordant row nothing differs, without rows nothing is known', () => {
    // z²/(n + z²): the score interval of no discordant row among n.
    const chi = 3.841458820694124
    const none = tango(0, 0, 300, 0.95)
    expect(none?.high).toBeCloseTo(chi / (300 + chi), 12)
    expect(none?.low).toBeCloseTo(-chi / (300 + chi), 12)
    expect(tango(0, 0, 0, 0.95)).toBeNull()
    expect(tango(5, 0, 5, 0.95)?.high).toBe(1)
  })
})

describe('Wilson’s interval', () => {
  test.each(golden.wilson)('$successes of $trials: as statsmodels', ({ successes, trials, level, low, high }) => {
    const bounds = wilson(successes, trials, level)
    expect(bounds?.low).toBeCloseTo(low, 12)
    expect(bounds?.high).toBeCloseTo(high, 12)
  })

  test('of nothing is none', () => expect(wilson(0, 0, 0.95)).toBeNull())
})

test.each(golden.student)('Student’s quantile at $p with $df degrees of freedom, as scipy', ({ p, df, t }) => {
  expect(Math.abs(studentQuantile(p, df) / t - 1)).toBeLessThan(1e-11)
})

describe('block length', () => {
  test.each(golden.blocks)('of an autoregression with φ = $phi, as arch (rounded up)', ({ phi, series, length }) => {
    expect(serialDependence(Float64Array.from(series)).block).toBe(
      phi === 0 ? 1 : Math.min(Math.ceil(length), series.length / 20),
    )
  })

  test('of a series that does not vary, or hardly is one, is 1', () => {
    expect(serialDependence(new Float64Array(100).fill(3)).block).toBe(1)
    expect(serialDependence(Float64Array.of(1, 2, 3)).block).toBe(1)
  })

  test('is at most a twentieth of the series', () => {
    expect(serialDependence(Float64Array.from({ length: 200 }, (_, i) => i)).block).toBeLessThanOrEqual(10)
  })
})

describe('sorting', () => {
  test.each([50, 5000])('%d values with ties, signs and zeros of both kinds', (n) => {
    const random = createRandom(4)
    const values = Float64Array.from({ length: n }, (_, i) =>
      i % 7 === 0 ? (i % 2 === 0 ? 0 : -0) : Math.round(random.normal() * 40) / 8,
    )
    values[3] = -Infinity
    values[4] = 1e-308
    const order = ascendingOrder(values)
    const expected = Array.from({ length: n }, (_, i) => i).sort(
      (a, b) => (values[a] as number) - (values[b] as number) || a - b,
    )
    expect([...order]).toEqual(expected)
    const falling = Array.from({ length: n }, (_, i) => i).sort(
      (a, b) => (values[b] as number) - (values[a] as number) || a - b,
    )
    expect([...descendingOrder(values)]).toEqual(falling)
  })
})

describe('small samples', () => {
  const replicates = (jackknife: readonly number[]) => ({
    resampled: Float64Array.from({ length: 999 }, (_, i) => (i - 400) / 300),
    jackknife: [Float64Array.from(jackknife)],
    perBlock: 1,
  })

  test('a mean of normal values has as many degrees of freedom as rows, one of few that matter fewer', () => {
    const random = createRandom(8)
    const normal = smallSample(replicates(Array.from({ length: 5000 }, () => random.normal())))
    expect(normal.df / 5000).toBeCloseTo(1, 0)
    expect(normal.widening).toBeCloseTo(Math.sqrt(5000 / 4999), 12)
    const few = smallSample(replicates(Array.from({ length: 5000 }, (_, i) => (i < 20 ? 1 + i / 20 : 0))))
    expect(few.df).toBeLessThan(40)
    expect(smallSample(replicates([1, 1, 1])).df).toBe(1e6)
  })

  test('the p-value is the level at which the interval reaches 0', () => {
    const jackknife = Array.from({ length: 200 }, (_, i) => Math.sin(i) ** 3)
    const p = bootstrapPValue(0.3, replicates(jackknife), { expanded: true }) as number
    expect(p).toBeGreaterThan(0.5)
    expect(p).toBeLessThan(1)
    expect(bootstrapPValue(0.3, { ...replicates(jackknife), resampled: new Float64Array(99) })).toBe(1)
    expect(bootstrapPValue(0.3, { ...replicates(jackknife), resampled: new Float64Array(99).fill(1) })).toBeLessThan(
      0.02,
    )
    expect(bootstrapPValue(Number.NaN, replicates(jackknife))).toBeNull()
  })
})
