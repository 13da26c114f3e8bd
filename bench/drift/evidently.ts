import { findColumn, type CategoryColumn, type Column, type Table } from '../../src/data/table.ts'
import { jensenShannonDistance } from '../../src/stats/distance.ts'
import { ksTwoSample } from '../../src/stats/ks.ts'
import { chiSquareSurvival, normalTwoSided } from '../../src/stats/special.ts'
import { wassersteinDistance } from '../../src/stats/wasserstein.ts'

/**
 * The rule that Evidently uses by default, as version 0.7.23 has it (`legacy/calculations/stattests`): up to 1,000
 * reference rows KS for numbers of more than 5 values, else χ², of 2 values z, each at p < 0.05; beyond, Wasserstein by the
 * reference’s σ ≥ 0.1 for numbers and the Jensen–Shannon distance (natural logarithms) ≥ 0.1 for the others. The χ² test is
 * one of fit against the reference’s shares as if they were known. The data set drifts when half of the columns do. Missing
 * values are left out, and tests are not corrected for their number.
 */
export function evidently(before: Table, now: Table): { readonly drifted: readonly string[]; readonly fired: boolean } {
  const drifted = before.columns.flatMap((column) => {
    const other = findColumn(now, column.name)
    return other && columnDrifts(column, other) ? [column.name] : []
  })
  return { drifted, fired: setDrifts(drifted.length, before.columns.length) }
}

export const setDrifts = (drifted: number, columns: number): boolean => drifted >= 0.5 * columns

export function columnDrifts(before: Column, now: Column): boolean {
  const counts = countsOf(before, now)
  const rows = before.kind === 'category' ? before.codes.length : before.values.length
  if (counts) {
    if (rows > 1000) return jensenShannonDistance(...counts).value * Math.sqrt(Math.LN2) >= 0.1
    return (counts[0].length > 2 ? fit(...counts) : proportions(...counts)) < 0.05
  }
  if (before.kind === 'category' || now.kind === 'category') return true
  const [x, y] = [before, now].map((column) => column.values.filter((value) => value === value)) as [
    Float64Array,
    Float64Array,
  ]
  if (rows <= 1000) return ksTwoSample(x, y).pValue <= 0.05
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length)
  return wassersteinDistance(x, y) / Math.max(sd, 1e-3) >= 0.1
}

type Counts = readonly [before: readonly number[], now: readonly number[]]

/** Rows of either sample by value, of categories and of numbers with at most 5 of them; undefined for other numbers. */
function countsOf(before: Column, now: Column): Counts | undefined {
  const keys = new Map<string | number, [number, number]>()
  for (const [side, column] of [before, now].entries()) {
    const keysOf = column.kind === 'category' ? categoriesOf(column) : column.values
    for (const key of keysOf) {
      if (key === undefined || key !== key) continue
      const seen = keys.get(key) ?? [0, 0]
      seen[side as 0 | 1]++
      keys.set(key, seen)
      if (before.kind !== 'category' && keys.size > 5) return undefined
    }
  }
  const rows = [...keys.values()]
  return [rows.map(([count]) => count), rows.map(([, count]) => count)]
}

const categoriesOf = ({ codes, dictionary }: CategoryColumn): (string | undefined)[] =>
  Array.from(codes, (code) => dictionary[code])

const total = (counts: readonly number[]): number => counts.reduce((sum, rows) => sum + rows, 0)

/** p of the χ² test of fit; a value that the reference does not have is impossible, and p 0. */
export function fit(before: readonly number[], now: readonly number[]): number {
  const scale = total(now) / total(before)
  let statistic = 0
  before.forEach((rows, i) => (statistic += ((now[i] as number) - rows * scale) ** 2 / (rows * scale)))
  return statistic === Infinity ? 0 : chiSquareSurvival(statistic, before.length - 1)
}

/** p of the two-sided z test of two shares. */
export function proportions([a = 0, b = 0]: readonly number[], [c = 0, d = 0]: readonly number[]): number {
  const [n, m] = [a + b, c + d]
  const pooled = (a + c) / (n + m)
  return normalTwoSided((a / n - c / m) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)))
}
