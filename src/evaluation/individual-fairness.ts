import type { EvaluateConfig } from '../config/schema.ts'
import { groupingColumns } from '../config/groupings.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { Predictions } from '../training/types.ts'
import { tango } from '../stats/proportion.ts'
import { studentQuantile } from '../stats/special.ts'
import {
  alternatives,
  changes,
  createProbe,
  filled,
  type Predict,
  probedPlaces,
  withColumn,
} from './behaviour/probe.ts'
import { shareInterval } from './churn.ts'
import { effectiveRows, meanError } from './clustered.ts'
import {
  consistencyInfluence,
  consistencyOf,
  type Influence,
  neighboursOf,
  samplePoints,
  type Treatment,
} from './consistency.ts'
import type { FlipTest, IndividualFairness } from './evidence.ts'
import { decisions } from './metrics/decisions.ts'
import type { Interval } from './types.ts'

export interface IndividualModel {
  readonly predictions: Predictions
  readonly threshold: number
  readonly predict: Predict
  /** Whether the model reads a column. */
  readonly reads: (column: string) => boolean
}

export interface IndividualInput {
  readonly config: NonNullable<EvaluateConfig['fairness']>
  readonly table: Table
  /** The row of the table at each place of the predictions. */
  readonly rows: Uint32Array
  /** The feature columns; the protected ones do not count when likeness is measured. */
  readonly columns: readonly string[]
  readonly candidate: IndividualModel
  readonly champion: IndividualModel | undefined
  readonly level: number
  /** Of the intervals of changes. Default: `level`. */
  readonly comparisonLevel?: number | undefined
  readonly seed: number
  /** The unit of each place whose rows belong together. Default: rows are independent. */
  readonly units?: Uint32Array | undefined
}

/** Values of a protected column that each row is tried with. */
const MOST_VALUES = 20
const FLIPPED_ROWS = 2000

/** Whether like rows are treated alike (consistency), and like people who differ in nothing but a protected column (flips). */
export function individualFairness(input: IndividualInput): IndividualFairness {
  const { config } = input
  const attributes = groupingColumns(config.protected)
  const asked = config.consistency === false ? undefined : config.consistency
  const flips = config.flip ? attributes.flatMap((attribute) => flipTest(input, attribute) ?? []) : []
  if (asked === undefined) return { consistency: null, reason: 'it is switched off', flips }
  const others = input.columns.filter((column) => !attributes.includes(column))
  if (others.length === 0) return { consistency: null, reason: 'there is no feature that is not protected', flips }
  const { points, places } = samplePoints(input.table, input.rows, others, { most: asked.rows, seed: input.seed })
  if (points.rows <= asked.neighbours) {
    return { consistency: null, reason: `${points.rows} rows have no ${asked.neighbours} neighbours`, flips }
  }
  const neighbours = neighboursOf(points, asked.neighbours, asked.self)
  const units = input.units && places.map((place) => input.units?.[place] as number)
  const of = (model: IndividualModel): { readonly value: number; readonly influence: Influence } => {
    const treatment = treatmentOf(model, places)
    return { value: consistencyOf(neighbours, treatment), influence: consistencyInfluence(neighbours, treatment) }
  }
  const mine = of(input.candidate)
  const theirs = input.champion && of(input.champion)
  const { level, comparisonLevel = level } = input
  return {
    consistency: {
      candidate: mine.value,
      champion: theirs?.value ?? null,
      interval: consistencyInterval(mine.value, mine.influence, level, units),
      championInterval: theirs ? consistencyInterval(theirs.value, theirs.influence, level, units) : null,
      change: theirs
        ? changeOf(
            mine.value - theirs.value,
            {
              alone: minus(mine.influence.alone, theirs.influence.alone),
              together: minus(mine.influence.together, theirs.influence.together),
            },
            comparisonLevel,
            units,
          )
        : null,
      neighbours: asked.neighbours,
      rows: points.rows,
      includesSelf: asked.self,
    },
    flips,
  }
}

/** Decisions 0 and 1, decided classes, or predictions in terms of their mean distance from their mean. */
function treatmentOf({ predictions, threshold }: IndividualModel, places: Uint32Array): Treatment {
  const { task, scores, classes } = predictions
  if (task === 'multiclass') {
    const decided = decisions({ rows: predictions.rows, classes: classes.length, scores })
    return { kind: 'class', of: Uint32Array.from(places, (place) => decided[place] as number) }
  }
  const own = Float64Array.from(places, (place) => scores[place] as number)
  if (task === 'binary') return { kind: 'number', of: own.map((score) => (score >= threshold ? 1 : 0)) }
  const mean = own.reduce((sum, one) => sum + one, 0) / own.length
  const spread = own.reduce((sum, one) => sum + Math.abs(one - mean), 0) / own.length
  return { kind: 'number', of: spread > 0 ? own.map((one) => one / spread) : own }
}

/** Jackknife; where every row agrees with its neighbours, what Wilson says of 0 of n. */
function consistencyInterval(
  value: number,
  influence: Influence,
  level: number,
  units: Uint32Array | undefined,
): Interval | null {
  if (value === 1) {
    const none = shareInterval(0, units === undefined ? influence.alone.length : new Set(units).size, level)
    return none && { ...none, low: 1 - none.high, high: 1 }
  }
  return changeOf(value, influence, level, units).interval
}

const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((one, i) => one - (b[i] as number))

function changeOf(
  difference: number,
  { alone, together }: Influence,
  level: number,
  units: Uint32Array | undefined,
): { readonly difference: number; readonly interval: Interval | null } {
  const [least, most] = [meanError(alone, units), meanError(together, units)]
  const error = Math.sqrt((least.error ** 2 + most.error ** 2) / 2)
  if (Number.isNaN(error)) return { difference, interval: null }
  const reach = studentQuantile(1 - (1 - level) / 2, most.df) * error
  const method = `jackknife of ${units === undefined ? 'rows' : 'whole units'} and their neighbours`
  return { difference, interval: { low: difference - reach, high: difference + reach, level, method } }
}

interface Flips {
  /** 1 where some other value of the column changes the decision. */
  readonly flipped: Uint8Array
  readonly meanChange: number
}

/** undefined where the data has no such column. */
function flipTest(input: IndividualInput, attribute: string): FlipTest | undefined {
  const { table, rows, candidate, champion, level, comparisonLevel = level } = input
  if (findColumn(table, attribute) === undefined) return undefined
  const taken = probedPlaces(rows.length, FLIPPED_ROWS)
  const units = input.units && taken.map((place) => input.units?.[place] as number)
  const seen = flipsOf(candidate, input, attribute)
  const other = champion && flipsOf(champion, input, attribute)
  const n = seen.flipped.length
  const count = (one: Flips): number => one.flipped.reduce((sum, flip) => sum + flip, 0)
  const shareOf = (one: Flips): number => (n === 0 ? 0 : count(one) / n)
  const intervalOf = (model: IndividualModel, one: Flips): Interval | null =>
    model.reads(attribute) ? shareInterval(shareOf(one), effectiveRows(one.flipped, units), level) : null
  return {
    attribute,
    rows: n,
    changed: count(seen),
    meanChange: seen.meanChange,
    share: shareOf(seen),
    interval: intervalOf(candidate, seen),
    championShare: other && n > 0 ? shareOf(other) : null,
    championInterval: champion && other ? intervalOf(champion, other) : null,
    change: other && n > 0 ? flipChange(seen.flipped, other.flipped, comparisonLevel, units) : null,
    isFeature: candidate.reads(attribute),
  }
}

/** Tango’s interval of the difference of two shares of the same rows; rows that belong together count for fewer. */
function flipChange(
  mine: Uint8Array,
  theirs: Uint8Array,
  level: number,
  units: Uint32Array | undefined,
): NonNullable<FlipTest['change']> {
  const both = Float64Array.from(mine, (flip, i) => flip - (theirs[i] as number))
  const n = both.length
  const scale = effectiveRows(both, units) / n
  const [more, fewer] = [1, -1].map((sign) => both.filter((one) => one === sign).length) as [number, number]
  const bounds = tango(more * scale, fewer * scale, n * scale, level)
  return { difference: (more - fewer) / n, interval: bounds && { ...bounds, level, method: 'Tango' } }
}

function flipsOf(model: IndividualModel, { table, rows }: IndividualInput, attribute: string): Flips {
  if (!model.reads(attribute)) return { flipped: new Uint8Array(Math.min(FLIPPED_ROWS, rows.length)), meanChange: 0 }
  const probe = createProbe(model.predict, table, rows, { most: FLIPPED_ROWS, unit: 1 })
  const column = findColumn(probe.table, attribute)
  const flipped = new Uint8Array(probe.table.rows)
  const largest = new Float64Array(probe.table.rows)
  const differs = decisionTest(model)
  for (const value of column ? alternatives(column, MOST_VALUES) : []) {
    const after = model.predict(
      withColumn(probe.table, filled(column as NonNullable<typeof column>, value, flipped.length)),
    )
    const moved = changes(probe, after)
    for (let row = 0; row < flipped.length; row++) {
      if (differs(probe.base, after, row, moved[row] as number)) flipped[row] = 1
      largest[row] = Math.max(largest[row] as number, moved[row] as number)
    }
  }
  const total = largest.reduce((sum, one) => sum + one, 0)
  return { flipped, meanChange: flipped.length === 0 ? 0 : total / flipped.length }
}

/** A regression's prediction counts as another one when it moves by more than this share of their standard deviation. */
const MOVED = 0.1

function decisionTest({ predictions, threshold }: IndividualModel) {
  const { task, classes, scores } = predictions
  const tolerance = task === 'regression' ? MOVED * deviation(scores) : 0
  return (before: Predictions, after: Predictions, row: number, moved: number): boolean => {
    if (task === 'regression') return moved > tolerance
    if (task === 'binary')
      return (before.scores[row] as number) >= threshold !== (after.scores[row] as number) >= threshold
    const decided = ({ scores: of }: Predictions): number => {
      const own = of.subarray(row * classes.length, (row + 1) * classes.length)
      return own.indexOf(Math.max(...own))
    }
    return decided(before) !== decided(after)
  }
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length)
}
