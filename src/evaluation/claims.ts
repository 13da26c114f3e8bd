import type { GateConfig } from '../config/schema.ts'
import { hochberg } from '../stats/hochberg.ts'
import { gainOf, pValueOf, versusOf } from './compare.ts'
import type { MetricComparison } from './types.ts'

/**
 * How often one of two equal models may be called better anywhere in an evaluation is α = 1 − level, and is spent in three
 * parts: α/2 on the metrics that are asked to be better, α/4 on the others, α/4 on the slices.
 */
const OTHERS_SHARE = 1 / 4
export const SLICES_SHARE = 1 / 4

/** The metrics that the question is about: those of gates that ask for *better* than the champion, else the primary one. */
export function askedMetrics(gates: readonly GateConfig[], primary: string): ReadonlySet<string> {
  const asked = gates.filter(
    (gate) =>
      (gate.better ?? false) !== false &&
      versusOf(gate) === 'champion' &&
      gate.slice === undefined &&
      gate.slices === undefined,
  )
  return new Set(asked.length > 0 ? asked.map((gate) => gate.metric) : [primary])
}

/**
 * Takes “better than the champion” back where it does not survive having compared so many metrics; such a candidate is
 * not worse. The metrics that are asked for come first: Hochberg over them, at the level of their intervals, so that one
 * alone loses nothing and several that are all better stay so. Then the others with a quarter of α, to which the half of
 * the first is added where all of those are better (serial gatekeeping). Whether a gate passes does not depend on it: a
 * candidate has to pass all of them, which by itself errs no more often than the weakest (intersection–union).
 */
export function temperClaims(
  comparisons: readonly MetricComparison[],
  asked: ReadonlySet<string>,
): readonly MetricComparison[] {
  const first = comparisons.filter(({ versus, metric }) => versus === 'champion' && asked.has(metric))
  const others = comparisons.filter(({ versus, metric }) => versus === 'champion' && !asked.has(metric))
  const provenFirst = proven(first, 1 / 2)
  const passedOn = first.length > 0 && provenFirst.size === first.length ? 1 / 2 : 0
  const provenOthers = proven(others, OTHERS_SHARE + passedOn)
  return comparisons.map((one) => {
    if (one.versus !== 'champion' || one.conclusion !== 'better') return one
    return provenFirst.has(one) || provenOthers.has(one) ? one : { ...one, conclusion: 'not-worse' }
  })
}

/** Those that are better when this share of α is spent on all of them. */
function proven(comparisons: readonly MetricComparison[], share: number): ReadonlySet<MetricComparison> {
  const adjusted = hochberg(comparisons.map(oneSided))
  return new Set(
    comparisons.filter(
      (one, i) => one.conclusion === 'better' && (adjusted[i] as number) <= share * (1 - (one.interval?.level ?? 1)),
    ),
  )
}

/** Of “not better”. Where the interval leaves out 0 it is at most what the interval says: rounding must not decide. */
function oneSided({ difference, interval, pValue, direction, conclusion }: MetricComparison): number {
  const two = pValue ?? pValueOf(difference, interval)
  if (two === null || difference === null || interval === null) return 1
  const tail = (1 - interval.level) / 2
  const { gain } = gainOf(difference, interval, direction)
  const one = gain > 0 ? two / 2 : 1 - two / 2
  return conclusion === 'better' ? Math.min(one, tail) : Math.max(one, tail * (1 + 1e-9))
}
