import type { DataConfig, PostgresConfig } from '../../config/schema.ts'
import { memberOf } from '../../core/json.ts'
import { createState, type State } from '../schema/collect.ts'
import type { DataSchema } from '../schema/types.ts'
import type { CountedRows } from '../schema/validate.ts'
import { missingTexts, type Mark } from '../source.ts'
import { aggregatesOf, sum, valuesOf, type Looked, type Scope } from './aggregates.ts'
import { withDatabase, type Database } from './connect.ts'
import { inDialect } from './dialect.ts'
import { categoryValue, numberValue, parameters, type Parameters } from './expressions.ts'
import { newer } from './reader.ts'
import { identifier, kindOf, relation, type SqlKind } from './relation.ts'

/** Columns that one statement looks at. */
const COLUMNS = 12
/** Values fetched of a column that looks as if its unit had changed. */
const SAMPLE = 2000
/** Rows that repeat are only counted where sorting them is cheap. */
const MOST_COMPARED = 1_000_000
export interface ValidateRequest {
  readonly schema: DataSchema
  readonly data: DataConfig
  readonly postgres: PostgresConfig
  /** Only rows after this time, epoch milliseconds. */
  readonly after: number | undefined
  /** Only rows above this value of `data.watermark`. */
  readonly above?: Mark | undefined
  /** Epoch milliseconds. */
  readonly now: number
  /** How many rows that are: values that repeat are only looked for where sorting them is cheap. */
  readonly rows: number
}

/**
 * New rows held against a schema *in* the database: a line of counts and examples comes back for each column. Undefined
 * where their time cannot be compared in SQL. Not told are times that go back (rows of a table have no order); damaged
 * characters are the commonest ones only.
 */
export function validateInDatabase(request: ValidateRequest): Promise<CountedRows | undefined> {
  const { schema, data, postgres, now } = request
  const few = request.rows <= MOST_COMPARED
  return inDialect(
    (work) => withDatabase(postgres, work),
    async (database, dialect) => {
      const header = await database.ask(`SELECT * FROM ${relation(postgres)} LIMIT 0`)
      const kinds = new Map(header.names.map((name, i) => [name, kindOf(header.types[i] as number)]))
      const { condition, values, undecided } = newer(data, header, request)
      if (undecided) return undefined
      const fence = dialect === 'native' ? ' OFFSET 0' : ''
      const from = `${relation(postgres)} WHERE ${condition}`
      const where = { from, fence, few, values, missing: [...missingTexts(data)], now }
      const looked = header.names.flatMap((name): Looked[] => {
        const rule = memberOf(schema.columns, name)
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
        repeated: rows > 0 && few ? await repeatedRows(database, where, looked) : undefined,
        newestLabelled: await newestLabelled(database, where, data, kinds),
      }
    },
  )
}

interface Where extends Scope {
  /** Relation and condition. */
  readonly from: string
  /** Keeps the planner from working out a value wherever it is named. */
  readonly fence: string
  readonly values: readonly unknown[]
}

async function lookAt(
  database: Database,
  where: Where,
  columns: readonly Looked[],
  states: Map<string, State>,
): Promise<number> {
  const use = parameters(where.values)
  const inner = columns.flatMap((column, i) => {
    const { value, unread } = valuesOf(column, where, use)
    return [`${value} AS v${i}`, `CASE WHEN ${unread} THEN ${identifier(column.name)}::text END AS u${i}`]
  })
  const parts = columns.map((column, i) => ({ column, aggregates: aggregatesOf(column, i, where, use) }))
  const selected = ['count(*)', ...parts.flatMap(({ aggregates }) => aggregates.map(({ sql }) => sql))]
  const base = `SELECT ${inner.length === 0 ? '1 AS refit_nothing' : inner.join(', ')} FROM ${where.from}${where.fence}`
  const { rows } = await database.ask(`SELECT ${selected.join(', ')} FROM (${base}) AS refit_values`, use.values)
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
