import { findColumn, type Column, type Table } from '../../src/data/table.ts'
import { chiSquareHomogeneity } from '../../src/stats/chi-square.ts'
import { jensenShannonDistance } from '../../src/stats/distance.ts'
import { ksTwoSample } from '../../src/stats/ks.ts'
import { wassersteinDistance } from '../../src/stats/wasserstein.ts'

/**
 * The rule that Evidently uses by default (0.7): up to 1,000 reference rows a numeric column of more than 5 values drifts
 * by KS at p < 0.05, the others by χ² at p < 0.05; beyond, numeric columns by Wasserstein/σ ≥ 0.1 and categories by the
 * Jensen–Shannon distance (natural logarithms) ≥ 0.1. The data set drifts when half of the columns do. Missing values
 * are left out, and tests are not corrected for their number.
 */
export function evidently(before: Table, now: Table): { readonly drifted: readonly string[]; readonly fired: boolean } {
  const drifted: string[] = []
  for (const column of before.columns) {
    const other = findColumn(now, column.name)
    if (other && columnDrifts(column, other, before.rows)) drifted.push(column.name)
  }
  return { drifted, fired: drifted.length >= 0.5 * before.columns.length }
}

function columnDrifts(before: Column, now: Column, rows: number): boolean {
  if (before.kind === 'category' || now.kind === 'category') {
    if (before.kind !== 'category' || now.kind !== 'category') return true
    const counts = [before, now].map((column) => {
      const seen = new Float64Array(before.dictionary.length)
      for (const code of column.codes) if (code >= 0) seen[code] = (seen[code] as number) + 1
      return seen
    }) as [Float64Array, Float64Array]
    if (rows <= 1000) return chiSquareHomogeneity(counts[0], counts[1], { minExpected: 0 }).pValue < 0.05
    return jensenShannonDistance(counts[0], counts[1]).value * Math.sqrt(Math.LN2) >= 0.1
  }
  const x = before.values.filter((value) => value === value)
  const y = now.values.filter((value) => value === value)
  if (rows <= 1000) return ksTwoSample(x, y).pValue < 0.05
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length)
  return wassersteinDistance(x, y) / Math.max(sd, 1e-3) >= 0.1
}
