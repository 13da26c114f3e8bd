import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { watchErrors, type ErrorStream } from '../../src/triggers/error-stream.ts'
import { errorRate, ownEstimate, worsening } from '../../src/triggers/worsening.ts'

/** Errors whose rate changes: [rows, rate] … */
function streamOf(parts: readonly (readonly [number, number])[], seed = 1): ErrorStream {
  const random = createRandom(seed)
  const errors = parts.flatMap(([rows, rate]) => Array.from({ length: rows }, () => Number(random.next() < rate)))
  const times = Float64Array.from(errors, (_, i) => 1000 * i)
  return { errors: Float64Array.from(errors), times, what: 'error rate', binary: true }
}

const DETECTORS = ['adwin', 'page-hinkley', 'ddm'] as const

describe.each(DETECTORS)('%s', (detector) => {
  test('notices a rise soon, and says when', () => {
    const seen = watchErrors(
      detector,
      streamOf([
        [1500, 0.1],
        [1500, 0.5],
      ]),
    )
    if (seen === undefined || 'none' in seen || seen.noticed === undefined) throw new Error('not noticed')
    const { row, time, before, after } = seen.noticed
    expect(row).toBeGreaterThan(1500)
    expect(row).toBeLessThan(1800)
    expect(time).toBe(1000 * (row - 1))
    expect(before).toBeLessThan(0.2)
    expect(after).toBeGreaterThan(0.4)
  })

  test('is quiet when errors become fewer', () => {
    expect(
      watchErrors(
        detector,
        streamOf([
          [1500, 0.5],
          [1500, 0.1],
        ]),
      ),
    ).toMatchObject({ rows: 3000 })
    const seen = watchErrors(
      detector,
      streamOf([
        [1500, 0.5],
        [1500, 0.1],
      ]),
    )
    expect(seen !== undefined && 'noticed' in seen && seen.noticed !== undefined).toBe(false)
  })
})

test('a rise that is over does not count any more', () => {
  const seen = watchErrors(
    'adwin',
    streamOf([
      [1500, 0.1],
      [600, 0.6],
      [3000, 0.1],
    ]),
  )
  expect(seen).toEqual({ detector: 'adwin', rows: 5100, what: 'error rate' })
})

test('sizes of errors are watched as well, but not by DDM', () => {
  const random = createRandom(2)
  const errors = Float64Array.from({ length: 2000 }, (_, i) => (i < 1000 ? 0 : 0.4) + 0.5 * random.next())
  const stream: ErrorStream = { errors, times: undefined, what: 'rank', binary: false }
  expect(watchErrors('adwin', stream)).toMatchObject({ noticed: { time: undefined } })
  expect(watchErrors({ 'page-hinkley': { delta: 0.01, threshold: 20 } }, stream)).toMatchObject({ noticed: {} })
  expect(watchErrors('ddm', stream)).toEqual({
    detector: 'ddm',
    none: 'it needs errors that are right or wrong; take adwin or page-hinkley',
  })
  expect(watchErrors('none', stream)).toBeUndefined()
})

test('an empty stream and a single row notice nothing', () => {
  for (const detector of DETECTORS) {
    for (const parts of [[], [[1, 1]]] as const) {
      expect(watchErrors(detector, streamOf(parts))).toMatchObject({ detector, what: 'error rate' })
    }
  }
})

test('the example of a worsening holds', () => {
  expect(worsening('auc', 'higher', { value: 0.87 }, { value: 0.81 }, 500).size).toBeCloseTo(0.06, 12)
})

const at = (value: number, low: number, high: number) => ({ value, interval: { low, high, level: 0.95 } })

test.each([
  // 0.8 (0.75 … 0.84) before, 0.7 (0.58 … 0.79) now: worse by 0.1, from 0.1 − √(0.05² + 0.09²) to 0.1 + √(0.04² + 0.12²).
  [
    'auc',
    'higher',
    at(0.8, 0.75, 0.84),
    at(0.7, 0.58, 0.79),
    0.1,
    0.1 - Math.hypot(0.05, 0.09),
    0.1 + Math.hypot(0.04, 0.12),
  ],
  // An error of 2 (1.9 … 2.3) before, 3 (2.6 … 3.8) now: worse by 1, as a share of what it was 0.5.
  ['rmse', 'lower', at(2, 1.9, 2.3), at(3, 2.6, 3.8), 0.5, 1 - Math.hypot(0.4, 0.3), 1 + Math.hypot(0.8, 0.1)],
  // A bias of −0.2 (−0.5 … 0.1) is one of 0.2 (0 … 0.5); 1 (0.7 … 1.2) is worse by 0.8, four times what it was.
  ['bias', 'lower', at(-0.2, -0.5, 0.1), at(1, 0.7, 1.2), 4, 0.8 - Math.hypot(0.3, 0.3), 0.8 + Math.hypot(0.2, 0.2)],
] as const)(
  'the ends of lopsided intervals of %s are put together crosswise',
  (metric, direction, own, now, size, low, high) => {
    const found = worsening(metric, direction, own, now, 500)
    expect(found.size).toBeCloseTo(size, 12)
    expect(found.interval?.low).toBeCloseTo(low, 12)
    expect(found.interval?.high).toBeCloseTo(high, 12)
  },
)

test('the rows needed are those with which the lower end reaches 0, of which only the part of the new rows shrinks', () => {
  const [own, now] = [at(0.8, 0.75, 0.84), at(0.77, 0.7, 0.82)]
  // 0.03 is less than 0.05, the part of the old value: no number of rows would do.
  expect(worsening('auc', 'higher', own, now, 500).rowsNeeded).toBeUndefined()
  const needed = worsening('auc', 'higher', own, at(0.72, 0.6, 0.81), 500).rowsNeeded as number
  expect(needed).toBe(Math.ceil((500 * 0.09 ** 2) / (0.08 ** 2 - 0.05 ** 2)))
  expect(Math.hypot(0.05, 0.09 * Math.sqrt(500 / needed))).toBeLessThanOrEqual(0.08)
  expect(worsening('auc', 'higher', own, at(0.85, 0.8, 0.9), 500).rowsNeeded).toBeUndefined()
})

test('an error rate is what the accuracy lacks, its interval turned round', () => {
  const metrics = [
    { metric: 'accuracy', value: 0.9, interval: { low: 0.88, high: 0.93, level: 0.9 } },
    { metric: 'auc', value: 0.8 },
    { metric: 'f1', value: null },
  ]
  const rate = ownEstimate(metrics, 'error-rate')
  expect(rate?.value).toBeCloseTo(0.1, 12)
  expect(rate?.interval?.low).toBeCloseTo(0.07, 12)
  expect(rate?.interval?.high).toBeCloseTo(0.12, 12)
  expect(rate?.interval?.level).toBe(0.9)
  expect(ownEstimate(metrics, 'auc')).toEqual({ value: 0.8, interval: undefined })
  expect(ownEstimate(metrics, 'f1')).toBeUndefined()
  expect(ownEstimate(metrics, 'rmse')).toBeUndefined()
  expect(errorRate({ value: 0.75 })).toEqual({ value: 0.25, interval: undefined })
})

test.each([
  // Without any interval the size alone; relative to what it was for errors, endless from 0, and nothing is nothing.
  ['auc', 'higher', 0.87, 0.81, 0.06],
  ['rmse', 'lower', 10, 11, 0.1],
  ['rmse', 'lower', 10, 9, -0.1],
  ['rmse', 'lower', 0, 1, Infinity],
  ['rmse', 'lower', 0, 0, 0],
  ['bias', 'lower', -2, 1, -0.5],
] as const)('%s (%s is better) from %d to %d is worse by %d', (metric, direction, own, now, size) => {
  expect(worsening(metric, direction, { value: own }, { value: now }, 100)).toEqual({
    size: Number.isFinite(size) ? (expect.closeTo(size, 12) as number) : size,
    interval: undefined,
    rowsNeeded: undefined,
  })
})

test('where one value has no interval it counts as exact', () => {
  const own = { value: 0.8 }
  const { interval } = worsening('auc', 'higher', own, at(0.7, 0.6, 0.75), 100)
  expect(interval).toEqual({
    low: expect.closeTo(0.05, 12) as number,
    high: expect.closeTo(0.2, 12) as number,
    level: 0.95,
  })
})

test('an interval of a difference holds the truth as often as it says', () => {
  // Two shares of independent samples, their intervals by the normal approximation.
  const random = createRandom(4)
  const share = (n: number, p: number) => {
    let hits = 0
    for (let i = 0; i < n; i++) hits += Number(random.next() < p)
    const value = hits / n
    const reach = 1.959964 * Math.sqrt((value * (1 - value)) / n)
    return { value, interval: { low: value - reach, high: value + reach, level: 0.95 } }
  }
  let inside = 0
  for (let round = 0; round < 1000; round++) {
    const { interval } = worsening('accuracy', 'higher', share(300, 0.8), share(200, 0.7), 200)
    if (interval !== undefined && interval.low <= 0.1 && 0.1 <= interval.high) inside++
  }
  expect(inside).toBeGreaterThan(925)
  expect(inside).toBeLessThan(975)
})
