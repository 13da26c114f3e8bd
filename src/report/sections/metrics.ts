import { formatInterval, formatNumber } from '../../core/format.ts'
import type { GateResult, MetricComparison, MetricValue } from '../../evaluation/types.ts'
import {
  chart,
  details,
  list,
  measured,
  only,
  paragraph,
  status,
  strong,
  table,
  term,
  type Block,
  type Inline,
  type IntervalRow,
  type Section,
} from '../document.ts'
import { findMetric } from '../../evaluation/metrics.ts'
import { gateLimit } from './gate-limit.ts'
import {
  championName,
  candidateName,
  comparisonOf,
  conclusionStatus,
  conclusionText,
  digitsOf,
  gateStatus,
  intervalTitle,
  mainRival,
  metricNames,
  metricOf,
  observedText,
} from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { businessValueBlocks } from './business-value.ts'
import { sentence } from './verdict.ts'

/** Baseline, champion and candidate on the same rows; the difference, its interval, and the gate. */
export function metricsSection(record: RunRecord): Section {
  const rival = mainRival(record)
  const names = metricNames(record)
  const comparisons = names.map((metric) => comparisonOf(record, metric, rival))
  const hasChampion = record.evaluation.champion !== null
  const intervalName = intervalTitle(comparisons.map((comparison) => comparison?.interval))
  const titles = [
    'Metric',
    '>Baseline',
    ...(hasChampion ? [`>Champion ${championName(record)}`] : []),
    `>Candidate ${candidateName(record)}`,
    '>Difference',
    `>${intervalName}`,
    'Reading',
    'Gate',
  ]
  const rows = names.map((metric, index) => metricRow(record, metric, comparisons[index], hasChampion))
  const blocks: Block[] = [
    table('Metrics of baseline, champion and candidate', titles, rows, {
      Difference: 'difference',
      [intervalName]: 'interval',
      Reading: 'reading',
      Gate: 'gate',
    }),
    ...gateBlocks(record),
    chart({ kind: 'intervals', title: 'Differences and their intervals', rows: intervalRows(record) }),
    ...businessValueBlocks(record),
    paragraph(...explanation(record, rival)),
    only('markdown', ownIntervals(record)),
  ]
  return { id: 'metrics', title: 'Metrics', importance: 9, blocks }
}

function metricRow(
  record: RunRecord,
  metric: string,
  comparison: MetricComparison | undefined,
  hasChampion: boolean,
): readonly Inline[] {
  const { baseline, champion, candidate, primary } = record.evaluation
  const values = [
    metricOf(baseline, metric),
    ...(hasChampion ? [metricOf(champion, metric)] : []),
    metricOf(candidate, metric),
  ]
  const digits = digitsOf(
    values.map((value) => value?.value),
    comparison?.difference,
  )
  const named = term(metric, metricTitle(record, metric))
  const name: Inline = metric === primary ? strong(named) : named
  const difference = formatNumber(comparison?.difference, {
    digits,
    signed: true,
    missing: comparison ? 'undefined' : '–',
  })
  return [
    comparison?.direction === 'lower' ? [name, '\u00a0↓'] : name,
    ...values.map((value): Inline => (value === undefined ? '–' : ownValue(value, digits))),
    metric === primary ? strong(difference) : difference,
    formatInterval(comparison?.interval, { digits, signed: true, missing: '–' }),
    comparison ? conclusionText(comparison) : '–',
    gateCell(
      record.gates.filter((gate) => gate.gate.metric === metric && gate.slice === undefined),
      record,
    ),
  ]
}

/** `value` is no total: `value (EUR per 1,000 rows)`. */
function metricTitle({ evaluation }: RunRecord, metric: string): string {
  const unit = evaluation.businessValue?.unit ?? ''
  return metric === 'value' ? `value (${unit === '' ? '' : `${unit} `}per 1,000 rows)` : metric
}

/** With its own interval where there is room for it. */
const ownValue = (value: MetricValue, digits: number): Inline =>
  measured(formatNumber(value.value, { digits }), value.interval ? formatInterval(value.interval, { digits }) : '')

function gateCell(gates: readonly GateResult[], record: RunRecord): Inline {
  if (gates.length === 0) return '–'
  return gates.flatMap((gate, index): Inline[] => [
    index > 0 ? ', ' : '',
    status(
      gateStatus(gate),
      `${gateLimit(gate, mainRival(record), record.task)}${gate.unasked === true ? ' (no champion yet)' : ''}`,
    ),
  ])
}

/** In words: the gates that did not pass, and those whose metric has no row above. */
function gateBlocks(record: RunRecord): readonly Block[] {
  if (record.gates.length === 0) return [paragraph('No gates are configured: nothing stops a worse candidate.')]
  const shown = new Set(metricNames(record))
  const order = { fail: 0, inconclusive: 1, pass: 2 } as const
  const gates = record.gates
    .filter((gate) => gate.status !== 'pass' || !shown.has(gate.gate.metric))
    .sort((a, b) => order[a.status] - order[b.status])
  if (gates.length === 0) return []
  const items = gates.map((gate): Inline => [
    status(gateStatus(gate)),
    ' ',
    strong(gate.title),
    gate.observed === '' ? '' : `: ${observedText(record, gate)}`,
    gate.status === 'pass' || gate.sentence === '' ? '' : ['. ', sentence(gate.sentence)],
  ])
  // The page has them in its first screen.
  return [only('markdown', [list(items)])]
}

/** Each model's own value with its interval. */
function ownIntervals(record: RunRecord): readonly Block[] {
  const { baseline, champion, candidate } = record.evaluation
  const models = [baseline, champion, candidate].filter((model) => model !== null)
  const rows = metricNames(record).map((metric): readonly Inline[] => [
    metricTitle(record, metric),
    ...models.map((model): Inline => {
      const value = metricOf(model, metric)
      const digits = digitsOf([value?.value])
      const ends = value?.interval ? ` (${formatInterval(value.interval, { digits })})` : ''
      return value === undefined ? '–' : formatNumber(value.value, { digits }) + ends
    }),
  ])
  const titles = ['Metric', ...models.map((model) => `>${model.role === 'baseline' ? 'Baseline' : model.name}`)]
  return [details('Each model with its own interval', [table('Each metric with its interval', titles, rows)])]
}

/** Differences with an interval, against the champion or, for a first version, the baseline. */
function intervalRows(record: RunRecord): readonly IntervalRow[] {
  return metricNames(record).flatMap((metric): IntervalRow[] => {
    const comparison = comparisonOf(record, metric, mainRival(record))
    if (!comparison || comparison.difference === null || comparison.interval === null) return []
    const { baseline, champion, candidate } = record.evaluation
    const values = [baseline, champion, candidate].map((model) => metricOf(model, metric)?.value)
    return [
      {
        label: metric,
        value: comparison.difference,
        low: comparison.interval.low,
        high: comparison.interval.high,
        margin: comparison.margin,
        direction: comparison.direction,
        status: conclusionStatus(comparison),
        digits: digitsOf(values, comparison.difference),
      },
    ]
  })
}

function explanation(record: RunRecord, rival: 'champion' | 'baseline'): readonly Inline[] {
  const { holdout, comparisons } = record.evaluation
  const other = rival === 'champion' ? `the champion ${championName(record)}` : 'the baseline'
  const lower = comparisons.some((comparison) => comparison.direction === 'lower') ? ' ↓ lower is better.' : ''
  const drawing =
    intervalRows(record).length > 0
      ? ' In the drawing right is better, ┊ is the margin, and each row has its own scale.'
      : ''
  return [
    `Difference = candidate − ${other}, on the same ${formatNumber(holdout.rows)} held-out rows (${holdout.description}).${signedNote(record)}${weightNote(record)}`,
    ...methodText(record),
    `${lower}${drawing}`,
  ]
}

/** ` Intervals: DeLong; paired bootstrap (…).` with each method linked to what it is. */
function methodText(record: RunRecord): readonly Inline[] {
  const methods = [...new Set(record.evaluation.comparisons.flatMap((comparison) => comparison.interval?.method ?? []))]
  if (methods.length === 0) return []
  const terms = [
    [/bootstrap/i, 'bootstrap'],
    [/delong/i, 'delong'],
    [/mcnemar|tango/i, 'mcnemar'],
    [/wilson/i, 'wilson'],
  ] as const
  const linked = methods.flatMap((method, index): Inline[] => {
    const found = terms.find(([pattern]) => pattern.test(method))
    return [index > 0 ? '; ' : '', found ? term(found[1], method) : method]
  })
  return [' Intervals: ', linked, '.']
}

/** A metric that is best at 0 is compared by its size. */
function signedNote(record: RunRecord): string {
  const signed = metricNames(record).filter((name) => findMetric(record.task, name)?.signed === true)
  return signed.length === 0 ? '' : ` That of ${signed.join(' and ')} is of the sizes, whatever their signs.`
}

/** How rows are counted, where they do not all count the same. */
function weightNote({ evaluation: { holdout } }: RunRecord): string {
  return holdout.weight === undefined ? '' : ` Rows count by their weights, ${formatNumber(holdout.weight)} in all.`
}
