import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'

export interface LeakInput {
  readonly table: Table
  readonly label: string
  /** Default: by the kind of the label column. */
  readonly task?: Task | undefined
  readonly trainRows: Uint32Array
  readonly holdoutRows: Uint32Array
  /** When the holdout comes from files of its own: all of its rows, `holdoutRows` is not looked at. */
  readonly holdoutTable?: Table | undefined
  /** The feature columns. */
  readonly columns: readonly string[]
  /** The time column. */
  readonly time?: string | undefined
}

export function findLeaks(input: LeakInput): QualityFinding[] {
  throw new Error(input.label)
}
