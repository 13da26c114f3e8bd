import type { Grouping } from '../../src/config/groupings.ts'
import { createRandom } from '../../src/core/random.ts'
import { fairnessResults } from '../../src/evaluation/fairness.ts'
import type { FairnessMetric } from '../../src/evaluation/types.ts'
import type { Drawn, World } from './fairness-worlds.ts'

export interface Covered {
  readonly metric: string
  readonly what: 'value' | 'change'
  readonly truth: number
  readonly covered: number
  /** Shares of the runs whose interval lies wholly below and above the truth, and that have none of all classes. */
  readonly below: number
  readonly above: number
  readonly missing: number
}

type What = Covered['what']

/** What is true of a world: of each metric its value and its change. */
export type Truths = readonly { readonly metric: string; readonly value: number; readonly change: number }[]

/** Sums over all that may happen, not a large sample: a truth that is off by a tenth of a standard error costs coverage. */
export function fairnessTruths(world: World): Truths {
  const equal = world.name.includes('equal')
  return metricsOf(world, world.all(), { resamples: 0, seed: 0 }).map(({ metric, candidate, change }) => ({
    metric,
    value: equal ? Number(metric.includes('-ratio')) : (candidate ?? Number.NaN),
    change: equal ? 0 : (change?.difference ?? Number.NaN),
  }))
}

function metricsOf(
  world: World,
  { table, candidate, champion }: Drawn,
  options: { readonly resamples: number; readonly seed: number },
): readonly FairnessMetric[] {
  const grouping: Grouping = world.attributes[0] === 'sex' ? 'sex' : ['sex', 'age']
  const rows = Uint32Array.from({ length: table.rows }, (_, i) => i)
  const shared = { table, rows, protected: [grouping], minGroup: 10, candidate, champion }
  return fairnessResults({ ...shared, options: { ...options, level: 0.95 } })[0]?.metrics ?? []
}

/** How often the intervals of every group metric contain what is true of rows without end. */
export function fairnessCoverage(
  world: World,
  truths: Truths,
  rows: number,
  { runs, resamples, seed }: { readonly runs: number; readonly resamples: number; readonly seed: number },
): readonly Covered[] {
  const random = createRandom(seed)
  const tallies = truths.flatMap(({ metric, value, change }) =>
    ([['value', value] as const, ['change', change] as const] satisfies [What, number][]).map(([what, truth]) => ({
      metric,
      what,
      truth,
      below: 0,
      above: 0,
      missing: 0,
    })),
  )
  for (let run = 0; run < runs; run++) {
    metricsOf(world, world.draw(rows, random), { resamples, seed: seed + run }).forEach((metric, m) => {
      ;[metric.interval, metric.change?.interval].forEach((interval, i) => {
        const tally = tallies[2 * m + i] as (typeof tallies)[number]
        // With a class left out, as the report then says, it is the interval of something else.
        if (!interval || metric.note !== undefined) tally.missing++
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
