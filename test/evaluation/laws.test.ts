import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Task } from '../../src/core/task.ts'
import { createRandom, permutation } from '../../src/core/random.ts'
import { cellSums } from '../../src/evaluation/cell-table.ts'
import { fairnessMetricsOf } from '../../src/evaluation/fairness-metrics.ts'
import { estimateOf } from '../../src/evaluation/fairness-estimate.ts'
import { framesOf, type Frame } from '../../src/evaluation/fairness-frame.ts'
import { curvesOf } from '../../src/evaluation/curves.ts'
import { measure } from '../../src/evaluation/measure.ts'
import type { Family, Metric } from '../../src/evaluation/metrics/family.ts'
import { findClassMetric } from '../../src/evaluation/metrics/one-class.ts'
import { metricsOf } from '../../src/evaluation/metrics.ts'
import { createSample, type Sample, subsample } from '../../src/evaluation/sample.ts'
import { bindMetrics } from '../../src/evaluation/scorer.ts'
import { findSegments } from '../../src/evaluation/segments.ts'
import { delong } from '../../src/stats/delong.ts'
import { sumRows, termsOf } from '../../src/stats/sums.ts'
import { createUnits } from '../../src/stats/units.ts'
import { labelsOf, predictionsOf } from './golden.ts'

const TASKS = ['binary', 'multiclass', 'regression'] as const
const CLASSES = 3

interface Row {
  readonly label: number
  readonly score: number
  readonly weight: number
}

const rows = fc.array(
  fc.record({
    label: fc.integer({ min: 0, max: 2 }),
    score: fc.integer({ min: 0, max: 20 }),
    weight: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 30 },
)

/** Scores with ties; of classes, some way of sharing out 1. */
function scoresOf(task: Task, { score }: Row): readonly number[] {
  if (task !== 'multiclass') return [score / 20]
  const first = (score % 5) / 5
  const second = (1 - first) * ((score % 3) / 3)
  return [first, second, 1 - first - second]
}

function sampleOf(task: Task, list: readonly Row[], weighted = false): Sample {
  const most = task === 'binary' ? 1 : 2
  return createSample(
    labelsOf(
      task,
      list.map(({ label }) => Math.min(most, label)),
      CLASSES,
    ),
    predictionsOf(
      task,
      list.flatMap((row) => scoresOf(task, row)),
      CLASSES,
    ),
    {
      weights: weighted ? Float64Array.from(list, ({ weight }) => weight) : undefined,
      value: { tp: 5, fp: -1, tn: 0, fn: -2, unit: '' },
    },
  )
}

/** Every metric of the task, those of single classes and those that have to be asked for included. */
function everyMetric(task: Task): readonly Metric[] {
  const ofClass = task === 'multiclass' ? ['precision:c0', 'recall:c1', 'f1:c2'].map(findClassMetric) : []
  return [...metricsOf(task), ...ofClass.filter((metric) => metric !== undefined)]
}

const close = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) < 1e-10 * Math.max(1, Math.abs(a))

function differing(task: Task, one: Sample, other: Sample): readonly string[] {
  const metrics = everyMetric(task)
  const [a, b] = [one, other].map((sample) => bindMetrics(sample, metrics).values())
  return metrics.flatMap(({ name }, i) => {
    const [x, y] = [a?.[i]?.value ?? null, b?.[i]?.value ?? null]
    return close(x, y) ? [] : [`${name}: ${x} and ${y}`]
  })
}

describe.each(TASKS)('metrics of a %s task', (task) => {
  test('do not depend on the order of the rows', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(rows, fc.integer(), (list, seed) => {
        const shuffled = [...permutation(list.length, createRandom(seed))].map((row) => list[row] as Row)
        for (const weighted of [false, true]) {
          expect(differing(task, sampleOf(task, list, weighted), sampleOf(task, shuffled, weighted))).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
  })

  test('take a weight of k for k copies of the row', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(rows, (list) => {
        const copies = list.flatMap((row) => Array.from({ length: row.weight }, () => row))
        expect(differing(task, sampleOf(task, list, true), sampleOf(task, copies))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('of units, each counted once, are those of all rows: shards merge into the whole', () => {
    const random = createRandom(3)
    const list = Array.from({ length: 700 }, () => ({
      label: random.below(3),
      score: random.below(21),
      weight: random.below(4),
    }))
    // Intervals of these are of values that the data does not reject: they are not the values of the resample.
    const metrics = everyMetric(task).filter((metric) => !metric.inverted && !/^(lift|gains)@/.test(metric.name))
    for (const weighted of [false, true]) {
      const sample = sampleOf(task, list, weighted)
      const scorer = bindMetrics(sample, metrics)
      const values = scorer.values().map(({ value }) => value)
      for (const shards of [2, 60, 600]) {
        const of = Uint32Array.from(list, (_, row) => (row * 7) % shards)
        const units = { rows: list.length, count: shards, of, strata: [shards], block: 1, kind: 'groups' } as const
        const out = new Float64Array(metrics.length)
        for (const whole of [false, true]) {
          scorer.onUnits(units).score(new Float64Array(shards).fill(1), out, whole ? { whole } : undefined)
          const off = metrics.flatMap(({ name }, i) =>
            close(Number.isNaN(out[i]) ? null : (out[i] as number), values[i] ?? null) ? [] : [name],
          )
          expect([weighted, shards, whole, off]).toEqual([weighted, shards, whole, []])
        }
      }
    }
  })

  test('of many rows, made part by part, are those of the parts', () => {
    const random = createRandom(4)
    const list = Array.from({ length: 140_000 }, () => ({
      label: random.below(3),
      score: random.below(21),
      weight: 1,
    }))
    const whole = sampleOf(task, list)
    const means = { binary: 'log-loss', multiclass: 'log-loss', regression: 'mae' } as const
    const metric = everyMetric(task).find(({ name }) => name === means[task]) as Metric
    const valueOf = (sample: Sample): number => bindMetrics(sample, [metric]).values()[0]?.value as number
    const cut = 51_234
    const part = (from: number, to: number): number =>
      valueOf(
        subsample(
          whole,
          Uint32Array.from({ length: to - from }, (_, i) => from + i),
        ),
      )
    const merged = (cut * part(0, cut) + (list.length - cut) * part(cut, list.length)) / list.length
    expect(valueOf(whole)).toBeCloseTo(merged, 10)
  })
})

test('sums of shards add up to those of the whole, weighted or not', () => {
  expect.hasAssertions()
  fc.assert(
    fc.property(rows, fc.nat(30), (list, at) => {
      const cut = Math.min(at, list.length)
      const terms = (part: readonly Row[]) =>
        termsOf(part.length, (from, to) => {
          const own = part.slice(from, to)
          return {
            rows: own.length,
            columns: [Float64Array.from(own, ({ score }) => score)],
            cells: [{ count: 3, code: Uint8Array.from(own, ({ label }) => label) }],
          }
        })
      const weights = Float64Array.from(list, ({ weight }) => weight)
      for (const own of [undefined, weights]) {
        const whole = sumRows(terms(list), own)
        const [a, b] = [
          sumRows(terms(list.slice(0, cut)), own?.subarray(0, cut)),
          sumRows(terms(list.slice(cut)), own?.subarray(cut)),
        ]
        expect([...whole]).toEqual([...a].map((sum, i) => sum + (b[i] as number)))
      }
    }),
    { numRuns: 60 },
  )
})

describe('fairness', () => {
  const list = (seed: number, count = 400): readonly Row[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, () => ({
      label: random.below(2),
      score: random.below(21),
      weight: random.below(4),
    }))
  }
  const groupsOf = (count: number, of: (row: number) => number) =>
    [0, 1, 2].map((g) => ({
      value: `g${g}`,
      conditions: [],
      rows: Uint32Array.from([...Array(count).keys()].filter((row) => of(row) === g)),
      missing: false,
    }))
  const METRICS = fairnessMetricsOf('binary')
  const frameOfRows = (part: readonly Row[], weighted: boolean): Frame =>
    framesOf(
      [sampleOf('binary', part, weighted)],
      [1],
    )(groupsOf(part.length, (row) => ((part[row] as Row).score * 7 + (part[row] as Row).label) % 3))
  const sumsOf = (part: readonly Row[], weighted: boolean): Float64Array => cellSums(frameOfRows(part, weighted).table)
  const frame = frameOfRows(list(1), true)
  const metricsOfSums = (sums: Float64Array): readonly number[] => {
    const spans = [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
    ] as const
    const own = new Float64Array(frame.components.length)
    const values = new Float64Array(own.length * spans.length)
    spans.forEach((span, g) => {
      frame.write('value', sums, 0, span, own)
      own.forEach((value, c) => (values[c * spans.length + g] = value))
    })
    return METRICS.map((metric) => estimateOf(frame, metric, values, true).spread)
  }
  const off = (a: readonly number[], b: readonly number[]): readonly string[] =>
    METRICS.flatMap(({ name }, m) => (Math.abs((a[m] as number) - (b[m] as number)) < 1e-12 ? [] : [name]))

  test('does not depend on the order of the rows, and takes a weight for copies', () => {
    const own = list(5)
    const copies = own.flatMap((row) => Array.from({ length: row.weight }, () => row))
    const seen = metricsOfSums(sumsOf(own, true))
    expect(seen.some((value) => value !== 0)).toBe(true)
    expect(off(seen, metricsOfSums(sumsOf(own.toReversed(), true)))).toEqual([])
    expect(off(seen, metricsOfSums(sumsOf(copies, false)))).toEqual([])
  })

  test('of the sums of shards is that of the whole', () => {
    const own = list(6)
    const parts = [own.slice(0, 77), own.slice(77, 240), own.slice(240)].map((part) => sumsOf(part, true))
    const merged = new Float64Array(24 * 2)
    for (const part of parts) part.forEach((sum, i) => (merged[i] = (merged[i] as number) + sum))
    expect(off(metricsOfSums(merged), metricsOfSums(sumsOf(own, true)))).toEqual([])
  })
})

describe('the projection of the AUC', () => {
  const random = createRandom(21)
  const count = 6000
  const list = Array.from({ length: count }, (_, row) => {
    const shared = Math.sin(row / 3)
    const label = random.next() < 0.3 + 0.2 * shared ? 1 : 0
    return {
      label,
      score: Math.min(20, Math.max(0, Math.round(8 + 3 * label + 4 * random.normal()))),
      weight: 1 + (row % 3),
    }
  })
  const family: Family = (metricsOf('binary').find(({ name }) => name === 'auc') as Metric).family

  test.each([false, true])('is within a tenth of its spread of ranking each resample, weights: %s', (weighted) => {
    const sample = sampleOf('binary', list, weighted)
    const clusters = Uint32Array.from(list, (_, row) => Math.floor(row / 4))
    const units = createUnits({ rows: count, random, clusters })
    expect(units.count).toBe(1500)
    const projected = family.bind(sample, ['auc']).onUnits(units)
    const ranked = family.bind(sample, ['auc', 'pr-auc']).onUnits(units)
    const [fast, exact] = [new Float64Array(1), new Float64Array(2)]
    const once = new Float64Array(units.count).fill(1)
    projected.score(once, fast)
    ranked.score(once, exact)
    expect(fast[0]).toBeCloseTo(exact[0] as number, 12)
    const seen = Array.from({ length: 60 }, () => {
      const counts = new Float64Array(units.count)
      for (let i = 0; i < counts.length; i++) {
        const unit = random.below(counts.length)
        counts[unit] = (counts[unit] as number) + 1
      }
      projected.score(counts, fast)
      ranked.score(counts, exact)
      return [fast[0] as number, exact[0] as number] as const
    })
    const mean = seen.reduce((sum, [, one]) => sum + one, 0) / seen.length
    const spread = Math.sqrt(seen.reduce((sum, [, one]) => sum + (one - mean) ** 2, 0) / seen.length)
    expect(Math.max(...seen.map(([a, b]) => Math.abs(a - b)))).toBeLessThan(0.1 * spread)
    expect(spread).toBeGreaterThan(0)
  })
})

describe('what is shown beside the metrics', () => {
  const random = createRandom(31)
  const list = Array.from({ length: 900 }, () => {
    const label = random.below(2)
    // Scores without ties, so that thinned curves and segments have but one way to be.
    return { label, score: 20 * Math.min(1, Math.max(0, 0.4 + 0.2 * label + 0.15 * random.normal())), weight: 1 }
  })
  const shuffled = [...permutation(list.length, createRandom(8))]

  test('curves do not depend on the order of the rows', () => {
    for (const task of TASKS) {
      const [one, other] = [list, shuffled.map((row) => list[row] as Row)].map((rows) =>
        curvesOf('candidate', sampleOf(task, rows), 0.95),
      )
      expect(one?.map(({ kind }) => kind)).toEqual(other?.map(({ kind }) => kind))
      one?.forEach((curve, i) => {
        curve.x.forEach((x, point) => expect(other?.[i]?.x[point]).toBeCloseTo(x, 10))
        curve.y.forEach((y, point) => expect(other?.[i]?.y[point]).toBeCloseTo(y, 10))
      })
    }
  })

  test('the AUC of DeLong is that of the metric, and its components are shares', () => {
    const sample = sampleOf('binary', list)
    const own = delong(sample.labels, sample.scores)
    const metric = metricsOf('binary').find(({ name }) => name === 'auc') as Metric
    expect(own?.auc).toBeCloseTo(bindMetrics(sample, [metric]).values()[0]?.value as number, 12)
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(own?.negatives as Float64Array)).toBeCloseTo(own?.auc as number, 12)
  })

  test('found segments do not depend on the order of the rows, nor on whether equal weights are given', () => {
    const plan = Int32Array.from(list, (_, row) => row % 3)
    const find = (order: readonly number[], weighted: boolean) => {
      const rows = order.map((row) => list[row] as Row)
      const sample = sampleOf('binary', rows, weighted)
      const table = {
        rows: rows.length,
        columns: [
          {
            kind: 'category',
            name: 'plan',
            codes: Int32Array.from(order, (row) => plan[row] as number),
            dictionary: ['a', 'b', 'c'],
          },
          {
            kind: 'number',
            name: 'x',
            values: Float64Array.from(rows, ({ score }) => Math.round(score)),
            integer: true,
          },
        ] as const,
      }
      return findSegments({
        table,
        rows: Uint32Array.from(rows, (_, row) => row),
        columns: ['plan', 'x'],
        minRows: 30,
        most: 5,
        metric: metricsOf('binary').find(({ name }) => name === 'auc') as Metric,
        candidate: sample,
        champion: undefined,
        options: { level: 0.95 },
      })
    }
    const plain = find([...list.keys()], false)
    expect(plain?.worst.length).toBeGreaterThan(0)
    for (const other of [find(shuffled, false), find([...list.keys()], true)]) {
      expect(other?.worst.map(({ name, rows }) => [name, rows])).toEqual(
        plain?.worst.map(({ name, rows }) => [name, rows]),
      )
      plain?.worst.forEach((segment, i) => expect(other?.worst[i]?.excess).toBeCloseTo(segment.excess, 10))
    }
  })

  test('closed forms do not depend on the order of the rows', () => {
    const metrics = metricsOf('binary').filter(({ name }) => name === 'auc' || name === 'accuracy')
    const options = { resamples: 100, level: 0.95, seed: 1 }
    const measureOf = (order: readonly number[]) => {
      const own = order.map((row) => list[row] as Row)
      const rival = own.map((row) => ({ ...row, score: Math.min(20, row.score + 3 * (row.label === 1 ? -1 : 1) + 2) }))
      const measurement = measure([sampleOf('binary', own), sampleOf('binary', rival)], metrics, options)
      return metrics.map((metric) => measurement.difference(0, 1, metric))
    }
    const [plain, other] = [measureOf([...list.keys()]), measureOf(shuffled)]
    plain.forEach((one, i) => {
      expect(other[i]?.interval?.low).toBeCloseTo(one.interval?.low as number, 12)
      expect(other[i]?.pValue).toBeCloseTo(one.pValue as number, 12)
    })
  })
})
