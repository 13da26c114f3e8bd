import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { dataObject } from '../../src/config/schema/data.ts'
import type { DataConfig } from '../../src/config/schema.ts'
import { RefitError } from '../../src/core/error.ts'
import { type Log, silentLog } from '../../src/core/log.ts'
import { readTable, type ReadTableOptions } from '../../src/data/read.ts'
import { cellText, type Column, findColumn, type Table } from '../../src/data/table.ts'
import type { ColumnReport, LoadedData } from '../../src/data/types.ts'

/** A folder with these files; gone when the test is over. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'refit-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

export function dataConfig(input: { source: string | string[] } & Record<string, unknown>): DataConfig {
  const parsed = dataObject.parse(input)
  return { ...parsed, label: parsed.label ?? 'y' }
}

export async function read(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: Record<string, unknown> = {},
  options: Partial<ReadTableOptions> = {},
): Promise<LoadedData> {
  const data = dataConfig({ source: Object.keys(files), ...settings })
  return readTable(data, folderWith(files), { log: silentLog, requireLabel: false, ...options })
}

export function columnOf(data: LoadedData, name: string): Column {
  const column = findColumn(data.table, name)
  if (column === undefined) throw new Error(`no column ${name}`)
  return column
}

export function reportOf(data: LoadedData, name: string): ColumnReport {
  const column = data.report.columns.find((other) => other.name === name)
  if (column === undefined) throw new Error(`no report on ${name}`)
  return column
}

/** The cells of a column as text, '' where missing. */
export function texts(table: Table, name: string): string[] {
  const column = findColumn(table, name)
  if (column === undefined) throw new Error(`no column ${name}`)
  return Array.from({ length: table.rows }, (_, row) => cellText(column, row))
}

/** The RefitError of work that must fail; anything else is thrown on. */
export async function failure(work: Promise<unknown> | (() => unknown)): Promise<RefitError> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof RefitError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** A log that keeps its warnings. */
export function warnings(): { log: Log; texts: string[] } {
  const kept: string[] = []
  return {
    texts: kept,
    log: { ...silentLog, warn: (text, place) => kept.push(`${place?.file}:${place?.line} ${text}`) },
  }
}
