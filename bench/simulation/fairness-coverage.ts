import type { Grouping } from '../../src/config/groupings.ts'
import { createRandom } from '../../src/core/random.ts'
import { fairnessResults } from '../../src/evaluation/fairness.ts'
import type { FairnessMetric } from '../../src/evaluation/types.ts'
import type { World } from './fairness-worlds.ts'

export interface Covered {
  readonly metric: string
  readonly what: 'value' | 'change'
  readonly truth: number
  readonly covered: number
  /** Shares of the runs whose interval lies wholly below and above the truth, and that have none. */
  readonly below: number
  readonly above: number
  readonly missing: number
}

/** Rows from which the truth is computed, in parts: 100 holdouts, but no fewer than these. */
const TRUTH_ROWS = 500_000
const PARTS = 8

/** How often the intervals of every group metric contain what is true of rows without end. */
export function fairnessCoverage(
  world: World,
  rows: number,
  { runs, resamples, seed }: { readonly runs: number; readonly resamples: number; readonly seed: number },
): readonly Covered[] {
  const random = createRandom(seed)
  const grouping: Grouping = world.attributes[0] === 'sex' ? 'sex' : ['sex', 'age']
  const metricsOf = (n: number, options: { resamples: number; seed: number }): readonly FairnessMetric[] => {
    const { table, candidate, champion } = world.draw(n, random)
    const everyRow = Uint32Array.from({ length: n }, (_, i) => i)
    const shared = { table, rows: everyRow, protected: [grouping], minGroup: 10, candidate, champion }
    return fairnessResults({ ...shared, options: { ...options, level: 0.95 } })[0]?.metrics ?? []
  }
  const truths = Array.from({ length: PARTS }, () =>
    metricsOf(Math.max(TRUTH_ROWS, 100 * rows) / PARTS, { resamples: 0, seed: 0 }),
  )
  const truthOf = (m: number, of: (metric: FairnessMetric) => number | null): number =>
    truths.reduce((sum, metrics) => sum + (of(metrics[m] as FairnessMetric) ?? Number.NaN), 0) / PARTS
  const names = truths[0]?.map((metric) => metric.metric) ?? []
  const tallies = names.flatMap((metric, m) => {
    const equal = (value: number): number =>
      world.name.includes('equal') ? (metric.includes('-ratio') ? 1 : 0) : value
    return [
      {
        metric,
        what: 'value' as const,
        truth: equal(truthOf(m, (one) => one.candidate)),
        below: 0,
        above: 0,
        missing: 0,
      },
      {
        metric,
        what: 'change' as const,
        truth: world.name.includes('equal') ? 0 : truthOf(m, (one) => one.change?.difference ?? null),
        below: 0,
        above: 0,
        missing: 0,
      },
    ]
  })
  for (let run = 0; run < runs; run++) {
    metricsOf(rows, { resamples, seed: seed + run }).forEach((metric, m) => {
      ;[metric.interval, metric.change?.interval].forEach((interval, i) => {
        const tally = tallies[2 * m + i] as (typeof tallies)[number]
        if (!interval) tally.missing++
        else if (interval.high < tally.truth - 1e-12) tally.below++
        else if (interval.low > tally.truth + 1e-12) tally.above++
      })
    })
  }
  return tallies.map((tally) => {
    const defined = runs - tally.missing
    return {
      ...tally,
      covered: 1 - (tally.below + tally.above) / defined,
      below: tally.below / defined,
      above: tally.above / defined,
      missing: tally.missing / runs,
    }
  })
}
