import { gainOf } from './compare.ts'
import type { MetricComparison } from './types.ts'

/** What an interval says against 0 and the margin, in words that say no less and no more. */
export type Reading =
  | 'better'
  | 'not worse'
  | 'not worse, perhaps better'
  | 'slightly worse, within the margin'
  | 'worse, perhaps by more than the margin'
  | 'worse, perhaps by chance'
  | 'worse'
  | 'cannot tell'

type Compared = Pick<MetricComparison, 'difference' | 'interval' | 'direction' | 'conclusion' | 'perhapsChance'>

/**
 * The conclusion of a comparison in words. The four answers are about the margin: *not worse* and *cannot tell* may both be of
 * an interval that lies wholly on the worse side of 0, and then its reading says so. One that lies wholly on the better side
 * is *not worse* where so much was compared that it may be chance.
 */
export function readingOf(comparison: Compared): Reading {
  const { conclusion, perhapsChance } = comparison
  const worse = isWorse(comparison)
  switch (conclusion) {
    case 'better':
      return 'better'
    case 'worse':
      return 'worse'
    case 'not-worse':
      if (worse) return 'slightly worse, within the margin'
      return isBetter(comparison) ? 'not worse, perhaps better' : 'not worse'
    case 'cannot-tell':
      if (!worse) return 'cannot tell'
      return perhapsChance === true ? 'worse, perhaps by chance' : 'worse, perhaps by more than the margin'
  }
}

/** Whether all of the interval lies on the worse side of 0. */
export function isWorse({ difference, interval, direction }: Omit<Compared, 'conclusion' | 'perhapsChance'>): boolean {
  return difference !== null && interval !== null && gainOf(difference, interval, direction).high < 0
}

function isBetter({ difference, interval, direction }: Compared): boolean {
  return difference !== null && interval !== null && gainOf(difference, interval, direction).low > 0
}
