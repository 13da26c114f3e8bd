import type { ColumnExpectation, Expectations } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { withoutPersonal } from '../core/personal.ts'
import { count } from '../core/text.ts'
import { didYouMean } from '../core/suggest.ts'
import { distinctCount } from './column-report.ts'
import { canonicalText } from './readers/dictionary.ts'
import { cellText, type Column, findColumn, isMissing, missingCount, type Table } from './table.ts'
import type { QualityFinding } from './types.ts'

/**
 * Breaches of the `expect` rules, each as a sentence with count, share and the first example. Throws a
 * RefitError('data') with a suggestion for a rule on a column that the data do not have.
 *
 * @param all rows there are, where the table holds some of them
 */
export function checkExpectations(table: Table, expect: Expectations, all = table.rows): QualityFinding[] {
  const findings: QualityFinding[] = []
  const { min, max } = expect.rows
  const rows = (sentence: string): number =>
    findings.push({ rule: 'rows', column: undefined, severity: 'stop', sentence })
  if (min !== undefined && all < min) rows(`${count(all, 'row')}, at least ${format(min)} expected`)
  if (max !== undefined && all > max) rows(`${count(all, 'row')}, at most ${format(max)} expected`)
  for (const [name, rule] of Object.entries(expect.columns)) {
    const column = findColumn(table, name)
    if (column === undefined) {
      const names = table.columns.map((other) => other.name)
      throw new RefitError(
        'data',
        `expect names the column "${name}", which the data do not have${didYouMean(name, names)}`,
        {
          hint: `The columns are ${names.slice(0, 20).join(', ')}.`,
        },
      )
    }
    findings.push(...checkColumn(column, table.rows, rule))
  }
  return findings
}

function checkColumn(column: Column, rows: number, rule: ColumnExpectation): QualityFinding[] {
  const { name } = column
  const findings: QualityFinding[] = []
  const breach = (kind: string, words: string): void => {
    findings.push({ rule: kind, column: name, severity: rule.severity, sentence: `${name}: ${words}` })
  }
  const breaches = (kind: string, words: string, isBad: (row: number) => boolean): void => {
    let bad = 0
    let first = -1
    for (let row = 0; row < rows; row++) {
      if (isMissing(column, row) || !isBad(row)) continue
      if (bad++ === 0) first = row
    }
    if (bad > 0)
      breach(
        kind,
        `${shareOf(bad, rows)} ${words}, the first is ${withoutPersonal(cellText(column, first))} (row ${format(first + 1)})`,
      )
  }

  if (rule.type !== undefined && column.kind !== rule.type)
    breach('type', `${rule.type} expected, the column is of type ${column.kind}`)
  if (rule.min !== undefined || rule.max !== undefined) {
    if (column.kind === 'number') {
      const { values } = column
      const { min, max } = rule
      if (min !== undefined) breaches('min', `are below ${min}`, (row) => (values[row] as number) < min)
      if (max !== undefined) breaches('max', `are above ${max}`, (row) => (values[row] as number) > max)
    } else breach('type', `min and max need numbers, the column is of type ${column.kind}`)
  }
  if (rule.in !== undefined) {
    const allowed = new Set(rule.in.map(canonicalText))
    const list = rule.in.slice(0, 6).join(', ') + (rule.in.length > 6 ? ', …' : '')
    const codes = column.kind === 'category' ? column.dictionary.map((text) => allowed.has(text)) : undefined
    const isBad =
      column.kind === 'category'
        ? (row: number): boolean => codes?.[column.codes[row] as number] === false
        : (row: number): boolean => !allowed.has(cellText(column, row))
    breaches('in', `are none of ${list}`, isBad)
  }
  if (rule.missing !== undefined) {
    const missing = missingCount(column)
    if (missing > rows * rule.missing.max) {
      breach('missing', `${shareOf(missing, rows)} are missing, at most ${percent(rule.missing.max)} expected`)
    }
  }
  if (rule.unique === true) {
    const present = rows - missingCount(column)
    const repeated = present - distinctCount(column)
    if (repeated > 0) breach('unique', `${shareOf(repeated, rows)} repeat an earlier one`)
  }
  return findings
}

const format = (value: number): string => value.toLocaleString('en-US')

/** `3 of 7,043 values (0.043 %)`. */
export function shareOf(part: number, whole: number, noun = 'value'): string {
  return `${format(part)} of ${count(whole, noun)} (${percent(part / whole)})`
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}
