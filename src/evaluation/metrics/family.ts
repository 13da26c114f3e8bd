import type { Direction, Task } from '../../core/task.ts'
import type { Statistic } from '../../stats/bootstrap.ts'
import type { Drawn } from '../../stats/drawn.ts'
import { tabulate } from '../../stats/sum-table.ts'
import { type LongTerms, sumRows, type Terms } from '../../stats/sums.ts'
import type { Units } from '../../stats/units.ts'
import type { Sample } from '../sample.ts'

/**
 * Metrics come in families that share one pass over the rows: a confusion matrix, an order of the scores, sums of
 * errors. A family turns row weights into a summary, its metrics turn the summary into numbers. Weights carry everything:
 * sample weights and the counts of a bootstrap resample.
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
  /** Better the closer to 0: comparisons are of the absolute values. */
  readonly signed?: true | undefined
  /** Computed only where the configuration names it: the twin of another metric, or of interest to few. */
  readonly onRequest?: true | undefined
  /** A share of rows: `successes` of `trials` is a binomial proportion. */
  readonly proportion?: ((summary: Summary) => { readonly successes: number; readonly trials: number }) | undefined
  /** Its resampled values are those that the data does not reject (an inverted test): their percentiles are the interval. */
  readonly inverted?: true | undefined
  /**
   * Hangs on the rows around a few places of a ranking, so that a resample, in which rows are drawn twice and are ties,
   * has a bias of its own, which a bias correction would double: differences are taken at plain percentiles.
   */
  readonly lumpy?: true | undefined
  /** A ratio to a spread that is itself noisy: its interval is Student’s, with the spread of the resamples. */
  readonly student?: true | undefined
  /**
   * The weight of the rows below the smallest of the ratios it is made of. A ratio of a handful of rows says nothing of
   * its own error, whichever way it is resampled: it has no bootstrap interval.
   */
  readonly rests?: ((summary: Summary) => number) | undefined
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
  readonly signed: boolean
  readonly onRequest: boolean
  readonly inverted: boolean
  readonly lumpy: boolean
  readonly student: boolean
  readonly isProportion: boolean
  applies(sample: Sample): boolean
  readonly family: Family
}

/** Scores one sample; the heavy preparation (sorting, losses) is done once. */
export interface BoundFamily {
  /**
   * Writes the value of each bound metric for these row weights (the sample's own included; undefined: all 1) to
   * `out[at + i]`, NaN where undefined.
   */
  score(weights: Float64Array | undefined, out: Float64Array, at: number): void
  /** The same from how often each unit counts; the sample's own weights are part of it. */
  onUnits(units: Units): Statistic
  /** Why the i-th bound metric is undefined for these weights. */
  reason(weights: Float64Array | undefined, index: number): string
  /** Successes and trials where the i-th bound metric is a proportion. */
  proportion(
    weights: Float64Array | undefined,
    index: number,
  ): { readonly successes: number; readonly trials: number } | undefined
  /** As of the definitions, one for each bound metric; undefined where it has no such ratios. */
  rests(weights: Float64Array | undefined): readonly (number | undefined)[]
}

export interface Family {
  readonly task: Task
  readonly metrics: readonly Metric[]
  bind(sample: Sample, names: readonly string[]): BoundFamily
}

/** How a family sees one sample: a summary of weighted rows, and of resampled units. */
export interface Summariser<Summary> {
  ofRows(weights: Float64Array | undefined): Summary
  ofUnits(units: Units): (counts: Float64Array, drawn?: Drawn) => Summary
}

/** For a summary of sums over the rows; `read` gets Σ w, then the sums of the columns, then those of the cells. */
export function summed<Summary>(
  sample: Sample,
  terms: Terms | LongTerms,
  read: (sums: Float64Array) => Summary,
): Summariser<Summary> {
  return {
    ofRows: (weights) => read(sumRows(terms, weights)),
    ofUnits(units) {
      const table = tabulate(terms, units, sample.weights)
      return (counts, drawn) => read(table.add(counts, drawn))
    },
  }
}

/** Joins a summary and the metrics read off it. The type of the summary stays inside. */
export function defineFamily<Summary>(
  task: Task,
  prepare: (sample: Sample, names: readonly string[]) => Summariser<Summary>,
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
      signed: definition.signed ?? false,
      onRequest: definition.onRequest ?? false,
      inverted: definition.inverted ?? false,
      lumpy: definition.lumpy ?? false,
      student: definition.student ?? false,
      isProportion: definition.proportion !== undefined,
      applies: definition.applies ?? (() => true),
      get family() {
        return family
      },
    })),
    bind(sample, names) {
      const summariser = prepare(sample, names)
      const bound = names.map(
        (name) => definitions.find((definition) => definition.name === name) as MetricDefinition<Summary>,
      )
      const write = (summary: Summary, out: Float64Array, at: number): void => {
        for (let i = 0; i < bound.length; i++) {
          const value = (bound[i] as MetricDefinition<Summary>).value(summary, sample)
          out[at + i] = Number.isFinite(value) ? value : Number.NaN
        }
      }
      return {
        score: (weights, out, at) => write(summariser.ofRows(weights), out, at),
        onUnits(units) {
          const summarise = summariser.ofUnits(units)
          return { size: bound.length, score: (counts, out, drawn) => write(summarise(counts, drawn), out, 0) }
        },
        reason: (weights, index) =>
          (bound[index] as MetricDefinition<Summary>).undefinedBecause(summariser.ofRows(weights), sample),
        proportion: (weights, index) => bound[index]?.proportion?.(summariser.ofRows(weights)),
        rests(weights) {
          const summary = bound.some((one) => one.rests) ? summariser.ofRows(weights) : undefined
          return bound.map((one) => summary && one.rests?.(summary))
        },
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

/** The reason of a metric that only needs rows. */
export const NO_ROWS = (): string => 'there are no rows'
