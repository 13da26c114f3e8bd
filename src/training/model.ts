import type { Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { RefitError } from '../core/error.ts'
import type { Table } from '../data/table.ts'
import { FEATURES_FILE, parseFeatures } from '../features/spec-file.ts'
import { createTransform } from '../features/transform.ts'
import type { FeatureSpec } from '../features/types.ts'
import { MODEL_FILE, restoreModel } from './artifact.ts'
import type { Engine } from './engine.ts'
import type { Predictions } from './types.ts'

/** A model with its preprocessing: raw columns in, scores out. Evaluation, triggers and the gateway use this alike. */
export interface LoadedModel {
  readonly spec: FeatureSpec
  /**
   * Scores of the given rows, or of all. Memory is bounded whatever the number of rows.
   * @throws RefitError `data` where the table lacks an input column, `artifact` where a score is not finite.
   */
  predict(table: Table, rows?: ArrayLike<number>): Predictions
  dispose(): void
}

/** Cells of a feature matrix in memory at a time: 16 MB. */
const CHUNK_CELLS = 4 * 1024 * 1024

/**
 * Loads `features.json`, `model.json` and the weights it names from an artifact's files.
 * @throws RefitError `artifact` where they are damaged or do not belong together.
 */
export async function loadModel(engine: Engine, files: ReadonlyMap<string, Uint8Array>): Promise<LoadedModel> {
  const features = files.get(FEATURES_FILE)
  if (features === undefined) throw new RefitError('artifact', `the artifact has no ${FEATURES_FILE}`)
  const spec = parseFeatures(features)
  engine.activate()
  const model = await restoreModel(engine, files)
  checkShapes(model, spec)
  const transform = createTransform(spec)
  const { tf } = engine

  const scoresOf = (table: Table, rows: ArrayLike<number> | undefined): Float32Array => {
    const matrix = transform(table, rows)
    let scores = new Float32Array()
    // By assignment: what a tidy returns is searched for tensors, element by element.
    tf.tidy(() => {
      const x = tf.tensor2d(matrix.values, [matrix.rows, matrix.width])
      scores = (model.predictOnBatch(x) as Tensor).dataSync<'float32'>() as Float32Array<ArrayBuffer>
    })
    return scores
  }

  return {
    spec,
    predict(table, rows) {
      engine.activate()
      const n = rows?.length ?? table.rows
      const perRow = spec.task === 'multiclass' ? spec.label.classes.length : 1
      const chunk = Math.max(1, Math.floor(CHUNK_CELLS / spec.outputs.length))
      const scores = new Float64Array(n * perRow)
      for (let start = 0; start < n; start += chunk) {
        const end = Math.min(n, start + chunk)
        scores.set(scoresOf(table, n <= chunk ? rows : chunkOf(rows, start, end)), start * perRow)
      }
      finish(scores, spec)
      return { task: spec.task, rows: n, classes: spec.label.classes, scores }
    },
    dispose() {
      engine.activate()
      model.dispose()
    },
  }
}

function chunkOf(rows: ArrayLike<number> | undefined, start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, i) =>
    rows === undefined ? start + i : (rows[start + i] as number),
  )
}

/** Regression: back to the label's unit. A score that is no number would pass every later comparison unnoticed. */
function finish(scores: Float64Array, { task, label }: FeatureSpec): void {
  const { mean, sd } = label
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number
    if (!Number.isFinite(score)) {
      throw new RefitError('artifact', 'the model predicts a value that is not a finite number', {
        hint: 'Its weights are damaged; retrain the model, or roll back to the version before.',
      })
    }
    if (task === 'regression') scores[i] = score * sd + mean
  }
}

function checkShapes(model: LayersModel, spec: FeatureSpec): void {
  const outputs = spec.task === 'multiclass' ? spec.label.classes.length : 1
  const expected = [spec.outputs.length, outputs]
  const actual = [model.inputs, model.outputs].map((ends) => (ends.length === 1 ? ends[0]?.shape.slice(1) : undefined))
  if (actual.some((shape, end) => shape?.length !== 1 || shape[0] !== expected[end])) {
    model.dispose()
    const [input, output] = actual.map((shape) => shape?.join('×') ?? 'several')
    throw new RefitError(
      'artifact',
      `${MODEL_FILE} maps ${input} inputs to ${output} outputs, and ${FEATURES_FILE} describes ${expected[0]} to ${expected[1]}`,
      {
        hint: 'The files are of different models; retrain.',
      },
    )
  }
}
