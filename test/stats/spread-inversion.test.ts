import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { normalCdf } from '../../src/stats/special.ts'
import { changeBound } from '../../src/stats/spread-bound.ts'
import { type Family, familyOf, type RateKind } from '../../src/stats/spread-family.ts'
import {
  type Ends,
  type Spread,
  spreadChangeInterval,
  spreadInterval,
  type SpreadProblem,
  type SpreadRates,
} from '../../src/stats/spread-interval.ts'
import { farther, nearer } from '../../src/stats/spread-moves.ts'
import { type Noise, noisesOf } from '../../src/stats/spread-noise.ts'

const DRAWS = 199
const numbersOf = (values: ArrayLike<number>): number[] => Array.from(values).filter((one) => !Number.isNaN(one))
const between: Spread = (rates) =>
  Math.max(
    ...rates.map((rate) => {
      const groups = numbersOf(rate.slice(0, -1))
      return Math.max(...groups) - Math.min(...groups)
    }),
  )
const toOverall: Spread = (rates) =>
  Math.max(
    ...rates.map((rate) =>
      Math.max(...numbersOf(rate.slice(0, -1)).map((one) => Math.abs(one - (rate.at(-1) as number)))),
    ),
  )
const ratio: Spread = (rates) =>
  Math.max(
    ...rates.map((rate) => {
      const groups = numbersOf(rate.slice(0, -1))
      return -Math.log(Math.min(...groups) / Math.max(...groups))
    }),
  )

/** Rates of groups and of all rows, whose resamples vary by so much around them. */
function rates(kind: RateKind, values: readonly number[], sd: number, seed: number, common = 0): SpreadRates {
  const [own, shared] = [createRandom(seed), createRandom(77)]
  return {
    kind,
    values: Float64Array.from(values),
    rows: Float64Array.from(values, () => 200),
    resampled: values.map((value) => {
      const both = Float64Array.from({ length: DRAWS }, () => common * shared.normal())
      return both.map((one) => value + one + sd * own.normal())
    }),
  }
}

const problem = (all: readonly SpreadRates[], spread: Spread, rest: Partial<SpreadProblem> = {}): SpreadProblem => ({
  rates: all,
  spread,
  between: spread !== toOverall,
  ...rest,
})

/** Type 6: the p-quantile of one draw more. */
function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = numbersOf(values).sort((a, b) => a - b)
  const h = Math.min(sorted.length, Math.max(1, p * (sorted.length + 1)))
  const [low, high] = [sorted[Math.floor(h) - 1] as number, sorted[Math.ceil(h) - 1] as number]
  return low + (h - Math.floor(h)) * (high - low)
}

/** Halves an interval in which a rising function becomes positive. */
function halved(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high]
  for (let i = 0; i < 18; i++) {
    const middle = (a + b) / 2
    if (f(middle) < 0) a = middle
    else b = middle
  }
  return b
}

const spreadsAt = (family: Family, spread?: (family: Family) => Float64Array): Float64Array => {
  const into = new Float64Array(DRAWS)
  family.draw(into)
  return spread?.(family) ?? into
}
const seenOf = ({ spread, rates: all }: SpreadProblem): number => spread(all.map(({ values }) => values))

/** The test of every θ, step by step as the documentation has it, inverted by halving. */
function interval(one: SpreadProblem, level: number): Ends {
  const alpha = 1 - level
  const [noises] = noisesOf([one], 1) as readonly [readonly Noise[]]
  const seen = seenOf(one)
  const lower = familyOf(one, noises, nearer)
  lower.place(0)
  const typical = quantile(spreadsAt(lower), 0.5) / 0.6745
  const tail = (theta: number): number => (alpha / 2) * (2 * normalCdf((Math.SQRT2 * theta) / typical) - 1)
  // Rates that compete, or the distances of single groups to all rows.
  const groups = (one.rates[0] as SpreadRates).values.length - 1
  const together = one.joint === true || (one.between && one.rates.length === 1)
  const sets = one.rates.flatMap((rate, c) =>
    one.between
      ? [{ c, places: [...rate.values.keys()] }]
      : [...rate.values.keys()]
          .slice(0, -1)
          .filter((g) => !Number.isNaN(rate.values[g]))
          .map((g) => ({ c, places: [g, groups, groups] })),
  )
  const rivals = together
    ? [{ c: 0, places: [], problem: one, noises }]
    : sets.map(({ c, places }) => {
        const rate = one.rates[c] as SpreadRates
        const own: SpreadRates = {
          kind: rate.kind,
          values: Float64Array.from(places, (g) => rate.values[g] as number),
          rows: Float64Array.from(places, (g) => rate.rows[g] as number),
          resampled: places.map((g) => rate.resampled[g] as Float64Array),
        }
        return {
          c,
          places,
          problem: { ...one, rates: [own] },
          noises: places.map((g) => noises[c * (groups + 1) + g] as Noise),
        }
      })
  const limits = rivals.map((rival) => {
    const family = familyOf(rival.problem, rival.noises, farther)
    const own = seenOf(rival.problem)
    const s = halved(
      (at) => {
        family.place(at)
        return quantile(spreadsAt(family), tail(family.truth())) - own - 1e-6 * typical
      },
      0,
      50,
    )
    family.place(s)
    return { ...rival, end: family.truth(), reach: family.truth() - own }
  })
  const high = Math.max(...limits.map(({ end }) => end))
  const below = (theta: number): number => {
    if (limits.length < 2 || (!one.between && one.rates.length === 1 && limits.length === 2)) return 1
    const drawn = limits.map(({ c, places, problem: own }) => ({
      truth: own.spread([Float64Array.from(places, (g) => lower.means[c]?.[g] as number)]),
      spreads: Array.from({ length: DRAWS }, (_, b) =>
        own.spread([Float64Array.from(places, (g) => lower.drawn[c]?.[g]?.[b] as number)]),
      ),
    }))
    const top = drawn.reduce((best, rival) => (rival.truth > best.truth ? rival : best))
    const cut = quantile(top.spreads, 0.1)
    const low = [...top.spreads.keys()].filter((b) => (top.spreads[b] as number) <= cut)
    const all = low.filter((b) =>
      drawn.every((rival, j) => rival === top || (rival.spreads[b] as number) + (limits[j]?.reach as number) < theta),
    )
    return all.length / low.length
  }
  const from = halved(
    (at) => {
      lower.place(at)
      const spreads = spreadsAt(lower)
      return quantile(spreads, 1 - alpha + tail(lower.truth()) * below(lower.truth())) - seen
    },
    0,
    50,
  )
  lower.place(from)
  const ends = [Math.min(from > 1e-4 ? lower.truth() : 0, seen), Math.max(high, seen)].map(one.shown ?? ((end) => end))
  return { low: Math.min(...ends), high: Math.max(...ends) }
}

const CASES: readonly (readonly [string, SpreadProblem, number])[] = [
  ['two means', problem([rates('location', [0, 4, 2], 1, 1)], between), 1],
  ['two means that are close', problem([rates('location', [0, 0.5, 2], 1, 2)], between), 1],
  ['five means', problem([rates('location', [0, 4, 3.5, 2, Number.NaN, 0.4, 2], 1, 3)], between), 1],
  ['shares', problem([rates('proportion', [0.3, 0.5, 0.45, 0.4], 0.03, 4)], between), 0.03],
  ['errors', problem([rates('scale', [3, 5, 4, 4], 0.5, 5)], between), 0.5],
  ['two rates', problem([rates('location', [0, 4, 2], 1, 6), rates('location', [1, 4.5, 2], 1, 7)], between), 1],
  [
    'a rate far below another',
    problem([rates('location', [0, 9, 2], 1, 8), rates('location', [1, 2, 2], 1, 9)], between),
    1,
  ],
  [
    'three rates of three groups',
    problem(
      [10, 11, 12].map((seed) => rates('location', [0, 2, 3, 2], 1, seed)),
      between,
    ),
    1,
  ],
  [
    'joint rates',
    problem([rates('location', [0, 4, 2], 1, 13), rates('location', [0, 4, 2], 1, 14)], between, { joint: true }),
    1,
  ],
  ['distances of two groups to all rows', problem([rates('location', [0, 4, 1.5], 1, 15)], toOverall), 1],
  [
    'distances of four groups to all rows',
    problem([rates('location', [0, 4, 3.8, Number.NaN, 1, 2], 1, 16)], toOverall),
    1,
  ],
  [
    'distances of two rates to all rows',
    problem([rates('location', [0, 4, 2], 1, 17), rates('location', [0, 4, 2.5], 1, 18)], toOverall),
    1,
  ],
  ['a ratio', problem([rates('scale', [3, 5, 4.5, 4], 0.3, 19)], ratio, { shown: (spread) => Math.exp(-spread) }), 0.1],
  [
    'ratios of two rates',
    problem([rates('proportion', [0.3, 0.5, 0.4], 0.03, 20), rates('proportion', [0.5, 0.6, 0.5], 0.03, 21)], ratio, {
      shown: (spread) => Math.exp(-spread),
    }),
    0.1,
  ],
]

describe('the interval of a spread', () => {
  test.each(CASES)('is the inversion of its test, up to a few hundredths of the error: %s', (_, one, error) => {
    for (const level of [0.9, 0.95]) {
      const found = spreadInterval(one, level, 1) as Ends
      const expected = interval(one, level)
      expect(Math.abs(found.low - expected.low)).toBeLessThan(0.08 * error)
      expect(Math.abs(found.high - expected.high)).toBeLessThan(0.08 * error)
    }
  })

  test('is none where there is no spread', () => {
    const nothing = problem([rates('location', [1, 2, 3], 1, 1)], () => Number.NaN)
    expect(spreadInterval(nothing, 0.95, 1)).toBeNull()
  })

  test('is a point where nothing varies', () => {
    const exact = problem([rates('location', [1, 4, 3], 0, 1)], between)
    const found = spreadInterval(exact, 0.95, 1) as Ends
    expect(found.low).toBeCloseTo(3, 3)
    expect(found.high).toBeCloseTo(3, 3)
  })
})

/** Both spreads made median-unbiased, then moved apart by equal steps until the seen change is in a tail. */
function changeOf(one: SpreadProblem, other: SpreadProblem, level: number): Ends {
  const both = [one, other]
  const noises = noisesOf(both, 1) as readonly (readonly Noise[])[]
  const shown = one.shown ?? ((spread: number): number => spread)
  const sign = shown(1) > shown(0) ? 1 : -1
  const seen = both.map(seenOf) as [number, number]
  const change = shown(seen[0]) - shown(seen[1])
  const several = one.joint !== true && one.rates.length > 1
  const tied = several || (one.joint !== true && (one.rates[0] as SpreadRates).values.length > 3)
  const partly = (move: (gap: number) => number, share: number) => (gap: number) =>
    gap + (tied ? share : 0) * (move(gap) - gap)
  const end = (p: number, way: 'place' | 'reach'): number => {
    const moves = p < 0.5 ? [farther, nearer] : [nearer, farther]
    const families = both.map((problem, i) =>
      familyOf(
        problem,
        noises[i] as readonly Noise[],
        partly(moves[i] as typeof nearer, 0.4),
        way === 'place' ? partly(moves[i] as typeof nearer, 0.8) : undefined,
      ),
    ) as [Family, Family]
    const from = families.map((family, i) =>
      halved(
        (s) => {
          family[way](s)
          return quantile(spreadsAt(family), 0.5) - (seen[i] as number)
        },
        0,
        20,
      ),
    ) as [number, number]
    const place = (x: number): void => {
      families[0][way](Math.max(0, from[0] + (way === 'place' ? x / families[0].width : x)))
      families[1][way](Math.max(0, from[1] - (way === 'place' ? x / families[1].width : x)))
    }
    const x = halved(
      (at) => {
        place(at)
        const [mine, theirs] = families.map((family) => [...spreadsAt(family)].map(shown)) as [number[], number[]]
        return (
          quantile(
            mine.map((spread, b) => sign * (spread - (theirs[b] as number))),
            p,
          ) -
          sign * change
        )
      },
      -20,
      20,
    )
    place(x)
    return shown(families[0].truth()) - shown(families[1].truth())
  }
  const tail = (1 - level) / 2
  const ways = several && sign < 0 ? (['place', 'reach'] as const) : (['place'] as const)
  const ends = ways.flatMap((way) => [end(1 - tail, way), end(tail, way)])
  const most = changeBound(one, other, level)
  return {
    low: Math.min(change, Math.max(-most, Math.min(...ends))),
    high: Math.max(change, Math.min(most, Math.max(...ends))),
  }
}

const asRatio = { shown: (spread: number): number => Math.exp(-spread) }
const CHANGES: readonly (readonly [string, SpreadProblem, SpreadProblem, number])[] = [
  [
    'two means',
    problem([rates('location', [0, 8, 4], 1, 1, 1)], between),
    problem([rates('location', [0, 6, 3], 1, 2, 1)], between),
    1,
  ],
  [
    'two means that are close',
    problem([rates('location', [0, 1, 0.5], 1, 3, 1)], between),
    problem([rates('location', [0, 3, 0.5], 1, 4, 1)], between),
    1,
  ],
  [
    'four groups',
    problem([rates('location', [0, 4, 3.5, 1, 2], 1, 5, 1)], between),
    problem([rates('location', [0, 3, 3, 2, 2], 1, 6, 1)], between),
    1,
  ],
  [
    'four groups of a distribution',
    problem([rates('location', [0, 4, 3.5, 1, 2], 1, 7, 1)], between, { joint: true }),
    problem([rates('location', [0, 3, 3, 2, 2], 1, 8, 1)], between, { joint: true }),
    1,
  ],
  [
    'two rates of a distribution',
    problem(
      [31, 32].map((seed) => rates('location', [0, 4, 3, 2], 1, seed, 1)),
      between,
      { joint: true },
    ),
    problem(
      [33, 34].map((seed) => rates('location', [0, 3, 2.5, 2], 1, seed, 1)),
      between,
      { joint: true },
    ),
    1,
  ],
  [
    'shares to all rows',
    problem([rates('proportion', [0.3, 0.5, 0.4, 0.4], 0.03, 9)], toOverall),
    problem([rates('proportion', [0.35, 0.5, 0.45, 0.42], 0.03, 10)], toOverall),
    0.03,
  ],
  [
    'two rates',
    problem([rates('location', [0, 4, 2], 1, 11, 1), rates('location', [0, 3, 2], 1, 12, 1)], between),
    problem([rates('location', [0, 3, 2], 1, 13, 1), rates('location', [0, 3.5, 2], 1, 14, 1)], between),
    1,
  ],
  [
    'a ratio',
    problem([rates('scale', [3, 5, 4], 0.3, 15)], ratio, asRatio),
    problem([rates('scale', [3, 6, 4], 0.3, 16)], ratio, asRatio),
    0.1,
  ],
  [
    'ratios of two rates',
    problem([rates('scale', [3, 5, 4], 0.3, 17), rates('scale', [3, 5.5, 4], 0.5, 18)], ratio, asRatio),
    problem([rates('scale', [3, 6, 4], 0.3, 19), rates('scale', [3, 5, 4], 0.5, 20)], ratio, asRatio),
    0.1,
  ],
]

describe('the interval of the change of a spread', () => {
  test.each(CHANGES)(
    'is the inversion of its test, up to a few hundredths of the error: %s',
    (_, one, other, error) => {
      const found = spreadChangeInterval(one, other, 0.9, 1) as Ends
      const expected = changeOf(one, other, 0.9)
      expect(Math.abs(found.low - expected.low)).toBeLessThan(0.08 * error)
      expect(Math.abs(found.high - expected.high)).toBeLessThan(0.08 * error)
    },
  )

  test('is none where a spread or a rate is undefined', () => {
    const good = problem([rates('location', [0, 4, 2], 1, 1)], between)
    const holes = rates('location', [0, 3, 2], 1, 2)
    for (const bad of [
      { ...good, rates: [rates('location', [0, 3, 2], 1, 2)], spread: () => Number.NaN },
      { ...good, rates: [{ ...holes, resampled: holes.resampled.map((draws) => draws.map(() => Number.NaN)) }] },
    ]) {
      expect(spreadChangeInterval(good, bad, 0.9, 1)).toBeNull()
      expect(spreadChangeInterval(bad, good, 0.9, 1)).toBeNull()
    }
  })
})
