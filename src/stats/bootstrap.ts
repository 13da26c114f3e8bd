import type { Random } from '../core/random.ts'
import { permutation } from '../core/random.ts'
import { normalCdf, normalQuantile } from './special.ts'
import { sortedQuantile } from './quantile.ts'

/** Something that can be computed from row weights: a vector of `size` numbers, NaN where undefined. */
export interface Statistic {
  readonly size: number
  score(weights: Float64Array, out: Float64Array): void
}

/** The values of one component of a statistic over the resamples, and over the blocks of the jackknife. */
export interface Replicates {
  readonly resampled: Float64Array
  /** Each with one block of rows left out. */
  readonly jackknife: Float64Array
}

export interface BootstrapOptions {
  readonly rows: number
  readonly resamples: number
  readonly random: Random
  /** Sample weights of the rows, multiplied with the counts of each resample. */
  readonly weights?: Float64Array | undefined
}

/** With more rows than this, the jackknife leaves out blocks of rows instead of single ones. */
const JACKKNIFE_BLOCKS = 250

/**
 * Resamples the rows with replacement and computes every statistic on the *same* resamples: differences between them
 * are paired. A resample is a vector of multinomial counts used as row weights, so nothing is copied or sorted again.
 * Returns, for each statistic, the replicates of each of its components.
 */
export function bootstrap(
  statistics: readonly Statistic[],
  options: BootstrapOptions,
): readonly (readonly Replicates[])[] {
  const { rows, resamples, random } = options
  const blocks = Math.min(rows, JACKKNIFE_BLOCKS)
  const result = statistics.map(({ size }) =>
    Array.from({ length: size }, () => ({
      resampled: new Float64Array(resamples),
      jackknife: new Float64Array(blocks),
    })),
  )
  const scratch = statistics.map(({ size }) => new Float64Array(size))
  const weights = new Float64Array(rows)
  const record = (kind: keyof Replicates, index: number): void => {
    if (options.weights)
      for (let i = 0; i < rows; i++) weights[i] = (weights[i] as number) * (options.weights[i] as number)
    for (let s = 0; s < statistics.length; s++) {
      const out = scratch[s] as Float64Array
      ;(statistics[s] as Statistic).score(weights, out)
      const components = result[s] as readonly Replicates[]
      for (let c = 0; c < out.length; c++) (components[c] as Replicates)[kind][index] = out[c] as number
    }
  }
  for (let r = 0; r < resamples; r++) {
    weights.fill(0)
    for (let i = 0; i < rows; i++) {
      const row = random.below(rows)
      weights[row] = (weights[row] as number) + 1
    }
    record('resampled', r)
  }
  const order = permutation(rows, random)
  for (let block = 0; block < blocks; block++) {
    weights.fill(1)
    for (let i = block; i < rows; i += blocks) weights[order[i] as number] = 0
    record('jackknife', block)
  }
  return result
}

export interface BootstrapInterval {
  readonly low: number
  readonly high: number
  readonly kind: 'BCa' | 'percentile'
}

/** Fewer defined replicates than this share, and an interval would describe the lucky resamples only. */
const DEFINED_SHARE = 0.9

/**
 * Bias-corrected and accelerated interval (Efron 1987) from replicates, as scipy's `bootstrap`:
 * z₀ = Φ⁻¹(share of replicates below the estimate, ties ½), a = ΣU³ / (6·(ΣU²)^{3/2}) with U = mean − jackknife value,
 * α′ = Φ(z₀ + (z₀ + z)/(1 − a·(z₀ + z))). Leaving out blocks instead of single rows keeps the expectation of a.
 * Falls back to percentiles where z₀ is infinite (every replicate on one side). null where the statistic is undefined
 * on more than a tenth of the resamples.
 */
export function bootstrapInterval(estimate: number, replicates: Replicates, level: number): BootstrapInterval | null {
  const defined = replicates.resampled.filter((value) => !Number.isNaN(value)).sort()
  if (Number.isNaN(estimate) || defined.length === 0) return null
  if (defined.length < DEFINED_SHARE * replicates.resampled.length) return null
  let below = 0
  let equal = 0
  for (const value of defined) {
    if (value < estimate) below++
    else if (value === estimate) equal++
  }
  const tail = (1 - level) / 2
  const z0 = normalQuantile((below + equal / 2) / defined.length)
  if (!Number.isFinite(z0)) {
    return { low: sortedQuantile(defined, tail), high: sortedQuantile(defined, 1 - tail), kind: 'percentile' }
  }
  const a = acceleration(replicates.jackknife)
  const place = (p: number): number => {
    const z = z0 + normalQuantile(p)
    return normalCdf(z0 + z / (1 - a * z))
  }
  return { low: sortedQuantile(defined, place(tail)), high: sortedQuantile(defined, place(1 - tail)), kind: 'BCa' }
}

/**
 * The acceleration of a BCa interval from leave-one-out (or leave-one-block-out) values of each independent sample:
 * a = Σ_samples ΣU³/n³ / (6·(Σ_samples ΣU²/n²)^{3/2}) with U = (n − 1)·(mean − value). 0 where nothing varies.
 */
export function acceleration(...jackknives: readonly Float64Array[]): number {
  let squares = 0
  let cubes = 0
  for (const jackknife of jackknives) {
    const defined = jackknife.filter((value) => !Number.isNaN(value))
    const shrink = (defined.length - 1) / defined.length
    let mean = 0
    for (const value of defined) mean += value / defined.length
    for (const value of defined) {
      const influence = shrink * (mean - value)
      squares += influence * influence
      cubes += influence * influence * influence
    }
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0
}
