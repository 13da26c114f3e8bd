import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { crossing, quantile, root, zero } from '../../src/stats/quantile-zero.ts'

/** A function that remembers where it was asked. */
function spied(f: (x: number) => number): { f: (x: number) => number; places: number[] } {
  const places: number[] = []
  return { f: (x) => (places.push(x), f(x)), places }
}

describe('the quantile of draws', () => {
  /** Hyndman & Fan type 6 of the sorted values: h = (n + 1)·p, within the first and the last. */
  function type6(values: readonly number[], p: number): number {
    const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
    const h = Math.min(sorted.length, Math.max(1, (sorted.length + 1) * p))
    const below = sorted[Math.floor(h) - 1] as number
    const above = sorted[Math.min(sorted.length, Math.floor(h) + 1) - 1] as number
    return below + (h - Math.floor(h)) * (above - below)
  }

  test('is the sorted one, of any size, with ties and undefined values', () => {
    const random = createRandom(3)
    for (let size = 1; size <= 40; size++) {
      for (const levels of [2, 5, 1e9]) {
        const values = Array.from({ length: size }, () =>
          size > 1 && random.below(6) === 0 ? Number.NaN : random.below(levels),
        )
        values[0] = 3
        for (const p of [0, 0.001, 0.025, 0.16, 0.25, 0.5, 0.84, 0.975, 1, random.next()]) {
          expect(quantile(Float64Array.from(values), p)).toBeCloseTo(type6(values, p), 6)
        }
      }
    }
  })

  test('reaches the last value and no farther', () => {
    expect(quantile(Float64Array.of(3, 1, 2), 0.75)).toBe(3)
    expect(quantile(Float64Array.of(3, 1, 2), 0.9)).toBe(3)
    expect(quantile(Float64Array.of(7), 0.5)).toBe(7)
    expect(quantile(Float64Array.of(-Infinity, 1, 2), 0.1)).toBe(-Infinity)
    expect(quantile(new Float64Array(0), 0.5)).toBeNaN()
  })
})

describe('the way to a zero', () => {
  test.each([
    // f, the point it starts from, the first step, the places that are looked at.
    // Steps grow up to eightfold (1, 8, 64, 512), the last is halved; a straight line is then solved at once.
    ['a far one', (x: number) => x - 700, 0, 1, [1, 9, 73, 585, 841, 700]],
    ['a far one on the other side', (x: number) => x + 700, 0, -1, [-1, -9, -73, -585, -841, -700]],
    // 1.2 × the 3 that the slope asks for, beyond a first step of 1.
    ['a near one', (x: number) => x - 4, 0, 1, [1, 4.6, 4]],
    ['one that the first step is past', (x: number) => x - 0.25, 0, 1, [1, 0.25]],
    ['one beside the first step', (x: number) => x - 1.1, 0, 1, [1, 1.5, 1.1]],
    ['one at the first step', (x: number) => x - 1, 0, 1, [1]],
    // Without a slope, or with one that leads away, each step is twice as long as the last.
    [
      'one behind a flat stretch',
      (x: number) => (x < 20 ? -40 : x - 60),
      0,
      1,
      [1, 3, 7, 15, 31, 31 + (1.2 * 29 * 16) / 11, 60],
    ],
    ['one behind a valley', (x: number) => (x < 2 ? -10 - x : 4 * (x - 5)), 0, 1, [1, 3, 9.4, 5]],
  ] as const)('steps outwards to %s', (_, f, from, first, places) => {
    const spy = spied(f)
    expect(zero(spy.f, { x: from, y: f(from) }, first, 1e-6)).toBeCloseTo(places.at(-1) as number, 9)
    expect(spy.places).toHaveLength(places.length)
    places.forEach((place, i) => expect(spy.places[i]).toBeCloseTo(place, 9))
  })

  test('gives up at 10⁹ where there is none', () => {
    const spy = spied(() => -1)
    expect(zero(spy.f, { x: 0, y: -1 }, 1, 1)).toBe(2 ** 30 - 1)
    expect(spy.places).toHaveLength(30)
  })

  // Python: part = −f(a) / (f(b) − f(a)); where the same end moves twice, the value at the other is halved.
  test.each([
    ['left', (x: number) => x ** 3 - 1, [0.25, 0.46575342, 0.77928968, 1.06171106, 0.98489592, 0.99909648, 1.00222721]],
    ['right', (x: number) => 1 - (2 - x) ** 3, [1.75, 1.53424658, 1.22071032, 0.93828894, 1.01510408, 1.00090352]],
  ] as const)('closes in by regula falsi where mostly the %s end moves', (_, f, places) => {
    const spy = spied(f)
    zero(spy.f, { x: 0, y: f(0) }, 2, 1e-9)
    expect(spy.places[0]).toBe(2)
    places.forEach((place, i) => expect(spy.places[i + 1]).toBeCloseTo(place, 7))
  })

  test('moves by a twentieth of the way at least, and leaves a twentieth', () => {
    const steep = spied((x) => (x < 0.5 ? -1 : 1e6))
    zero(steep.f, { x: 0, y: -1 }, 1, 1e-9)
    expect(steep.places.slice(0, 2)).toEqual([1, 0.05])
    const shallow = spied((x) => (x < 0.5 ? -1e6 : 1))
    zero(shallow.f, { x: 0, y: -1e6 }, 1, 1e-9)
    expect(shallow.places.slice(0, 2)).toEqual([1, 0.95])
  })
})

describe('a zero is near enough', () => {
  const line = (x: number): number => 10 * (x - 1)
  test.each([
    // f, error, where it ends, places looked at after the first step to 2.
    ['above 0 by a fiftieth of the error', line, 500, 2, 0],
    ['above by a little more', line, 499, 1, 1],
    ['below 0 by a fiftieth', (x: number) => (x < 1.5 ? -2 : 8), 100, 0, 0],
    ['below by a little more', (x: number) => (x < 1.5 ? -2 : 8), 99, 1.5, 1],
  ] as const)('%s', (_, f, error, end, looked) => {
    const spy = spied(f)
    expect(Math.abs(zero(spy.f, { x: 0, y: f(0) }, 2, error) - end)).toBeLessThan(1e-3)
    if (looked === 0) expect(spy.places).toEqual([2])
    else expect(spy.places.length).toBeGreaterThan(1)
  })

  test('unless it is so little below 0 that the function is flat there', () => {
    // 10⁻⁵ of the error.
    const at = (depth: number) => zero((x) => (x < 5 ? -depth : 1), { x: 0, y: -depth }, 8, 1)
    expect(at(1.1e-5)).toBe(0)
    expect(at(1e-5)).toBeCloseTo(5, 2)
    expect(at(0.9e-5)).toBeCloseTo(5, 2)
  })

  test('where the place is known to a ten-thousandth of the distance to 0', () => {
    const jump = spied((x) => (x < 300 ? -1 : 1))
    const end = zero(jump.f, { x: 0, y: -1 }, 512, 1e-9)
    const below = Math.max(...jump.places.filter((x) => x < 300))
    expect(end - below).toBeLessThanOrEqual(1e-4 * (end + below))
    expect(end - below).toBeGreaterThan(0.4e-4 * (end + below))
    // The same left of 0.
    const other = spied((x) => (x < -300 ? -1 : 1))
    expect(zero(other.f, { x: 0, y: 1 }, -512, 1e-9)).toBeCloseTo(-300, 1)
    expect(other.places.length).toBe(jump.places.length)
  })

  test('after sixty more values at the latest', () => {
    // Around 0 no distance is small against that to 0.
    const jump = spied((x) => (x < 0 ? -1 : 1))
    expect(zero(jump.f, { x: -1, y: -1 }, 1, 1e-9)).toBeCloseTo(0, 9)
    expect(jump.places).toHaveLength(61)
  })
})

describe('where a rising function reaches 0', () => {
  test('from 0 on: at 0 where it is not below', () => {
    const spy = spied((x) => x - 0.5)
    expect(crossing(spy.f, 1e-3)).toBe(0.5)
    expect(spy.places).toEqual([0, 1, 0.5])
    expect(crossing((x) => x, 1)).toBe(0)
    expect(crossing((x) => x + 1, 1)).toBe(0)
    // 1 is above by less than a fiftieth of the error.
    expect(crossing((x) => x - 0.5, 25)).toBe(1)
  })

  test.each([
    [(x: number) => x - 6, 2, [0, 2, 6.8, 6]],
    [(x: number) => x + 6, 2, [0, -2, -6.8, -6]],
    [(x: number) => x, 2, [0]],
    [(x: number) => x - 0.5, 0, [0, 1, 0.5]],
    [(x: number) => x + 0.5, 0, [0, -1, -0.5]],
    [(x: number) => x - 0.5, Number.NaN, [0, 1, 0.5]],
  ])('on either side of it, by steps of a unit (%s in steps of %d)', (f, unit, places) => {
    const spy = spied(f)
    expect(root(spy.f, unit, 1e-6)).toBeCloseTo(places.at(-1) as number, 9)
    expect(spy.places).toHaveLength(places.length)
    places.forEach((place, i) => expect(spy.places[i]).toBeCloseTo(place, 9))
  })
})
