import { memberOf } from '../../core/json.ts'
import { distinctCount } from '../column-report.ts'
import type { Task } from '../../core/task.ts'
import { hashRows } from '../row-hash.ts'
import { type Column, missingCount, type Table } from '../table.ts'
import type { DataReport, QualityFinding } from '../types.ts'
import { asKind } from './collect.ts'
import type { ColumnSchema, DataSchema } from './types.ts'

const HOUR = 3_600_000
/** A category column with more values has no domain: they are names or texts. */
const MAX_DOMAIN = 100
/** The range is widened by this share of itself: tomorrow's largest value is a little larger. */
const SLACK = 0.1
/** Missing shares up to this much above what was seen are no anomaly. */
const MISSING_SLACK = 0.02
/** Uniqueness of fewer rows is chance. */
const MIN_UNIQUE_ROWS = 100
/** A column varies when its most frequent value has no more than this share: rarer ones stay away by chance. */
const MOST_CONSTANT = 0.9
/** Data of the past (a backfill, a test) say nothing about how fresh they ought to be. */
const MAX_AGE_HOURS = 24 * 31

/**
 * What the data look like now, with room for what is normal. `now` in epoch milliseconds. With `task` the label of a
 * classification is a set of classes, however they are written.
 */
export function inferSchema(table: Table, report: DataReport, now: number, task?: Task): DataSchema {
  const roles = new Map(report.columns.map((column) => [column.name, column.role]))
  const columns: Record<string, ColumnSchema> = {}
  for (const column of table.columns) {
    const role = roles.get(column.name)
    // Of personal data nothing is kept, and a number of the row says nothing about the next one.
    if (role === 'ignored' || role === 'personal' || role === 'index') continue
    const isClass = role === 'label' && task !== undefined && task !== 'regression'
    const judged = isClass ? asKind(column, 'category') : column
    columns[column.name] = columnSchema(judged, table.rows, role ?? 'feature', now)
  }
  const time = report.columns.find(({ role }) => role === 'time')?.name
  const label = report.columns.find(({ role }) => role === 'label')?.name
  const fresh = time === undefined ? undefined : memberOf(columns, time)?.['freshness-hours']
  // The rows at hand all have their label, so that this is how long labels take.
  if (label !== undefined && fresh !== undefined) {
    columns[label] = { ...(columns[label] as ColumnSchema), 'delay-hours': fresh }
  }
  const kept = table.columns.filter(({ name }) => Object.hasOwn(columns, name))
  const repeated = table.rows - new Set(hashRows(table, kept)).size
  const share = table.rows === 0 ? 0 : repeated / table.rows
  return {
    schemaVersion: 1,
    duplicates: { max: rounded(Math.min(1, Math.max(0.01, share * 1.5))), severity: 'warn' },
    columns,
  }
}

function columnSchema(column: Column, rows: number, role: string, now: number): ColumnSchema {
  const missing = missingCount(column)
  const distinct = distinctCount(column)
  const present = rows - missing
  const share = rows === 0 ? 0 : missing / rows
  const shared = {
    type: column.kind,
    ...(role !== 'label' && { missing: { max: rounded(Math.min(1, share * 1.5 + MISSING_SLACK)) } }),
    ...(role === 'id' && distinct === present && present >= MIN_UNIQUE_ROWS && { unique: true }),
    ...(distinct > 1 && mostFrequent(column) <= present * MOST_CONSTANT && { varies: true }),
  }
  if (column.kind === 'category') {
    const domain = role === 'id' || distinct > MAX_DOMAIN ? undefined : used(column)
    // A label that was never seen cannot be learned or judged; a feature's new value only has no meaning yet.
    return { ...shared, ...(domain && { in: domain }), severity: role === 'label' ? 'stop' : 'warn' }
  }
  const sorted = column.values.filter((value) => Number.isFinite(value)).sort()
  if (column.kind === 'time') return { ...shared, ...timeRules(column.values, sorted, role, now), severity: 'warn' }
  if (sorted.length === 0 || role === 'id') return { ...shared, severity: 'warn' }
  const [min, max] = [sorted[0] as number, sorted[sorted.length - 1] as number]
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number
  // Where the tail is long, the next extreme may lie as far out again.
  const slack = (tail: number): number => Math.max((max - min) * SLACK, 3 * tail)
  const [down, up] = [slack(at(0.01) - min), slack(max - at(0.99))]
  return {
    ...shared,
    // What was never negative stays so.
    min: rounded(min >= 0 ? Math.max(0, min - down) : min - down, Math.floor),
    max: rounded(max + up, Math.ceil),
    typical: [rounded(at(0.25)), rounded(at(0.75))],
    ...(column.integer && { integer: true }),
    severity: 'warn',
  }
}

function used(column: Extract<Column, { kind: 'category' }>): string[] {
  const seen = new Set(column.codes)
  return column.dictionary.filter((_, code) => seen.has(code)).sort()
}

/** How many values are the most frequent one. */
function mostFrequent(column: Column): number {
  const counts = new Map<number, number>()
  let most = 0
  for (const value of column.kind === 'category' ? column.codes : column.values) {
    if (value !== value || (column.kind === 'category' && value < 0)) continue
    const seen = (counts.get(value) ?? 0) + 1
    counts.set(value, seen)
    if (seen > most) most = seen
  }
  return most
}

function timeRules(values: Float64Array, sorted: Float64Array, role: string, now: number): Partial<ColumnSchema> {
  if (role !== 'time' || sorted.length === 0) return {}
  const monotone = values.every((value, i) => i === 0 || !(value < (values[i - 1] as number)))
  const [oldest, newest] = [sorted[0] as number, sorted[sorted.length - 1] as number]
  const age = (now - newest) / HOUR
  if (!(age >= 0 && age < MAX_AGE_HOURS)) return monotone ? { monotone } : {}
  let gap = 0
  for (let i = 1; i < sorted.length; i++) gap = Math.max(gap, (sorted[i] as number) - (sorted[i - 1] as number))
  // How often data arrive cannot be seen in them: a pause that is short beside what they cover is none.
  const span = Math.min(MAX_AGE_HOURS, (newest - oldest) / HOUR / 10)
  const hours = Math.ceil(Math.max(24, 3 * age, (2 * gap) / HOUR, span))
  return { ...(monotone && { monotone }), 'freshness-hours': hours }
}

/** Three digits: readable, and a diff shows only what matters. */
function rounded(value: number, towards: (value: number) => number = Math.round): number {
  if (value === 0 || !Number.isFinite(value)) return 0
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2)
  return Number((towards(value / unit) * unit).toPrecision(12))
}

/**
 * The committed schema, changed as little as the data of today need: bounds only widen, what a person wrote stays,
 * columns that came are added and those that went are removed.
 */
export function updateSchema(before: DataSchema, now: DataSchema): DataSchema {
  const columns: Record<string, ColumnSchema> = {}
  for (const [name, fresh] of Object.entries(now.columns)) {
    const old = memberOf(before.columns, name)
    columns[name] = old === undefined || old.type !== fresh.type ? fresh : widened(old, fresh)
  }
  return {
    ...before,
    duplicates: { ...before.duplicates, max: Math.max(before.duplicates.max, now.duplicates.max) },
    columns,
  }
}

/**
 * The committed schema after a version was trained on rows that broke it: what was found is allowed from now on, columns that
 * came are added, those that went are removed, and everything else stays as a person left it.
 *
 * @param fresh what the rows look like that broke it
 * @param findings of the schema, and of what has become of the champion’s columns
 */
export function adoptFindings(
  before: DataSchema,
  fresh: DataSchema,
  findings: readonly Pick<QualityFinding, 'rule' | 'column'>[],
): DataSchema {
  const columns: Record<string, ColumnSchema> = {}
  for (const [name, old] of Object.entries(before.columns)) {
    const now = memberOf(fresh.columns, name)
    const rules = new Set(findings.flatMap(({ rule, column }) => (column === name ? [rule] : [])))
    if (rules.size === 0) columns[name] = old
    // A column that is gone, or that a schema has nothing to say of any more, has no rule.
    else if (now !== undefined)
      columns[name] = rules.has('type') && old.type !== now.type ? now : widened(old, now, rules)
  }
  for (const { rule, column } of findings) {
    const now = column === undefined ? undefined : memberOf(fresh.columns, column)
    if (rule === 'added' && column !== undefined && now !== undefined && !Object.hasOwn(columns, column))
      columns[column] = now
  }
  const repeated = findings.some(({ rule }) => rule === 'duplicates')
  const max = repeated ? Math.max(before.duplicates.max, fresh.duplicates.max) : before.duplicates.max
  return { ...before, duplicates: { ...before.duplicates, max }, columns }
}

/** By which findings a rule is touched; `constant` is what breaks `varies`. */
const TOUCHED_BY: Readonly<Record<string, readonly string[]>> = {
  min: ['min', 'unit'],
  max: ['max', 'unit'],
  typical: ['unit'],
  in: ['in'],
  missing: ['missing', 'type'],
  unique: ['unique'],
  monotone: ['monotone'],
  integer: ['integer'],
  varies: ['constant'],
}

/** @param broken rules that may change; default: all */
function widened(old: ColumnSchema, fresh: ColumnSchema, broken?: ReadonlySet<string>): ColumnSchema {
  const may = (rule: string): boolean => broken === undefined || (TOUCHED_BY[rule] ?? []).some((one) => broken.has(one))
  const result = { ...old }
  if (may('min') && old.min !== undefined && fresh.min !== undefined) result.min = Math.min(old.min, fresh.min)
  if (may('max') && old.max !== undefined && fresh.max !== undefined) result.max = Math.max(old.max, fresh.max)
  if (may('typical') && old.typical !== undefined && fresh.typical !== undefined && outside(old.typical, fresh.typical))
    result.typical = fresh.typical
  if (may('in') && old.in !== undefined) {
    if (fresh.in === undefined) delete result.in
    else result.in = [...new Set([...old.in, ...fresh.in])].sort()
  }
  if (may('missing') && old.missing !== undefined && fresh.missing !== undefined)
    result.missing = { max: Math.max(old.missing.max, fresh.missing.max) }
  for (const rule of ['unique', 'monotone', 'integer', 'varies'] as const)
    if (may(rule) && old[rule] === true && fresh[rule] !== true) delete result[rule]
  return result
}

/** The middle halves do not even touch. */
const outside = (a: readonly [number, number], b: readonly [number, number]): boolean => a[1] < b[0] || b[1] < a[0]
