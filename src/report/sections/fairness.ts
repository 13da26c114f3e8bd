import { formatInterval, formatNumber } from '../../core/format.ts'
import { limitText } from '../../evaluation/gate-text.ts'
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
import { candidateName, championName, intervalTitle, outcomeStatus } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { dataBiasBlocks } from './data-bias.ts'
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
  const how = paragraph(
    'Difference: largest minus smallest rate between the groups, 0 is equal. Ratio: smallest over largest, 1 is equal. Equalized odds takes the worse of true and false positive rates.',
  )
  return {
    id: 'fairness',
    title: 'Fairness',
    importance: 6,
    blocks: [...blocks, ...(fairness.length > 0 ? [how] : []), ...further],
  }
}

function metricBlocks(record: RunRecord, result: FairnessResult): readonly Block[] {
  const gated = (metric: FairnessMetric): boolean => record.gates.some((gate) => gate.gate.metric === metric.metric)
  const few = result.metrics.length <= SHOWN
  const first = result.metrics.filter((metric) => few || gated(metric) || metric.metric.endsWith('-difference'))
  const rest = result.metrics.filter((metric) => !first.includes(metric))
  const blocks: Block[] = [metricsTable(record, result, first)]
  if (rest.length > 0) blocks.push(details(`${rest.length} more measures`, [metricsTable(record, result, rest)]))
  const undefineds = first.filter((metric) => metric.candidate === null && metric.reason !== undefined)
  if (undefineds.length > 0) {
    const reasons = undefineds.map((metric) => `${words(metric.metric)} is undefined: ${metric.reason ?? ''}`)
    blocks.push(paragraph(`${reasons.join('; ')}.`))
  }
  return blocks
}

const words = (metric: string): string => metric.replaceAll('-', ' ')

function metricsTable(record: RunRecord, result: FairnessResult, metrics: readonly FairnessMetric[]): TableBlock {
  const hasChampion = result.champion !== null
  const hasChange = hasChampion && metrics.some((metric) => metric.change)
  const changes = metrics.map((metric) => metric.change?.interval)
  const rows = metrics.map((metric): readonly Inline[] => [
    term(metric.metric, words(metric.metric)),
    ...(hasChampion ? [formatNumber(metric.champion, { digits: 3 })] : []),
    strong(formatNumber(metric.candidate, { digits: 3 })),
    formatInterval(metric.interval, { digits: 3, missing: '–' }),
    ...(hasChange ? changeCells(metric) : []),
    gateCell(record, result, metric),
  ])
  const titles = [
    'Metric',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    `>${intervalTitle(metrics.map((metric) => metric.interval))}`,
    ...(hasChange ? ['>Change', `>${intervalTitle(changes)} of it`] : []),
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
  return gates.map(({ gate, status: outcome }, index): Inline => [
    index > 0 ? ', ' : '',
    status(outcomeStatus(outcome), gate.max === undefined ? '' : `≤ ${limitText(gate.max)}`),
  ])
}
