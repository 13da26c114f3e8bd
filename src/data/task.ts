import { RefitError } from '../core/error.ts'
import type { Task } from '../core/task.ts'
import type { Column } from './table.ts'

export interface InferredTask {
  readonly task: Task
  /** Class names in the order of their codes (binary: negative, positive); empty for regression. */
  readonly classes: readonly string[]
}

export function inferTask(_label: Column, _configured: Task | undefined, _positive?: string): InferredTask {
  throw new RefitError('data', 'the task inference is being built')
}
