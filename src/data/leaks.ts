import { percent } from './expectations.ts'
import { findColumn, type Column, type NumberColumn, type Table } from './table.ts'
import { inferTask, labelValues } from './task.ts'
import type { DataReport, QualityFinding } from './types.ts'

/** Rows looked at, evenly over the table; enough to tell "always" from "mostly". */
const MAX_ROWS = 5000
const MIN_ROWS = 50
/** What one feature alone may explain before it is suspicious: a share of rows right, or of variance explained. */
const SUSPICIOUS = 0.99
/** Groups of a feature must hold this many rows on average, or they would explain anything. */
const MIN_ROWS_PER_GROUP = 10
/** Pairs of numeric features whose sum is tried are those of at most this many columns. */
const MAX_PAIRED = 60

/**
 * Features that know the answer: one that predicts the label almost perfectly by itself, or two numbers whose sum or
 * difference is the label (`casual + registered = cnt`). Warnings only: some honest features are that good.
 */
export function findLeaks(table: Table, report: DataReport): QualityFinding[] {
  const name = report.columns.find((column) => column.role === 'label')?.name
  const label = name === undefined ? undefined : findColumn(table, name)
  if (label === undefined || label.kind === 'time' || table.rows < MIN_ROWS) return []
  const features = report.columns.flatMap((column) =>
    column.role === 'feature' ? (findColumn(table, column.name) ?? []) : [],
  )
  const step = Math.max(1, Math.ceil(table.rows / MAX_ROWS))
  const rows = Uint32Array.from({ length: Math.floor(table.rows / step) }, (_, i) => i * step)
  const target = targetOf(label)
  if (target === undefined) return []
  return target.classes > 0
    ? features.flatMap((column) => classLeak(column, label.name, target, rows))
    : [
        ...features.flatMap((column) => valueLeak(column, label.name, target, rows)),
        ...sums(features, label.name, target, rows),
      ]
}

interface Target {
  readonly values: Float64Array
  /** 0 for a quantity. */
  readonly classes: number
}

function targetOf(label: Column): Target | undefined {
  try {
    const { classes } = inferTask(label, undefined)
    return { values: labelValues(label, classes), classes: classes.length }
  } catch {
    // A label that cannot be learned has a finding of its own.
    return undefined
  }
}

function leak(column: string, words: string): QualityFinding[] {
  return [{ rule: 'leak', column, severity: 'warn', sentence: `${column}: ${words}; is it known before the label is?` }]
}

/** Share of rows right when each group of a feature (a category, or a tenth of a number’s range of ranks) names its commonest class. */
function classLeak(column: Column, label: string, target: Target, rows: Uint32Array): QualityFinding[] {
  const groups = groupsOf(column, rows)
  if (groups === undefined) return []
  const counts = Array.from({ length: groups.size }, () => new Uint32Array(target.classes))
  const overall = new Uint32Array(target.classes)
  let total = 0
  for (let i = 0; i < rows.length; i++) {
    const truth = target.values[rows[i] as number] as number
    const group = groups.of[i] as number
    if (truth !== truth || group < 0) continue
    const tally = counts[group] as Uint32Array
    tally[truth] = (tally[truth] as number) + 1
    overall[truth] = (overall[truth] as number) + 1
    total++
  }
  if (total < MIN_ROWS) return []
  const right = counts.reduce((sum, tally) => sum + Math.max(...tally), 0) / total
  const always = Math.max(...overall) / total
  // A rare class makes "always the common one" right nearly always: what counts is how much of the rest is explained.
  if (right < SUSPICIOUS || (right - always) / (1 - always) < SUSPICIOUS) return []
  return leak(column.name, `it alone gives the ${label} right in ${percent(right)} of the rows`)
}

function valueLeak(column: Column, label: string, target: Target, rows: Uint32Array): QualityFinding[] {
  if (column.kind !== 'number') return []
  const r = correlation(column.values, target.values, rows)
  return r * r < SUSPICIOUS ? [] : leak(column.name, `it alone explains ${percent(r * r)} of the variance of ${label}`)
}

function sums(features: readonly Column[], label: string, target: Target, rows: Uint32Array): QualityFinding[] {
  const numbers = features.filter((column): column is NumberColumn => column.kind === 'number').slice(0, MAX_PAIRED)
  const holds = (a: Float64Array, b: Float64Array, sign: number): boolean => {
    let seen = 0
    let bothMatter = 0
    for (const row of rows) {
      const truth = target.values[row] as number
      const sum = (a[row] as number) + sign * (b[row] as number)
      if (sum !== sum || truth !== truth) continue
      if (Math.abs(sum - truth) > 1e-9 * Math.max(1, Math.abs(truth))) return false
      seen++
      if (a[row] !== 0 && b[row] !== 0) bothMatter++
    }
    return seen >= MIN_ROWS && bothMatter > 0
  }
  const findings: QualityFinding[] = []
  for (const [i, a] of numbers.entries()) {
    for (const [j, b] of numbers.entries()) {
      if (i === j) continue
      const sign = i < j && holds(a.values, b.values, 1) ? '+' : holds(a.values, b.values, -1) ? '−' : undefined
      if (sign !== undefined) findings.push(...leak(a.name, `${a.name} ${sign} ${b.name} is always exactly ${label}`))
    }
  }
  return findings
}

interface Groups {
  readonly of: Int32Array
  readonly size: number
}

/** A feature’s groups for the given rows: its categories, or 100 ranges of a number; undefined where they are too small. */
function groupsOf(column: Column, rows: Uint32Array): Groups | undefined {
  if (column.kind === 'time') return undefined
  if (column.kind === 'category') {
    const size = column.dictionary.length
    if (size * MIN_ROWS_PER_GROUP > rows.length) return undefined
    return { of: Int32Array.from(rows, (row) => column.codes[row] as number), size }
  }
  const sorted = Float64Array.from(rows, (row) => column.values[row] as number)
    .filter((value) => value === value)
    .sort()
  const ranges = Math.min(100, Math.floor(sorted.length / MIN_ROWS_PER_GROUP))
  if (ranges < 2) return undefined
  const edges = Array.from(
    { length: ranges - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / ranges)] as number,
  )
  const of = Int32Array.from(rows, (row) => {
    const value = column.values[row] as number
    if (value !== value) return -1
    let low = 0
    let high = edges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((edges[middle] as number) <= value) low = middle + 1
      else high = middle
    }
    return low
  })
  return { of, size: ranges }
}

/** Pearson’s r over the rows where both are present; 0 where it is undefined. */
function correlation(x: Float64Array, y: Float64Array, rows: Uint32Array): number {
  let n = 0
  let meanX = 0
  let meanY = 0
  let sxx = 0
  let syy = 0
  let sxy = 0
  for (const row of rows) {
    const a = x[row] as number
    const b = y[row] as number
    if (a !== a || b !== b) continue
    n++
    const dx = a - meanX
    const dy = b - meanY
    meanX += dx / n
    meanY += dy / n
    sxx += dx * (a - meanX)
    syy += dy * (b - meanY)
    sxy += dx * (b - meanY)
  }
  return n < MIN_ROWS || sxx === 0 || syy === 0 ? 0 : sxy / Math.sqrt(sxx * syy)
}
