import type { DataConfig } from '../config/schema.ts'
import { MOSTLY } from '../data/infer.ts'
import { isPlaceholder, latestTime } from '../data/plausible-time.ts'
import type { Batch } from '../data/read.ts'
import { isAbove, type Mark } from '../data/source.ts'
import { likelyFormat, timeOfNumber } from '../data/readers/time-format.ts'
import { timeOfText } from '../data/readers/time-text.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import type { Champion } from './champion.ts'

/** Which rows of a batch no version has seen yet; undefined means all of them. */
export type RowFilter = (batch: Batch) => Uint32Array | undefined

/**
 * New rows are those after the newest time that the champion's run saw. Without a time column: the files that its run
 * did not know, and the rows by which a known file has grown (files are taken to be appended to, never rewritten).
 *
 * @param now Epoch milliseconds: a mark that is a time in the future makes no row new.
 */
export function newRowsSince(champion: Champion, data: DataConfig, now: number): RowFilter {
  const after = seenUntil(champion, data)
  if (data.time !== undefined && after !== undefined) return rowsAfter(data.time, after)
  const mark = seenMark(champion, data)
  if (data.watermark !== undefined && mark !== undefined) return rowsAbove(data.watermark, mark, latestTime(now))
  const known = new Map((champion.record?.data.files ?? []).map((file) => [file.path, file.rows]))
  return (batch) => rowsFrom(batch, known.get(batch.file) ?? 0)
}

/** The newest time that the champion's run saw, in epoch milliseconds; undefined without a time column. */
export function seenUntil({ manifest: { training } }: Champion, data: DataConfig): number | undefined {
  const { dataSeenUntil, trainedAt } = training
  return data.time === undefined || dataSeenUntil === null ? undefined : credible(dataSeenUntil, trainedAt, data)
}

/** The newest time that the champion learned from, in epoch milliseconds; undefined without a time column. */
export function trainedUntil({ manifest: { training } }: Champion, data: DataConfig): number | undefined {
  const { watermark, trainedAt } = training
  return watermark === null ? undefined : credible(watermark, trainedAt, data)
}

/**
 * A run cannot have seen rows of after it: earlier versions of Refit believed whatever date was the largest. The time of
 * the training then stands for it. So it does for dates that were read wrongly as a whole (all in 1970).
 */
function credible(mark: string, trainedAt: string, data: DataConfig): number {
  const [time, trained] = [Date.parse(mark), Date.parse(trainedAt)]
  const wrong = time > latestTime(trained) || (data['time-format'] === 'auto' && isPlaceholder(time))
  return wrong ? trained : time
}

/** The largest value of `data.watermark` that the champion's run saw. */
export function seenMark({ manifest: { training } }: Champion, data: DataConfig): Mark | undefined {
  const { seenMark: mark, trainedAt } = training
  if (data.watermark === undefined) return undefined
  if (typeof mark !== 'string') return mark
  const trained = Date.parse(trainedAt)
  return timeOfText(mark) > latestTime(trained) ? spelledLike(mark, trained) : mark
}

/** A time in the spelling of another one, so that the two are in order by their characters. */
function spelledLike(text: string, time: number): string {
  const [, zone = ''] = /(?:\d{2}:?\d{2})( ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))$/.exec(text) ?? []
  const iso = new Date(time + timeOfText(text.slice(0, text.length - zone.length)) - timeOfText(text)).toISOString()
  const digits = iso.replaceAll(/\D/g, '')
  let next = 0
  return text.slice(0, text.length - zone.length).replaceAll(/\d/g, () => digits[next++] ?? '0') + zone
}

/** What the champion's manifest says of the rows it has seen, where that cannot be; undefined where it can. */
export function wrongMark(champion: Champion, data: DataConfig): QualityFinding | undefined {
  const { version, training } = champion.manifest
  const { dataSeenUntil, seenMark: mark, trainedAt } = training
  const claimed = data.time === undefined ? mark : dataSeenUntil
  const right =
    data.time === undefined
      ? seenMark(champion, data) === mark
      : dataSeenUntil === null || seenUntil(champion, data) === Date.parse(dataSeenUntil)
  if (right) return undefined
  const column = data.time ?? data.watermark
  const sentence = `${column}: version ${version} says that it has seen rows until ${claimed}, which cannot be: it was trained at ${trainedAt}. Rows after its training count as new; the next version mends this`
  return { rule: 'watermark', column, severity: 'warn', sentence }
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

function rowsAbove(name: string, mark: Mark, latest: number): RowFilter {
  return (batch) => {
    const column = findColumn(batch.table, name)
    if (column === undefined) return undefined
    const all = column.kind === 'category' ? column.codes : column.values
    const fresh =
      column.kind === 'category'
        ? column.dictionary.map((text) => isAbove(text, mark) && !(timeOfText(text) > latest))
        : undefined
    const rows = new Uint32Array(batch.table.rows)
    let n = 0
    for (let i = 0; i < rows.length; i++) {
      const value = all[i] as number
      if (fresh === undefined ? value > (mark as number) : fresh[value] === true) rows[n++] = i
    }
    return n === rows.length ? undefined : rows.subarray(0, n)
  }
}

/** The largest value of a column that only grows, and how many of its values are times in the future, which do not count. */
export interface GrowingMark {
  readonly mark: Mark | undefined
  readonly ahead: number
}

/** Of `data.watermark`: a number, or a text by its characters. */
export function largestMark(table: Table, name: string | undefined, now: number): GrowingMark {
  const column = name === undefined ? undefined : findColumn(table, name)
  if (column === undefined) return { mark: undefined, ahead: 0 }
  const latest = latestTime(now)
  if (column.kind === 'category') {
    const later = column.dictionary.map((text) => timeOfText(text) > latest)
    const used = new Set(column.codes)
    const texts = column.dictionary.filter((_, code) => used.has(code) && later[code] === false)
    const ahead = column.codes.reduce((sum, code) => sum + Number(later[code] === true), 0)
    return { mark: texts.sort().at(-1), ahead }
  }
  const values = column.values.filter((value) => value === value)
  const past = values.filter((value) => !isAhead(value, latest))
  // Numbers are times only where nearly all of them are times that have come.
  const counted = past.length >= values.length * MOSTLY ? past : values
  const largest = counted.reduce((most, value) => (value > most ? value : most), -Infinity)
  return { mark: Number.isFinite(largest) ? largest : undefined, ahead: values.length - counted.length }
}

/** Whether a number is none of the times from 2000 to the given one. */
function isAhead(value: number, latest: number): boolean {
  const format = likelyFormat(value)
  const time = format === undefined || format === 'excel' ? Number.NaN : timeOfNumber(value, { format, given: false })
  return !(time >= Date.UTC(2000) && time <= latest)
}

function rowsFrom(batch: Batch, known: number): Uint32Array | undefined {
  const skip = Math.min(batch.table.rows, Math.max(0, known - batch.firstRow))
  if (skip === 0) return undefined
  return Uint32Array.from({ length: batch.table.rows - skip }, (_, i) => skip + i)
}
