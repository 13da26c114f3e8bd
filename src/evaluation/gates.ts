import type { EvaluateConfig, GateConfig } from '../config/schema.ts'
import type { Task } from '../core/task.ts'
import type { QualityFinding } from '../data/types.ts'
import type { Evaluation, GateResult, Verdict } from './types.ts'

export interface JudgeInput {
  readonly evaluation: Evaluation
  readonly gates: readonly GateConfig[]
  readonly fairness?: EvaluateConfig['fairness'] | undefined
  readonly minHoldout: number
  readonly quality?: readonly QualityFinding[] | undefined
}

export function defaultGates(task: Task, primary: string): GateConfig[] {
  throw new Error(task + primary)
}

export function judge(input: JudgeInput): { gates: readonly GateResult[]; verdict: Verdict } {
  throw new Error(input.evaluation.primary)
}
