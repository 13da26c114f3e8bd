import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Papa from 'papaparse'
import { isoTime } from '../../core/clock.ts'
import type { Business, BusinessMonth, CustomerMonth } from './business.ts'
import { FILE_COLUMNS, liveRow, MISSING_TEXT } from './columns.ts'

const MINUTES_PER_HOUR = 60

/** The folder of the exported files, relative to the root of the repository. */
export const DATA_FOLDER = 'data'

/** `data/customers-2026-01.csv`. */
function exportPath(month: BusinessMonth): string {
  return `${DATA_FOLDER}/customers-${month.name}.csv`
}

/**
 * What the warehouse holds at the end of a month: one file a month, oldest first. The labels of the month itself are
 * not known yet; those of all earlier ones are. From `timeline.minutes` on the usage is in minutes, in every file.
 */
export function exportedFiles(business: Business, month: number): ReadonlyMap<string, string> {
  const inMinutes = month >= business.timeline.minutes
  const files = new Map<string, string>()
  for (const each of business.months) {
    if (each.month <= month) files.set(exportPath(each), csv(each, { labelled: each.month < month, inMinutes }))
  }
  return files
}

/**
 * Brings `root` to the state of the end of a month and returns the paths of the files that are new or different, such
 * as the month before, whose labels have arrived. A file appears whole or not at all.
 */
export async function exportMonth(business: Business, month: number, root: string): Promise<readonly string[]> {
  const written: string[] = []
  await mkdir(join(root, DATA_FOLDER), { recursive: true })
  for (const [path, content] of exportedFiles(business, month)) {
    const file = join(root, path)
    const before = await readFile(file, 'utf8').catch(() => undefined)
    if (before === content) continue
    await writeFile(`${file}.part`, content)
    await rename(`${file}.part`, file)
    written.push(path)
  }
  return written
}

function csv(month: BusinessMonth, how: { readonly labelled: boolean; readonly inMinutes: boolean }): string {
  const data = month.rows.map((row) => {
    const cells = fileRow(row, how)
    return FILE_COLUMNS.map((column) => cells[column] ?? MISSING_TEXT[column] ?? '')
  })
  return `${Papa.unparse({ fields: [...FILE_COLUMNS], data }, { newline: '\n' })}\n`
}

function fileRow(
  row: CustomerMonth,
  { labelled, inMinutes }: { readonly labelled: boolean; readonly inMinutes: boolean },
): Readonly<Record<(typeof FILE_COLUMNS)[number], string | number | null>> {
  const live = liveRow(row)
  const hours = row.observed.usageHours
  return {
    ...live,
    monthly_usage: hours === null || !inMinutes ? hours : Math.round(hours * MINUTES_PER_HOUR),
    customer_id: row.id,
    billed_at: isoTime(row.billedAt),
    signup_date: isoTime(row.signup).slice(0, 10),
    churned: labelled ? (row.churned ? 'yes' : 'no') : null,
  }
}
