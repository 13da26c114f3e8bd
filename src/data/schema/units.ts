/** By how much a unit's change multiplies: minutes ↔ hours, percent, kilo, seconds ↔ hours, days ↔ hours, bytes. */
const FACTORS = [
  [10, '10 times'],
  [24, '24 times'],
  [60, '60 times'],
  [100, '100 times'],
  [1000, '1,000 times'],
  [1024, '1,024 times'],
  [3600, '3,600 times'],
  [1e6, 'a million times'],
] as const
/** The centres of real data wander a little from month to month. */
const TOLERANCE = 0.25
const MIN_VALUES = 30

export interface UnitChange {
  readonly text: string
  /** The middle half of the values now. */
  readonly now: readonly [number, number]
}

/**
 * Whether values look like the old ones in another unit: both quartiles moved by the same factor, one that units differ
 * by, and the middle halves do not touch. A drift of the mean moves them by any factor, and rarely both by the same.
 */
export function factorOf(typical: readonly [number, number], values: readonly number[]): UnitChange | undefined {
  if (values.length < MIN_VALUES) return undefined
  const sorted = Float64Array.from(values).sort()
  const now = [sorted[Math.floor(sorted.length * 0.25)], sorted[Math.floor(sorted.length * 0.75)]] as [number, number]
  const [low, high] = typical
  if (low <= 0 || now[0] <= 0) return undefined
  const ratios = [now[0] / low, now[1] / high] as const
  for (const [factor, text] of FACTORS) {
    for (const [size, words] of [
      [factor, text],
      [1 / factor, `1/${factor.toLocaleString('en-US')} of`],
    ] as const) {
      const fits = ratios.every((ratio) => Math.abs(Math.log(ratio / size)) < TOLERANCE)
      if (fits && (now[0] > high || now[1] < low)) return { text: words, now }
    }
  }
  return undefined
}
