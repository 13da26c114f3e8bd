import { describe, expect, test } from 'vitest'
import { EvidenceStore, type Origin, type Split } from '../../src/serving/evidence-store.ts'
import { Exposure } from '../../src/serving/exposure.ts'

const START = Date.UTC(2026, 5, 1)
const MINUTE = 60_000
const fine = { failed: false, ms: 3, ranks: [0.5] }
const ask = { rolloutId: 'r', from: START, to: START + 86_400_000, step: MINUTE }
const canary = (rolloutId: string, percent: number, since = START): Split => ({
  rolloutId,
  mode: 'canary',
  percent,
  since,
})
const of = (split: Split | null, sample = 1, keyed = true): Origin => ({ split, caller: { sample, keyed } })

describe('the numbers of requests', () => {
  test('are kept apart by rollout on the candidate’s side; stable counts for all', () => {
    const store = new EvidenceStore()
    store.observe('candidate', of(canary('old', 5)), START, fine)
    store.observe('stable', of(canary('old', 5)), START, fine)
    store.observe('candidate', of(canary('r', 5)), START + 10, fine)
    const [window] = store.windows({ ...ask, now: START + MINUTE })
    expect(window).toMatchObject({ requests: { candidate: 1, stable: 1, shadow: 0 }, refused: 0 })
  })

  test('a clock that goes back counts into the newest bucket, so that a window once read never changes', () => {
    const store = new EvidenceStore()
    store.observe('stable', of(null), START + 120_000, fine)
    const before = store.windows({ ...ask, now: START + MINUTE })
    store.observe('stable', of(null), START + 1000, fine)
    expect(store.windows({ ...ask, now: START + MINUTE })).toEqual(before)
  })

  test('what was counted under a clock that was wrong does not stop what comes after it', () => {
    const store = new EvidenceStore()
    store.observe('stable', of(null), START + 365 * 86_400_000, fine)
    store.observe('stable', of(null), START + 1000, fine)
    expect(store.windows({ ...ask, now: START + MINUTE })).toMatchObject([{ start: START, requests: { stable: 1 } }])
  })

  test('merges what is older than an hour and forgets what is older than a day, losing no count in between', () => {
    const store = new EvidenceStore()
    for (let minute = 0; minute < 30 * 60; minute++) store.observe('stable', of(null), START + minute * MINUTE, fine)
    const windows = store.windows({ ...ask, to: START + 48 * 3_600_000, now: START + 30 * 3_600_000 })
    expect(windows.length).toBeGreaterThan(23.5 * 60)
    expect(windows.length).toBeLessThan(25.5 * 60)
    expect(windows.every((window) => window.requests.stable === 1)).toBe(true)
  })
})

describe('exposure', () => {
  const exposed = (exposure: Exposure, now: number): readonly number[] =>
    new EvidenceStore().windows({ ...ask, now, exposure }).map((window) => window.exposed)

  test('counts from when a split was taken over to the end of its lease, and again from its renewal', () => {
    const exposure = new Exposure()
    exposure.set(START + 30_000, START + 90_000)
    expect(exposed(exposure, START + 5 * MINUTE)).toEqual([30_000, 30_000])
    exposure.set(START + 4 * MINUTE, START + 6 * MINUTE)
    expect(exposed(exposure, START + 5 * MINUTE)).toEqual([30_000, 30_000, MINUTE])
  })

  test('a renewal before its end goes on without a gap, and a candidate that is gone ends it', () => {
    const exposure = new Exposure()
    exposure.set(START, START + 2 * MINUTE)
    exposure.set(START + MINUTE, START + 10 * MINUTE)
    exposure.set(START + 3 * MINUTE, null)
    expect(exposed(exposure, START + 5 * MINUTE)).toEqual([MINUTE, MINUTE, MINUTE])
  })
})

describe('the callers', () => {
  test('have one row each, whatever they send', () => {
    const store = new EvidenceStore()
    for (let i = 0; i < 50; i++) store.observe('candidate', of(canary('r', 50), 7), START, { ...fine, failed: i < 20 })
    store.observe('stable', of(canary('r', 50), 8), START, fine)
    const [split] = store.splits('r', 250).splits
    const sums = { slow: 0, outcomes: 0, lossSum: 0 }
    expect(split?.groups).toEqual([
      {
        keyed: true,
        kept: { stable: 1, candidate: 1 },
        callers: [
          { stable: { ...sums, requests: 1, errors: 0, ranks: 1, rankSum: 0.5 }, candidate: null },
          { stable: null, candidate: { ...sums, requests: 50, errors: 20, ranks: 50, rankSum: 25 } },
        ],
      },
    ])
  })

  test('are bounded: of many, a random sample whose share is told, each with all that it sent', () => {
    const store = new EvidenceStore()
    const n = 20_000
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < n; i++) store.observe('candidate', of(canary('r', 50), (i * 2 ** 48) / n), START, fine)
    }
    const [group] = store.splits('r', 250).splits[0]?.groups ?? []
    expect(group?.callers).toHaveLength(2000)
    expect(group?.kept.candidate).toBeCloseTo(0.1, 3)
    expect(group?.callers.every(({ candidate }) => candidate?.requests === 3)).toBe(true)
  })

  test('a flood without keys pushes out no caller with a key', () => {
    const store = new EvidenceStore()
    store.observe('candidate', of(canary('r', 50), 2 ** 48 - 1), START, fine)
    for (let i = 0; i < 10_000; i++) store.observe('candidate', of(canary('r', 50), i, false), START, fine)
    const groups = store.splits('r', 250).splits[0]?.groups ?? []
    expect(groups.map(({ keyed, callers }) => [keyed, callers.length])).toEqual([
      [true, 1],
      [false, 2000],
    ])
  })

  test('an outcome counts for the split under which the prediction was made; a rollout that is over opens none', () => {
    const store = new EvidenceStore()
    const [first, second] = [canary('r', 5), canary('r', 50, START + 1)]
    store.observe('candidate', of(first), START, fine)
    store.observe('candidate', of(second), START, fine)
    store.outcome('candidate', of(first), 1)
    store.outcome('candidate', of(canary('older', 5)), 1)
    store.observe('shadow', of({ ...canary('older', 0), mode: 'shadow' }), START, fine)
    const losses = store.splits('r', 250).splits.map(({ groups }) => groups[0]?.callers[0]?.candidate?.lossSum)
    expect(losses).toEqual([1, 0])
    expect(store.splits('older', 250).splits).toEqual([])
  })

  test('a rollout that is tried again begins with new callers, and its present split is the last', () => {
    const store = new EvidenceStore()
    const again = canary('r', 5, START + MINUTE)
    for (const split of [canary('r', 5), canary('r', 50), again]) store.observe('candidate', of(split), START, fine)
    expect(store.splits('r', 250).splits.map(({ percent }) => percent)).toEqual([5, 50, 5])
  })
})

describe('latency', () => {
  const slow = (objective: number | 'relative', stable: readonly number[], candidate: readonly number[]) => {
    const store = new EvidenceStore()
    const split = canary('r', 50)
    for (const [i, ms] of stable.entries()) store.observe('stable', of(split, i), START, { ...fine, ms })
    for (const [i, ms] of candidate.entries()) store.observe('candidate', of(split, 1000 + i), START, { ...fine, ms })
    const answer = store.splits('r', objective)
    const callers = answer.splits[0]?.groups[0]?.callers ?? []
    const count = (arm: 'stable' | 'candidate'): number =>
      callers.reduce((total, caller) => total + (caller[arm]?.slow ?? 0), 0)
    return { objective: answer.objective, stable: count('stable'), candidate: count('candidate') }
  }
  const times = (n: number, ms: number): readonly number[] => Array.from({ length: n }, () => ms)

  test('counts the requests over whatever objective is asked for, to within its 5 % grid', () => {
    const all = [10, 90, 120, 249, 250, 270, 900]
    expect([5, 100, 250, 1000].map((objective) => slow(objective, all, []).stable)).toEqual([7, 5, 2, 0])
  })

  test('relative: over twice what 95 % of stable’s take; from 1 ms to 50 ms every request is slow', () => {
    expect(slow('relative', times(100, 20), times(100, 45))).toMatchObject({ stable: 0, candidate: 100 })
    expect(slow('relative', times(100, 20), times(100, 35))).toMatchObject({ stable: 0, candidate: 0 })
    expect(slow('relative', times(100, 1), times(100, 50))).toMatchObject({ objective: 5, stable: 0, candidate: 100 })
    expect(slow('relative', times(100, 1), times(100, 4))).toMatchObject({ stable: 0, candidate: 0 })
  })

  test.each([
    ['slow', 400, 10],
    ['fast', 1, 100],
  ])('relative: one caller with many %s requests does not set the objective for all', (_which, own, others) => {
    const store = new EvidenceStore()
    const split = canary('r', 50)
    for (let i = 0; i < 1000; i++) store.observe('stable', of(split, 0), START, { ...fine, ms: own })
    for (let i = 1; i < 100; i++) store.observe('stable', of(split, i), START, { ...fine, ms: others })
    const objective = store.splits('r', 'relative').objective ?? 0
    expect(objective / others).toBeGreaterThanOrEqual(2)
    expect(objective / others).toBeLessThan(2.11)
  })

  test('relative: nothing is slow while stable has answered nobody', () => {
    expect(slow('relative', [], times(10, 5000))).toEqual({ objective: null, stable: 0, candidate: 0 })
  })
})
