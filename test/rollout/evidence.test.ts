import { describe, expect, test } from 'vitest'
import { count, newWindows } from '../../src/rollout/evidence.ts'
import { decide } from '../../src/rollout/decide.ts'
import { emptyState } from '../../src/rollout/recover.ts'
import { start } from '../../src/rollout/transitions.ts'
import type { ActiveRollout, EvidenceAnswer, EvidenceWindow } from '../../src/rollout/types.ts'
import { config, HOUR, MINUTE, START, version, wants, World } from './world.ts'

const window = (from: number, length = MINUTE): EvidenceWindow => ({
  start: START + from,
  end: START + from + length,
  exposed: length,
  requests: { stable: 0, candidate: 1, shadow: 0 },
  refused: 0,
})
const starts = (windows: readonly EvidenceWindow[]): readonly number[] =>
  windows.map((one) => (one.start - START) / MINUTE)

describe('new windows', () => {
  const all = [0, 1, 2, 3, 4].map((n) => window(n * MINUTE))

  test.each([
    [0, 5, [0, 1, 2, 3, 4]],
    [1, 5, [1, 2, 3, 4]], // from: the first that is not counted yet
    [1.001, 5, [2, 3, 4]],
    [0, 3, [0, 1, 2]], // until: an end at the limit is complete
    [0, 2.999, [0, 1]],
    [3, 3, []],
  ] as const)('from minute %f until minute %f: %j', (from, until, expected) => {
    expect(starts(newWindows(all, START + from * MINUTE, START + until * MINUTE))).toEqual(expected)
  })

  test('are in order and counted once; what overlaps or has no length is left out', () => {
    const odd = [
      window(MINUTE),
      window(0),
      window(MINUTE),
      window(90_000),
      window(3 * MINUTE, 0),
      window(4 * MINUTE, -1),
    ]
    expect(starts(newWindows(odd, START, START + HOUR))).toEqual([0, 1])
    expect(newWindows([{ ...window(0), start: Number.NaN }], START, START + HOUR)).toEqual([])
  })
})

const stable = { ...emptyState('churn', 'production'), generation: 4, stable: version(1) }
function counting(answer: Partial<EvidenceAnswer>, before: Partial<ActiveRollout> = {}) {
  const started = start(stable, version(2), config, START)
  const rollout: ActiveRollout = { ...started.rollout, phase: 'shadow', step: 1, ...before }
  const full: EvidenceAnswer = {
    now: START + 10 * MINUTE,
    generation: 4,
    rolloutId: rollout.id,
    since: START,
    loaded: [],
    failed: [],
    windows: Array.from({ length: 10 }, (_, n) => window(n * MINUTE)),
    objective: null,
    splits: [],
    ...answer,
  }
  const state = { ...started.state, rollout }
  return count(
    { state, desired: wants(2), config, evidence: full, answer: full, effective: null, now: full.now },
    rollout,
  ).rollout
}

describe('what counts for a step', () => {
  test('windows that ended at least the ingest lag ago', () => {
    const lag = config['ingest-lag']
    const until = (now: number): string | null => counting({ now }).evidenceUntil
    expect(until(START + 3 * MINUTE + lag)).toBe(new Date(START + 3 * MINUTE).toISOString())
    expect(until(START + 3 * MINUTE + lag - 1)).toBe(new Date(START + 2 * MINUTE).toISOString())
  })

  test('windows that begin when the gateway has taken the step over, and no earlier', () => {
    expect(counting({ since: START + MINUTE })).toMatchObject({ exposedMs: 8 * MINUTE })
    expect(counting({ since: START + MINUTE + 1 })).toMatchObject({ exposedMs: 7 * MINUTE })
  })

  test('nothing from before the step was decided, whatever a gateway with a wrong clock says', () => {
    const { confirmedAt } = counting({ since: START - 30 * 24 * HOUR })
    expect(confirmedAt).toBe(new Date(START).toISOString())
    expect(counting({ since: START + 30 * 24 * HOUR }).confirmedAt).toBe(new Date(START + 10 * MINUTE).toISOString())
  })

  test.each([
    [{ generation: 3 }, null],
    [{ generation: 4 }, START],
    [{ generation: 5 }, START],
    [{ rolloutId: 'another' }, null],
  ] as const)('a step is confirmed by its own rollout and generation: %j', (answer, confirmed) => {
    expect(counting(answer).confirmedAt).toBe(confirmed === null ? null : new Date(confirmed).toISOString())
  })

  test('a look without new windows is none', () => {
    const before = {
      confirmedAt: new Date(START).toISOString(),
      evidenceUntil: new Date(START + HOUR).toISOString(),
      looks: 3,
    }
    expect(counting({}, before)).toMatchObject({ looks: 3, exposedMs: 0 })
    expect(counting({}, { ...before, evidenceUntil: null })).toMatchObject({ looks: 4 })
  })
})

describe('a state from the future', () => {
  /** A canary whose state and lease were written while a clock was a year ahead. */
  function poisoned(): World {
    const world = World.promoted()
    world.desired = wants(2)
    world.until('canary', 5)
    const later = new Date(world.now + 365 * 24 * HOUR).toISOString()
    const rollout = world.state.rollout as ActiveRollout
    const times = { updatedAt: later, stepStartedAt: later, maxFrom: later, confirmedAt: later, evidenceUntil: later }
    world.state = { ...world.state, rollout: { ...rollout, ...times } }
    if (world.effective) world.effective = { ...world.effective, expiresAt: later }
    return world
  }

  test('does not stand still until then: the step counts from now, and its lease ends as every other', () => {
    const world = poisoned()
    world.pass(10).tick()
    const { rollout } = world.state
    expect(Date.parse(rollout?.updatedAt ?? '')).toBeLessThanOrEqual(world.now)
    expect(Date.parse(world.effective?.expiresAt ?? '')).toBeLessThanOrEqual(world.now + config.lease)
    world.pass(61).tick()
    expect(world.effective?.percent).toBe(50)
  })

  test('a lease that would not end is shortened although the gateway does not answer', () => {
    const world = poisoned()
    world.source = 'down'
    world.tick()
    expect(Date.parse(world.effective?.expiresAt ?? '')).toBeLessThanOrEqual(world.now + config.lease)
  })

  test('a little ahead is kept: time does not go backwards', () => {
    const world = World.promoted()
    world.desired = wants(2)
    world.until('canary', 5)
    const at = world.state.rollout?.updatedAt
    const input = { state: world.state, effective: world.effective, desired: wants(2), config }
    const decision = decide({ ...input, evidence: 'down', now: world.now - 9 * MINUTE })
    expect(decision.state.rollout?.updatedAt).toBe(at)
  })
})
