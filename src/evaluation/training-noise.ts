import { formatNumber } from '../core/format.ts'
import type { Direction } from '../core/task.ts'
import { studentQuantile } from '../stats/special.ts'
import type { TrainingNoise } from './evidence.ts'

export interface TrainingNoiseInput {
  readonly metric: string
  readonly direction: Direction
  readonly seeds: readonly number[]
  /** The metric on the held-out rows, by seed. */
  readonly values: readonly (number | null)[]
  readonly champion: number | null
  readonly level: number
  /** Whether it is better the closer to 0, from either side: then a gain is in its size. */
  readonly signed?: boolean | undefined
}

/**
 * How much of a gain could be the luck of a seed. Two trainings of one recipe, candidate and champion alike, differ by
 * √2·σ; with σ estimated from K seeds, 95 of 100 such differences are below t(K − 1)·√2·s. A gain that is not larger is
 * what training again would give for nothing.
 *
 * After Bouthillier et al. (2021), “Accounting for Variance in Machine Learning Benchmarks”, MLSys.
 *
 * @example values 0.80, 0.81, 0.82 and a champion of 0.75: s = 0.01, noise = 4.303·√2·0.01 = 0.061, gain 0.05: no
 */
export function trainingNoise(input: TrainingNoiseInput): TrainingNoise {
  const { metric, direction, seeds, values, champion, level, signed = false } = input
  const defined = values.filter((value) => value !== null)
  const n = defined.length
  const mean = n === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / n
  const sd =
    n < 2 || mean === null ? null : Math.sqrt(defined.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  const own = values[0] ?? null
  const difference =
    own === null || champion === null ? null : signed ? Math.abs(own) - Math.abs(champion) : own - champion
  const gain = difference === null ? null : direction === 'higher' ? difference : -difference
  const noise = sd === null ? null : studentQuantile(0.5 + level / 2, n - 1) * Math.SQRT2 * sd
  const exceeds = gain === null || noise === null ? null : gain > noise
  return { metric, seeds, values, mean, sd, gain, noise, exceeds, sentence: sentenceOf() }

  function sentenceOf(): string {
    if (sd === null || mean === null) return `${metric} is undefined for all but one of ${seeds.length} seeds`
    const spread = `${metric} is ${formatNumber(mean)} ± ${formatNumber(sd, sd < 1 ? { digits: 4 } : {})} (standard deviation) over ${n} seeds`
    if (gain === null || noise === null) return spread
    const seen = `the gain of ${formatNumber(gain, { signed: true })} over the champion`
    const limit = `two trainings of the same recipe may differ by ${formatNumber(noise)}`
    return exceeds
      ? `${seen} exceeds the noise of training: ${limit}; ${spread}`
      : `${seen} does not exceed the noise of training: ${limit}; ${spread}`
  }
}
