import type { GateConfig } from '../config/schema.ts'
import { checkBounds } from './gate-bounds.ts'
import type { Evaluation, GateResult, Interval } from './types.ts'

interface Seen {
  readonly value: number | null
  readonly interval?: Interval | null | undefined
  readonly reason?: string | undefined
  readonly unit?: string | undefined
}

/** What a candidate costs those who run it: flips of decisions, time and size. */
const COSTS: Readonly<Record<string, (evaluation: Evaluation) => Seen>> = {
  churn: ({ churn }) => ({ value: churn?.share ?? null, interval: churn?.interval }),
  'newly-wrong': ({ churn, task }) => ({
    value: churn?.newlyWrongShare ?? null,
    interval: churn?.newlyWrongInterval,
    reason: task === 'regression' ? 'a regression has no decisions to be right or wrong' : undefined,
  }),
  latency: ({ footprint }) => ({ value: footprint?.latency?.p95 ?? null, unit: 'ms (95th percentile of single rows)' }),
  throughput: ({ footprint }) => ({ value: footprint?.throughput?.rowsPerSecond ?? null, unit: 'rows a second' }),
  size: ({ footprint }) => ({ value: footprint?.bytes ?? null, unit: 'bytes' }),
}

export function isCost(metric: string): boolean {
  return Object.hasOwn(COSTS, metric)
}

/** A gate on one of them. Flips need a champion; before there is one the gate passes and says so. */
export function checkCost(evaluation: Evaluation, gate: GateConfig, enoughRows: boolean): readonly GateResult[] {
  const { metric } = gate
  const flips = metric === 'churn' || metric === 'newly-wrong'
  const seen = COSTS[metric]?.(evaluation) ?? { value: null }
  const what = seen.unit === undefined ? metric : `${metric} in ${seen.unit}`
  if (flips && evaluation.champion === null) {
    const sentence = `${metric}: there is no champion yet to differ from`
    return [{ gate, title: metric, status: 'pass', observed: 'no champion yet', sentence, unasked: true }]
  }
  return [
    checkBounds({
      gate,
      what,
      value: seen.value,
      interval: seen.interval ?? null,
      reason: seen.reason ?? (flips ? 'the decisions of both models are not known' : 'it was not measured'),
      enoughRows: enoughRows || !flips,
    }),
  ]
}
