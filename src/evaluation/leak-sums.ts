import { formatPercent } from '../core/format.ts'
import type { Column, NumberColumn } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'

/** Share of the label's variance that two columns explain together from which they are its parts. */
const SUSPICIOUS = 0.999
/** All pairs of more columns would take long; those that correlate most with the label are kept. */
const MOST_COLUMNS = 40
const MOST_ROWS = 5_000
const FEWEST_ROWS = 30
const MOST_FINDINGS = 3

/**
 * Pairs of columns that the label is a linear combination of: `casual` + `registered` = `cnt`. From correlations,
 * R² = (r₁² + r₂² − 2·r₁·r₂·r₁₂) / (1 − r₁₂²), over the rows where all are present. Pairs in which one column does it
 * alone are left out.
 */
export function findSums(label: NumberColumn, features: readonly Column[], trainRows: Uint32Array): QualityFinding[] {
  const numbers = features.filter((column): column is NumberColumn => column.kind === 'number')
  const step = Math.max(1, Math.ceil(trainRows.length / MOST_ROWS))
  const rows = trainRows.filter((row, i) => i % step === 0 && !Number.isNaN(label.values[row]))
  if (rows.length < FEWEST_ROWS) return []
  const truth = standardise(label, rows)
  if (truth === undefined) return []
  const columns = numbers
    .flatMap((column) => {
      const values = standardise(column, rows)
      return values === undefined ? [] : [{ name: column.name, values, r: dot(values, truth) }]
    })
    .filter((column) => column.r ** 2 < SUSPICIOUS)
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r))
    .slice(0, MOST_COLUMNS)

  const pairs: { readonly share: number; readonly finding: QualityFinding }[] = []
  columns.forEach((one, i) => {
    for (const other of columns.slice(i + 1)) {
      const between = dot(one.values, other.values)
      const rest = 1 - between * between
      if (rest < 1e-6) continue
      const share = (one.r * one.r + other.r * other.r - 2 * one.r * other.r * between) / rest
      if (share < SUSPICIOUS) continue
      pairs.push({
        share,
        finding: {
          rule: 'telltale-sum',
          column: one.name,
          severity: 'warn',
          sentence: `${one.name} and ${other.name} together make up ${label.name} (they explain ${formatPercent(Math.min(1, share))} of its variance); are they known when the prediction is made? If not, add them to data.ignore`,
        },
      })
    }
  })
  pairs.sort((a, b) => b.share - a.share)
  return pairs.slice(0, MOST_FINDINGS).map(({ finding }) => finding)
}

/** Mean 0 and length 1; a missing value counts as the mean. undefined for a constant column. */
function standardise(column: NumberColumn, rows: Uint32Array): Float64Array | undefined {
  const values = Float64Array.from(rows, (row) => column.values[row] as number)
  const present = values.filter((value) => !Number.isNaN(value))
  let mean = 0
  for (const value of present) mean += value / present.length
  let squares = 0
  for (const value of present) squares += (value - mean) ** 2
  if (!(squares > 0)) return undefined
  const scale = 1 / Math.sqrt(squares)
  return values.map((value) => (Number.isNaN(value) ? 0 : (value - mean) * scale))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
