import { formatInterval, formatNumber, formatPercent } from '../../core/format.ts'
import { limitText } from '../../evaluation/gate-text.ts'
import type { FairnessResult, GroupRates } from '../../evaluation/types.ts'
import {
  code,
  details,
  paragraph,
  status,
  strong,
  table,
  type Block,
  type Inline,
  type Section,
  type TableBlock,
} from '../document.ts'
import { candidateName, championName, intervalTitle, outcomeStatus } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

/** Differences and ratios between groups, and the rates behind them. Undefined where no protected column is named. */
export function fairnessSection(record: RunRecord): Section | undefined {
  const { fairness } = record.evaluation
  if (fairness.length === 0) return undefined
  const blocks = fairness.flatMap((result): Block[] => [
    metricsTable(record, result),
    details(['Rates by ', code(result.attribute)], ratesTables(record, result)),
  ])
  const how =
    'Difference: largest minus smallest rate between the groups, 0 is equal. Ratio: smallest over largest, 1 is equal. Equalized odds takes the worse of true and false positive rates.'
  return { id: 'fairness', title: 'Fairness', importance: 6, blocks: [...blocks, paragraph(how)] }
}

function metricsTable(record: RunRecord, result: FairnessResult): TableBlock {
  const hasChampion = result.champion !== null
  const rows = result.metrics.map((metric): readonly Inline[] => {
    const gates = record.gates.filter((gate) => gate.gate.metric === metric.metric)
    return [
      code(result.attribute),
      metric.metric.replaceAll('-', ' '),
      ...(hasChampion ? [formatNumber(metric.champion, { digits: 3 })] : []),
      strong(formatNumber(metric.candidate, { digits: 3 })),
      formatInterval(metric.interval, { digits: 3, missing: '–' }),
      gates.length === 0
        ? '–'
        : gates.map(({ gate, status: outcome }): Inline =>
            status(outcomeStatus(outcome), gate.max === undefined ? '' : `≤ ${limitText(gate.max)}`),
          ),
    ]
  })
  const titles = [
    'Protected',
    'Metric',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    `>${intervalTitle(result.metrics.map((metric) => metric.interval))}`,
    'Gate',
  ]
  return table(`Fairness by ${result.attribute}`, titles, rows)
}

function ratesTables(record: RunRecord, result: FairnessResult): readonly Block[] {
  const blocks: Block[] = [paragraph('Candidate ', candidateName(record)), ratesTable(result, result.candidate)]
  if (result.champion !== null)
    blocks.push(paragraph('Champion ', championName(record)), ratesTable(result, result.champion))
  return blocks
}

function ratesTable(result: FairnessResult, groups: readonly GroupRates[]): TableBlock {
  const anySmall = groups.some((group) => group.small)
  const rows = groups.map((group): readonly Inline[] => [
    code(group.group),
    formatNumber(group.rows),
    formatPercent(group.selectionRate, { digits: 1 }),
    formatPercent(group.truePositiveRate, { digits: 1 }),
    formatPercent(group.falsePositiveRate, { digits: 1 }),
    formatPercent(group.accuracy, { digits: 1 }),
    ...(anySmall ? [group.small ? 'too small to judge' : ''] : []),
  ])
  const titles = ['Group', '>Rows', '>Selected', '>True positive rate', '>False positive rate', '>Accuracy']
  return table(`Rates by ${result.attribute}`, anySmall ? [...titles, 'Note'] : titles, rows)
}
