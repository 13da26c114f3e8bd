import type { Detector } from './detector.ts'

export interface PageHinkleyOptions {
  /** Values before the first look. */
  readonly minValues?: number | undefined
  /** Rises of the mean up to this size are tolerated. */
  readonly delta?: number | undefined
  /** How far the cumulated deviation may rise above its lowest point (λ). */
  readonly threshold?: number | undefined
  /** Forgetting factor of the cumulated deviation. */
  readonly alpha?: number | undefined
}

/**
 * Page–Hinkley test for a rise of the mean: m_t = α·m_{t−1} + (x_t − x̄_t − δ); a change is noticed when m_t lies more than
 * λ above its minimum, and everything starts anew. Parameters and numbers are those of river (`mode="up"`).
 *
 * Page (1954), “Continuous Inspection Schemes”, Biometrika 41; Mouss et al. (2004).
 *
 * @example createPageHinkley({ threshold: 5 }).update(1) // false: nothing is looked at before 30 values
 */
export function createPageHinkley(options: PageHinkleyOptions = {}): Detector {
  const { minValues = 30, delta = 0.005, threshold = 50, alpha = 0.9999 } = options
  let n = 0
  let mean = 0
  let sum = 0
  let lowest = Infinity
  const reset = (): void => {
    n = 0
    mean = 0
    sum = 0
    lowest = Infinity
  }
  return {
    update(value) {
      n++
      mean += (value - mean) / n
      sum = alpha * sum + (value - mean - delta)
      lowest = Math.min(lowest, sum)
      const noticed = n >= minValues && sum - lowest > threshold
      if (noticed) reset()
      return noticed
    },
  }
}
