import { chiSquareMean } from './chi-square-mean.ts'
import { normalCdf } from './special.ts'

/**
 * Distances of two samples counted on the same bins, by the shares p (reference) and q (current). All lie in [0, 1], 0
 * means equal shares; bins without rows on either side say nothing; a sample without rows compares with nothing: 0.
 *
 * `ifUnchanged` is what the distance would be on average if both samples came from one distribution: for n and m rows
 * on B bins Σ (q − p)²/m̄ follows (1/n + 1/m)·χ² with B − 1 degrees of freedom, and the distances that are smooth at 0
 * are an eighth of it.
 */
export interface Distance {
  readonly value: number
  readonly ifUnchanged: number
}

const NONE: Distance = { value: 0, ifUnchanged: 0 }

/**
 * Jensen–Shannon *distance*, base 2: √(½·KL(p‖m) + ½·KL(q‖m)) with m = (p + q)/2 and logarithms to base 2. Its square is
 * the divergence (TFDV reports that; scipy's `jensenshannon(p, q, 2)` and NannyML the distance; Evidently the distance
 * with natural logarithms, which is √ln 2 = 0.83 times this).
 *
 * @example jensenShannonDistance([1, 0], [0, 1]).value // 1
 */
export function jensenShannonDistance(reference: ArrayLike<number>, current: ArrayLike<number>): Distance {
  const shares = sharesOf(reference, current)
  if (shares === undefined) return NONE
  let divergence = 0
  for (let i = 0; i < shares.p.length; i++) {
    const p = shares.p[i] as number
    const q = shares.q[i] as number
    const middle = (p + q) / 2
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2
  }
  return { value: Math.sqrt(clampShare(divergence)), ifUnchanged: expected(shares, 1 / (8 * Math.LN2)) }
}

/**
 * Hellinger distance: √(1 − Σ √(p·q)).
 *
 * @example hellingerDistance([50, 50], [80, 20]).value // 0.22653…, √(1 − √0.4 − √0.1)
 */
export function hellingerDistance(reference: ArrayLike<number>, current: ArrayLike<number>): Distance {
  const shares = sharesOf(reference, current)
  if (shares === undefined) return NONE
  // ½·Σ(√p − √q)² is 1 − Σ√(pq) without the cancellation.
  let sum = 0
  for (let i = 0; i < shares.p.length; i++) {
    sum += (Math.sqrt(shares.p[i] as number) - Math.sqrt(shares.q[i] as number)) ** 2
  }
  return { value: Math.sqrt(clampShare(sum / 2)), ifUnchanged: expected(shares, 1 / 8) }
}

/**
 * L∞: max |p − q|, the largest change of one bin's share. Unchanged, a share differs by a normal with variance
 * p(1 − p)(1/n + 1/m); `ifUnchanged` is the mean of the largest, the bins taken as independent.
 *
 * @example lInfinity([50, 50], [80, 20]).value // 0.3
 */
export function lInfinity(reference: ArrayLike<number>, current: ArrayLike<number>): Distance {
  const shares = sharesOf(reference, current)
  if (shares === undefined) return NONE
  const { p, q, perRow, bins } = shares
  let value = 0
  const deviations: number[] = []
  for (let i = 0; i < p.length; i++) {
    const before = p[i] as number
    const now = q[i] as number
    value = Math.max(value, Math.abs(now - before))
    const pooled = (before * shares.n + now * shares.m) / (shares.n + shares.m)
    if (pooled > 0 && pooled < 1) deviations.push(Math.sqrt(pooled * (1 - pooled) * perRow))
  }
  return { value: clampShare(value), ifUnchanged: bins > 1 ? largestNormal(deviations) : 0 }
}

/** E max |Zᵢ| of independent normals with these standard deviations: ∫ 1 − Π P(|Zᵢ| ≤ t) dt by the trapezoidal rule. */
function largestNormal(deviations: readonly number[]): number {
  const largest = Math.max(0, ...deviations)
  const step = largest / 8
  let sum = 0.5
  for (let t = step; t < 6 * largest; t += step) {
    let within = 1
    for (const deviation of deviations) within *= 1 - 2 * normalCdf(-t / deviation)
    sum += 1 - within
  }
  return sum * step
}

interface Shares {
  readonly p: readonly number[]
  readonly q: readonly number[]
  readonly n: number
  readonly m: number
  /** 1/n + 1/m */
  readonly perRow: number
  readonly bins: number
}

function sharesOf(reference: ArrayLike<number>, current: ArrayLike<number>): Shares | undefined {
  let n = 0
  let m = 0
  let bins = 0
  for (let i = 0; i < reference.length; i++) {
    n += reference[i] ?? 0
    m += current[i] ?? 0
    if ((reference[i] ?? 0) > 0 || (current[i] ?? 0) > 0) bins++
  }
  if (n === 0 || m === 0) return undefined
  const p = Array.from({ length: reference.length }, (_, i) => (reference[i] ?? 0) / n)
  const q = Array.from({ length: reference.length }, (_, i) => (current[i] ?? 0) / m)
  return { p, q, n, m, perRow: 1 / n + 1 / m, bins }
}

const expected = ({ bins, perRow }: Shares, factor: number): number =>
  chiSquareMean(bins - 1, (x) => Math.sqrt(clampShare(x * perRow * factor)))
const clampShare = (value: number): number => Math.min(1, Math.max(0, value))
