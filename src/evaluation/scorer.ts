import type { Statistic } from '../stats/bootstrap.ts'
import type { BoundFamily, Family, Metric } from './metrics/family.ts'
import type { Sample } from './sample.ts'
import type { MetricValue } from './types.ts'

/** Some metrics bound to one sample: a function from row weights (the sample's own included) to their values. */
export interface Scorer extends Statistic {
  readonly metrics: readonly Metric[]
  /** The values on the sample as it is, with the reason where one is undefined. */
  values(): readonly MetricValue[]
}

/** Prepares each family once. The metrics keep their order. */
export function bindMetrics(sample: Sample, metrics: readonly Metric[]): Scorer {
  const families = [...new Set(metrics.map((metric) => metric.family))]
  const grouped = families.flatMap((family) => metrics.filter((metric) => metric.family === family))
  const bound = families.map((family) => bindFamily(family, sample, grouped))
  const place = metrics.map((metric) => grouped.indexOf(metric))
  const scratch = new Float64Array(metrics.length)

  const score = (weights: Float64Array, out: Float64Array): void => {
    for (const part of bound) part.family.score(weights, scratch, part.at)
    for (let i = 0; i < place.length; i++) out[i] = scratch[place[i] as number] as number
  }

  return {
    metrics,
    size: metrics.length,
    score,
    values() {
      const weights = sampleWeights(sample)
      const out = new Float64Array(metrics.length)
      if (sample.invalid === undefined) score(weights, out)
      return metrics.map((metric, i): MetricValue => {
        const value = out[i] as number
        if (sample.invalid === undefined && !Number.isNaN(value)) {
          return { metric: metric.name, value, interval: null }
        }
        const reason = sample.invalid ?? explain(bound, place[i] as number, weights)
        return { metric: metric.name, value: null, interval: null, reason }
      })
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

function explain(parts: readonly Part[], index: number, weights: Float64Array): string {
  const part = parts.find((one) => index >= one.at && index < one.at + one.length) as Part
  return part.family.reason(weights, index - part.at)
}
