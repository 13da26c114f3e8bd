import type { Task } from '../core/task.ts'
import type { CellReading } from '../data/types.ts'

/**
 * Declarative preprocessing, fitted on the training rows only. Saved as `features.json` with the model; evaluation and
 * the gateway apply this and nothing else, so that training and serving cannot differ.
 */
export interface FeatureSpec {
  readonly schemaVersion: 1
  readonly task: Task
  readonly label: LabelSpec
  readonly inputs: readonly InputSpec[]
  /** Names of the matrix columns, in order: `age`, `age 20…30`, `age is missing`, `plan=pro`, `plan=(rare)`. */
  readonly outputs: readonly string[]
  /** How raw cells were read in training. Versions of earlier releases do not say. */
  readonly reading?: CellReading | undefined
}

export interface LabelSpec {
  readonly column: string
  /** Class names in code order (binary: negative, positive); empty for regression. */
  readonly classes: readonly string[]
  /** Regression: the label is standardised for training, predictions are scaled back. */
  readonly mean: number
  readonly sd: number
}

export type InputSpec = NumberInput | CategoryInput | TimeInput

/** Applied in this order: impute, transform, (x − mean) / sd, limit to ±10; beside it the piecewise linear encoding. */
export interface NumberInput {
  readonly kind: 'number'
  readonly column: string
  /** Fills missing values: the median of the training rows, in the column's own unit. */
  readonly impute: number
  /** signed-log: sign(x) · ln(1 + |x| / scale), for columns with a long tail. Default: none. */
  readonly transform?: 'none' | 'signed-log' | undefined
  /** Of signed-log: the median of the absolute values that are not 0. */
  readonly scale?: number | undefined
  /** Of the transformed value. */
  readonly mean: number
  /** Of the transformed value; 1 where the training rows are constant. */
  readonly sd: number
  /**
   * Strictly increasing, at least three, in the column's own unit: k knots add k − 1 columns of a piecewise linear
   * encoding, 0 below the bin, 1 above it, linear between. Default: none.
   */
  readonly knots?: readonly number[] | undefined
  /** Whether an indicator column for "missing" follows. */
  readonly missingIndicator: boolean
}

export interface CategoryInput {
  readonly kind: 'category'
  readonly column: string
  /** Categories with a column of their own, most frequent first. */
  readonly categories: readonly string[]
  /**
   * Known categories that share the column `(rare)` (the 200 most frequent of them); categories never seen land there
   * as well. Empty: there is no such column, and an unseen category is 0 in all of them.
   */
  readonly rare: readonly string[]
  /** Whether missing has a column of its own. */
  readonly missingIndicator: boolean
}

export interface TimeInput {
  readonly kind: 'time'
  readonly column: string
  /** Derived numbers: hour and weekday and month as sine and cosine. Never the raw time: it does not generalise. */
  readonly parts: readonly ('hour' | 'weekday' | 'month')[]
}

/** Row-major: value of row i and output j at i · width + j. */
export interface FeatureMatrix {
  readonly rows: number
  readonly width: number
  readonly values: Float32Array
}
