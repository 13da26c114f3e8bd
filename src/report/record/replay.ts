import type { GateConfig } from '../../config/schema.ts'
import { canonicalJson } from '../../core/json.ts'
import { judge, type JudgeInput } from '../../evaluation/gates.ts'
import type { GateResult, Verdict } from '../../evaluation/types.ts'
import type { RunRecord } from '../run-record.ts'

export interface Replay {
  /** As recomputed from the evaluation. */
  readonly verdict: Verdict
  readonly gates: readonly GateResult[]
  /** Whether outcome and every gate's status are the recorded ones. */
  readonly agrees: boolean
  readonly outcomeAgrees: boolean
  readonly differences: readonly GateDifference[]
}

export interface GateDifference {
  readonly title: string
  /** null: there is no such gate on this side. */
  readonly recorded: GateResult['status'] | null
  readonly replayed: GateResult['status'] | null
  readonly sentence: string
}

/**
 * Recomputes gates and verdict from a record's evaluation, without data and without the model. What it cannot find: an
 * evaluation whose numbers were changed together with everything that follows from them; `reproduce` repeats the run.
 */
export function replay(record: RunRecord): Replay {
  const { gates, verdict } = judge(judgeInput(record))
  const differences = compareGates(record.gates, gates)
  const outcomeAgrees = verdict.outcome === record.verdict.outcome
  return { verdict, gates, agrees: outcomeAgrees && differences.length === 0, outcomeAgrees, differences }
}

/** What was held against what. Records from before `judged` tell it by their results. */
function judgeInput(record: RunRecord): JudgeInput {
  const { evaluation, quality } = record
  if (record.judged !== undefined) {
    const { gates, fairness, minHoldout, expectNearPerfect } = record.judged
    return { evaluation, quality, gates, fairness, minHoldout, expectNearPerfect }
  }
  const asked = record.gates.filter((gate) => gate.origin !== 'check')
  const rows = asked.find((gate) => gate.gate.metric === 'rows')
  const gates = new Map<string, GateConfig>()
  for (const { gate } of asked) if (gate.metric !== 'rows') gates.set(canonicalJson(gate), gate)
  return { evaluation, quality, gates: [...gates.values()], minHoldout: rows?.gate.min ?? 0 }
}

function compareGates(recorded: readonly GateResult[], replayed: readonly GateResult[]): readonly GateDifference[] {
  const key = (gate: GateResult): string => canonicalJson([gate.title, gate.slice ?? null])
  const before = new Map(recorded.map((gate) => [key(gate), gate]))
  const now = new Map(replayed.map((gate) => [key(gate), gate]))
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((name): GateDifference[] => {
    const [old, fresh] = [before.get(name), now.get(name)]
    if (old?.status === fresh?.status) return []
    return [
      {
        title: (fresh ?? old)?.title ?? '',
        recorded: old?.status ?? null,
        replayed: fresh?.status ?? null,
        sentence: (fresh ?? old)?.sentence ?? '',
      },
    ]
  })
}
