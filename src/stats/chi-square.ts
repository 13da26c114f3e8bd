import { chiSquareSurvival } from './special.ts'

/** Below this the χ² distribution is a poor stand-in for that of a cell (Cochran 1954). */
const MIN_EXPECTED = 5

export interface ChiSquare {
  readonly statistic: number
  /** Cells after pooling, less one. 0: there was nothing to compare, and p is 1. */
  readonly df: number
  readonly pValue: number
}

export interface ChiSquareOptions {
  /** Smallest expected count of a cell that is not pooled. Default: 5. */
  readonly minExpected?: number | undefined
  /**
   * Index of the category that holds “all others”. It always belongs to the pool: what only one sample has not seen
   * before is rare, and rare categories must be pooled alike for both, or samples of many rare ones look different.
   */
  readonly rest?: number | undefined
  /**
   * Reference rows from which on a category was listed rather than put among all others. Those chosen for their many
   * reference rows have fewer in any other sample: a cell of its own is for categories that would have been listed whatever
   * the draw (three standard deviations), judged by the rows of both samples together.
   */
  readonly listedFrom?: number | undefined
}

/**
 * χ² test of homogeneity on a 2×k table: do two samples share one distribution over k categories? It is not a test of
 * fit against the reference as if that were known without error. χ² = Σ (observed − expected)² / expected over both
 * rows, with expected = row total · column total / grand total and k − 1 degrees of freedom; no Yates correction.
 *
 * Categories whose expected count is below 5 in either row are pooled into one; a pool that is still below 5 joins the
 * smallest other category. Categories without rows are left out.
 *
 * @example chiSquareHomogeneity([10, 20, 30], [6, 9, 17]) // {statistic: 0.27157465150403504, df: 2, pValue: 0.873…}
 */
export function chiSquareHomogeneity(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: ChiSquareOptions = {},
): ChiSquare {
  const cells = Array.from({ length: reference.length }, (_, i): Cell => [reference[i] ?? 0, current[i] ?? 0])
  const n = cells.reduce((sum, cell) => sum + cell[0], 0)
  const m = cells.reduce((sum, cell) => sum + cell[1], 0)
  if (n === 0 || m === 0) return { statistic: 0, df: 0, pValue: 1 }
  const smallest = Math.max(
    ((options.minExpected ?? MIN_EXPECTED) * (n + m)) / Math.min(n, m),
    surelyListed(options.listedFrom ?? 0, n / (n + m)),
  )
  const pooled = pool(cells, (cell, i) => size(cell) < smallest || i === options.rest, smallest)
  const df = pooled.length - 1
  if (df < 1) return { statistic: 0, df: 0, pValue: 1 }
  let statistic = 0
  for (const [a, b] of pooled) {
    const expectedA = ((a + b) * n) / (n + m)
    const expectedB = ((a + b) * m) / (n + m)
    statistic += (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB
  }
  return { statistic, df, pValue: chiSquareSurvival(statistic, df) }
}

/** The t with t·share − 3·√(t·share·(1 − share)) = limit: of so many rows the reference has hardly ever fewer than that. */
function surelyListed(limit: number, share: number): number {
  if (limit <= 0) return 0
  const spread = 3 * Math.sqrt(share * (1 - share))
  return ((spread + Math.sqrt(spread ** 2 + 4 * share * limit)) / (2 * share)) ** 2
}

type Cell = readonly [reference: number, current: number]

const size = (cell: Cell): number => cell[0] + cell[1]
const join = (a: Cell, b: Cell): Cell => [a[0] + b[0], a[1] + b[1]]

/** The cells that are not small, in their order; the pool of the small ones last. */
function pool(cells: readonly Cell[], isSmall: (cell: Cell, index: number) => boolean, smallest: number): Cell[] {
  const large = cells.filter((cell, i) => !isSmall(cell, i))
  const small = cells.filter((cell, i) => isSmall(cell, i) && size(cell) > 0)
  if (small.length === 0) return large
  const rest = small.reduce(join)
  if (size(rest) >= smallest || large.length === 0) return [...large, rest]
  const host = large.reduce((best, cell, i) => (size(cell) < size(large[best] as Cell) ? i : best), 0)
  return large.map((cell, i) => (i === host ? join(cell, rest) : cell))
}
