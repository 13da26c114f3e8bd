import type { GuardrailConfig, StageConfig } from '../config/schema.ts'
import { formatDuration } from '../core/clock.ts'
import { count } from '../core/text.ts'
import { logEMean } from '../stats/e-process.ts'
import { compareCallers, possible, type Comparison } from './callers.ts'
import { evidenceSteps, percentOf } from './plan.ts'
import type { ActiveRollout, EvidenceWindow, GuardrailState, SplitEvidence, Sums } from './types.ts'

/** With fewer callers in an arm nothing is passed: one of them more or less would change what is seen. */
export const MIN_CALLERS = 50

/** Guardrails before any evidence of a step: every step is judged on what was seen in it. */
export function freshGuardrails(guardrails: readonly GuardrailConfig[]): readonly GuardrailState[] {
  const none: Sums = { n: 0, sum: 0 }
  return guardrails.map(({ kind }) => ({
    guardrail: kind,
    logE: 0,
    candidate: none,
    stable: none,
    verdict: 'no-data',
    sentence: `${kind}: nothing observed yet`,
  }))
}

/** The evidence of a step that has come since the last look. */
export interface NewEvidence {
  /** Each is counted once. */
  readonly windows: readonly EvidenceWindow[]
  /** What callers got so far: not what was added, but all of it. */
  readonly splits: readonly SplitEvidence[]
  /** What counted as slow, milliseconds. */
  readonly objective: number | null
}

/**
 * Adds windows of a step to what was counted, and looks at what its callers got.
 * @param alpha level of each guardrail over the whole rollout
 */
export function countEvidence(
  rollout: ActiveRollout,
  stage: StageConfig,
  { windows, splits, objective }: NewEvidence,
  alpha: number,
): Pick<ActiveRollout, 'guardrailStates' | 'stepRequests' | 'exposedMs' | 'looks'> {
  const usable = windows.filter(isCountable)
  const candidate = stage.kind === 'shadow' ? 'shadow' : 'candidate'
  const looks = rollout.looks + 1
  const rule: Rule = { threshold: thresholdOf(evidenceSteps(rollout.stages), looks, alpha), alpha, objective }
  const seen = possible(splitsOf(stage, splits))
  return {
    guardrailStates: rollout.guardrails.map((guardrail) =>
      judge(guardrail, compareCallers(guardrail.kind, seen), rule),
    ),
    stepRequests: usable.reduce((total, window) => total + window.requests[candidate], rollout.stepRequests),
    exposedMs: usable.reduce((total, { exposed }) => total + exposed, rollout.exposedMs),
    looks,
  }
}

/**
 * The log E from which harm is proven at a look. Each step has its share of the level, and within it the j-th look has
 * 1/j(j + 1) of it, which adds up to 1: whatever the number of looks, all of them together raise false alarms no more
 * often than the level.
 */
export function thresholdOf(steps: number, look: number, alpha: number): number {
  return Math.log((steps * look * (look + 1)) / alpha)
}

/** The splits of a step, its own last; nothing while its own has not been seen. */
function splitsOf(stage: StageConfig, splits: readonly SplitEvidence[]): readonly SplitEvidence[] {
  const own = splits.at(-1)
  const mode = stage.kind === 'shadow' ? 'shadow' : 'canary'
  return own?.mode === mode && own.percent === percentOf(stage) ? splits : []
}

function isCountable({ start, end, exposed, requests }: EvidenceWindow): boolean {
  const counts = Object.values(requests)
  return counts.every((n) => Number.isFinite(n) && n >= 0) && exposed >= 0 && exposed <= end - start
}

interface Rule {
  /** log E from which harm is proven. */
  readonly threshold: number
  /** Level at which a version is said to be shown within the margin. */
  readonly alpha: number
  /** What counted as slow, milliseconds; null where nothing did. */
  readonly objective: number | null
}

/** The verdict of one guardrail on what the callers of one step got. */
export function judge(guardrail: GuardrailConfig, seen: Comparison, rule: Rule): GuardrailState {
  const { kind, margin } = guardrail
  const base = { guardrail: kind, logE: 0, candidate: seen.candidate, stable: seen.stable }
  if (seen.values.length === 0) {
    const arm = seen.candidate.n === 0 ? 'the candidate' : 'stable'
    return { ...base, verdict: 'no-data', sentence: `${kind}: no ${NOUNS[kind].unit}s of ${arm} yet` }
  }
  const { logE, excess, text, drift } =
    kind === 'prediction-shift' ? lookAtShift(seen, margin, rule) : lookAtDifference(kind, seen, margin, rule)
  if (logE >= rule.threshold) {
    return { ...base, logE, verdict: 'fail', sentence: `${text}: ${NOUNS[kind].harm}, ${strength(logE)}` }
  }
  const fewest = Math.min(seen.candidate.n, seen.stable.n)
  if (fewest < MIN_CALLERS) {
    const sentence = `${text}: cannot tell from ${count(fewest, 'caller')} of an arm (needs ${MIN_CALLERS})`
    return { ...base, logE, verdict: 'no-data', sentence }
  }
  if (excess > margin + ROUNDING)
    return { ...base, logE, verdict: 'inconclusive', sentence: `${text}: above the margin, but not proven` }
  if (drift) return { ...base, logE, verdict: 'pass', sentence: `${text}: ${drift}` }
  const shown = kind !== 'prediction-shift' && seen.below(-margin, Math.log(1 / rule.alpha)) >= Math.log(1 / rule.alpha)
  return { ...base, logE, verdict: 'pass', sentence: `${text}: ${shown ? 'shown to be within the margin' : NO_SIGN}` }
}

/** A difference at the margin is within it, in floating point as well. */
const ROUNDING = 1e-12

const NO_SIGN = 'no sign of harm'
const NOUNS = {
  'error-rate': { unit: 'request', what: 'errors', harm: 'worse' },
  latency: { unit: 'request', what: 'too slow', harm: 'worse' },
  'prediction-shift': { unit: 'prediction', what: 'mean rank', harm: 'shifted' },
  outcome: { unit: 'outcome', what: 'mean loss', harm: 'worse' },
} as const

interface Look {
  readonly logE: number
  /** How far the candidate is on the harmful side. */
  readonly excess: number
  readonly text: string
  /** What is told although it is not the candidate’s. */
  readonly drift?: string | undefined
}

function lookAtDifference(
  kind: Exclude<GuardrailConfig['kind'], 'prediction-shift'>,
  { candidate, stable, above }: Comparison,
  margin: number,
  { threshold, objective }: Rule,
): Look {
  const what = kind === 'latency' && objective !== null ? `over ${formatDuration(objective)}` : NOUNS[kind].what
  const arms = [candidate, stable].map((arm) => `${percent(mean(arm))} ${what} (mean of ${count(arm.n, 'caller')})`)
  return {
    logE: above(margin, threshold),
    excess: mean(candidate) - mean(stable),
    text: `${kind}: ${arms.join(' against stable’s ')}, margin ${percent(margin)}`,
  }
}

/**
 * A shift is the candidate’s where its scores are away from its own holdout’s *and* from where stable’s are at the same
 * time in the same traffic. Away from the holdout together with stable, the traffic has changed. Away from stable only,
 * stable has aged and the candidate has not: what a retraining is for.
 */
function lookAtShift(
  { candidate, stable, values, above, below }: Comparison,
  margin: number,
  { threshold }: Rule,
): Look {
  const [own, other] = [mean(candidate) - 0.5, mean(stable) - 0.5]
  const text = `prediction-shift: mean rank ${rank(candidate)} of ${count(candidate.n, 'caller')} among the candidate’s own holdout scores, ${rank(stable)} of ${count(stable.n, 'caller')} among stable’s (expected 0.5 ± ${margin})`
  const level = threshold + Math.LN2
  const up = Math.min(logEMean(momentsOf(values), 0.5 + margin), above(margin, level))
  const down = Math.min(logEMean(momentsOf(values.map((value) => 1 - value)), 0.5 + margin), below(margin, level))
  const together = Math.abs(own) > margin && own * other > 0
  return {
    logE: Math.max(up, down) - Math.LN2,
    excess: own > 0 ? Math.min(own, own - other) : Math.min(-own, other - own),
    text,
    drift: together ? 'both versions have shifted the same way: the traffic has changed, not the candidate' : undefined,
  }
}

function momentsOf(values: readonly number[]): {
  readonly n: number
  readonly sum: number
  readonly sumSquares: number
} {
  let [sum, sumSquares] = [0, 0]
  for (const value of values) {
    sum += value
    sumSquares += value * value
  }
  return { n: values.length, sum, sumSquares }
}

const mean = ({ n, sum }: Sums): number => sum / n
const rank = (sums: Sums): string => mean(sums).toFixed(2)
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1).replace(/\.?0+$/, '')} %`

/** E in words: chance alone shows as much in fewer than one of so many rollouts. */
function strength(logE: number): string {
  return logE > Math.log(1e6)
    ? 'odds above a million to one'
    : `odds ${Math.round(Math.exp(logE)).toLocaleString('en-US')} to one`
}
