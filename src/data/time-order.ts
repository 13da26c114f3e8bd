/** Row numbers from oldest to newest; rows of one time in their own order, rows without a time first. */
export function orderByTime(times: Float64Array, rows?: Uint32Array): Uint32Array {
  const order = rows?.slice() ?? Uint32Array.from(times, (_, row) => row)
  const age = (row: number): number => {
    const time = times[row] as number
    return time === time ? time : Number.NEGATIVE_INFINITY
  }
  // −∞ − −∞ is NaN, which sort takes for "equal"; the row number then decides.
  return order.sort((a, b) => age(a) - age(b) || a - b)
}

/**
 * The place nearest to `wanted` within [low, high] where an ordered sequence may be cut without parting equal times:
 * the time at the cut differs from the one before it. Undefined where there is none.
 */
export function boundary(timeAt: (i: number) => number, wanted: number, low: number, high: number): number | undefined {
  const middle = Math.min(Math.max(wanted, low), high)
  for (let distance = 0; distance <= high - low; distance++) {
    for (const cut of distance === 0 ? [middle] : [middle - distance, middle + distance]) {
      if (cut < low || cut > high || cut < 1) continue
      if (timeAt(cut) !== timeAt(cut - 1)) return cut
    }
  }
  return undefined
}
