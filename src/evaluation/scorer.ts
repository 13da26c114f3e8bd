import type { Statistic } from '../stats/bootstrap.ts'
import type { Units } from '../stats/units.ts'
import type { BoundFamily, Family, Metric } from './metrics/family.ts'
import type { Sample } from './sample.ts'
import type { MetricValue } from './types.ts'

/** Some metrics bound to one sample. */
export interface Scorer {
  readonly metrics: readonly Metric[]
  /** The values on the sample as it is, with the reason where one is undefined. */
  values(): readonly MetricValue[]
  /** The values under these weights of the rows, into `out`; NaN where undefined. */
  score(weights: Float64Array, out: Float64Array): void
  /** The values as a function of how often each unit is there. Families none of whose metrics is wanted are left out (NaN). */
  onUnits(units: Units, wanted?: readonly Metric[]): Statistic
  /** Successes and trials of a metric that is a proportion. */
  proportion(metric: Metric): { readonly successes: number; readonly trials: number } | undefined
  /** The weight below the smallest of the ratios that each metric is made of; undefined where it is made of none. */
  rests(): readonly (number | undefined)[]
}

/** Prepares each family once. The metrics keep their order. */
export function bindMetrics(sample: Sample, metrics: readonly Metric[]): Scorer {
  const families = [...new Set(metrics.map((metric) => metric.family))]
  const grouped = families.flatMap((family) => metrics.filter((metric) => metric.family === family))
  const bound = families.map((family) => bindFamily(family, sample, grouped))
  const place = metrics.map((metric) => grouped.indexOf(metric))
  const { weights } = sample

  return {
    metrics,
    values() {
      const out = new Float64Array(metrics.length)
      if (sample.invalid === undefined) for (const part of bound) part.family.score(weights, out, part.at)
      return metrics.map((metric, i): MetricValue => {
        const at = place[i] as number
        const value = out[at] as number
        if (sample.invalid === undefined && !Number.isNaN(value)) {
          return { metric: metric.name, value, interval: null }
        }
        const reason = sample.invalid ?? ask(bound, at, (family, index) => family.reason(weights, index))
        return { metric: metric.name, value: null, interval: null, reason }
      })
    },
    score(rowWeights, out) {
      const scratch = new Float64Array(metrics.length)
      for (const part of bound) part.family.score(rowWeights, scratch, part.at)
      for (let i = 0; i < place.length; i++) out[i] = scratch[place[i] as number] as number
    },
    onUnits(units, wanted = metrics) {
      const parts = bound.flatMap(({ family, at, length }) =>
        grouped.slice(at, at + length).some((metric) => wanted.includes(metric))
          ? [{ statistic: family.onUnits(units), at, values: new Float64Array(length) }]
          : [],
      )
      const scratch = new Float64Array(metrics.length).fill(Number.NaN)
      return {
        size: metrics.length,
        score(counts, out, drawn) {
          for (const { statistic, at, values } of parts) {
            statistic.score(counts, values, drawn)
            scratch.set(values, at)
          }
          for (let i = 0; i < place.length; i++) out[i] = scratch[place[i] as number] as number
        },
      }
    },
    proportion: (metric) =>
      ask(bound, place[metrics.indexOf(metric)] as number, (family, index) => family.proportion(weights, index)),
    rests() {
      const all = bound.flatMap(({ family }) => family.rests(weights))
      return place.map((at) => all[at])
    },
  }
}

/** The sample's own weights, or ones. */
export function sampleWeights(sample: Sample): Float64Array {
  return sample.weights ?? new Float64Array(sample.rows).fill(1)
}

interface Part {
  readonly family: BoundFamily
  readonly at: number
  readonly length: number
}

function bindFamily(family: Family, sample: Sample, grouped: readonly Metric[]): Part {
  const own = grouped.filter((metric) => metric.family === family)
  const names = own.map((metric) => metric.name)
  return { family: family.bind(sample, names), at: grouped.indexOf(own[0] as Metric), length: own.length }
}

function ask<Answer>(
  parts: readonly Part[],
  index: number,
  question: (family: BoundFamily, index: number) => Answer,
): Answer {
  const part = parts.find((one) => index >= one.at && index < one.at + one.length) as Part
  return question(part.family, index - part.at)
}
