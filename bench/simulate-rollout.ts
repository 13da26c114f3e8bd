/**
 * How often a guardrail rolls a healthy candidate back, and how soon a harmful one, when requests come from callers who
 * are alike within themselves. The code of the product judges what a gateway would answer; beside it the rule before,
 * which took each request for an independent witness.
 *
 *   nice -n 10 node_modules/.bin/node bench/simulate-rollout.ts [--runs 2000] [--out bench/results/simulate-rollout.md]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { GuardrailConfig } from '../src/config/schema.ts'
import { createRandom, type Random } from '../src/core/random.ts'
import { compareCallers, type Comparison } from '../src/rollout/callers.ts'
import { judge, MIN_CALLERS, thresholdOf } from '../src/rollout/guardrails.ts'
import type { SplitEvidence } from '../src/rollout/types.ts'
import { wilson } from '../src/stats/proportion.ts'
import { logEDifference, logEShift } from './rollout/requests.ts'
import { step, type Population, type Versions } from './rollout/world.ts'

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, out: { type: 'string' } },
})
const RUNS = Number(options.runs)
const POWER_RUNS = Math.max(20, Math.round(RUNS / 20))
/** The whole level for one step: nothing is gained by its division among steps. */
const ALPHA = 0.01
const STEPS = 1
const started = performance.now()

const lines: string[] = []
const say = (line = ''): number => lines.push(line)
const row = (...cells: (string | number)[]): number => say(`| ${cells.join(' | ')} |`)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const uniform = (random: Random): number => random.next()
const some = (share: number, then: number, otherwise: number) => (random: Random) =>
  random.next() < share ? then : otherwise
/** Mean 0.2, mostly near 0: some callers are much harder to predict than others. */
const hard = (random: Random): number => random.next() ** 4
const same = (guardrail: Versions['guardrail'], level: (random: Random) => number): Versions => ({
  guardrail,
  caller: (random) => {
    const value = level(random)
    return { stable: value, candidate: value }
  },
})

const errorRate = (margin: number): GuardrailConfig => ({ kind: 'error-rate', margin })
const DEFAULTS = {
  'error-rate': errorRate(0.01),
  latency: { kind: 'latency', objective: 'relative', margin: 0.05 },
  'prediction-shift': { kind: 'prediction-shift', margin: 0.15 },
  outcome: { kind: 'outcome', margin: 0.05 },
} as const satisfies Record<string, GuardrailConfig>

interface Case {
  readonly name: string
  readonly guardrail: GuardrailConfig
  readonly versions: Versions
}

/** Looks until a rollback; undefined where there is none. */
interface Ends {
  readonly before: number | undefined
  readonly now: number | undefined
  readonly tells: boolean
}

function run(random: Random, population: Population, { guardrail, versions }: Case): Ends {
  let before: number | undefined
  let now: number | undefined
  let tells = false
  let look = 0
  for (const split of step(random, population, versions)) {
    look++
    if (before === undefined && logEOfRequests(guardrail, split) >= Math.log(STEPS / ALPHA)) before = look
    if (now === undefined) {
      const seen = compareCallers(guardrail.kind, [split])
      tells = Math.min(seen.candidate.n, seen.stable.n) >= MIN_CALLERS
      const rule = { threshold: thresholdOf(STEPS, look, ALPHA), alpha: ALPHA, objective: null }
      if (mayFail(guardrail, seen) && judge(guardrail, seen, rule).verdict === 'fail') now = look
    }
    if (before !== undefined && now !== undefined) break
  }
  return { before, now, tells }
}

/** Only what is seen beyond the margin can be proven to be: saves most of the time. */
function mayFail({ kind, margin }: GuardrailConfig, { candidate, stable }: Comparison): boolean {
  const excess = candidate.sum / candidate.n - stable.sum / stable.n
  return kind === 'prediction-shift' ? Math.abs(excess) > margin : excess > margin
}

/** The rule before: sums over requests. */
function logEOfRequests({ kind, margin }: GuardrailConfig, split: SplitEvidence): number {
  const sums = (arm: 'stable' | 'candidate'): { n: number; sum: number; sumSquares: number } => {
    const total = { n: 0, sum: 0, sumSquares: 0 }
    for (const caller of split.groups[0]?.callers ?? []) {
      const seen = caller[arm]
      if (!seen) continue
      const sum = {
        'error-rate': seen.errors,
        latency: seen.slow,
        outcome: seen.lossSum,
        'prediction-shift': seen.rankSum,
      }
      total.n += seen.requests
      total.sum += sum[kind]
      total.sumSquares += sum[kind] ** 2 / seen.requests + 0.01 * seen.requests
    }
    return total
  }
  return kind === 'prediction-shift'
    ? logEShift(sums('candidate'), 0.5, margin)
    : logEDifference(sums('candidate'), sums('stable'), margin)
}

const healthy: readonly Case[] = [
  {
    name: 'error-rate: 2 % of the callers always fail',
    guardrail: DEFAULTS['error-rate'],
    versions: same('error-rate', some(0.02, 1, 0.01)),
  },
  {
    name: 'error-rate, margin 0.2 points: the same',
    guardrail: errorRate(0.002),
    versions: same('error-rate', some(0.02, 1, 0.01)),
  },
  {
    name: 'latency: 10 % of the callers are slow in 80 % of their requests',
    guardrail: DEFAULTS.latency,
    versions: same('latency', some(0.1, 0.8, 0.01)),
  },
  {
    name: 'prediction-shift: each caller’s scores lie together',
    guardrail: DEFAULTS['prediction-shift'],
    versions: same('prediction-shift', uniform),
  },
  {
    name: 'outcome: some callers are much harder to predict',
    guardrail: DEFAULTS.outcome,
    versions: same('outcome', hard),
  },
]
const atTheMargin: readonly Case[] = [
  {
    name: 'error-rate: all callers fail one point more often',
    guardrail: DEFAULTS['error-rate'],
    versions: { guardrail: 'error-rate', caller: () => ({ stable: 0.02, candidate: 0.03 }) },
  },
  {
    name: 'error-rate: one more caller of a hundred always fails',
    guardrail: DEFAULTS['error-rate'],
    versions: {
      guardrail: 'error-rate',
      caller: (random) => {
        const place = random.next()
        return { stable: place < 0.02 ? 1 : 0, candidate: place < 0.03 ? 1 : 0 }
      },
    },
  },
  {
    name: 'prediction-shift: 0.15 further than stable',
    guardrail: DEFAULTS['prediction-shift'],
    versions: {
      guardrail: 'prediction-shift',
      caller: (random) => {
        const rank = 0.8 * random.next() + 0.1
        return { stable: rank, candidate: Math.min(1, rank + 0.15) }
      },
    },
  },
]

function falseAlarms(cases: readonly Case[], populations: readonly Population[]): number {
  let worst = 0
  row(
    'Guardrail',
    'Callers',
    'Candidate',
    'Requests as witnesses',
    'Callers as witnesses',
    '95 % interval',
    'Enough callers to pass',
  )
  row('---', '---:', '---:', '---:', '---:', '---:', '---:')
  for (const one of cases) {
    for (const population of populations) {
      const random = createRandom(20260601 + population.callers + population.percent)
      const ends = Array.from({ length: RUNS }, () => run(random, population, one))
      const now = ends.filter((end) => end.now !== undefined).length
      const before = ends.filter((end) => end.before !== undefined).length
      worst = Math.max(worst, now / RUNS)
      const bounds = wilson(now, RUNS, 0.95)
      row(
        one.name,
        population.callers.toLocaleString('en-US'),
        `${population.percent} %`,
        percent(before / RUNS),
        percent(now / RUNS),
        bounds ? `${percent(bounds.low)} – ${percent(bounds.high)}` : '',
        percent(ends.filter(({ tells }) => tells).length / RUNS),
      )
    }
  }
  return worst
}

const populations = (
  sizes: readonly number[],
  shares: readonly number[],
  requests: number,
  looks: number,
): Population[] => sizes.flatMap((callers) => shares.map((share) => ({ callers, requests, looks, percent: share })))

say('# Rollout: false rollbacks, and what finding harm takes')
say()
say(`\`node_modules/.bin/node bench/simulate-rollout.ts --runs ${RUNS} --out bench/results/simulate-rollout.md\``)
say()
say(
  'Traffic of Zipf-distributed callers (exponent 1). One step with the whole level of 1 %, which a plan of four steps divides among them. “Requests as witnesses” is the rule before: an e-process over sums of requests.',
)
say()
say('## The two versions are the same: share of steps that roll back (promised: at most 1 %)')
say()
say(`${RUNS.toLocaleString('en-US')} runs a line, 20,000 requests, 10 looks.`)
say()
const worst = falseAlarms(healthy, populations([50, 100, 200, 1000, 3000], [5, 50], 20_000, 10))
say()
say('## The candidate is as much worse as the margin allows')
say()
const worstAtMargin = falseAlarms(atTheMargin, populations([200, 2000], [5, 50], 20_000, 10))
say()
say(`Highest share of any line: ${percent(worst)} of the same versions, ${percent(worstAtMargin)} at the margin.`)

interface Fault extends Case {
  readonly name: string
}
const broken = (share: number) => (random: Random) => {
  const place = random.next()
  return { stable: place < 0.02 ? 1 : 0.01, candidate: place < 0.02 + share ? 1 : 0.01 }
}
const faults: readonly Fault[] = [
  {
    name: 'errors 2 % → 3 %, margin 0.2 points',
    guardrail: errorRate(0.002),
    versions: { guardrail: 'error-rate', caller: () => ({ stable: 0.02, candidate: 0.03 }) },
  },
  {
    name: 'errors 2 % → 10 %',
    guardrail: DEFAULTS['error-rate'],
    versions: { guardrail: 'error-rate', caller: () => ({ stable: 0.02, candidate: 0.1 }) },
  },
  {
    name: 'errors 1 % → 10 %, and 2 % of the callers always fail',
    guardrail: DEFAULTS['error-rate'],
    versions: {
      guardrail: 'error-rate',
      caller: (random) => (random.next() < 0.02 ? { stable: 1, candidate: 1 } : { stable: 0.01, candidate: 0.1 }),
    },
  },
  {
    name: 'a segment: every request of 5 % of the callers fails',
    guardrail: DEFAULTS['error-rate'],
    versions: { guardrail: 'error-rate', caller: broken(0.05) },
  },
  {
    name: 'a segment: every request of 20 % of the callers fails',
    guardrail: DEFAULTS['error-rate'],
    versions: { guardrail: 'error-rate', caller: broken(0.2) },
  },
  {
    name: 'every request is slow',
    guardrail: DEFAULTS.latency,
    versions: { guardrail: 'latency', caller: () => ({ stable: 0.02, candidate: 1 }) },
  },
  {
    name: 'scores shift from a mean rank of 0.5 to 0.8',
    guardrail: DEFAULTS['prediction-shift'],
    versions: {
      guardrail: 'prediction-shift',
      caller: (random) => {
        const rank = random.next()
        return { stable: rank, candidate: 1 - (1 - rank) * 0.4 }
      },
    },
  },
  {
    name: 'mean loss 0.2 → 0.35',
    guardrail: DEFAULTS.outcome,
    versions: {
      guardrail: 'outcome',
      caller: (random) => {
        const loss = hard(random)
        return { stable: loss, candidate: loss + 0.1875 * (1 - loss) }
      },
    },
  },
]

say()
say('## The candidate does harm: share of steps that roll back, and requests until half of them have')
say()
say(`${POWER_RUNS} runs a line, 100,000 requests of all callers together, 20 looks.`)
say()
row('Fault', 'Callers', 'Candidate', 'Requests as witnesses', 'until', 'Callers as witnesses', 'until')
row('---', '---:', '---:', '---:', '---:', '---:', '---:')
const LOOKS = 20
const REQUESTS = 100_000
for (const fault of faults) {
  for (const population of populations([200, 1000, 3000], [5, 50, 100], REQUESTS, LOOKS)) {
    const random = createRandom(20260602)
    const ends = Array.from({ length: POWER_RUNS }, () => run(random, population, fault))
    const told = (which: 'before' | 'now'): readonly [string, string] => {
      const looks = ends.map((end) => end[which] ?? Infinity).toSorted((a, b) => a - b)
      const half = looks[Math.floor(POWER_RUNS / 2)] ?? Infinity
      const found = looks.filter(Number.isFinite).length / POWER_RUNS
      const requests = Number.isFinite(half) ? Math.round((half * REQUESTS) / LOOKS).toLocaleString('en-US') : '–'
      return [percent(found), requests]
    }
    const share = population.percent === 100 ? '100 % (stable mirrored)' : `${population.percent} %`
    row(fault.name, population.callers.toLocaleString('en-US'), share, ...told('before'), ...told('now'))
  }
}
say()
const text = `${lines.join('\n')}`
console.log(text)
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`)
if (options.out !== undefined) writeFileSync(options.out, text)
