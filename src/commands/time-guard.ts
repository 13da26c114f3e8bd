import type { DataConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { formatNumber } from '../core/format.ts'
import { MOSTLY } from '../data/infer.ts'
import type { Batch } from '../data/read.ts'
import { findColumn } from '../data/table.ts'
import { shareOf } from '../data/expectations.ts'
import type { QualityFinding } from '../data/types.ts'
import type { Champion } from './champion.ts'

/**
 * Rows without a readable time are neither new nor old, and would go unnoticed. When they are more than a few beside the
 * new ones (a file in another date format), nothing can be said about the new rows.
 */
export function createTimeGuard(
  champion: Champion,
  data: DataConfig,
): {
  /** @param fresh New rows of the batch. */
  add(batch: Batch, fresh: number): void
  /**
   * What there is to say of the few that are left out; undefined where there is none.
   * @throws RefitError `data` where too many rows have no time.
   */
  finish(): QualityFinding | undefined
} {
  // Those that the champion's run knew, and left out.
  const known = champion.record?.data.dropped.find(({ reason }) => reason === 'time missing')?.rows ?? 0
  let [timeless, rows] = [0, 0]
  let first: { readonly file: string; readonly row: number } | undefined
  return {
    add({ table, file, firstRow }, fresh) {
      const column = data.time === undefined ? undefined : findColumn(table, data.time)
      if (column?.kind !== 'time') return
      rows += fresh
      column.values.forEach((time, row) => {
        if (!Number.isNaN(time)) return
        timeless++
        first ??= { file, row: firstRow + row + 1 }
      })
    },
    finish() {
      const unread = timeless - known
      if (first === undefined || unread <= 0) return undefined
      if (unread <= (1 - MOSTLY) * (rows + unread)) {
        const share = shareOf(unread, rows + unread, 'new row')
        const sentence = `${data.time as string}: ${share} have no time that can be read and are left out, the first is row ${formatNumber(first.row)} of ${first.file}`
        return { rule: 'dropped', column: data.time, severity: 'warn', sentence }
      }
      throw new RefitError(
        'data',
        `the time column "${data.time as string}" cannot be read in ${formatNumber(unread)} of ${formatNumber(rows + unread)} new rows, the first is row ${formatNumber(first.row)} of ${first.file}`,
        {
          place: { file: first.file },
          hint: 'Write all times in one of the formats 2026-05-01, 2026-05-01 10:30:00 or 2026-05-01T10:30:00Z, or as seconds or milliseconds since 1970.',
        },
      )
    },
  }
}
