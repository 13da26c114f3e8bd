import type { EvaluateConfig, GateConfig } from '../config/schema.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import type { Labels, Predictions } from '../training/types.ts'
import type { Evaluation, Role } from './types.ts'

/** The rows that neither model was trained on. */
export interface Holdout {
  /** Has the slice and protected columns, whether or not they are features. */
  readonly table: Table
  /** The row of `table` that each label belongs to. Default: label i is row i. */
  readonly rows?: Uint32Array | undefined
  readonly labels: Labels
  /** Sample weights beside the labels, ≥ 0. */
  readonly weights?: Float64Array | undefined
  readonly description: string
  readonly digest: string
  readonly championSafe: boolean
  readonly note?: string | undefined
}

export interface EvaluateInput {
  readonly task: Task
  readonly config: EvaluateConfig
  readonly holdout: Holdout
  readonly candidate: { readonly predictions: Predictions; readonly version: number }
  readonly champion?: { readonly predictions: Predictions; readonly version: number } | undefined
  readonly baseline: { readonly predictions: Predictions; readonly name: string }
  /** Decision thresholds, binary only; 0.5 where a role has none. */
  readonly thresholds: Readonly<Partial<Record<Role, number>>>
  /** For the margins that conclusions are drawn with. */
  readonly gates: readonly GateConfig[]
}

export function evaluate(input: EvaluateInput): Evaluation {
  throw new Error(input.task)
}
