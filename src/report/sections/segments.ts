import { formatInterval, formatNumber, formatProbability } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import type { Segment, SegmentSearch } from '../../evaluation/evidence.ts'
import { code, heading, paragraph, strong, table, term, type Block, type Inline } from '../document.ts'
import { candidateName, championName, digitsOf, intervalTitle } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

/** Segments that nobody asked for by name: where the candidate does worst, and where it does worse than the champion. */
export function segmentBlocks(record: RunRecord): readonly Block[] {
  const { segments } = record.evaluation
  if (segments === undefined) return []
  const real = [...segments.regressions, ...segments.worst].filter((segment) => segment.significant)
  const found =
    real.length > 0
      ? `${count(real.length, 'segment')} stand${real.length === 1 ? 's' : ''} out.`
      : segments.searched === 0
        ? 'No segment is large enough to look at.'
        : 'None stands out beyond chance.'
  return [
    heading('Found by searching'),
    paragraph(
      strong(found),
      ` ${count(segments.searched, 'segment')} of ${count(segments.columns, 'column')} with at least ${count(segments.minRows, 'row')} were looked at. `,
      term('segment', 'Loss'),
      `: mean ${segments.loss} per row. Intervals and p-values account for the search: ${segments.correction}.`,
    ),
    ...segmentTable(record, segments, 'regressions'),
    ...segmentTable(record, segments, 'worst'),
  ]
}

function segmentTable(record: RunRecord, search: SegmentSearch, which: 'worst' | 'regressions'): readonly Block[] {
  const segments = search[which]
  if (segments.length === 0) return []
  const versus = which === 'regressions'
  const interval = intervalTitle(segments.map((segment) => segment.interval))
  const { primary } = record.evaluation
  const rows = segments.map((segment): readonly Inline[] => {
    const other = versus ? segment.championLoss : segment.rest
    const digits = digitsOf([segment.loss, other], segment.excess)
    return [
      code(segment.name),
      formatNumber(segment.rows),
      formatNumber(segment.loss, { digits }),
      formatNumber(other, { digits }),
      formatNumber(segment.excess, { digits, signed: true }),
      formatInterval(segment.interval, { digits, signed: true }),
      formatProbability(segment.pValue),
      metricText(segment, versus),
      segment.significant ? strong('real') : 'may be chance',
    ]
  })
  const titles = [
    versus ? `Worse than ${championName(record)} on` : `Where ${candidateName(record)} does worst`,
    '>Rows',
    '>Loss',
    versus ? `>Loss of ${championName(record)}` : '>Loss elsewhere',
    '>Excess',
    `>${interval}`,
    '>Adjusted p',
    `>${primary}`,
    'Reading',
  ]
  const caption = versus
    ? 'Segments where the candidate is worse than the champion'
    : 'Segments where the candidate does worst'
  return [table(caption, titles, rows, { Excess: 'segment', [interval]: 'interval' })]
}

function metricText({ metric }: Segment, versus: boolean): string {
  const digits = digitsOf([metric.candidate, metric.champion])
  const mine = formatNumber(metric.candidate, { digits })
  return versus && metric.champion !== null ? `${formatNumber(metric.champion, { digits })} → ${mine}` : mine
}
