import type { DataConfig, PostgresConfig } from '../../config/schema.ts'
import { sha256 } from '../../core/json.ts'
import { latestTime } from '../plausible-time.ts'
import type { Mark } from '../source.ts'
import type { FutureRows } from '../types.ts'
import { checkNames, SAMPLE_ROWS, type FileReader, type Peek } from '../readers/reader.ts'
import type { Cursor, Sink } from '../readers/sink.ts'
import { withDatabase, type Answer, type Database } from './connect.ts'
import { identifier, kindOf, label, relation } from './relation.ts'

/** Rows that are fetched at a time: a few megabytes. */
const FETCH_ROWS = 5000

export interface SqlWindow {
  /** Only rows after this time, epoch milliseconds. */
  readonly after?: number | undefined
  /** Only rows above this value of `data.watermark`. */
  readonly above?: Mark | undefined
  /** The run's clock, epoch milliseconds: rows of its future are not among the newest. */
  readonly now?: number | undefined
  /** Only the newest so many rows that have a label. */
  readonly newestLabelled?: number | undefined
}

/** Rows of a table or query, oldest first, through a cursor: neither side holds more than a few thousand of them. */
export function sqlReader(config: PostgresConfig, data: DataConfig, window: SqlWindow = {}): FileReader {
  const file = label(config)
  return {
    async peek(): Promise<Peek> {
      const answer = await withDatabase(config, (database) =>
        database.ask(`SELECT * FROM ${relation(config)} LIMIT ${SAMPLE_ROWS}`),
      )
      checkNames(answer.names, file)
      const sample = new Map(answer.names.map((name, i) => [name, answer.rows.map((row) => cellOf(answer, row, i))]))
      return { columns: answer.names, sample, nested: [] }
    },

    async *read(sinkOf: (column: string) => Sink | undefined, cursor: Cursor) {
      // The generator is pulled from outside while the transaction is open: parts pass through a small channel.
      const channel = createChannel<Answer>()
      const done = withDatabase(config, async (database) => {
        const header = await database.ask(`SELECT * FROM ${relation(config)} LIMIT 0`)
        const wanted = header.names.filter((name) => sinkOf(name) !== undefined)
        const { sql, values } = statement(config, data, window, header, wanted)
        await database.ask(`DECLARE refit_rows NO SCROLL CURSOR FOR ${sql}`, values)
        for (;;) {
          const part = await database.ask(`FETCH ${FETCH_ROWS} FROM refit_rows`)
          if (part.rows.length > 0 && !(await channel.put(part))) break
          if (part.rows.length < FETCH_ROWS) break
        }
      }).then(channel.close, channel.fail)
      let line = 1
      try {
        for (;;) {
          const part = await channel.take()
          if (part === undefined) break
          const sinks = part.names.map(sinkOf)
          for (const row of part.rows) {
            cursor.line = line++
            for (let i = 0; i < sinks.length; i++) sinks[i]?.value(cellOf(part, row, i))
          }
          yield part.rows.length
        }
        return []
      } finally {
        channel.stop()
        await done
      }
    },

    digest: () => withDatabase(config, (database) => digest(database, config, data)),
  }
}

/**
 * A value as the other formats hold it: booleans in their spelling, an infinite number of a column of numbers as one (in a
 * column of texts it is a text), infinite times, which stand for none, as missing; everything else as the server writes it.
 */
function cellOf(answer: Answer, row: readonly (string | null)[], column: number): string | number | null {
  const cell = row[column] ?? null
  if (cell === null) return null
  switch (kindOf(answer.types[column] as number)) {
    case 'boolean':
      return cell === 't' || cell === 'true' ? 'true' : 'false'
    case 'number':
    case 'decimal':
      return /^-?Infinity$/.test(cell) ? Number(cell) : cell
    case 'time':
      return /^-?infinity$/.test(cell) ? null : cell
    default:
      return cell
  }
}

function statement(
  config: PostgresConfig,
  data: DataConfig,
  window: SqlWindow,
  header: Answer,
  wanted: readonly string[],
): { readonly sql: string; readonly values: readonly unknown[] } {
  const columns = wanted.length === 0 ? 'NULL AS refit_nothing' : wanted.map(identifier).join(', ')
  const ordered = data.time ?? data.watermark
  const time = ordered === undefined ? undefined : identifier(ordered)
  const { after, above, now } = window
  const order = [time, data.id === undefined ? undefined : identifier(data.id)].filter((name) => name !== undefined)
  const by = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`
  if (window.newestLabelled === undefined || time === undefined) {
    // Rows of the future are read, and told of by whoever leaves them out.
    const { condition, values } = newer(data, header, { after, above })
    return { sql: `SELECT ${columns} FROM ${relation(config)} WHERE ${condition}${by}`, values }
  }
  const { condition, values } = newer(data, header, { after, above, now })
  const labelled = `${condition} AND ${identifier(data.label)} IS NOT NULL`
  const newest = `SELECT * FROM ${relation(config)} WHERE ${labelled} ORDER BY ${time} DESC LIMIT ${window.newestLabelled}`
  return { sql: `SELECT ${columns} FROM (${newest}) AS refit_newest${by}`, values }
}

/** Which rows count as new. */
export type NewRows = Pick<SqlWindow, 'after' | 'above' | 'now'>

/**
 * The condition of rows that are new and have come to pass: `TRUE` where nothing is known to be old. `undecided` where the
 * time column's type cannot be compared, so that the rows have to be looked at.
 */
export function newer(
  data: DataConfig,
  header: Pick<Answer, 'names' | 'types'>,
  { after, above, now }: NewRows,
): { readonly condition: string; readonly values: readonly unknown[]; readonly undecided?: true } {
  if (above !== undefined && data.watermark !== undefined && header.names.includes(data.watermark)) {
    const column = identifier(data.watermark)
    if (typeof above === 'number') return { condition: `${column} > $1::numeric`, values: [above] }
    // By characters, whatever the server's collation: bytes of UTF-8 are in the order of characters.
    return { condition: `convert_to(${column}::text, 'UTF8') > convert_to($1::text, 'UTF8')`, values: [above] }
  }
  if (data.time === undefined || (after === undefined && now === undefined)) return { condition: 'TRUE', values: [] }
  const compared = timeIn(data.time, header)
  if (compared === undefined) return { condition: 'TRUE', values: [], undecided: true }
  // Times are known to the millisecond; a microsecond more must not make a row new again, nor one of the future.
  const bounds = [
    ...(after === undefined ? [] : [['>=', after + 1] as const]),
    ...(now === undefined ? [] : [['<', latestTime(now) + 1] as const]),
  ]
  return {
    condition: bounds.map(([sign], i) => `${compared.column} ${sign} $${i + 1}::${compared.type}`).join(' AND '),
    values: bounds.map(([, time]) => compared.value(time)),
  }
}

/** Rows that lie in the future of the run's clock; undefined where there are none, or no type that can be compared. */
export async function futureRows(
  database: Database,
  config: PostgresConfig,
  data: DataConfig,
  header: Pick<Answer, 'names' | 'types'>,
  now: number | undefined,
): Promise<FutureRows | undefined> {
  const compared = data.time === undefined ? undefined : timeIn(data.time, header)
  if (compared === undefined || now === undefined) return undefined
  const { column, type, value } = compared
  const sql = `SELECT count(*), min(${column})::text FROM ${relation(config)} WHERE ${column} >= $1::${type}`
  const [row] = (await database.ask(sql, [value(latestTime(now) + 1)])).rows
  const rows = Number(row?.[0] ?? 0)
  return rows === 0 ? undefined : { rows, first: row?.[1] ?? '' }
}

/** How a time column is compared with a time; undefined where its type is none that can be. */
function timeIn(name: string, { names, types }: Pick<Answer, 'names' | 'types'>) {
  const code = types[names.indexOf(name)]
  if (code === undefined || kindOf(code) !== 'time') return undefined
  // A date is midnight: compared as a timestamp, so that the day of the watermark itself is old.
  const type = code === 1184 ? 'timestamptz' : 'timestamp'
  const value = (time: number): string => {
    const text = new Date(time).toISOString()
    return type === 'timestamptz' ? text : text.replace('Z', '')
  }
  return { column: identifier(name), type, value }
}

/** Hexadecimal digits of a hash that make one number, 7 bits each: together they fit a bigint. */
const DIGITS = 8

/**
 * Names the rows whatever their order: two sums over the digits of a hash of every row. By functions that all servers
 * of the family have, and within 64 bits.
 */
async function digest(
  database: Database,
  config: PostgresConfig,
  data: DataConfig,
): Promise<{ sha256: string; bytes: number }> {
  const header = await database.ask(`SELECT * FROM ${relation(config)} LIMIT 0`)
  const cells = header.names.map((name, i) => {
    const column = identifier(name)
    const boolean = kindOf(header.types[i] as number) === 'boolean'
    const text = boolean ? `CASE WHEN ${column} THEN 't' WHEN NOT ${column} THEN 'f' END` : `${column}::text`
    return `coalesce(${text}, chr(30))`
  })
  const row = cells.length === 0 ? "''" : cells.join(' || chr(31) || ')
  const number = (from: number): string =>
    Array.from({ length: DIGITS }, (_, i) => `ascii(substr(refit_hash, ${from + i}, 1)) * ${128 ** i}::bigint`).join(
      ' + ',
    )
  const time = data.time === undefined ? 'NULL' : 'max(refit_time)'
  const kept = data.time === undefined ? '' : `, ${identifier(data.time)} AS refit_time`
  const sql = `SELECT count(*), ${time}, sum(${number(1)}), sum(${number(1 + DIGITS)})
FROM (SELECT md5(${row}) AS refit_hash${kept} FROM ${relation(config)}) AS refit_rows`
  const answer = await database.ask(sql)
  return { sha256: sha256(JSON.stringify(answer.rows[0])), bytes: 0 }
}

/** Hands parts from the transaction to the reader one at a time. */
function createChannel<T>() {
  let part: T | undefined
  let ended = false
  let stopped = false
  let error: { readonly cause: unknown } | undefined
  let wake: (() => void) | undefined
  const changed = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  const tell = (): void => {
    const waiting = wake
    wake = undefined
    waiting?.()
  }
  return {
    /** False when nobody wants more. */
    async put(next: T): Promise<boolean> {
      for (;;) {
        if (part === undefined || stopped) break
        await changed()
      }
      part = next
      tell()
      return !stopped
    },
    async take(): Promise<T | undefined> {
      for (;;) {
        if (part !== undefined) {
          const taken = part
          part = undefined
          tell()
          return taken
        }
        if (error !== undefined) throw error.cause
        if (ended) return undefined
        await changed()
      }
    },
    close: (): void => {
      ended = true
      tell()
    },
    fail: (cause: unknown): void => {
      error = { cause }
      tell()
    },
    stop: (): void => {
      stopped = true
      tell()
    },
  }
}
