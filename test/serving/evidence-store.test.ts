import { describe, expect, test } from 'vitest'
import { EvidenceStore } from '../../src/serving/evidence-store.ts'

const START = Date.UTC(2026, 5, 1)
const fine = { failed: false, ms: 3, ranks: [0.5] }
const ask = { rolloutId: 'r', from: START, to: START + 86_400_000, step: 60_000, objective: 250 }

describe('the evidence store', () => {
  test('counts the requests over whatever objective is asked for, to within its 5 % grid', () => {
    const store = new EvidenceStore()
    for (const ms of [10, 90, 120, 249, 250, 270, 900]) store.observe('stable', null, START, { ...fine, ms })
    const slow = (objective: number): number | undefined =>
      store.windows({ ...ask, objective, now: START + 60_000 })[0]?.arms.stable.slow
    expect([5, 100, 250, 1000].map(slow)).toEqual([7, 5, 2, 0])
  })

  test('keeps the rollouts apart on the candidate’s side; stable counts for all', () => {
    const store = new EvidenceStore()
    store.observe('candidate', 'old', START, fine)
    store.observe('stable', 'old', START, fine)
    store.observe('candidate', 'r', START + 10, fine)
    const [window] = store.windows({ ...ask, now: START + 60_000 })
    expect(window?.arms).toMatchObject({ candidate: { requests: 1 }, stable: { requests: 1 } })
  })

  test('a clock that goes back counts into the newest bucket, so that a window once read never changes', () => {
    const store = new EvidenceStore()
    store.observe('stable', null, START + 120_000, fine)
    const before = store.windows({ ...ask, now: START + 60_000 })
    store.observe('stable', null, START + 1000, fine)
    expect(store.windows({ ...ask, now: START + 60_000 })).toEqual(before)
  })

  test('merges what is older than an hour and forgets what is older than a day, losing no count in between', () => {
    const store = new EvidenceStore()
    for (let minute = 0; minute < 30 * 60; minute++) store.observe('stable', null, START + minute * 60_000, fine)
    const windows = store.windows({ ...ask, to: START + 48 * 3_600_000, now: START + 30 * 3_600_000 })
    expect(windows.length).toBeGreaterThan(23.5 * 60)
    expect(windows.length).toBeLessThan(25.5 * 60)
    expect(windows.every((window) => window.arms.stable.requests === 1)).toBe(true)
  })
})
