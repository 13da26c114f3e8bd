import type { RunRecord } from '../../report/run-record.ts'

export interface Review {
  readonly merge: boolean
  /** Why, as the reviewer would say it. */
  readonly why: string
}

/**
 * A careful reviewer who reads the table and the verdict: merges the first version and whatever is shown to be better
 * than the champion, and lets a pull request wait that is only “not worse”.
 */
export function review(record: RunRecord): Review {
  const { verdict, evaluation, champion } = record
  if (verdict.outcome !== 'pass') return { merge: false, why: `The verdict is “${verdict.outcome}”, so it waits.` }
  if (champion === null) return { merge: true, why: 'It is the first version and beats the baseline, so it is merged.' }
  const { primary, comparisons } = evaluation
  const against = comparisons.find((one) => one.versus === 'champion' && one.metric === primary)
  if (against?.conclusion === 'better') {
    return { merge: true, why: `${primary} is shown to be better on rows that neither version was trained on: merged.` }
  }
  return {
    merge: false,
    why: `Not worse than v${champion.version}, but not shown to be better either: it stays open until more labels are in.`,
  }
}
