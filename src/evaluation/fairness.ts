import { type Grouping, groupingName, groupingParts } from '../config/groupings.ts'
import { findColumn, type Table } from '../data/table.ts'
import { bootstrapInterval } from '../stats/bca.ts'
import type { Replicates } from '../stats/bootstrap.ts'
import type { Units } from '../stats/units.ts'
import { bootstrapCells, cellSums } from './cell-table.ts'
import { FAIRNESS_METRICS, type Rates, UNDEFINED_RATES } from './fairness-metrics.ts'
import { groupRates, jointTable } from './fairness-table.ts'
import { countValues, type Group, groupRows } from './groups.ts'
import { outcomes } from './metrics/confusion.ts'
import type { Sample } from './sample.ts'
import type { FairnessMetric, FairnessResult, GroupRates, Interval } from './types.ts'

export interface FairnessInput {
  readonly table: Table
  /** The row of the table at each place of the samples. */
  readonly rows: Uint32Array
  readonly protected: readonly Grouping[]
  /** Smaller groups are counted but not compared. */
  readonly minGroup: number
  readonly candidate: Sample
  readonly champion: Sample | undefined
  readonly options: {
    readonly resamples: number
    readonly level: number
    readonly seed: number
    /** Of the intervals of changes. Default: `level`. */
    readonly comparisonLevel?: number | undefined
  }
  /** Rows that must be drawn together, where there are such. */
  readonly units?: Units | undefined
}

/** A column of more values than this holds no groups of people: it is an id, a name, a postcode. */
export const MOST_GROUPS = 50

/**
 * Group fairness of each protected column or intersection (binary decisions only): rates per group, and every metric of
 * `FAIRNESS_METRICS` with intervals, for the candidate, the champion, and the change on the same rows. Rows with a
 * missing value are shown but not compared, groups below `minGroup` only counted. A column that the table does not have,
 * or that has more than 50 values, gives a result whose metrics are all undefined and say why.
 */
export function fairnessResults(input: FairnessInput): readonly FairnessResult[] {
  return input.protected.map((grouping) => {
    const reason = unsuitable(input, grouping)
    const groups = reason === undefined ? groupRows(input.table, grouping, input.rows, MOST_GROUPS) : undefined
    const named = {
      attribute: groupingName(grouping),
      ...(Array.isArray(grouping) ? { attributes: groupingParts(grouping).map((part) => part.column) } : {}),
    }
    return groups === undefined
      ? { ...named, ...nothing(input.champion !== undefined, reason ?? 'it has no groups') }
      : { ...named, ...assess(input, groups, named.attribute) }
  })
}

function unsuitable({ table, rows }: FairnessInput, grouping: Grouping): string | undefined {
  for (const { column } of groupingParts(grouping)) {
    if (findColumn(table, column) === undefined) return `the data has no protected column “${column}”`
    const values = countValues(table, column, rows)
    if (values > MOST_GROUPS) {
      return `${column} has ${values.toLocaleString('en-US')} values, too many to be groups of people (at most ${MOST_GROUPS})`
    }
  }
  return undefined
}

/** A rate that rests on fewer rows (positives, negatives, rows decided positive) than this is shown but not compared. */
const FEWEST = 10

/** The rates of a group that rest on too few rows, as undefined ones; undefined where there are none. */
function thinRates(sample: Sample, group: Group, fewest: number): Partial<Rates> | undefined {
  const counts: [number, number, number, number] = [0, 0, 0, 0]
  const decided = outcomes(sample)
  for (const row of group.rows) counts[decided[row] as 0 | 1 | 2 | 3]++
  const [tn, fp, fn, tp] = counts
  const few = (rows: number): boolean => rows < fewest
  if (![tp + fn, fp + tn, tp + fp].some(few)) return undefined
  return {
    ...(few(tp + fn) ? { truePositiveRate: Number.NaN } : {}),
    ...(few(fp + tn) ? { falsePositiveRate: Number.NaN } : {}),
    ...(few(tp + fp) ? { positivePredictiveValue: Number.NaN } : {}),
  }
}

type Assessment = Pick<FairnessResult, 'candidate' | 'champion' | 'metrics'>

function nothing(champion: boolean, reason: string): Assessment {
  return {
    candidate: [],
    champion: champion ? [] : null,
    metrics: FAIRNESS_METRICS.map(({ name, method }) => ({
      metric: name,
      method,
      candidate: null,
      champion: null,
      interval: null,
      change: null,
      reason,
    })),
  }
}

function assess(input: FairnessInput, groups: readonly Group[], attribute: string): Assessment {
  const { candidate, champion, minGroup, options } = input
  const compared = groups.map((group) => !group.missing && group.rows.length >= minGroup)
  const table = jointTable(groups, candidate, champion)
  const metrics = FAIRNESS_METRICS.length
  const models = champion ? 2 : 1
  const valid = [candidate, champion].map((sample) => sample !== undefined && sample.invalid === undefined)

  // Decided once, on the rows as they are: a group must not come and go with the resamples.
  const thin = [candidate, champion].map((sample) =>
    sample ? groups.map((group) => thinRates(sample, group, Math.min(FEWEST, minGroup))) : [],
  )
  const score = (sums: Float64Array, out: Float64Array): void => {
    for (let model = 0; model < models; model++) {
      const rates: Rates[] = []
      for (let g = 0; g < compared.length; g++) {
        if (!compared[g]) continue
        const seen = groupRates(sums, model, models, g, g + 1)
        const few = thin[model]?.[g]
        rates.push(few === undefined ? seen : { ...seen, ...few })
      }
      const overall = groupRates(sums, model, models, 0, compared.length)
      for (let m = 0; m < metrics; m++) {
        out[model * metrics + m] = valid[model]
          ? (FAIRNESS_METRICS[m]?.value(rates, overall) ?? Number.NaN)
          : Number.NaN
      }
    }
  }
  const sums = cellSums(table)
  const estimates = new Float64Array(models * metrics)
  score(sums, estimates)
  const defined = compared.filter(Boolean).length > 1 && valid[0]
  const replicates = defined ? bootstrapCells(table, estimates.length, score, { ...options, units: input.units }) : []

  const shown = (model: number): readonly GroupRates[] =>
    groups.map((group, g) => {
      const small = !compared[g] && !group.missing
      const usable = valid[model] && !small
      const rates = usable ? groupRates(sums, model, models, g, g + 1) : UNDEFINED_RATES
      return {
        ...shownRates(rates),
        group: group.value,
        rows: group.rows.length,
        small,
        share: group.rows.length / candidate.rows,
      }
    })
  return {
    candidate: shown(0),
    champion: champion ? shown(1) : null,
    metrics: FAIRNESS_METRICS.map(({ name, method }, m): FairnessMetric => {
      const value = numberOr(estimates[m])
      const other = champion ? numberOr(estimates[metrics + m]) : null
      const difference = value === null || other === null ? null : value - other
      return {
        metric: name,
        method,
        candidate: value,
        champion: other,
        interval: intervalOf(value, replicates[m], options, false),
        change:
          difference === null
            ? null
            : {
                difference,
                interval: intervalOf(difference, subtract(replicates[m], replicates[metrics + m]), options, true),
              },
        ...(value === null ? { reason: reasonOf(candidate, compared, attribute) } : {}),
      }
    }),
  }
}

function shownRates(rates: Rates): Omit<GroupRates, 'group' | 'rows' | 'small'> {
  return {
    selectionRate: numberOr(rates.selectionRate),
    truePositiveRate: numberOr(rates.truePositiveRate),
    falsePositiveRate: numberOr(rates.falsePositiveRate),
    accuracy: numberOr(rates.accuracy),
    positivePredictiveValue: numberOr(rates.positivePredictiveValue),
    labelRate: numberOr(rates.labelRate),
    meanScore: numberOr(rates.meanScore),
    calibrationGap: numberOr(rates.calibrationGap),
  }
}

function intervalOf(
  value: number | null,
  replicates: Replicates | undefined,
  options: FairnessInput['options'],
  paired: boolean,
): Interval | null {
  const { resamples } = options
  const level = paired ? (options.comparisonLevel ?? options.level) : options.level
  const interval = value === null || replicates === undefined ? null : bootstrapInterval(value, replicates, level)
  if (interval === null) return null
  const method = `${paired ? 'paired ' : ''}bootstrap (${interval.kind}, ${resamples} resamples)`
  return { low: interval.low, high: interval.high, level, method }
}

function subtract(a: Replicates | undefined, b: Replicates | undefined): Replicates | undefined {
  if (a === undefined || b === undefined) return undefined
  const minus = (x: Float64Array, y: Float64Array | undefined): Float64Array =>
    x.map((value, i) => value - (y?.[i] as number))
  return {
    resampled: minus(a.resampled, b.resampled),
    jackknife: a.jackknife.map((values, i) => minus(values, b.jackknife[i])),
    perBlock: a.perBlock,
  }
}

function reasonOf(sample: Sample, compared: readonly boolean[], attribute: string): string {
  if (sample.invalid !== undefined) return sample.invalid
  const large = compared.filter(Boolean).length
  return large < 2
    ? `${large === 0 ? 'no group' : 'only one group'} of ${attribute} is large enough to be compared`
    : `the rate rests on too few rows in all but one of the groups of ${attribute}, or is 0 in all of them`
}

function numberOr(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
