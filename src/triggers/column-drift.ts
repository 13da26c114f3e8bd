import type { ColumnCounts, ColumnProfile, Profile, ProfileCounts } from '../data/types.ts'
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts'
import { chiSquareHomogeneity } from '../stats/chi-square.ts'
import { ksOnBins } from '../stats/ks.ts'
import { populationStabilityIndex } from '../stats/psi.ts'
import { coarseBins, fineBins } from './coarse-bins.ts'
import { driftNote } from './drift-note.ts'
import type { ColumnDrift } from './types.ts'

export interface DriftLimits {
  /** Smallest PSI that matters. */
  readonly psi: number
  /** Significance level after Benjamini–Hochberg. */
  readonly alpha: number
}

/**
 * Compares the named columns of new data with the profile they were counted on; worst first. A column has drifted when
 * the change is both large (PSI above the limit) and more than chance (q below alpha): p-values alone alarm on every
 * large sample, PSI alone on every small one.
 *
 * Numbers and times are tested by Kolmogorov–Smirnov on the frozen bins with missing below every number, categories by
 * χ² homogeneity with missing and unseen as categories of their own: a change in what is missing is drift.
 */
export function columnDrift(
  profile: Profile,
  counts: ProfileCounts,
  columns: readonly string[],
  limits: DriftLimits,
): ColumnDrift[] {
  const watched = new Set(columns)
  const vanished = new Set(counts.vanished)
  const tested = profile.columns.flatMap((column, i) => {
    const now = counts.columns[i]
    return now && watched.has(column.name) ? [testColumn(column, now, vanished.has(column.name))] : []
  })
  const qValues = benjaminiHochberg(tested.map((column) => column.pValue))
  return tested
    .map((column, i): ColumnDrift => {
      const qValue = qValues[i] as number
      return { ...column, qValue, drifted: column.psi > limits.psi && qValue < limits.alpha }
    })
    .sort((a, b) => Number(b.drifted) - Number(a.drifted) || b.psi - a.psi)
}

function testColumn(
  profile: ColumnProfile,
  counts: ColumnCounts,
  vanished: boolean,
): Omit<ColumnDrift, 'qValue' | 'drifted'> {
  const coarse = coarseBins(profile, counts)
  const fine = fineBins(profile, counts)
  const psi = populationStabilityIndex(coarse.before, coarse.now)
  const test = profile.kind === 'category' ? 'chi2' : 'ks'
  const { statistic, pValue } =
    test === 'chi2'
      ? chiSquareHomogeneity(fine.before, fine.now, { rest: fine.before.length - 1 })
      : ksOnBins(fine.before, fine.now)
  return {
    column: profile.name,
    psi: psi.value,
    psiIfUnchanged: psi.ifUnchanged,
    test,
    statistic,
    pValue,
    missingBefore: profile.rows > 0 ? profile.missing / profile.rows : 0,
    missingNow: counts.rows > 0 ? counts.missing / counts.rows : 0,
    unseen: counts.rows > 0 ? counts.unseen / counts.rows : 0,
    note: driftNote(profile, counts, vanished),
  }
}
