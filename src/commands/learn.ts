import type { ModelConfig } from '../config/schema.ts'
import type { Log } from '../core/log.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import type { Split } from '../data/types.ts'
import { fitFeatures } from '../features/fit.ts'
import { encodeLabels, fitLabel } from '../features/label.ts'
import { createTransform } from '../features/transform.ts'
import type { FeatureSpec } from '../features/types.ts'
import type { Incremental } from '../report/run-record.ts'
import type { Engine } from '../training/engine.ts'
import { trainModel, type TrainOptions } from '../training/train.ts'
import type { TrainedModel } from '../training/types.ts'
import type { Champion } from './champion.ts'
import { continueTraining } from './continue-training.ts'
import type { Timer } from './timer.ts'
import { weightsOf } from './weights.ts'

export interface LearnOptions {
  readonly model: ModelConfig
  readonly champion: Champion | undefined
  readonly task: Task
  readonly table: Table
  readonly split: Split
  readonly engine: Engine
  readonly log: Log
  readonly timer: Timer
  /** The features. */
  readonly columns: readonly string[]
}

export interface Learned {
  readonly spec: FeatureSpec
  readonly trained: TrainedModel
  /** With the rows that were really learned from. */
  readonly split: Split
  readonly incremental: Incremental | undefined
  /** The same recipe on the same rows with another seed; undefined where the training went on from the champion. */
  readonly retrain: ((seed: number) => Promise<TrainedModel>) | undefined
}

/** Engineers features and trains, by the configured strategy: from scratch, or on from the champion. */
export async function learn(options: LearnOptions): Promise<Learned> {
  const { model, champion, task, table, split, engine, log, timer, columns } = options
  const label = fitLabel(table, split.train, { column: model.data.label, task, positive: model.data.positive })
  let why: string | undefined
  if (model.train.strategy === 'incremental' && champion !== undefined) {
    timer.phase('train')
    const continued = await continueTraining({ ...options, champion, classes: label.classes })
    if (!('why' in continued)) {
      const { spec, trained, newRows, replayed, prequential } = continued
      const incremental = { from: champion.manifest.version, newRows, replayed, prequential }
      return { spec, trained, split: continued.split, incremental, retrain: undefined }
    }
    why = continued.why
    log.warn(`${model.name} is trained from scratch, for it cannot go on from the champion: ${why}`)
  }
  timer.phase('features')
  const spec = fitFeatures(table, split.train, { task, label, columns, maxCategories: model.train['max-categories'] })
  const transform = createTransform(spec)
  const train = encodeLabels(spec, table, split.train)
  const validation = encodeLabels(spec, table, split.validation)
  const trainMatrix = transform(table, train.rows)
  const validationMatrix = transform(table, validation.rows)
  timer.phase('train')
  const training: TrainOptions = {
    engine,
    task,
    label: spec.label,
    train: trainMatrix,
    trainLabels: train.values,
    trainWeights: weightsOf(table, model.data.weight, train.rows),
    validation: validationMatrix,
    validationLabels: validation.values,
    validationWeights: weightsOf(table, model.data.weight, validation.rows),
    config: model.train,
    log,
  }
  return {
    spec,
    trained: await trainModel(training),
    split,
    incremental: why === undefined ? undefined : { why },
    retrain: (seed) => trainModel({ ...training, config: { ...model.train, seed } }),
  }
}
