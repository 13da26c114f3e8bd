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
  const hasChange = Boolean(consistency?.change) || flips.some((flip) => flip.change)
  const share = (value: number | null): string => formatNumber(value, { digits: 3, missing: '–' })
  const rows: (readonly Inline[])[] = []
  if (consistency !== null) {
    const self = consistency.includesSelf ? ', a row among its own' : ''
    rows.push([
      term('consistency', 'consistency'),
      ...(hasChampion ? [withInterval(share(consistency.champion), consistency.championInterval, share)] : []),
      withInterval(share(consistency.candidate), consistency.interval, share),
      ...(hasChange ? [changeCell(consistency.change, share)] : []),
      `${count(consistency.neighbours, 'neighbour')}${self}, ${count(consistency.rows, 'row')}; 1 is perfectly consistent`,
    ])
  }
  for (const flip of flips) {
    const seen = flip.isFeature
      ? `${count(flip.changed, 'decision')} of ${formatNumber(flip.rows)} changed; the score moves by ${formatNumber(flip.meanChange)} on average`
      : 'it is no feature of the model, so nothing can change'
    rows.push([
      [term('flip-test', 'flip test'), ' ', code(flip.attribute)],
      ...(hasChampion
        ? [
            flip.championShare === null
              ? '–'
              : withInterval(formatPercent(flip.championShare), flip.championInterval, formatPercent),
          ]
        : []),
      withInterval(formatPercent(flip.share), flip.interval, formatPercent),
      ...(hasChange ? [changeCell(flip.change, (value) => formatPercent(value, { signed: true }))] : []),
      seen,
    ])
  }
  const titles = [
    'Check',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    ...(hasChange ? ['>Change'] : []),
    'What was seen',
  ]
  return [
    heading('Individual fairness'),
    ...(rows.length > 0 ? [table('Individual fairness', titles, rows)] : []),
    ...(reason === undefined ? [] : [paragraph(sentence(reason))]),
  ]
}

type Change = NonNullable<NonNullable<RunRecord['evaluation']['individualFairness']>['flips'][number]['change']>

function changeCell(change: Change | null | undefined, write: (value: number) => string): Inline {
  if (!change) return '–'
  const signed = (value: number): string => `${value > 0 && !write(value).startsWith('+') ? '+' : ''}${write(value)}`
  return withInterval(signed(change.difference), change.interval, signed)
}
