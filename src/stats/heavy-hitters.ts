/** A sketch of the most frequent names of a stream in bounded memory. */
export interface HeavyHitters {
  readonly count: number
  /** No name occurred more often than its count and this; names that are not listed occurred at most so often. */
  readonly error: number
  add(name: string, times?: number): void
  /** Afterwards this is the sketch of both streams; the other one stays. */
  merge(other: HeavyHitters): void
  /** Names and how often they occurred at least, most frequent first. */
  items(): readonly (readonly [name: string, count: number])[]
}

/**
 * Misra & Gries (1982) counters, mergeable by Agarwal et al. (2012): exact up to `capacity` names. Whenever there are
 * twice as many, the count of the first that is one too many is taken from all, and those at 0 are forgotten: `error`
 * stays below count / capacity, also after merges, in any order.
 */
export function createHeavyHitters(capacity: number): HeavyHitters {
  const counts = new Map<string, number>()
  let count = 0
  let error = 0

  const prune = (): void => {
    if (counts.size <= capacity) return
    const descending = Float64Array.from(counts.values()).sort().reverse()
    const taken = descending[capacity] as number
    for (const [name, times] of counts) {
      if (times > taken) counts.set(name, times - taken)
      else counts.delete(name)
    }
    error += taken
  }

  return {
    get count() {
      return count
    },
    get error() {
      return error
    },
    add(name, times = 1) {
      count += times
      counts.set(name, (counts.get(name) ?? 0) + times)
      if (counts.size >= 2 * capacity) prune()
    },
    merge(other) {
      for (const [name, times] of other.items()) counts.set(name, (counts.get(name) ?? 0) + times)
      count += other.count
      error += other.error
      prune()
    },
    items() {
      prune()
      return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    },
  }
}
