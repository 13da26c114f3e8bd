import { MISSING_NUMBERS } from '../readers/missing-text.ts'
import { numberOfText } from '../readers/number-text.ts'
import type { SqlKind } from './relation.ts'

/** Values of a statement, apart from its text. */
export interface Parameters {
  readonly values: unknown[]
  /** The placeholder of a value, with its type: the server cannot always tell. */
  add(value: unknown, type: string): string
  /** `$1::text, $2::text`: what stands in IN (…), which servers without arrays know as well. */
  list(values: readonly unknown[], type: string): string
}

export function parameters(first: readonly unknown[]): Parameters {
  const values = [...first]
  const known = new Map<string, string>()
  const add = (value: unknown, type: string): string => {
    const key = `${type} ${typeof value} ${String(value)}`
    const before = known.get(key)
    if (before !== undefined && !Array.isArray(value)) return before
    const placeholder = `$${values.push(value)}::${type}`
    known.set(key, placeholder)
    return placeholder
  }
  return { values, add, list: (all, type) => all.map((value) => add(value, type)).join(', ') }
}

/** Blanks as `String.trim` takes them away. */
const BLANKS =
  ' \t\n\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
/**
 * The plain ones of the numbers that `number-text.ts` reads; whoever counts makes sure that there are no others. What has
 * another exponent might not fit a float8, which is an error there.
 */
const NUMBER = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?(0*[0-9]{1,2}|0*1[0-9][0-9]|0*2[0-3][0-9]))?$'
const WHOLE = '^[+-]?[0-9]+$'
const MAX_LENGTH = 60
/** Beyond it whole numbers are ids that a number would not keep. */
const SAFE = '9007199254740991'

/** A column without the blanks around it. */
export function textValue(column: string, kind: SqlKind, use: Parameters): string {
  return `btrim(${kind === 'text' ? column : `${column}::text`}, ${use.add(BLANKS, 'text')})`
}

/** A column as the text of a category, NULL where missing: what a reader makes of it. */
export function categoryValue(column: string, kind: SqlKind, missing: readonly string[], use: Parameters): string {
  if (kind === 'boolean') return `CASE WHEN ${column} THEN 'true' WHEN NOT ${column} THEN 'false' END`
  const text = textValue(column, kind, use)
  const absent = `${text} IN (${use.list(missing, 'text')})`
  return `CASE WHEN ${column} IS NULL OR ${absent} THEN NULL WHEN ${text} IN ('True', 'TRUE') THEN 'true' WHEN ${text} IN ('False', 'FALSE') THEN 'false' ELSE ${text} END`
}

/** Whether a column of texts holds one that is no plain number, and does not mean "missing" among numbers either. */
export function isUnread(column: string, missing: readonly string[], use: Parameters): string {
  const text = textValue(column, 'text', use)
  const value = numberValue(column, 'text', missing, use)
  const known = `${text} IN (${use.list(missing, 'text')}) OR lower(${text}) IN (${use.list(MISSING_NUMBERS, 'text')})`
  // A number that means "missing", such as -999, is NULL and no stray.
  const plain = `(${text} ~ '${NUMBER}' AND length(${text}) <= ${MAX_LENGTH} AND NOT (${isUnsafe(text)}))`
  return `${column} IS NOT NULL AND (${value}) IS NULL AND NOT (${known}) AND NOT ${plain}`
}

/** A value and the condition under which it is one. */
export interface Guarded {
  readonly given: string
  readonly value: string
}

/** A column as a float8 (times: epoch milliseconds), NULL where missing or infinite. */
export function numberValue(column: string, kind: SqlKind, missing: readonly string[], use: Parameters): string {
  const { given, value } = guardedNumber(column, kind, missing, use)
  return `CASE WHEN ${given} THEN ${value} END`
}

/** As `numberValue`, in two parts: a value that is used several times need not be proven each time. */
export function guardedNumber(column: string, kind: SqlKind, missing: readonly string[], use: Parameters): Guarded {
  if (kind === 'boolean' || kind === 'other') return { given: 'FALSE', value: 'NULL::float8' }
  if (kind === 'time') {
    // The years that a file can write; infinite times lie outside.
    const given = `${column} >= '0001-01-01' AND ${column} < '9999-12-31'`
    return { given, value: `floor(extract(epoch FROM ${column}) * 1000)::float8` }
  }
  const number = kind === 'text' ? textNumber(column, missing, use) : `${column}::float8`
  const without = missing.map((text) => numberOfText(text)).filter((value) => value === value)
  const known = without.length === 0 ? '' : ` AND ${number} NOT IN (${use.list(without, 'float8')})`
  const finite = `${number} NOT IN ('NaN'::float8, 'Infinity'::float8, '-Infinity'::float8)`
  const safe =
    kind === 'integer'
      ? ` AND abs(${number}) <= ${SAFE}`
      : kind === 'decimal'
        ? ` AND NOT (${column}::text ~ '${WHOLE}' AND abs(${number}) > ${SAFE})`
        : ''
  return { given: `${finite}${known}${safe}`, value: number }
}

function textNumber(column: string, missing: readonly string[], use: Parameters): string {
  const text = textValue(column, 'text', use)
  const given = `${text} ~ '${NUMBER}' AND length(${text}) <= ${MAX_LENGTH} AND ${text} NOT IN (${use.list(missing, 'text')})`
  return `(CASE WHEN ${given} THEN CASE WHEN ${isUnsafe(text)} THEN NULL ELSE ${text}::float8 END END)`
}

/** Of a plain number: whole, and beyond what a double holds. */
function isUnsafe(text: string): string {
  return `${text} ~ '${WHOLE}' AND CASE WHEN ${text} ~ '${WHOLE}' THEN abs(${text}::float8) > ${SAFE} END`
}
