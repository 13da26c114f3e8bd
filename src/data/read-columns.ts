import type { Log } from '../core/log.ts'
import type { ColumnPlan } from './infer.ts'
import { createSink } from './readers/create-sink.ts'
import type { Cursor, DressedNumber, Sink } from './readers/sink.ts'
import type { Source } from './source.ts'
import type { LimitedRows, RowLimit } from './row-limit.ts'
import type { Column } from './table.ts'
import type { DroppedRows } from './types.ts'

/** A column as it came from the files, with what its sink noticed. */
export interface ReadColumn {
  readonly column: Column
  readonly plan: ColumnPlan
  readonly sink: Sink
  /** Files that do not have the column. */
  readonly absentFrom: readonly string[]
  /** Values that did not fit a type which was only decided on after reading. */
  readonly lateStrays: ReadonlyMap<string, number>
  /** The first number that is not written as a program writes it. */
  readonly dressed: DressedNumber | undefined
}

export interface ReadColumns {
  /** Of all files, kept or not. */
  readonly rows: number
  /** What was done to stay within the limit; undefined where all rows were kept. */
  readonly limited: LimitedRows | undefined
  readonly rowsOf: ReadonlyMap<string, number>
  readonly columns: Map<string, ReadColumn>
  readonly dropped: readonly DroppedRows[]
  readonly skippedRows: number
}

/**
 * Reads the planned columns of all files once, one below the other, aligned by name. `late` is the plan for columns
 * that turn up behind the sampled rows (JSON Lines only); without it they are left out. Without `limit` every row is kept.
 * Times after `latest` lie in the future.
 */
export async function readColumns(
  source: Source,
  plans: ReadonlyMap<string, ColumnPlan>,
  log: Log,
  options: {
    readonly late?: ColumnPlan | undefined
    readonly limit?: RowLimit | undefined
    readonly latest?: number | undefined
  } = {},
): Promise<ReadColumns> {
  const { late, limit, latest } = options
  const cursor: Cursor = { file: '', line: 1 }
  const open = (name: string, plan: ColumnPlan): Sink =>
    createSink(name, plan.kind, { cursor, missing: source.missing, style: plan.style, times: plan.times, latest })
  const sinks = new Map([...plans].map(([name, plan]) => [name, open(name, plan)]))
  const known = new Set([...source.columns, ...source.nested])
  const absent = new Map<string, string[]>()
  const rowsOf = new Map<string, number>()
  const dropped: DroppedRows[] = []
  let rows = 0
  let held = 0
  for (const { path, reader, peek } of source.parts) {
    cursor.file = path
    const before = rows
    const sinkOf = (column: string): Sink | undefined => {
      if (late !== undefined && !known.has(column)) {
        known.add(column)
        const sink = open(column, late)
        sink.missing(held)
        sinks.set(column, sink)
      }
      return sinks.get(column)
    }
    const reading = reader.read(sinkOf, cursor)
    for (;;) {
      const step = await reading.next()
      if (step.done) {
        for (const part of step.value) {
          dropped.push({ reason: part.reason, rows: part.rows, example: { file: path, line: part.line } })
        }
        break
      }
      rows += step.value
      held += step.value
      // A file without the column, or JSON records so far without the key.
      for (const sink of sinks.values()) if (sink.length < held) sink.missing(held - sink.length)
      if (limit) held = limit.trim(sinks, held, false)
    }
    rowsOf.set(path, rows - before)
    for (const name of sinks.keys()) {
      if (rows > before && !peek.columns.includes(name)) absent.set(name, [...(absent.get(name) ?? []), path])
    }
    log.debug(`read ${path}: ${rows - before} rows`)
    if (source.parts.length > 1) log.progress({ label: 'read data', done: rowsOf.size, total: source.parts.length })
  }
  limit?.trim(sinks, held, true)
  const columns = new Map(
    [...sinks].map(([name, sink]) => {
      const plan = (plans.get(name) ?? late) as ColumnPlan
      return [
        name,
        {
          column: sink.take(),
          plan,
          sink,
          absentFrom: absent.get(name) ?? [],
          lateStrays: new Map<string, number>(),
          dressed: sink.dressed,
        },
      ]
    }),
  )
  return {
    rows,
    limited: limit?.result(),
    rowsOf,
    columns,
    dropped,
    skippedRows: dropped.reduce((sum, part) => sum + part.rows, 0),
  }
}
