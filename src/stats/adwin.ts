import type { Detector } from './detector.ts'

/** A run of values that ADWIN keeps as one: its sum, and the sum of squared deviations from its mean. */
interface Bucket {
  readonly sum: number
  readonly squares: number
}

export interface AdwinOptions {
  /** How often a change may be seen where there is none, per cut that is looked at. */
  readonly delta?: number | undefined
}

export interface Adwin extends Detector {
  /** Values in the window; right after a change, those since the change as far as the buckets tell. */
  readonly width: number
  readonly total: number
  readonly mean: number
  /** Mean of the values that the last change dropped; NaN before any. */
  readonly before: number
}

/** As river has them: looked at every 32 values, at most 5 buckets of a size, halves of 5 values or more. */
const CLOCK = 32
const BUCKETS = 5
const SHORTEST = 5
const GRACE = 10

/**
 * Adaptive windowing: keeps the longest window that could come from one distribution. The window is cut into an older
 * part of n₀ and a newer one of n₁ values at each border of an exponential histogram; when the means differ by more than
 *
 *   ε = √(2·m·σ²·ln(2·ln(n)/δ)) + ⅔·m·ln(2·ln(n)/δ),  m = 1/(n₀ − 4) + 1/(n₁ − 4)
 *
 * the oldest values are dropped, and everything starts anew with the next value. `update` is true on any change, up or
 * down; whoever wants only rises compares the means. The numbers are those of river's ADWIN, to the window at the end.
 *
 * Bifet & Gavaldà (2007), “Learning from time-changing data with adaptive windowing”, SDM.
 *
 * @example createAdwin().update(1) // false: a single value tells nothing
 */
export function createAdwin({ delta = 0.002 }: AdwinOptions = {}): Adwin {
  /** Level i holds runs of 2^i values, oldest first; the highest level is the oldest. */
  let levels: Bucket[][] = [[]]
  let width = 0
  let total = 0
  let squares = 0
  let seen = 0
  let before = Number.NaN
  let changed = false

  const reset = (): void => {
    levels = [[]]
    width = 0
    total = 0
    squares = 0
    seen = 0
    changed = false
  }

  const insert = (value: number): void => {
    if (width > 0) squares += (width * (value - total / width) ** 2) / (width + 1)
    width++
    total += value
    ;(levels[0] as Bucket[]).push({ sum: value, squares: 0 })
    for (let level = 0; (levels[level] as Bucket[]).length > BUCKETS; level++) {
      const [older, newer] = (levels[level] as Bucket[]).splice(0, 2) as [Bucket, Bucket]
      if (levels[level + 1] === undefined) levels.push([])
      ;(levels[level + 1] as Bucket[]).push(merged(older, newer, 2 ** level))
    }
  }

  const dropOldest = (): void => {
    const level = levels.length - 1
    const size = 2 ** level
    const oldest = (levels[level] as Bucket[]).shift() as Bucket
    width -= size
    total -= oldest.sum
    squares -= oldest.squares + (size * width * (oldest.sum / size - total / width) ** 2) / (size + width)
    if ((levels[level] as Bucket[]).length === 0) levels.pop()
  }

  const hasChanged = (): boolean => {
    const log = Math.log((2 * Math.log(width)) / delta)
    let older = 0
    let olderSum = 0
    for (let level = levels.length - 1; level >= 0; level--) {
      const buckets = levels[level] as Bucket[]
      for (let i = 0; i < buckets.length; i++) {
        older += 2 ** level
        olderSum += (buckets[i] as Bucket).sum
        const newer = width - older
        if (older < SHORTEST || newer < SHORTEST) continue
        const m = 1 / (older - SHORTEST + 1) + 1 / (newer - SHORTEST + 1)
        const epsilon = Math.sqrt((2 * m * squares * log) / width) + (2 / 3) * log * m
        if (Math.abs(olderSum / older - (total - olderSum) / newer) > epsilon) return true
      }
    }
    return false
  }

  return {
    get width() {
      return width
    },
    get total() {
      return total
    },
    get mean() {
      return total / width
    },
    get before() {
      return before
    },
    update(value) {
      if (changed) reset()
      insert(value)
      if (++seen % CLOCK !== 0 || width <= GRACE) return false
      const [wholeWidth, wholeTotal] = [width, total]
      while (hasChanged()) {
        changed = true
        dropOldest()
      }
      if (changed) before = (wholeTotal - total) / (wholeWidth - width)
      return changed
    },
  }
}

function merged(a: Bucket, b: Bucket, size: number): Bucket {
  return {
    sum: a.sum + b.sum,
    squares: a.squares + b.squares + ((a.sum - b.sum) / size) ** 2 * (size / 2),
  }
}
