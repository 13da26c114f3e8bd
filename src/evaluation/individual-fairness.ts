import type { EvaluateConfig } from '../config/schema.ts'
import { groupingColumns } from '../config/groupings.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { Predictions } from '../training/types.ts'
import { alternatives, changes, createProbe, filled, type Predict, type Probe, withColumn } from './behaviour/probe.ts'
import { shareInterval } from './churn.ts'
import { consistency, samplePoints } from './consistency.ts'
import type { FlipTest, IndividualFairness } from './evidence.ts'

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
  readonly seed: number
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
  const of = ({ predictions, threshold }: IndividualModel): number =>
    consistency(
      points,
      Float64Array.from(places, (place) => ((predictions.scores[place] as number) >= threshold ? 1 : 0)),
      asked.neighbours,
      asked.self,
    )
  return {
    consistency: {
      candidate: of(input.candidate),
      champion: input.champion ? of(input.champion) : null,
      neighbours: asked.neighbours,
      rows: points.rows,
      includesSelf: asked.self,
    },
    flips,
  }
}

/** undefined where the data has no such column. */
function flipTest(input: IndividualInput, attribute: string): FlipTest | undefined {
  const { table, rows, candidate, champion, level } = input
  if (findColumn(table, attribute) === undefined) return undefined
  const probeOf = (model: IndividualModel): Probe =>
    createProbe(model.predict, table, rows, { most: FLIPPED_ROWS, unit: 1 })
  const of = (model: IndividualModel): { rows: number; changed: number; meanChange: number } => {
    if (!model.reads(attribute)) return { rows: Math.min(FLIPPED_ROWS, rows.length), changed: 0, meanChange: 0 }
    const probe = probeOf(model)
    const column = findColumn(probe.table, attribute)
    const flipped = new Uint8Array(probe.table.rows)
    const largest = new Float64Array(probe.table.rows)
    for (const value of column ? alternatives(column, MOST_VALUES) : []) {
      const after = model.predict(
        withColumn(probe.table, filled(column as NonNullable<typeof column>, value, flipped.length)),
      )
      const moved = changes(probe, after)
      for (let row = 0; row < flipped.length; row++) {
        const before = (probe.base.scores[row] as number) >= model.threshold
        if (before !== (after.scores[row] as number) >= model.threshold) flipped[row] = 1
        largest[row] = Math.max(largest[row] as number, moved[row] as number)
      }
    }
    return {
      rows: flipped.length,
      changed: flipped.reduce((sum, one) => sum + one, 0),
      meanChange: flipped.length === 0 ? 0 : largest.reduce((sum, one) => sum + one, 0) / flipped.length,
    }
  }
  const seen = of(candidate)
  const other = champion && of(champion)
  const share = seen.rows === 0 ? 0 : seen.changed / seen.rows
  const isFeature = candidate.reads(attribute)
  return {
    attribute,
    ...seen,
    share,
    interval: isFeature ? shareInterval(share, seen.rows, level) : null,
    championShare: other && other.rows > 0 ? other.changed / other.rows : null,
    isFeature,
  }
}
