import { expect, test } from 'vitest'
import { steadyClock } from '../../src/core/clock.ts'

const START = Date.UTC(2026, 5, 1)
const HOUR = 3_600_000

/** A machine whose wall clock can be set; the monotonic one cannot. */
function machine() {
  const time = { wall: START, passed: 500.25 }
  const told: number[] = []
  const clock = steadyClock(
    () => time.wall,
    () => time.passed,
    (ms) => told.push(ms),
  )
  return {
    clock,
    told,
    pass(ms: number) {
      time.wall += ms
      time.passed += ms
    },
    set(ms: number) {
      time.wall += ms
    },
  }
}

test('shows the wall clock, and follows its small corrections', () => {
  const { clock, pass, set, told } = machine()
  expect(clock()).toBe(START)
  pass(HOUR)
  expect(clock()).toBe(START + HOUR)
  set(-60_000)
  expect(clock()).toBe(START + HOUR - 60_000)
  for (let i = 0; i < 10; i++) {
    set(59_000)
    clock()
  }
  expect(clock()).toBe(START + HOUR - 60_000 + 590_000)
  expect(told).toEqual([])
})

test.each([2 * HOUR, 365 * 24 * HOUR, -2 * HOUR, 60_001])(
  'goes on by itself when somebody sets the clock by %i ms, says so once, and follows again once it is set back',
  (jump) => {
    const { clock, pass, set, told } = machine()
    pass(1000)
    clock()
    set(jump)
    expect(clock()).toBe(START + 1000)
    pass(HOUR)
    expect(clock()).toBe(START + 1000 + HOUR)
    expect(told).toEqual([jump])
    set(-jump)
    expect(clock()).toBe(START + 1000 + HOUR)
    pass(HOUR)
    expect(clock()).toBe(START + 1000 + 2 * HOUR)
    expect(told).toEqual([jump])
  },
)
