import type { GateConfig } from '../config/schema.ts'
import { marginOf, versusOf } from './compare.ts'
import { checkBounds } from './gate-bounds.ts'
import { checkTooGood } from './gate-checks.ts'
import { checkVersus } from './gate-versus.ts'
import type { Metric } from './metrics/family.ts'
import { findMetric } from './metrics.ts'
import type { Evaluation, GateResult, MetricComparison, MetricValue } from './types.ts'

/** What a gate on a metric looks at: the whole holdout, or one slice of it. */
export interface MetricView {
  /** `auc`, `auc of plan = pro`. */
  readonly what: string
  readonly rows: number
  /** The slice, where it is not the whole holdout. */
  readonly place?: string | undefined
  readonly value: MetricValue | undefined
  readonly other: (versus: 'champion' | 'baseline') => MetricValue | undefined
  readonly comparison: (versus: 'champion' | 'baseline') => MetricComparison | undefined
  /** Why there is nothing to see. */
  readonly reason?: string | undefined
  readonly enoughRows: boolean
  readonly maybeChance?: boolean | undefined
}

/** The metric on the whole holdout. */
export function wholeView(evaluation: Evaluation, name: string, enoughRows: boolean): MetricView {
  const of = (metrics: readonly MetricValue[] | undefined): MetricValue | undefined =>
    metrics?.find((metric) => metric.metric === name)
  return {
    what: name,
    rows: evaluation.holdout.rows,
    value: of(evaluation.candidate.metrics),
    other: (versus) => of(evaluation[versus]?.metrics),
    comparison: (versus) => evaluation.comparisons.find((one) => one.metric === name && one.versus === versus),
    enoughRows,
  }
}

const UNKNOWN: Pick<Metric, 'margin' | 'defaultMargin'> = {
  margin: 'absolute',
  defaultMargin: { kind: 'absolute', size: 0 },
}

/** One result for each demand of the gate: bounds, a comparison, a value too good to be true. */
export function checkMetric(evaluation: Evaluation, gate: GateConfig, view: MetricView): readonly GateResult[] {
  const metric = findMetric(evaluation.task, gate.metric)
  const reason = view.reason ?? (metric ? undefined : `a ${evaluation.task} task has no such metric`)
  const { what, value } = view
  const results: GateResult[] = []
  if (gate.min !== undefined || gate.max !== undefined) {
    results.push(
      checkBounds({
        gate,
        what,
        value: value?.value ?? null,
        interval: value?.interval ?? null,
        reason: reason ?? value?.reason,
        enoughRows: view.enoughRows,
      }),
    )
  }
  const tooGood = checkTooGood(evaluation, gate, { ...view, reason })
  const versus = versusOf(gate)
  if (versus === undefined || (tooGood.length > 0 && !demandsMore(gate))) return [...results, ...tooGood]
  const comparison = view.comparison(versus)
  const other = view.other(versus)
  results.push(
    checkVersus({
      evaluation,
      gate,
      versus,
      what,
      direction: metric?.direction ?? 'higher',
      margin: marginOf(metric ?? UNKNOWN, versus, gate),
      difference: comparison?.difference ?? null,
      interval: comparison?.interval ?? null,
      other: other ?? null,
      reason: reason ?? value?.reason ?? other?.reason,
      rows: view.rows,
      place: view.place,
      maybeChance: view.maybeChance,
      provenBetter: comparison === undefined || versus === 'baseline' || comparison.conclusion === 'better',
    }),
  )
  return [...results, ...tooGood]
}

/** Whether there is a bound or a comparison beside `too-good` and `noise`. */
export function demandsMore(gate: GateConfig): boolean {
  const { min, max, versus, margin, better } = gate
  return [min, max, versus, margin, better].some((demand) => demand !== undefined)
}
