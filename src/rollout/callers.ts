import type { GuardrailName } from '../config/schema.ts'
import { logERandomised, type Randomised } from '../stats/randomization.ts'
import type { ArmSums, CallerGroup, SplitEvidence, Sums } from './types.ts'

/**
 * What the rollout splits is callers, so callers are what it counts: requests of one caller are alike, and a thousand of
 * them are no thousand witnesses. Each caller has one value in [0, 1] a guardrail, whatever the number of its requests.
 */
export interface Comparison {
  /** Callers of whom something was seen, and the sum of their values. Where nothing can be compared, all that were seen. */
  readonly candidate: Sums
  /** Stable’s, weighted as the candidate’s callers are distributed over groups and steps. */
  readonly stable: Sums
  /** The values of the candidate’s callers. */
  readonly values: readonly number[]
  /** log E against “the candidate’s values are not above stable’s by more than the margin”. */
  above(margin: number, level: number): number
  /** The same against “not below by more than the margin”. */
  below(margin: number, level: number): number
}

/** The comparison a guardrail makes. */
export function compareCallers(guardrail: GuardrailName, splits: readonly SplitEvidence[]): Comparison {
  // An outcome belongs to the split under which its prediction was made, which may be a step that is over.
  const relevant = guardrail === 'outcome' ? splits : splits.slice(-1)
  const parts = relevant.flatMap((split) => split.groups.map((group) => partOf(split, group, VALUES[guardrail])))
  const compared = parts.filter((part) => part.treated.length > 0 && part.others.length > 0)
  const n = compared.reduce((total, { treated }) => total + treated.length, 0)
  const stableMean = compared.reduce((total, { treated, others }) => total + treated.length * mean(others), 0) / n
  const stableCallers = compared.reduce((total, { others }) => total + others.length, 0)
  const logE = (all: readonly Randomised[], margin: number, level: number): number =>
    logMean(all.map((part) => logERandomised(part, margin, level + Math.log(all.length))))
  const seen = (arm: 'candidate' | 'stable'): readonly number[] =>
    relevant.flatMap(({ groups }) =>
      groups.flatMap(({ callers }) => callers.flatMap((sums) => valuesOf(sums[arm], VALUES[guardrail]))),
    )
  return {
    candidate: n > 0 ? sumsOf(compared.flatMap((part) => part.treated)) : sumsOf(seen('candidate')),
    stable: n > 0 ? { n: stableCallers, sum: stableMean * stableCallers } : sumsOf(seen('stable')),
    values: compared.flatMap((part) => part.treated),
    above: (margin, level) => logE(compared, margin, level),
    below: (margin, level) => logE(compared.map(mirrored), margin, level),
  }
}

/** The one value of a caller; undefined where nothing was seen of it. */
const VALUES: Readonly<Record<GuardrailName, (sums: ArmSums) => number | undefined>> = {
  'error-rate': ({ errors, requests }) => ratio(errors, requests),
  latency: ({ slow, requests }) => ratio(slow, requests),
  'prediction-shift': ({ rankSum, ranks }) => ratio(rankSum, ranks),
  outcome: ({ lossSum, outcomes }) => ratio(lossSum, outcomes),
}

function partOf(split: SplitEvidence, group: CallerGroup, valueOf: (sums: ArmSums) => number | undefined): Randomised {
  const treated: number[] = []
  const others: number[] = []
  const paired = isMirrored(split)
  for (const { candidate, stable } of group.callers) {
    const [ofCandidate, ofStable] = [candidate && valueOf(candidate), stable && valueOf(stable)]
    // Where requests are mirrored, what one version alone has seen has nothing to be compared with.
    if (paired && (ofCandidate == null || ofStable == null)) continue
    if (ofCandidate != null) treated.push(ofCandidate)
    if (ofStable != null) others.push(ofStable)
  }
  return paired ? { kind: 'paired', treated, others } : { kind: 'split', treated, others, share: shareOf(split, group) }
}

/** Whether both versions score the same requests: in shadow, and where the candidate answers everybody. */
export const isMirrored = ({ mode, percent }: Pick<SplitEvidence, 'mode' | 'percent'>): boolean =>
  mode === 'shadow' || percent >= 100

/** The probability with which a caller of the sample is one of the candidate’s. */
function shareOf({ percent }: SplitEvidence, { kept }: CallerGroup): number {
  const candidate = (percent / 100) * kept.candidate
  return candidate / (candidate + (1 - percent / 100) * kept.stable)
}

/**
 * How far the callers of each arm are from the configured split, in standard deviations: a sample-ratio mismatch. Beyond
 * some three of them (p < 0.001, as GrowthBook and others have it) the arms cannot be compared, whatever they show.
 */
export function splitDeviation(split: SplitEvidence): number {
  if (isMirrored(split)) return 0
  let excess = 0
  let variance = 0
  for (const group of split.groups) {
    const share = shareOf(split, group)
    for (const { candidate } of group.callers) {
      excess += (candidate ? 1 : 0) - share
      variance += share * (1 - share)
    }
  }
  return variance > 0 ? excess / Math.sqrt(variance) : 0
}

/** Sums that an arm can have; NaN, infinite and impossible ones say nothing. */
export function isPossible(sums: ArmSums): boolean {
  const { requests, errors, slow, ranks, rankSum, outcomes, lossSum } = sums
  const parts = [
    [errors, requests],
    [slow, requests],
    [rankSum, ranks],
    [lossSum, outcomes],
  ] as const
  return parts.every(([sum, n]) => Number.isFinite(n) && n >= 0 && sum >= 0 && sum <= n * (1 + 1e-9))
}

/** The evidence without the callers whose sums cannot be. */
export function possible(splits: readonly SplitEvidence[]): readonly SplitEvidence[] {
  const fine = (sums: ArmSums | null): boolean => sums === null || isPossible(sums)
  return splits.map((split) => ({
    ...split,
    groups: split.groups.map((group) => ({
      ...group,
      callers: group.callers.filter(({ stable, candidate }) => fine(stable) && fine(candidate)),
    })),
  }))
}

function valuesOf(sums: ArmSums | null, valueOf: (sums: ArmSums) => number | undefined): readonly number[] {
  const value = sums === null ? undefined : valueOf(sums)
  return value === undefined ? [] : [value]
}

const ratio = (sum: number, n: number): number | undefined => (n > 0 ? Math.min(1, sum / n) : undefined)

function sumsOf(values: readonly number[]): Sums {
  return { n: values.length, sum: values.reduce((total, value) => total + value, 0) }
}

const mean = (values: readonly number[]): number => sumsOf(values).sum / values.length

/** The values turned round, so that “above” becomes “below”. */
function mirrored(part: Randomised): Randomised {
  const turned = (values: readonly number[]): readonly number[] => values.map((value) => -value)
  return { ...part, treated: turned(part.treated), others: turned(part.others) }
}

/** log of the mean of several E; of none, nothing is proven. */
function logMean(logs: readonly number[]): number {
  if (logs.length === 0) return 0
  const top = Math.max(...logs)
  return top + Math.log(logs.reduce((total, value) => total + Math.exp(value - top), 0) / logs.length)
}
