import type { DataConfig } from '../config/schema.ts'
import type { ColumnPlan } from './infer.ts'
import type { Nearly } from './nearly.ts'
import { createSink } from './readers/create-sink.ts'
import { exampleOf, type Cursor } from './readers/sink.ts'
import { openSource, planOf, type SourceOptions } from './source.ts'
import type { Sink } from './readers/sink.ts'
import { latestTime } from './plausible-time.ts'
import { findColumn, takeRows, type Table } from './table.ts'
import type { DroppedRows, FutureRows, StrayValues } from './types.ts'

/** Columns whose kinds are not fixed (from a saved profile) get the type that the first rows show. */
export interface ReadBatchesOptions extends SourceOptions {
  /** Told of every category whose sampled values are nearly all numbers. */
  readonly onNearly?: ((column: string, nearly: Nearly) => void) | undefined
  /** Read only these columns, in this order; one that no file has is all missing. Default: all columns of all files. */
  readonly columns?: readonly string[] | undefined
  /** Told of rows that cannot be read (ragged ones), when a file was read. */
  readonly onDropped?: ((dropped: DroppedRows) => void) | undefined
}

export interface Batch {
  /**
   * Dictionaries of category columns grow from batch to batch, and a code means the same in all that share one. After some
   * ten thousand texts another one is begun, so that memory stays bounded.
   */
  readonly table: Table
  /** Relative to the root. */
  readonly file: string
  /** Number of this batch's first row within its file, counted from 0. */
  readonly firstRow: number
  /** All columns that the file has, wanted or not. */
  readonly header: readonly string[]
  /** Values of this batch that are no numbers or times as their column's type wants them, by column. */
  readonly strays?: ReadonlyMap<string, StrayValues> | undefined
  /** Rows of this batch that lie in the future of the run's clock, and are not in the table. */
  readonly future?: FutureRows | undefined
  /** How many texts of the time column have said their zone, and how many have not, in this batch and those before. */
  readonly zones?: Sink['zones']
  /** Which rows of the batch, counted from 0, the table holds, where some are left out. */
  readonly kept?: Uint32Array | undefined
  /** Number of this file, counted from 1, and how many files there are: for a progress bar. */
  readonly fileNumber: number
  readonly files: number
}

/**
 * Streams a model's data in tables of some thousand rows; no file is ever in memory as a whole. Every file yields at
 * least one batch, an empty one if it has no rows, so that its header is seen. Rows without label are in it; ragged
 * rows are not. Throws a RefitError('data') as `readTable` does.
 */
export async function* readBatches(
  data: DataConfig,
  root: string,
  options: ReadBatchesOptions = {},
): AsyncGenerator<Batch, void> {
  const source = await openSource(data, root, options)
  const names = options.columns ?? source.columns
  const latest = options.now === undefined ? undefined : latestTime(options.now)
  const cursor: Cursor = { file: '', line: 1 }
  const sinks = new Map(
    names.map((name) => {
      const plan: ColumnPlan = planOf(source, name, data, options)
      const { style, times, nearly } = plan
      if (nearly !== undefined && plan.kind === 'category') options.onNearly?.(name, nearly)
      const cells = { cursor, missing: source.missing, style, times, latest, strayRows: true }
      return [name, createSink(name, plan.kind, cells)]
    }),
  )
  const strays = strayCounter(sinks)
  const future = (rows: number): FutureRows | undefined => {
    const first = sinks.get(data.time ?? '')?.future?.first
    return first && { rows, first: first.text, place: first.place }
  }
  const files = source.parts.length
  for (const [number, { path, reader, peek }] of source.parts.entries()) {
    cursor.file = path
    cursor.first = undefined
    let firstRow = 0
    let yielded = false
    const reading = reader.read((column) => sinks.get(column), cursor)
    try {
      for (;;) {
        const step = await reading.next()
        if (step.done) {
          for (const { reason, rows, line } of step.value)
            options.onDropped?.({ reason, rows, example: { file: path, line } })
          break
        }
        const rows = step.value
        firstRow = cursor.first ?? firstRow
        if (rows === 0 && yielded) continue
        const columns = [...sinks.values()].map((sink) => {
          if (sink.length < rows) sink.missing(rows - sink.length)
          return sink.take()
        })
        const header = peek.columns
        const { table, kept } = withoutFuture({ rows, columns }, data.time, latest)
        const zones = sinks.get(data.time ?? '')?.zones
        const told = { strays: strays(kept), zones, ...(kept && { kept, future: future(rows - kept.length) }) }
        yield { table, file: path, firstRow, header, ...told, fileNumber: number + 1, files }
        yielded = true
        firstRow += rows
      }
    } finally {
      // Whoever stops in the middle lets the file go.
      await reading.return([])
    }
  }
}

/** The table without rows that lie in the future, and which ones it keeps; as it is where there are none. */
function withoutFuture(
  table: Table,
  name: string | undefined,
  latest: number | undefined,
): { readonly table: Table; readonly kept?: Uint32Array | undefined } {
  const time = latest === undefined || name === undefined ? undefined : findColumn(table, name)
  if (time?.kind !== 'time' || !time.values.some((value) => value > (latest as number))) return { table }
  const kept = Uint32Array.from(time.values.keys()).filter(
    (row) => !((time.values[row] as number) > (latest as number)),
  )
  return { table: takeRows(table, kept), kept }
}

/** What strayed in each column since it was last asked, in the rows that are kept. */
function strayCounter(
  sinks: ReadonlyMap<string, Sink>,
): (kept: Uint32Array | undefined) => ReadonlyMap<string, StrayValues> | undefined {
  const before = new Map<string, number>()
  return (kept) => {
    const newRow = kept && new Map(Array.from(kept, (row, i) => [row, i]))
    let found: Map<string, StrayValues> | undefined
    for (const [name, { strays, infinite }] of sinks) {
      const total = strays.count + (infinite?.count ?? 0)
      const known = before.get(name) ?? 0
      const recent = strays.recent ?? { rows: [], texts: [] }
      if (strays.recent !== undefined) strays.recent = { rows: [], texts: [] }
      before.set(name, total)
      const at = recent.rows.map((row) => (newRow === undefined ? row : newRow.get(row)))
      const rows = at.filter((row) => row !== undefined)
      const texts = recent.texts.filter((_, i) => at[i] !== undefined)
      const count = total - known - (at.length - rows.length)
      if (count === 0) continue
      found ??= new Map()
      const example = texts[0] === undefined ? (strays.first ?? infinite?.first)?.text : exampleOf(texts[0])
      found.set(name, { count, example: example ?? '', rows, texts })
    }
    return found
  }
}
