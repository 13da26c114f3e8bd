import type { Task } from '../../core/task.ts'
import type { Entry } from './entry.ts'
import { SOURCES } from './sources.ts'

/** Fairness, tests and everything else that stands in a table with a name. */
export const FAIRNESS_ENTRIES: readonly Entry[] = [
  [
    'demographic-parity',
    'Whether all groups are decided positive equally often.',
    'selection rate of a group = (tp + fp) / n',
    SOURCES.parity,
  ],
  [
    'equalized-odds',
    'Whether errors fall on all groups alike: the worse of the differences in true and in false positive rate.',
    'tp / (tp + fn) and fp / (fp + tn) of a group',
    SOURCES.odds,
  ],
  [
    'equal-opportunity',
    'Whether positives are found equally often in all groups.',
    'tp / (tp + fn) of a group',
    SOURCES.odds,
  ],
  [
    'predictive-parity',
    'Whether a positive decision is right equally often in all groups.',
    'tp / (tp + fp) of a group',
    SOURCES.predictive,
  ],
  [
    'group-calibration',
    'Whether scores mean the same in all groups.',
    'mean score − label rate of a group',
    SOURCES.groupCalibration,
  ],
]

/** What the same names mean, and some more, where numbers are predicted. */
const VALUE_ENTRIES: readonly Entry[] = [
  [
    'demographic-parity',
    'Whether all groups get the same prediction on average.',
    'mean prediction of a group',
    SOURCES.parity,
  ],
  [
    'distribution-parity',
    'Whether predictions are distributed alike in all groups: the Kolmogorov–Smirnov distance.',
    'F(t) of a group, at the t where groups are farthest apart',
    SOURCES.fairRegression,
  ],
  [
    'mae-parity',
    'Whether errors are equally large in all groups (bounded group loss).',
    'Σ |ŷ − y| / n of a group',
    SOURCES.fairRegression,
  ],
  [
    'rmse-parity',
    'Whether errors are equally large in all groups, large ones counting more.',
    '√(Σ (ŷ − y)² / n) of a group',
    SOURCES.fairRegression,
  ],
  [
    'group-calibration',
    'Whether predictions are too high or too low by the same in all groups.',
    'mean of ŷ − y of a group',
    SOURCES.groupCalibration,
  ],
]

/** How a rate becomes one number: [suffix, words, formula]. */
const VIEWS = [
  [
    '-difference-to-overall',
    'Largest distance of a group to all rows; 0 is equal.',
    'max |rate of a group − rate of all|',
  ],
  [
    '-ratio-to-overall',
    'Smallest ratio of a group and all rows, whichever way round is smaller; 1 is equal.',
    'min(rate of a group / rate of all, inverse)',
  ],
  ['-difference', 'Largest − smallest between groups; 0 is equal.', 'max − min of the rate'],
  ['-ratio', 'Smallest / largest between groups; 1 is equal.', 'min / max of the rate'],
] as const

/** `equal-opportunity-ratio-to-overall` from its two halves. */
export function fairnessEntry(name: string, task: Task): Entry | undefined {
  const entries = task === 'regression' ? VALUE_ENTRIES : FAIRNESS_ENTRIES
  const view = VIEWS.find(([suffix]) => name.endsWith(suffix))
  if (view === undefined) return task === 'regression' ? entries.find(([key]) => key === name) : undefined
  const base = entries.find(([key]) => key === name.slice(0, -view[0].length))
  return base && [name, `${base[1]} ${view[1]}`, `${view[2]}; ${base[2] ?? ''}`, base[3]]
}

export const TEST_ENTRIES: readonly Entry[] = [
  [
    'difference',
    'Candidate − the other model, on the same rows: both are right or wrong about the same cases, which makes the interval narrow.',
    'metric(candidate) − metric(other)',
    undefined,
  ],
  [
    'interval',
    'Where the true value lies with the stated confidence, if the held-out rows are like the rows to come.',
    undefined,
    undefined,
  ],
  [
    'reading',
    'Better: the whole interval is on the good side of 0. Not worse: it is above −margin. Worse: it is below −margin. Cannot tell: anything else, which is never a pass.',
    'interval of the difference against 0 and −margin',
    SOURCES.nonInferiority,
  ],
  [
    'margin',
    'How much worse is still tolerated; fixed by the configuration before anything was measured.',
    undefined,
    SOURCES.nonInferiority,
  ],
  [
    'gate',
    'A demand of the configuration. One that fails stops the candidate; one that cannot be settled makes the pull request a draft.',
    undefined,
    undefined,
  ],
  [
    'delong',
    'Interval and test of an AUC and of the difference of two, from the ranks; no resampling.',
    'var = S₁₀/m + S₀₁/n',
    SOURCES.delong,
  ],
  [
    'bootstrap',
    'Rows are drawn with replacement many times; every model sees the same draws. BCa corrects the ends for bias and skewness, of a difference as far as the rows can know them.',
    'ends at Φ(z₀ + (z₀ ± z)/(1 − a(z₀ ± z)))',
    SOURCES.bca,
  ],
  [
    'mcnemar',
    'Whether as many rows became wrong as became right.',
    'mid-p = 2·P(Bin(b + c, ½) ≤ min(b, c)) − P(Bin = min)',
    SOURCES.mcnemar,
  ],
  [
    'wilson',
    'Interval of a share that stays between 0 and 1, also for few rows.',
    '(p̂ + z²/2n ± z√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)',
    SOURCES.wilson,
  ],
  [
    'q-value',
    'The p-value after Benjamini–Hochberg: among all with q below 0.05 about one in twenty is a false alarm.',
    'min over j ≥ i of p₍ⱼ₎·m/j',
    SOURCES.bh,
  ],
  [
    'churn',
    'Rows whose decision is another one with the new model, whether it got better or not.',
    'Σ 1[ŷ candidate ≠ ŷ champion] / n',
    SOURCES.churn,
  ],
  [
    'newly-wrong',
    'Rows that the champion decides rightly and the candidate wrongly: the negative flip rate.',
    'Σ 1[champion right, candidate wrong] / n',
    SOURCES.churn,
  ],
  [
    'training-noise',
    'How far two trainings of the same recipe with different seeds differ in 95 of 100 cases. A gain below it may be luck.',
    't(K − 1)·√2·sd over K seeds',
    SOURCES.noise,
  ],
  [
    'holdout-use',
    'Every choice made on the same rows fits them a little. The level of confidence is raised with each use.',
    'α is divided over the uses',
    SOURCES.ledger,
  ],
  [
    'segment',
    'A part of the rows, found by searching and not asked for by name. Its p-value and interval account for all segments that were looked at.',
    'mean loss inside − mean loss outside (or − champion’s)',
    SOURCES.segments,
  ],
  [
    'consistency',
    'Whether like rows get like decisions: 1 is perfectly consistent.',
    '1 − Σ |ŷᵢ − mean ŷ of the k nearest| / n',
    SOURCES.consistency,
  ],
  [
    'flip-test',
    'Share of the rows whose decision changes when only the protected column is changed.',
    'Σ 1[some other value changes ŷ] / n',
    SOURCES.counterfactual,
  ],
  [
    'spread-interval',
    'All distances between groups that the data does not reject. The largest of several differences is never below 0 and above it by chance, which the test accounts for.',
    'θ with P(distance ≤ seen | θ) and P(distance ≥ seen | θ) above α/2 (at θ = 0 above α)',
    SOURCES.unified,
  ],
  [
    'label-rate',
    'Share of positive labels of a group in the training rows: bias that a model would learn.',
    'positives / rows of the group',
    SOURCES.parity,
  ],
  [
    'chi2',
    'Whether a difference between groups is more than chance.',
    'Σ (observed − expected)² / expected',
    SOURCES.chi2,
  ],
  [
    'behaviour',
    'A rule that predictions must obey when a row is changed, counted on held-out rows.',
    'rows that break it by more than the tolerance',
    SOURCES.behaviour,
  ],
  [
    'psi',
    'Population stability index: how far a column’s distribution moved since training.',
    'Σ (p − q)·ln(p / q)',
    SOURCES.psi,
  ],
  [
    'psi-if-unchanged',
    'What the index would be on average for samples of this size if nothing had changed.',
    '(1/n + 1/m)·(bins − 1)',
    SOURCES.psi,
  ],
  [
    'drift-test',
    'Whether a column’s values now come from another distribution than at training: Kolmogorov–Smirnov for numbers, χ² of homogeneity for categories.',
    'max |F(x) − G(x)|; Σ (observed − expected)² / expected',
    SOURCES.ks,
  ],
]
