import { expect, test } from 'vitest'
import type { EffectiveFile } from '../../src/rollout/types.ts'
import { isExpired, placeOf, routeOf } from '../../src/serving/split.ts'

const END = Date.UTC(2026, 5, 1)
const file = (more: Partial<EffectiveFile>): EffectiveFile => ({
  schemaVersion: 1,
  model: 'churn',
  environment: 'production',
  generation: 1,
  stable: null,
  candidate: null,
  rolloutId: 'r1',
  mode: 'canary',
  percent: 5,
  expiresAt: new Date(END).toISOString(),
  ...more,
})
const LARGEST = ((2 ** 32 - 1) / 2 ** 32) * 100
const stable = { answer: 'stable', mirror: null, live: true }
const candidate = { answer: 'candidate', mirror: null, live: true }
const nobody = { answer: 'stable', mirror: null, live: false }

test.each([
  ['canary', 5, 0, candidate],
  ['canary', 5, 4.999, candidate],
  ['canary', 5, 5, stable],
  ['canary', 99, 99, stable],
  ['canary', 0, 0, stable],
  ['canary', 100, LARGEST, { ...candidate, mirror: 'stable' }],
  ['shadow', 0, 0, { ...stable, mirror: 'shadow' }],
  ['staging', 0, 0, nobody],
  ['stable', 0, 0, nobody],
] as const)('%s at %d percent: a caller at %d', (mode, percent, position, route) => {
  const effective = file({ mode, percent })
  expect(routeOf(effective, { position, sample: 0 }, END - 1, true)).toEqual(route)
  expect(routeOf(effective, { position, sample: 0 }, END, true)).toEqual(nobody) // its lease has ended
  expect(routeOf(effective, { position, sample: 0 }, END - 1, false)).toEqual(nobody)
})

test('without an end nothing expires', () => {
  expect(isExpired(file({ expiresAt: null }), Number.MAX_SAFE_INTEGER)).toBe(false)
})

test('a place is a caller’s for a rollout, spread evenly, and says nothing of the sample', () => {
  expect(placeOf('ana', 'r1')).toEqual(placeOf('ana', 'r1'))
  expect(placeOf('ana', 'r2')).not.toEqual(placeOf('ana', 'r1'))
  const places = Array.from({ length: 4000 }, (_, i) => placeOf(`caller ${i}`, 'r1'))
  const low = places.filter(({ position }) => position < 5)
  // 200 are expected in 5 %, with a standard deviation of 14; of those half have a small sample number.
  expect(Math.abs(low.length - 200)).toBeLessThan(56)
  expect(Math.abs(low.filter(({ sample }) => sample < 2 ** 47).length - low.length / 2)).toBeLessThan(29)
})
