import type { GateConfig } from '../config/schema.ts'
import { hochberg } from '../stats/hochberg.ts'
import { gainOf, pValueOf, versusOf } from './compare.ts'
import { findFairnessMetric } from './fairness-metrics.ts'
import type { FairnessMetric, FairnessResult, MetricComparison } from './types.ts'

/**
 * How often one of two equal models may be called better anywhere in an evaluation is α = 1 − level, and is spent in three
 * parts: α/2 on the metrics that are asked to be better, α/4 on the others, α/4 on the slices.
 */
const OTHERS_SHARE = 1 / 4
export const SLICES_SHARE = 1 / 4

/** Metrics that a gate compares with the champion on the whole holdout. */
export const comparedMetrics = (gates: readonly GateConfig[]): ReadonlySet<string> =>
  new Set(gates.filter((gate) => versusOf(gate) === 'champion').map((gate) => gate.metric))

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

/** What may be called better: a metric of the whole holdout, or the change of a fairness metric that a gate compares. */
type Claim = Pick<MetricComparison, 'difference' | 'interval' | 'direction' | 'pValue'> & {
  readonly better: boolean
  readonly asked: boolean
}

/** Comparisons and fairness as they are claimed after the correction. */
export interface Claims {
  readonly comparisons: readonly MetricComparison[]
  readonly fairness: readonly FairnessResult[]
}

/**
 * Takes “better than the champion” back where it does not survive having compared so many metrics; such a candidate is
 * not worse. The metrics that are asked for come first: Hochberg over them, at the level of their intervals, so that one
 * alone loses nothing and several that are all better stay so. Then the others with a quarter of α, to which the half of
 * the first is added where all of those are better (serial gatekeeping). A fairness metric that a gate compares with the
 * champion is one of them for every protected column: fairer is a claim like any other. Whether a gate passes does not
 * depend on it: a candidate has to pass all of them, which by itself errs no more often than the weakest
 * (intersection–union).
 */
export function temperClaims(
  comparisons: readonly MetricComparison[],
  asked: ReadonlySet<string>,
  fairness: readonly FairnessResult[] = [],
  compared: ReadonlySet<string> = new Set(),
): Claims {
  const claims = new Map<MetricComparison | FairnessMetric, Claim>()
  for (const one of comparisons) {
    if (one.versus !== 'champion') continue
    claims.set(one, { ...one, better: one.conclusion === 'better', asked: asked.has(one.metric) })
  }
  for (const one of fairness.flatMap(({ metrics }) => metrics)) {
    if (!compared.has(one.metric) || !one.change) continue
    const { difference, interval } = one.change
    const direction = findFairnessMetric(one.metric)?.direction ?? 'lower'
    const better = interval !== null && gainOf(difference, interval, direction).low > 0
    claims.set(one, { difference, interval, direction, better, asked: asked.has(one.metric) })
  }
  const all = [...claims.values()]
  const first = all.filter((one) => one.asked)
  const provenFirst = proven(first, 1 / 2)
  const passedOn = first.length > 0 && provenFirst.size === first.length ? 1 / 2 : 0
  const provenOthers = proven(
    all.filter((one) => !one.asked),
    OTHERS_SHARE + passedOn,
  )
  const lucky = (one: MetricComparison | FairnessMetric): boolean => {
    const claim = claims.get(one)
    return claim !== undefined && claim.better && !provenFirst.has(claim) && !provenOthers.has(claim)
  }
  return {
    comparisons: comparisons.map((one) => (lucky(one) ? { ...one, conclusion: 'not-worse' } : one)),
    fairness: fairness.map((attribute) => ({
      ...attribute,
      metrics: attribute.metrics.map((one) =>
        one.change && lucky(one) ? { ...one, change: { ...one.change, proven: false } } : one,
      ),
    })),
  }
}

/** Those that are better when this share of α is spent on all of them. */
function proven(claims: readonly Claim[], share: number): ReadonlySet<Claim> {
  const adjusted = hochberg(claims.map(oneSided))
  return new Set(
    claims.filter((one, i) => one.better && (adjusted[i] as number) <= share * (1 - (one.interval?.level ?? 1))),
  )
}

/** Of “not better”. Where the interval leaves out 0 it is at most what the interval says: rounding must not decide. */
function oneSided({ difference, interval, pValue, direction, better }: Claim): number {
  const two = pValue ?? pValueOf(difference, interval)
  if (two === null || difference === null || interval === null) return 1
  const tail = (1 - interval.level) / 2
  const { gain } = gainOf(difference, interval, direction)
  const one = gain > 0 ? two / 2 : 1 - two / 2
  return better ? Math.min(one, tail) : Math.max(one, tail * (1 + 1e-9))
}
