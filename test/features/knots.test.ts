import { array, assert, double, integer, oneof, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binsFor, encodePiecewise, fitKnots } from '../../src/features/knots.ts'

describe('piecewise linear encoding', () => {
  test('fills the bins below, and its own by the share passed', () => {
    const encode = (value: number) => {
      const out = new Float32Array(2)
      encodePiecewise(value, [0, 20, 30], out, 0)
      return [...out]
    }
    expect(encode(25)).toEqual([1, 0.5])
    expect(encode(-1)).toEqual([0, 0])
    expect(encode(0)).toEqual([0, 0])
    expect(encode(5)).toEqual([0.25, 0])
    expect(encode(30)).toEqual([1, 1])
    expect(encode(99)).toEqual([1, 1])
  })

  test('makes every one of a few values a knot, and no knot of a straight line', () => {
    const hours = Float64Array.from({ length: 24 * 20 }, (_, i) => Math.floor(i / 20))
    expect(fitKnots(hours, 16, 10)).toEqual(Array.from({ length: 24 }, (_, hour) => hour))
    expect(
      fitKnots(
        Float64Array.from({ length: 100 }, (_, i) => Math.floor(i / 50)),
        16,
        10,
      ),
    ).toEqual([])
  })

  test('spends the quantiles on what lies beside a value that most rows have', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i))
    const knots = fitKnots(values, 16, 10)
    expect(knots[0]).toBe(0)
    expect(knots.length).toBeGreaterThan(9)
    expect(knots.slice(1).every((knot) => knot >= 900)).toBe(true)
  })

  test('has strictly increasing knots within the data, and at most the bins asked for', () => {
    assert(
      property(
        array(oneof(integer({ min: 0, max: 5 }), double({ noNaN: true, min: -1e6, max: 1e6 })), {
          minLength: 1,
          maxLength: 300,
        }),
        integer({ min: 4, max: 16 }),
        (values, bins) => {
          const sorted = Float64Array.from(values).sort()
          const knots = fitKnots(sorted, bins, 2)
          expect(knots.every((knot, i) => i === 0 || knot > (knots[i - 1] as number))).toBe(true)
          expect(knots.length === 0 || (knots.length >= 3 && knots.length <= 32 + 1)).toBe(true)
          for (const knot of knots) expect(sorted).toContain(knot)
        },
      ),
    )
  })

  test('gives way where a table is wide', () => {
    expect(binsFor(10)).toBe(16)
    expect(binsFor(100)).toBe(10)
    expect(binsFor(1000)).toBe(0)
  })
})
