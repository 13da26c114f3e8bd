import { numberOfText } from '../readers/number-text.ts'
import type { SqlKind } from './relation.ts'

/** Values of a statement, apart from its text. */
export interface Parameters {
  readonly values: unknown[]
  /** The placeholder of a value, with its type: the server cannot always tell. */
  add(value: unknown, type: string): string
}

export function parameters(first: readonly unknown[]): Parameters {
  const values = [...first]
  return { values, add: (value, type) => `$${values.push(value)}::${type}` }
}

/** Blanks as `String.trim` takes them away, those that occur. */
const BLANKS = "E' \\t\\n\\r\\f\\v\\u00a0\\ufeff'"
/** Numbers as `number-text.ts` reads them. */
const NUMBER = '^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$'
/** Longer digits may not fit a float8: they are ids, not numbers. */
const MAX_LENGTH = 60

/** A column as the text of a category, NULL where missing: what a reader makes of it. */
export function categoryValue(column: string, kind: SqlKind, missing: readonly string[], use: Parameters): string {
  if (kind === 'boolean') return `CASE WHEN ${column} THEN 'true' WHEN NOT ${column} THEN 'false' END`
  const text = `btrim(${column}::text, ${BLANKS})`
  const absent = `${text} = ANY(${use.add([...missing], 'text[]')})`
  return `CASE WHEN ${column} IS NULL OR ${absent} THEN NULL WHEN ${text} IN ('True', 'TRUE') THEN 'true' WHEN ${text} IN ('False', 'FALSE') THEN 'false' ELSE ${text} END`
}

/** A column as a float8 (times: epoch milliseconds), NULL where missing or infinite. */
export function numberValue(column: string, kind: SqlKind, missing: readonly string[], use: Parameters): string {
  if (kind === 'boolean' || kind === 'other') return 'NULL::float8'
  if (kind === 'time') {
    return `CASE WHEN isfinite(${column}) THEN floor(extract(epoch FROM ${column}) * 1000)::float8 END`
  }
  const number = kind === 'text' ? textNumber(column, missing, use) : `${column}::float8`
  const without = missing.map((text) => numberOfText(text)).filter((value) => value === value)
  const known = without.length === 0 ? '' : ` AND ${number} <> ALL(${use.add(without, 'float8[]')})`
  const finite = `${number} NOT IN ('NaN'::float8, 'Infinity'::float8, '-Infinity'::float8)`
  // Whole numbers beyond 2^53 are ids that a number would not keep.
  const safe = kind === 'integer' ? ` AND abs(${number}) <= 9007199254740991` : ''
  return `CASE WHEN ${finite}${known}${safe} THEN ${number} END`
}

function textNumber(column: string, missing: readonly string[], use: Parameters): string {
  const text = `btrim(${column}::text, ${BLANKS})`
  const given = `${text} ~ '${NUMBER}' AND length(${text}) <= ${MAX_LENGTH} AND NOT ${text} = ANY(${use.add([...missing], 'text[]')})`
  return `(CASE WHEN ${given} THEN ${text}::numeric::float8 END)`
}
