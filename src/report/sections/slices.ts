import { formatInterval, formatNumber } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import type { SliceResult } from '../../evaluation/types.ts'
import {
  code,
  details,
  paragraph,
  strong,
  table,
  type Block,
  type Inline,
  type Section,
  type TableBlock,
} from '../document.ts'
import { candidateName, championName, conclusionText, digitsOf, intervalTitle } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

/** Slices shown before the fold. */
const SHOWN = 8

/** The primary metric by slice. What got worse comes first, slices too small to judge last. */
export function slicesSection(record: RunRecord): Section | undefined {
  const { slices, primary } = record.evaluation
  if (slices.length === 0) return undefined
  const order = [...slices].sort((a, b) => rank(a) - rank(b) || badness(b) - badness(a))
  const worse = slices.filter((slice) => slice.comparison?.conclusion === 'worse')
  const small = slices.filter((slice) => slice.small)
  const judged = slices.length - small.length
  const summary =
    worse.length > 0
      ? `${worse.length} of ${count(judged, 'slice')} got worse.`
      : `None of ${count(judged, 'slice')} is clearly worse.`
  const note = small.length > 0 ? ` ${count(small.length, 'slice')} too small to judge.` : ''
  const blocks: Block[] = [
    paragraph(strong(summary), `${note} Metric: ${primary}. Intervals are per slice, not corrected for their number.`),
    sliceTable(record, order.slice(0, SHOWN)),
  ]
  if (order.length > SHOWN) {
    blocks.push(details(`The other ${count(order.length - SHOWN, 'slice')}`, [sliceTable(record, order.slice(SHOWN))]))
  }
  return { id: 'slices', title: 'Slices', importance: worse.length > 0 ? 7 : 5, blocks }
}

const RANK = { worse: 0, 'cannot-tell': 1, 'not-worse': 2, better: 3 } as const
const rank = (slice: SliceResult): number =>
  slice.small ? 9 : slice.comparison ? RANK[slice.comparison.conclusion] : 4

/** How much worse, whichever way the metric points. */
function badness({ comparison }: SliceResult): number {
  const difference = comparison?.difference ?? 0
  return comparison?.direction === 'lower' ? difference : -difference
}

function sliceTable(record: RunRecord, slices: readonly SliceResult[]): TableBlock {
  const hasChampion = record.evaluation.champion !== null
  const rows = slices.map((slice): readonly Inline[] => {
    const { comparison, candidate, champion } = slice
    const digits = digitsOf([candidate.value, champion?.value], comparison?.difference)
    const reading = slice.small ? 'too small' : comparison ? conclusionText(comparison) : '–'
    return [
      code(`${slice.column} = ${slice.value}`),
      formatNumber(slice.rows),
      ...(hasChampion ? [formatNumber(champion?.value, { digits })] : []),
      formatNumber(candidate.value, { digits }),
      formatNumber(comparison?.difference, { digits, signed: true, missing: '–' }),
      formatInterval(comparison?.interval, { digits, signed: true, missing: '–' }),
      comparison?.conclusion === 'worse' && !slice.small ? strong(reading) : reading,
    ]
  })
  const titles = [
    'Slice',
    '>Rows',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    '>Difference',
    `>${intervalTitle(slices.map((slice) => slice.comparison?.interval))}`,
    'Reading',
  ]
  return table('The primary metric by slice', titles, rows)
}
