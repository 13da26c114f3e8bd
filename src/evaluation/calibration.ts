import { z } from 'zod'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import type { FeatureMatrix } from '../features/types.ts'
import { fitIsotonic, type Knots } from '../stats/isotonic.ts'
import { fitPlatt } from '../stats/platt.ts'
import { sortedQuantile } from '../stats/quantile.ts'
import { fitStumps, sumStumps } from '../stats/stumps.ts'
import type { Labels, Predictions } from '../training/types.ts'

export const CALIBRATION_FILE = 'calibration.json'
/** Fewer held-out rows than this calibrate nothing. */
const FEWEST_ROWS = 50
/** From here on the form of the curve is left to the rows (isotonic); below, it has two parameters (Platt). */
const ISOTONIC_ROWS = 1000

const finite = z.number()
const knots = z
  .strictObject({ x: z.array(finite).max(100_000), y: z.array(finite).max(100_000) })
  .refine(({ x, y }) => x.length === y.length && x.length > 0)
const stump = z.tuple([z.number().int().min(0), finite, finite, finite])
const loss = z.strictObject({
  base: finite,
  /** [feature, threshold, left, right] */
  stumps: z.array(stump).max(10_000),
  /** Standard deviation of the losses around what the model says. */
  residual: z.number().min(0),
})
const calibrationSchema = z.union([
  z.strictObject({
    schemaVersion: z.literal(1),
    task: z.enum(['binary', 'multiclass']),
    rows: z.number().int(),
    classes: z.array(knots).min(1),
  }),
  z.strictObject({
    schemaVersion: z.literal(1),
    task: z.literal('regression'),
    rows: z.number().int(),
    /** Width of the feature matrix; the prediction is one column more. */
    width: z.number().int(),
    absolute: loss,
    squared: loss,
    /** 101 quantiles of the absolute errors. */
    errors: z.array(z.number().min(0)).length(101),
  }),
])

/**
 * How far a version's own scores are to be believed, learned on its holdout and saved with it: what the metric is
 * estimated with while labels are late. Classification: the share of positives by score, for each class. Regression: the
 * expected absolute and squared error by features and prediction.
 */
export type Calibration = z.output<typeof calibrationSchema>
export type LossModel = z.output<typeof loss>

/**
 * Learns it from held-out rows; undefined where there are too few of them, or only one class.
 *
 * @param features The transformed features of the same rows; needed for regression only.
 */
export function fitCalibration(
  labels: Labels,
  predictions: Predictions,
  features: FeatureMatrix | undefined,
): Calibration | undefined {
  const rows = labels.values.length
  if (rows < FEWEST_ROWS) return undefined
  if (labels.task === 'regression') return features && fitLosses(labels.values, predictions.scores, features)
  const k = labels.classes.length
  const curves = Array.from({ length: labels.task === 'binary' ? 1 : k }, (_, i) => {
    const code = labels.task === 'binary' ? 1 : i
    const hits = Float64Array.from(labels.values, (value) => Number(value === code))
    const scores =
      labels.task === 'binary'
        ? predictions.scores
        : labels.values.map((_value, row) => predictions.scores[row * k + i] as number)
    return rounded(rows >= ISOTONIC_ROWS ? fitIsotonic(scores, hits) : fitPlatt(scores, hits))
  })
  const seen = new Set(labels.values)
  if (seen.size < 2) return undefined
  return { schemaVersion: 1, task: labels.task, rows, classes: curves }
}

function rounded({ x, y }: Knots): { x: number[]; y: number[] } {
  const round = (value: number): number => Number(value.toPrecision(6))
  return { x: x.map(round), y: y.map(round) }
}

function fitLosses(labels: Float64Array, scores: Float64Array, features: FeatureMatrix): Calibration {
  const rows = labels.length
  const inputs = withPrediction(features, scores)
  const errors = Float64Array.from(labels, (label, i) => Math.abs((scores[i] as number) - label))
  const model = (losses: Float64Array): LossModel => {
    const { base, stumps } = fitStumps(inputs, features.width + 1, losses)
    const fitted: LossModel = { base, stumps: stumps.map(([...step]) => step), residual: 0 }
    let squares = 0
    for (let row = 0; row < rows; row++) {
      squares += ((losses[row] as number) - lossAt(fitted, inputs, row * (features.width + 1))) ** 2
    }
    return { ...fitted, residual: Math.sqrt(squares / rows) }
  }
  const sorted = errors.toSorted()
  return {
    schemaVersion: 1,
    task: 'regression',
    rows,
    width: features.width,
    absolute: model(errors),
    squared: model(errors.map((error) => error * error)),
    errors: Array.from({ length: 101 }, (_, i) => sortedQuantile(sorted, i / 100)),
  }
}

/** What a loss is expected to be at a row; never below 0. */
export function lossAt(model: LossModel, inputs: ArrayLike<number>, offset: number): number {
  return Math.max(0, sumStumps(model, inputs, offset))
}

/** The features with the prediction as one column more. */
export function withPrediction({ rows, width, values }: FeatureMatrix, scores: Float64Array): Float64Array {
  const inputs = new Float64Array(rows * (width + 1))
  for (let row = 0; row < rows; row++) {
    inputs.set(values.subarray(row * width, (row + 1) * width), row * (width + 1))
    inputs[row * (width + 1) + width] = scores[row] as number
  }
  return inputs
}

export function formatCalibration(calibration: Calibration): Uint8Array {
  return new TextEncoder().encode(prettyJson(calibration))
}

/** @throws RefitError `artifact` where the file is damaged. */
export function parseCalibration(bytes: Uint8Array): Calibration {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new RefitError('artifact', `${CALIBRATION_FILE} is no JSON`, { cause })
  }
  const parsed = calibrationSchema.safeParse(json)
  if (!parsed.success) throw new RefitError('artifact', `${CALIBRATION_FILE} is not a calibration`)
  return parsed.data
}
