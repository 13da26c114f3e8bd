import type { ModelConfig } from '../config/schema.ts'
import { formatPlace } from '../core/error.ts'
import { isoTime } from '../core/clock.ts'
import { count } from '../core/text.ts'
import type { Batch, ReadBatchesOptions } from '../data/read.ts'
import { mixedZones } from '../data/column-report.ts'
import { shareOf } from '../data/expectations.ts'
import { findColumn, missingCount } from '../data/table.ts'
import type { DroppedRows, FutureRows, ProfileCounts, QualityFinding } from '../data/types.ts'
import type { Champion } from './champion.ts'
import { createMisread } from './misread.ts'
import { seenMark, seenUntil } from './new-rows.ts'

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
  /** What a database counted: it leaves rows of the future out by itself. */
  addCounted(counts: ProfileCounts): void
  /** Rows that were left out, rows that came late, and columns that are not what they are read as, as sentences. */
  findings(counts: ProfileCounts): readonly QualityFinding[]
  facts(counted: boolean): ReadFacts
}

export function createReading(
  champion: Champion,
  { data, expect }: Pick<ModelConfig, 'data' | 'expect'>,
  now: number,
): Reading {
  const after = seenUntil(champion, data)
  const mark = after === undefined ? seenMark(champion, data) : isoTime(after)
  const name = data.time ?? data.watermark
  const files = champion.record?.data.files
  const known = new Map(files?.map(({ path, rows }) => [path, rows]))
  const dropped: DroppedRows[] = []
  const old = new Map<string, number>()
  const latePartitions: string[] = []
  const read = new Set<string>()
  const misread = createMisread(champion, { data, expect })
  let [skipped, rowsRead, newRows, ahead] = [0, 0, 0, 0]
  let future: FutureRows | undefined
  let zones: Batch['zones']
  let counted = false
  const addFuture = (later: FutureRows | undefined): void => {
    future ??= later
    ahead += later?.rows ?? 0
  }
  return {
    options: {
      onDropped: (part) => dropped.push(part),
      onNearly: misread.onNearly,
      onSkipped: (path, why) => {
        skipped++
        if (why === 'old' && files !== undefined && !known.has(path)) latePartitions.push(path)
      },
    },
    add({ table, file, strays, future: later, zones: seen }, rows) {
      const fresh = rows?.length
      read.add(file)
      zones = seen
      rowsRead += table.rows + (later?.rows ?? 0)
      misread.add(table.rows, strays, rows)
      if (!counted) {
        newRows += fresh ?? table.rows
        addFuture(later)
      }
      if (mark === undefined || fresh === undefined || name === undefined) return
      const column = findColumn(table, name)
      if (column === undefined || (data.time !== undefined && column.kind !== 'time')) return
      // What is known of a file counts all of its rows; in a new one those without a time are not late, and told apart.
      const timeless = known.has(file) ? 0 : missingCount(column)
      old.set(file, (old.get(file) ?? 0) + table.rows - fresh - timeless)
    },
    addCounted(counts) {
      counted = true
      newRows = counts.rows
      addFuture(counts.future)
    },
    findings(counts) {
      const found: QualityFinding[] = [...misread.findings(counts)]
      if (future !== undefined) {
        const where = future.place === undefined ? '' : ` (${formatPlace(future.place)})`
        const sentence = `${data.time as string}: ${shareOf(ahead, newRows + ahead)} lie in the future (it is ${isoTime(now)}), such as “${future.first}”${where}; they are left out`
        found.push({ rule: 'future', column: data.time, severity: 'warn', sentence })
      }
      const mixed = mixedZones(zones)
      if (mixed !== undefined)
        found.push({ rule: 'zones', column: data.time, severity: 'warn', sentence: `${data.time}: ${mixed}` })
      for (const { reason, rows, example } of dropped) {
        const first = example === undefined ? '' : `, the first is ${formatPlace(example)}`
        const sentence = `${shareOf(rows, rows + rowsRead, 'row')} are left out: ${reason}${first}`
        found.push({ rule: 'dropped', column: undefined, severity: 'warn', sentence })
      }
      if (mark === undefined || name === undefined || files === undefined) return found
      const notNewer = after === undefined ? `not above ${mark}` : `no newer than ${mark}`
      const newest = after === undefined ? 'the largest value' : 'the newest time'
      const tell = (words: string): void => {
        const sentence = `${name}: ${words}; no check counts them as new`
        found.push({ rule: 'late', column: name, severity: 'warn', sentence })
      }
      const late = [...old].flatMap(([file, rows]) => {
        const more = rows - (known.get(file) ?? 0)
        return data.postgres === undefined && more > 0 ? [{ file, more }] : []
      })
      const total = late.reduce((sum, { more }) => sum + more, 0)
      if (total > 0) {
        const [first] = late
        const where = late.length === 1 ? first?.file : `${first?.file} and ${count(late.length - 1, 'other file')}`
        tell(`${count(total, 'row')} of ${where} came late: ${notNewer}, ${newest} known at the training`)
      }
      const [partition] = latePartitions
      if (partition !== undefined)
        tell(`${count(latePartitions.length, 'new file')} of partitions ${notNewer} came late, such as ${partition}`)
      return found
    },
    facts: (inDatabase) => ({
      filesRead: data.postgres === undefined ? read.size : 0,
      filesSkipped: skipped,
      rowsRead,
      countedIn: inDatabase ? 'database' : 'files',
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
