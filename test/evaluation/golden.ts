import { readFileSync } from 'node:fs'
import type { Task } from '../../src/core/task.ts'
import type { Labels, Predictions } from '../../src/training/types.ts'

export interface MetricCase {
  readonly name: string
  readonly task: Task
  readonly classes?: number
  readonly labels: readonly number[]
  readonly scores: readonly number[]
  readonly threshold?: number
  readonly weights: readonly number[] | null
  readonly values: Readonly<Record<string, number | null>>
}

export interface FairnessCase {
  readonly name: string
  readonly labels: readonly number[]
  readonly decisions: readonly number[]
  readonly groups: readonly string[]
  readonly values: Readonly<Record<string, number>>
}

export interface BcaCase {
  readonly name: string
  readonly estimate: number
  readonly level: number
  readonly jackknife: readonly number[]
  readonly resampled: readonly number[]
  readonly low: number
  readonly high: number
}

export interface Golden {
  readonly versions: Readonly<Record<string, string>>
  readonly metrics: readonly MetricCase[]
  readonly fairness: readonly FairnessCase[]
  readonly bca: readonly BcaCase[]
}

/** A file of test/golden; the script that computed it stands beside it. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8')) as T
}

export function classNames(task: Task, count = 2): readonly string[] {
  return task === 'regression' ? [] : Array.from({ length: task === 'binary' ? 2 : count }, (_, i) => `c${i}`)
}

export function labelsOf(task: Task, values: readonly number[], count = 2): Labels {
  return { task, classes: classNames(task, count), values: Float64Array.from(values) }
}

export function predictionsOf(task: Task, scores: readonly number[], count = 2): Predictions {
  const rows = task === 'multiclass' ? scores.length / count : scores.length
  return { task, rows, classes: classNames(task, count), scores: Float64Array.from(scores) }
}
