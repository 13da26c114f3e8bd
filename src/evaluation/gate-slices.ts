import type { GateConfig } from '../config/schema.ts'
import { count } from '../core/text.ts'
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts'
import { besideMargin, gainOf, marginOf, pValueOf, versusOf } from './compare.ts'
import { checkMetric, demandsMore, type MetricView } from './gate-metric.ts'
import { placeOf } from './gate-text.ts'
import { goalOf } from './gate-versus.ts'
import { groupText } from './groups.ts'
import { findMetric } from './metrics.ts'
import type { Evaluation, GateResult, MetricComparison, MetricValue, SliceResult } from './types.ts'

/**
 * A gate on one slice, or on each of several. To fail, being worse on a slice must survive Benjamini–Hochberg over all
 * slices of all `gates` on slices; what does not is inconclusive. A named slice that is too small or does not exist is inconclusive; of `slices`, small
 * ones are not judged (an evaluation's warnings name them), but at least one must be large enough.
 */
export function checkSlices(
  evaluation: Evaluation,
  gate: GateConfig,
  gates: readonly GateConfig[] = [],
): readonly GateResult[] {
  const wanted = wantedBy(evaluation, gate)
  const judged = judgedBy(evaluation, gate)
  const bounded = gate.min !== undefined || gate.max !== undefined || gate['too-good'] !== undefined
  if (judged.length === 0 || (evaluation.champion === null && !bounded)) {
    const what = `${gate.metric} of ${gate.slice === undefined ? 'slices' : groupText(...named(gate.slice))}`
    const reason = wanted.length === 0 ? 'the holdout has no such slice' : 'every slice is too small to judge'
    return checkMetric(evaluation, gate, viewOf(evaluation, gate, undefined, what, reason))
  }
  const chance = byChance(evaluation, gates, gate, judged)
  return judged.flatMap((slice, i) => {
    const what = `${gate.metric} of ${groupText(slice.column, slice.value)}`
    const small = slice.small ? `the slice has only ${count(slice.rows, 'row')}, too few to judge` : undefined
    const view = viewOf(evaluation, gate, slice, what, small)
    const results = checkMetric(evaluation, gate, { ...view, maybeChance: chance[i] })
    return results.map((result) => ({ ...result, slice: { column: slice.column, value: slice.value } }))
  })
}

const wantedBy = (evaluation: Evaluation, gate: GateConfig): readonly SliceResult[] =>
  evaluation.slices.filter((slice) => matches(slice, gate))

/** Of several slices the small ones are left out; one that is named is there in any case. */
const judgedBy = (evaluation: Evaluation, gate: GateConfig): readonly SliceResult[] =>
  wantedBy(evaluation, gate).filter((slice) => gate.slice !== undefined || !slice.small)

/** Slices that a gate with `slices` passes over, for a warning: `plan = rare (3 rows)`. */
export function unjudgedSlices(slices: readonly SliceResult[], gates: readonly GateConfig[]): readonly string[] {
  const asked = gates.filter((gate) => gate.slices !== undefined)
  return slices
    .filter((slice) => slice.small && asked.some((gate) => matches(slice, gate)))
    .map((slice) => `${groupText(slice.column, slice.value)} (${count(slice.rows, 'row')})`)
}

function matches(slice: SliceResult, gate: GateConfig): boolean {
  if (gate.slice !== undefined) {
    const [column, value] = named(gate.slice)
    return column === slice.column && value === slice.value
  }
  return gate.slices === 'all' || gate.slices?.includes(slice.column) === true
}

/** `plan = pro` as column and value. */
function named(slice: string): readonly [column: string, value: string] {
  const at = slice.indexOf('=')
  return [slice.slice(0, at).trim(), slice.slice(at + 1).trim()]
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
      versus === 'champion' ? (seen?.comparison ?? undefined) : undefined,
    reason,
    enoughRows: usable,
  }
}

interface Harm {
  /** One-sided p-value of “worse than the gate allows”, at most ½: what is not worse is no harm, and needs no telling how much. */
  readonly p: number
  /** One side of the interval: what p is held to. */
  readonly alpha: number
}

/** What a gate can fail with, by slice. A slice without an interval of the difference cannot fail. */
function harms(evaluation: Evaluation, gate: GateConfig, slices: readonly SliceResult[]): readonly Harm[] {
  const metric = findMetric(evaluation.task, gate.metric)
  return slices.map((slice) => {
    const { comparison = null, champion = null } = seenOn(evaluation, slice, gate.metric) ?? {}
    const { difference = null, interval = null } = comparison ?? {}
    if (metric === undefined || difference === null || interval === null) return { p: 0.5, alpha: 0 }
    const { better, margin, size } = goalOf(gate, marginOf(metric, 'champion', gate), champion)
    const beside = besideMargin(difference, interval, metric.direction, margin, champion, better)
    const { gain, high } = gainOf(difference, beside, metric.direction)
    const bound = better ? size : -size
    const missing = Math.min(gain - bound, 0)
    const p = pValueOf(missing, { ...interval, high: high - bound }) / 2
    return { p, alpha: (1 - interval.level) / 2 }
  })
}

/** A p-value that is read off an interval may differ by this share from the level of the interval. */
const ROUNDING = 1e-9

const compares = (gate: GateConfig): boolean => versusOf(gate) === 'champion' && demandsMore(gate)

/**
 * For each slice of a gate, whether its being worse may be chance among all slices of all gates: it has to survive
 * Benjamini–Hochberg over them, at the level of one side of an interval. Then a candidate that is as good as the
 * champion everywhere fails by any of them at most as often as by a single one.
 */
function byChance(
  evaluation: Evaluation,
  gates: readonly GateConfig[],
  gate: GateConfig,
  judged: readonly SliceResult[],
): readonly boolean[] {
  const own = harms(evaluation, gate, judged)
  const others = gates.flatMap((other) =>
    other === gate || !compares(other) ? [] : harms(evaluation, other, judgedBy(evaluation, other)),
  )
  const adjusted = benjaminiHochberg([...own, ...others].map(({ p }) => p))
  return own.map(({ alpha }, i) => (adjusted[i] as number) > alpha * (1 + ROUNDING))
}
