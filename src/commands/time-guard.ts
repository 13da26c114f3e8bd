import type { DataConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { formatNumber } from '../core/format.ts'
import { MOSTLY } from '../data/infer.ts'
import type { Batch } from '../data/read.ts'
import {
  allPlaceholders,
  IN_THE_FUTURE,
  isPlaceholder,
  MOST_AHEAD,
  mostlyAhead,
  shownTime,
} from '../data/plausible-time.ts'
import { FORMAT_WORDS, TIME_HINT } from '../data/readers/time-format.ts'
import { findColumn } from '../data/table.ts'
import { shareOf } from '../data/expectations.ts'
import type { FutureRows, QualityFinding } from '../data/types.ts'
import type { Champion } from './champion.ts'
import { readingOf } from './champion-readings.ts'

/** Fewer rows whose dates cannot be true are told as late or in the future, and are no reason to read nothing. */
const FEW = 20

/**
 * Rows without a readable time are neither new nor old, and would go unnoticed, as would rows whose dates cannot be true.
 * When they are more than a few beside the new ones (a file in another date format), nothing can be said about the new rows.
 */
export function createTimeGuard(
  champion: Champion,
  data: DataConfig,
  now: number,
): {
  /** @param fresh New rows of the batch. */
  add(batch: Batch, fresh: number): void
  /**
   * What there is to say of the few that are left out; undefined where there is none.
   * @throws RefitError `data` where too many rows have no time, or none that can be true.
   */
  finish(): QualityFinding | undefined
} {
  // Those that the champion's run knew, and left out.
  const known = (reason: string): number =>
    champion.record?.data.dropped.find((part) => part.reason === reason)?.rows ?? 0
  const given = data['time-format']
  const format = given === 'auto' ? readingOf(champion)?.timeFormat : given
  const times = format && { format, given: given !== 'auto' }
  let [timeless, rows, ahead] = [0, 0, 0]
  let first: { readonly file: string; readonly row: number } | undefined
  let example: string | undefined
  let future: FutureRows | undefined
  // Of files that the champion's run did not read.
  const knownFiles = new Set(champion.record?.data.files.map(({ path }) => path))
  const placeholders = new Map<string, { rows: number; of: number; first: number }>()

  const checkTrue = (name: string): void => {
    const later = ahead - known(IN_THE_FUTURE)
    if (future !== undefined && later > Math.max(FEW, (rows + later) * MOST_AHEAD))
      throw mostlyAhead(name, { first: future.first, place: future.place, times, now })
    if (times?.given === true) return
    for (const [file, { rows: untrue, of, first: time }] of placeholders)
      if (untrue > Math.max(FEW, of * MOSTLY))
        throw allPlaceholders(name, { first: shownTime(time), place: { file }, times })
  }

  return {
    add({ table, file, firstRow, kept, strays, future: later }, fresh) {
      const column = data.time === undefined ? undefined : findColumn(table, data.time)
      if (column?.kind !== 'time') return
      rows += fresh
      ahead += later?.rows ?? 0
      future ??= later
      example ??= strays?.get(column.name)?.example
      const seen = knownFiles.has(file) ? undefined : (placeholders.get(file) ?? { rows: 0, of: 0, first: Number.NaN })
      if (seen) placeholders.set(file, seen)
      column.values.forEach((time, row) => {
        if (!Number.isNaN(time)) {
          if (seen) countPlaceholder(seen, time)
          return
        }
        timeless++
        first ??= { file, row: firstRow + (kept?.[row] ?? row) + 1 }
      })
    },
    finish() {
      const name = data.time as string
      const unread = timeless - known('time missing')
      if (first === undefined || unread <= 0) return void checkTrue(name)
      if (unread <= (1 - MOSTLY) * (rows + unread)) {
        checkTrue(name)
        const share = shareOf(unread, rows + unread, 'new row')
        const sentence = `${name}: ${share} have no time that can be read and are left out, the first is row ${formatNumber(first.row)} of ${first.file}`
        return { rule: 'dropped', column: data.time, severity: 'warn', sentence }
      }
      const such = example === undefined ? '' : ` (such as “${example}”)`
      const expected =
        times === undefined ? '' : `; version ${champion.manifest.version} was trained on ${FORMAT_WORDS[times.format]}`
      throw new RefitError(
        'data',
        `the time column "${name}" cannot be read in ${formatNumber(unread)} of ${formatNumber(rows + unread)} new rows, the first is row ${formatNumber(first.row)} of ${first.file}${such}${expected}`,
        { place: { file: first.file }, hint: TIME_HINT },
      )
    },
  }
}

function countPlaceholder(seen: { rows: number; of: number; first: number }, time: number): void {
  seen.of++
  if (!isPlaceholder(time)) return
  if (seen.rows++ === 0) seen.first = time
}
