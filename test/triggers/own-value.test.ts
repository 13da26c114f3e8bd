import { describe, expect, test } from 'vitest'
import { errorRate, ownEstimate, sizeOfValue, worsening } from '../../src/triggers/worsening.ts'

const interval = (low: number, high: number) => ({ low, high, level: 0.9 })

describe('the champion’s own value', () => {
  const metrics = [
    { metric: 'auc', value: 0.8, interval: interval(0.7, 0.85) },
    { metric: 'accuracy', value: 0.75, interval: interval(0.625, 0.875) },
    { metric: 'log-loss', value: 0.4, interval: null },
    { metric: 'f1', value: null, interval: null },
    { metric: 'bias', value: -3, interval: interval(-5, -1) },
  ]
  test.each([
    ['auc', { value: 0.8, interval: interval(0.7, 0.85) }],
    ['accuracy', { value: 0.75, interval: interval(0.625, 0.875) }],
    ['error-rate', { value: 0.25, interval: interval(0.125, 0.375) }],
    ['log-loss', { value: 0.4, interval: undefined }],
    ['bias', { value: -3, interval: interval(-5, -1) }],
    ['f1', undefined],
    ['r2', undefined],
  ])('of %s', (metric, expected) => {
    expect(ownEstimate(metrics as never, metric)).toEqual(expected)
  })

  test('of the error rate without an interval, or without an accuracy', () => {
    expect(errorRate({ value: 0.75, interval: undefined })).toEqual({ value: 0.25, interval: undefined })
    expect(ownEstimate([], 'error-rate')).toBeUndefined()
  })

  test('of a bias is its size', () => {
    expect([sizeOfValue('bias', -3), sizeOfValue('auc', -3)]).toEqual([3, -3])
  })
})

describe('how much worse', () => {
  // MOVER: low = d − √((a − aₗ)² + (bₕ − b)²), high = d + √((aₕ − a)² + (b − bₗ)²), with 3-4-5 triangles.
  test.each([
    [
      'higher is better',
      worsening(
        'auc',
        'higher',
        { value: 0.8, interval: interval(0.77, 0.85) },
        { value: 0.5, interval: interval(0.38, 0.54) },
        100,
      ),
      { size: 0.3, low: 0.25, high: 0.43, needed: Math.ceil((100 * 0.04 ** 2) / (0.3 ** 2 - 0.03 ** 2)) },
    ],
    [
      'lower is better, as a share of the value before',
      worsening(
        'rmse',
        'lower',
        { value: 10, interval: interval(6, 22) },
        { value: 40, interval: interval(35, 43) },
        100,
      ),
      { size: 3, low: 30 - 13, high: 35, needed: Math.ceil((100 * 5 ** 2) / (30 ** 2 - 12 ** 2)) },
    ],
    [
      'a bias away from 0 on either side',
      worsening(
        'bias',
        'lower',
        { value: -10, interval: interval(-22, -6) },
        { value: 40, interval: interval(35, 43) },
        100,
      ),
      { size: 3, low: 30 - 13, high: 35, needed: Math.ceil((100 * 5 ** 2) / (30 ** 2 - 12 ** 2)) },
    ],
  ])('%s', (_what, found, { size, low, high, needed }) => {
    expect(found.size).toBeCloseTo(size, 12)
    expect(found.interval?.low).toBeCloseTo(low, 12)
    expect(found.interval?.high).toBeCloseTo(high, 12)
    expect(found.interval?.level).toBe(0.9)
    expect(found.rowsNeeded).toBe(needed)
  })

  test('than nothing is beyond any share, and as much is as much', () => {
    const size = (own: number, now: number): number =>
      worsening('rmse', 'lower', { value: own, interval: undefined }, { value: now, interval: undefined }, 10).size
    expect([size(0, 1), size(0, 0), size(2, 3), size(-2, -1)]).toEqual([Infinity, 0, 0.5, 0.5])
  })
})
