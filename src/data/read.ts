import type { DataConfig } from '../config/schema.ts'
import { type Place, RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { createRandom } from '../core/random.ts'
import { count } from '../core/text.ts'
import { describeColumn } from './column-report.ts'
import { fingerprint } from './files.ts'
import { type CellOptions, type ColumnPlan, corrected, formatVotes, MOSTLY, settle } from './infer.ts'
import { refuseSpellings, spellingsOf } from './label-spelling.ts'
import {
  allPlaceholders,
  IN_THE_FUTURE,
  isPlaceholder,
  latestTime,
  MOST_AHEAD,
  mostlyAhead,
  shownTime,
} from './plausible-time.ts'
import { readColumns, type ReadColumn } from './read-columns.ts'
import { type NumberStyle, PLAIN } from './readers/number-text.ts'
import { PlaceSink } from './readers/place-sink.ts'
import { FORMAT_WORDS, numberIn, TIME_HINT } from './readers/time-format.ts'
import { timeOfDayMonth } from './readers/time-text.ts'
import { drawRows, firstOf, type LimitedRows, pickRows, type Required } from './row-limit.ts'
import { hashSource, openSource, planOf, requireColumns, samplesOf, type Source, type SourceOptions } from './source.ts'
import { findColumn, isMissing, missingCount, takeRows, type Table } from './table.ts'
import { isClassLike, rowsByClass } from './task.ts'
import type { CellReading, DataReport, DroppedRows, LoadedData } from './types.ts'

export { readBatches, type Batch, type ReadBatchesOptions } from './batches.ts'

/** Columns whose kinds are not fixed get the type that all rows together show. */
export interface ReadTableOptions extends SourceOptions {
  /**
   * Read only these columns (the label, time, id and weight columns are always read). Default: all. A name that no
   * file has is left out.
   */
  readonly columns?: readonly string[] | undefined
  readonly log: Log
  /** Whether rows without a label are dropped (and a missing label column is an error). Default: true. */
  readonly requireLabel?: boolean | undefined
}

/**
 * Reads all files of a model's data into one table: types inferred over all rows, columns aligned by name, ragged rows
 * and rows without label, time or weight left out, and everything that a person should know of it in the report.
 * Throws a RefitError('data') with the place for anything that cannot be read.
 */
export async function readTable(data: DataConfig, root: string, options: ReadTableOptions): Promise<LoadedData> {
  const requireLabel = options.requireLabel ?? true
  const source = await openSource(data, root, options)
  requireColumns(source, data, requireLabel)
  const names = wantedColumns(source, data, options.columns)
  const plans = new Map(names.map((name) => [name, planOf(source, name, data, options)]))

  const late = options.columns === undefined ? LATE_PLAN : undefined
  const limit = data['max-rows']
  const required = requiredColumns(data, requireLabel)
  const draw = drawRows(limit, required, createRandom(SEED))
  const latest = options.now === undefined ? undefined : latestTime(options.now)
  const read = await readColumns(source, plans, options.log, { late, limit: draw, latest })
  const { limited } = read
  const repaired = new Map(
    [...read.columns].flatMap(([name, found]) => {
      const plan = corrected(found.plan, found.sink, found.column)
      return plan === undefined ? [] : [[name, plan] as const]
    }),
  )
  if (repaired.size > 0) {
    options.log.debug(`reading ${[...repaired.keys()].join(', ')} again as text: too many values are no numbers`)
    const again = await readColumns(source, repaired, options.log, { limit: limited && pickRows(limited.kept, limit) })
    for (const [name, found] of again.columns) read.columns.set(name, found)
  }
  if (read.rows === 0) throw noRows(source)

  if (limited?.kept.length === 0) throw nothingLeft(limited.unusable)
  const cells = { missing: source.missing, decimal: data.decimal }
  const columns = [...read.columns.values()].map((found) => settleColumn(found, cells))
  await checkLabel(columns, data, source, options.log)
  checkTime(columns, data, source, options.now)
  checkWeight(columns, data)
  const whole: Table = { rows: limited?.kept.length ?? read.rows, columns: columns.map((found) => found.column) }
  const { table, dropped } = dropUnusable(whole, columns, required, { limited, latest })
  for (const { reason, rows, example, value } of [...read.dropped, ...dropped.filter(isAhead)]) {
    const first = value === undefined ? '' : `, the first is ${value}`
    options.log.warn(`${count(rows, 'row')} left out: ${reason}${first}`, example)
  }

  if (limited && limited.leftOut > 0) {
    const of = count(table.rows + limited.leftOut, 'row')
    options.log.info(`data.max-rows: ${table.rows.toLocaleString('en-US')} of ${of} are drawn by lot`)
  }

  const files = await hashSource(source, root)
  const report: DataReport = {
    files: files.map((file) => ({ ...file, rows: read.rowsOf.get(file.path) ?? 0 })),
    rowsRead: read.rows + read.skippedRows,
    rowsKept: table.rows,
    dropped: [...read.dropped, ...dropped],
    columns: [
      ...table.columns.map((column, i) => {
        const facts = { rows: read.rows, files: source.parts.length, first: column.name === source.columns[0] }
        return describeColumn(column, columns[i] as ReadColumn, data, facts)
      }),
      ...source.nested.map((name) => ({
        name,
        kind: 'category' as const,
        role: 'ignored' as const,
        missing: 0,
        distinct: 0,
        notes: ['holds lists or records: left out'],
      })),
    ],
    fingerprint: fingerprint(files),
    window: windowOf(table, columns, data.time),
    ...(limited && limited.leftOut > 0 && { rowsUsable: table.rows + limited.leftOut }),
  }
  return { table, report, reading: readingOf(source, columns) }
}

/** Of the lots that rows draw beyond `data.max-rows`: no setting, so that every run keeps the same rows. */
const SEED = 0x10ad
/** For keys that no sampled JSON record had: read as text, settled at the end. */
const LATE_PLAN: ColumnPlan = { kind: 'category', style: PLAIN, times: undefined, fixed: false }

function wantedColumns(source: Source, data: DataConfig, columns: readonly string[] | undefined): readonly string[] {
  if (columns === undefined) return source.columns
  const wanted = new Set([...columns, data.label, data.time, data.id, data.weight])
  return source.columns.filter((name) => wanted.has(name))
}

function settleColumn(found: ReadColumn, cells: CellOptions): ReadColumn {
  const { column, plan, strays, nearly, dressed } = settle(found.column, found.plan, cells)
  return { ...found, column, plan: { ...plan, nearly }, lateStrays: strays, dressed: dressed ?? found.dressed }
}

/** What a later read, and a request, have to know to read the same columns in the same way. */
function readingOf({ missing }: Source, columns: readonly ReadColumn[]): CellReading {
  const format = columns.find(({ plan }) => plan.times !== undefined)?.plan.times?.format
  return {
    missing: [...missing],
    styles: stylesOf(columns),
    ...(format !== undefined && format !== 'iso' && { timeFormat: format }),
  }
}

/** Of the columns of numbers and times, those whose numbers are not written in the plainest way. */
function stylesOf(columns: readonly ReadColumn[]): Readonly<Record<string, NumberStyle>> {
  return Object.fromEntries(
    columns.flatMap(({ column, plan: { style } }) =>
      column.kind === 'category' || (style.decimal === undefined && style.unit === undefined)
        ? []
        : [[column.name, style]],
    ),
  )
}

function noRows(source: Source): RefitError {
  const paths = source.parts.map((part) => part.path)
  const one =
    paths.length === 1 ? `${paths[0]} has a header but no rows` : `none of the ${paths.length} files has a row`
  return new RefitError('data', one, { place: { file: paths[0] ?? '' } })
}

/**
 * One class in one spelling. Few texts among the numbers of a label would count as missing: they are looked at, for they
 * may be its classes written in another way.
 */
async function checkLabel(columns: readonly ReadColumn[], data: DataConfig, source: Source, log: Log): Promise<void> {
  const found = columns.find(({ column }) => column.name === data.label)
  if (found === undefined) return
  const { column, plan, sink } = found
  if (column.kind === 'number' && (sink.strays.count === 0 || !isClassLike(column.values))) return
  const texts =
    column.kind === 'category'
      ? column
      : (await readColumns(source, new Map([[data.label, { ...plan, kind: 'category' }]]), log)).columns.get(data.label)
          ?.column
  if (texts === undefined) return
  const classes = [...rowsByClass(texts).keys()]
  if (spellingsOf(classes).length === 0) return
  const places = await firstPlaces(source, data.label, classes)
  refuseSpellings(
    data.label,
    classes.map((name) => ({ name, where: places.get(name) })),
    data.classes,
  )
}

/** Where each of these texts is first in a column: one more read, to say what is wrong. */
async function firstPlaces(
  source: Source,
  column: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, Place>> {
  const cursor = { file: '', line: 1 }
  const sink = new PlaceSink(column, texts, cursor)
  for (const { path, reader } of source.parts) {
    cursor.file = path
    const reading = reader.read((name) => (name === column ? sink : undefined), cursor)
    while ((await reading.next()).done !== true);
  }
  return sink.places
}

/**
 * A time column whose cells cannot be read, or whose dates as a whole cannot be true: nothing that goes by time would be
 * right, and nobody would see it. A configured format is taken at its word.
 */
function checkTime(columns: readonly ReadColumn[], data: DataConfig, source: Source, now: number | undefined): void {
  const found = columns.find(({ column }) => column.name === data.time)
  if (found === undefined || found.column.kind !== 'time') return
  const { column, sink, plan } = found
  const { strays, future } = sink
  const present = column.values.length - missingCount(column)
  if (present + strays.count === 0) return
  const place = strays.first?.place ?? { file: source.parts[0]?.path ?? '' }
  if (present === 0 || strays.count > (present + strays.count) * (1 - MOSTLY)) {
    throw new RefitError('data', whyUnread(found, source), { place, hint: TIME_HINT })
  }
  if (now !== undefined && future?.first !== undefined && future.count > present * MOST_AHEAD) {
    throw mostlyAhead(column.name, { first: future.first.text, place: future.first.place, now, times: plan.times })
  }
  const placeholders = column.values.reduce((sum, time) => sum + Number(isPlaceholder(time)), 0)
  if (plan.times?.given === true || placeholders < present * MOSTLY) return
  const example = column.values.find((time) => time === time) as number
  throw allPlaceholders(column.name, { first: shownTime(example), place: undefined, times: plan.times })
}

/** Why a time column cannot be read, with the first value that is no time. */
function whyUnread({ column, plan, sink }: ReadColumn, source: Source): string {
  const name = `the time column "${column.name}"`
  const text = sink.strays.first?.text ?? ''
  const { format = 'iso', given = false } = plan.times ?? {}
  const votes = given ? [] : [...formatVotes(samplesOf(source, column.name), plan.style, source.missing)]
  if (votes.length > 1) {
    const seen = votes.map(
      ([found, { example }]) => `${example} (${found === undefined ? 'of no known format' : FORMAT_WORDS[found]})`,
    )
    return `the numbers of ${name} are of several formats: ${seen.join(', ')}`
  }
  if (format !== 'iso') return `${name} holds values that are no ${FORMAT_WORDS[format]}, such as “${text}”`
  const starts = [timeOfDayMonth(text, 'day'), timeOfDayMonth(text, 'month')].some((time) => !Number.isNaN(time))
  const what = starts
    ? ', a date that starts with the day or the month'
    : numberIn(text) === undefined || given
      ? ''
      : ', a number of no known format'
  return `${name} holds values that are no times, such as “${text}”${what}`
}

function checkWeight(columns: readonly ReadColumn[], data: DataConfig): void {
  const found = columns.find(({ column }) => column.name === data.weight)
  if (found === undefined) return
  if (found.column.kind !== 'number') {
    throw new RefitError('data', `the weight column "${found.column.name}" holds no numbers`)
  }
  const negative = found.column.values.find((value) => value < 0)
  if (negative === undefined) return
  throw new RefitError('data', `the weight column "${found.column.name}" holds ${negative}; weights are 0 or more`)
}

/** What a row cannot do without: a label, a time where splits go by time, a weight where rows have one. */
function requiredColumns(data: DataConfig, requireLabel: boolean): readonly Required[] {
  const roles = [
    ['label missing', requireLabel ? data.label : undefined],
    ['time missing', data.time],
    [IN_THE_FUTURE, data.time],
    ['weight missing', data.weight],
  ] as const
  return roles.flatMap(([reason, column]) =>
    column === undefined ? [] : [{ reason, column, ...(reason === IN_THE_FUTURE && { ahead: true as const }) }],
  )
}

const isAhead = ({ reason }: DroppedRows): boolean => reason === IN_THE_FUTURE

/** Rows that nothing can be done with are left out; those that a limit has left out before are said as well. */
function dropUnusable(
  table: Table,
  columns: readonly ReadColumn[],
  required: readonly Required[],
  { limited, latest = Infinity }: { readonly limited: LimitedRows | undefined; readonly latest: number | undefined },
): { table: Table; dropped: DroppedRows[] } {
  const keep = new Uint8Array(table.rows).fill(1)
  const dropped: DroppedRows[] = [...(limited?.unusable ?? [])]
  for (const one of limited === undefined ? required : []) {
    const column = findColumn(table, one.column)
    if (column === undefined) continue
    const rows = drop(keep, (row) =>
      one.ahead ? column.kind === 'time' && (column.values[row] as number) > latest : isMissing(column, row),
    )
    const first = firstOf(one, columns.find((found) => found.column.name === one.column)?.sink)
    if (rows > 0) dropped.push({ reason: one.reason, rows, ...first })
  }
  const rows: number[] = []
  const complete = table.rows > 0 && !keep.includes(0)
  for (let row = 0; row < (complete ? 0 : table.rows); row++) if (keep[row] === 1) rows.push(row)
  if (!complete && rows.length === 0) throw nothingLeft(dropped)
  if (limited !== undefined && limited.leftOut > 0)
    dropped.push({ reason: 'more than data.max-rows, left out by lot', rows: limited.leftOut, example: undefined })
  return { table: complete ? table : takeRows(table, rows), dropped }
}

function nothingLeft(dropped: readonly DroppedRows[]): RefitError {
  const reasons = dropped.map((part) => `${part.reason} in ${part.rows}`).join(', ')
  return new RefitError('data', `no row is left: ${reasons}`, {
    place: dropped[0]?.example,
    hint: 'Check data.label, data.time and data.missing.',
  })
}

function drop(keep: Uint8Array, unusable: (row: number) => boolean): number {
  let rows = 0
  for (let row = 0; row < keep.length; row++) {
    if (keep[row] === 0 || !unusable(row)) continue
    keep[row] = 0
    rows++
  }
  return rows
}

function windowOf(table: Table, columns: readonly ReadColumn[], time: string | undefined): DataReport['window'] {
  const column = time === undefined ? undefined : findColumn(table, time)
  if (column === undefined || column.kind !== 'time') return undefined
  // Also of the rows that a limit has left out: they have been seen.
  const span = columns.find((found) => found.column.name === time)?.sink.span
  let from = span?.from ?? Number.POSITIVE_INFINITY
  let to = span?.to ?? Number.NEGATIVE_INFINITY
  for (const value of column.values) {
    if (value < from) from = value
    if (value > to) to = value
  }
  return from <= to ? { from, to } : undefined
}
