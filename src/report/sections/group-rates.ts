import { formatInterval, formatNumber, formatPercent } from '../../core/format.ts'
import { wilson } from '../../stats/proportion.ts'
import type { FairnessResult, GroupRates } from '../../evaluation/types.ts'
import {
  chart,
  measured,
  only,
  paragraph,
  table,
  term,
  type Block,
  type Dot,
  type Inline,
  type TableBlock,
} from '../document.ts'
import { candidateName, championName } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

type Rate = 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate' | 'positivePredictiveValue' | 'accuracy'

/** Groups that a drawing has room for. */
const DRAWN = 12
const LEVEL = 0.95

const TITLES: Readonly<Record<Rate, string>> = {
  selectionRate: 'Selected',
  truePositiveRate: 'True positive rate',
  falsePositiveRate: 'False positive rate',
  positivePredictiveValue: 'Precision',
  accuracy: 'Accuracy',
}

/** Rows a rate is a share of; undefined in records that did not count them. */
function trialsOf(group: GroupRates, rate: Rate): number | undefined {
  const { rows, labelRate, selectionRate } = group
  if (rate === 'selectionRate' || rate === 'accuracy') return rows
  if (rate === 'positivePredictiveValue') return selectionRate === null ? undefined : rows * selectionRate
  if (labelRate === undefined || labelRate === null) return undefined
  return rows * (rate === 'truePositiveRate' ? labelRate : 1 - labelRate)
}

/** Wilson's interval of a group's rate, from the rows behind it. */
function intervalOf(group: GroupRates, rate: Rate): { readonly low: number; readonly high: number } | null {
  const value = group[rate]
  const trials = trialsOf(group, rate)
  if (value === null || value === undefined || trials === undefined) return null
  return wilson(value * trials, trials, LEVEL)
}

/** Candidate and champion by group, one drawing a rate; on the page only. */
export function rateCharts(record: RunRecord, result: FairnessResult): readonly Block[] {
  const names = {
    candidate: `candidate ${candidateName(record)}`,
    ...(result.champion === null ? {} : { champion: `champion ${championName(record)}` }),
  }
  const rates = (['selectionRate', 'truePositiveRate', 'falsePositiveRate', 'positivePredictiveValue'] as const).filter(
    (rate) => result.candidate.some((group) => typeof group[rate] === 'number'),
  )
  if (rates.length === 0) return []
  const drawings = rates.map((rate): readonly Block[] => [
    chart({
      kind: 'dots',
      title: `${TITLES[rate]} by ${result.attribute}`,
      names,
      format: 'percent',
      reference: null,
      rows: result.candidate.slice(0, DRAWN).flatMap((group) => {
        const mine = dotOf(group, rate, 'candidate')
        const before = result.champion?.find((one) => one.group === group.group)
        const other = before && dotOf(before, rate, 'champion')
        return mine ? [{ label: group.group, points: other ? [mine, other] : [mine] }] : []
      }),
    }),
  ])
  return [only('html', [{ kind: 'columns', of: drawings }])]
}

function dotOf(group: GroupRates, rate: Rate, tone: Dot['tone']): Dot | undefined {
  const value = group[rate]
  if (value === null || value === undefined) return undefined
  const interval = intervalOf(group, rate)
  return { tone, value, ...(interval ? { low: interval.low, high: interval.high } : {}) }
}

export function ratesTables(record: RunRecord, result: FairnessResult): readonly Block[] {
  const blocks: Block[] = [paragraph('Candidate ', candidateName(record)), ratesTable(result, result.candidate)]
  if (result.champion !== null)
    blocks.push(paragraph('Champion ', championName(record)), ratesTable(result, result.champion))
  return [...blocks, only('html', [paragraph('Intervals of rates: 95 %, ', term('wilson', 'Wilson'), '.')])]
}

function ratesTable(result: FairnessResult, groups: readonly GroupRates[]): TableBlock {
  const anySmall = groups.some((group) => group.small)
  const rates = (Object.keys(TITLES) as Rate[]).filter(
    (rate) => rate !== 'positivePredictiveValue' || groups.some((group) => group.positivePredictiveValue !== undefined),
  )
  const calibrated = groups.some((group) => typeof group.calibrationGap === 'number')
  const rows = groups.map((group): readonly Inline[] => [
    { kind: 'code', text: group.group },
    formatNumber(group.rows),
    ...rates.map((rate): Inline => {
      const interval = intervalOf(group, rate)
      const ends = interval ? formatInterval({ low: interval.low * 100, high: interval.high * 100 }, { digits: 1 }) : ''
      return measured(formatPercent(group[rate], { digits: 1 }), ends === '' ? '' : `${ends} %`)
    }),
    ...(calibrated ? [formatNumber(group.calibrationGap, { digits: 3, signed: true })] : []),
    ...(anySmall ? [group.small ? 'too small to judge' : ''] : []),
  ])
  const titles = [
    'Group',
    '>Rows',
    ...rates.map((rate) => `>${TITLES[rate]}`),
    ...(calibrated ? ['>Calibration gap'] : []),
  ]
  return table(`Rates by ${result.attribute}`, anySmall ? [...titles, 'Note'] : titles, rows, {
    Selected: 'demographic-parity',
    'True positive rate': 'equal-opportunity',
    'False positive rate': 'equalized-odds',
    Precision: 'predictive-parity',
    Accuracy: 'accuracy',
    'Calibration gap': 'group-calibration',
  })
}
