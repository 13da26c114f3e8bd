import { type Grouping, groupingColumns, groupingName, groupingParts } from '../config/groupings.ts'
import { findColumn, type Table } from '../data/table.ts'
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts'
import { SLICES_SHARE } from './claims.ts'
import { pValueOf, rowsNeeded } from './compare.ts'
import { compareModels } from './comparison.ts'
import { type Group, groupRows } from './groups.ts'
import { measure, type MeasureOptions } from './measure.ts'
import type { Margin, Metric } from './metrics/family.ts'
import { type Sample, subsample } from './sample.ts'
import { bindMetrics } from './scorer.ts'
import type { MetricComparison, MetricValue, SliceMetric, SliceResult } from './types.ts'

export interface SliceInput {
  readonly table: Table
  /** The row of the table at each place of the samples. */
  readonly rows: Uint32Array
  readonly groupings: readonly Grouping[]
  /** Slices of fewer rows are shown without interval and judgement. */
  readonly minRows: number
  /** The primary metric, then those that gates ask for on slices. */
  readonly metrics: readonly { readonly metric: Metric; readonly margin: Margin }[]
  readonly candidate: Sample
  readonly champion: Sample | undefined
  readonly options: MeasureOptions
  /** Told before every slice which share of them is done. */
  readonly progress?: ((share: number) => void) | undefined
}

/**
 * Candidate and champion on each slice, compared on its rows. A slice is called worse only where that survives
 * Benjamini–Hochberg over all judged slices and all their metrics, and better only at half of that level: of models that
 * are equal everywhere, at most one evaluation in forty calls any slice worse, and one in eighty calls any better (at
 * level 0.95). Columns that the table does not have are returned by name.
 */
export function sliceResults(input: SliceInput): { slices: readonly SliceResult[]; unknown: readonly string[] } {
  const slices = input.groupings.flatMap((grouping, i) => {
    const groups = groupRows(input.table, grouping, input.rows) ?? []
    return groups.map((group, g) => {
      input.progress?.((i + g / groups.length) / input.groupings.length)
      return sliceOf(input, grouping, group)
    })
  })
  const unknown = groupingColumns(input.groupings).filter((name) => findColumn(input.table, name) === undefined)
  return { slices: correct(input, slices), unknown }
}

type Slice = Pick<SliceResult, 'column' | 'value' | 'columns' | 'conditions' | 'rows' | 'small'> & {
  readonly seen: readonly SliceMetric[]
}

function sliceOf(input: SliceInput, grouping: Grouping, group: Group): Slice {
  const rows = group.rows.length
  const metrics = input.metrics.map(({ metric }) => metric)
  // What decisions are worth is taken along only where somebody asks for it.
  const valued = metrics.some(({ name }) => name === 'value')
  const [candidate, champion] = [input.candidate, input.champion].map((sample) =>
    sample && !valued ? { ...sample, worth: undefined } : sample,
  )
  const own = subsample(candidate as Sample, group.rows)
  const samples = champion ? [own, subsample(champion, group.rows, { whole: candidate as Sample, part: own })] : [own]
  const small = rows < input.minRows
  const parts = groupingParts(grouping)
  const described = {
    column: groupingName(grouping),
    value: group.value,
    ...(parts.length > 1 ? { columns: parts.map((part) => part.column) } : {}),
    conditions: group.conditions,
    rows,
    small,
  }
  if (small) {
    const [mine, theirs] = samples.map((sample) => bindMetrics(sample, metrics).values())
    const seen = metrics.map((_, i) => ({
      candidate: mine?.[i] as MetricValue,
      champion: theirs?.[i] ?? null,
      comparison: null,
    }))
    return { ...described, seen }
  }
  const measurement = measure(samples, metrics, input.options)
  const [mine, theirs] = samples.map((_, model) => measurement.values(model))
  const seen = input.metrics.map(({ metric, margin }, i) => ({
    candidate: mine?.[i] as MetricValue,
    champion: theirs?.[i] ?? null,
    comparison: theirs
      ? compareModels({ measurement, candidate: 0, other: 1, versus: 'champion', metric, margin, rows })
      : null,
  }))
  return { ...described, seen }
}

/** Takes back what does not survive having looked at so many slices and metrics; *better* with its part of α. */
function correct(input: SliceInput, slices: readonly Slice[]): readonly SliceResult[] {
  const pValues = slices.map(({ seen }) => input.metrics.map((_, m) => pOf(seen[m]?.comparison ?? null)))
  const qValues = qValuesOf(pValues.flat())
  return slices.map(({ seen, ...described }, i): SliceResult => {
    const qOf = (m: number): number | null => qValues[i * input.metrics.length + m] ?? null
    const results = seen.map((one, m) => ({ ...one, comparison: temper(one.comparison, qOf(m), described.rows) }))
    const [primary, ...more] = results as [SliceMetric, ...SliceMetric[]]
    return {
      ...described,
      ...primary,
      pValue: pValues[i]?.[0] ?? null,
      qValue: qOf(0),
      ...(more.length > 0 ? { more } : {}),
    }
  })
}

const pOf = (one: MetricComparison | null): number | null =>
  one?.pValue ?? pValueOf(one?.difference ?? null, one?.interval ?? null)

/** Benjamini–Hochberg over those that are not null. */
function qValuesOf(pValues: readonly (number | null)[]): readonly (number | null)[] {
  const adjusted = benjaminiHochberg(pValues.filter((p) => p !== null))
  let next = 0
  return pValues.map((p) => (p === null ? null : (adjusted[next++] as number)))
}

/** @param qValue Among all metrics and slices. */
function temper(comparison: MetricComparison | null, qValue: number | null, rows: number): MetricComparison | null {
  const { difference = null, interval = null, conclusion, direction, margin } = comparison ?? {}
  if (comparison === null || difference === null || interval === null || direction === undefined) return comparison
  const alpha = 1 - interval.level
  if (conclusion === 'better') {
    // Half of the q-values are of slices that seem worse: the chance of a false “better” is half of what they are held to.
    const lucky = qValue !== null && qValue >= 2 * SLICES_SHARE * alpha
    return lucky ? { ...comparison, conclusion: 'not-worse' } : comparison
  }
  if (qValue === null || qValue < alpha || conclusion !== 'worse') return comparison
  const needed = rowsNeeded(rows, difference, interval, direction, -(margin ?? 0))
  return {
    ...comparison,
    conclusion: 'cannot-tell',
    perhapsChance: true,
    ...(needed === undefined ? {} : { rowsNeeded: needed }),
  }
}
