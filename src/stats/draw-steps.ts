import type { Random } from '../core/random.ts'
import type { Units } from './units.ts'

/**
 * Draws one resample: by how much more often each unit is drawn than the one before it. A block of neighbours is then two
 * steps, however long. Adds to steps that are 0; that one of them leaves a byte has a chance of less than 10⁻²⁰⁰.
 */
export function drawSteps({ count, strata, block }: Units, random: Random, steps: Int8Array, at: number): void {
  const end = at + count
  const add = (from: number, to: number): void => {
    steps[from] = (steps[from] as number) + 1
    if (to < end) steps[to] = (steps[to] as number) - 1
  }
  if (block > 1) {
    for (let drawn = 0; drawn < count; drawn += block) {
      const from = at + random.below(count)
      const to = from + Math.min(block, count - drawn)
      add(from, to)
      if (to > end) add(at, to - count)
    }
    return
  }
  let from = at
  for (const last of strata) {
    const size = at + last - from
    for (let i = 0; i < size; i++) {
      const unit = from + random.below(size)
      add(unit, unit + 1)
    }
    from = at + last
  }
}

/** The counts that such steps lead to. */
export function climb(steps: Int8Array, at: number, counts: Float64Array): void {
  let count = 0
  for (let i = 0; i < counts.length; i++) {
    count += steps[at + i] as number
    counts[i] = count
  }
}
