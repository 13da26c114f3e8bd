import { memberOf } from '../core/json.ts'
import type { ColumnCounts, ColumnProfile, Profile, ProfileCounts } from '../data/types.ts'
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts'
import { chiSquareHomogeneity, type ChiSquareOptions } from '../stats/chi-square.ts'
import { ksOnBins } from '../stats/ks.ts'
import { coarseBins, fineBins, thin } from './coarse-bins.ts'
import { driftNote } from './drift-note.ts'
import { driftScores, METHODS, suits, type DriftMethod } from './drift-scores.ts'
import type { ColumnDrift } from './types.ts'

/** Columns that are told by every measure: a record of a thousand columns would be a megabyte of them. */
const DETAILED = 50

export interface ColumnRule {
  readonly method?: DriftMethod | undefined
  readonly threshold?: number | undefined
}

export interface DriftLimits {
  /** Smallest PSI that matters. */
  readonly psi: number
  /** Significance level after Benjamini–Hochberg. */
  readonly alpha: number
  /** Instead of the PSI, for the columns that it is made for. */
  readonly method?: DriftMethod | undefined
  readonly threshold?: number | undefined
  /** Columns with a rule of their own. */
  readonly rules?: Readonly<Record<string, ColumnRule>> | undefined
}

/**
 * Compares the named columns of new data with the profile they were counted on. A column has drifted when the change is
 * both large (its score above the limit) and more than chance (q below alpha): p-values alone alarm on every large
 * sample, scores alone on every small one. Drifted columns come first, by what the model loses without them; the others
 * by how near they are to their limit.
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
    return now && watched.has(column.name) ? [testColumn(column, now, limits, vanished.has(column.name))] : []
  })
  const qValues = benjaminiHochberg(tested.map((column) => column.pValue))
  return tested
    .map((column, i) => decide(column, qValues[i] as number, limits.alpha))
    .sort(byWeight)
    .map(({ scores, ...column }, i) => (i < DETAILED ? { ...column, scores } : column))
}

/** One column on its own: its p-value is its q-value. */
export function singleDrift(profile: ColumnProfile, counts: ColumnCounts, limits: DriftLimits): ColumnDrift {
  const tested = testColumn(profile, counts, limits, false)
  return decide(tested, tested.pValue, limits.alpha)
}

type Tested = Omit<ColumnDrift, 'qValue' | 'drifted'> & {
  /** Large enough to matter. */
  readonly large: boolean
}

function decide({ large, ...column }: Tested, qValue: number, alpha: number): ColumnDrift {
  return { ...column, qValue, drifted: large && qValue < alpha }
}

/** How near a column is to its limit: 1 is at it. */
const nearness = ({ score, threshold = 1, psi }: ColumnDrift): number => (score?.value ?? psi) / threshold

const byWeight = (a: ColumnDrift, b: ColumnDrift): number =>
  Number(b.drifted) - Number(a.drifted) ||
  (a.drifted ? (b.importance ?? 0) - (a.importance ?? 0) : 0) ||
  nearness(b) - nearness(a)

/** The rule of a column: its own, else the general one where that suits it, else the PSI. */
function ruleOf(column: ColumnProfile, limits: DriftLimits): { method: DriftMethod; threshold: number } {
  const rule = memberOf(limits.rules, column.name)
  const general = limits.method !== undefined && suits(limits.method, column) ? limits.method : 'psi'
  const method = rule?.method ?? general
  const usual = method === 'psi' ? limits.psi : METHODS[method].threshold
  const threshold = rule?.threshold ?? (method === limits.method ? limits.threshold : undefined) ?? usual
  return { method, threshold }
}

function testColumn(profile: ColumnProfile, counts: ColumnCounts, limits: DriftLimits, vanished: boolean): Tested {
  const { method, threshold } = ruleOf(profile, limits)
  const effect = profile.designEffect ?? 1
  const fine = thin(fineBins(profile, counts), effect)
  const coarse = thin(coarseBins(profile, counts), effect)
  const scores = driftScores({ profile, counts, fine, coarse })
  const score = scores[method] ?? scores.psi
  const test = profile.kind === 'category' || method === 'missing' ? 'chi2' : 'ks'
  const { statistic, pValue } =
    method === 'missing'
      ? chiSquareHomogeneity(missingOrNot(fine.before), missingOrNot(fine.now))
      : test === 'chi2'
        ? chiSquareHomogeneity(fine.before, fine.now, categoriesOf(profile, effect))
        : ksOnBins(fine.before, fine.now)
  // What looks at present values alone must not stay silent when there are none.
  const blind = method === 'wasserstein' && (scores.missing?.value ?? 0) > METHODS.missing.threshold
  return {
    column: profile.name,
    method,
    score,
    threshold,
    scores,
    large: score.value > threshold || blind,
    psi: scores.psi.value,
    psiIfUnchanged: scores.psi.ifUnchanged,
    test,
    statistic,
    pValue,
    missingBefore: profile.rows > 0 ? profile.missing / profile.rows : 0,
    missingNow: counts.rows > 0 ? counts.missing / counts.rows : 0,
    unseen: counts.rows > 0 ? counts.unseen / counts.rows : 0,
    ...(profile.importance !== undefined && { importance: profile.importance }),
    note: driftNote(profile, counts, vanished),
  }
}

/** The last bin holds all others; where there are some, the rarest listed category says what it took to be listed. */
function categoriesOf(profile: ColumnProfile, effect: number): ChiSquareOptions {
  if (profile.kind !== 'category') return {}
  const rest = profile.categories.length + 1
  return profile.other > 0 ? { rest, listedFrom: (profile.counts.at(-1) ?? 0) / effect } : { rest }
}

function missingOrNot([missing = 0, ...present]: readonly number[]): number[] {
  return [missing, present.reduce((sum, rows) => sum + rows, 0)]
}
