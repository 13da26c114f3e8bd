import { type Grouping, groupingName } from '../config/groupings.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import { chiSquareHomogeneity } from '../stats/chi-square.ts'
import { shareInterval } from './churn.ts'
import type { DataBias } from './evidence.ts'
import { type Group, groupRows, groupText } from './groups.ts'

export interface DataBiasInput {
  readonly task: Task
  readonly protected: readonly Grouping[]
  readonly minGroup: number
  readonly level: number
  readonly train: { readonly table: Table; readonly rows: Uint32Array; readonly labels: Float64Array }
  readonly holdout: { readonly table: Table; readonly rows: Uint32Array }
}

/** A group that is a smaller share of the training rows than this teaches a model little. */
const FEW = 0.05
/** A share that differs between training and holdout by more than this factor. */
const SHIFTED = 1.5
/** The four-fifths rule (EEOC 1978). */
const FOUR_FIFTHS = 0.8

/** Representation and label rate per group of each protected column, before any model: what a model will learn from. */
export function dataBias(input: DataBiasInput): readonly DataBias[] {
  return input.protected.flatMap((grouping) => biasOf(input, grouping) ?? [])
}

function biasOf(input: DataBiasInput, grouping: Grouping): DataBias | undefined {
  const { train, holdout, minGroup, level, task } = input
  const learned = groupRows(train.table, grouping, train.rows)
  const held = groupRows(holdout.table, grouping, holdout.rows)
  if (learned === undefined || held === undefined) return undefined
  const classes = task === 'binary'
  const names = [...new Set([...learned, ...held].map((group) => group.value))]
  const find = (groups: readonly Group[], value: string): number =>
    groups.find((one) => one.value === value)?.rows.length ?? 0
  const groups = names.map((value) => {
    const own = learned.find((group) => group.value === value)
    const trainRows = own?.rows.length ?? 0
    const holdoutRows = find(held, value)
    const labelRate = own === undefined || task === 'multiclass' ? null : mean(own.rows, train.labels)
    return {
      group: value,
      trainRows,
      trainShare: share(trainRows, train.rows.length),
      holdoutRows,
      holdoutShare: share(holdoutRows, holdout.rows.length),
      labelRate,
      interval: classes && labelRate !== null ? shareInterval(labelRate, trainRows, level) : null,
      small: trainRows < minGroup,
    }
  })
  const compared = groups.filter((group) => !group.small && group.group !== 'missing' && group.labelRate !== null)
  const rates = compared.map((group) => group.labelRate as number)
  const low = Math.min(...rates)
  const high = Math.max(...rates)
  const defined = rates.length > 1
  const positives = compared.map((group) => (group.labelRate as number) * group.trainRows)
  const name = groupingName(grouping)
  return {
    attribute: name,
    groups,
    labelRateDifference: defined ? high - low : null,
    labelRateRatio: defined && classes && high > 0 ? low / high : null,
    pValue:
      defined && classes
        ? chiSquareHomogeneity(
            positives,
            compared.map((group, i) => group.trainRows - (positives[i] as number)),
          ).pValue
        : null,
    warnings: warningsOf(name, groups, defined && classes && high > 0 ? low / high : null),
  }
}

function warningsOf(name: string, groups: DataBias['groups'], ratio: number | null): readonly string[] {
  const warnings: string[] = []
  const few = groups.filter(({ trainRows, trainShare }) => trainRows > 0 && trainShare < FEW)
  if (few.length > 0) {
    const listed = few.slice(0, 3).map(({ group, trainShare }) => `${group} (${formatPercent(trainShare)})`)
    const more = few.length > 3 ? ` and ${few.length - 3} more groups` : ''
    warnings.push(
      `by ${name}, ${listed.join(', ')}${more} ${few.length > 1 ? 'are each' : 'is'} less than ${formatPercent(FEW)} of the training rows`,
    )
  }
  for (const { group, trainShare, trainRows, holdoutShare, holdoutRows } of groups) {
    const factor = trainShare > 0 ? holdoutShare / trainShare : Infinity
    if (Math.max(trainRows, holdoutRows) >= 30 && (factor > SHIFTED || factor < 1 / SHIFTED)) {
      warnings.push(
        `${groupText(name, group)} is ${formatPercent(trainShare)} of the training rows and ${formatPercent(holdoutShare)} of the held-out ones`,
      )
    }
  }
  if (ratio !== null && ratio < FOUR_FIFTHS) {
    warnings.push(
      `the labels themselves differ by ${name}: the lowest rate of positives is ${formatNumber(ratio)} of the highest (below ${FOUR_FIFTHS})`,
    )
  }
  return warnings
}

function mean(places: Uint32Array, labels: Float64Array): number | null {
  if (places.length === 0) return null
  let sum = 0
  for (const place of places) sum += labels[place] as number
  return sum / places.length
}

const share = (rows: number, total: number): number => (total === 0 ? 0 : rows / total)
