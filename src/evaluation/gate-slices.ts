import type { GateConfig } from '../config/schema.ts'
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts'
import { besideMargin, gainOf, marginOf, marginSize, pValueOf } from './compare.ts'
import { checkMetric, type MetricView } from './gate-metric.ts'
import { placeOf } from './gate-text.ts'
import { groupText } from './groups.ts'
import { findMetric } from './metrics.ts'
import type { Evaluation, GateResult, MetricComparison, MetricValue, SliceResult } from './types.ts'

/**
 * A gate on one slice, or on each of several. To fail one slice among several, its being worse must survive
 * Benjamini–Hochberg over them. A named slice that is too small or does not exist is inconclusive; of `slices`, small
 * ones are not judged (an evaluation's warnings name them), but at least one must be large enough.
 */
export function checkSlices(evaluation: Evaluation, gate: GateConfig): readonly GateResult[] {
  const wanted = evaluation.slices.filter((slice) => matches(slice, gate))
  const judged = gate.slice === undefined ? wanted.filter((slice) => !slice.small) : wanted
  const bounded = gate.min !== undefined || gate.max !== undefined || gate['too-good'] !== undefined
  if (judged.length === 0 || (evaluation.champion === null && !bounded)) {
    const what = `${gate.metric} of ${gate.slice === undefined ? 'slices' : gate.slice.replace('=', ' = ')}`
    const reason = wanted.length === 0 ? 'the holdout has no such slice' : 'every slice is too small to judge'
    return checkMetric(evaluation, gate, viewOf(evaluation, gate, undefined, what, reason))
  }
  const chance = byChance(evaluation, gate, judged)
  return judged.flatMap((slice, i) => {
    const what = `${gate.metric} of ${groupText(slice.column, slice.value)}`
    const small = slice.small ? `the slice has only ${slice.rows} rows, too few to judge` : undefined
    const view = viewOf(evaluation, gate, slice, what, small)
    const results = checkMetric(evaluation, gate, { ...view, maybeChance: chance[i] })
    return results.map((result) => ({ ...result, slice: { column: slice.column, value: slice.value } }))
  })
}

/** Slices that a gate with `slices` passes over, for a warning: `plan = rare (3 rows)`. */
export function unjudgedSlices(slices: readonly SliceResult[], gates: readonly GateConfig[]): readonly string[] {
  const asked = gates.filter((gate) => gate.slices !== undefined)
  return slices
    .filter((slice) => slice.small && asked.some((gate) => matches(slice, gate)))
    .map((slice) => `${groupText(slice.column, slice.value)} (${slice.rows.toLocaleString('en-US')} rows)`)
}

function matches(slice: SliceResult, gate: GateConfig): boolean {
  if (gate.slice !== undefined) {
    const at = gate.slice.indexOf('=')
    return gate.slice.slice(0, at).trim() === slice.column && gate.slice.slice(at + 1).trim() === slice.value
  }
  return gate.slices === 'all' || gate.slices?.includes(slice.column) === true
}

function seenOn(evaluation: Evaluation, slice: SliceResult, metric: string) {
  return metric === evaluation.primary ? slice : slice.more?.find((one) => one.candidate.metric === metric)
}

function viewOf(
  evaluation: Evaluation,
  gate: GateConfig,
  slice: SliceResult | undefined,
  what: string,
  reason: string | undefined,
): MetricView {
  const seen = slice && seenOn(evaluation, slice, gate.metric)
  const usable = reason === undefined
  const value: MetricValue | undefined = usable ? seen?.candidate : undefined
  return {
    what,
    rows: slice?.rows ?? 0,
    place: placeOf({ slice }),
    value,
    other: (versus) => (versus === 'champion' ? (seen?.champion ?? undefined) : undefined),
    comparison: (versus): MetricComparison | undefined =>
      usable && versus === 'champion' ? (seen?.comparison ?? undefined) : undefined,
    reason,
    enoughRows: usable,
  }
}

/** For each slice, whether its being worse than the margin may be chance among so many. */
function byChance(evaluation: Evaluation, gate: GateConfig, slices: readonly SliceResult[]): readonly boolean[] {
  const metric = findMetric(evaluation.task, gate.metric)
  const pValues = slices.map((slice) => {
    const { comparison = null, champion = null } = seenOn(evaluation, slice, gate.metric) ?? {}
    const { difference = null, interval = null } = comparison ?? {}
    if (metric === undefined || difference === null || interval === null) return 1
    const tolerated = marginOf(metric, 'champion', gate)
    const margin = gate.better ? 0 : marginSize(tolerated, champion?.value ?? null)
    const beside = gate.better ? interval : besideMargin(difference, interval, metric.direction, tolerated, champion)
    const { gain, low, high } = gainOf(difference, beside ?? interval, metric.direction)
    const shifted = { ...interval, low: low + margin, high: high + margin }
    return gain + margin < 0 ? (pValueOf(gain + margin, shifted) ?? 1) : 1
  })
  const level = slices.flatMap((slice) => slice.comparison?.interval?.level ?? [])[0] ?? 0.95
  return benjaminiHochberg(pValues).map((q) => q >= 1 - level)
}
