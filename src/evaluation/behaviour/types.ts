/**
 * | check        | asks                                                                                          |
 * |--------------|-----------------------------------------------------------------------------------------------|
 * | `invariance` | does a change of a column that must not matter change predictions?                             |
 * | `direction`  | does a rise of a column move predictions only the way it should?                              |
 * | `missing`    | is there still a usable prediction when a column is missing?                                  |
 * | `unseen`     | … when a column holds a category never seen, or a number far outside of what was seen?         |
 * | `parity`     | does a row served alone, as a request, get the prediction it had in the batch?                |
 * | `leak`       | is the model told what it should predict?                                                     |
 */
export type BehaviourCheck = 'invariance' | 'direction' | 'missing' | 'unseen' | 'parity' | 'leak'

export interface BehaviourResult {
  readonly check: BehaviourCheck
  /** What it is about; empty for a check of all columns. */
  readonly columns: readonly string[]
  /** `unchanged by region`, `falls as tenure rises`, `served row by row as in a batch`. */
  readonly title: string
  /** `fail` only of what the configuration asks for; an automatic check warns. `skipped`: it could not be asked. */
  readonly status: 'pass' | 'warn' | 'fail' | 'skipped'
  /** Asked for in `evaluate.behaviour`, not automatic. */
  readonly configured: boolean
  /** Rows tried, and how many of them broke the rule by more than the tolerance. */
  readonly rows: number
  readonly violations: number
  /** Largest change of a prediction against the rule, in the unit of the score; null where nothing was tried. */
  readonly worst: number | null
  readonly tolerance: number
  /** Violations that are allowed, as a share of the rows. */
  readonly allowed: number
  readonly sentence: string
  /** The worst violations, at most three. */
  readonly examples: readonly BehaviourExample[]
}

export interface BehaviourExample {
  /** Row of the held-out table, from 0. */
  readonly row: number
  readonly column: string
  /** The cell as a person would write it, '' where missing. */
  readonly before: string
  readonly after: string
  /** The score: P(positive), the largest change among the class probabilities, or the prediction. */
  readonly predictionBefore: number
  readonly predictionAfter: number
}
