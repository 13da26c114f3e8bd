import { chiSquareMean } from './chi-square-mean.ts'
import type { Distance } from './distance.ts'

/**
 * Cramér's V of an r × c table, bias-corrected (Bergsma 2013): φ² = χ²/n, φ̃² = max(0, φ² − (r − 1)(c − 1)/(n − 1)),
 * r̃ = r − (r − 1)²/(n − 1), c̃ likewise; V = √(φ̃² / min(r̃ − 1, c̃ − 1)). Without the correction V = √(φ² / min(r − 1,
 * c − 1)), as scipy's and R's. Empty rows and columns are left out; 0 where fewer than two of either remain.
 *
 * @example cramersV([[10, 20, 30], [6, 9, 17]]) // 0: less than chance would give
 */
export function cramersV(
  table: readonly (readonly number[])[],
  options: { readonly corrected?: boolean | undefined } = {},
): number {
  const rows = table.map(total).filter((sum) => sum > 0)
  const width = Math.max(0, ...table.map((row) => row.length))
  const columns = Array.from({ length: width }, (_, j) => total(table.map((row) => row[j] ?? 0)))
  const c = columns.filter((sum) => sum > 0).length
  const n = total(rows)
  if (rows.length < 2 || c < 2 || n < 2) return 0
  let phi2 = 0
  for (const row of table) {
    const sum = total(row)
    if (sum === 0) continue
    columns.forEach((column, j) => {
      if (column > 0) phi2 += ((row[j] ?? 0) - (sum * column) / n) ** 2 / (sum * column)
    })
  }
  if (options.corrected === false) return Math.sqrt(phi2 / (Math.min(rows.length, c) - 1))
  return corrected(phi2, rows.length, c, n)
}

/**
 * Cramér's V between “reference or new” and the category, as if both samples were of the same size: for φ² both count
 * half, and n is 4nm/(n + m), which is n + m where they are equal. The table's own V would sink as the reference grows,
 * and no threshold would mean the same twice.
 *
 * @example balancedCramersV([500, 500], [800, 200]).value // 0.313…, where cramersV gives the same
 */
export function balancedCramersV(reference: ArrayLike<number>, current: ArrayLike<number>): Distance {
  const n = total(reference)
  const m = total(current)
  if (n === 0 || m === 0) return { value: 0, ifUnchanged: 0 }
  let phi2 = 0
  let bins = 0
  for (let i = 0; i < reference.length; i++) {
    const p = (reference[i] as number) / n
    const q = (current[i] ?? 0) / m
    if (p + q === 0) continue
    bins++
    phi2 += (p - q) ** 2 / (2 * (p + q))
  }
  const size = (4 * n * m) / (n + m)
  if (bins < 2 || size < 2) return { value: 0, ifUnchanged: 0 }
  return {
    value: corrected(phi2, 2, bins, size),
    ifUnchanged: chiSquareMean(bins - 1, (x) => corrected(x / size, 2, bins, size)),
  }
}

function corrected(phi2: number, r: number, c: number, n: number): number {
  const unbiased = Math.max(0, phi2 - ((r - 1) * (c - 1)) / (n - 1))
  const rows = r - (r - 1) ** 2 / (n - 1)
  const columns = c - (c - 1) ** 2 / (n - 1)
  const most = Math.min(rows - 1, columns - 1)
  return most > 0 ? Math.min(1, Math.sqrt(unbiased / most)) : 0
}

function total(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}
