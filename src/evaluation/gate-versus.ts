import type { GateConfig } from '../config/schema.ts'
import type { Direction } from '../core/task.ts'
import { besideMargin, conclude, gainOf, marginSize, rowsNeeded, spelledMargin, type Versus } from './compare.ts'
import { differenceSentence, differenceText, marginText, needsText } from './gate-text.ts'
import type { Margin } from './metrics/family.ts'
import type { Conclusion, Evaluation, GateResult, Interval, MetricValue } from './types.ts'

export interface VersusInput {
  readonly evaluation: Evaluation
  readonly gate: GateConfig
  readonly versus: Versus
  /** `auc`, `demographic-parity-difference by sex`, `recall of plan = pro`. */
  readonly what: string
  readonly direction: Direction
  readonly margin: Margin
  readonly difference: number | null
  readonly interval: Interval | null
  /** The other model's value, for a relative margin. */
  readonly other: Pick<MetricValue, 'value' | 'interval'> | null
  /** Why there is no difference. */
  readonly reason: string | undefined
  /** Rows that were compared. Default: the whole holdout. */
  readonly rows?: number | undefined
  /** The slice they are of. */
  readonly place?: string | undefined
  /** One of many slices on which “worse” does not survive having looked at all of them. */
  readonly maybeChance?: boolean | undefined
  /** Whether “better” survives having compared several metrics or slices. It decides on the word, not on pass or fail. */
  readonly provenBetter?: boolean | undefined
}

/**
 * A gate that compares with another model. Non-inferiority: the whole interval of the difference above −margin passes,
 * the whole interval below it fails, anything else is inconclusive: not having been shown to be worse is not a pass.
 * `better` (superiority): the whole interval above 0, or above the gain that it demands, passes; none of it above fails.
 */
export function checkVersus(input: VersusInput): GateResult {
  const { evaluation, gate, versus, what, direction } = input
  const opponent = versus === 'champion' ? (evaluation.champion?.name ?? 'the champion') : 'the baseline'
  const goal = goalOf(input.gate, input.margin, input.other)
  const tolerated = toleranceText(goal)
  const demand = goal.better ? `better than the ${versus}${tolerated}` : `not worse than the ${versus}${tolerated}`
  const result = (
    status: GateResult['status'],
    observed: string,
    sentence: string,
    more: Pick<GateResult, 'conclusion' | 'rowsNeeded'> = {},
  ): GateResult => ({ gate, title: `${what} ${demand}`, status, observed, sentence, ...more })
  if (versus === 'champion' && evaluation.champion === null) {
    const sentence = `${what}: there is no champion yet to compare with`
    return { ...result('pass', 'no champion yet', sentence), unasked: true }
  }
  const { difference, interval } = input
  if (difference === null || interval === null) {
    const why =
      input.reason ?? (difference === 0 ? 'too few rows to tell the two models apart' : 'too few rows for an interval')
    const sentence = `${what} cannot be compared: ${why}`
    return result('inconclusive', differenceText(difference, interval), sentence, { conclusion: 'cannot-tell' })
  }
  const observed = differenceText(difference, interval)
  const seen = differenceSentence(difference, interval)
  const proven = input.provenBetter !== false
  const beside = besideMargin(difference, interval, direction, goal.margin, input.other, goal.better)
  const concluded = goal.better
    ? answerBetter(input, goal, beside)
    : conclude(difference, interval, direction, goal.size, beside)
  const answer = concluded === 'better' && !proven && !goal.better ? 'not-worse' : concluded
  const bound = goal.better ? goal.size : -goal.size
  const needed = rowsNeeded(input.rows ?? evaluation.holdout.rows, difference, beside, direction, bound)
  const sentence = sentenceOf({
    better: goal.better,
    answer,
    difference,
    interval,
    direction,
    what,
    than: `that of ${opponent}`,
    size: tolerated,
    seen,
  })
  if (answer === 'better' && !proven) {
    const alone = 'by itself, not as the best of several comparisons'
    return result('pass', observed, `${what} gains on that of ${opponent}${tolerated}: ${seen}, ${alone}`, {
      conclusion: 'not-worse',
    })
  }
  if (answer === 'better' || (answer === 'not-worse' && !goal.better)) {
    return result('pass', observed, sentence, { conclusion: answer })
  }
  if (answer === 'cannot-tell') {
    return result('inconclusive', observed, `${sentence}; ${needsText(needed, input.place)}`, {
      conclusion: answer,
      rowsNeeded: needed,
    })
  }
  if (versus === 'champion' && !evaluation.holdout.championSafe) {
    const doubt =
      'but the champion may have been trained on some of these rows; needs rows newer than its training to tell'
    return result('inconclusive', observed, `${sentence}, ${doubt}`, { conclusion: answer })
  }
  if (input.maybeChance) {
    const doubt = 'but among so many slices one looks like this by chance'
    // By itself it would be settled: no number of rows is known that settles it among all slices.
    const settling = needed === undefined ? '' : `; ${needsText(needed, input.place)}`
    return result('inconclusive', observed, `${sentence}, ${doubt}${settling}`, {
      conclusion: 'cannot-tell',
      rowsNeeded: needed,
    })
  }
  return result('fail', observed, sentence, { conclusion: answer })
}

interface Goal {
  /** Whether a gain of `size` is asked for; else a loss of it is tolerated. */
  readonly better: boolean
  readonly margin: Margin
  /** In the metric's unit. */
  readonly size: number
}

/** What a gate asks of a difference. `margin` is what it tolerates where it does not ask for *better*. */
export function goalOf(gate: GateConfig, margin: Margin, other: Pick<MetricValue, 'value'> | null): Goal {
  const { better = false } = gate
  if (better === false) return { better: false, margin, size: marginSize(margin, other?.value ?? null) }
  const asked = better === true ? { kind: 'absolute' as const, size: 0 } : spelledMargin(better, margin.kind)
  return { better: true, margin: asked, size: marginSize(asked, other?.value ?? null) }
}

function toleranceText({ better, margin }: Goal): string {
  if (margin.size === 0) return ''
  return better ? ` by at least ${marginText(margin)}` : ` by more than ${marginText(margin)}`
}

/** Superiority by a size; `not-worse` stands for the same or as much, `worse` for shown not to be. */
function answerBetter({ difference, direction }: VersusInput, goal: Goal, beside: Interval): Conclusion {
  const { low, high } = gainOf(difference as number, beside, direction)
  if (low > goal.size) return 'better'
  if (low === 0 && high === 0) return 'not-worse'
  return high <= goal.size ? 'worse' : 'cannot-tell'
}

interface Said {
  readonly better: boolean
  readonly answer: Conclusion
  readonly difference: number
  readonly interval: Interval
  readonly direction: Direction
  /** `auc`. */
  readonly what: string
  /** `that of v3`. */
  readonly than: string
  /** ` by more than 0.005`, ` by at least 2%`; empty without a margin. */
  readonly size: string
  readonly seen: string
}

/** What the interval says, of 0 first and of the margin second. */
function sentenceOf({ better, answer, difference, interval, direction, what, than, size, seen }: Said): string {
  const { low, high } = gainOf(difference, interval, direction)
  const perhaps = (more: string): string => (size === '' ? '' : `, ${more}${size}`)
  if (better) {
    if (answer === 'better') return `${what} is better than ${than}${size}: ${seen}`
    if (answer === 'cannot-tell')
      return low > 0
        ? `${what} is better than ${than}${perhaps('but perhaps not')}: ${seen}`
        : `${what} may not be better than ${than}${size}: ${seen}`
    if (low === 0 && high === 0) return `${what} is the same as ${than}${perhaps('and not better')}: ${seen}`
    return high < 0 ? `${what} is worse than ${than}: ${seen}` : `${what} is not better than ${than}${size}: ${seen}`
  }
  if (answer === 'better') return `${what} is better than ${than}: ${seen}`
  if (answer === 'worse') return `${what} is worse than ${than}${size}: ${seen}`
  if (answer === 'not-worse') {
    const within = `${what} is slightly worse than ${than}, but not${size}: ${seen}`
    return high < 0 ? within : `${what} is not worse than ${than}${size}: ${seen}`
  }
  return high < 0
    ? `${what} is worse than ${than}${perhaps('perhaps')}: ${seen}`
    : `${what} may be worse than ${than}${size}: ${seen}`
}
