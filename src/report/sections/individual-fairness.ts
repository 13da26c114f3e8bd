import { formatNumber, formatPercent } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import { code, heading, paragraph, table, term, type Block, type Inline } from '../document.ts'
import { candidateName, championName, withInterval } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** Whether like rows are treated alike: consistency, and what changing the protected column alone does. */
export function individualBlocks(record: RunRecord): readonly Block[] {
  const individual = record.evaluation.individualFairness
  if (individual === undefined) return []
  const { consistency, flips, reason } = individual
  const hasChampion = record.evaluation.champion !== null
  const rows: (readonly Inline[])[] = []
  if (consistency !== null) {
    const self = consistency.includesSelf ? ', a row among its own' : ''
    rows.push([
      term('consistency', 'consistency'),
      ...(hasChampion ? [formatNumber(consistency.champion, { digits: 3, missing: '–' })] : []),
      formatNumber(consistency.candidate, { digits: 3 }),
      `${count(consistency.neighbours, 'neighbour')}${self}, ${count(consistency.rows, 'row')}; 1 is perfectly consistent`,
    ])
  }
  for (const flip of flips) {
    const seen = flip.isFeature
      ? `${count(flip.changed, 'decision')} of ${formatNumber(flip.rows)} changed; the score moves by ${formatNumber(flip.meanChange)} on average`
      : 'it is no feature of the model, so nothing can change'
    rows.push([
      [term('flip-test', 'flip test'), ' ', code(flip.attribute)],
      ...(hasChampion ? [flip.championShare === null ? '–' : formatPercent(flip.championShare)] : []),
      withInterval(formatPercent(flip.share), flip.interval, formatPercent),
      seen,
    ])
  }
  const titles = [
    'Check',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    'What was seen',
  ]
  return [
    heading('Individual fairness'),
    ...(rows.length > 0 ? [table('Individual fairness', titles, rows)] : []),
    ...(reason === undefined ? [] : [paragraph(sentence(reason))]),
  ]
}
