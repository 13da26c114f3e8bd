import { createRandom } from '../../src/core/random.ts'
import { compareModels } from '../../src/evaluation/comparison.ts'
import { measure } from '../../src/evaluation/measure.ts'
import type { Margin, Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { sliceResults } from '../../src/evaluation/slices.ts'
import { bindMetrics } from '../../src/evaluation/scorer.ts'
import type { Interval } from '../../src/evaluation/types.ts'
import type { Population } from './populations.ts'

export interface CoverageRow {
  readonly metric: string
  readonly method: string
  readonly pairedMethod: string
  readonly truth: number
  readonly single: Share
  readonly paired: Share
}

/** Intervals that contain the truth, those that lie wholly below and above it, and runs without one. */
export interface Share {
  readonly covered: number
  readonly below: number
  readonly above: number
  readonly missing: number
}

export interface Truth {
  /** The candidate's value, the champion's, and the difference as it is reported. */
  readonly single: readonly number[]
  readonly other: readonly number[]
  readonly paired: readonly number[]
}

export interface RunOptions {
  readonly runs: number
  readonly resamples: number
  readonly level: number
  readonly seed: number
}

/** Rows from which the truth is computed: ten million, in parts that are sorted as a whole. */
const PARTS = 5
const PART_ROWS = 2_000_000
export const TRUTH_ROWS = PARTS * PART_ROWS

export function metricsOf(population: Population): readonly Metric[] {
  const [{ task }] = population.draw(10, createRandom(1))
  return population.metrics.map((name) => findMetric(task, name) as Metric)
}

/** The value of every metric on so many rows that its error is small against any interval's: means over the parts. */
export function truthOf(population: Population, seed: number): Truth {
  const random = createRandom(seed)
  const metrics = metricsOf(population)
  const single = metrics.map(() => 0)
  const other = metrics.map(() => 0)
  for (let part = 0; part < PARTS; part++) {
    const [a, b] = population.draw(PART_ROWS, random).map((one) => bindMetrics(one, metrics).values())
    metrics.forEach((_, m) => {
      single[m] = (single[m] as number) + (a?.[m]?.value ?? Number.NaN) / PARTS
      other[m] = (other[m] as number) + (b?.[m]?.value ?? Number.NaN) / PARTS
    })
  }
  const paired = metrics.map(({ signed }, m) => {
    const [x, y] = [single[m] as number, other[m] as number]
    return signed ? Math.abs(x) - Math.abs(y) : x - y
  })
  return { single, other, paired }
}

/** How often the intervals of a population's metrics contain the value on rows without end. */
export function coverage(
  population: Population,
  rows: number,
  truth: Truth,
  options: RunOptions,
): readonly CoverageRow[] {
  const random = createRandom(options.seed)
  const metrics = metricsOf(population)
  const tallies = metrics.map(newTally)
  for (let run = 0; run < options.runs; run++) {
    const measurement = measure(population.draw(rows, random), metrics, { ...options, seed: options.seed + run })
    const values = measurement.values(0)
    metrics.forEach((metric, m) => {
      const { interval } = measurement.difference(0, 1, metric)
      countBoth(tallies[m] as Tally, [values[m]?.interval ?? null, interval], truth, m)
    })
  }
  return metrics.map((metric, m) => ({
    metric: metric.name,
    truth: truth.single[m] as number,
    ...(tallies[m] as Tally),
  }))
}

/** The same for slices of a holdout: four groups that have 40, 30, 20 and 10 % of the rows. */
export function sliceCoverage(
  population: Population,
  rows: number,
  truth: Truth,
  options: RunOptions,
): readonly CoverageRow[] {
  const random = createRandom(options.seed)
  const metrics = metricsOf(population)
  const groups = ['40 %', '30 %', '20 %', '10 %']
  const tallies = new Map<string, Tally>()
  const everyRow = Uint32Array.from({ length: rows }, (_, i) => i)
  for (let run = 0; run < options.runs; run++) {
    const [candidate, champion] = population.draw(rows, random)
    const codes = Int32Array.from({ length: rows }, () => {
      const at = random.next()
      return at < 0.4 ? 0 : at < 0.7 ? 1 : at < 0.9 ? 2 : 3
    })
    const { slices } = sliceResults({
      table: { rows, columns: [{ kind: 'category', name: 'group', codes, dictionary: groups }] },
      rows: everyRow,
      groupings: ['group'],
      minRows: 30,
      metrics: metrics.map((metric) => ({ metric, margin: metric.defaultMargin })),
      candidate,
      champion,
      options: { ...options, seed: options.seed + run },
    })
    for (const slice of slices) {
      for (const [m, one] of [slice, ...(slice.more ?? [])].entries()) {
        const name = `${one.candidate.metric}, slice of ${slice.value} (${Math.round((rows * Number.parseInt(slice.value)) / 100)} rows)`
        const tally = tallies.get(name) ?? newTally()
        tallies.set(name, tally)
        countBoth(tally, [one.candidate.interval, one.comparison?.interval ?? null], truth, m)
      }
    }
  }
  return [...tallies]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, tally]) => ({ metric: name, truth: Number.NaN, ...tally }))
}

export interface MarginRow {
  readonly metric: string
  /** Share of the champion's value by which the candidate is truly worse: also the margin. */
  readonly margin: number
  /** Runs in which the candidate is called not worse (or better), and worse; each is wrong. */
  readonly notWorse: number
  readonly worse: number
}

/** A candidate that is worse by exactly the relative margin: how often is it called not worse, how often worse? */
export function margins(population: Population, rows: number, truth: Truth, options: RunOptions): readonly MarginRow[] {
  const random = createRandom(options.seed)
  const metrics = metricsOf(population)
  const tallies = metrics.map((metric, m) => {
    const loss = (truth.paired[m] as number) * (metric.direction === 'higher' ? -1 : 1)
    const margin: Margin = { kind: 'relative', size: loss / Math.abs(truth.other[m] as number) }
    return { metric, margin, notWorse: 0, worse: 0 }
  })
  for (let run = 0; run < options.runs; run++) {
    const measurement = measure(population.draw(rows, random), metrics, { ...options, seed: options.seed + run })
    for (const tally of tallies) {
      const { metric, margin } = tally
      const input = { measurement, candidate: 0, other: 1, versus: 'champion', metric, margin, rows } as const
      const { conclusion } = compareModels(input)
      if (conclusion === 'worse') tally.worse++
      if (conclusion === 'not-worse' || conclusion === 'better') tally.notWorse++
    }
  }
  return tallies.map(({ metric, margin, notWorse, worse }) => ({
    metric: metric.name,
    margin: margin.size,
    notWorse,
    worse,
  }))
}

/** What becomes of the two intervals of a metric: of its value, and of its difference. */
interface Tally {
  readonly single: Share
  readonly paired: Share
  method: string
  pairedMethod: string
}

const newTally = (): Tally => ({ single: newShare(), paired: newShare(), method: '', pairedMethod: '' })

function countBoth(
  tally: Tally,
  [own, difference]: readonly [Interval | null, Interval | null],
  truth: Truth,
  metric: number,
): void {
  count(tally.single, own, truth.single[metric] as number)
  count(tally.paired, difference, truth.paired[metric] as number)
  tally.method = own?.method ?? tally.method
  tally.pairedMethod = difference?.method ?? tally.pairedMethod
}

type Counts = { -readonly [Key in keyof Share]: number }
const newShare = (): Counts => ({ covered: 0, below: 0, above: 0, missing: 0 })

function count(tally: Share, interval: Interval | null, truth: number): void {
  const counts = tally as Counts
  if (interval === null) counts.missing++
  // A closed form may end at the truth itself, which rounding moves by 1e-16.
  else if (interval.high < truth - 1e-12) counts.below++
  else if (interval.low > truth + 1e-12) counts.above++
  else counts.covered++
}
