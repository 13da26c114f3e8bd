/**
 * What one check looked at, and what came of it. `sentence` is written where the looking is done: `clean` can only be said
 * by a check that looked, `not-looked` says why it did not.
 */
export type Looked =
  | {
      readonly status: 'found'
      readonly sentence: string
      readonly findings: readonly LeakFinding[]
      /**
       * Whether it leaves the verdict open: always, or unless a person has confirmed a near-perfect score. Undefined: it is
       * told, and the reader judges.
       */
      readonly open?: 'always' | 'unless-expected' | undefined
    }
  | { readonly status: 'clean'; readonly sentence: string }
  | {
      readonly status: 'not-looked'
      readonly sentence: string
      /** Columns that would make it possible, if they are what they look like: for the first screen. */
      readonly maybe?: readonly string[] | undefined
    }

/**
 * | check       | asks                                                                      |
 * |-------------|---------------------------------------------------------------------------|
 * | `columns`   | does a single column, or its presence, tell the label?                    |
 * | `groups`    | do several together?                                                      |
 * | `overlap`   | were held-out rows trained on?                                            |
 * | `ids`       | are rows of one id on both sides of the split?                            |
 * | `time`      | are held-out rows older than what was trained on?                         |
 * | `level`     | is the candidate too good to be true?                                     |
 */
export type LeakCheck = { readonly check: 'columns' | 'groups' | 'overlap' | 'ids' | 'time' | 'level' } & Looked

export interface LeakFinding {
  readonly rule: 'telltale-column' | 'telltale-group' | 'trained-on' | 'ids-across-split' | 'time-order' | 'too-good'
  /** What it is about; empty where it is about rows. */
  readonly columns: readonly string[]
  readonly sentence: string
}

/** Signs that the model is told what it should predict. */
export interface LeakSearch {
  readonly checks: readonly LeakCheck[]
  /** The columns that tell most by themselves, suspect or not; none where none could be scored. */
  readonly strongest: readonly { readonly column: string; readonly text: string; readonly presence: boolean }[]
}
