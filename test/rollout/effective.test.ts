import { describe, expect, test } from 'vitest'
import { reconcile, wasEdited } from '../../src/rollout/effective.ts'
import type { ActiveRollout, EffectiveFile, RolloutState } from '../../src/rollout/types.ts'
import { HOUR, START, World, wants } from './world.ts'

const LEASE = 2 * HOUR
const iso = (ms: number): string => new Date(ms).toISOString()

function exposed(): { readonly state: RolloutState; readonly effective: EffectiveFile } {
  const world = World.promoted()
  world.desired = wants(2)
  world.until('canary', 5)
  return { state: world.state, effective: world.effective as EffectiveFile }
}
const { state, effective } = exposed()
const at = (left: number, renew = true) =>
  reconcile(state, { ...effective, expiresAt: iso(START + left) }, START, LEASE, renew)

describe('the lease', () => {
  test.each([
    // left of it, whether it is renewed, what is left afterwards
    [LEASE, true, LEASE],
    [LEASE / 2 + 1000, true, LEASE / 2 + 1000], // more than half: the file stays as it is
    [LEASE / 2, true, LEASE],
    [0, true, LEASE],
    [-5 * HOUR, true, LEASE],
    [LEASE + 1000, true, LEASE], // written under a wrong clock, or by hand
    [365 * 24 * HOUR, true, LEASE],
    [LEASE / 2, false, LEASE / 2], // nobody watches: it runs out
    [-1000, false, -1000],
    [365 * 24 * HOUR, false, LEASE],
  ])('with %i ms left and renew %s has %i ms left afterwards', (left, renew, after) => {
    const before = { ...effective, expiresAt: iso(START + left) }
    const result = reconcile(state, before, START, LEASE, renew)
    expect(Date.parse(result.effective?.expiresAt ?? '')).toBe(START + after)
    expect(result.effective === before).toBe(left === after)
  })

  test('a renewal counts the generation up, in state and file alike', () => {
    const renewed = at(0)
    expect(renewed.effective?.generation).toBe(state.generation + 1)
    expect(renewed.state.generation).toBe(state.generation + 1)
  })

  test('only exposure has one', () => {
    const shadow = { ...state, rollout: { ...(state.rollout as ActiveRollout), phase: 'shadow' as const, step: 1 } }
    expect(reconcile(shadow, effective, START, LEASE, true).effective).toMatchObject({
      mode: 'shadow',
      expiresAt: null,
    })
  })
})

describe('the generation', () => {
  test.each([
    [0, 0, 1],
    [5, 9, 10],
    [9, 5, 10],
  ])('goes past both the state’s (%i ahead) and the file’s (%i ahead)', (ofState, ofFile, next) => {
    const base = state.generation
    const result = reconcile(
      { ...state, generation: base + ofState },
      { ...effective, generation: base + ofFile, percent: 99 },
      START,
      LEASE,
      true,
    )
    expect(result.effective?.generation).toBe(base + next)
    expect(result.state.generation).toBe(base + next)
    expect(result.effective?.percent).toBe(5)
  })

  test('a file that is ahead is written again although it says the same: a gateway follows it no more otherwise', () => {
    const ahead = { ...effective, generation: state.generation + 7, expiresAt: iso(START + LEASE) }
    expect(wasEdited(state, ahead)).toBe(true)
    expect(reconcile(state, ahead, START, LEASE, true).effective?.generation).toBe(state.generation + 8)
  })

  test('a file that says the same at the same generation was edited by nobody', () => {
    expect(wasEdited(state, effective)).toBe(false)
    expect(wasEdited(state, { ...effective, percent: 6 })).toBe(true)
  })
})
