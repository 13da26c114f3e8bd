/** How the files that a run used stand to the commit that its command names. */
export type SourceState =
  /** Looked at; `differs` is empty where the commit holds all that was used. */
  | {
      readonly status: 'looked'
      readonly commit: string
      readonly differs: readonly SourceDifference[]
      /** Further files of the repository with changes that are not committed. */
      readonly otherChanges: number
      /** Data that no commit can hold: addresses and databases. */
      readonly elsewhere: readonly string[]
      /** Whether a remote branch has the commit; null where there is no remote. */
      readonly pushed: boolean | null
    }
  | { readonly status: 'not-looked'; readonly why: string }

export interface SourceDifference {
  /** Relative to the folder that Refit ran in. */
  readonly path: string
  readonly what: 'configuration' | 'data'
  /** `ignored`: not tracked, and git is told not to. `outside`: in no place that this repository could hold. */
  readonly how: 'modified' | 'untracked' | 'ignored' | 'outside'
}
