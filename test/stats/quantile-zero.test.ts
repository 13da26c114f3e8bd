import { describe, expect, test } from 'vitest'
import { quantile, zero } from '../../src/stats/quantile-zero.ts'

describe('the quantile of draws', () => {
  test('is that of one draw more, whatever their order, and leaves out what is undefined', () => {
    expect(quantile(Float64Array.of(5, 1, Number.NaN, 4, 2, 3), 0.5)).toBe(3)
    expect(quantile(Float64Array.of(4, 1, 3, 2), 0.25)).toBe(1.25)
    expect(quantile(Float64Array.of(4, 1, 3, 2), 0.001)).toBe(1)
    expect(quantile(Float64Array.of(2, 2, 2), 0.9)).toBe(2)
    expect(quantile(Float64Array.of(Number.NaN), 0.5)).toBeNaN()
  })
})

describe('the zero of a rising function', () => {
  const count = (f: (x: number) => number): { f: (x: number) => number; calls: () => number } => {
    let calls = 0
    return { f: (x) => (calls++, f(x)), calls: () => calls }
  }

  test('is found outwards and inwards, on either side', () => {
    expect(zero((x) => x * x - 2, { x: 0, y: -2 }, 1, 1e-6)).toBeCloseTo(Math.SQRT2, 3)
    expect(zero((x) => x - 700, { x: 0, y: -700 }, 1, 1e-6)).toBeCloseTo(700, 1)
    expect(zero((x) => x + 3, { x: 0, y: 3 }, -1, 1e-6)).toBeCloseTo(-3, 3)
    expect(zero((x) => x - 0.001, { x: 0, y: -0.001 }, 1, 1e-6)).toBeCloseTo(0.001, 4)
  })

  test('takes few values of a function that is nearly straight', () => {
    const { f, calls } = count((x) => Math.sinh(x / 3) - 1)
    expect(zero(f, { x: 0, y: -1 }, 1, 1)).toBeCloseTo(3 * Math.asinh(1), 0)
    expect(calls()).toBeLessThanOrEqual(6)
  })

  test('is the end of a flat stretch, not its start', () => {
    expect(zero((x) => (x < 5 ? -1e-12 : x - 5), { x: 0, y: -1e-12 }, 1, 1)).toBeCloseTo(5, 0)
  })
})
