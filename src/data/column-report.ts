import type { DataConfig } from '../config/schema.ts'
import { formatPlace } from '../core/error.ts'
import { count } from '../core/text.ts'
import { personalData } from './personal.ts'
import type { ReadColumn } from './read-columns.ts'
import { isRowIndex, type RowFacts } from './row-index.ts'
import { type Column, missingCount } from './table.ts'
import type { ColumnReport } from './types.ts'

/** At least this share of the values must differ for a column to count as "nearly unique". */
const NEARLY_UNIQUE = 0.98
/** Below this, uniqueness is a coincidence: a column named like an id, and any other text. */
const MIN_ROWS_NAMED = 20
const MIN_ROWS_TEXT = 100
/** A column named like an id that repeats its values is still an id when there are this many of them. */
const MANY_VALUES = 100
const MANY_SHARE = 0.05

/** `id`, `customer_id`, `order-key`, and in camel case `customerID`; not `paid` or `monkey`. */
const ID_NAME = /(?:^|[_\-. ])(?:id|uuid|guid|key|identifier)$/i
const CAMEL_ID = /[a-z](?:Id|ID|Uuid|UUID|Guid|GUID)$/

/**
 * What a reader should know about one column, and how Refit uses it. Without `read` there is nothing to say of how it was
 * read. `facts`: the rows that it is a part of. Default: these, of one file.
 */
export function describeColumn(
  column: Column,
  read: ReadColumn | undefined,
  data: DataConfig,
  facts: RowFacts = { rows: rowsOf(column), files: 1, first: false },
): ColumnReport {
  const missing = missingCount(column)
  const distinct = distinctCount(column)
  const present = rowsOf(column) - missing
  const notes = read === undefined ? [] : readingNotes(column, read, present)
  const role =
    configuredRole(column.name, data) ?? detectedRole(column, { present, missing, distinct, notes }, data, facts)
  if (column.kind === 'time' && role === 'feature' && data.time === undefined) {
    notes.push('holds times; name it in data.time to split by time')
  }
  return { name: column.name, kind: column.kind, role, missing, distinct, notes }
}

function configuredRole(name: string, data: DataConfig): ColumnReport['role'] | undefined {
  if (name === data.label) return 'label'
  if (name === data.time) return 'time'
  if (name === data.id || name === data.watermark) return 'id'
  if (name === data.weight) return 'weight'
  return data.ignore.includes(name) ? 'ignored' : undefined
}

interface Counts {
  readonly present: number
  readonly missing: number
  readonly distinct: number
  readonly notes: string[]
}

function detectedRole(
  column: Column,
  { present, missing, distinct, notes }: Counts,
  data: DataConfig,
  facts: RowFacts,
): ColumnReport['role'] {
  const included = data.include.includes(column.name)
  // Before all others: of no such column a value may be kept, in a domain of a constant neither.
  const personal = included ? undefined : personalData(column)
  if (personal !== undefined) {
    notes.push(`looks like ${personal}: no feature; data.include brings it back`)
    return 'personal'
  }
  if (distinct === 0) {
    notes.push('every value is missing')
    return 'constant'
  }
  if (distinct === 1 && missing === 0) {
    notes.push('every value is the same')
    return 'constant'
  }
  if (included) return 'feature'
  if (column.kind === 'number' && isRowIndex(column, facts)) {
    notes.push('counts the rows: no feature')
    return 'index'
  }
  const named = ID_NAME.test(column.name) || CAMEL_ID.test(column.name)
  const text = column.kind === 'category'
  const whole = column.kind === 'number' && column.integer
  const unique = distinct >= present * NEARLY_UNIQUE
  if (unique && named && (text || whole) && present >= MIN_ROWS_NAMED) {
    notes.push('looks like an id')
    return 'id'
  }
  if (unique && text && present >= MIN_ROWS_TEXT) {
    notes.push('nearly every value is different: no feature')
    return 'id'
  }
  if (named && (text || whole) && distinct > Math.max(MANY_VALUES, present * MANY_SHARE)) {
    notes.push(`looks like an id with repeated values; name it in data.id to keep its rows on one side of a split`)
    return 'id'
  }
  return 'feature'
}

function readingNotes(column: Column, read: ReadColumn, present: number): string[] {
  const { sink, plan } = read
  const notes: string[] = []
  const what = column.kind === 'time' ? 'times' : 'numbers'
  const strays = sink.strays.count + read.lateStrays
  if (strays > 0) {
    const first = sink.strays.first
    const example = first === undefined ? '' : `; the first is “${first.text}” (${formatPlace(first.place)})`
    const total = count(present + strays, 'value')
    const kind = column.kind === 'category' ? 'plain values' : what
    notes.push(
      `mixed types: ${strays.toLocaleString('en-US')} of ${total} are no ${kind} and count as missing${example}`,
    )
  }
  if (column.kind === 'number' && sink.blanks > 0) {
    notes.push(`${count(sink.blanks, 'blank')} in a numeric column`)
  }
  if (column.kind === 'number' && plan.style === 'thousands') notes.push('commas are read as thousands separators')
  if (column.kind === 'number' && plan.style === 'decimal-comma') notes.push('commas are read as decimal points')
  if (column.kind === 'category' && /^0\d+$/.test(column.dictionary[0] ?? '')) {
    notes.push('numbers with leading zeros: read as categories')
  }
  if (column.kind === 'time' && plan.epoch && column.values.every((value) => !(value > Date.UTC(1980)))) {
    notes.push('numbers read as seconds since 1970: the order is right, the dates are not')
  }
  for (const path of read.absentFrom) notes.push(`not in ${path}`)
  return notes
}

/** How many different values a column has, missing not counted. */
export function distinctCount(column: Column): number {
  if (column.kind === 'category') {
    const used = new Uint8Array(column.dictionary.length)
    let distinct = 0
    for (const code of column.codes) {
      if (code < 0 || used[code] === 1) continue
      used[code] = 1
      distinct++
    }
    return distinct
  }
  // Sorting a typed array is native; NaN sorts to the end.
  const sorted = column.values.slice().sort()
  let distinct = 0
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number
    if (value !== value) break
    if (i === 0 || value !== sorted[i - 1]) distinct++
  }
  return distinct
}

function rowsOf(column: Column): number {
  return column.kind === 'category' ? column.codes.length : column.values.length
}
