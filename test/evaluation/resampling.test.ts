import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { dependenceOf } from '../../src/evaluation/dependence.ts'
import { measure } from '../../src/evaluation/measure.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { createSample, type Dependence, type Sample } from '../../src/evaluation/sample.ts'
import { createUnits } from '../../src/stats/units.ts'
import { labelsOf, predictionsOf } from './golden.ts'

const ROWS = 600
const random = createRandom(9)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const options = { resamples: 400, level: 0.95, seed: 7 }
const metric = (name: string): Metric => findMetric('binary', name) as Metric
const auc = metric('auc')
const accuracy = metric('accuracy')
const logLoss = metric('log-loss')

/** Log-odds that `every` neighbours share. */
function odds(every: number): Float64Array {
  const shared = Array.from({ length: Math.ceil(ROWS / every) }, () => random.normal())
  return Float64Array.from({ length: ROWS }, (_, row) => (shared[Math.floor(row / every)] as number) * 2 - 0.5)
}

function samples(truth: Float64Array, dependence?: Dependence, weights?: Float64Array): readonly [Sample, Sample] {
  const labels = labelsOf(
    'binary',
    [...truth].map((z) => (random.next() < sigmoid(z) ? 1 : 0)),
  )
  const score = (noise: number) =>
    predictionsOf(
      'binary',
      [...truth].map((z) => sigmoid(z + noise * random.normal())),
    )
  const sample = (noise: number) => createSample(labels, score(noise), { dependence, weights })
  return [sample(0.4), sample(1)]
}

const methods = (pair: readonly [Sample, Sample]) => {
  const measurement = measure(pair, [auc, accuracy, logLoss], options)
  return {
    single: measurement.values(0).map((value) => value.interval?.method),
    paired: [auc, accuracy, logLoss].map((one) => measurement.difference(0, 1, one).interval?.method),
    tests: [auc, accuracy, logLoss].map((one) => measurement.difference(0, 1, one).test),
    widths: measurement.values(0).map(({ interval }) => (interval?.high ?? 0) - (interval?.low ?? 0)),
  }
}

describe('how rows are resampled is named beside every interval', () => {
  test('independent rows: DeLong, Wilson and Tango with McNemar, bootstrap for the rest', () => {
    const { single, paired, tests } = methods(samples(odds(1)))
    expect(single).toEqual(['DeLong (log-odds)', 'Wilson', 'bootstrap (BCa, 400 resamples)'])
    expect(paired).toEqual(['DeLong', 'Tango score, McNemar mid-p', 'paired bootstrap (BCa, 400 resamples)'])
    expect(tests).toEqual([
      'DeLong',
      expect.stringMatching(/^McNemar mid-p \(exact p = [\d.e-]+\)$/),
      'paired bootstrap',
    ])
  })

  test('several rows of an id are drawn together, which makes intervals as wide as they are', () => {
    const truth = odds(6)
    const clusters = Uint32Array.from({ length: ROWS }, (_, row) => Math.floor(row / 6))
    const grouped = methods(samples(truth, { clusters }))
    expect(new Set(grouped.single)).toEqual(new Set(['bootstrap (BCa, 400 resamples, 100 ids)']))
    expect(grouped.tests).toEqual(['paired bootstrap', 'paired bootstrap', 'paired bootstrap'])
    const alone = methods(samples(truth))
    expect(grouped.widths[0]).toBeGreaterThan(1.3 * (alone.widths[0] as number))
  })

  test('an id for every row changes nothing', () => {
    const clusters = Uint32Array.from({ length: ROWS }, (_, row) => row)
    expect(methods(samples(odds(1), { clusters })).single[0]).toBe('DeLong (log-odds)')
  })

  test('a time column makes blocks where neighbours are alike, and none where they are not', () => {
    const times = Float64Array.from({ length: ROWS }, (_, row) => row)
    const { single } = methods(samples(odds(12), { times }))
    expect(single[0]).toMatch(/^bootstrap \(BCa, 400 resamples, blocks of \d+ rows in time\)$/)
    expect(methods(samples(odds(1), { times })).single[0]).toBe('DeLong (log-odds)')
    const forced = methods(samples(odds(1), { times, always: true }))
    expect(forced.single[0]).toMatch(/blocks of \d+ rows/)
  })

  test('rare classes are resampled within', () => {
    const truth = Float64Array.from({ length: ROWS }, () => random.normal() - 4.5)
    const measurement = measure(samples(truth), [logLoss], options)
    expect(measurement.values(0)[0]?.interval?.method).toBe('bootstrap (BCa, 400 resamples, stratified by class)')
  })

  test('weights leave only the bootstrap', () => {
    const weights = Float64Array.from({ length: ROWS }, (_, row) => 1 + (row % 3))
    const { single } = methods(samples(odds(1), undefined, weights))
    expect(new Set(single)).toEqual(new Set(['bootstrap (BCa, 400 resamples)']))
  })
})

describe('comparisons', () => {
  test('equal models differ by 0, with p = 1, on every metric', () => {
    const [one] = samples(odds(1))
    const metrics = ['auc', 'accuracy', 'log-loss', 'pr-auc', 'ks', 'ece', 'f1', 'lift@10%'].map(metric)
    const measurement = measure([one, one], metrics, options)
    for (const each of metrics) {
      const { difference, interval, pValue } = measurement.difference(0, 1, each)
      expect([each.name, difference, interval?.low, interval?.high, pValue]).toEqual([each.name, 0, 0, 0, 1])
    }
  })

  test('the interval of two accuracies contains 0 exactly where McNemar does not reject', () => {
    for (let wrong = 0; wrong <= 14; wrong++) {
      // The first model is wrong on 4 rows, the second on `wrong` others.
      const labels = labelsOf(
        'binary',
        Array.from({ length: 80 }, (_, row) => row % 2),
      )
      const decide = (from: number, count: number) =>
        predictionsOf(
          'binary',
          Array.from({ length: 80 }, (_, row) => (row >= from && row < from + count ? 1 - (row % 2) : row % 2)),
        )
      const pair = [createSample(labels, decide(0, 4)), createSample(labels, decide(4, wrong))] as const
      const { interval, pValue } = measure(pair, [accuracy], options).difference(0, 1, accuracy)
      const rejects = (pValue as number) <= 0.05
      expect([wrong, interval !== null && (interval.low > 0 || interval.high < 0)]).toEqual([wrong, rejects])
    }
  })

  test('a perfect ranking of few rows is not certain to stay one', () => {
    const sample = createSample(
      labelsOf('binary', [0, 0, 0, 1, 1, 1, 1]),
      predictionsOf('binary', [0, 0.1, 0.2, 0.5, 0.6, 0.7, 0.9]),
    )
    const [value] = measure([sample], [auc], options).values(0)
    expect(value?.value).toBe(1)
    expect(value?.interval).toMatchObject({ high: 1 })
    expect(value?.interval?.low).toBeCloseTo(0.025 ** (1 / 3), 12)
  })

  test('more than 20,000 rows are ranked in bins, which moves a resample by a fiftieth of its spread at most', () => {
    const rows = 20_001
    const truth = Float64Array.from({ length: rows }, () => random.normal() * 2 - 2)
    const labels = labelsOf(
      'binary',
      [...truth].map((z) => (random.next() < sigmoid(z) ? 1 : 0)),
    )
    const sample = createSample(
      labels,
      predictionsOf(
        'binary',
        [...truth].map((z) => sigmoid(z + 0.5 * random.normal())),
      ),
    )
    const names = ['auc', 'pr-auc']
    const bound = auc.family.bind(sample, names)
    const units = createUnits({ rows, random })
    const binned = bound.onUnits(units)
    const seen = Array.from({ length: 40 }, () => {
      const counts = new Float64Array(units.count)
      for (let i = 0; i < units.count; i++) {
        const unit = random.below(units.count)
        counts[unit] = (counts[unit] as number) + 1
      }
      const [fast, exact] = [new Float64Array(2), new Float64Array(2)]
      binned.score(counts, fast)
      bound.score(
        Float64Array.from(units.of ?? [], (unit) => counts[unit] as number),
        exact,
        0,
      )
      return { fast, exact }
    })
    names.forEach((_, m) => {
      const exact = seen.map((one) => one.exact[m] as number)
      const mean = exact.reduce((sum, one) => sum + one, 0) / exact.length
      const spread = Math.sqrt(exact.reduce((sum, one) => sum + (one - mean) ** 2, 0) / exact.length)
      const off = seen.map((one) => Math.abs((one.fast[m] as number) - (one.exact[m] as number)))
      expect(Math.max(...off)).toBeLessThan(0.02 * spread)
      expect(spread).toBeGreaterThan(0)
    })
  })
})

test('which rows belong together is read from the id and time columns', () => {
  const table = {
    rows: 5,
    columns: [
      { kind: 'category', name: 'id', codes: Int32Array.of(0, 1, 0, -1, -1), dictionary: ['a', 'b'] },
      { kind: 'time', name: 'at', values: Float64Array.of(5, Number.NaN, 3, 2, 1) },
    ],
  } as const
  const rows = Uint32Array.of(0, 1, 2, 3, 4)
  const columns = { id: 'id', time: 'at' }
  const both = dependenceOf(table, rows, columns, 'auto')
  expect(both).toEqual({ clusters: Uint32Array.of(0, 1, 0, 2, 3), times: Float64Array.of(5, -Infinity, 3, 2, 1) })
  expect(dependenceOf(table, rows, columns, 'row')).toEqual({})
  expect(dependenceOf(table, rows, columns, 'id')).toEqual({ clusters: both.clusters })
  expect(dependenceOf(table, rows, columns, 'time')).toEqual({ times: both.times, always: true })
  expect(dependenceOf(table, rows, { id: 'gone' }, 'auto')).toEqual({})
})
