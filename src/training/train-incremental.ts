import type { TrainConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { createRandom } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import type { FeatureMatrix, LabelSpec } from '../features/types.ts'
import { restoreModel, saveModel } from './artifact.ts'
import type { Engine } from './engine.ts'
import { fitNetwork, type LabelledRows, meanLoss } from './fit-network.ts'
import { copyNetwork, forward, type Network, networkOf, parameterCount, tensorsOf, toLayersModel } from './network.ts'
import type { EpochReport, TrainedModel } from './types.ts'
import { classWeightsOf, lossWeights } from './weights.ts'

/** Rows with their labels in the label's own unit. */
export interface StreamRows {
  readonly matrix: FeatureMatrix
  readonly labels: Float64Array
  readonly weights: Float64Array | undefined
}

export interface IncrementalOptions {
  readonly engine: Engine
  readonly task: Task
  /** The champion's, as are the features of every matrix. */
  readonly label: LabelSpec
  /** The champion's `model.json` and weights. */
  readonly champion: ReadonlyMap<string, Uint8Array>
  /** New rows, oldest first. */
  readonly stream: StreamRows
  /** Older rows that are learned again beside them, in random order. */
  readonly replay: StreamRows
  /** The newest rows of all: they decide after which batch the model is taken. */
  readonly validation: StreamRows
  readonly config: TrainConfig
  readonly log: Log
}

export interface IncrementalModel extends TrainedModel {
  /** Where each batch of the stream ends; the last one is the number of rows. */
  readonly ends: readonly number[]
  /** Scores of the stream's rows, each by the model that had learned from the batches before it only. */
  readonly prequential: Float64Array
  /** Scores of the same rows by the champion as it is. */
  readonly frozen: Float64Array
}

/** The stream is learned in about so many batches, of at least so many rows. */
const BATCHES = 20
const SMALLEST_BATCH = 50

/** Where the configuration says nothing. */
export const DEFAULT_REPLAY = 0.2
const DEFAULT_PASSES = 5

/** Hidden layers of a saved model. */
export async function hiddenUnits(engine: Engine, files: ReadonlyMap<string, Uint8Array>): Promise<readonly number[]> {
  const model = await restoreModel(engine, files)
  const network = networkOf(model)
  model.dispose()
  return network.slice(0, -1).map(({ units }) => units)
}

/**
 * Goes on from the champion's weights: the stream is taken batch by batch in time order, each first to test on and then to
 * train on (prequential evaluation), with a share of older rows beside it against forgetting. The model after the batch with
 * the lowest validation loss is taken. Repeatable as `trainModel` is.
 *
 * Gama, Sebastião & Rodrigues (2013), “On evaluating stream learning algorithms”, Machine Learning 90.
 */
export async function trainIncrementally(options: IncrementalOptions): Promise<IncrementalModel> {
  const { engine, task, label, stream, replay, config, log } = options
  const started = performance.now()
  const rows = stream.matrix.rows
  if (rows === 0) throw new RefitError('training', 'there are no new rows to train on')
  engine.activate()
  const restored = await restoreModel(engine, options.champion)
  const champion = networkOf(restored)
  restored.dispose()

  const classWeights = classWeightsOf(config['class-weights'], label.classes, stream.labels)
  const prepared = (rowsOf: StreamRows): LabelledRows => ({
    matrix: rowsOf.matrix,
    labels: task === 'regression' ? rowsOf.labels.map((value) => (value - label.mean) / label.sd) : rowsOf.labels,
    weights: lossWeights(rowsOf.labels, rowsOf.weights, classWeights),
  })
  const [fresh, older, validation] = [prepared(stream), prepared(replay), prepared(options.validation)]
  const judgeBy = validation.matrix.rows > 0 ? validation : fresh
  const random = createRandom(config.seed)
  const ends = batchEnds(rows)
  const passes = config.passes ?? DEFAULT_PASSES
  const perRow = task === 'multiclass' ? label.classes.length : 1
  const prequential = new Float64Array(rows * perRow)
  const history: EpochReport[] = []
  let network = copyNetwork(champion)
  let best: { network: Network; loss: number; batch: number } | undefined
  let start = 0
  for (const [i, end] of ends.entries()) {
    prequential.set(scores(engine, task, label, network, slice(fresh.matrix, start, end)), start * perRow)
    const from = Math.floor((older.matrix.rows * start) / rows)
    const to = Math.floor((older.matrix.rows * end) / rows)
    const fitted = await fitNetwork({
      engine,
      task,
      initial: network,
      random,
      train: joined(part(fresh, start, end), part(older, from, to)),
      validation: part(validation, 0, 0),
      config: { ...config, epochs: passes, patience: passes },
      log,
      quiet: true,
    })
    network = fitted.network
    const loss = meanLoss(engine, task, network, judgeBy)
    history.push({ epoch: i + 1, loss: fitted.history.at(-1)?.loss ?? Number.NaN, validationLoss: loss })
    log.progress({ label: 'learning', done: i + 1, total: ends.length, note: `validation ${loss.toFixed(4)}` })
    if (best === undefined || loss < best.loss) best = { network, loss, batch: i + 1 }
    start = end
  }
  const taken = best as { network: Network; batch: number }
  const model = toLayersModel(engine, taken.network, task)
  const files = await saveModel(engine, model)
  model.dispose()
  return {
    files,
    engine: engine.name,
    engineVersion: engine.version,
    history,
    bestEpoch: taken.batch,
    parameters: parameterCount(taken.network),
    seconds: (performance.now() - started) / 1000,
    ends,
    prequential,
    frozen: scores(engine, task, label, champion, fresh.matrix),
  }
}

function batchEnds(rows: number): number[] {
  const batches = Math.max(1, Math.min(BATCHES, Math.floor(rows / SMALLEST_BATCH)))
  return Array.from({ length: batches }, (_, i) => Math.floor((rows * (i + 1)) / batches))
}

function slice({ width, values }: FeatureMatrix, start: number, end: number): FeatureMatrix {
  return { rows: end - start, width, values: values.subarray(start * width, end * width) }
}

function part({ matrix, labels, weights }: LabelledRows, start: number, end: number): LabelledRows {
  return {
    matrix: slice(matrix, start, end),
    labels: labels.subarray(start, end),
    weights: weights?.subarray(start, end),
  }
}

function joined(a: LabelledRows, b: LabelledRows): LabelledRows {
  const { width } = a.matrix
  const rows = a.matrix.rows + b.matrix.rows
  const values = new Float32Array(rows * width)
  values.set(a.matrix.values)
  values.set(b.matrix.values, a.matrix.values.length)
  const ones = (n: number): Float64Array => new Float64Array(n).fill(1)
  const weighted = a.weights !== undefined || b.weights !== undefined
  return {
    matrix: { rows, width, values },
    labels: concat(a.labels, b.labels),
    weights: weighted ? concat(a.weights ?? ones(a.matrix.rows), b.weights ?? ones(b.matrix.rows)) : undefined,
  }
}

function concat(a: Float64Array, b: Float64Array): Float64Array {
  const whole = new Float64Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

const CELLS = 4 * 1024 * 1024

/** As `Predictions.scores`: probabilities, or predictions in the label's unit. */
function scores(engine: Engine, task: Task, label: LabelSpec, network: Network, matrix: FeatureMatrix): Float64Array {
  const { tf } = engine
  const outputs = task === 'multiclass' ? label.classes.length : 1
  const whole = new Float64Array(matrix.rows * outputs)
  const chunk = Math.max(1, Math.floor(CELLS / matrix.width))
  for (let start = 0; start < matrix.rows; start += chunk) {
    const rows = slice(matrix, start, Math.min(matrix.rows, start + chunk))
    tf.tidy(() => {
      const x = tf.tensor2d(rows.values, [rows.rows, rows.width])
      whole.set(forward(engine, x, tensorsOf(engine, network)).dataSync<'float32'>(), start * outputs)
    })
  }
  if (task === 'regression') return whole.map((z) => z * label.sd + label.mean)
  if (task === 'binary') return whole.map((z) => 1 / (1 + Math.exp(-z)))
  for (let at = 0; at < whole.length; at += outputs) {
    const row = whole.subarray(at, at + outputs)
    const top = Math.max(...row)
    const sum = row.reduce((total, z) => total + Math.exp(z - top), 0)
    row.forEach((z, c) => (row[c] = Math.exp(z - top) / sum))
  }
  return whole
}
