import type { DriftTriggerConfig } from '../config/schema.ts'
import { formatNumber } from '../core/format.ts'
import type { ColumnCounts, ColumnProfile, Profile, ProfileCounts } from '../data/types.ts'
import { singleDrift, type DriftLimits } from './column-drift.ts'
import { METHODS } from './drift-scores.ts'
import { isUnobserved, type ClassifierObservation, type DriftObservation, type PairedColumn } from './input.ts'
import type { ColumnDrift } from './types.ts'

export interface PartsSeen {
  /** Labels, predictions, structure, classifier: those that were asked for and could be looked at. */
  readonly found: readonly ColumnDrift[]
  /** Why the others could not, one clause each. */
  readonly missing: readonly string[]
  /** Whether one is missing that data or files should have given. */
  readonly unchecked: boolean
}

interface Question {
  readonly profile: Profile
  readonly counts: ProfileCounts
  readonly beside: DriftObservation
  readonly rule: DriftLimits
  readonly config: DriftTriggerConfig
}

/** What is watched beside the features one by one. Each is a test of its own: large, and more than chance. */
export function driftParts({ profile, counts, beside, rule, config }: Question): PartsSeen {
  const found: ColumnDrift[] = []
  const missing: string[] = []
  let unchecked = false
  const limits: DriftLimits = { psi: rule.psi, alpha: rule.alpha }
  const look = (role: Role, seen: PairedColumn | ClassifierObservation | Failure | undefined): void => {
    if (seen === undefined) return
    if ('few' in seen) missing.push(`the ${NAMES[role]}: ${seen.few}`)
    else if (isUnobserved(seen)) {
      missing.push(`the ${NAMES[role]} could not be checked: ${seen.error}`)
      unchecked = true
    } else if ('auc' in seen) found.push(classifierDrift(seen, limits.alpha))
    else found.push({ ...singleDrift(seen.profile, seen.counts, limits), column: NAMES[role], role })
  }
  if (config.labels) look('label', labels(profile.label, counts.label, config['min-rows']))
  if (config.predictions) look('predictions', beside.predictions)
  if (config.multivariate) {
    look('structure', beside.structure)
    look('classifier', beside.classifier)
  }
  return { found, missing, unchecked }
}

type Role = 'label' | 'predictions' | 'structure' | 'classifier'
type Failure = { readonly error: string } | { readonly few: string }

const NAMES: Readonly<Record<Role, string>> = {
  label: 'labels',
  predictions: 'predictions',
  structure: 'structure',
  classifier: 'domain classifier',
}

/** Labels that have not arrived yet say nothing about those that have: only the present ones are compared. */
function labels(
  before: ColumnProfile | undefined,
  now: ColumnCounts | undefined,
  needed: number,
): PairedColumn | Failure {
  if (!before || !now) return { error: 'the version has no profile of its labels; the next retraining saves one' }
  const arrived = now.rows - now.missing
  if (arrived < needed) return { few: `too few have arrived, ${formatNumber(arrived)} of ${formatNumber(needed)}` }
  return {
    profile: { ...before, rows: before.rows - before.missing, missing: 0 },
    counts: { ...now, rows: arrived, missing: 0 },
  }
}

function classifierDrift(seen: ClassifierObservation, alpha: number): ColumnDrift {
  const { auc, low, high, pValue, telling } = seen
  const { threshold } = METHODS.auc
  const digits = (value: number): string => formatNumber(value, { digits: 2 })
  const by = telling.length > 0 ? `, told apart by ${telling.join(', ')}` : ''
  return {
    column: NAMES.classifier,
    role: 'classifier',
    drifted: auc > threshold && pValue < alpha,
    method: 'auc',
    score: { value: auc, ifUnchanged: 0.5 },
    threshold,
    psi: 0,
    psiIfUnchanged: 0,
    test: 'delong',
    statistic: auc,
    pValue,
    qValue: pValue,
    missingBefore: 0,
    missingNow: 0,
    unseen: 0,
    note: `95 % ${digits(low)} … ${digits(high)}${by}`,
  }
}
