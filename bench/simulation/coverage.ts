import { createRandom } from '../../src/core/random.ts'
import { measure } from '../../src/evaluation/measure.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import type { Sample } from '../../src/evaluation/sample.ts'
import { bindMetrics } from '../../src/evaluation/scorer.ts'
import type { Population } from './populations.ts'

export interface CoverageRow {
  readonly metric: string
  readonly method: string
  readonly pairedMethod: string
  /** Shares of the intervals that contain the truth, and of those that lie wholly below and above it. */
  readonly single: Share
  readonly paired: Share
}

export interface Share {
  readonly covered: number
  readonly below: number
  readonly above: number
  readonly undefinedShare: number
}

/** Rows from which the truth is computed: its error is small against an interval's. */
const TRUTH_ROWS = 2_000_000
const PARTS = 8

/** How often the intervals of a population's metrics contain the value on rows without end. */
export function coverage(
  population: Population,
  rows: number,
  options: { readonly runs: number; readonly resamples: number; readonly level: number; readonly seed: number },
): readonly CoverageRow[] {
  const random = createRandom(options.seed)
  const [sample] = population.draw(10, random)
  const metrics = population.metrics.map((name) => findMetric(sample.task, name) as Metric)
  const truth = truthOf(population, metrics, random)
  const tallies = metrics.map(() => ({ single: newTally(), paired: newTally(), method: '', pairedMethod: '' }))
  for (let run = 0; run < options.runs; run++) {
    const measurement = measure(population.draw(rows, random), metrics, { ...options, seed: options.seed + run })
    const values = measurement.values(0)
    metrics.forEach((metric, m) => {
      const tally = tallies[m] as (typeof tallies)[number]
      const own = values[m]?.interval ?? null
      const { interval } = measurement.difference(0, 1, metric)
      count(tally.single, own, truth.single[m] as number)
      count(tally.paired, interval, truth.paired[m] as number)
      tally.method = own?.method ?? tally.method
      tally.pairedMethod = interval?.method ?? tally.pairedMethod
    })
  }
  return metrics.map((metric, m) => {
    const { single, paired, method, pairedMethod } = tallies[m] as (typeof tallies)[number]
    return { metric: metric.name, method, pairedMethod, single: share(single), paired: share(paired) }
  })
}

/** Means over parts would be biased for ratios, but each part is 1,000 times as large as a holdout. */
function truthOf(population: Population, metrics: readonly Metric[], random: ReturnType<typeof createRandom>) {
  const single = new Float64Array(metrics.length)
  const paired = new Float64Array(metrics.length)
  for (let part = 0; part < PARTS; part++) {
    const [a, b] = population.draw(TRUTH_ROWS / PARTS, random).map((one: Sample) => bindMetrics(one, metrics).values())
    metrics.forEach((metric, m) => {
      const x = a?.[m]?.value ?? Number.NaN
      const y = b?.[m]?.value ?? Number.NaN
      single[m] = (single[m] as number) + x / PARTS
      paired[m] = (paired[m] as number) + (metric.signed ? Math.abs(x) - Math.abs(y) : x - y) / PARTS
    })
  }
  return { single, paired }
}

interface Tally {
  covered: number
  below: number
  above: number
  missing: number
}
const newTally = (): Tally => ({ covered: 0, below: 0, above: 0, missing: 0 })

function count(tally: Tally, interval: { readonly low: number; readonly high: number } | null, truth: number): void {
  if (interval === null) tally.missing++
  else if (interval.high < truth) tally.below++
  else if (interval.low > truth) tally.above++
  else tally.covered++
}

function share(tally: Tally): Share {
  const defined = tally.covered + tally.below + tally.above
  return {
    covered: tally.covered / defined,
    below: tally.below / defined,
    above: tally.above / defined,
    undefinedShare: tally.missing / (defined + tally.missing),
  }
}
