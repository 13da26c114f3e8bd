import type { EvaluateConfig, GateConfig } from '../config/schema.ts'
import type { Task } from '../core/task.ts'
import type { QualityFinding } from '../data/types.ts'
import { marginOf, versusOf } from './compare.ts'
import { FAIRNESS_METRICS, type GroupMetric } from './fairness-metrics.ts'
import { checkBounds } from './gate-bounds.ts'
import { checkVersus } from './gate-versus.ts'
import type { Metric } from './metrics/family.ts'
import { findMetric } from './metrics.ts'
import type { Evaluation, FairnessResult, GateResult, MetricValue, Verdict } from './types.ts'
import { verdictOf } from './verdict.ts'

export interface JudgeInput {
  readonly evaluation: Evaluation
  readonly gates: readonly GateConfig[]
  /** Its `max-difference` is a gate on every protected column. */
  readonly fairness?: Pick<NonNullable<EvaluateConfig['fairness']>, 'max-difference'> | undefined
  readonly minHoldout: number
  /** A finding of severity `stop` fails the verdict. */
  readonly quality?: readonly QualityFinding[] | undefined
}

/**
 * The gates of a configuration that names none: the primary metric is not worse than the champion's by more than a small
 * margin (0.005 for auc, accuracy, balanced-accuracy and log-loss, 0.002 for brier, 0.01 for other shares, 1 % for errors
 * in the label's unit and for business value), and better than the baseline's.
 */
export function defaultGates(task: Task, primary: string): GateConfig[] {
  const metric = findMetric(task, primary)
  const margin = metric?.defaultMargin
  // A margin that the gate cannot spell (a share of a business value) is left to the metric's default.
  const spelled = margin !== undefined && margin.kind === metric?.margin ? { margin: margin.size } : {}
  return [
    { metric: primary, versus: 'champion', ...spelled },
    { metric: primary, versus: 'baseline', better: true },
  ]
}

/**
 * Holds an evaluation against the gates. Any failure fails; otherwise anything inconclusive is inconclusive; otherwise it
 * passes. A metric that is undefined, unknown or without interval is inconclusive, never a silent pass. Fewer held-out
 * rows than `minHoldout` are inconclusive. A gate with a bound and a comparison gives two results.
 */
export function judge(input: JudgeInput): { readonly gates: readonly GateResult[]; readonly verdict: Verdict } {
  const { evaluation, minHoldout } = input
  const enoughRows = evaluation.holdout.rows >= minHoldout
  const limit = input.fairness?.['max-difference']
  const limits: readonly GateConfig[] =
    limit === undefined
      ? []
      : ['demographic-parity-difference', 'equalized-odds-difference'].map((metric) => ({ metric, max: limit }))
  const gates = [
    ...(enoughRows ? [] : [tooFewRows(evaluation.holdout.rows, minHoldout)]),
    ...[...input.gates, ...limits].flatMap((gate) => {
      const fairness = FAIRNESS_METRICS.find((metric) => metric.name === gate.metric)
      return fairness
        ? checkFairness(evaluation, gate, fairness, enoughRows)
        : checkMetric(evaluation, gate, enoughRows)
    }),
  ]
  return { gates, verdict: verdictOf(evaluation, gates, input.quality ?? []) }
}

function tooFewRows(rows: number, needed: number): GateResult {
  const missing = (needed - rows).toLocaleString('en-US')
  return {
    gate: { metric: 'rows', min: needed },
    title: `at least ${needed.toLocaleString('en-US')} held-out rows`,
    status: 'inconclusive',
    observed: rows.toLocaleString('en-US'),
    sentence: `only ${rows.toLocaleString('en-US')} held-out rows are labelled; needs ${missing} more to judge`,
  }
}

function checkMetric(evaluation: Evaluation, gate: GateConfig, enoughRows: boolean): readonly GateResult[] {
  const metric = findMetric(evaluation.task, gate.metric)
  const value = metricOf(evaluation.candidate.metrics, gate.metric)
  const unknown = metric ? undefined : `a ${evaluation.task} task has no such metric`
  const bounded = gate.min !== undefined || gate.max !== undefined
  const results: GateResult[] = []
  if (bounded) {
    results.push(
      checkBounds({
        gate,
        what: gate.metric,
        value: value?.value ?? null,
        interval: value?.interval ?? null,
        reason: unknown ?? value?.reason,
        enoughRows,
      }),
    )
  }
  const versus = versusOf(gate)
  if (versus === undefined) return results
  const comparison = evaluation.comparisons.find((one) => one.metric === gate.metric && one.versus === versus)
  const other = metricOf(evaluation[versus]?.metrics ?? [], gate.metric)
  results.push(
    checkVersus({
      evaluation,
      gate,
      versus,
      what: gate.metric,
      direction: metric?.direction ?? 'higher',
      margin: marginOf(metric ?? UNKNOWN, versus, gate),
      difference: comparison?.difference ?? null,
      interval: comparison?.interval ?? null,
      other: other?.value ?? null,
      reason: unknown ?? value?.reason ?? other?.reason,
    }),
  )
  return results
}

const UNKNOWN: Pick<Metric, 'margin' | 'defaultMargin'> = {
  margin: 'absolute',
  defaultMargin: { kind: 'absolute', size: 0 },
}

function metricOf(metrics: readonly MetricValue[], name: string): MetricValue | undefined {
  return metrics.find((metric) => metric.metric === name)
}

/** One result per protected column and demand. */
function checkFairness(
  evaluation: Evaluation,
  gate: GateConfig,
  metric: GroupMetric,
  enoughRows: boolean,
): readonly GateResult[] {
  const why =
    evaluation.task === 'binary'
      ? 'no protected column could be evaluated (evaluate.fairness.protected)'
      : `it needs yes/no decisions, this task is ${evaluation.task}`
  const attributes: readonly (FairnessResult | undefined)[] =
    evaluation.fairness.length > 0 ? evaluation.fairness : [undefined]
  return attributes.flatMap((attribute) => {
    const what = attribute ? `${metric.name} by ${attribute.attribute}` : metric.name
    const found = attribute?.metrics.find((one) => one.metric === metric.name)
    const reason = found ? found.reason : why
    const results: GateResult[] = []
    if (gate.min !== undefined || gate.max !== undefined) {
      const interval = found?.interval ?? null
      results.push(checkBounds({ gate, what, value: found?.candidate ?? null, interval, reason, enoughRows }))
    }
    const versus = versusOf(gate)
    if (versus !== undefined) {
      results.push(
        checkVersus({
          evaluation,
          gate,
          versus,
          what,
          direction: metric.direction,
          margin: marginOf({ margin: 'absolute', defaultMargin: metric.defaultMargin }, versus, gate),
          difference: versus === 'champion' ? (found?.change?.difference ?? null) : null,
          interval: versus === 'champion' ? (found?.change?.interval ?? null) : null,
          other: found?.champion ?? null,
          reason:
            versus === 'baseline' ? 'groups are not compared with the baseline' : (reason ?? championReason(found)),
        }),
      )
    }
    return results
  })
}

function championReason(found: FairnessResult['metrics'][number] | undefined): string | undefined {
  return found && found.champion === null ? 'it is undefined for the champion' : undefined
}
