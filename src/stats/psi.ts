/** What a share of 0 counts as, at least. Bounds the influence of one empty bin however many rows there are. */
const SMALLEST_SHARE = 1e-4

export interface Psi {
  readonly value: number
  /** Bins that hold a row on either side; the others say nothing and are left out. */
  readonly bins: number
  /** What the value would be on average if nothing had changed: (1/n + 1/m)(bins − 1). */
  readonly ifUnchanged: number
}

/**
 * Population stability index of two samples counted on the same bins: Σ (q − p)·ln(q / p), p and q the shares of a bin
 * in the reference and in the current sample. Without units; 0 means equal shares.
 *
 * There is no standard rule for empty bins. Here an empty bin counts as half a row, but at least as a share of 0.01 %;
 * the other shares stay as they are; bins that are empty on both sides are left out. A sample without rows compares
 * with nothing: 0.
 *
 * If both samples come from one distribution, PSI ≈ (1/n + 1/m)·χ² with bins − 1 degrees of freedom (Yurdakul 2018,
 * “Statistical properties of population stability index”), whence `ifUnchanged`.
 *
 * @example populationStabilityIndex([50, 50], [80, 20]).value // 0.3·ln 1.6 + 0.3·ln 2.5 = 0.4158883083359672
 */
export function populationStabilityIndex(reference: ArrayLike<number>, current: ArrayLike<number>): Psi {
  const n = total(reference)
  const m = total(current)
  if (n === 0 || m === 0) return { value: 0, bins: 0, ifUnchanged: 0 }
  let value = 0
  let bins = 0
  for (let i = 0; i < reference.length; i++) {
    const before = reference[i] ?? 0
    const now = current[i] ?? 0
    if (before === 0 && now === 0) continue
    bins++
    const p = share(before, n)
    const q = share(now, m)
    value += (q - p) * Math.log(q / p)
  }
  return { value, bins, ifUnchanged: (1 / n + 1 / m) * (bins - 1) }
}

const share = (count: number, rows: number): number =>
  count === 0 ? Math.max(0.5 / rows, SMALLEST_SHARE) : count / rows

function total(counts: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += counts[i] as number
  return sum
}
