import { describe, expect, test } from 'vitest'
import type { Direction } from '../../src/core/task.ts'
import { conclude } from '../../src/evaluation/compare.ts'
import { checkVersus } from '../../src/evaluation/gate-versus.ts'
import { readingOf } from '../../src/evaluation/reading.ts'
import type { Evaluation, Interval, MetricComparison } from '../../src/evaluation/types.ts'
import { verdictOf } from '../../src/evaluation/verdict.ts'

const M = 0.01
/** Gains: positive is better. */
const ENDS = [-3 * M, -2 * M, -M, -M / 2, 0, M / 2, M, 2 * M, 3 * M]
const between = (low: number, high: number): Interval => ({ low, high, level: 0.95, method: 'test' })

/** The interval of a difference whose gain lies between these. */
function turned(direction: Direction, low: number, high: number): { difference: number; interval: Interval } {
  const sign = direction === 'higher' ? 1 : -1
  const [one, other] = [sign * low + 0, sign * high + 0]
  return { difference: (one + other) / 2, interval: between(Math.min(one, other), Math.max(one, other)) }
}

const combinations = (['higher', 'lower'] as const).flatMap((direction) =>
  [0, M].flatMap((margin) =>
    ENDS.flatMap((low) => ENDS.filter((high) => high >= low).map((high) => ({ direction, margin, low, high }))),
  ),
)

describe('the reading of an interval', () => {
  test.each<[low: number, high: number, margin: number, reading: string]>([
    [0.001, 0.02, M, 'better'],
    [0, 0.02, M, 'not worse'],
    [-0.005, 0.02, M, 'not worse'],
    [0, 0, M, 'not worse'],
    [0, 0, 0, 'not worse'],
    [-0.005, 0, M, 'not worse'],
    [-0.005, -0.001, M, 'slightly worse, within the margin'],
    [-0.02, -0.001, M, 'worse, perhaps by more than the margin'],
    [-0.01, -0.001, M, 'worse, perhaps by more than the margin'],
    [-0.02, -0.01, M, 'worse, perhaps by more than the margin'],
    [-0.02, -0.011, M, 'worse'],
    [-0.02, -0.001, 0, 'worse'],
    [-0.02, 0, M, 'cannot tell'],
    [-0.02, 0.02, M, 'cannot tell'],
    [-0.005, 0.02, 0, 'cannot tell'],
  ])(
    'of a gain from %d to %d with a margin of %d is “%s”, whichever way the metric points',
    (low, high, margin, reading) => {
      for (const direction of ['higher', 'lower'] as const) {
        const seen = turned(direction, low, high)
        const conclusion = conclude(seen.difference, seen.interval, direction, margin)
        expect(readingOf({ ...seen, direction, conclusion })).toBe(reading)
      }
    },
  )

  test('keeps to its words at every combination of signs', () => {
    for (const { direction, margin, low, high } of combinations) {
      const seen = turned(direction, low, high)
      const conclusion = conclude(seen.difference, seen.interval, direction, margin)
      const reading = readingOf({ ...seen, direction, conclusion })
      const at = `${direction} ${low} … ${high} margin ${margin}: ${reading}`
      expect([reading === 'better', at]).toEqual([low > 0, at])
      expect([reading === 'worse', at]).toEqual([high < -margin, at])
      expect([reading.startsWith('slightly worse'), at]).toEqual([high < 0 && low > -margin, at])
      if (reading === 'cannot tell') expect([high < 0, low > 0, at]).toEqual([false, false, at])
      if (reading === 'not worse') expect([high < 0, low < -margin, at]).toEqual([false, false, at])
    }
  })

  test('of a slice that was taken back says that it may be chance', () => {
    const seen = { ...turned('higher', -0.03, -0.02), direction: 'higher', conclusion: 'cannot-tell' } as const
    expect(readingOf({ ...seen, perhapsChance: true })).toBe('worse, perhaps by chance')
    expect(readingOf({ ...seen, ...turned('higher', -0.03, 0.01), perhapsChance: true })).toBe('cannot tell')
  })

  test('of a gain that was taken back says that it may be one', () => {
    for (const direction of ['higher', 'lower'] as const) {
      const read = (low: number, high: number) =>
        readingOf({ ...turned(direction, low, high), direction, conclusion: 'not-worse' })
      expect([read(0.001, 0.03), read(0, 0.03), read(-0.001, 0.03)]).toEqual([
        'not worse, perhaps better',
        'not worse',
        'not worse',
      ])
    }
  })

  test('of no interval is that one cannot tell', () => {
    expect(readingOf({ difference: 0.1, interval: null, direction: 'higher', conclusion: 'cannot-tell' })).toBe(
      'cannot tell',
    )
  })
})

const evaluation = (comparisons: readonly MetricComparison[]): Evaluation => {
  const model = (role: 'champion' | 'candidate' | 'baseline', name: string, version: number | null) => ({
    role,
    name,
    version,
    metrics: [{ metric: 'auc', value: 0.8, interval: null }],
  })
  return {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: 1000, description: '', digest: '', championSafe: true },
    thresholds: {},
    baseline: model('baseline', 'always', null),
    champion: model('champion', 'v3', 3),
    candidate: model('candidate', 'v4', 4),
    comparisons,
    slices: [],
    fairness: [],
    curves: [],
    warnings: [],
  }
}

describe('the sentence of a gate', () => {
  const gateOf = (
    gate: { better?: boolean | number; margin?: number },
    { direction, margin, low, high }: (typeof combinations)[number],
  ) =>
    checkVersus({
      evaluation: evaluation([]),
      gate: { metric: 'auc', versus: 'champion', ...gate },
      versus: 'champion',
      what: 'auc',
      direction,
      margin: { kind: 'absolute', size: margin },
      ...turned(direction, low, high),
      other: null,
      reason: undefined,
    })

  test('of a margin says on which side of 0 the interval lies, and on which side of the margin', () => {
    for (const combination of combinations) {
      const { margin, low, high } = combination
      const { status, sentence } = gateOf({ margin }, combination)
      const at = `${JSON.stringify(combination)}: ${sentence}`
      expect([sentence.startsWith('auc is better than'), at]).toEqual([low > 0, at])
      expect([/^auc is (slightly )?worse than/.test(sentence), at]).toEqual([high < 0, at])
      expect([sentence.includes('but not by more than'), at]).toEqual([high < 0 && low > -margin, at])
      expect([sentence.startsWith('auc is not worse than'), at]).toEqual([
        !(low > 0) && !(high < 0) && (low > -margin || (low === 0 && high === 0)),
        at,
      ])
      const passes = low > 0 || low > -margin || (low === 0 && high === 0)
      expect([status, at]).toEqual([passes ? 'pass' : high < -margin ? 'fail' : 'inconclusive', at])
      expect([sentence.includes('perhaps by more than'), at]).toEqual([
        status === 'inconclusive' && high < 0 && margin > 0,
        at,
      ])
    }
  })

  test('of a demand to be better says the same', () => {
    for (const combination of combinations) {
      const { margin, low, high } = combination
      const { status, sentence } = gateOf({ better: margin === 0 ? true : margin }, combination)
      const at = `${JSON.stringify(combination)}: ${sentence}`
      expect([sentence.startsWith('auc is better than'), at]).toEqual([low > margin || (low > 0 && high > margin), at])
      expect([sentence.includes('but perhaps not by at least'), at]).toEqual([
        margin > 0 && low > 0 && low <= margin && high > margin,
        at,
      ])
      expect([sentence.startsWith('auc is worse than'), at]).toEqual([high < 0, at])
      expect([status === 'pass', at]).toEqual([low > margin, at])
    }
  })
})

test('a verdict that passes does not call worse what is worse within the margin “not worse”', () => {
  const reasonOf = (low: number, high: number): string => {
    const { difference, interval } = turned('higher', low, high)
    const conclusion = conclude(difference, interval, 'higher', M)
    const comparison = { metric: 'auc', versus: 'champion', direction: 'higher', margin: M, conclusion } as const
    return verdictOf(evaluation([{ ...comparison, difference, interval }]), [], []).reason
  }
  expect(reasonOf(-0.005, -0.001)).toMatch(/^v4 is slightly worse than v3, within the margin: auc −0\.003/)
  expect(reasonOf(-0.005, 0.001)).toMatch(/^v4 is not worse than v3: auc −0\.002/)
  expect(reasonOf(0.001, 0.005)).toMatch(/^v4 is better than v3: auc \+0\.003/)
})
