import type { EvaluateConfig, GateConfig } from '../config/schema.ts'
import type { Direction, Task } from '../core/task.ts'
import { count } from '../core/text.ts'
import type { QualityFinding } from '../data/types.ts'
import { fairnessMetricsOf } from './fairness-metrics.ts'
import {
  checkBehaviour,
  checkHoldoutUse,
  checkLeaks,
  checkNearPerfect,
  checkNoise,
  checkTooGood,
  checkUnseen,
} from './gate-checks.ts'
import { checkCost } from './gate-cost.ts'
import { checkFairness } from './gate-fairness.ts'
import { checkMetric, demandsMore, wholeView } from './gate-metric.ts'
import { checkSlices } from './gate-slices.ts'
import { findMetric } from './metrics.ts'
import type { Margin } from './metrics/family.ts'
import type { Evaluation, GateResult, Verdict } from './types.ts'
import { verdictOf } from './verdict.ts'

export interface JudgeInput {
  readonly evaluation: Evaluation
  readonly gates: readonly GateConfig[]
  /** Its `max-difference` is a gate on every protected column. */
  readonly fairness?: Pick<NonNullable<EvaluateConfig['fairness']>, 'max-difference'> | undefined
  readonly minHoldout: number
  /** Why a near-perfect score is no leak, where a person has said so. */
  readonly expectNearPerfect?: string | undefined
  /** A finding of severity `stop` fails the verdict. */
  readonly quality?: readonly QualityFinding[] | undefined
}

/**
 * The gates of a configuration that names none: the primary metric is not worse than the champion's by more than a small
 * margin (0.005 for auc, accuracy, balanced-accuracy and log-loss, 0.002 for brier, 0.01 for other shares, 1 % for errors
 * in the label's unit and for business value), and better than the baseline's.
 *
 * @param staleBy The drop from which on a champion counts as stale, where it has been shown to be so: then the margin is
 *   half of it (if that is more), for a model that is known to have lost much has no right to be replaced by proof only.
 */
export function defaultGates(task: Task, primary: string, staleBy?: number): GateConfig[] {
  const metric = findMetric(task, primary)
  const margin = metric?.defaultMargin
  // A margin that the gate cannot spell (a share of a business value) is left to the metric's default.
  const usual = margin !== undefined && margin.kind === metric?.margin ? { margin: margin.size } : {}
  const spelled = staleBy === undefined ? usual : { ...usual, ...staleMargin(staleBy / 2, metric?.direction, margin) }
  return [
    { metric: primary, versus: 'champion', ...spelled },
    { metric: primary, versus: 'baseline', better: true },
  ]
}

/** A drop is absolute where higher is better, and relative for errors. */
function staleMargin(
  size: number,
  direction: Direction | undefined,
  usual: Margin | undefined,
): Pick<GateConfig, 'margin'> {
  if (direction === 'lower') return { margin: `${Number((100 * size).toPrecision(4))}%` }
  return usual?.kind === 'absolute' ? { margin: Math.max(size, usual.size) } : {}
}

/**
 * Holds an evaluation against the gates. Any failure fails; otherwise anything inconclusive is inconclusive; otherwise it
 * passes. A metric that is undefined, unknown or without interval is inconclusive, never a silent pass. Fewer held-out
 * rows than `minHoldout` are inconclusive, and so is a holdout that has chosen too often. A gate with a bound and a
 * comparison gives two results, a gate on slices one for each, a behaviour check that was asked for is a gate.
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
    ...[...input.gates, ...limits].flatMap((gate) => checkGate(evaluation, gate, input.gates, enoughRows)),
    ...checkUnseen(evaluation),
    ...checkHoldoutUse(evaluation),
    ...checkLeaks(evaluation, input.expectNearPerfect),
    ...checkNearPerfect(evaluation, input.expectNearPerfect),
    ...checkBehaviour(evaluation),
  ]
  return { gates, verdict: verdictOf(evaluation, gates, input.quality ?? []) }
}

function checkGate(
  evaluation: Evaluation,
  gate: GateConfig,
  gates: readonly GateConfig[],
  enoughRows: boolean,
): readonly GateResult[] {
  const cost = checkCost(evaluation, gate, enoughRows)
  if (cost !== undefined) return [cost]
  const noise = checkNoise(evaluation, gate)
  if (noise.length > 0 && !demandsMore(gate) && gate['too-good'] === undefined) return noise
  const fairness = fairnessMetricsOf(evaluation.task).find((metric) => metric.name === gate.metric)
  const results = fairness
    ? [
        ...(demandsMore(gate) ? checkFairness(evaluation, gate, fairness, enoughRows) : []),
        ...checkTooGood(evaluation, gate, wholeView(evaluation, gate.metric, enoughRows)),
      ]
    : gate.slice !== undefined || gate.slices !== undefined
      ? checkSlices(evaluation, gate, gates)
      : checkMetric(evaluation, gate, wholeView(evaluation, gate.metric, enoughRows))
  return [...results, ...noise]
}

function tooFewRows(rows: number, needed: number): GateResult {
  const missing = (needed - rows).toLocaleString('en-US')
  return {
    gate: { metric: 'rows', min: needed },
    title: `at least ${needed.toLocaleString('en-US')} held-out rows`,
    status: 'inconclusive',
    observed: rows.toLocaleString('en-US'),
    sentence: `only ${count(rows, 'held-out row')} ${rows === 1 ? 'is' : 'are'} labelled; needs ${missing} more to judge`,
  }
}
