import { createRandom } from '../../src/core/random.ts'
import { accuracyDifference } from '../../src/evaluation/closed-form.ts'
import { compareModels } from '../../src/evaluation/comparison.ts'
import { measure, type Measurement } from '../../src/evaluation/measure.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'
import { bindMetrics } from '../../src/evaluation/scorer.ts'
import { delong, type DeLong } from '../../src/stats/delong.ts'
import { mcnemar } from '../../src/stats/proportion.ts'
import { binomialCdf, normalCdf, normalQuantile } from '../../src/stats/special.ts'
import type { RunOptions } from './coverage.ts'
import { binaryPopulation, type Population, regressionPopulation } from './populations.ts'

export interface PowerRow {
  readonly what: string
  readonly rows: number
  /** Runs that found the difference, and what a textbook promises, by name. */
  readonly found: number
  readonly textbook: Readonly<Record<string, number>>
}

const TRUTH = 2_000_000
const z = normalQuantile(0.975)

/** Power of a two-sided test of 5 %, in the right direction, of a normal statistic. */
const normalPower = (difference: number, error: number): number => normalCdf(Math.abs(difference) / error - z)

/** McNemar's mid-p of decisions that differ on b and c rows of n. */
function mcnemarPower({ runs, seed }: RunOptions): readonly PowerRow[] {
  const random = createRandom(seed)
  const cases = [
    [200, 0.1, 0.04],
    [200, 0.15, 0.1],
    [1000, 0.05, 0.03],
    [1000, 0.12, 0.08],
    [5000, 0.06, 0.05],
  ] as const
  return cases.map(([rows, onlyA, onlyB]) => {
    let found = 0
    for (let run = 0; run < runs; run++) {
      const a = new Float64Array(rows).fill(1)
      const b = new Float64Array(rows).fill(1)
      for (let i = 0; i < rows; i++) {
        const at = random.next()
        if (at < onlyA) b[i] = 0
        else if (at < onlyA + onlyB) a[i] = 0
      }
      const labels = { task: 'binary', classes: ['no', 'yes'], values: new Float64Array(rows).fill(1) } as const
      const sampleOf = (scores: Float64Array): Sample => createSample(labels, { ...labels, rows, scores })
      const { pValue, interval } = accuracyDifference(sampleOf(a), sampleOf(b), 0.95)
      if (pValue < 0.05 && (interval?.low ?? 0) > 0) found++
    }
    const [midP, exact] = enumerated(rows, onlyA, onlyB)
    const both = onlyA + onlyB
    const difference = onlyA - onlyB
    const connor = normalCdf(
      (difference * Math.sqrt(rows) - z * Math.sqrt(both)) / Math.sqrt(both - difference * difference),
    )
    const what = `McNemar mid-p: only the candidate right on ${100 * onlyA} %, only the champion on ${100 * onlyB} %`
    return {
      what,
      rows,
      found,
      textbook: { 'exact enumeration': midP, 'Connor 1987': connor, 'of the exact test': exact },
    }
  })
}

/** Σ over all tables of its probability where the mid-p and the exact p are below 5 % and the right way. */
function enumerated(rows: number, onlyA: number, onlyB: number): readonly [midP: number, exact: number] {
  const both = onlyA + onlyB
  let [midP, exact] = [0, 0]
  for (let n = 1; n <= rows; n++) {
    const ofTotal = binomialCdf(n, rows, both) - binomialCdf(n - 1, rows, both)
    if (ofTotal < 1e-12) continue
    // The fewest of n that reject: p falls with b above n/2.
    const least = (rejects: (b: number) => boolean): number => {
      let [low, high] = [Math.ceil(n / 2), n + 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (rejects(middle)) high = middle
        else low = middle + 1
      }
      return low
    }
    const tail = (from: number): number => (from > n ? 0 : 1 - binomialCdf(from - 1, n, onlyA / both))
    midP += ofTotal * tail(least((b) => mcnemar(b, n - b).midP < 0.05))
    exact += ofTotal * tail(least((b) => mcnemar(b, n - b).exact < 0.05))
  }
  return [midP, exact]
}

const close = binaryPopulation({ name: 'close', centre: -0.5, spread: 1.5, noise: [0.7, 0.9] })
const closeRare = binaryPopulation({ name: 'close, rare', centre: -4.5, spread: 1.6, noise: [0.5, 1.1] })
const prices = regressionPopulation('prices', { sizes: [1, 1.1] })

function delongPower(options: RunOptions): readonly PowerRow[] {
  return [
    ...delongRows('DeLong', close, [200, 1000, 2000], options),
    ...delongRows('DeLong, 3.5 % positive', closeRare, [1000, 3000], options),
  ]
}

/** Few positives make even two million rows too few for the true difference. */
const DELONG_PARTS = 4

/** Var(ΔAUC) = ξ₁₀/n₁ + ξ₀₁/n₀, with ξ of eight million rows. */
function delongRows(
  name: string,
  population: Population,
  sizes: readonly number[],
  options: RunOptions,
): readonly PowerRow[] {
  const random = createRandom(options.seed + 7)
  const parts = Array.from(
    { length: DELONG_PARTS },
    () => population.draw(TRUTH, random).map((one) => delong(one.labels, one.scores)) as [DeLong, DeLong],
  )
  const mean = (of: (a: DeLong, b: DeLong) => number): number =>
    parts.reduce((sum, [a, b]) => sum + of(a, b) / parts.length, 0)
  const spread = (x: Float64Array, y: Float64Array): number =>
    moments(x.map((value, i) => value - (y[i] as number))).variance
  const share = mean((a) => a.positives.length / TRUTH)
  const positive = mean((a, b) => spread(a.positives, b.positives))
  const negative = mean((a, b) => spread(a.negatives, b.negatives))
  const difference = mean((a, b) => a.auc - b.auc)
  const auc = findMetric('binary', 'auc') as Metric
  return sizes.map((rows) => {
    const error = Math.sqrt(positive / (rows * share) + negative / (rows * (1 - share)))
    return {
      what: `${name}: AUC ${mean((a) => a.auc).toFixed(3)} against ${mean((_, b) => b.auc).toFixed(3)}`,
      rows,
      found: finds(population, auc, rows, options),
      textbook: { 'normal, true variance': normalPower(difference, error) },
    }
  })
}

function bootstrapPower(options: RunOptions): readonly PowerRow[] {
  return [
    ...lossRows(close, 'log-loss', [200, 500, 1000], options),
    ...lossRows(close, 'brier', [200, 500, 1000], options),
    ...lossRows(close, 'value', [1000, 5000], options),
    ...lossRows(prices, 'mae', [200, 500, 1000], options),
  ]
}

/** A metric that is a mean over the rows, as the paired t-test sees it. */
function lossRows(
  population: Population,
  name: string,
  sizes: readonly number[],
  options: RunOptions,
): readonly PowerRow[] {
  const random = createRandom(options.seed + 11)
  const differencesOf = ([a, b]: readonly [Sample, Sample]): Float64Array => {
    const [x, y] = [a, b].map((one) => rowLosses(one, name)) as [Float64Array, Float64Array]
    return x.map((value, i) => value - (y[i] as number))
  }
  const truth = moments(differencesOf(population.draw(TRUTH, random)))
  const metric = findMetric(population.draw(10, random)[0].task, name) as Metric
  return sizes.map((rows) => {
    let tTest = 0
    const found = finds(population, metric, rows, options, (pair) => {
      const { mean, variance } = moments(differencesOf(pair))
      const t = mean / Math.sqrt(variance / rows)
      if (Math.abs(t) > z && t > 0 === truth.mean > 0) tTest++
    })
    return {
      what: `paired bootstrap, ${name}: ${truth.mean.toPrecision(3)} a row, standard deviation ${Math.sqrt(truth.variance).toPrecision(3)}`,
      rows,
      found,
      textbook: {
        'normal, true variance': normalPower(truth.mean, Math.sqrt(truth.variance / rows)),
        'the t-test on the same rows': tTest / options.runs,
      },
    }
  })
}

function rowLosses({ rows, labels, scores, worth, threshold }: Sample, name: string): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const score = scores[i] as number
    const label = labels[i] as number
    if (name === 'mae') return Math.abs(score - label)
    if (name === 'brier') return (score - label) ** 2
    if (name === 'value') return (score >= threshold ? worth?.decidedPositive[i] : worth?.decidedNegative[i]) as number
    return -Math.log(label === 1 ? score : 1 - score)
  })
}

/** Runs in which the difference to the champion is significant at 5 % and points the right way: the candidate is better. */
function finds(
  population: Population,
  metric: Metric,
  rows: number,
  options: RunOptions,
  also: (pair: readonly [Sample, Sample]) => void = () => {},
): number {
  const random = createRandom(options.seed + rows)
  let found = 0
  for (let run = 0; run < options.runs; run++) {
    const pair = population.draw(rows, random)
    const measurement = measure(pair, [metric], { ...options, seed: options.seed + run })
    const { interval, pValue } = measurement.difference(0, 1, metric)
    const { low = 0, high = 0 } = interval ?? {}
    if ((pValue ?? 1) < 0.05 && (metric.direction === 'higher' ? low > 0 : high < 0)) found++
    also(pair)
  }
  return found
}

/**
 * “Cannot tell” and so many more rows: where the true difference is the one that was seen, how often do that many rows
 * settle it? The number is the mean of those that twenty holdouts with such a difference print.
 */
function rowsNeeded(options: RunOptions): readonly PowerRow[] {
  return [
    needed(close, 'auc', 300, options),
    needed(close, 'accuracy', 500, options),
    needed(close, 'log-loss', 150, options),
    needed(close, 'f1', 500, options),
    needed(prices, 'mae', 100, options),
    needed(prices, 'rmse', 100, options),
  ]
}

function needed(population: Population, name: string, rows: number, options: RunOptions): PowerRow {
  const random = createRandom(options.seed + 13)
  const metric = findMetric(population.draw(10, random)[0].task, name) as Metric
  const [x, y] = population.draw(TRUTH, random).map((one) => bindMetrics(one, [metric]).values()[0]?.value ?? 0) as [
    number,
    number,
  ]
  const answer = (measurement: Measurement, n: number) =>
    compareModels({
      measurement,
      candidate: 0,
      other: 1,
      versus: 'champion',
      metric,
      margin: { kind: 'absolute', size: 0 },
      rows: n,
    })
  const printed: number[] = []
  for (let run = 0; run < 5000 && printed.length < 20; run++) {
    const pair = population.draw(rows, random)
    const [a, b] = pair.map((one) => bindMetrics(one, [metric]).values()[0]?.value ?? 0) as [number, number]
    if (Math.abs(a - b - (x - y)) > 0.05 * Math.abs(x - y)) continue
    const { conclusion, rowsNeeded: more } = answer(measure(pair, [metric], { ...options, seed: run }), rows)
    if (conclusion === 'cannot-tell' && more !== undefined) printed.push(more)
  }
  const more = Math.round(printed.reduce((sum, one) => sum + one, 0) / printed.length)
  let found = 0
  for (let run = 0; run < options.runs; run++) {
    const measurement = measure(population.draw(rows + more, random), [metric], { ...options, seed: run })
    if (answer(measurement, rows + more).conclusion !== 'cannot-tell') found++
  }
  const what = `“cannot tell” on ${rows.toLocaleString('en-US')} rows, ${name}: ${more.toLocaleString('en-US')} more (mean of ${printed.length}) settle it`
  return { what, rows: rows + more, found, textbook: { promised: 0.8 } }
}

function moments(values: Float64Array): { readonly mean: number; readonly variance: number } {
  let mean = 0
  for (const value of values) mean += value / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, variance: squares / (values.length - 1) }
}

export const POWER: Readonly<Record<string, (options: RunOptions) => readonly PowerRow[]>> = {
  McNemar: mcnemarPower,
  DeLong: delongPower,
  bootstrap: bootstrapPower,
  'rows needed': rowsNeeded,
}
