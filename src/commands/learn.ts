import type { ModelConfig } from '../config/schema.ts'
import type { Log } from '../core/log.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import type { Split } from '../data/types.ts'
import { fitFeatures } from '../features/fit.ts'
import { encodeLabels, fitLabel } from '../features/label.ts'
import { createTransform } from '../features/transform.ts'
import type { FeatureSpec, LabelSpec } from '../features/types.ts'
import type { Incremental, WindowChoice } from '../report/run-record.ts'
import type { Engine } from '../training/engine.ts'
import { trainModel, type TrainOptions } from '../training/train.ts'
import type { TrainedModel } from '../training/types.ts'
import type { Champion } from './champion.ts'
import { continueTraining } from './continue-training.ts'
import type { Timer } from './timer.ts'
import { weightsOf } from './weights.ts'
import { notHeldOut, pickWindow, windowSplit } from './pick-window.ts'

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
  /** Only with `window: auto` where there was a choice. */
  readonly window: WindowChoice | undefined
  /** The same recipe on the same rows with another seed; undefined where the training went on from the champion. */
  readonly retrain: ((seed: number) => Promise<TrainedModel>) | undefined
}

/** Engineers features and trains, by the configured strategy: from scratch, or on from the champion. */
export async function learn(options: LearnOptions): Promise<Learned> {
  const { model, champion, task, table, split, log, timer } = options
  // One for all windows: the positive class and the unit of the loss must not depend on the choice.
  const label = fitLabel(table, split.train, { column: model.data.label, task, positive: model.data.positive })
  let why: string | undefined
  if (model.train.strategy === 'incremental' && champion !== undefined) {
    timer.phase('train')
    const continued = await continueTraining({ ...options, champion, classes: label.classes })
    if (!('why' in continued)) {
      const { spec, trained, newRows, replayed, prequential } = continued
      const incremental = { from: champion.manifest.version, newRows, replayed, prequential }
      return { spec, trained, split: continued.split, incremental, window: undefined, retrain: undefined }
    }
    why = continued.why
    log.warn(`${model.name} is trained from scratch, for it cannot go on from the champion: ${why}`)
  }
  const incremental = why === undefined ? undefined : { why }
  timer.phase('features')
  const whole = prepare(options, label, split)
  const window = pickWindow({ model, table, split, spec: whole.spec })
  if (window === undefined || window.from === null) {
    timer.phase('train')
    return { ...(await finish(options, whole)), incremental, window }
  }
  const part = prepare(options, label, windowSplit(model, table, split, Date.parse(window.from)))
  timer.phase('train')
  const learned = { ...(await finish(options, part)), incremental }
  if (model.train.model === 'linear') return { ...learned, window }
  // The probe is linear: where the model is not, it has the last word, by the rows that validate the window.
  const older = prepare(options, label, allBefore(split, part.split))
  const all = await finish(options, older)
  const [own, other] = [learned.trained, all.trained].map(validationLoss) as [number, number]
  if (own < other) return { ...learned, window }
  const reason = `all rows: a shorter window was better for a linear probe, and not for the model itself`
  const rejected = { ...window, rows: window.of, from: null, reason }
  return { ...all, incremental, window: rejected }
}

interface Prepared {
  readonly spec: FeatureSpec
  readonly split: Split
  training(): TrainOptions
}

function prepare(options: LearnOptions, label: LabelSpec, split: Split): Prepared {
  const { model, task, table, engine, log, columns } = options
  const spec = fitFeatures(table, split.train, { task, label, columns, maxCategories: model.train['max-categories'] })
  return {
    spec,
    split,
    training() {
      const transform = createTransform(spec)
      const train = encodeLabels(spec, table, split.train)
      const validation = encodeLabels(spec, table, split.validation)
      return {
        engine,
        task,
        label: spec.label,
        train: transform(table, train.rows),
        trainLabels: train.values,
        trainWeights: weightsOf(table, model.data.weight, train.rows),
        validation: transform(table, validation.rows),
        validationLabels: validation.values,
        validationWeights: weightsOf(table, model.data.weight, validation.rows),
        config: model.train,
        log,
      }
    },
  }
}

async function finish({ model }: LearnOptions, { spec, split, training }: Prepared) {
  const options = training()
  return {
    spec,
    split,
    trained: await trainModel(options),
    retrain: (seed: number) => trainModel({ ...options, config: { ...model.train, seed } }),
  }
}

/** All rows that are not held out, but for those that validate. */
function allBefore(split: Split, { validation }: Split): Split {
  const judging = new Set(validation)
  const learned = (row: number): boolean => !judging.has(row)
  return { ...split, train: notHeldOut(split).filter(learned).sort(), validation }
}

function validationLoss({ history, bestEpoch }: TrainedModel): number {
  return history.find(({ epoch }) => epoch === bestEpoch)?.validationLoss ?? Infinity
}
