import type { Place } from '../../core/error.ts'
import { withoutPersonal } from '../../core/personal.ts'
import type { Column, ColumnKind } from '../table.ts'
import type { NumberStyle } from './number-text.ts'
import type { TimePlan } from './time-format.ts'

/** Where the reader stands; one object per read, changed in place, so that a sink can say where a value came from. */
export interface Cursor {
  file: string
  /** 1-based line (CSV, JSON Lines) or row (Parquet). */
  line: number
  /** Row of the file, counted from 0, that the rows read last began with, where a reader leaves out parts of it. */
  first?: number | undefined
}

/** Values that did not fit the column's type: counted, kept as missing, shown with the first one. */
export interface Strays {
  count: number
  first: { readonly text: string; readonly place: Place } | undefined
  /** How often each of them came, of the first so many different ones. */
  readonly texts: Map<string, number>
  /** Those of the rows since the last take, where they are wanted. */
  recent: { readonly rows: number[]; readonly texts: string[] } | undefined
}

export const noStrays = (recent = false): Strays => ({
  count: 0,
  first: undefined,
  texts: new Map(),
  recent: recent ? { rows: [], texts: [] } : undefined,
})

/** Different stray values that are remembered. */
const MOST_STRAYS = 100

/** A text that a program would have written in another way, and the number it is read as. */
export interface DressedNumber {
  readonly text: string
  readonly value: number
}

/** Takes the cells of one column, one by one, into typed arrays that grow. */
export interface Sink {
  readonly name: string
  readonly kind: ColumnKind
  readonly strays: Strays
  /** Numbers only: infinite values, kept as missing. Text such as `inf` is a stray. */
  readonly infinite?: Strays | undefined
  /** Where the first missing cell was. */
  readonly firstMissing: Place | undefined
  /** Cells without any text; other missing cells held a text such as `NA`. */
  readonly blanks: number
  /** Cells such as `007` in a number column. */
  readonly leadingZeros: number
  /** Numbers only: the first text that is not written as a program writes a number, and the number it is read as. */
  readonly dressed?: DressedNumber | undefined
  readonly length: number
  /** The configured time column only: times that lie in the future. They are kept as they are; who reads leaves their rows out. */
  readonly future?: Strays | undefined
  /** Times only: how many texts say their zone, and how many do not. */
  readonly zones?: { readonly said: number; readonly unsaid: number } | undefined
  /** Times only: oldest and newest of the rows that `keep` looked at, kept or not. Undefined where it was never called. */
  readonly span?: { readonly from: number; readonly to: number } | undefined
  /** A cell as UTF-8 bytes [start, end). */
  bytes(source: Buffer, start: number, end: number): void
  /** A cell as JSON or Parquet hold it, or as text. */
  value(cell: unknown): void
  missing(count: number): void
  /** Whether the cell of a row since the last take is missing. */
  absent(row: number): boolean
  /** Whether it is a time in the future. */
  ahead?(row: number): boolean
  /**
   * Forgets all rows since the last take but these, which ascend. Counts of strays and the like shrink by the same share,
   * but never to nothing.
   */
  keep(rows: Uint32Array): void
  /** The cells since the last take, copied; the sink goes on empty, a dictionary stays unless it has got very long. */
  take(): Column
}

export interface SinkOptions {
  readonly cursor: Cursor
  /** The texts of `data.missing`. */
  readonly missing: ReadonlySet<string>
  readonly style?: NumberStyle | undefined
  /** The configured time column: what its cells mean. */
  readonly times?: TimePlan | undefined
  /** The configured time column: what is later than this (epoch milliseconds) lies in the future. */
  readonly latest?: number | undefined
  /** Rows to make room for, where they are known. */
  readonly rows?: number | undefined
  /** Whether the rows of stray values are wanted. Default: only how many there are. */
  readonly strayRows?: boolean | undefined
}

const LONGEST_STRAY = 80

/** A stray value for a message, which a log, a record and a pull request keep. */
export const exampleOf = (text: string): string => withoutPersonal(text.slice(0, LONGEST_STRAY)).slice(0, 40)

/** @param row since the last take */
export function noteStray(strays: Strays, text: string, cursor: Cursor, row: number): void {
  strays.count++
  const short = text.slice(0, LONGEST_STRAY)
  strays.recent?.rows.push(row)
  strays.recent?.texts.push(short)
  strays.first ??= { text: exampleOf(short), place: placeOf(cursor) }
  const seen = strays.texts.get(short)
  if (seen !== undefined || strays.texts.size < MOST_STRAYS) strays.texts.set(short, (seen ?? 0) + 1)
}

/** A count of cells, after only some of their rows were kept. */
export const shrunk = (count: number, kept: number, rows: number): number =>
  Math.ceil((count * kept) / Math.max(1, rows))

export function placeOf(cursor: Cursor): Place {
  return { file: cursor.file, line: cursor.line }
}

/** A plain value as text, '' for nothing; undefined for a nested value. */
export function textOf(cell: unknown): string | undefined {
  if (cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell))) return ''
  if (cell instanceof Date) return cell.toISOString()
  return typeof cell === 'object' ? undefined : String(cell)
}

/** A cell that has no place in a column, for a message. */
export function describeCell(cell: unknown): string {
  return typeof cell === 'boolean' ? String(cell) : cell instanceof Date ? cell.toISOString() : 'a nested value'
}
