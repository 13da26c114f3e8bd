import type { DataConfig } from '../config/schema.ts'
import { formatPlace } from '../core/error.ts'
import { count } from '../core/text.ts'
import { MOSTLY } from './infer.ts'
import { commonest, type UnreadValues } from './nearly.ts'
import { personalData } from './personal.ts'
import { isPlaceholder } from './plausible-time.ts'
import type { ReadColumn } from './read-columns.ts'
import { exampleOf } from './readers/sink.ts'
import { FORMAT_WORDS, likelyFormat } from './readers/time-format.ts'
import { isRowIndex, type RowFacts } from './row-index.ts'
import { type Column, missingCount, type NumberColumn } from './table.ts'
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
  const shared = { name: column.name, kind: column.kind, role, missing, distinct }
  // The notes of how they were read hold values.
  if (role === 'ignored') return { ...shared, notes: [] }
  if (role === 'personal') return { ...shared, notes: notes.slice(-1) }
  if (column.kind === 'time' && role === 'feature' && data.time === undefined) {
    notes.push('holds times; name it in data.time to split by time')
  }
  const nearly = column.name === data.id ? undefined : read?.plan.nearly
  const unread = read && unreadValues(column, read, present)
  const doubts = { ...(column.kind === 'category' && nearly && { nearly }), ...(unread && { unread }) }
  return { ...shared, notes, ...doubts }
}

/** Values that are no numbers or times although the column is said to hold them, where they are more than a few. */
function unreadValues(column: Column, { sink, lateStrays }: ReadColumn, present: number): UnreadValues | undefined {
  if (column.kind === 'category') return undefined
  const texts = lateStrays.size > 0 ? lateStrays : sink.strays.texts
  const rows = strayRows(sink, lateStrays)
  const most = commonest(texts)
  if (most === undefined || rows <= (present + rows) * (1 - MOSTLY)) return undefined
  return { rows, present: present + rows, text: exampleOf(most[0]), textRows: most[1] }
}

const strayRows = (sink: ReadColumn['sink'], late: ReadColumn['lateStrays']): number =>
  [...late.values()].reduce((sum, rows) => sum + rows, sink.strays.count)

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
  const strays = strayRows(sink, read.lateStrays)
  if (strays > 0) {
    const first = sink.strays.first
    const [late] = commonest(read.lateStrays) ?? []
    const example =
      first !== undefined
        ? `; the first is “${first.text}” (${formatPlace(first.place)})`
        : late === undefined
          ? ''
          : `, such as “${exampleOf(late)}”`
    const total = count(present + strays, 'value')
    const kind = column.kind === 'category' ? 'plain values' : what
    notes.push(
      `mixed types: ${strays.toLocaleString('en-US')} of ${total} are no ${kind} and count as missing${example}`,
    )
  }
  if (column.kind === 'number' && sink.blanks > 0) {
    notes.push(`${count(sink.blanks, 'blank')} in a numeric column`)
  }
  if (column.kind === 'number' && plan.style.decimal === ',') notes.push('commas are read as decimal points')
  if (column.kind === 'number' && read.dressed !== undefined) {
    notes.push(`“${read.dressed.text}” is read as ${read.dressed.value}`)
  }
  if (column.kind === 'category' && /^0\d+$/.test(column.dictionary[0] ?? '')) {
    notes.push('numbers with leading zeros: read as categories')
  }
  notes.push(...timeNotes(column, read, present))
  for (const path of read.absentFrom) notes.push(`not in ${path}`)
  return notes
}

/** How times were read, and what looks like times and was not read so. */
function timeNotes(column: Column, { plan, sink }: ReadColumn, present: number): string[] {
  const notes: string[] = []
  const { format = 'iso', given = false } = plan.times ?? {}
  // Other numbers lie in the range of day numbers as well.
  const how = format === 'excel' && !given ? 'taken for' : 'read as'
  if (format !== 'iso') notes.push(`values are ${how} ${FORMAT_WORDS[format]}`)
  if (column.kind === 'time') {
    const mixed = mixedZones(sink.zones)
    if (mixed !== undefined) notes.push(mixed)
    const placeholders = column.values.reduce((sum, time) => sum + Number(isPlaceholder(time)), 0)
    if (placeholders > 0 && !given)
      notes.push(
        `dates that cannot be true: ${placeholders.toLocaleString('en-US')} of ${count(present, 'time')} lie in 1970, or not after 1900`,
      )
  } else if (present >= MIN_ROWS_NAMED && column.kind === 'number' && isCompact(column)) {
    notes.push(
      'looks like compact dates and is read as numbers: write them as 2026-05-01, or name the column in data.time',
    )
  }
  return notes
}

/** What there is to say where only some texts of a column say their zone. */
export function mixedZones(zones: ReadColumn['sink']['zones']): string | undefined {
  const { said, unsaid } = zones ?? { said: 0, unsaid: 0 }
  if (said === 0 || unsaid === 0) return undefined
  return `mixed zones: ${said.toLocaleString('en-US')} of ${count(said + unsaid, 'time')} with their zone, and the others are read as UTC`
}

/** `20260501` among numbers. */
const isCompact = ({ values, integer }: NumberColumn): boolean =>
  integer && values.every((value) => value !== value || isCompactDay(value))

/** With a day: six digits may be anything. */
const isCompactDay = (value: number): boolean => value >= 19_000_101 && likelyFormat(value) === 'compact'

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
