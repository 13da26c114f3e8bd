import type { GateConfig } from '../config/schema.ts'
import { checkBounds } from './gate-bounds.ts'
import type { Evaluation, GateResult, Interval } from './types.ts'

interface Seen {
  readonly value: number | null
  readonly interval: Interval | null
  /** Why there is no value. */
  readonly reason: string
  /** Of what was measured on the candidate alone; flips are shares, and of both models. */
  readonly unit?: string | undefined
}

const flips = (
  value: number | null | undefined,
  interval: Interval | null | undefined,
  reason = 'the decisions of both models are not known',
): Seen => ({ value: value ?? null, interval: interval ?? null, reason })

const measured = (value: number | undefined, unit: string): Seen => ({
  value: value ?? null,
  interval: null,
  reason: 'it was not measured',
  unit,
})

/** What a candidate costs those who run it: flips of decisions, time and size. */
const COSTS: ReadonlyMap<string, (evaluation: Evaluation) => Seen> = new Map([
  ['churn', ({ churn }) => flips(churn?.share, churn?.interval)],
  [
    'newly-wrong',
    ({ churn, task }) =>
      flips(
        churn?.newlyWrongShare,
        churn?.newlyWrongInterval,
        task === 'regression' ? 'a regression has no decisions to be right or wrong' : undefined,
      ),
  ],
  ['latency', ({ footprint }) => measured(footprint?.latency?.p95, 'ms (95th percentile of single rows)')],
  ['throughput', ({ footprint }) => measured(footprint?.throughput?.rowsPerSecond, 'rows a second')],
  ['size', ({ footprint }) => measured(footprint?.bytes, 'bytes')],
])

/**
 * A gate on one of them; undefined where its metric is none of them. Flips need a champion; before there is one the gate
 * passes and says so.
 */
export function checkCost(evaluation: Evaluation, gate: GateConfig, enoughRows: boolean): GateResult | undefined {
  const { metric } = gate
  const seen = COSTS.get(metric)?.(evaluation)
  if (seen === undefined) return undefined
  const { value, interval, reason, unit } = seen
  if (unit !== undefined) {
    return checkBounds({ gate, what: `${metric} in ${unit}`, value, interval, reason, enoughRows: true })
  }
  if (evaluation.champion === null) {
    const sentence = `${metric}: there is no champion yet to differ from`
    return { gate, title: metric, status: 'pass', observed: 'no champion yet', sentence, unasked: true }
  }
  return checkBounds({ gate, what: metric, value, interval, reason, enoughRows })
}
