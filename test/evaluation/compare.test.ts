import { describe, expect, test } from 'vitest'
import { besideMargin, conclude, marginOf, marginSize, rowsNeeded, versusOf } from '../../src/evaluation/compare.ts'
import { moreRows } from '../../src/evaluation/gate-text.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'

const between = (low: number, high: number) => ({ low, high, level: 0.95, method: 'test' })

describe('the four answers', () => {
  test.each([
    [0.002, 0.02, 'better'],
    [-0.002, 0.02, 'not-worse'],
    [-0.02, 0.02, 'cannot-tell'],
    [-0.02, -0.002, 'cannot-tell'],
    [-0.004, -0.002, 'not-worse'],
    [-0.02, -0.006, 'worse'],
    [-0.005, 0.01, 'cannot-tell'],
    [0, 0, 'not-worse'],
  ] as const)('a difference between %d and %d with margin 0.005 is %s', (low, high, answer) => {
    expect(conclude((low + high) / 2, between(low, high), 'higher', 0.005)).toBe(answer)
    // An error metric is the mirror image.
    expect(conclude(-(low + high) / 2, between(-high, -low), 'lower', 0.005)).toBe(answer)
  })

  test('without a difference or an interval nobody can tell', () => {
    expect(conclude(null, null, 'higher', 0.1)).toBe('cannot-tell')
    expect(conclude(0.5, null, 'higher', 0.1)).toBe('cannot-tell')
  })

  test('with margin 0, models that never differ are not worse, all others have to be better', () => {
    expect(conclude(0, between(0, 0), 'higher', 0)).toBe('not-worse')
    expect(conclude(0.01, between(0, 0.02), 'higher', 0)).toBe('cannot-tell')
  })
})

describe('rows needed', () => {
  test('the half width shrinks with the root of the rows, and four of five such holdouts settle it', () => {
    expect(rowsNeeded(1000, 0.01, between(-0.01, 0.03), 'higher', 0)).toBe(7173)
    expect(rowsNeeded(1000, -0.01, between(-0.03, 0.01), 'lower', 0)).toBe(7173)
    // The textbook: (z₀.₉₇₅ + z₀.₈)² · σ²/δ² rows, with σ of the half width 1.96·σ/√n.
    const sigma = (0.02 / 1.959964) * Math.sqrt(1000)
    expect(1000 + 7173).toBeCloseTo(((1.959964 + 0.841621) * sigma) ** 2 / 0.01 ** 2, -1)
  })

  test('a difference below the bound needs rows to be called worse', () => {
    expect(rowsNeeded(1000, -0.015, between(-0.035, 0.005), 'higher', -0.005)).toBe(7173)
  })

  test('are unknown where no realistic number would do', () => {
    expect(rowsNeeded(1000, -0.005, between(-0.02, 0.01), 'higher', -0.005)).toBeUndefined()
    expect(rowsNeeded(1000, 1e-7, between(-0.02, 0.02), 'higher', 0)).toBeUndefined()
  })

  test('are told to two digits, upwards', () => {
    expect(moreRows(1873)).toBe('about 1,900 more labelled held-out rows')
    expect(moreRows(1901)).toBe('about 2,000 more labelled held-out rows')
    expect(moreRows(7)).toBe('about 7 more labelled held-out rows')
    expect(moreRows(1)).toBe('about 1 more labelled held-out row')
  })
})

describe('margins', () => {
  const auc = findMetric('binary', 'auc') as Metric
  const rmse = findMetric('regression', 'rmse') as Metric
  const value = findMetric('binary', 'value') as Metric

  test('are in the metric’s unit, and a share of the champion’s value for errors', () => {
    expect(marginSize(marginOf(auc, 'champion', { metric: 'auc', margin: 0.02 }), 0.8)).toBe(0.02)
    expect(marginSize(marginOf(rmse, 'champion', { metric: 'rmse', margin: 0.02 }), 50)).toBe(1)
    expect(marginSize(marginOf(value, 'champion', { metric: 'value', margin: 500 }), -20_000)).toBe(500)
  })

  test('default by metric against the champion, and to 0 against the baseline', () => {
    expect(marginSize(marginOf(auc, 'champion'), 0.8)).toBe(0.005)
    expect(marginSize(marginOf(rmse, 'champion'), 50)).toBe(0.5)
    expect(marginSize(marginOf(value, 'champion'), -20_000)).toBe(200)
    expect(marginSize(marginOf(auc, 'baseline'), 0.5)).toBe(0)
  })

  test('a gate without a bound compares with the champion', () => {
    expect(versusOf({ metric: 'auc' })).toBe('champion')
    expect(versusOf({ metric: 'auc', margin: 0.1 })).toBe('champion')
    expect(versusOf({ metric: 'auc', min: 0.8 })).toBeUndefined()
    expect(versusOf({ metric: 'auc', min: 0.8, better: true })).toBe('champion')
    expect(versusOf({ metric: 'auc', versus: 'baseline' })).toBe('baseline')
  })
})

describe('a margin that is a share of the other model’s value', () => {
  const interval = { low: -18, high: 2, level: 0.95, method: '' }
  const champion = { value: 100, interval: { low: 90, high: 115, level: 0.95, method: '' } }

  test('is as uncertain as that value: both errors together', () => {
    const beside = besideMargin(-8, interval, 'higher', { kind: 'relative', size: 0.2 }, champion)
    expect(beside?.low).toBeCloseTo(-18 - 2, 12)
    expect(beside?.high).toBeCloseTo(2 + 3, 12)
    const lower = besideMargin(
      8,
      { ...interval, low: -2, high: 18 },
      'lower',
      { kind: 'relative', size: 0.2 },
      champion,
    )
    expect([lower?.low, lower?.high]).toEqual([-(beside?.high as number), -(beside?.low as number)])
  })

  test('that is asked for as a gain: a larger value of the champion counts against the candidate', () => {
    const margin = { kind: 'relative', size: 0.2 } as const
    const beside = besideMargin(30, { ...interval, low: 22, high: 38 }, 'higher', margin, champion, true)
    expect([beside?.low, beside?.high]).toEqual([22 - 3, 38 + 2])
    const lower = besideMargin(-30, { ...interval, low: -38, high: -22 }, 'lower', margin, champion, true)
    expect([lower?.low, lower?.high]).toEqual([-38 - 2, -22 + 3])
    const negative = { value: -100, interval: { low: -115, high: -90, level: 0.95, method: '' } }
    const loss = besideMargin(30, { ...interval, low: 22, high: 38 }, 'higher', margin, negative, true)
    expect([loss?.low, loss?.high]).toEqual([22 - 3, 38 + 2])
  })

  test('can make “not worse” a “cannot tell”, never a “better” anything else', () => {
    const margin = { kind: 'relative', size: 0.2 } as const
    const close = { ...interval, low: -19.9, high: 3.9 }
    const beside = besideMargin(-8, close, 'higher', margin, champion)
    expect(conclude(-8, close, 'higher', 20)).toBe('not-worse')
    expect(conclude(-8, close, 'higher', 20, beside)).toBe('cannot-tell')
    const gain = { ...interval, low: 0.1, high: 20 }
    expect(conclude(10, gain, 'higher', 20, besideMargin(10, gain, 'higher', margin, champion))).toBe('better')
  })

  test('changes nothing for absolute margins, or where the other model has no interval', () => {
    expect(besideMargin(-8, interval, 'higher', { kind: 'absolute', size: 0.2 }, champion)).toBe(interval)
    expect(besideMargin(-8, interval, 'higher', { kind: 'relative', size: 0.2 }, { value: 3, interval: null })).toBe(
      interval,
    )
  })
})
