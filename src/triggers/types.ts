/** What one trigger saw, whether or not it fired. */
export interface TriggerResult {
  readonly trigger: 'schedule' | 'performance' | 'drift' | 'volume' | 'manual'
  /** `unchecked`: it could not be evaluated; never the same as `quiet`. */
  readonly status: 'fired' | 'quiet' | 'unchecked' | 'off'
  /** One sentence: `auc fell from 0.871 to 0.802 on 2,311 new labelled rows; the limit is a drop of 0.05`. */
  readonly sentence: string
  readonly value: number | null
  readonly threshold: number | null
  /** What the value is measured in: `share of drifted features`, `auc drop`, `ms`, `rows`. */
  readonly unit: string
  readonly evidence: readonly ColumnDrift[]
}

/** Evidence of the drift trigger: one per watched column, worst first. */
export interface ColumnDrift {
  readonly column: string
  readonly drifted: boolean
  readonly psi: number
  /** What the PSI would be on average if nothing had changed: (1/n + 1/m)(B − 1). */
  readonly psiIfUnchanged: number
  readonly test: 'ks' | 'chi2'
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
