import type { GuardrailConfig, StageConfig } from '../config/schema.ts'
import { count } from '../core/text.ts'
import { addSums, isUsable, logEDifference, logEShift, type Sums } from '../stats/e-process.ts'
import { evidenceSteps, requiredRequests } from './plan.ts'
import type { ActiveRollout, ArmCounts, EvidenceWindow, GuardrailState } from './types.ts'

type Arm = 'stable' | 'candidate' | 'shadow'

/** What a guardrail looks at, of one arm. */
function observe(kind: GuardrailConfig['kind'], arm: ArmCounts): Sums {
  switch (kind) {
    case 'error-rate':
      return { n: arm.requests, sum: arm.errors }
    case 'latency':
      return { n: arm.requests, sum: arm.slow }
    case 'prediction-shift':
      return arm.ranks
    case 'outcome':
      return arm.outcomes
  }
}

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

/**
 * Adds windows of a step to the guardrails' sums and judges them. Windows must be new: each is counted once.
 * @param alpha level of each guardrail over the whole rollout
 */
export function countEvidence(
  rollout: ActiveRollout,
  stage: StageConfig,
  windows: readonly EvidenceWindow[],
  alpha: number,
): { readonly states: readonly GuardrailState[]; readonly requests: number } {
  const candidateArm: Arm = stage.kind === 'shadow' ? 'shadow' : 'candidate'
  const usable = windows.filter((window) => Object.values(window.arms).every(isPossible))
  const threshold = Math.log(evidenceSteps(rollout.stages) / alpha)
  const states = rollout.guardrails.map((guardrail): GuardrailState => {
    const before = rollout.guardrailStates.find((state) => state.guardrail === guardrail.kind)
    const sumOf = (arm: Arm, start: Sums): Sums =>
      usable.reduce((total, window) => addSums(total, observe(guardrail.kind, window.arms[arm])), start)
    const candidate = sumOf(candidateArm, before?.candidate ?? { n: 0, sum: 0 })
    const stable = sumOf('stable', before?.stable ?? { n: 0, sum: 0 })
    return judge(guardrail, candidate, stable, { threshold, needed: requiredRequests(stage), alpha })
  })
  const requests = usable.reduce((total, window) => total + window.arms[candidateArm].requests, 0)
  return { states, requests }
}

function isPossible(arm: ArmCounts): boolean {
  const parts: Sums[] = [
    { n: arm.requests, sum: arm.errors },
    { n: arm.requests, sum: arm.slow },
    arm.ranks,
    arm.outcomes,
  ]
  return parts.every(isUsable)
}

interface Rule {
  /** log E from which harm is proven. */
  readonly threshold: number
  /** Fewer observations than this say nothing. */
  readonly needed: number
  readonly alpha: number
}

/** The verdict of one guardrail on the sums of one step. */
export function judge(guardrail: GuardrailConfig, candidate: Sums, stable: Sums, rule: Rule): GuardrailState {
  const { kind, margin } = guardrail
  return kind === 'prediction-shift'
    ? judgeShift(margin, candidate, stable, rule)
    : judgeDifference(kind, margin, candidate, stable, rule)
}

const NOUNS = {
  'error-rate': ['errors', 'request'],
  latency: ['too slow', 'request'],
  outcome: ['mean loss', 'outcome'],
} as const

function judgeDifference(
  kind: keyof typeof NOUNS,
  margin: number,
  candidate: Sums,
  stable: Sums,
  rule: Rule,
): GuardrailState {
  const [noun, unit] = NOUNS[kind]
  const base = { guardrail: kind, candidate, stable }
  if (candidate.n === 0 || stable.n === 0) {
    const arm = candidate.n === 0 ? 'the candidate' : 'stable'
    return { ...base, logE: 0, verdict: 'no-data', sentence: `${kind}: no ${unit}s of ${arm} yet` }
  }
  const logE = logEDifference(candidate, stable, margin)
  const seen = `${kind}: ${percent(mean(candidate))} ${noun} in ${count(candidate.n, unit)} against ${percent(mean(stable))} in ${count(stable.n, unit)} of stable (margin ${percent(margin)})`
  if (logE >= rule.threshold) return { ...base, logE, verdict: 'fail', sentence: `${seen}: worse, ${strength(logE)}` }
  // The same test the other way round: H₀ “worse by at least the margin” is refuted.
  if (logEDifference(stable, candidate, -margin) >= Math.log(1 / rule.alpha)) {
    return { ...base, logE, verdict: 'pass', sentence: `${seen}: shown to be within the margin` }
  }
  if (candidate.n < rule.needed) return { ...base, logE, verdict: 'no-data', sentence: `${seen}: too few to judge` }
  return mean(candidate) - mean(stable) <= margin
    ? { ...base, logE, verdict: 'pass', sentence: `${seen}: no sign of harm` }
    : { ...base, logE, verdict: 'inconclusive', sentence: `${seen}: above the margin, but not proven` }
}

function judgeShift(margin: number, candidate: Sums, stable: Sums, rule: Rule): GuardrailState {
  const base = { guardrail: 'prediction-shift', candidate, stable } as const
  if (candidate.n === 0) {
    return { ...base, logE: 0, verdict: 'no-data', sentence: 'prediction-shift: no predictions of the candidate yet' }
  }
  const logE = logEShift(candidate, 0.5, margin)
  const shift = mean(candidate) - 0.5
  const beside = stable.n > 0 ? `; stable’s own ${rank(stable)} in ${count(stable.n, 'prediction')}` : ''
  const seen = `prediction-shift: mean rank ${rank(candidate)} of ${count(candidate.n, 'prediction')} among the candidate’s own holdout scores (expected 0.5 ± ${margin}${beside})`
  const bothShifted = stable.n > 0 && Math.abs(mean(stable) - 0.5) > margin && (mean(stable) - 0.5) * shift > 0
  if (bothShifted && Math.abs(shift) > margin) {
    // Rolling back would not help: stable sees the same change. A person has to look.
    const sentence = `${seen}: both versions have shifted the same way, so the traffic has changed, not only the model`
    return { ...base, logE, verdict: candidate.n < rule.needed ? 'no-data' : 'inconclusive', sentence }
  }
  if (logE >= rule.threshold) return { ...base, logE, verdict: 'fail', sentence: `${seen}: shifted, ${strength(logE)}` }
  if (candidate.n < rule.needed) return { ...base, logE, verdict: 'no-data', sentence: `${seen}: too few to judge` }
  return Math.abs(shift) <= margin
    ? { ...base, logE, verdict: 'pass', sentence: `${seen}: no sign of a shift` }
    : { ...base, logE, verdict: 'inconclusive', sentence: `${seen}: beyond the margin, but not proven` }
}

const mean = ({ n, sum }: Sums): number => sum / n
const rank = (sums: Sums): string => mean(sums).toFixed(2)
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1).replace(/\.?0+$/, '')} %`

/** E in words: the odds at which chance alone would show as much. */
function strength(logE: number): string {
  return logE > Math.log(1e6)
    ? 'odds above a million to one'
    : `odds ${count(Math.round(Math.exp(logE)), '').trim()} to one`
}
