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
type Mean = 'meanScore' | 'calibrationGap' | 'mae' | 'rmse'

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

const MEANS: Readonly<Record<Mean, string>> = {
  meanScore: 'Mean prediction',
  calibrationGap: 'Mean residual',
  mae: 'MAE',
  rmse: 'RMSE',
}

/** `f`, or of several classes `f · gold`. */
const nameOf = (group: GroupRates): string =>
  group.class === undefined ? group.group : `${group.group} · ${group.class}`
const isValues = (groups: readonly GroupRates[]): boolean => groups.some((group) => typeof group.mae === 'number')

/** Rows a rate is a share of; undefined in records that did not count them. */
function trialsOf(group: GroupRates, rate: Rate): number | undefined {
  const { rows, labelRate, selectionRate } = group
  if (rate === 'selectionRate' || rate === 'accuracy') return rows
  if (rate === 'positivePredictiveValue') return selectionRate === null ? undefined : rows * selectionRate
  if (labelRate === undefined || labelRate === null) return undefined
  return rows * (rate === 'truePositiveRate' ? labelRate : 1 - labelRate)
}

/** Wilson's interval of a group's rate, from the rows behind it. */
function intervalOf(group: GroupRates, rate: Rate | Mean): { readonly low: number; readonly high: number } | null {
  if (rate in MEANS) return group.intervals?.[rate] ?? null
  return shareInterval(group, rate as Rate)
}

function shareInterval(group: GroupRates, rate: Rate): { readonly low: number; readonly high: number } | null {
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
  const values = isValues(result.candidate)
  const shares = ['selectionRate', 'truePositiveRate', 'falsePositiveRate', 'positivePredictiveValue'] as const
  const rates = (values ? (Object.keys(MEANS) as Mean[]) : shares).filter((rate) =>
    result.candidate.some((group) => typeof group[rate] === 'number'),
  )
  if (rates.length === 0) return []
  const drawings = rates.map((rate): readonly Block[] => [
    chart({
      kind: 'dots',
      title: `${{ ...TITLES, ...MEANS }[rate]} by ${result.attribute}`,
      names,
      format: values ? 'number' : 'percent',
      reference: null,
      rows: result.candidate.slice(0, DRAWN).flatMap((group) => {
        const mine = dotOf(group, rate, 'candidate')
        const before = result.champion?.find((one) => nameOf(one) === nameOf(group))
        const other = before && dotOf(before, rate, 'champion')
        return mine ? [{ label: nameOf(group), points: other ? [mine, other] : [mine] }] : []
      }),
    }),
  ])
  return [only('html', [{ kind: 'columns', of: drawings }])]
}

function dotOf(group: GroupRates, rate: Rate | Mean, tone: Dot['tone']): Dot | undefined {
  const value = group[rate]
  if (value === null || value === undefined) return undefined
  const interval = intervalOf(group, rate)
  return { tone, value, ...(interval ? { low: interval.low, high: interval.high } : {}) }
}

export function ratesTables(record: RunRecord, result: FairnessResult): readonly Block[] {
  const blocks: Block[] = [paragraph('Candidate ', candidateName(record)), ratesTable(result, result.candidate)]
  if (result.champion !== null)
    blocks.push(paragraph('Champion ', championName(record)), ratesTable(result, result.champion))
  const how: readonly Inline[] = isValues(result.candidate)
    ? ['Intervals of means: Student’s t.']
    : ['Intervals of rates: 95 %, ', term('wilson', 'Wilson'), '.']
  return [...blocks, only('html', [paragraph(...how)])]
}

function ratesTable(result: FairnessResult, groups: readonly GroupRates[]): TableBlock {
  return isValues(groups) ? meansTable(result, groups) : sharesTable(result, groups)
}

/** Of a regression: means and errors in the unit of the label. */
function meansTable(result: FairnessResult, groups: readonly GroupRates[]): TableBlock {
  const anySmall = groups.some((group) => group.small)
  const means = Object.keys(MEANS) as Mean[]
  const rows = groups.map((group): readonly Inline[] => [
    { kind: 'code', text: group.group },
    formatNumber(group.rows),
    ...means.map((mean): Inline => {
      const interval = intervalOf(group, mean)
      const format = { signed: mean === 'calibrationGap' }
      return measured(formatNumber(group[mean], format), interval ? formatInterval(interval, format) : '')
    }),
    ...(anySmall ? [group.small ? 'too small to judge' : ''] : []),
  ])
  const titles = ['Group', '>Rows', ...means.map((mean) => `>${MEANS[mean]}`), ...(anySmall ? ['Note'] : [])]
  return table(`Means by ${result.attribute}`, titles, rows, {
    'Mean prediction': 'demographic-parity',
    'Mean residual': 'group-calibration',
    MAE: 'mae',
    RMSE: 'rmse',
  })
}

function sharesTable(result: FairnessResult, groups: readonly GroupRates[]): TableBlock {
  const anySmall = groups.some((group) => group.small)
  const rates = (Object.keys(TITLES) as Rate[]).filter(
    (rate) => rate !== 'positivePredictiveValue' || groups.some((group) => group.positivePredictiveValue !== undefined),
  )
  const calibrated = groups.some((group) => typeof group.calibrationGap === 'number')
  const classes = groups.some((group) => group.class !== undefined)
  const rows = groups.map((group): readonly Inline[] => [
    { kind: 'code', text: group.group },
    ...(classes ? [{ kind: 'code' as const, text: group.class ?? '' }] : []),
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
    ...(classes ? ['Class'] : []),
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
