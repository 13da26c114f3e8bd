import type { Direction, Task } from '../../core/task.ts'
import type { Sample } from '../sample.ts'

/**
 * Metrics come in families that share one pass over the rows: a confusion matrix, an order of the scores, sums of
 * errors. A family turns row weights into a summary, its metrics turn the summary into numbers. Weights carry everything:
 * sample weights, the counts of a bootstrap resample, the zeros of a jackknife block.
 */
export interface MetricDefinition<Summary> {
  readonly name: string
  readonly direction: Direction
  /** One sentence for the glossary of a report. */
  readonly description: string
  /** How the margin of a gate is meant. */
  readonly margin: Margin['kind']
  /** The margin where no gate names one. */
  readonly defaultMargin: Margin
  /** From here on a holdout score smells of a leak. */
  readonly suspicious?: number | undefined
  /** Better the closer to 0: comparisons are of the absolute values. */
  readonly signed?: true | undefined
  /** Whether the sample has what the metric needs beyond labels and scores. */
  readonly applies?: ((sample: Sample) => boolean) | undefined
  /** NaN where undefined. */
  value(summary: Summary, sample: Sample): number
  /** Why it is undefined; only called where `value` gave NaN. */
  undefinedBecause(summary: Summary, sample: Sample): string
}

/** In the metric's unit, or as a share of the other model's absolute value. */
export type Margin =
  | { readonly kind: 'absolute'; readonly size: number }
  | { readonly kind: 'relative'; readonly size: number }

export interface Metric {
  readonly name: string
  readonly task: Task
  readonly direction: Direction
  readonly description: string
  readonly margin: Margin['kind']
  readonly defaultMargin: Margin
  readonly suspicious: number | undefined
  readonly signed: boolean
  applies(sample: Sample): boolean
  readonly family: Family
}

/** Scores any row weights of one sample; the heavy preparation (sorting, losses) is done once. */
export interface BoundFamily {
  /** Writes the value of each bound metric to `out[at + i]`, NaN where undefined. */
  score(weights: Float64Array, out: Float64Array, at: number): void
  /** Why the i-th bound metric is undefined for these weights. */
  reason(weights: Float64Array, index: number): string
}

export interface Family {
  readonly task: Task
  readonly metrics: readonly Metric[]
  bind(sample: Sample, names: readonly string[]): BoundFamily
}

/** Joins a summary and the metrics read off it. The type of the summary stays inside. */
export function defineFamily<Summary>(
  task: Task,
  prepare: (sample: Sample) => (weights: Float64Array) => Summary,
  definitions: readonly MetricDefinition<Summary>[],
): Family {
  const family: Family = {
    task,
    metrics: definitions.map((definition) => ({
      name: definition.name,
      task,
      direction: definition.direction,
      description: definition.description,
      margin: definition.margin,
      defaultMargin: definition.defaultMargin,
      suspicious: definition.suspicious,
      signed: definition.signed ?? false,
      applies: definition.applies ?? (() => true),
      get family() {
        return family
      },
    })),
    bind(sample, names) {
      const summarise = prepare(sample)
      const bound = names.map(
        (name) => definitions.find((definition) => definition.name === name) as MetricDefinition<Summary>,
      )
      return {
        score(weights, out, at) {
          const summary = summarise(weights)
          for (let i = 0; i < bound.length; i++) {
            const value = (bound[i] as MetricDefinition<Summary>).value(summary, sample)
            out[at + i] = Number.isFinite(value) ? value : Number.NaN
          }
        },
        reason: (weights, index) =>
          (bound[index] as MetricDefinition<Summary>).undefinedBecause(summarise(weights), sample),
      }
    },
  }
  return family
}

export const absolute = (size: number): Margin => ({ kind: 'absolute', size })
export const relative = (size: number): Margin => ({ kind: 'relative', size })

/** a / b, and NaN (undefined) instead of a division by zero. */
export function ratio(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : Number.NaN
}
