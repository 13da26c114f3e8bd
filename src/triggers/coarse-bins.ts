import type { CategoryProfile, ColumnCounts, ColumnProfile, NumberProfile } from '../data/types.ts'

/** Bins the PSI of a number column is taken on: the convention its usual limits (0.1, 0.2) were made for. */
const NUMBER_BINS = 10
/** Categories with a bin of their own, the most frequent ones; the rest share one. */
const CATEGORY_BINS = 19

/** Rows of the reference and of the new data on the same bins; the first bin holds the missing ones. */
export interface PairedBins {
  readonly before: readonly number[]
  readonly now: readonly number[]
}

/**
 * The profile's own bins. Missing sorts below every number, so that the bins of a number column are ordered; the last
 * bin of a category column holds the categories that are not listed.
 */
export function fineBins(profile: ColumnProfile, counts: ColumnCounts): PairedBins {
  const before = [profile.missing, ...profile.counts]
  const now = [counts.missing, ...counts.counts]
  if (profile.kind !== 'category') return { before, now }
  return { before: [...before, profile.other], now: [...now, counts.unseen] }
}

/** As if there were fewer rows by this factor: rows that resemble each other say less than their number. */
export function thin({ before, now }: PairedBins, effect: number): PairedBins {
  if (effect <= 1) return { before, now }
  return { before: before.map((rows) => rows / effect), now: now.map((rows) => rows / effect) }
}

/** About ten bins of equal size for numbers, and one on either side of the reference's range; up to 22 for categories. */
export function coarseBins(profile: ColumnProfile, counts: ColumnCounts): PairedBins {
  return profile.kind === 'category' ? coarseCategories(profile, counts) : coarseNumbers(profile, counts)
}

function coarseNumbers(profile: NumberProfile, counts: ColumnCounts): PairedBins {
  const before = [profile.missing]
  const now = [counts.missing]
  const present = profile.counts.reduce((sum, rows) => sum + rows, 0)
  const first = profile.counts.findIndex((rows) => rows > 0)
  const last = profile.counts.findLastIndex((rows) => rows > 0)
  let seen = 0
  let open = false
  profile.counts.forEach((rows, bin) => {
    const outside = bin < first || bin > last
    if (outside || !open) {
      before.push(0)
      now.push(0)
    }
    before[before.length - 1] = (before.at(-1) as number) + rows
    now[now.length - 1] = (now.at(-1) as number) + (counts.counts[bin] ?? 0)
    const decilesBefore = Math.floor((seen * NUMBER_BINS) / present)
    seen += rows
    open = !outside && Math.floor((seen * NUMBER_BINS) / present) === decilesBefore
  })
  return { before, now }
}

/** Where the reference pooled rare categories, a category it does not list may be one of them, and joins the rest. */
function coarseCategories(profile: CategoryProfile, counts: ColumnCounts): PairedBins {
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, rows) => total + rows, 0)
  const restBefore = sum(profile.counts.slice(CATEGORY_BINS)) + profile.other
  const restNow = sum(counts.counts.slice(CATEGORY_BINS))
  const pooled = profile.other > 0
  return {
    before: [profile.missing, ...profile.counts.slice(0, CATEGORY_BINS), restBefore, 0],
    now: [
      counts.missing,
      ...counts.counts.slice(0, CATEGORY_BINS),
      restNow + (pooled ? counts.unseen : 0),
      pooled ? 0 : counts.unseen,
    ],
  }
}
