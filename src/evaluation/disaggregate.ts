import type { EvaluateConfig, GateConfig } from '../config/schema.ts'
import type { Table } from '../data/table.ts'
import { marginOf, versusOf } from './compare.ts'
import { churnOf } from './churn.ts'
import { fairnessResults } from './fairness.ts'
import type { MeasureOptions } from './measure.ts'
import type { Metric } from './metrics/family.ts'
import { findMetric } from './metrics.ts'
import { resamplingOf } from './resampling.ts'
import type { Sample } from './sample.ts'
import { findSegments } from './segments.ts'
import { sliceResults } from './slices.ts'
import type { Evaluation } from './types.ts'

/** What an evaluation is told about groups; what is left out is not asked for. */
export type GroupConfig = Pick<EvaluateConfig, 'slices' | 'min-slice'> &
  Partial<Pick<EvaluateConfig, 'find-slices'>> & {
    readonly fairness?:
      | Pick<NonNullable<EvaluateConfig['fairness']>, 'protected' | 'min-group' | 'favourable'>
      | undefined
  }

export interface DisaggregateInput {
  readonly config: GroupConfig
  readonly table: Table
  /** The row of the table at each place of the samples. */
  readonly rows: Uint32Array
  /** Columns to search for segments. Default: none. */
  readonly columns?: readonly string[] | undefined
  readonly primary: Metric
  readonly candidate: Sample
  readonly champion: Sample | undefined
  readonly gates: readonly GateConfig[]
  readonly options: MeasureOptions
  /** Told which share is done, and what comes next. */
  readonly progress?: ((share: number, note: string) => void) | undefined
}

/** Shares of the whole that are done before fairness and before the search for segments begin. */
const BEFORE = { fairness: 0.7, segments: 0.85 } as const

export interface Disaggregation {
  readonly parts: Pick<Evaluation, 'slices' | 'fairness' | 'churn' | 'segments'>
  readonly unknownSlices: readonly string[]
}

/** Slices, fairness, churn and found segments: one disaggregation, several questions. */
export function disaggregate(input: DisaggregateInput): Disaggregation {
  const { config, candidate, champion, primary, options } = input
  const shared = { table: input.table, rows: input.rows, candidate, champion, options }
  const asked = input.gates.flatMap((gate) =>
    gate.slice === undefined && gate.slices === undefined ? [] : (findMetric(candidate.task, gate.metric) ?? []),
  )
  const { slices, unknown } = sliceResults({
    ...shared,
    groupings: config.slices,
    minRows: config['min-slice'],
    progress: input.progress && ((share) => input.progress?.(share * BEFORE.fairness, 'slices')),
    metrics: [...new Set([primary, ...asked])].map((metric) => ({
      metric,
      margin: marginOf(metric, 'champion', sliceGate(input.gates, metric)),
    })),
  })
  const search = config['find-slices']
  const together =
    config.fairness || search
      ? resamplingOf(champion ? [candidate, champion] : [candidate], options.seed).units
      : undefined
  input.progress?.(BEFORE.fairness, 'fairness')
  const fairness = config.fairness
    ? fairnessResults({
        ...shared,
        units: together,
        protected: config.fairness.protected,
        minGroup: config.fairness['min-group'],
        favourable: config.fairness.favourable,
      })
    : []
  const churn = champion && churnOf(candidate, champion, options.level)
  input.progress?.(BEFORE.segments, 'segments')
  const columns = search ? (search.columns ?? input.columns ?? []) : []
  const segments =
    search && columns.length > 0
      ? findSegments({
          ...shared,
          columns,
          minRows: search['min-rows'],
          most: search.max,
          metric: primary,
          units: together,
        })
      : undefined
  return {
    parts: { slices, fairness, ...(churn ? { churn } : {}), ...(segments ? { segments } : {}) },
    unknownSlices: unknown,
  }
}

/** The gate whose margin a slice is judged by: one on slices before one on the whole. */
function sliceGate(gates: readonly GateConfig[], metric: Metric): GateConfig | undefined {
  const own = gates.filter((gate) => gate.metric === metric.name && versusOf(gate) === 'champion')
  return own.find((gate) => gate.slice !== undefined || gate.slices !== undefined) ?? own[0]
}
