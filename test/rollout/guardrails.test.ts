import { describe, expect, test } from 'vitest'
import type { GuardrailConfig, StageConfig } from '../../src/config/schema.ts'
import { compareCallers, splitDeviation } from '../../src/rollout/callers.ts'
import { countEvidence, freshGuardrails, judge, thresholdOf } from '../../src/rollout/guardrails.ts'
import { start } from '../../src/rollout/transitions.ts'
import { emptyState } from '../../src/rollout/recover.ts'
import type { ActiveRollout, ArmSums, CallerSums, EvidenceWindow, SplitEvidence } from '../../src/rollout/types.ts'
import { config, MINUTE, START, version } from './world.ts'

const nothing: ArmSums = { requests: 0, errors: 0, slow: 0, ranks: 0, rankSum: 0, outcomes: 0, lossSum: 0 }
const failing = (errors: number, requests = 1): ArmSums => ({ ...nothing, requests, errors })
const ranked = (rank: number): ArmSums => ({ ...nothing, requests: 1, ranks: 1, rankSum: rank })
const lost = (loss: number): ArmSums => ({ ...nothing, requests: 1, outcomes: 1, lossSum: loss })

/** n callers of whom `bad` have the one value and the others the other. */
const some = (n: number, bad: number, value: (is: number) => ArmSums): ArmSums[] =>
  Array.from({ length: n }, (_, i) => value(i < bad ? 1 : 0))
/** n callers whose ranks lie around a mean. */
const around = (n: number, mean: number): ArmSums[] =>
  Array.from({ length: n }, (_, i) => ranked(mean + (i % 2 === 0 ? 0.04 : -0.04)))

function canary(
  percent: number,
  candidate: readonly ArmSums[],
  stable: readonly ArmSums[],
  keyed = true,
): SplitEvidence {
  const callers: CallerSums[] = [
    ...candidate.map((sums) => ({ candidate: sums, stable: null })),
    ...stable.map((sums) => ({ candidate: null, stable: sums })),
  ]
  return { mode: 'canary', percent, groups: [{ keyed, kept: { stable: 1, candidate: 1 }, callers }] }
}

function mirrored(candidate: readonly ArmSums[], stable: readonly ArmSums[], mode: 'shadow' | 'canary'): SplitEvidence {
  const callers = candidate.map((sums, i) => ({ candidate: sums, stable: stable[i] ?? null }))
  return {
    mode,
    percent: mode === 'shadow' ? 0 : 100,
    groups: [{ keyed: true, kept: { stable: 1, candidate: 1 }, callers }],
  }
}

const errorRate: GuardrailConfig = { kind: 'error-rate', margin: 0.02 }
const shift: GuardrailConfig = { kind: 'prediction-shift', margin: 0.15 }
const outcome: GuardrailConfig = { kind: 'outcome', margin: 0.05 }
const rule = { threshold: Math.log(800), alpha: 0.01, objective: null }
const verdictOf = (guardrail: GuardrailConfig, ...splits: readonly SplitEvidence[]) =>
  judge(guardrail, compareCallers(guardrail.kind, splits), rule)

describe('one caller is one', () => {
  test('a caller who fails a thousand times weighs what a caller who fails once does', () => {
    const loud = [failing(1000, 1000), ...some(99, 0, failing)]
    const still = [failing(1), ...some(99, 0, failing)]
    const seen = [loud, still].map((callers) => verdictOf(errorRate, canary(50, callers, some(100, 0, failing))))
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]).toMatchObject({ verdict: 'pass', candidate: { n: 100, sum: 1 } })
  })

  test('twenty bad requests of one key neither roll a healthy candidate back nor hide a bad one', () => {
    const healthy = canary(50, [failing(20, 20), ...some(60, 0, failing)], some(60, 0, failing))
    expect(verdictOf(errorRate, healthy).verdict).toBe('pass')
    const harmful = canary(50, some(60, 20, failing), [failing(20, 20), ...some(60, 0, failing)])
    expect(verdictOf(errorRate, harmful).verdict).toBe('fail')
  })

  test('a flood without keys does not drown what callers with a key see', () => {
    const [keyed] = canary(50, some(100, 30, failing), some(100, 0, failing)).groups
    const flood = canary(50, some(2000, 0, failing), some(2000, 0, failing), false)
    const both = { ...flood, groups: [keyed as SplitEvidence['groups'][number], ...flood.groups] }
    expect(verdictOf(errorRate, both).verdict).toBe('fail')
  })

  test('a sample of an arm weighs as the arm', () => {
    // 2,000 of 38,000 callers of stable, and all 2,000 of the candidate: half of the sample is the candidate's.
    const split = canary(5, some(2000, 100, failing), some(2000, 100, failing))
    const group = {
      ...split.groups[0],
      kept: { stable: 2000 / 38_000, candidate: 1 },
    } as SplitEvidence['groups'][number]
    expect(splitDeviation({ ...split, groups: [group] })).toBeCloseTo(0, 9)
    expect(splitDeviation(split)).toBeGreaterThan(50)
    const other = {
      ...split.groups[0],
      kept: { stable: 1, candidate: 2000 / 38_000 },
    } as SplitEvidence['groups'][number]
    expect(splitDeviation({ ...split, percent: 95, groups: [other] })).toBeCloseTo(0, 9)
  })
})

describe('the verdicts at their limits', () => {
  test.each([
    // candidate's callers, of them failing; stable's, of them failing
    [49, 0, 500, 0, 'no-data'],
    [50, 0, 500, 0, 'pass'],
    [500, 0, 49, 0, 'no-data'],
    [500, 0, 50, 0, 'pass'],
    [0, 0, 500, 0, 'no-data'],
    [500, 0, 0, 0, 'no-data'],
    [100, 4, 100, 2, 'pass'], // at the margin of two points
    [100, 5, 100, 2, 'inconclusive'],
    [100, 40, 100, 2, 'fail'],
    [20, 20, 380, 0, 'fail'], // few callers pass nothing, but proof is proof
  ] as const)('error-rate: %i callers, %i failing, against %i, %i failing: %s', (n, bad, others, also, verdict) => {
    const percent = n + others > 0 ? (100 * Math.max(n, 1)) / (n + others) : 50
    expect(
      verdictOf(errorRate, canary(Math.min(percent, 99), some(n, bad, failing), some(others, also, failing))),
    ).toMatchObject({
      verdict,
    })
  })

  test('too few callers to tell is said as that, with how many it takes', () => {
    const seen = verdictOf(errorRate, canary(10, some(12, 0, failing), some(108, 0, failing)))
    expect(seen.sentence).toContain('cannot tell from 12 callers of an arm (needs 50)')
  })

  test.each([
    // stable's mean rank, the candidate's
    [0.5, 0.5, 'pass'],
    [0.5, 0.64, 'pass'],
    [0.64, 0.66, 'pass'], // both: the traffic has changed
    [0.9, 0.9, 'pass'],
    [0.1, 0.1, 'pass'],
    [0.66, 0.95, 'fail'],
    [0.34, 0.05, 'fail'],
    [0.5, 0.9, 'fail'],
    [0.5, 0.1, 'fail'],
    [0.68, 0.5, 'pass'], // stable has aged, the candidate has not
    [0.7, 0.3, 'fail'], // away from the holdout, and to the other side than stable
    [0.5, 0.655, 'inconclusive'],
  ] as const)('prediction-shift: stable %f, candidate %f: %s', (stable, candidate, verdict) => {
    for (const split of [
      canary(50, around(400, candidate), around(400, stable)),
      mirrored(around(400, candidate), around(400, stable), 'shadow'),
    ]) {
      expect(verdictOf(shift, split).verdict).toBe(verdict)
    }
  })

  test('a shift of both is told as drift', () => {
    const { sentence } = verdictOf(shift, canary(50, around(400, 0.66), around(400, 0.64)))
    expect(sentence).toContain('the traffic has changed')
    expect(sentence).toContain('mean rank 0.66 of 400 callers')
  })

  test('latency from 1 ms to 50 ms fails by default: every request of the candidate is over the objective', () => {
    const slow = (is: number): ArmSums => ({ ...nothing, requests: 10, slow: 10 * is })
    const latency: GuardrailConfig = { kind: 'latency', objective: 'relative', margin: 0.05 }
    const seen = compareCallers('latency', [canary(50, some(60, 60, slow), some(60, 0, slow))])
    const { verdict, sentence } = judge(latency, seen, { ...rule, objective: 5 })
    expect(verdict).toBe('fail')
    expect(sentence).toContain('100 % over 5ms (mean of 60 callers)')
  })

  test('mirrored, each caller is compared with itself: callers who always fail say nothing about the candidate', () => {
    // Thirty of hundred callers fail with both; five more with the candidate, 15 more of it.
    const pair = (more: number) => mirrored(some(400, 120 + more, failing), some(400, 120, failing), 'canary')
    expect(verdictOf(errorRate, pair(8)).verdict).toBe('pass')
    expect(verdictOf(errorRate, pair(40)).verdict).toBe('fail')
    expect(verdictOf(errorRate, canary(50, some(400, 160, failing), some(400, 120, failing))).verdict).toBe(
      'inconclusive',
    )
  })

  test('outcomes count for the split under which the prediction was made', () => {
    const both = (is: number): ArmSums => ({ ...lost(is), errors: is })
    const earlier = canary(5, some(100, 80, both), some(1900, 380, both))
    const now = canary(50, some(30, 6, lost), some(30, 6, lost))
    expect(verdictOf(outcome, earlier, now).verdict).toBe('fail')
    expect(verdictOf(errorRate, earlier, canary(50, some(60, 0, failing), some(60, 0, failing))).verdict).toBe('pass')
  })

  test('the stable of several steps is weighed as the candidate’s callers are: a change in time is no difference', () => {
    // Losses rise from 10 % to 50 % between the steps, for both; the shares of the arms differ.
    const earlier = canary(5, some(100, 10, lost), some(1900, 190, lost))
    const now = canary(50, some(1000, 500, lost), some(1000, 500, lost))
    const { candidate, stable, verdict } = verdictOf(outcome, earlier, now)
    expect(verdict).toBe('pass')
    expect(stable.sum / stable.n).toBeCloseTo(candidate.sum / candidate.n, 9)
  })
})

describe('the level', () => {
  test('is divided among the steps and the looks: all of them together have it once', () => {
    const share = (steps: number, look: number): number => Math.exp(-thresholdOf(steps, look, 0.01))
    expect(share(1, 1)).toBeCloseTo(0.005, 12)
    expect(share(4, 1)).toBeCloseTo(0.005 / 4, 12)
    expect(share(4, 3)).toBeCloseTo(0.01 / 4 / 12, 12)
    let all = 0
    for (let look = 1; look <= 100_000; look++) all += 4 * share(4, look)
    expect(all).toBeLessThan(0.01)
    expect(all).toBeGreaterThan(0.0099)
  })
})

const canaryStage: StageConfig = { kind: 'canary', percent: 50, for: 0, requests: 0 }
const shadowStage: StageConfig = { kind: 'shadow', for: 0, requests: 10 }

function rollout(stages: readonly StageConfig[], more: Partial<ActiveRollout> = {}): ActiveRollout {
  const state = { ...emptyState('churn', 'production'), stable: version(1) }
  return { ...start(state, version(2), { ...config, stages, guardrails: [errorRate] }, START).rollout, ...more }
}
const minute = (more: Partial<EvidenceWindow> = {}): EvidenceWindow => ({
  start: START,
  end: START + MINUTE,
  exposed: MINUTE,
  requests: { stable: 5, candidate: 7, shadow: 11 },
  refused: 3,
  ...more,
})

describe('counting', () => {
  const counted = (stage: StageConfig, windows: readonly EvidenceWindow[], more: Partial<ActiveRollout> = {}) =>
    countEvidence(rollout([stage], more), stage, { windows, splits: [], objective: null }, 0.01)

  test('adds the requests of the arm that is judged, and the time in force, to what was counted before', () => {
    const before = { stepRequests: 100, exposedMs: 5000, looks: 2 }
    const windows = [minute(), minute({ exposed: 30_000 }), minute({ exposed: 0 })]
    expect(counted(canaryStage, windows, before)).toMatchObject({ stepRequests: 121, exposedMs: 95_000, looks: 3 })
    expect(counted(shadowStage, windows, before)).toMatchObject({ stepRequests: 133, exposedMs: 95_000, looks: 3 })
  })

  test.each([
    ['negative requests', minute({ requests: { stable: 1, candidate: -1, shadow: 1 } })],
    ['no number', minute({ requests: { stable: Number.NaN, candidate: 1, shadow: 1 } })],
    ['more exposure than time', minute({ exposed: MINUTE + 1 })],
    ['negative exposure', minute({ exposed: -1 })],
  ])('leaves out a window with %s', (_what, window) => {
    expect(counted(canaryStage, [window])).toMatchObject({ stepRequests: 0, exposedMs: 0 })
  })

  test('judges a step only on its own split', () => {
    const split = canary(50, some(100, 50, failing), some(100, 0, failing))
    const judged = (stage: StageConfig, splits: readonly SplitEvidence[]) =>
      countEvidence(rollout([stage]), stage, { windows: [], splits, objective: null }, 0.01).guardrailStates[0]?.verdict
    expect(judged(canaryStage, [split])).toBe('fail')
    expect(judged({ ...canaryStage, percent: 25 }, [split])).toBe('no-data')
    expect(judged(shadowStage, [split])).toBe('no-data')
    expect(judged(canaryStage, [split, mirrored([], [], 'shadow')])).toBe('no-data')
    expect(judged(canaryStage, [])).toBe('no-data')
  })

  test('divides the level among the steps: what fails a plan of one step does not fail the same step of a longer plan', () => {
    // With `full`, the plans have two steps and five; the log E is 6.55, between ln(2 · 2/0.01) and ln(5 · 2/0.01).
    const split = canary(50, some(100, 14, failing), some(100, 0, failing))
    const verdict = (stages: readonly StageConfig[]) => {
      const [seen] = countEvidence(
        rollout(stages),
        canaryStage,
        { windows: [], splits: [split], objective: null },
        0.01,
      ).guardrailStates
      return seen?.verdict
    }
    expect(verdict([canaryStage])).toBe('fail')
    const longer = [5, 10, 25].map((percent): StageConfig => ({ ...canaryStage, percent }))
    expect(verdict([...longer, canaryStage])).toBe('inconclusive')
  })

  test('callers with and without keys have half of it each', () => {
    const one = canary(50, some(100, 14, failing), some(100, 0, failing))
    const quiet = canary(50, some(100, 1, failing), some(100, 1, failing), false)
    const at = { ...rule, threshold: 6.2 }
    const verdict = (split: SplitEvidence) => judge(errorRate, compareCallers('error-rate', [split]), at).verdict
    expect(verdict(one)).toBe('fail')
    expect(verdict({ ...one, groups: [...one.groups, ...quiet.groups] })).toBe('inconclusive')
  })

  test('a later look has less of the level', () => {
    const split = canary(50, some(100, 14, failing), some(100, 0, failing))
    const verdict = (looks: number) =>
      countEvidence(
        rollout([canaryStage], { looks }),
        canaryStage,
        { windows: [], splits: [split], objective: null },
        0.01,
      ).guardrailStates[0]?.verdict
    expect(verdict(0)).toBe('fail')
    expect(verdict(20)).toBe('inconclusive')
  })

  test('a caller whose sums cannot be is no caller', () => {
    const odd = [
      failing(2, 1),
      failing(-1),
      failing(Number.NaN),
      { ...failing(0), rankSum: 5 },
      { ...failing(0), lossSum: Infinity },
    ]
    const split = canary(50, [...odd, ...some(50, 0, failing)], some(50, 0, failing))
    const [state] = countEvidence(
      rollout([canaryStage]),
      canaryStage,
      { windows: [], splits: [split], objective: null },
      0.01,
    ).guardrailStates
    expect(state).toMatchObject({ candidate: { n: 50, sum: 0 }, verdict: 'pass' })
  })

  test('before anything was seen no guardrail has passed', () => {
    expect(freshGuardrails([errorRate, shift]).map(({ verdict }) => verdict)).toEqual(['no-data', 'no-data'])
  })
})
