import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TrainConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import type { FeatureMatrix } from '../features/types.ts'
import { createAdam } from './adam.ts'
import { type Batch, dropoutMask, shuffledBatches } from './batches.ts'
import type { Engine } from './engine.ts'
import { lossOf } from './loss.ts'
import { copyNetwork, forward, type Network, parametersOf, tensorsOf } from './network.ts'
import { defaultBatchSize, defaultLearningRate } from './schedule.ts'
import type { EpochReport } from './types.ts'

export interface LabelledRows {
  readonly matrix: FeatureMatrix
  /** Class codes, or standardised values. */
  readonly labels: Float64Array
  readonly weights: Float64Array | undefined
}

export interface FitNetworkOptions {
  readonly engine: Engine
  readonly task: Task
  readonly initial: Network
  readonly random: Random
  readonly train: LabelledRows
  readonly validation: LabelledRows
  readonly config: TrainConfig
  readonly log: Log
  /** Part of something longer, which shows its progress itself. */
  readonly quiet?: boolean | undefined
}

export interface FittedNetwork {
  /** As it was after the best epoch. */
  readonly network: Network
  readonly history: readonly EpochReport[]
  readonly bestEpoch: number
}

/** A loss this many times that of the best constant prediction is no bad model, but a failed training. */
const HOPELESS = 10

/** Gradient descent by Adam, until the validation loss has not improved for `patience` epochs. */
export async function fitNetwork(options: FitNetworkOptions): Promise<FittedNetwork> {
  const { engine, task, random, train, validation, config, log } = options
  const network = copyNetwork(options.initial)
  const adam = createAdam(parametersOf(network))
  const batchSize = Math.min(train.matrix.rows, config['batch-size'] ?? defaultBatchSize(train.matrix.rows))
  const rate = config['learning-rate'] ?? defaultLearningRate(config.model, batchSize)
  const history: EpochReport[] = []
  let best = { network: copyNetwork(network), loss: Infinity, epoch: 0 }
  for (let epoch = 1; epoch <= config.epochs; epoch++) {
    let sum = 0
    for (const batch of shuffledBatches(train.matrix, train.labels, train.weights, batchSize, random)) {
      const { loss, gradients } = gradientsOf(engine, task, network, batch, config.dropout, random)
      sum += loss
      addPenalty(gradients, network, config.l2)
      adam.step(gradients, rate)
    }
    const loss = sum / train.matrix.rows
    const validationLoss = validation.matrix.rows > 0 ? meanLoss(engine, task, network, validation) : loss
    if (!Number.isFinite(loss) || !Number.isFinite(validationLoss)) {
      throw diverged(`the loss of epoch ${epoch} is not a finite number`, rate)
    }
    history.push({ epoch, loss, validationLoss })
    if (options.quiet !== true) {
      log.progress({
        label: 'training',
        done: epoch,
        total: config.epochs,
        note: `loss ${loss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`,
      })
    }
    if (validationLoss < best.loss) best = { network: copyNetwork(network), loss: validationLoss, epoch }
    else if (epoch - best.epoch >= config.patience) break
    // Lets signals and timers in.
    await new Promise(setImmediate)
  }
  const constant = meanLoss(engine, task, options.initial, validation.matrix.rows > 0 ? validation : train)
  if (best.loss > HOPELESS * constant) {
    throw diverged(
      `its best loss is ${best.loss.toPrecision(3)}, a constant prediction has ${constant.toPrecision(3)}`,
      rate,
    )
  }
  return { network: best.network, history, bestEpoch: best.epoch }
}

/** Summed loss of a batch, and the gradient of its mean by each parameter. */
function gradientsOf(
  engine: Engine,
  task: Task,
  network: Network,
  batch: Batch,
  dropout: number,
  random: Random,
): { loss: number; gradients: Float32Array[] } {
  const { tf } = engine
  let loss = 0
  let gradients: Float32Array[] = []
  // Numbers leave by assignment: what a tidy returns is searched for tensors, element by element.
  tf.tidy(() => {
    const x = tf.tensor2d(batch.values, [batch.rows, batch.values.length / batch.rows])
    const masks =
      dropout === 0
        ? []
        : network.slice(0, -1).map(({ units }) => {
            return tf.tensor2d(dropoutMask(batch.rows * units, dropout, random), [batch.rows, units])
          })
    // The loss and its derivative are computed on this side: a few numbers per row, in 64 bits.
    const head = tf.customGrad((logits) => {
      const z = (logits as Tensor2D).dataSync<'float32'>()
      const gradient = new Float32Array(z.length)
      loss = lossOf(task, z, batch.labels, batch.weights, gradient)
      return {
        value: tf.scalar(loss),
        gradFunc: () => tf.tensor2d(gradient, (logits as Tensor2D).shape),
      }
    })
    const grads = tf.grads((...parameters: Tensor[]) => head(forward(engine, x, parameters, masks)))
    gradients = grads(tensorsOf(engine, network)).map((gradient) => gradient.dataSync<'float32'>() as Float32Array)
  })
  return { loss, gradients }
}

/** The gradient of l2 · Σ kernel². Biases are free. */
function addPenalty(gradients: readonly Float32Array[], network: Network, l2: number): void {
  if (l2 === 0) return
  for (const [layer, { kernel }] of network.entries()) {
    const gradient = gradients[2 * layer] as Float32Array
    for (let i = 0; i < kernel.length; i++) gradient[i] = (gradient[i] as number) + 2 * l2 * (kernel[i] as number)
  }
}

const EVALUATION_CELLS = 4 * 1024 * 1024

/** The mean loss over all rows, without dropout. */
export function meanLoss(
  engine: Engine,
  task: Task,
  network: Network,
  { matrix, labels, weights }: LabelledRows,
): number {
  const { tf } = engine
  const chunk = Math.max(1, Math.floor(EVALUATION_CELLS / matrix.width))
  let sum = 0
  for (let start = 0; start < matrix.rows; start += chunk) {
    const end = Math.min(matrix.rows, start + chunk)
    let logits = new Float32Array()
    tf.tidy(() => {
      const x = tf.tensor2d(matrix.values.subarray(start * matrix.width, end * matrix.width), [
        end - start,
        matrix.width,
      ])
      logits = forward(engine, x, tensorsOf(engine, network)).dataSync<'float32'>() as Float32Array<ArrayBuffer>
    })
    sum += lossOf(task, logits, labels.subarray(start, end), weights?.subarray(start, end))
  }
  return sum / matrix.rows
}

function diverged(what: string, learningRate: number): RefitError {
  return new RefitError('training', `training diverged: ${what}`, {
    hint: `Set train.learning-rate below ${Number(learningRate.toPrecision(2))}, and check the label for extreme values.`,
  })
}
