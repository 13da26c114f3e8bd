import { link, paragraph, volatile, type Section } from '../document.ts'
import { candidateName } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** Why the verdict of a pull request no longer holds. */
export interface Withdrawal {
  /** `the candidate of a later run failed its gates: …` */
  readonly reason: string
  /** When it was found out; ISO 8601, UTC. */
  readonly at: string
  /** Of the run that found it out. */
  readonly runUrl: string | null
}

/** In the place of the verdict: that it was taken back, and why. */
export function withdrawnSection({ reason, at, runUrl }: Withdrawal, record: RunRecord | undefined): Section {
  const where = runUrl === null ? [] : [volatile([' Run: ', link(runUrl, runUrl), '.'])]
  const before =
    record === undefined
      ? []
      : [paragraph(`What follows is what ${candidateName(record)} showed on ${record.startedAt}.`)]
  return {
    id: 'verdict',
    title: '',
    importance: 10,
    blocks: [
      { kind: 'headline', status: 'bad', text: 'Withdrawn: do not merge' },
      paragraph(sentence(reason), volatile(` Found on ${at}.`), ...where),
      paragraph('The next candidate that passes its gates is proposed anew.'),
      ...before,
    ],
  }
}
