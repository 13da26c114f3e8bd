import type { Task } from '../core/task.ts'

export type EngineName = 'tfjs-node' | 'wasm' | 'cpu'

export interface TrainedModel {
  /** `model.json` and `weights.bin`, loadable by every engine. */
  readonly files: readonly ArtifactFile[]
  readonly engine: EngineName
  readonly engineVersion: string
  readonly history: readonly EpochReport[]
  readonly bestEpoch: number
  readonly parameters: number
  readonly seconds: number
}

export interface EpochReport {
  readonly epoch: number
  readonly loss: number
  readonly validationLoss: number
}

/** A file of an artifact: a plain relative name without `..`, and its bytes. */
export interface ArtifactFile {
  readonly path: string
  readonly content: Uint8Array
}

/**
 * What a model says about n rows.
 * binary: scores[i] = P(positive). multiclass: scores[i · k + c] = P(class c), k = classes.length.
 * regression: scores[i] = prediction in the label's unit.
 */
export interface Predictions {
  readonly task: Task
  readonly rows: number
  readonly classes: readonly string[]
  readonly scores: Float64Array
}

/** The truth beside it. Classification: class codes; regression: values. Never NaN: rows without label are left out before. */
export interface Labels {
  readonly task: Task
  readonly classes: readonly string[]
  readonly values: Float64Array
}
