import type { DataConfig, PostgresConfig } from '../../config/schema.ts'
import { memberOf } from '../../core/json.ts'
import type { CounterOptions } from '../profile-count.ts'
import { type NumberStyle, numberOfText, numberStyle } from '../readers/number-text.ts'
import { SAMPLE_ROWS } from '../readers/reader.ts'
import { missingTexts, type Mark, type Readings } from '../source.ts'
import type { ColumnCounts, ColumnProfile, Profile, ProfileCounts } from '../types.ts'
import { countBins, MISSING, UNSEEN, valueOf, type Where } from './bins.ts'
import { type Database, withDatabase } from './connect.ts'
import { type Dialect, inDialect } from './dialect.ts'
import { categoryValue, isUnread, parameters, textValue } from './expressions.ts'
import { futureRows, newer } from './reader.ts'
import { identifier, kindOf, relation, type SqlKind } from './relation.ts'

/** Columns that one statement counts: more would make rows of the intermediate table needlessly wide. */
const COLUMNS = 24
const EXAMPLES = 5
/** Candidates for examples that are fetched, so that all servers choose the same ones of equally frequent texts. */
const EXAMPLE_ROWS = 100

export interface CountOptions extends CounterOptions, Pick<Readings, 'styles'> {
  readonly after: number | undefined
  readonly above?: Mark | undefined
  /** The run's clock, epoch milliseconds: rows of its future are told of and not counted. */
  readonly now?: number | undefined
}

/**
 * New rows counted on a profile's frozen bins *in* the database: what crosses the network is one row a bin. Gives what
 * `createCounter` gives of the same rows; undefined where a column's type in the database cannot be read as the
 * profile's kind by SQL (times or `1,234` written as text), so that the rows have to be read.
 */
export function countInDatabase(
  profile: Profile,
  data: DataConfig,
  postgres: PostgresConfig,
  options: CountOptions,
): Promise<ProfileCounts | undefined> {
  return inDialect(
    (work) => withDatabase(postgres, work),
    (database, dialect) => countWith(database, dialect, { profile, data, postgres, options }),
  )
}

export interface CountRequest {
  readonly profile: Profile
  readonly data: DataConfig
  readonly postgres: PostgresConfig
  readonly options: CountOptions
}

/** As `countInDatabase`, within a transaction and in a given dialect. */
export async function countWith(
  database: Database,
  dialect: Dialect,
  { profile, data, postgres, options }: CountRequest,
): Promise<ProfileCounts | undefined> {
  const header = await database.ask(`SELECT * FROM ${relation(postgres)} LIMIT 0`)
  const kinds = new Map(header.names.map((name, i) => [name, kindOf(header.types[i] as number)]))
  const profiles = [...profile.columns, ...(profile.label === undefined ? [] : [profile.label])]
  if (profiles.some((column) => !pushable(column, kinds.get(column.name)))) return undefined
  const { condition, values, undecided } = newer(data, header, options)
  if (undecided) return undefined
  const where = { from: relation(postgres), condition, values, missing: [...missingTexts(data)], kinds }
  const unread = await unreadTexts(database, where, profiles, { decimal: data.decimal, styles: options.styles })
  if (unread === undefined) return undefined
  const total = await countRows(database, where, options.label)
  const counted: ColumnCounts[] = []
  for (let i = 0; i < profiles.length; i += COLUMNS) {
    counted.push(...(await countColumns(database, where, profiles.slice(i, i + COLUMNS), total.rows, dialect)))
  }
  const expected = new Set([...profile.columns.map((column) => column.name), ...(options.known ?? [])])
  if (options.label !== undefined) expected.add(options.label)
  const label = profile.label === undefined ? undefined : counted.at(-1)
  const future = await futureRows(database, postgres, data, header, options.now)
  return {
    ...total,
    columns: counted.slice(0, profile.columns.length),
    ...(label && { label }),
    unread,
    vanished: total.rows === 0 ? [] : profile.columns.map(({ name }) => name).filter((name) => !kinds.has(name)),
    added: header.names.filter((name) => !expected.has(name)),
    ...(future && { future }),
  }
}

function pushable(column: ColumnProfile, kind: SqlKind | undefined): boolean {
  if (kind === undefined || column.kind === 'category') return true
  if (column.kind === 'time') return kind === 'time'
  return kind === 'integer' || kind === 'decimal' || kind === 'number' || kind === 'text'
}

/** Different texts of a column that are looked at before its rows are fetched instead. */
const MOST_TEXTS = 100

/**
 * Texts in columns of numbers that are none, with how many rows have them. Undefined where SQL would read the column in
 * another way than `number-text.ts` does: decimal commas, currencies, separated thousands.
 */
async function unreadTexts(
  database: Database,
  where: Where,
  profiles: readonly ColumnProfile[],
  { decimal, styles }: Pick<Readings, 'styles'> & Pick<DataConfig, 'decimal'>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>> | undefined> {
  const found = new Map<string, ReadonlyMap<string, number>>()
  for (const { name, kind } of profiles) {
    if (kind !== 'number' || where.kinds.get(name) !== 'text') continue
    const known = decimal === undefined ? memberOf(styles, name) : undefined
    const style = known ?? (await sampledStyle(database, where.from, name, decimal))
    if (style.decimal === ',' || style.unit !== undefined) return undefined
    const use = parameters(where.values)
    const column = identifier(name)
    const text = textValue(column, 'text', use)
    const sql = `SELECT ${text}, count(*) FROM ${where.from} WHERE ${where.condition} AND ${isUnread(column, where.missing, use)}
GROUP BY 1 ORDER BY 2 DESC LIMIT ${MOST_TEXTS + 1}`
    const { rows } = await database.ask(sql, use.values)
    const texts = new Map(rows.map(([cell, n]) => [(cell ?? '').trim(), Number(n)]))
    if (texts.size > MOST_TEXTS || [...texts.keys()].some((one) => !Number.isNaN(numberOfText(one, style))))
      return undefined
    if (texts.size > 0) found.set(name, texts)
  }
  return found
}

async function sampledStyle(
  database: Database,
  from: string,
  name: string,
  decimal: DataConfig['decimal'],
): Promise<NumberStyle> {
  const { rows } = await database.ask(`SELECT ${identifier(name)} FROM ${from} LIMIT ${SAMPLE_ROWS}`)
  return numberStyle(
    rows.flatMap((row) => row[0]?.trim() ?? []),
    decimal,
  )
}

async function countRows(
  database: Database,
  where: Where,
  label: string | undefined,
): Promise<{ readonly rows: number; readonly labelled: number }> {
  const use = parameters(where.values)
  const kind = label === undefined ? undefined : where.kinds.get(label)
  // Whatever the label's type: what is missing as a text is missing as a number.
  const labelled =
    label === undefined
      ? 'count(*)'
      : kind === undefined
        ? '0'
        : `count(${categoryValue(identifier(label), kind, where.missing, use)})`
  const sql = `SELECT count(*), ${labelled} FROM ${where.from} WHERE ${where.condition}`
  const [row] = (await database.ask(sql, use.values)).rows
  return { rows: Number(row?.[0]), labelled: Number(row?.[1]) }
}

async function countColumns(
  database: Database,
  where: Where,
  profiles: readonly ColumnProfile[],
  rows: number,
  dialect: Dialect,
): Promise<ColumnCounts[]> {
  const { bins, moments } = await countBins(database, where, profiles, dialect)
  const tallies = profiles.map((column) => new Float64Array(binsOf(column)))
  const missing = new Float64Array(profiles.length)
  const unseen = new Float64Array(profiles.length)
  for (const { column, bin, rows: count } of bins) {
    if (bin === MISSING) missing[column] = count
    else if (bin === UNSEEN) unseen[column] = count
    else (tallies[column] as Float64Array)[bin] = count
  }
  const counts: ColumnCounts[] = []
  let numbers = 0
  for (const [i, column] of profiles.entries()) {
    const plain = { name: column.name, rows, missing: missing[i] as number, counts: tallies[i] as Float64Array }
    if (column.kind === 'category') {
      const examples = (unseen[i] as number) > 0 ? await unseenExamples(database, where, column) : []
      counts.push({ ...plain, unseen: unseen[i] as number, unseenExamples: examples, mean: Number.NaN })
      continue
    }
    const [sum, below, above] = moments[numbers++] ?? [0, 0, 0]
    const present = rows - plain.missing
    const mean = present > 0 ? sum / present : Number.NaN
    counts.push({ ...plain, unseen: 0, unseenExamples: [], mean, below, above })
  }
  return counts
}

const binsOf = (column: ColumnProfile): number =>
  column.kind === 'category' ? column.categories.length : column.edges.length + 1

async function unseenExamples(
  database: Database,
  where: Where,
  column: Extract<ColumnProfile, { readonly kind: 'category' }>,
): Promise<readonly string[]> {
  const use = parameters(where.values)
  const value = valueOf(column, where, use)
  const foreign = column.categories.length === 0 ? '' : ` AND v NOT IN (${use.list(column.categories, 'text')})`
  const sql = `SELECT v, count(*) FROM (SELECT ${value} AS v FROM ${where.from} WHERE ${where.condition}) AS refit_values
WHERE v IS NOT NULL${foreign} GROUP BY v ORDER BY count(*) DESC, v LIMIT ${EXAMPLE_ROWS}`
  const { rows } = await database.ask(sql, use.values)
  // By bytes, whatever the server’s collation.
  const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
  return rows
    .map(([text, n]) => ({ text: text ?? '', n: Number(n) }))
    .toSorted((a, b) => b.n - a.n || order(a.text, b.text))
    .slice(0, EXAMPLES)
    .map(({ text }) => text)
}
