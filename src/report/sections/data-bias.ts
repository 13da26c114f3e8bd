import { formatNumber, formatPercent, formatProbability } from '../../core/format.ts'
import type { DataBias } from '../../evaluation/evidence.ts'
import {
  code,
  details,
  heading,
  list,
  paragraph,
  status,
  table,
  term,
  type Block,
  type Inline,
  type TableBlock,
} from '../document.ts'
import { withInterval } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** Bias of the data itself, before any model: who is in it, and with which labels. */
export function dataBiasBlocks(record: RunRecord): readonly Block[] {
  const { dataBias = [] } = record.evaluation
  if (dataBias.length === 0) return []
  const warnings = dataBias.flatMap((bias) =>
    bias.warnings.map((warning): Inline => [status('unknown'), ' ', sentence(warning)]),
  )
  return [
    heading('The data by group'),
    ...(warnings.length > 0 ? [list(warnings)] : [paragraph(cleanText(record, dataBias))]),
    ...dataBias.map((bias) =>
      details(
        ['Labels and rows by ', code(bias.attribute)],
        [biasTable(record, bias), paragraph(...summaryOf(record, bias))],
      ),
    ),
  ]
}

/** What was looked at where nothing stands out: shares of groups, and label rates where two groups are large enough. */
function cleanText({ task }: RunRecord, dataBias: readonly DataBias[]): string {
  const rates = dataBias
    .filter(({ labelRateDifference }) => labelRateDifference !== null)
    .map(({ attribute }) => attribute)
  const none = dataBias.map(({ attribute }) => attribute).filter((name) => !rates.includes(name))
  const what = task === 'regression' ? 'mean labels' : 'label rates'
  const why = task === 'multiclass' ? 'of several classes there is no one rate' : 'no two groups are large enough'
  const compared = rates.length > 0 ? `, and ${what} by ${rates.join(', ')}` : ''
  const left = none.length > 0 ? ` ${sentence(`${what} by ${none.join(', ')} were not compared: ${why}`)}` : ''
  return `Nothing stands out in the shares of the groups${compared}.${left}`
}

function biasTable(record: RunRecord, bias: DataBias): TableBlock {
  const write = rateText(record)
  const rows = bias.groups.map((group): readonly Inline[] => [
    code(group.group),
    formatNumber(group.trainRows),
    withInterval(formatPercent(group.trainShare), group.trainShareInterval, formatPercent),
    formatNumber(group.holdoutRows),
    withInterval(formatPercent(group.holdoutShare), group.holdoutShareInterval, formatPercent),
    withInterval(write(group.labelRate), group.interval, write),
    group.small ? 'too small to judge' : '',
  ])
  const label = record.task === 'regression' ? 'Mean label' : 'Label rate'
  const titles = ['Group', '>Training rows', '>Share', '>Held-out rows', '>Share of them', `>${label}`, 'Note']
  return table(`The data by ${bias.attribute}`, titles, rows, { 'Label rate': 'label-rate' })
}

const rateText = (record: RunRecord): ((value: number | null) => string) =>
  record.task === 'regression' ? (value) => formatNumber(value) : (value) => formatPercent(value)

const two = (value: number | null): string => formatNumber(value, { digits: 2 })

function summaryOf(record: RunRecord, bias: DataBias): readonly Inline[] {
  const write = rateText(record)
  const noun = record.task === 'regression' ? 'mean labels' : 'label rates'
  const test: Inline = bias.pValue === null ? '.' : [' (', term('chi2', 'χ²'), ` p ${formatProbability(bias.pValue)}).`]
  return [
    `Largest difference of ${noun}: `,
    withInterval(write(bias.labelRateDifference), bias.labelRateDifferenceInterval, write),
    ', smallest over largest: ',
    withInterval(two(bias.labelRateRatio), bias.labelRateRatioInterval, two),
    test,
  ]
}
