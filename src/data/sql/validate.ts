import type { DataConfig, PostgresConfig } from '../../config/schema.ts'
import { createState, FUTURE_SLACK, noteBroken, type State } from '../schema/collect.ts'
import type { ColumnSchema, DataSchema } from '../schema/types.ts'
import type { CountedRows } from '../schema/validate.ts'
import { missingTexts } from '../source.ts'
import { withDatabase, type Database } from './connect.ts'
import { categoryValue, numberValue, parameters, textValue, type Parameters } from './expressions.ts'
import { newer } from './reader.ts'
import { identifier, kindOf, relation, type SqlKind } from './relation.ts'

/** Columns that one statement looks at. */
const COLUMNS = 12
/** Values fetched of a column that looks as if its unit had changed. */
const SAMPLE = 2000
/** Rows that repeat are only counted where sorting them is cheap. */
const MOST_COMPARED = 1_000_000
/** The commonest letters of UTF-8 that was read as Latin-1, and what replaces bytes that are no text. */
const DAMAGED = [
  '\ufffd',
  'â€',
  'Â\u00a0',
  'Â°',
  'Â£',
  'Â§',
  'Ã¤',
  'Ã¶',
  'Ã¼',
  'ÃŸ',
  'Ã©',
  'Ã¨',
  'Ã¡',
  'Ã±',
  'Ã³',
  'Ã§',
  'Ã£',
]

export interface ValidateRequest {
  readonly schema: DataSchema
  readonly data: DataConfig
  readonly postgres: PostgresConfig
  /** Only rows after this time, epoch milliseconds. */
  readonly after: number | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * New rows held against a schema *in* the database: a line of counts and examples comes back for each column. Undefined
 * where their time cannot be compared in SQL. Not told are times that go back (rows of a table have no order); damaged
 * characters are the commonest ones only.
 */
export function validateInDatabase(request: ValidateRequest): Promise<CountedRows | undefined> {
  const { schema, data, postgres, after, now } = request
  return withDatabase(postgres, async (database) => {
    const header = await database.ask(`SELECT * FROM ${relation(postgres)} LIMIT 0`)
    const kinds = new Map(header.names.map((name, i) => [name, kindOf(header.types[i] as number)]))
    const { condition, values } = newer(data, header, after)
    if (after !== undefined && condition === 'TRUE') return undefined
    const where = { from: `${relation(postgres)} WHERE ${condition}`, values, missing: [...missingTexts(data)], now }
    const looked = header.names.flatMap((name): Looked[] => {
      const rule = schema.columns[name]
      return rule === undefined ? [] : [{ name, rule, kind: kinds.get(name) as SqlKind }]
    })
    const states = new Map<string, State>()
    let rows = 0
    for (let i = 0; i < Math.max(1, looked.length); i += COLUMNS) {
      const part = looked.slice(i, i + COLUMNS)
      rows = await lookAt(database, where, part, states)
    }
    for (const column of looked) await sampleUnit(database, where, column, states.get(column.name) as State)
    return {
      rows,
      header: header.names,
      states,
      repeated: rows > 0 && rows <= MOST_COMPARED ? await repeatedRows(database, where, looked) : undefined,
      newestLabelled: await newestLabelled(database, where, data, kinds),
    }
  })
}

interface Looked {
  readonly name: string
  readonly rule: ColumnSchema
  readonly kind: SqlKind
}

interface Where {
  /** Relation and condition. */
  readonly from: string
  readonly values: readonly unknown[]
  readonly missing: readonly string[]
  readonly now: number
}

/** One aggregate of a column, and what is made of it. */
interface Aggregate {
  readonly sql: string
  take(cell: string | null, state: State): void
}

async function lookAt(
  database: Database,
  where: Where,
  columns: readonly Looked[],
  states: Map<string, State>,
): Promise<number> {
  const use = parameters(where.values)
  const parts = columns.map((column) => ({ column, aggregates: aggregatesOf(column, where, use) }))
  const selected = ['count(*)', ...parts.flatMap(({ aggregates }) => aggregates.map(({ sql }) => sql))]
  const { rows } = await database.ask(`SELECT ${selected.join(', ')} FROM ${where.from}`, use.values)
  const cells = rows[0] ?? []
  const count = Number(cells[0])
  let at = 1
  for (const { column, aggregates } of parts) {
    const state = createState(column.name, column.rule)
    state.rows = count
    state.kind = column.rule.type === 'time' && column.kind !== 'time' ? undefined : kindNow(column)
    for (const aggregate of aggregates) aggregate.take(cells[at++] ?? null, state)
    states.set(column.name, state)
  }
  return count
}

/** Text is read as what the schema says, as a file's would be; a number or a time under another name is what it is. */
function kindNow({ rule, kind }: Looked): State['kind'] {
  if (rule.type === 'number' && kind === 'time') return 'time'
  return rule.type
}

const sum = (condition: string): string => `sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`

function aggregatesOf({ name, rule, kind }: Looked, where: Where, use: Parameters): Aggregate[] {
  const column = identifier(name)
  if (rule.type === 'category') return categoryAggregates(rule, categoryValue(column, kind, where.missing, use), use)
  if (rule.type === 'time' && kind !== 'time') return []
  if (rule.type === 'number' && kind === 'time') return []
  const value = `(${numberValue(column, kind, where.missing, use)})`
  const unread = `${column} IS NOT NULL AND ${value} IS NULL${kind === 'text' ? ` AND ${textValue(column, kind, use)} NOT IN (${use.list(where.missing, 'text')})` : ''}`
  const show = rule.type === 'time' ? (text: string): string => new Date(Number(text)).toISOString() : plain
  const broken = (kindOfBreach: string, condition: string): Aggregate[] => breach(kindOfBreach, condition, value, show)
  const found: Aggregate[] = [
    ...breach('stray', unread, `${column}::text`, (text) => text),
    missingOf(value),
    ...variety(value, show),
  ]
  if (rule.unique) found.push(repeatedValues(value))
  if (rule.type === 'time') {
    const limit = use.add(where.now + FUTURE_SLACK, 'float8')
    found.push(...broken('future', `${value} > ${limit}`), {
      sql: `max(CASE WHEN ${value} <= ${limit} THEN ${value} END)`,
      take: (cell, state) => void (state.newest = cell === null ? -Infinity : Number(cell)),
    })
    return found
  }
  if (rule.min !== undefined) found.push(...broken('min', `${value} < ${use.add(rule.min, 'float8')}`))
  if (rule.max !== undefined) found.push(...broken('max', `${value} > ${use.add(rule.max, 'float8')}`))
  if (rule.integer) found.push(...broken('integer', `${value} <> floor(${value})`))
  return found
}

function categoryAggregates(rule: ColumnSchema, value: string, use: Parameters): Aggregate[] {
  const text = `(${value})`
  const same = (cell: string): string => cell
  const damaged = DAMAGED.map((part) => `${text} LIKE ${use.add(`%${part}%`, 'text')}`).join(' OR ')
  const foreign = rule.in === undefined ? undefined : `${text} NOT IN (${use.list(rule.in, 'text')})`
  return [
    missingOf(text),
    ...variety(text, same),
    ...(rule.in !== undefined && rule.in.length > 0 && foreign ? breach('in', foreign, text, same) : []),
    // What is among the known values is as it should be: most rows need no search.
    ...breach('encoding', `${foreign === undefined ? '' : `${foreign} AND `}(${damaged})`, text, same),
    ...(rule.unique ? [repeatedValues(text)] : []),
  ]
}

const missingOf = (value: string): Aggregate => ({
  sql: sum(`${value} IS NULL`),
  take: (cell, state) => void (state.missing = Number(cell ?? 0)),
})

const repeatedValues = (value: string): Aggregate => ({
  sql: `count(${value}) - count(DISTINCT ${value})`,
  take: (cell, state) => void (Number(cell) > 0 && noteBroken(state, 'unique', Number(cell), [])),
})

/** Smallest and largest value: one value where they are the same. */
function variety(value: string, show: (text: string) => string): Aggregate[] {
  return [
    {
      sql: `min(${value})`,
      take: (cell, state) => void (state.first = cell === null ? undefined : show(cell)),
    },
    {
      sql: `max(${value})`,
      take: (cell, state) => void (state.varies = cell !== null && show(cell) !== state.first),
    },
  ]
}

/** How many rows break a rule; the smallest and the largest of their values are the examples. */
function breach(kind: string, condition: string, value: string, show: (text: string) => string): Aggregate[] {
  const example = (which: 'min' | 'max'): Aggregate => ({
    sql: `${which}(CASE WHEN ${condition} THEN ${value} END)`,
    take: (cell, state) => void (cell !== null && noteBroken(state, kind, 0, [show(cell)])),
  })
  const rows: Aggregate = {
    sql: sum(condition),
    take: (cell, state) => void (Number(cell ?? 0) > 0 && noteBroken(state, kind, Number(cell), [])),
  }
  return [rows, example('min'), example('max')]
}

const plain = (text: string): string => String(Number(text))

/** Where most values lie outside of the range that they had, a few of them tell whether the unit has changed. */
async function sampleUnit(database: Database, where: Where, { name, rule, kind }: Looked, state: State): Promise<void> {
  if (rule.type !== 'number' || rule.typical === undefined || state.rows - state.missing < 1) return
  const outside = (state.broken.get('min')?.rows ?? 0) + (state.broken.get('max')?.rows ?? 0)
  const [low, high] = rule.typical
  const valueWith = (use: Parameters): string => `(${numberValue(identifier(name), kind, where.missing, use)})`
  // A factor of ten may still lie within the range: then most values lie on one side of the middle half.
  if (outside === 0) {
    const use = parameters(where.values)
    const value = valueWith(use)
    const sides = `${sum(`${value} > ${use.add(high, 'float8')}`)}, ${sum(`${value} < ${use.add(low, 'float8')}`)}`
    const { rows } = await database.ask(`SELECT ${sides} FROM ${where.from}`, use.values)
    const most = Math.max(Number(rows[0]?.[0] ?? 0), Number(rows[0]?.[1] ?? 0))
    if (most < (state.rows - state.missing) * 0.7) return
  }
  const use = parameters(where.values)
  const sql = `SELECT v FROM (SELECT ${valueWith(use)} AS v FROM ${where.from}) AS refit_values WHERE v IS NOT NULL LIMIT ${SAMPLE}`
  for (const [cell] of (await database.ask(sql, use.values)).rows) state.sample.push(Number(cell))
}

async function repeatedRows(database: Database, where: Where, columns: readonly Looked[]): Promise<number | undefined> {
  if (columns.length === 0) return undefined
  const texts = columns.map(({ name, kind }) => {
    const column = identifier(name)
    return `coalesce(${kind === 'boolean' ? `CASE WHEN ${column} THEN 't' WHEN NOT ${column} THEN 'f' END` : `${column}::text`}, chr(30))`
  })
  const sql = `SELECT count(*) - count(DISTINCT md5(${texts.join(' || chr(31) || ')})) FROM ${where.from}`
  return Number((await database.ask(sql, where.values)).rows[0]?.[0] ?? 0)
}

async function newestLabelled(
  database: Database,
  where: Where,
  { label, time }: DataConfig,
  kinds: ReadonlyMap<string, SqlKind>,
): Promise<number> {
  const kind = kinds.get(label)
  if (time === undefined || kinds.get(time) !== 'time' || kind === undefined) return -Infinity
  const use = parameters(where.values)
  const at = numberValue(identifier(time), 'time', where.missing, use)
  const present = `(${categoryValue(identifier(label), kind, where.missing, use)}) IS NOT NULL`
  const { rows } = await database.ask(`SELECT max(${at}) FROM ${where.from} AND ${present}`, use.values)
  const cell = rows[0]?.[0] ?? null
  return cell === null ? -Infinity : Number(cell)
}
