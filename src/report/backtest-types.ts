/** A way of deciding when to retrain, replayed over the same days. */
export interface PolicyRun {
  readonly name: string
  /** The score of the model in production on each period's rows; null where it is undefined. */
  readonly scores: readonly (number | null)[]
  /** Row-weighted mean of the scores. */
  readonly score: number | null
  readonly retrainings: number
  /** Candidates that became the champion, the first one not counted. */
  readonly promoted: number
  readonly refused: number
  readonly drafts: number
  /** Trainings that stopped with an error, and the first one's sentence. */
  readonly errors: { readonly count: number; readonly first: string | undefined }
  readonly events: readonly BacktestEvent[]
}

/** A period in which something was trained. */
export interface BacktestEvent {
  /** Epoch milliseconds: the end of the period. */
  readonly at: number
  readonly outcome: 'promoted' | 'refused' | 'draft' | 'error'
  readonly triggers: readonly string[]
  /** One sentence: the first trigger that fired. */
  readonly why: string
  readonly verdict: string
}

export interface SweepPoint {
  readonly settings: Readonly<Record<string, string>>
  readonly run: PolicyRun
  /** No other point has a better score with as few retrainings, or as good a score with fewer. */
  readonly frontier: boolean
}

export interface BacktestResult {
  readonly model: string
  readonly metric: string
  readonly direction: 'higher' | 'lower'
  readonly rows: number
  /** Starts of the periods, and the end of the last one. Epoch milliseconds. */
  readonly bounds: readonly number[]
  readonly rowsOf: readonly number[]
  /** The schedule that was lived through: what was asked for, in whole periods. */
  readonly every: number
  /** What was replayed otherwise than asked for, and why. */
  readonly notes: readonly string[]
  readonly labelDelay: number
  /** never, every, refit, in this order. */
  readonly runs: readonly PolicyRun[]
  readonly oracle: {
    readonly score: number | null
    readonly scores: readonly (number | null)[]
    readonly models: number
  }
  readonly sweep: readonly SweepPoint[]
  readonly seconds: number
}
