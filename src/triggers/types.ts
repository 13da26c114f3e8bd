import type { z } from 'zod'
import type { driftMethod } from '../config/schema/drift.ts'

/** What one trigger saw, whether or not it fired. */
export interface TriggerResult {
  /** `schedule`, `performance`, `drift`, `volume`, `manual`, or the name of one of the user's own. */
  readonly trigger: string
  /** `unchecked`: it could not be evaluated; never the same as `quiet`. */
  readonly status: 'fired' | 'quiet' | 'unchecked' | 'off'
  /** One sentence: `auc fell from 0.871 to 0.802 on 2,311 new labelled rows; the limit is a drop of 0.05`. */
  readonly sentence: string
  readonly value: number | null
  readonly threshold: number | null
  /** What the value is measured in: `share of drifted features`, `auc drop`, `ms`, `rows`. */
  readonly unit: string
  /** On which side of the threshold it fires; absent where neither is meant. */
  readonly direction?: 'above' | 'below' | undefined
  readonly evidence: readonly ColumnDrift[]
  /** What the value comes from, by name: when the last training was, how many rows there are. Times are ISO 8601. */
  readonly facts?: Readonly<Record<string, string | number | null>> | undefined
  /** What else it saw, one sentence each: an estimate without labels, where a change was noticed. */
  readonly notes?: readonly string[] | undefined
  /** Configured to be told about only: it takes no part in the decision. */
  readonly onlyReport?: true | undefined
}

/** What the triggers together come to. */
export interface Decision {
  readonly retrain: boolean
  /** `drift and volume fired (2 of 4, any is enough)`; why not, where something holds it back. */
  readonly sentence: string
  /** What keeps a retraining back although enough has fired; empty otherwise. */
  readonly holds: readonly Hold[]
}

export interface Hold {
  readonly kind: 'cooldown' | 'quiet-hours' | 'budget'
  readonly sentence: string
  /** Epoch milliseconds at which it ends. */
  readonly until: number
}

/** How a change is measured; `auc`: by a classifier that tells new rows from old ones. */
export type DriftScoreName = z.output<typeof driftMethod> | 'auc'

export interface DriftScore {
  readonly value: number
  /** What it would be on average if nothing had changed. */
  readonly ifUnchanged: number
}

/** Evidence of the drift trigger: one per watched column; drifted ones first, the most important of them at the top. */
export interface ColumnDrift {
  readonly column: string
  /** A feature where it is left out. */
  readonly role?: 'feature' | 'label' | 'predictions' | 'structure' | 'classifier' | undefined
  readonly drifted: boolean
  /** What decides, with its limit. The PSI and the configured limit where it is left out. */
  readonly method?: DriftScoreName | undefined
  readonly score?: DriftScore | undefined
  readonly threshold?: number | undefined
  /** The same change by every measure that suits the column. */
  readonly scores?: Partial<Readonly<Record<DriftScoreName, DriftScore>>> | undefined
  /** What the primary metric loses without the column, on the version’s holdout; undefined where nobody measured it. */
  readonly importance?: number | undefined
  readonly psi: number
  /** What the PSI would be on average if nothing had changed: (1/n + 1/m)(B − 1). */
  readonly psiIfUnchanged: number
  readonly test: 'ks' | 'chi2' | 'delong'
  readonly statistic: number
  readonly pValue: number
  /** After Benjamini–Hochberg across the watched columns. */
  readonly qValue: number
  /** Shares of the rows, 0 to 1. */
  readonly missingBefore: number
  readonly missingNow: number
  /** Share of the new rows whose category the reference does not list. */
  readonly unseen: number
  /** `median 12 → 31`, `unseen: enterprise (12 %)`. */
  readonly note: string
}
