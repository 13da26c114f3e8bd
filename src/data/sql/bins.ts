import type { ColumnProfile, NumberProfile } from '../types.ts'
import type { Database } from './connect.ts'
import type { Dialect } from './dialect.ts'
import { categoryValue, guardedNumber, type Parameters, parameters } from './expressions.ts'
import { identifier, type SqlKind } from './relation.ts'

export const MISSING = -1
export const UNSEEN = -2

export interface Where {
  readonly from: string
  readonly condition: string
  readonly values: readonly unknown[]
  /** Texts that mean "missing". */
  readonly missing: readonly string[]
  /** Columns that the relation has. */
  readonly kinds: ReadonlyMap<string, SqlKind>
}

/** Rows in one bin of one of the columns. */
export interface BinCount {
  readonly column: number
  /** Number of the bin or category, MISSING or UNSEEN. */
  readonly bin: number
  readonly rows: number
}

export interface BinCounts {
  readonly bins: readonly BinCount[]
  /** Of each number column, in order: the sum of its values, and of how far they lie below and above its edges. */
  readonly moments: readonly (readonly [number, number, number])[]
}

/** Counts some columns at once; what comes back is one row a bin. */
export function countBins(
  database: Database,
  where: Where,
  profiles: readonly ColumnProfile[],
  dialect: Dialect,
): Promise<BinCounts> {
  return dialect === 'native' ? nativeBins(database, where, profiles) : portableBins(database, where, profiles)
}

/** A column's value, NULL where it is missing. */
export function valueOf(column: ColumnProfile, { kinds, missing }: Where, use: Parameters): string {
  const kind = kinds.get(column.name)
  const name = identifier(column.name)
  if (column.kind === 'category') return kind === undefined ? 'NULL::text' : categoryValue(name, kind, missing, use)
  if (kind === undefined) return 'NULL::float8'
  const { given, value } = guardedNumber(name, kind, missing, use)
  return `CASE WHEN ${given} THEN ${value} END`
}

/** One pass: every row becomes its bins, and GROUPING SETS count them column by column; and one for the sums. */
async function nativeBins(database: Database, where: Where, profiles: readonly ColumnProfile[]): Promise<BinCounts> {
  const use = parameters(where.values)
  const inner = profiles.map((column, i) => `${valueOf(column, where, use)} AS v${i}`)
  const bins = profiles.map((column, i) => `${nativeBin(column, `v${i}`, use)} AS b${i}`)
  const names = profiles.map((_, i) => `b${i}`)
  const column = names.map((name, i) => `WHEN ${name} IS NOT NULL THEN ${i}`).join(' ')
  // OFFSET 0: values and bins are worked out once, not wherever they are named.
  const base = `SELECT ${inner.join(', ')} FROM ${where.from} WHERE ${where.condition} OFFSET 0`
  const sql = `SELECT CASE ${column} END, coalesce(${names.join(', ')}), refit_rows FROM (
SELECT ${names.join(', ')}, count(*) AS refit_rows
FROM (SELECT ${bins.join(', ')} FROM (${base}) AS refit_values OFFSET 0) AS refit_bins
GROUP BY GROUPING SETS (${names.map((name) => `(${name})`).join(', ')})) AS refit_counts`
  const { rows } = await database.ask(sql, use.values)
  const found = rows.map((row) => ({ column: Number(row[0]), bin: Number(row[1]), rows: Number(row[2]) }))
  return { bins: found, moments: await sumsOf(database, where, profiles) }
}

/** Sums of the number columns, and how far they lie outside of their edges. */
async function sumsOf(
  database: Database,
  where: Where,
  profiles: readonly ColumnProfile[],
): Promise<BinCounts['moments']> {
  const use = parameters(where.values)
  const sums = profiles.flatMap((column) =>
    column.kind === 'category' ? [] : moments(column, `(${valueOf(column, where, use)})`, use),
  )
  if (sums.length === 0) return []
  const selected = sums.map((sum) => `sum(${sum})`).join(', ')
  const { rows } = await database.ask(`SELECT ${selected} FROM ${where.from} WHERE ${where.condition}`, use.values)
  return triples(rows[0] ?? [])
}

/**
 * A number's bin is the count of edges below it. `width_bucket` counts the thresholds at or below its operand, so both
 * are mirrored: edges ≥ x are thresholds −edge ≤ −x, and what is left of all edges lies below x.
 */
function nativeBin(column: ColumnProfile, value: string, use: Parameters): string {
  if (column.kind === 'category') {
    const position = `array_position(${use.add(column.categories, 'text[]')}, ${value}) - 1`
    return `CASE WHEN ${value} IS NULL THEN ${MISSING} ELSE coalesce(${position}, ${UNSEEN}) END`
  }
  const mirrored = column.edges.toReversed().map((edge) => -edge)
  const bin =
    mirrored.length === 0 ? '0' : `${mirrored.length} - width_bucket(-${value}, ${use.add(mirrored, 'float8[]')})`
  return `CASE WHEN ${value} IS NULL THEN ${MISSING} ELSE ${bin} END`
}

/** The marker of a known category in a bin's text: `v:basic`, beside the numbers of the other bins. */
const KNOWN = 'v:'

/** As `nativeBins`, by nothing but CASE, IN, a cross join with the columns' numbers, and GROUP BY; two passes. */
async function portableBins(database: Database, where: Where, profiles: readonly ColumnProfile[]): Promise<BinCounts> {
  const use = parameters(where.values)
  const bins = profiles.map((column, i) => `WHEN ${i} THEN ${portableBin(column, where, use)}`)
  const numbers = profiles.map((_, i) => `SELECT ${i} AS refit_column`).join(' UNION ALL ')
  const sql = `SELECT refit_column, refit_bin, count(*) FROM (
SELECT refit_column, CASE refit_column ${bins.join(' ')} END AS refit_bin
FROM ${where.from} CROSS JOIN (${numbers}) AS refit_columns WHERE ${where.condition}) AS refit_bins
GROUP BY refit_column, refit_bin`
  const { rows } = await database.ask(sql, use.values)
  const found = rows.map((row): BinCount => {
    const column = Number(row[0])
    const text = row[1] ?? String(MISSING)
    const profile = profiles[column]
    const isKnown = profile?.kind === 'category' && text.startsWith(KNOWN)
    const bin = isKnown ? profile.categories.indexOf(text.slice(KNOWN.length)) : Number(text)
    return { column, bin, rows: Number(row[2]) }
  })
  return { bins: found, moments: await sumsOf(database, where, profiles) }
}

function portableBin(column: ColumnProfile, where: Where, use: Parameters): string {
  const kind = where.kinds.get(column.name)
  if (kind === undefined) return `'${MISSING}'`
  if (column.kind === 'category') {
    const value = valueOf(column, where, use)
    const known =
      column.categories.length === 0
        ? ''
        : `WHEN (${value}) IN (${use.list(column.categories, 'text')}) THEN '${KNOWN}' || (${value}) `
    return `CASE WHEN (${value}) IS NULL THEN '${MISSING}' ${known}ELSE '${UNSEEN}' END`
  }
  const { given, value } = guardedNumber(identifier(column.name), kind, where.missing, use)
  return `CASE WHEN ${given} THEN ${search(column.edges, value, 0, column.edges.length)} ELSE '${MISSING}' END`
}

/** Which bin a value falls into, by halves: bin b holds what lies above b edges. */
function search(edges: readonly number[], value: string, from: number, to: number): string {
  if (from === to) return `'${from}'`
  const middle = (from + to) >> 1
  const [low, high] = [search(edges, value, from, middle), search(edges, value, middle + 1, to)]
  return `CASE WHEN ${value} <= '${edges[middle]}'::float8 THEN ${low} ELSE ${high} END`
}

/** The value, and how far it lies below the first and above the last edge. */
function moments(column: NumberProfile, value: string, use: Parameters): string[] {
  const [first, last] = [column.edges[0], column.edges.at(-1)]
  if (first === undefined || last === undefined) return [value, '0::float8', '0::float8']
  const [low, high] = [use.add(first, 'float8'), use.add(last, 'float8')]
  return [
    value,
    `CASE WHEN ${value} < ${low} THEN ${low} - ${value} ELSE 0 END`,
    `CASE WHEN ${value} > ${high} THEN ${value} - ${high} ELSE 0 END`,
  ]
}

function triples(cells: readonly (string | null)[]): [number, number, number][] {
  return Array.from({ length: cells.length / 3 }, (_, i) => [
    Number(cells[3 * i] ?? 0),
    Number(cells[3 * i + 1] ?? 0),
    Number(cells[3 * i + 2] ?? 0),
  ])
}
