import { sampleVariance } from 'simple-statistics'
import type { Replicates } from './bootstrap.ts'
import { sortedQuantile } from './quantile.ts'
import { normalCdf, normalQuantile, studentQuantile, studentTwoSided } from './special.ts'

export interface BootstrapInterval {
  readonly low: number
  readonly high: number
  readonly kind: 'BCa' | 'percentile'
}

export interface IntervalOptions {
  /**
   * Whether to widen for small samples: the normal quantile z becomes √(n/(n−1))·t (Hesterberg 2015, “What teachers should
   * know about the bootstrap”), with the degrees of freedom that the spread of the jackknife values suggests.
   */
  readonly expanded?: boolean | undefined
  /** Plain percentiles, without bias correction: for replicates that are made as a confidence distribution. */
  readonly percentile?: boolean | undefined
  /**
   * For a difference of two models on the same rows, which is nearly symmetric: z₀ and a are then mostly noise where few
   * rows matter, and noise of the wrong sign (an outlier moves the estimate and the correction to the same side). They
   * count by the share df²/(df² + 100²), in full where there are rows enough to know them.
   */
  readonly shrunk?: boolean | undefined
}

/** Degrees of freedom at which half of the corrections count. */
const KNOWN_DF = 100

/** Fewer defined replicates than this share, and an interval would describe the lucky resamples only. */
export const DEFINED_SHARE = 0.9

/**
 * Bias-corrected and accelerated interval (Efron 1987) from replicates, as scipy's `bootstrap`:
 * z₀ = Φ⁻¹(share of replicates below the estimate, ties ½), a = ΣU³ / (6·(ΣU²)^{3/2}) with U = mean − jackknife value,
 * α′ = Φ(z₀ + (z₀ + z)/(1 − a·(z₀ + z))). Leaving out blocks instead of single units keeps the expectation of a.
 * Falls back to percentiles where z₀ is infinite (every replicate on one side). null where the statistic is undefined
 * on more than a tenth of the resamples.
 */
export function bootstrapInterval(
  estimate: number,
  replicates: Replicates,
  level: number,
  options: IntervalOptions = {},
): BootstrapInterval | null {
  const defined = definedValues(estimate, replicates.resampled)
  if (defined === null) return null
  const reach = options.expanded ? expandedReach(replicates, (1 - level) / 2) : normalQuantile(1 - (1 - level) / 2)
  const at = (z: number): number => sortedQuantile(defined, normalCdf(z))
  const corrections = correctionsOf(estimate, defined, replicates, options)
  if (corrections === undefined) return { low: at(-reach), high: at(reach), kind: 'percentile' }
  const { z0, a } = corrections
  const place = (z: number): number => {
    const shrink = 1 - a * (z0 + z)
    // Beyond its pole the formula comes back from the other side: the correction has no more to say than “the very end”.
    return at(shrink > 0 ? z0 + (z0 + z) / shrink : Math.sign(z0 + z) * Infinity)
  }
  return { low: place(-reach), high: place(reach), kind: 'BCa' }
}

/**
 * Two-sided p-value of “the statistic is 0”: the level at which the interval would just reach 0. At least 1/(B + 1) or
 * so: B resamples cannot say more. null where the interval is.
 */
export function bootstrapPValue(
  estimate: number,
  replicates: Replicates,
  options: IntervalOptions = {},
): number | null {
  const defined = definedValues(estimate, replicates.resampled)
  if (defined === null) return null
  const w = normalQuantile(shareBelow(defined, 0, 1))
  let z = w
  const corrections = correctionsOf(estimate, defined, replicates, options)
  if (corrections !== undefined) {
    const { z0, a } = corrections
    const u = w - z0
    z = u / (1 + a * u) - z0
  }
  if (!options.expanded) return 2 * normalCdf(-Math.abs(z))
  const { df, widening } = smallSample(replicates)
  return studentTwoSided(z / widening, df)
}

/** undefined where percentiles are to be taken as they are. */
function correctionsOf(
  estimate: number,
  ascending: Float64Array,
  replicates: Replicates,
  { percentile, shrunk }: IntervalOptions,
): { readonly z0: number; readonly a: number } | undefined {
  if (percentile) return undefined
  const z0 = biasOf(ascending, estimate)
  if (!Number.isFinite(z0)) return undefined
  const { df } = smallSample(replicates)
  const share = shrunk ? df ** 2 / (df ** 2 + KNOWN_DF ** 2) : 1
  return { z0: share * z0, a: share * acceleration(...replicates.jackknife) }
}

/**
 * Student’s interval, from the spread of the replicates: for a ratio whose denominator is itself noisy, of which the
 * percentiles lean to the side on which it is small. null where the interval is.
 */
export function studentInterval(
  estimate: number,
  replicates: Replicates,
  level: number,
): { readonly low: number; readonly high: number } | null {
  const defined = definedValues(estimate, replicates.resampled)
  if (defined === null || defined.length < 2) return null
  const reach = expandedReach(replicates, (1 - level) / 2) * Math.sqrt(sampleVariance([...defined]))
  return { low: estimate - reach, high: estimate + reach }
}

/** Ascending. null where there is no estimate, or too few of them are defined. */
function definedValues(estimate: number, values: Float64Array): Float64Array | null {
  const defined = values.filter((value) => !Number.isNaN(value)).sort()
  const known = defined.length > 0 && defined.length >= DEFINED_SHARE * values.length
  return known && !Number.isNaN(estimate) ? defined : null
}

/** Share of the ascending values below a point, ties ½; `extra` more of them, half on either side, keep it off 0 and 1. */
function shareBelow(ascending: Float64Array, point: number, extra = 0): number {
  let below = 0
  let equal = 0
  for (const value of ascending) {
    if (value < point) below++
    else if (value === point) equal++
    else break
  }
  return (below + equal / 2 + extra / 2) / (ascending.length + extra)
}

const biasOf = (ascending: Float64Array, estimate: number): number => normalQuantile(shareBelow(ascending, estimate))

/**
 * The acceleration of a BCa interval from leave-one-out (or leave-one-block-out) values of each independent sample:
 * a = Σ_samples ΣU³/n³ / (6·(Σ_samples ΣU²/n²)^{3/2}) with U = (n − 1)·(mean − value). 0 where nothing varies.
 */
export function acceleration(...jackknives: readonly Float64Array[]): number {
  let squares = 0
  let cubes = 0
  for (const influence of jackknives.flatMap(influences)) {
    squares += influence.reduce((sum, one) => sum + one ** 2, 0)
    cubes += influence.reduce((sum, one) => sum + one ** 3, 0)
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0
}

/** (n − 1)/n·(mean − value) of each defined value: what each unit contributes to the deviation of the statistic. */
export function influences(jackknife: Float64Array): Float64Array {
  const defined = jackknife.filter((value) => !Number.isNaN(value))
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length
  const shrink = (defined.length - 1) / defined.length
  return defined.map((value) => shrink * (mean - value))
}

interface SmallSample {
  readonly df: number
  /** √(n/(n − 1)), as the plug-in standard error divides by n, and what blocks of a series miss of it. */
  readonly widening: number
}

const MOST_DF = 1e6

/**
 * How well the replicates can know their own spread. The variance V = ΣU² of n contributions with kurtosis κ has itself
 * the variance V²(κ − 1)/n, which is that of a χ² with 2n/(κ − 1) degrees of freedom (Satterthwaite): few rows that
 * matter make few degrees of freedom, however many rows there are (never below 2, as κ ≤ n − 2 + 1/(n − 1)).
 */
export function smallSample(replicates: Replicates): SmallSample {
  let variance = 0
  let unbiased = 0
  let uncertainty = 0
  for (const jackknife of replicates.jackknife) {
    const influence = influences(jackknife)
    const n = influence.length
    const second = influence.reduce((sum, one) => sum + one ** 2, 0)
    if (second === 0) continue
    const fourth = influence.reduce((sum, one) => sum + one ** 4, 0)
    // Blocks of r units have 1/r of the excess kurtosis of single ones; what is below 0 there is noise.
    const excess = (n * fourth) / second ** 2 - 3
    const units = n * replicates.perBlock
    const single = replicates.perBlock > 1 ? Math.max(0, excess) * replicates.perBlock : excess
    variance += second
    unbiased += (second * units) / (units - 1)
    uncertainty += (second ** 2 * (single + 2)) / units
  }
  if (variance === 0) return { df: MOST_DF, widening: 1 }
  const df = uncertainty > 0 ? (2 * variance ** 2) / uncertainty : MOST_DF
  const widening = Math.sqrt(unbiased / variance) * (replicates.widening ?? 1)
  return { df: Math.min(MOST_DF, df), widening }
}

/** How many standard errors an interval reaches to either side. */
export function expandedReach(replicates: Replicates, tail: number): number {
  const { df, widening } = smallSample(replicates)
  return widening * studentQuantile(1 - tail, df)
}
