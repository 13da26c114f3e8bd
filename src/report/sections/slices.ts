import { formatInterval, formatNumber, formatProbability } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import { isWorse } from '../../evaluation/reading.ts'
import type { SliceResult } from '../../evaluation/types.ts'
import {
  chart,
  code,
  details,
  measured,
  paragraph,
  strong,
  table,
  term,
  type Block,
  type Inline,
  type IntervalRow,
  type Section,
  type TableBlock,
} from '../document.ts'
import {
  candidateName,
  championName,
  conclusionStatus,
  conclusionText,
  digitsOf,
  intervalTitle,
  metricOf,
  sliceName,
} from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { segmentBlocks } from './segments.ts'

/** Slices shown before the fold, and bars of the drawing. */
const SHOWN = 8
const DRAWN = 16

/** The primary metric by slice. What got worse comes first, slices too small to judge last. */
export function slicesSection(record: RunRecord): Section | undefined {
  const { slices, primary } = record.evaluation
  const found = segmentBlocks(record)
  if (slices.length === 0 && found.length === 0) return undefined
  const worse = slices.filter((slice) => slice.comparison?.conclusion === 'worse' && !slice.small)
  const judged = record.evaluation.champion === null ? ownBlocks(record) : sliceBlocks(record, worse.length)
  const blocks = slices.length === 0 ? found : [...judged, ...moreMetrics(record, primary), ...found]
  return { id: 'slices', title: 'Slices', importance: worse.length > 0 ? 7 : 5, blocks }
}

function sliceBlocks(record: RunRecord, worse: number): readonly Block[] {
  const { slices, primary } = record.evaluation
  const order = [...slices].sort((a, b) => rank(a) - rank(b) || badness(b) - badness(a))
  const small = slices.filter((slice) => slice.small)
  const judged = slices.length - small.length
  const leaning = slices.filter(
    ({ small: few, comparison }) => !few && comparison && comparison.conclusion !== 'worse' && isWorse(comparison),
  ).length
  const also = leaning === 0 ? '' : `; the intervals of ${leaning} lie on the worse side of 0 all the same`
  const summary =
    judged === 0
      ? 'No slice is large enough to judge.'
      : worse > 0
        ? `${worse} of ${count(judged, 'slice')} got worse${also}.`
        : `None of ${count(judged, 'slice')} is shown to be worse than the margin allows${also}.`
  const note = small.length > 0 ? ` ${count(small.length, 'slice')} too small to judge.` : ''
  const corrected: Inline = slices.some((slice) => slice.qValue !== undefined && slice.qValue !== null)
    ? [' Intervals are per slice; the ', term('q-value'), ' accounts for their number.']
    : ' Intervals are per slice, not corrected for their number.'
  const blocks: Block[] = [
    paragraph(strong(summary), `${note} Metric: `, term(primary), '.', corrected),
    chart({
      kind: 'intervals',
      title: `Difference in ${primary} by slice, ${candidateName(record)} − ${championName(record)}`,
      rows: order
        .filter((slice) => !slice.small)
        .slice(0, DRAWN)
        .flatMap(intervalRow),
      shared: true,
    }),
    sliceTable(record, order.slice(0, SHOWN)),
  ]
  if (order.length > SHOWN) {
    blocks.push(details(count(order.length - SHOWN, 'more slice'), [sliceTable(record, order.slice(SHOWN))]))
  }
  return blocks
}

/** Of a first version there is nothing to compare with: its own values, the worst first. */
function ownBlocks(record: RunRecord): readonly Block[] {
  const { slices, primary, comparisons, candidate } = record.evaluation
  const sign = comparisons.find((comparison) => comparison.metric === primary)?.direction === 'lower' ? -1 : 1
  const goodness = (slice: SliceResult): number => {
    const { value } = slice.candidate
    return slice.small || value === null ? Infinity : sign * value
  }
  const order = [...slices].sort((a, b) => goodness(a) - goodness(b))
  const drawn = order.filter((slice) => !slice.small && slice.candidate.value !== null).slice(0, DRAWN)
  const overall = metricOf(candidate, primary)?.value
  const blocks: Block[] = [
    paragraph(
      strong(`${count(slices.length, 'slice')}, the worst first.`),
      ' There is no champion to compare with. Metric: ',
      term(primary),
      '.',
    ),
    chart({
      kind: 'dots',
      title: `${primary} by slice`,
      names: { candidate: `candidate ${candidateName(record)}` },
      format: 'number',
      reference: typeof overall === 'number' ? { name: 'all rows', value: overall } : null,
      rows: drawn.map((slice) => ({
        label: sliceName(slice),
        points: [
          {
            tone: 'candidate',
            value: slice.candidate.value ?? 0,
            low: slice.candidate.interval?.low,
            high: slice.candidate.interval?.high,
          },
        ],
      })),
    }),
    ownTable(record, order.slice(0, SHOWN)),
  ]
  if (order.length > SHOWN) {
    blocks.push(details(count(order.length - SHOWN, 'more slice'), [ownTable(record, order.slice(SHOWN))]))
  }
  return blocks
}

function ownTable(record: RunRecord, slices: readonly SliceResult[]): TableBlock {
  const interval = intervalTitle(slices.map((slice) => slice.candidate.interval))
  const anySmall = slices.some((slice) => slice.small)
  const rows = slices.map((slice): readonly Inline[] => {
    const digits = digitsOf([slice.candidate.value])
    return [
      code(sliceName(slice)),
      formatNumber(slice.rows),
      formatNumber(slice.candidate.value, { digits }),
      formatInterval(slice.candidate.interval, { digits, missing: '–' }),
      ...(anySmall ? [slice.small ? 'too small to judge' : ''] : []),
    ]
  })
  const titles = [
    'Slice',
    '>Rows',
    `>Candidate ${candidateName(record)}`,
    `>${interval}`,
    ...(anySmall ? ['Note'] : []),
  ]
  return table('The primary metric by slice', titles, rows, { [interval]: 'interval' })
}

function intervalRow(slice: SliceResult): readonly IntervalRow[] {
  const { comparison, candidate, champion } = slice
  if (!comparison || comparison.difference === null || comparison.interval === null) return []
  return [
    {
      label: sliceName(slice),
      value: comparison.difference,
      low: comparison.interval.low,
      high: comparison.interval.high,
      margin: comparison.margin,
      direction: comparison.direction,
      status: conclusionStatus(comparison),
      digits: digitsOf([candidate.value, champion?.value], comparison.difference),
    },
  ]
}

const RANK = { worse: 0, 'cannot-tell': 1, 'not-worse': 2, better: 3 } as const
const rank = (slice: SliceResult): number =>
  slice.small ? 9 : slice.comparison ? RANK[slice.comparison.conclusion] : 4

/** How much worse, whichever way the metric points. */
function badness({ comparison }: SliceResult): number {
  const difference = comparison?.difference ?? 0
  return comparison?.direction === 'lower' ? difference : -difference
}

type Measures = Pick<SliceResult, 'candidate' | 'champion' | 'comparison'>

function sliceTable(record: RunRecord, slices: readonly SliceResult[]): TableBlock {
  const corrected = slices.some((slice) => slice.qValue !== undefined && slice.qValue !== null)
  const rows = slices.map((slice): readonly Inline[] => [
    code(sliceName(slice)),
    formatNumber(slice.rows),
    ...measures(record, slice),
    ...(corrected ? [slice.qValue === undefined || slice.qValue === null ? '–' : formatProbability(slice.qValue)] : []),
    reading(slice),
  ])
  const interval = intervalTitle(slices.map((slice) => slice.comparison?.interval))
  const titles = ['Slice', '>Rows', ...measureTitles(record, interval), ...(corrected ? ['>q-value'] : []), 'Reading']
  return table('The primary metric by slice', titles, rows, {
    Difference: 'difference',
    [interval]: 'interval',
    'q-value': 'q-value',
    Reading: 'reading',
  })
}

const measureTitles = (record: RunRecord, interval: string): readonly string[] => [
  ...(record.evaluation.champion === null ? [] : [`>Champion ${championName(record)}`]),
  `>Candidate ${candidateName(record)}`,
  '>Difference',
  `>${interval}`,
]

function measures(record: RunRecord, { comparison, candidate, champion }: Measures): readonly Inline[] {
  const digits = digitsOf([candidate.value, champion?.value], comparison?.difference)
  const own = (value: Measures['champion']): Inline =>
    measured(formatNumber(value?.value, { digits }), value?.interval ? formatInterval(value.interval, { digits }) : '')
  return [
    ...(record.evaluation.champion === null ? [] : [own(champion)]),
    own(candidate),
    formatNumber(comparison?.difference, { digits, signed: true, missing: '–' }),
    formatInterval(comparison?.interval, { digits, signed: true, missing: '–' }),
  ]
}

function reading({ small, comparison }: Pick<SliceResult, 'small' | 'comparison'>): Inline {
  if (small) return 'too small'
  if (!comparison) return '–'
  const words = conclusionText(comparison)
  return comparison.conclusion === 'worse' ? strong(words) : words
}

/** Metrics that gates ask for on slices, beside the primary one. */
function moreMetrics(record: RunRecord, primary: string): readonly Block[] {
  const all = record.evaluation.slices.flatMap((slice) =>
    (slice.more ?? []).filter((one) => one.candidate.metric !== primary).map((one) => ({ slice, one })),
  )
  if (all.length === 0) return []
  const interval = intervalTitle(all.map(({ one }) => one.comparison?.interval))
  const rows = all.map(({ slice, one }): readonly Inline[] => [
    code(sliceName(slice)),
    term(one.candidate.metric),
    ...measures(record, one),
    reading({ small: slice.small, comparison: one.comparison }),
  ])
  const titles = ['Slice', 'Metric', ...measureTitles(record, interval), 'Reading']
  return [details('Other metrics that gates ask for on slices', [table('Further metrics by slice', titles, rows)])]
}
