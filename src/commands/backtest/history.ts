import type { DataConfig } from '../../config/schema.ts'
import { RefitError } from '../../core/error.ts'
import { memberOf, sha256 } from '../../core/json.ts'
import type { Log } from '../../core/log.ts'
import type { DataAccess } from '../../data/access.ts'
import { describeColumn } from '../../data/column-report.ts'
import { readTable } from '../../data/read.ts'
import {
  cellText,
  type Column,
  type ColumnKind,
  findColumn,
  isMissing,
  takeRows,
  type Table,
} from '../../data/table.ts'
import { orderByTime } from '../../data/time-order.ts'
import type { DataReport } from '../../data/types.ts'

/** All rows of a model, oldest first, and what of them could be seen at a time. */
export interface History {
  /** Rows with a time, sorted by it; labels are missing where they are missing in the data. */
  readonly table: Table
  readonly times: Float64Array
  /** Number of rows that happened before a time. */
  rowsBefore(time: number): number
  /** The data as a run at `now` would have found them. Labels arrive `labelDelay` after their row. */
  at(now: () => number): DataAccess
}

const FILE = 'backtest'

/** Reads everything once. Throws a RefitError where there is no time to replay by. */
export async function readHistory(
  data: DataConfig,
  root: string,
  options: { readonly log: Log; readonly labelDelay: number; readonly now?: number | undefined },
): Promise<History> {
  const { time } = data
  if (time === undefined) {
    throw new RefitError('usage', 'a backtest needs to know when a row happened, and data.time is not set', {
      hint: 'Name the time column: data: {source: …, time: <column>}.',
    })
  }
  const loaded = await readTable(data, root, { log: options.log, now: options.now, requireLabel: false })
  const found = findColumn(loaded.table, time)
  if (found?.kind !== 'time') throw new RefitError('data', `the time column "${time}" holds no times`)
  const table = takeRows(loaded.table, orderByTime(found.values))
  const { values: times } = findColumn(table, time) as typeof found
  const casts = new Map<string, Column>()

  const rowsBefore = (at: number): number => firstAtLeast(times, at)
  const column = (name: string, kind: ColumnKind | undefined): Column => {
    const plain = findColumn(table, name)
    if (plain === undefined) return absent(name, kind ?? 'category', table.rows)
    if (kind !== 'category' || plain.kind === 'category') return plain
    const cast = casts.get(name) ?? asCategory(plain)
    casts.set(name, cast)
    return cast
  }

  return {
    table,
    times,
    rowsBefore,
    at: (now) => ({
      countRows: async () => undefined,
      async fingerprint() {
        return sha256(`${loaded.report.fingerprint}:${rowsBefore(now())}:${rowsBefore(now() - options.labelDelay)}`)
      },
      async readTable(config, _root, { requireLabel = true, kinds = {} }) {
        const known = rowsBefore(requireLabel ? now() - options.labelDelay : now())
        const label = findColumn(table, config.label)
        const rows: number[] = []
        for (let row = 0; row < known; row++)
          if (!requireLabel || label === undefined || !isMissing(label, row)) rows.push(row)
        if (rows.length === 0) throw new RefitError('data', 'no labelled row is older than the start of the backtest')
        const whole = {
          rows: table.rows,
          columns: table.columns.map((one) => column(one.name, memberOf(kinds, one.name))),
        }
        const part = takeRows(whole, rows)
        const report = reportOf(part, known, loaded.report, config, times, rows)
        return { table: part, report, reading: loaded.reading }
      },
      async *readBatches(config, _root, { columns, kinds = {}, after } = {}) {
        const end = rowsBefore(now())
        const from = after === undefined ? 0 : firstAtLeast(times, after + 1)
        const labelled = rowsBefore(now() - options.labelDelay)
        const names = columns ?? table.columns.map((one) => one.name)
        const parts = names.map((name) => {
          const cut = slice(column(name, memberOf(kinds, name)), from, end)
          return name === config.label ? hide(cut, Math.max(0, labelled - from)) : cut
        })
        yield {
          table: { rows: end - from, columns: parts },
          file: FILE,
          firstRow: from,
          header: table.columns.map((one) => one.name),
          fileNumber: 1,
          files: 1,
        }
      },
    }),
  }
}

function firstAtLeast(times: Float64Array, at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}

function reportOf(
  table: Table,
  read: number,
  whole: DataReport,
  data: DataConfig,
  times: Float64Array,
  rows: readonly number[],
): DataReport {
  return {
    files: [{ path: FILE, bytes: 0, sha256: whole.fingerprint, rows: read }],
    rowsRead: read,
    rowsKept: table.rows,
    dropped: read === table.rows ? [] : [{ reason: 'label missing', rows: read - table.rows, example: undefined }],
    columns: table.columns.map((column) => describeColumn(column, undefined, data)),
    fingerprint: whole.fingerprint,
    window: { from: times[rows[0] as number] as number, to: times[rows.at(-1) as number] as number },
  }
}

function slice(column: Column, from: number, end: number): Column {
  return column.kind === 'category'
    ? { ...column, codes: column.codes.subarray(from, end) }
    : { ...column, values: column.values.subarray(from, end) }
}

/** A label that has not arrived yet. */
function hide(column: Column, known: number): Column {
  if (column.kind === 'category') {
    const codes = column.codes.slice()
    codes.fill(-1, known)
    return { ...column, codes }
  }
  const values = column.values.slice()
  values.fill(Number.NaN, known)
  return { ...column, values }
}

function absent(name: string, kind: ColumnKind, rows: number): Column {
  if (kind === 'category') return { kind, name, codes: new Int32Array(rows).fill(-1), dictionary: [] }
  const values = new Float64Array(rows).fill(Number.NaN)
  return kind === 'time' ? { kind, name, values } : { kind, name, values, integer: false }
}

function asCategory(column: Column): Column {
  const known = new Map<string, number>()
  const rows = column.kind === 'category' ? column.codes.length : column.values.length
  const codes = Int32Array.from({ length: rows }, (_, row) => {
    if (isMissing(column, row)) return -1
    const text = cellText(column, row)
    const code = known.get(text) ?? known.size
    known.set(text, code)
    return code
  })
  return { kind: 'category', name: column.name, codes, dictionary: [...known.keys()] }
}
