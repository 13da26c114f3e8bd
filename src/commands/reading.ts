import type { ModelConfig } from '../config/schema.ts'
import { formatPlace } from '../core/error.ts'
import { isoTime } from '../core/clock.ts'
import { count } from '../core/text.ts'
import type { Batch, ReadBatchesOptions } from '../data/read.ts'
import { shareOf } from '../data/expectations.ts'
import { findColumn } from '../data/table.ts'
import type { DroppedRows, ProfileCounts, QualityFinding } from '../data/types.ts'
import type { Champion } from './champion.ts'
import { createMisread } from './misread.ts'
import { seenUntil } from './new-rows.ts'

/** How much a check had to read. */
export interface ReadFacts {
  readonly filesRead: number
  /** Files that hold nothing new for certain: known bytes, partitions that are too old. */
  readonly filesSkipped: number
  /** Rows that were read, new or not; what a database counts by itself is not read. */
  readonly rowsRead: number
  /** Where the new rows were counted. */
  readonly countedIn: 'files' | 'database'
}

/** Watches a check read: how much it had to, and which rows it could not use. */
export interface Reading {
  readonly options: Pick<ReadBatchesOptions, 'onDropped' | 'onSkipped' | 'onNearly'>
  /** @param rows The new rows of the batch; undefined means all. */
  add(batch: Batch, rows: ArrayLike<number> | undefined): void
  /** Rows that were left out, rows that came late, and columns that are not what they are read as, as sentences. */
  findings(counts: ProfileCounts): readonly QualityFinding[]
  facts(counted: boolean): ReadFacts
}

export function createReading(champion: Champion, { data, expect }: Pick<ModelConfig, 'data' | 'expect'>): Reading {
  const after = seenUntil(champion, data)
  const files = champion.record?.data.files
  const known = new Map(files?.map(({ path, rows }) => [path, rows]))
  const dropped: DroppedRows[] = []
  const old = new Map<string, number>()
  const latePartitions: string[] = []
  const read = new Set<string>()
  const misread = createMisread(champion, { data, expect })
  let [skipped, rowsRead] = [0, 0]
  return {
    options: {
      onDropped: (part) => dropped.push(part),
      onNearly: misread.onNearly,
      onSkipped: (path, why) => {
        skipped++
        if (why === 'old' && files !== undefined && !known.has(path)) latePartitions.push(path)
      },
    },
    add({ table, file, strays }, rows) {
      const fresh = rows?.length ?? table.rows
      read.add(file)
      rowsRead += table.rows
      misread.add(table.rows, strays, rows)
      if (after === undefined || data.time === undefined) return
      const time = findColumn(table, data.time)
      if (time?.kind !== 'time') return
      // What is known of a file counts all of its rows; in a new one those without a time are not late, and told apart.
      const timeless = known.has(file) ? 0 : time.values.reduce((n, value) => (Number.isNaN(value) ? n + 1 : n), 0)
      old.set(file, (old.get(file) ?? 0) + table.rows - fresh - timeless)
    },
    findings(counts) {
      const found: QualityFinding[] = [...misread.findings(counts)]
      for (const { reason, rows, example } of dropped) {
        const first = example === undefined ? '' : `, the first is ${formatPlace(example)}`
        const sentence = `${shareOf(rows, rows + rowsRead, 'row')} are left out: ${reason}${first}`
        found.push({ rule: 'dropped', column: undefined, severity: 'warn', sentence })
      }
      if (after === undefined || data.time === undefined || files === undefined) return found
      const newest = isoTime(after)
      const tell = (words: string): void => {
        const sentence = `${data.time as string}: ${words}; no check counts them as new`
        found.push({ rule: 'late', column: data.time, severity: 'warn', sentence })
      }
      const late = [...old].flatMap(([file, rows]) => {
        const more = rows - (known.get(file) ?? 0)
        return data.postgres === undefined && more > 0 ? [{ file, more }] : []
      })
      const total = late.reduce((sum, { more }) => sum + more, 0)
      if (total > 0) {
        const [first] = late
        const where = late.length === 1 ? first?.file : `${first?.file} and ${count(late.length - 1, 'other file')}`
        tell(
          `${count(total, 'row')} of ${where} came late: no newer than ${newest}, the newest time known at the training`,
        )
      }
      const [partition] = latePartitions
      if (partition !== undefined)
        tell(
          `${count(latePartitions.length, 'new file')} of partitions no newer than ${newest} came late, such as ${partition}`,
        )
      return found
    },
    facts: (counted) => ({
      filesRead: data.postgres === undefined ? read.size : 0,
      filesSkipped: skipped,
      rowsRead,
      countedIn: counted ? 'database' : 'files',
    }),
  }
}

/** `read 400 rows of 1 file; 3 files hold nothing new`. */
export function readingText({ filesRead, filesSkipped, rowsRead, countedIn }: ReadFacts): string {
  const rows = count(rowsRead, 'row')
  if (countedIn === 'database') return `new rows were counted in the database, and ${rows} fetched`
  const from = filesRead === 0 ? '' : ` of ${count(filesRead, 'file')}`
  const rest = filesSkipped === 0 ? '' : `; ${count(filesSkipped, 'file')} without anything new left alone`
  return `${rows}${from} read${rest}`
}
