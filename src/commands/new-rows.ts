import type { DataConfig } from '../config/schema.ts'
import type { Batch } from '../data/read.ts'
import { isAbove, type Mark } from '../data/source.ts'
import { findColumn } from '../data/table.ts'
import type { Champion } from './champion.ts'

/** Which rows of a batch no version has seen yet; undefined means all of them. */
export type RowFilter = (batch: Batch) => Uint32Array | undefined

/**
 * New rows are those after the newest time that the champion's run saw. Without a time column: the files that its run
 * did not know, and the rows by which a known file has grown (files are taken to be appended to, never rewritten).
 */
export function newRowsSince(champion: Champion, data: DataConfig): RowFilter {
  const after = seenUntil(champion, data)
  if (data.time !== undefined && after !== undefined) return rowsAfter(data.time, after)
  const mark = seenMark(champion, data)
  if (data.watermark !== undefined && mark !== undefined) return rowsAbove(data.watermark, mark)
  const known = new Map((champion.record?.data.files ?? []).map((file) => [file.path, file.rows]))
  return (batch) => rowsFrom(batch, known.get(batch.file) ?? 0)
}

/** The newest time that the champion's run saw, in epoch milliseconds; undefined without a time column. */
export function seenUntil(champion: Champion, data: DataConfig): number | undefined {
  const { dataSeenUntil } = champion.manifest.training
  return data.time === undefined || dataSeenUntil === null ? undefined : Date.parse(dataSeenUntil)
}

/** The largest value of `data.watermark` that the champion's run saw. */
export function seenMark(champion: Champion, data: DataConfig): Mark | undefined {
  return data.watermark === undefined ? undefined : champion.manifest.training.seenMark
}

/** The files that the champion's run read: the same bytes hold no new row. */
export function seenFiles(
  champion: Champion,
): ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }> {
  return new Map((champion.record?.data.files ?? []).map((file) => [file.path, file]))
}

function rowsAfter(time: string, after: number): RowFilter {
  return (batch) => {
    const column = findColumn(batch.table, time)
    if (column === undefined || column.kind !== 'time') return undefined
    const rows = new Uint32Array(batch.table.rows)
    let n = 0
    for (let i = 0; i < column.values.length; i++) if ((column.values[i] as number) > after) rows[n++] = i
    return n === batch.table.rows ? undefined : rows.subarray(0, n)
  }
}

function rowsAbove(name: string, mark: Mark): RowFilter {
  return (batch) => {
    const column = findColumn(batch.table, name)
    if (column === undefined) return undefined
    const all = column.kind === 'category' ? column.codes : column.values
    const fresh = column.kind === 'category' ? column.dictionary.map((text) => isAbove(text, mark)) : undefined
    const rows = new Uint32Array(batch.table.rows)
    let n = 0
    for (let i = 0; i < rows.length; i++) {
      const value = all[i] as number
      if (fresh === undefined ? value > (mark as number) : fresh[value] === true) rows[n++] = i
    }
    return n === rows.length ? undefined : rows.subarray(0, n)
  }
}

function rowsFrom(batch: Batch, known: number): Uint32Array | undefined {
  const skip = Math.min(batch.table.rows, Math.max(0, known - batch.firstRow))
  if (skip === 0) return undefined
  return Uint32Array.from({ length: batch.table.rows - skip }, (_, i) => skip + i)
}
