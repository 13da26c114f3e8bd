import type { Detector } from './detector.ts'

export interface DdmOptions {
  /** Values before the first look. */
  readonly minValues?: number | undefined
  /** How many standard deviations above its best the error rate may lie. */
  readonly threshold?: number | undefined
}

/**
 * Drift detection method, for errors that are 0 or 1: with p the error rate so far and s = √(p(1 − p)/n), a change is
 * noticed when p + s > p_min + 3·s_min, where p_min and s_min are those at the lowest p + s; then everything starts anew.
 * Parameters and numbers are those of river.
 *
 * Gama, Medas, Castillo & Rodrigues (2004), “Learning with Drift Detection”, SBIA.
 *
 * @example createDdm().update(1) // false: nothing is looked at before 30 values
 */
export function createDdm({ minValues = 30, threshold = 3 }: DdmOptions = {}): Detector {
  let n = 0
  let rate = 0
  let best = { rate: 0, deviation: 0, sum: Infinity }
  return {
    update(value) {
      n++
      rate += (value - rate) / n
      if (n <= minValues) return false
      const deviation = Math.sqrt((rate * (1 - rate)) / n)
      if (rate + deviation <= best.sum) best = { rate, deviation, sum: rate + deviation }
      const noticed = rate + deviation > best.rate + threshold * best.deviation
      if (noticed) {
        n = 0
        rate = 0
        best = { rate: 0, deviation: 0, sum: Infinity }
      }
      return noticed
    },
  }
}
