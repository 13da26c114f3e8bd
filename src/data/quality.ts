import type { Expectations } from '../config/schema.ts'
import { formatPlace, type Place } from '../core/error.ts'
import { memberOf } from '../core/json.ts'
import { count } from '../core/text.ts'
import { checkExpectations, percent, shareOf } from './expectations.ts'
import { IN_THE_FUTURE } from './plausible-time.ts'
import { REPEATED_HEADER } from './readers/reader.ts'
import { hashRows } from './row-hash.ts'
import { type Column, findColumn, type Table } from './table.ts'
import { checkReading, checkSentinel } from './misread.ts'
import { rowsByClass } from './task.ts'
import type { ColumnReport, DataReport, QualityFinding } from './types.ts'

/** Above this share, left-out rows and missing values are worth a line. */
const MANY_DROPPED = 0.05
const MOSTLY_MISSING = 0.95
/** A class with fewer rows can hardly be learned or judged. */
const RARE_CLASS = 10

/**
 * Everything wrong with the data that a reviewer should know: breaches of `expect`, then the built-in checks (a label
 * without variety, duplicates, mixed types, constant or mostly missing columns, left-out rows). Leaks are found where
 * the split is known, in `evaluation/`. A finding of severity `stop` ends the run before training. Throws as `checkExpectations` does.
 */
export function checkQuality(table: Table, report: DataReport, expect: Expectations): QualityFinding[] {
  return [
    ...checkExpectations(table, expect, report.rowsUsable),
    ...checkLabel(table, report),
    ...personalColumns(report.columns),
    ...checkDuplicates(table),
    ...report.columns.flatMap((column) => [
      ...checkReading(column, memberOf(expect.columns, column.name)?.type),
      ...checkSentinel(column, findColumn(table, column.name)),
      ...checkColumn(column, table.rows),
    ]),
    ...checkDropped(report),
    ...withoutRows(report.files),
  ]
}

/** A header and nothing below it, beside other files: an export that broke off looks like that. */
function withoutRows(files: DataReport['files']): QualityFinding[] {
  const [first, ...more] = files.filter(({ rows }) => rows === 0)
  if (first === undefined) return []
  const sentence =
    more.length === 0
      ? `${first.path} holds no row`
      : `${first.path} and ${count(more.length, 'other')} of the ${files.length} files hold no row`
  return [{ rule: 'empty-file', column: undefined, severity: 'warn', sentence }]
}

/** What of files of their own is not judged, or not as it stands there. */
export function checkHeldOut(report: DataReport, { columns }: Expectations): QualityFinding[] {
  const findings = [
    ...report.columns.flatMap((column) => checkReading(column, memberOf(columns, column.name)?.type)),
    ...checkDropped(report),
    ...withoutRows(report.files),
  ]
  return findings.map((finding) => ({ ...finding, sentence: `held-out files: ${finding.sentence}` }))
}

function checkLabel(table: Table, report: DataReport): QualityFinding[] {
  const name = report.columns.find((column) => column.role === 'label')?.name
  const label = name === undefined ? undefined : findColumn(table, name)
  if (label === undefined) return []
  const finding = (severity: 'stop' | 'warn', words: string): QualityFinding => ({
    rule: 'label',
    column: label.name,
    severity,
    sentence: `${label.name}: ${words}`,
  })
  const classes = rowsByClass(label)
  if (classes.size === 0) return [finding('stop', 'no row has a label')]
  const [first] = classes.keys()
  if (classes.size === 1) return [finding('stop', `every label is “${first}”: there is nothing to learn`)]
  if (label.kind === 'number' && classes.size > 20) return []
  return [...classes]
    .filter(([, rows]) => rows < RARE_CLASS)
    .slice(0, 5)
    .map(([value, rows]) => finding('warn', `class “${value}” has only ${count(rows, 'row')}`))
}

/** Columns that are left out because of what they seem to hold; how to bring them back is for a person to decide. */
export function personalColumns(columns: readonly ColumnReport[]): QualityFinding[] {
  const found = columns.filter(({ role }) => role === 'personal').map(({ name }) => name)
  const [first, ...more] = found
  if (first === undefined) return []
  const names = found.slice(0, 8).join(', ') + (found.length > 8 ? `, … (${found.length} in all)` : '')
  const verb = more.length === 0 ? 'looks like personal data and is' : 'look like personal data and are'
  const sentence = `${names} ${verb} no feature, nor in the files that are committed; data.include: [${first}] makes it one`
  return [{ rule: 'personal', column: first, severity: 'warn', sentence }]
}

/** Rows that equal an earlier one in every column. */
function checkDuplicates(table: Table): QualityFinding[] {
  const hashes = hashRows(table)
  const byHash = new Map<number, number[]>()
  let duplicates = 0
  let first = -1
  for (let row = 0; row < table.rows; row++) {
    const hash = hashes[row] as number
    const seen = byHash.get(hash)
    if (seen === undefined) byHash.set(hash, [row])
    else if (seen.some((other) => sameRow(table.columns, other, row))) {
      if (duplicates++ === 0) first = row
    } else seen.push(row)
  }
  if (duplicates === 0) return []
  const sentence = `${shareOf(duplicates, table.rows, 'row')} repeat an earlier row in every column, the first is row ${(first + 1).toLocaleString('en-US')}`
  return [{ rule: 'duplicates', column: undefined, severity: 'warn', sentence }]
}

function sameRow(columns: readonly Column[], a: number, b: number): boolean {
  return columns.every((column) =>
    column.kind === 'category' ? column.codes[a] === column.codes[b] : Object.is(column.values[a], column.values[b]),
  )
}

/** Notes of the reader that a reviewer should see among the findings. */
const TELLING =
  /^mixed types|blanks? in a numeric column|^mixed zones|^dates that cannot be true|^looks like (?:compact )?dates|^values are taken for|^not in /

function checkColumn(column: ColumnReport, rows: number): QualityFinding[] {
  if (column.role === 'ignored') return []
  const warn = (rule: string, words: string): QualityFinding => ({
    rule,
    column: column.name,
    severity: 'warn',
    sentence: `${column.name}: ${words}`,
  })
  const findings = column.notes.filter((note) => TELLING.test(note)).map((note) => warn('types', note))
  if (column.role === 'constant')
    findings.push(warn('constant', `${column.notes.at(-1) ?? 'one value'}; left out of the features`))
  else if (column.missing > rows * MOSTLY_MISSING) {
    findings.push(warn('missing', `${percent(column.missing / rows)} of the values are missing`))
  }
  return findings
}

function checkDropped(report: DataReport): QualityFinding[] {
  return report.dropped
    .filter(
      ({ rows, reason }) =>
        rows > report.rowsRead * MANY_DROPPED || reason === IN_THE_FUTURE || reason === REPEATED_HEADER,
    )
    .map(({ rows, reason, value, example }) => ({
      rule: 'dropped',
      column: undefined,
      severity: 'warn' as const,
      sentence: `${shareOf(rows, report.rowsRead, 'row')} are left out: ${reason}${firstWords(value, example)}`,
    }))
}

function firstWords(value: string | undefined, example: Place | undefined): string {
  const place = example && formatPlace(example)
  if (value === undefined) return place === undefined ? '' : `, the first is ${place}`
  return `, the first is ${value}${place === undefined ? '' : ` (${place})`}`
}
