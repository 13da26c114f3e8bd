import { type Grouping, groupingName } from '../config/groupings.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { createRandom } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import { chiSquareHomogeneity } from '../stats/chi-square.ts'
import { spreadInterval } from '../stats/spread-interval.ts'
import { shareInterval } from './churn.ts'
import { meanError, meanInterval } from './clustered.ts'
import type { DataBias } from './evidence.ts'
import { shownSpread, spreadOf } from './fairness-spread.ts'
import { fixBands, type Group, groupRows, groupText, isMissing } from './groups.ts'
import { take } from './sample.ts'
import type { Interval } from './types.ts'

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
/** Draws of the sampling errors of the label rates. */
const DRAWS = 1000
const SEED = 0x2c1b3c6d
/** The four-fifths rule (EEOC 1978). */
const FOUR_FIFTHS = 0.8

/** Representation and label rate per group of each protected column, before any model: what a model will learn from. */
export function dataBias(input: DataBiasInput): readonly DataBias[] {
  return input.protected.flatMap((grouping) => biasOf(input, grouping) ?? [])
}

function biasOf(input: DataBiasInput, grouping: Grouping): DataBias | undefined {
  const { train, holdout, minGroup, level, task } = input
  // Held-out rows are counted in the groups of the training rows, or the two shares would be of different people.
  const fixed = fixBands(train.table, grouping, train.rows)
  const learned = groupRows(train.table, fixed, train.rows)
  const held = groupRows(holdout.table, fixed, holdout.rows)
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
      trainShareInterval: shareInterval(share(trainRows, train.rows.length), train.rows.length, level),
      holdoutRows,
      holdoutShare: share(holdoutRows, holdout.rows.length),
      holdoutShareInterval: shareInterval(share(holdoutRows, holdout.rows.length), holdout.rows.length, level),
      labelRate,
      interval:
        labelRate === null || own === undefined
          ? null
          : classes
            ? shareInterval(labelRate, trainRows, level)
            : meanInterval(take(train.labels, own.rows), level),
      small: trainRows < minGroup,
    }
  })
  const compared = groups.filter((group) => !group.small && !isMissing(group.group) && group.labelRate !== null)
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
    ...spreads(
      learned.filter((group) => compared.some((one) => one.group === group.value)),
      input,
    ),
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

/** Intervals of difference and ratio of the label rates, by the same inverted test as those of the models. */
function spreads(
  groups: readonly Group[],
  { train, level, task }: DataBiasInput,
): Pick<DataBias, 'labelRateDifferenceInterval' | 'labelRateRatioInterval'> {
  if (groups.length < 2) return {}
  const random = createRandom(SEED)
  const kind = task === 'binary' ? 'proportion' : 'location'
  const known = groups.map(({ rows }) => {
    const { mean: rate, error } = meanError(take(train.labels, rows))
    const resampled = Float64Array.from({ length: DRAWS }, () => rate + error * random.normal())
    return { rate, rows: rows.length, resampled }
  })
  // The last one stands for all rows, which nothing here is held against.
  const all = { rate: Number.NaN, rows: 0, resampled: new Float64Array(DRAWS) }
  const rates = [...known, all]
  const of = (spread: 'difference' | 'ratio'): Interval | null => {
    const metric = { method: 'between-groups', kind: spread } as const
    const ends = spreadInterval(
      {
        rates: [
          {
            kind,
            values: Float64Array.from(rates, ({ rate }) => rate),
            rows: Float64Array.from(rates, ({ rows }) => rows),
            resampled: rates.map(({ resampled }) => resampled),
          },
        ],
        spread: ([values]) => spreadOf(metric, values as Float64Array),
        between: true,
        shown: (value) => shownSpread(metric, value),
      },
      level,
      SEED,
    )
    return ends && { ...ends, level, method: 'inverted test' }
  }
  return {
    labelRateDifferenceInterval: of('difference'),
    labelRateRatioInterval: task === 'binary' ? of('ratio') : null,
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
        `the group ${groupText(name, group)} is ${formatPercent(trainShare)} of the training rows and ${formatPercent(holdoutShare)} of the held-out ones`,
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
