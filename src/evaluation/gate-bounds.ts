import type { GateConfig } from '../config/schema.ts'
import { formatInterval, formatNumber } from '../core/format.ts'
import { limitText, valueSentence } from './gate-text.ts'
import type { GateResult, Interval } from './types.ts'

export interface BoundsInput {
  readonly gate: GateConfig
  readonly what: string
  readonly value: number | null
  readonly interval: Interval | null
  /** Why there is no value. */
  readonly reason: string | undefined
  /** Whether the holdout is large enough for a point estimate to mean anything. */
  readonly enoughRows: boolean
}

/** A gate on the candidate's own value. It looks at the point estimate; the interval is told beside it. */
export function checkBounds(input: BoundsInput): GateResult {
  const { gate, what, value, interval } = input
  const { min, max } = gate
  const demands = [
    ...(min === undefined ? [] : [`at least ${limitText(min)}`]),
    ...(max === undefined ? [] : [`at most ${limitText(max)}`]),
  ]
  const result = (status: GateResult['status'], sentence: string): GateResult => ({
    gate,
    title: `${what} ${demands.join(' and ')}`,
    status,
    observed: value !== null && interval ? `${formatNumber(value)} (${formatInterval(interval)})` : formatNumber(value),
    sentence,
  })
  if (value === null) {
    return result('inconclusive', `${what} is undefined: ${input.reason ?? 'the evaluation has no such metric'}`)
  }
  const seen = valueSentence(value, interval)
  if (!input.enoughRows) {
    return result('inconclusive', `${what} is ${seen}, on too few held-out rows to hold against a bound`)
  }
  if (min !== undefined && value < min)
    return result('fail', `${what} is ${seen}, below the limit of ${limitText(min)}`)
  if (max !== undefined && value > max)
    return result('fail', `${what} is ${seen}, above the limit of ${limitText(max)}`)
  return result('pass', `${what} is ${seen}`)
}
