import type { ColumnCounts, ColumnProfile } from '../data/types.ts'
import { balancedCramersV } from '../stats/cramers-v.ts'
import { hellingerDistance, jensenShannonDistance, lInfinity } from '../stats/distance.ts'
import { ksIfUnchanged, ksOnBins } from '../stats/ks.ts'
import { populationStabilityIndex } from '../stats/psi.ts'
import { wassersteinOnBins, type BinnedSample } from '../stats/wasserstein.ts'
import type { PairedBins } from './coarse-bins.ts'
import type { DriftScore, DriftScoreName } from './types.ts'

export type DriftMethod = Exclude<DriftScoreName, 'auc'>

interface Method {
  /** For people, as the subject of a sentence. */
  readonly label: string
  /** The change that matters where nobody says: about what a PSI of 0.2 says, a normal mean moved by 0.45 σ. */
  readonly threshold: number
  readonly suits: 'all' | 'numbers' | 'categories'
}

export const METHODS: Readonly<Record<DriftScoreName, Method>> = {
  psi: { label: 'PSI', threshold: 0.2, suits: 'all' },
  'jensen-shannon': { label: 'Jensen–Shannon distance', threshold: 0.2, suits: 'all' },
  hellinger: { label: 'Hellinger distance', threshold: 0.15, suits: 'all' },
  'l-infinity': { label: 'L∞', threshold: 0.15, suits: 'all' },
  'cramers-v': { label: 'Cramér’s V', threshold: 0.2, suits: 'all' },
  ks: { label: 'KS', threshold: 0.15, suits: 'numbers' },
  wasserstein: { label: 'Wasserstein distance', threshold: 0.4, suits: 'numbers' },
  missing: { label: 'change of the missing share', threshold: 0.1, suits: 'all' },
  unseen: { label: 'unseen share', threshold: 0.05, suits: 'categories' },
  vanished: { label: 'vanished share', threshold: 0.05, suits: 'categories' },
  auc: { label: 'AUC', threshold: 0.65, suits: 'all' },
}

export const suits = (method: DriftMethod, column: ColumnProfile): boolean =>
  METHODS[method].suits === 'all' || (METHODS[method].suits === 'categories') === (column.kind === 'category')

export interface ColumnSample {
  readonly profile: ColumnProfile
  readonly counts: ColumnCounts
  /** Both on the profile’s own bins and on few ones. */
  readonly fine: PairedBins
  readonly coarse: PairedBins
}

type Scores = Partial<Record<DriftScoreName, DriftScore>> & { readonly psi: DriftScore }

/** The change of a column by every measure that suits it; finite numbers, whatever the column. */
export function driftScores(sample: ColumnSample): Scores {
  const { profile, fine, coarse } = sample
  const scores: Scores = {
    psi: rounded(populationStabilityIndex(coarse.before, coarse.now)),
    'jensen-shannon': rounded(jensenShannonDistance(coarse.before, coarse.now)),
    hellinger: rounded(hellingerDistance(coarse.before, coarse.now)),
    // Numbers have a hundred fine bins, none of which can hold much: their share changes on the coarse ones.
    'l-infinity': rounded(
      profile.kind === 'category' ? lInfinity(fine.before, fine.now) : lInfinity(coarse.before, coarse.now),
    ),
    'cramers-v': rounded(balancedCramersV(coarse.before, coarse.now)),
    missing: rounded(shareChange(fine.before, fine.now)),
  }
  return profile.kind === 'category'
    ? { ...scores, unseen: rounded(unseen(sample)), vanished: rounded(vanished(sample)) }
    : { ...scores, ks: rounded(kolmogorov(fine)), wasserstein: rounded(wasserstein(sample)) }
}

/** Six digits: a record holds many of them. */
function rounded({ value, ifUnchanged }: DriftScore): DriftScore {
  return { value: Number(value.toPrecision(6)), ifUnchanged: Number(ifUnchanged.toPrecision(3)) }
}

function kolmogorov({ before, now }: PairedBins): DriftScore {
  return { value: ksOnBins(before, now).statistic, ifUnchanged: ksIfUnchanged(total(before), total(now)) }
}

/** In standard deviations of the reference; of a constant column in thousandths of its value. Present values only. */
function wasserstein({ profile, counts, fine }: ColumnSample): DriftScore {
  if (profile.kind === 'category') return { value: 0, ifUnchanged: 0 }
  const distance = wassersteinOnBins(
    profile,
    presentOf(fine.before, profile.rows, profile),
    presentOf(fine.now, counts.rows, counts),
  )
  const unit = profile.sd > 0 ? profile.sd : Math.max(1, Math.abs(profile.mean)) / 1000
  // A slip of 10³⁰⁰ is far enough: JSON knows no infinity.
  return { value: Math.min(distance.value / unit, 1e9), ifUnchanged: distance.ifUnchanged / unit }
}

/** Without the missing rows, the bins’ first; what lies outside in proportion, should the bins have been thinned. */
function presentOf(bins: readonly number[], rows: number, { below = 0, above = 0 }: Outside): BinnedSample {
  const share = total(bins) / Math.max(1, rows)
  return { counts: bins.slice(1), below: share * below, above: share * above }
}
interface Outside {
  readonly below?: number | undefined
  readonly above?: number | undefined
}

/** Of the first bin, which holds the missing values: |q − p|, and √(2/π)·√(p(1 − p)(1/n + 1/m)) if nothing had changed. */
function shareChange(before: readonly number[], now: readonly number[]): DriftScore {
  const n = total(before)
  const m = total(now)
  if (n === 0 || m === 0) return { value: 0, ifUnchanged: 0 }
  const [p = 0, q = 0] = [(before[0] ?? 0) / n, (now[0] ?? 0) / m]
  const pooled = (p * n + q * m) / (n + m)
  return {
    value: Math.abs(q - p),
    ifUnchanged: Math.sqrt((2 / Math.PI) * pooled * (1 - pooled) * (1 / n + 1 / m)),
  }
}

/**
 * New rows in categories that the reference does not list, less those it pooled. If nothing had changed, it would be
 * about the share of its rows whose category it saw once (Good 1953).
 */
function unseen({ profile, fine }: ColumnSample): DriftScore {
  const n = total(fine.before)
  const m = total(fine.now)
  if (profile.kind !== 'category' || n === 0 || m === 0) return { value: 0, ifUnchanged: 0 }
  const share = (fine.now.at(-1) ?? 0) / m - (fine.before.at(-1) ?? 0) / n
  const once = profile.other > 0 ? 0 : profile.counts.filter((rows) => rows === 1).length / Math.max(1, profile.rows)
  return { value: Math.max(0, share), ifUnchanged: once }
}

/** Share of the reference’s rows in listed categories that no new row has; Σ p(1 − p)ᵐ if nothing had changed. */
function vanished({ fine }: ColumnSample): DriftScore {
  const n = total(fine.before)
  const m = total(fine.now)
  if (n === 0 || m === 0) return { value: 0, ifUnchanged: 0 }
  let value = 0
  let ifUnchanged = 0
  for (let i = 1; i < fine.before.length - 1; i++) {
    const share = (fine.before[i] as number) / n
    if (fine.now[i] === 0) value += share
    ifUnchanged += share * (1 - share) ** m
  }
  return { value: Math.min(1, value), ifUnchanged }
}

function total(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
