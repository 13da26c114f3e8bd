import { formatInterval, formatNumber } from '../../core/format.ts'
import type { FairnessMetric, FairnessResult } from '../../evaluation/types.ts'
import {
  code,
  details,
  heading,
  paragraph,
  status,
  strong,
  table,
  term,
  type Block,
  type Inline,
  type Section,
  type TableBlock,
} from '../document.ts'
import { candidateName, championName, gateStatus, intervalTitle } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { dataBiasBlocks } from './data-bias.ts'
import { gateLimit } from './gate-limit.ts'
import { rateCharts, ratesTables } from './group-rates.ts'
import { individualBlocks } from './individual-fairness.ts'

/** More metrics than this are folded, but for differences between groups and what gates ask for. */
const SHOWN = 4

/** Differences and ratios between groups, and the rates behind them. Undefined where no protected column is named. */
export function fairnessSection(record: RunRecord): Section | undefined {
  const { fairness } = record.evaluation
  const further = [...individualBlocks(record), ...dataBiasBlocks(record)]
  if (fairness.length === 0 && further.length === 0) return undefined
  const blocks = fairness.flatMap((result): Block[] => [
    heading(`By ${result.attribute}`),
    ...metricBlocks(record, result),
    ...rateCharts(record, result),
    details(['Rates by ', code(result.attribute)], ratesTables(record, result)),
  ])
  const how = paragraph(...HOW, HOW_OF_TASK[record.task])
  return {
    id: 'fairness',
    title: 'Fairness',
    importance: 6,
    blocks: [...blocks, ...(fairness.length > 0 ? [how] : []), ...further],
  }
}

const HOW: readonly Inline[] = [
  'Difference: largest minus smallest rate between the groups, 0 is equal. Ratio: smallest over largest, 1 is equal. Intervals are ',
  term('spread-interval', 'inverted tests'),
  ': the largest difference of several groups is above 0 by chance alone, and they account for it. ',
]

const HOW_OF_TASK: Readonly<Record<RunRecord['task'], string>> = {
  binary: 'Equalized odds takes the worse of true and false positive rates.',
  multiclass:
    'Each class is held against all others, and the worst counts. Equalized odds takes the worse of true and false positive rates.',
  regression: 'Differences are in the unit of the label, but for those of distributions (0 … 1).',
}

function metricBlocks(record: RunRecord, result: FairnessResult): readonly Block[] {
  const gated = (metric: FairnessMetric): boolean => record.gates.some((gate) => gate.gate.metric === metric.metric)
  const few = result.metrics.length <= SHOWN
  const first = result.metrics.filter((metric) => few || gated(metric) || metric.metric.endsWith('-difference'))
  const rest = result.metrics.filter((metric) => !first.includes(metric))
  const blocks: Block[] = [metricsTable(record, result, first)]
  if (rest.length > 0) blocks.push(details(`${rest.length} more measures`, [metricsTable(record, result, rest)]))
  const reasons = groupedBy(result.metrics, (metric) => (metric.candidate === null ? metric.reason : undefined))
  for (const [reason, metrics] of reasons) {
    const all = metrics.length === result.metrics.length
    const names = metrics.map(({ metric }) => words(metric)).join(', ')
    const what = all ? 'Every measure' : `${names.slice(0, 1).toUpperCase()}${names.slice(1)}`
    blocks.push(paragraph(`${what} ${all || metrics.length === 1 ? 'is' : 'are'} undefined: ${reason}.`))
  }
  for (const [unsure, metrics] of groupedBy(result.metrics, (metric) => metric.unsure)) {
    blocks.push(
      paragraph(
        `Without an interval, of its value or its change: ${metrics.map(({ metric }) => words(metric)).join(', ')}: ${unsure}.`,
      ),
    )
  }
  for (const [note, metrics] of groupedBy(first, (metric) => metric.note)) {
    blocks.push(paragraph(`Left out of ${metrics.map(({ metric }) => words(metric)).join(', ')}: ${note}.`))
  }
  return blocks
}

function groupedBy(
  metrics: readonly FairnessMetric[],
  key: (metric: FairnessMetric) => string | undefined,
): ReadonlyMap<string, readonly FairnessMetric[]> {
  const groups = new Map<string, FairnessMetric[]>()
  for (const metric of metrics) {
    const own = key(metric)
    if (own !== undefined) groups.set(own, [...(groups.get(own) ?? []), metric])
  }
  return groups
}

/** Which groups, and of several classes which of them, a value is the distance of. */
function whereText({ where }: FairnessMetric): string {
  if (!where) return '–'
  const pair = [where.low, where.high].filter((group) => group !== null)
  const groups = pair.length === 2 ? `${pair[0]} and ${pair[1]}` : `${pair[0] ?? ''} and all`
  return where.class === undefined ? groups : `${where.class}: ${groups}`
}

const words = (metric: string): string => metric.replaceAll('-', ' ')

function metricsTable(record: RunRecord, result: FairnessResult, metrics: readonly FairnessMetric[]): TableBlock {
  const hasChampion = result.champion !== null
  const hasChange = hasChampion && metrics.some((metric) => metric.change)
  const changes = metrics.map((metric) => metric.change?.interval)
  const hasWhere = metrics.some((metric) => metric.where !== undefined)
  const rows = metrics.map((metric): readonly Inline[] => [
    term(metric.metric, words(metric.metric)),
    ...(hasChampion ? [formatNumber(metric.champion, { digits: 3 })] : []),
    strong(formatNumber(metric.candidate, { digits: 3 })),
    formatInterval(metric.interval, { digits: 3, missing: '–' }),
    ...(hasChange ? changeCells(metric) : []),
    ...(hasWhere ? [whereText(metric)] : []),
    gateCell(record, result, metric),
  ])
  const titles = [
    'Metric',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    `>${intervalTitle(metrics.map((metric) => metric.interval))}`,
    ...(hasChange ? ['>Change', `>${intervalTitle(changes)} of it`] : []),
    ...(hasWhere ? ['Farthest apart'] : []),
    'Gate',
  ]
  return table(`Fairness by ${result.attribute}`, titles, rows, { Change: 'difference', Gate: 'gate' })
}

function changeCells({ change }: FairnessMetric): readonly Inline[] {
  if (!change) return ['–', '–']
  const format = { digits: 3, signed: true }
  return [formatNumber(change.difference, format), formatInterval(change.interval, { ...format, missing: '–' })]
}

function gateCell(record: RunRecord, result: FairnessResult, metric: FairnessMetric): Inline {
  const all = record.gates.filter((gate) => gate.gate.metric === metric.metric)
  // One gate speaks of every protected column; its title says which one this result is of.
  const named = `${metric.metric} by ${result.attribute} `
  const own = all.filter((gate) => gate.title.startsWith(named) && !gate.title.startsWith(`${named}× `))
  const gates = own.length > 0 ? own : all.filter((gate) => !gate.title.startsWith(`${metric.metric} by `))
  if (gates.length === 0) return '–'
  return gates.map((gate, index): Inline => [
    index > 0 ? ', ' : '',
    status(
      gateStatus(gate),
      `${gateLimit(gate, 'champion', record.task)}${gate.unasked === true ? ' (no champion yet)' : ''}`,
    ),
  ])
}
