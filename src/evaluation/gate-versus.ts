import type { GateConfig } from '../config/schema.ts'
import type { Direction } from '../core/task.ts'
import { conclude, gainOf, marginSize, rowsNeeded, type Versus } from './compare.ts'
import { differenceSentence, differenceText, marginText, needsText } from './gate-text.ts'
import type { Margin } from './metrics/family.ts'
import type { Evaluation, GateResult, Interval } from './types.ts'

export interface VersusInput {
  readonly evaluation: Evaluation
  readonly gate: GateConfig
  readonly versus: Versus
  /** `auc`, `demographic-parity-difference by sex`. */
  readonly what: string
  readonly direction: Direction
  readonly margin: Margin
  readonly difference: number | null
  readonly interval: Interval | null
  /** The other model's value, for a relative margin. */
  readonly other: number | null
  /** Why there is no difference. */
  readonly reason: string | undefined
}

/**
 * A gate that compares with another model. Non-inferiority: the whole interval of the difference above −margin passes,
 * the whole interval below it fails, anything else is inconclusive: not having been shown to be worse is not a pass.
 * `better`: the whole interval above 0 passes, none of it above 0 fails.
 */
export function checkVersus(input: VersusInput): GateResult {
  const { evaluation, gate, versus, what, direction } = input
  const opponent = versus === 'champion' ? (evaluation.champion?.name ?? 'the champion') : 'the baseline'
  const margin = marginSize(input.margin, input.other)
  const tolerated = input.margin.size > 0 ? ` by more than ${marginText(input.margin)}` : ''
  const demand = gate.better ? `better than the ${versus}` : `not worse than the ${versus}${tolerated}`
  const result = (status: GateResult['status'], observed: string, sentence: string): GateResult => ({
    gate,
    title: `${what} ${demand}`,
    status,
    observed,
    sentence,
  })
  if (versus === 'champion' && evaluation.champion === null) {
    return result('pass', 'no champion yet', `${what}: there is no champion yet to compare with`)
  }
  const { difference, interval } = input
  if (difference === null || interval === null) {
    const why = input.reason ?? 'too few rows for an interval'
    return result('inconclusive', differenceText(difference, interval), `${what} cannot be compared: ${why}`)
  }
  const seen = differenceSentence(difference, interval)
  const observed = differenceText(difference, interval)
  const { low, high } = gainOf(difference, interval, direction)
  const bound = gate.better ? 0 : -margin
  const needs = needsText(rowsNeeded(evaluation.holdout.rows, difference, interval, direction, bound))
  const failed = (sentence: string): GateResult =>
    versus === 'champion' && !evaluation.holdout.championSafe
      ? result(
          'inconclusive',
          observed,
          `${sentence}, but the champion may have been trained on some of these rows; needs rows newer than its training to tell`,
        )
      : result('fail', observed, sentence)

  if (gate.better) {
    if (low > 0) return result('pass', observed, `${what} is better than that of ${opponent}: ${seen}`)
    if (low === 0 && high === 0) return failed(`${what} is the same as that of ${opponent}: ${seen}`)
    if (high <= 0) return failed(`${what} is not better than that of ${opponent}: ${seen}`)
    return result('inconclusive', observed, `${what} may not be better than that of ${opponent}: ${seen}; ${needs}`)
  }
  const conclusion = conclude(difference, interval, direction, margin)
  if (conclusion === 'better') return result('pass', observed, `${what} is better than that of ${opponent}: ${seen}`)
  if (conclusion === 'not-worse') {
    return result('pass', observed, `${what} is not worse than that of ${opponent}${tolerated}: ${seen}`)
  }
  if (conclusion === 'worse') return failed(`${what} is worse than that of ${opponent}${tolerated}: ${seen}`)
  return result(
    'inconclusive',
    observed,
    `${what} may be worse than that of ${opponent}${tolerated}: ${seen}; ${needs}`,
  )
}
