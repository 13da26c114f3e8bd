import type { TrainConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { createRandom } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import type { FeatureMatrix, LabelSpec } from '../features/types.ts'
import { saveModel } from './artifact.ts'
import type { Engine } from './engine.ts'
import { fitNetwork } from './fit-network.ts'
import { createNetwork, parameterCount, toLayersModel } from './network.ts'
import type { TrainedModel } from './types.ts'
import { classWeightsOf, lossWeights } from './weights.ts'

export interface TrainOptions {
  readonly engine: Engine
  readonly task: Task
  /** As `fitLabel` gave it: classes, or the scale a regression label is trained on. */
  readonly label: LabelSpec
  readonly train: FeatureMatrix
  /** Class codes, or values in the label's own unit; one per row. */
  readonly trainLabels: Float64Array
  /** Sample weights of the rows, from 0 up. */
  readonly trainWeights?: Float64Array | undefined
  /** Decides when to stop. Without rows the training loss decides. */
  readonly validation: FeatureMatrix
  readonly validationLabels: Float64Array
  readonly validationWeights?: Float64Array | undefined
  readonly config: TrainConfig
  readonly log: Log
}

/**
 * Trains a linear model or a multilayer perceptron. The same rows in the same order, configuration, seed and engine give
 * the same bytes.
 * @throws RefitError `training` where the loss diverges; `config` where the configuration does not fit the label.
 */
export async function trainModel(options: TrainOptions): Promise<TrainedModel> {
  const { engine, task, label, config, log } = options
  const started = performance.now()
  if (options.train.rows === 0) throw new RefitError('training', 'there are no rows to train on')
  engine.activate()
  const classWeights = classWeightsOf(config['class-weights'], label.classes, options.trainLabels)
  const weights = lossWeights(options.trainLabels, options.trainWeights, classWeights)
  const targets = scaled(task, label, options.trainLabels)
  const random = createRandom(config.seed)
  const hidden = config.model === 'mlp' ? config.hidden : []
  const initial = createNetwork(options.train.width, hidden, priorOf(task, label, targets, weights), random)
  log.debug(
    `training ${config.model} (${parameterCount(initial)} parameters) on ${options.train.rows} × ${options.train.width} with ${engine.name} ${engine.version}`,
  )
  const { network, history, bestEpoch } = await fitNetwork({
    engine,
    task,
    initial,
    random,
    train: { matrix: options.train, labels: targets, weights },
    validation: {
      matrix: options.validation,
      labels: scaled(task, label, options.validationLabels),
      weights: lossWeights(options.validationLabels, options.validationWeights, classWeights),
    },
    config,
    log,
  })
  const model = toLayersModel(engine, network, task)
  const files = await saveModel(engine, model)
  model.dispose()
  return {
    files,
    engine: engine.name,
    engineVersion: engine.version,
    history,
    bestEpoch,
    parameters: parameterCount(network),
    seconds: (performance.now() - started) / 1000,
  }
}

function scaled(task: Task, { mean, sd }: LabelSpec, labels: Float64Array): Float64Array {
  return task === 'regression' ? labels.map((value) => (value - mean) / sd) : labels
}

/** The logits of the best constant prediction. */
function priorOf(task: Task, label: LabelSpec, targets: Float64Array, weights: Float64Array | undefined): Float64Array {
  if (task === 'regression') return Float64Array.of(0)
  // Half a row of each class on top: a class without a row has a finite logit.
  const shares = new Float64Array(label.classes.length).fill(0.5)
  for (const [row, code] of targets.entries()) shares[code] = (shares[code] as number) + (weights?.[row] ?? 1)
  const logs = shares.map(Math.log)
  return task === 'binary' ? Float64Array.of((logs[1] as number) - (logs[0] as number)) : logs
}
