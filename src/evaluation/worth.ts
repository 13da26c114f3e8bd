import type { EvaluateConfig } from '../config/schema.ts'
import { compileFormula } from '../core/formula.ts'
import { RefitError } from '../core/error.ts'
import { formatNumber } from '../core/format.ts'
import { findColumn, type Table } from '../data/table.ts'

/** What decisions are worth, as configured: per outcome, or by a formula over the columns of the row. */
export type ValueConfig = NonNullable<EvaluateConfig['value']>
export type CostTable = Exclude<ValueConfig, { readonly formula: string }>

/** The cost table of a configuration; undefined where a formula asks for columns that the caller does not have. */
export function costTableOf(config: ValueConfig | undefined): CostTable | undefined {
  return config === undefined || 'formula' in config ? undefined : config
}

/** What deciding each row the one or the other way is worth, given its true class; in the user's unit. */
export interface Worth {
  readonly unit: string
  readonly decidedPositive: Float64Array
  readonly decidedNegative: Float64Array
  /** Why a row has no finite value: `tp * amount / fee divides by zero in row 17`. The value is undefined then. */
  readonly problem?: string | undefined
}

/** What one decision is worth is less than this: sums and squares of more would overflow. */
const LIMIT = 1e100
const isUsable = (value: number): boolean => Math.abs(value) < LIMIT

/** Of a cost table. `labels` are 1 for positive. */
export function tableWorth(table: CostTable, labels: Float64Array): Worth {
  const huge = [table.tp, table.fp, table.tn, table.fn].find((cost) => !isUsable(cost))
  return {
    ...(huge === undefined
      ? {}
      : { problem: `a value of ${formatNumber(huge)} for one decision is too large to add up` }),
    unit: table.unit,
    decidedPositive: labels.map((label) => (label === 1 ? table.tp : table.fp)),
    decidedNegative: labels.map((label) => (label === 1 ? table.fn : table.tn)),
  }
}

/**
 * Of a cost table, or of a formula over the columns of the rows. `rows` are the rows of the table that the labels
 * belong to, `of` what the table is called where a row has no value.
 *
 * @throws RefitError for a formula with a column that the table does not have or that holds no numbers.
 */
export function worthOf(
  config: ValueConfig,
  labels: Float64Array,
  table: Table,
  rows: Uint32Array,
  of = 'the held-out data',
): Worth {
  if (!('formula' in config)) return tableWorth(config, labels)
  const formula = compileFormula(config.formula)
  const columns = formula.columns.map((name) => numbersOf(table, name))
  const cells = new Float64Array(columns.length)
  let problem: string | undefined
  const worth = (i: number, decided: boolean): number => {
    const row = rows[i] as number
    columns.forEach((column, c) => (cells[c] = column[row] as number))
    const positive = labels[i] === 1
    const value = formula.evaluate(
      {
        tp: positive && decided ? 1 : 0,
        fp: !positive && decided ? 1 : 0,
        tn: !positive && !decided ? 1 : 0,
        fn: positive && !decided ? 1 : 0,
      },
      cells,
    )
    if (!isUsable(value))
      problem ??= problemOf(formula.columns, cells, config.formula, `in row ${formatNumber(row + 1)} of ${of}`)
    return value
  }
  return {
    unit: config.unit,
    decidedPositive: labels.map((_, i) => worth(i, true)),
    decidedNegative: labels.map((_, i) => worth(i, false)),
    ...(problem === undefined ? {} : { problem }),
  }
}

function problemOf(names: readonly string[], cells: Float64Array, formula: string, place: string): string {
  const missing = names.find((_, i) => Number.isNaN(cells[i]))
  if (missing !== undefined) return `the value formula needs ${missing}, which is missing ${place}`
  const seen = names.map((name, i) => `${name} is ${cells[i] as number}`).join(', ')
  return `the value formula “${formula}” divides by zero or overflows ${place}${seen === '' ? '' : ` (${seen})`}`
}

function numbersOf(table: Table, name: string): Float64Array {
  const column = findColumn(table, name)
  if (column?.kind === 'number') return column.values
  throw new RefitError(
    'evaluation',
    `the value formula names ${column === undefined ? `“${name}”, which is no column of the data` : `the column “${name}”, which holds no numbers`}`,
    {
      hint: `Mend evaluate.value.formula; names with other characters than letters, digits and _ stand in backquotes. Numeric columns: ${table.columns
        .filter((one) => one.kind === 'number')
        .map((one) => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(one.name) ? one.name : `\`${one.name}\``))
        .join(', ')}.`,
    },
  )
}
