import type { BehaviourConfig } from '../../config/schema.ts'
import { formatNumber, formatPercent } from '../../core/format.ts'
import { findColumn } from '../../data/table.ts'
import { alternatives, changes, decisive, exampleOf, filled, type Probe, type Tried, withColumn } from './probe.ts'
import type { BehaviourExample, BehaviourResult } from './types.ts'

/** Values of a column that are tried in place of the own one. */
const MOST_VALUES = 5
const EXAMPLES = 3

type Invariance = BehaviourConfig['invariance'][number]
type Direction = BehaviourConfig['direction'][number]

/**
 * A column that must not matter: every row is predicted with other values of it. After Ribeiro et al. (2020), “Beyond
 * Accuracy: Behavioral Testing of NLP Models with CheckList”, ACL.
 */
export function checkInvariance(probe: Probe, rule: Invariance): BehaviourResult {
  const column = findColumn(probe.table, rule.column)
  const title = `unchanged by ${rule.column}`
  if (column === undefined) return skipped('invariance', title, rule, `the data has no column “${rule.column}”`)
  const tried = alternatives(column, MOST_VALUES).map((value): Tried => {
    const after = withColumn(probe.table, filled(column, value, probe.table.rows))
    return { column: rule.column, before: probe.table, after, predictions: probe.predict(after) }
  })
  if (tried.length < 2) return skipped('invariance', title, rule, `${rule.column} has one value only`)
  const worst = new Float64Array(probe.table.rows)
  const at = new Uint8Array(probe.table.rows)
  tried.forEach(({ predictions }, i) => {
    changes(probe, predictions).forEach((change, row) => {
      if (change <= (worst[row] as number)) return
      worst[row] = change
      at[row] = i
    })
  })
  return verdictOf(
    probe,
    'invariance',
    title,
    rule,
    worst,
    (row) => exampleOf(probe, tried[at[row] as number] as Tried, row),
    {
      holds: `predictions do not change with ${rule.column}`,
      broken: `change with ${rule.column}`,
    },
  )
}

/** A column whose rise may move predictions one way only; the other way counts as a violation. */
export function checkDirection(probe: Probe, rule: Direction): BehaviourResult {
  const column = findColumn(probe.table, rule.column)
  const title = `${rule.direction === 'up' ? 'never falls' : 'never rises'} as ${rule.column} rises`
  if (column === undefined) return skipped('direction', title, rule, `the data has no column “${rule.column}”`)
  if (column.kind !== 'number') return skipped('direction', title, rule, `${rule.column} is no column of numbers`)
  if (probe.base.task === 'multiclass') {
    return skipped('direction', title, rule, 'the probabilities of several classes have no direction')
  }
  const by = rule.by ?? spread(column.values)
  if (!(by > 0)) return skipped('direction', title, rule, `${rule.column} has one value only`)
  const after = withColumn(probe.table, { ...column, values: column.values.map((value) => value + by), integer: false })
  const predictions = probe.predict(after)
  const tried: Tried = { column: rule.column, before: probe.table, after, predictions }
  const sign = rule.direction === 'up' ? 1 : -1
  const against = Float64Array.from({ length: probe.table.rows }, (_, row) =>
    Number.isNaN(column.values[row])
      ? 0
      : Math.max(0, (-sign * (decisive(predictions, row) - decisive(probe.base, row))) / probe.unit),
  )
  return verdictOf(probe, 'direction', title, rule, against, (row) => exampleOf(probe, tried, row), {
    holds: `predictions go ${rule.direction} or stay when ${rule.column} rises by ${formatNumber(by)}`,
    broken: `go ${rule.direction === 'up' ? 'down' : 'up'} when ${rule.column} rises by ${formatNumber(by)}`,
  })
}

function verdictOf(
  probe: Probe,
  check: BehaviourResult['check'],
  title: string,
  rule: { readonly column: string; readonly tolerance: number; readonly allow: number },
  changed: Float64Array,
  example: (row: number) => BehaviourExample,
  words: { readonly holds: string; readonly broken: string },
): BehaviourResult {
  const rows = changed.length
  const broken = [...changed.keys()].filter((row) => (changed[row] as number) > rule.tolerance)
  broken.sort((a, b) => (changed[b] as number) - (changed[a] as number) || a - b)
  const worst = rows === 0 ? null : changed.reduce((most, one) => Math.max(most, one), 0)
  const share = rows === 0 ? 0 : broken.length / rows
  const passes = share <= rule.allow
  const unit = probe.unit === 1 ? '' : ' standard deviations of the label'
  const most = `by at most ${formatNumber(worst)}${unit}`
  const allowed = rule.allow > 0 ? `, ${formatPercent(rule.allow)} are allowed` : ''
  const sentence =
    broken.length === 0
      ? `${words.holds}, on ${rows.toLocaleString('en-US')} held-out rows`
      : `${broken.length.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} predictions ${words.broken}, ${most}${allowed}`
  return {
    check,
    columns: [rule.column],
    title,
    status: passes ? 'pass' : 'fail',
    configured: true,
    rows,
    violations: broken.length,
    worst,
    tolerance: rule.tolerance,
    allowed: rule.allow,
    sentence,
    examples: broken.slice(0, EXAMPLES).map(example),
  }
}

export function skipped(
  check: BehaviourResult['check'],
  title: string,
  rule: { readonly column?: string; readonly tolerance?: number; readonly allow?: number },
  why: string,
  configured = true,
): BehaviourResult {
  return {
    check,
    columns: rule.column === undefined ? [] : [rule.column],
    title,
    status: 'skipped',
    configured,
    rows: 0,
    violations: 0,
    worst: null,
    tolerance: rule.tolerance ?? 0,
    allowed: rule.allow ?? 0,
    sentence: `whether predictions are ${title} could not be tried: ${why}`,
    examples: [],
  }
}

/** Standard deviation of the values that are there. */
export function spread(values: Float64Array): number {
  let n = 0
  let mean = 0
  let squares = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    n++
    const step = value - mean
    mean += step / n
    squares += step * (value - mean)
  }
  return n === 0 ? 0 : Math.sqrt(squares / n)
}
