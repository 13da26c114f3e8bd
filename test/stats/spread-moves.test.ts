import { describe, expect, test } from 'vitest'
import type { Spread } from '../../src/stats/spread-family.ts'
import { farther, levelled, nearer, rangeOf, reshaped, reshapedToOverall } from '../../src/stats/spread-moves.ts'
import type { Noise } from '../../src/stats/spread-noise.ts'

const expectClose = (found: ArrayLike<number>, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length)
  expected.forEach((one, i) => (Number.isNaN(one) ? expect(found[i]).toBeNaN() : expect(found[i]).toBeCloseTo(one, 12)))
}
const of = (...values: number[]): Float64Array => Float64Array.from(values)
const same = (gap: number): number => gap

describe('a distance to the extreme, in standard errors', () => {
  test('shrinks where ties are likelier than they look: near 0 to nothing, far away hardly', () => {
    // g³/(g² + 1)
    expect([0, 1, 2, 10].map(nearer)).toEqual([0, 1 / 2, 8 / 5, 1000 / 101])
  })

  test('grows where they are less likely: near 0 to 1/√2, far away hardly', () => {
    // √(g² + ½)
    expect([0, Math.SQRT1_2, 3].map(farther)).toEqual([Math.SQRT1_2, 1, Math.sqrt(9.5)])
  })
})

describe('groups between the extremes', () => {
  // Lowest 0, highest 10; the last value is that of all rows. Errors with the extremes: 5, 13, 5.
  const values = of(4, 0, 7, 10, Number.NaN, 5, 99)
  const errors = of(4, 3, 12, 5, 1, 4, 7)

  test('keep their distance to the nearer one where it is not moved', () => {
    expectClose(reshaped(values, errors, 6, same), [...values])
  })

  test('are moved to or from it by standard errors of the distance, but not past the middle', () => {
    const half = (gap: number): number => gap / 2
    expectClose(reshaped(values, errors, 6, half), [2, 0, 8.5, 10, Number.NaN, 2.5, 99])
    // 4 + 5·0.1, 3 + 13·0.1 and 5 + 5·0.1, which is beyond the middle; the very middle belongs to the lower one.
    const tenth = (gap: number): number => gap + 0.1
    expectClose(reshaped(values, errors, 6, tenth), [4.5, 0, 5.7, 10, Number.NaN, 5, 99])
    // Squared: (4/5)²·5 = 3.2, (3/13)²·13 = 9/13, 5.
    expectClose(
      reshaped(values, errors, 6, (gap) => gap * gap),
      [3.2, 0, 10 - 9 / 13, 10, Number.NaN, 5, 99],
    )
  })

  test('stay where nothing is known of the error, and where there is no group', () => {
    expectClose(
      reshaped(of(0, 4, 10, 5), of(0, 0, 1, 1), 3, () => 0),
      [0, 4, 10, 5],
    )
    expectClose(
      reshaped(of(0, 4, 10, 5), of(0, Number.NaN, 1, 1), 3, () => 0),
      [0, 4, 10, 5],
    )
    const none = of(Number.NaN, Number.NaN, 5)
    expect(reshaped(none, of(1, 1, 1), 2, () => 0)).toBe(none)
    // Of equal ones the first is the extreme; the others are tied with it.
    expectClose(
      reshaped(of(3, 3, 8, 8, 5), of(1, 1, 1, 1, 1), 4, () => 1),
      [3, 3 + Math.SQRT2, 8, 8 - Math.SQRT2, 5],
    )
    expectClose(
      reshaped(of(Number.NaN, 2, 1, 1.4, 9), of(1, 0.3, 0.3, 0.4, 1), 4, () => 0.2),
      [Number.NaN, 2, 1, 1.1, 9],
    )
    expectClose(
      reshaped(of(Number.NaN, 1, 2, 1.4, 9), of(1, 0.3, 0.3, 0.4, 1), 4, () => 0.2),
      [Number.NaN, 1, 2, 1.1, 9],
    )
  })
})

describe('distances to the rate of all rows', () => {
  const z = (...draws: number[]): Noise => ({ z: of(...draws), unit: 1 })
  // The farthest is 6 below all rows; the others are 4 below and 3 above.
  const values = of(4, 6, 13, Number.NaN, 10)
  const errors = of(2, 1, 3, 9, 1)
  const noise = [z(1, -1, 1, -1), z(1, 1, -1, -1), z(0, 2, 0, -2), z(9, 9, 9, 9), z(1, -1, -1, 1)]
  // Shifts away from all rows: −(e·z − z_all), or + above.
  // Farthest: −2z₀ + z₄ = −1, 1, −3, 3. Second: −z₁ + z₄ = 0, −2, 0, 2. Third: 3z₂ − z₄ = −1, 7, 1, −7.
  const second = Math.sqrt((1 + 9 + 9 + 1) / 4)
  const third = Math.sqrt((0 + 36 + 16 + 100) / 4)

  test('are moved towards the largest or away from it by standard errors of the difference', () => {
    expectClose(reshapedToOverall(values, errors, 4, same, noise), [...values])
    // Distances of 4 and 3, of the largest 6: apart by 2 and 3.
    expectClose(
      reshapedToOverall(values, errors, 4, (gap) => gap / 2, noise),
      [4, 5, 14.5, Number.NaN, 10],
    )
    const more = (gap: number): number => gap + 0.1
    expectClose(reshapedToOverall(values, errors, 4, more, noise), [
      4,
      10 - (6 - (2 + 0.1 * second)),
      10 + (6 - (3 + 0.1 * third)),
      Number.NaN,
      10,
    ])
  })

  test('are not moved beyond it', () => {
    expectClose(
      reshapedToOverall(values, errors, 4, () => 100, noise),
      [4, 10, 10, Number.NaN, 10],
    )
  })

  test('stay where one is as far as the other makes it, or nothing is known', () => {
    const two = of(6, 13, 10)
    expect(reshapedToOverall(two, of(2, 3, 1), 2, () => 0, [z(1), z(1), z(1)])).toBe(two)
    const unknown = of(6, 4, 13, Number.NaN)
    expect(reshapedToOverall(unknown, of(1, 1, 1, 1), 3, () => 0, [z(1), z(1), z(1), z(1)])).toBe(unknown)
    const none = of(Number.NaN, Number.NaN, Number.NaN, 1)
    expect(reshapedToOverall(none, of(1, 1, 1, 1), 3, () => 0, [z(1), z(1), z(1), z(1)])).toBe(none)
    // Without noise.
    expectClose(
      reshapedToOverall(of(6, 4, 13, 10), of(0, 0, 0, 0), 3, () => 0, [z(1), z(1), z(1), z(1)]),
      [6, 4, 13, 10],
    )
    // The first of equal distances is the farthest, and the undefined first one is none.
    expectClose(
      reshapedToOverall(
        of(Number.NaN, 8, 12, 11, 10),
        of(1, 1, 1, 1, 0),
        4,
        (gap) => gap * 2,
        [1, 1, 1, 1, 1].map((_, i) => z(i, -i)),
      ),
      [Number.NaN, 8, 12, 10, 10],
    )
  })
})

describe('the range of groups', () => {
  test.each([
    [[3, 1, 2, 99], 3, 2],
    [[1, 3, 99], 2, 2],
    [[Number.NaN, 1, 4, 0], 3, 3],
    [[5, 0], 1, 0],
    [[Number.NaN, 0], 1, 0],
    [[0], 0, 0],
    [[2, 2, 0], 2, 0],
  ])('of %j, the first %d, is %d', (values, groups, range) => {
    expect(rangeOf(of(...values), groups)).toBe(range)
  })
})

describe('the spreads of several rates', () => {
  const spread: Spread = ([rate]) => rangeOf(rate as Float64Array, 2)
  const part = (low: number, high: number, errors: readonly [number, number], centre = 50) => ({
    away: of(low, high, 1),
    errors: of(...errors, 99),
    centre,
    groups: 2,
  })
  const away = (parts: readonly { away: Float64Array }[]): number[][] => parts.map((one) => [...one.away])

  test('come nearer to the largest, or go from it, by standard errors of both', () => {
    // 10 with an error of 3, 6 with 4: apart by 4, in 5.
    const parts = [part(-4, 6, [3, 1]), part(-2, 4, [2, 4])]
    levelled(parts, spread, (gap) => gap / 2)
    // 6 becomes 8.
    expect(away(parts)[0]).toEqual([-4, 6, 1])
    expectClose(away(parts)[1] as number[], [(-2 * 8) / 6, (4 * 8) / 6, 8 / 6])
    const others = [part(-2, 4, [2, 4]), part(-4, 6, [3, 1])]
    levelled(others, spread, (gap) => gap + 0.2)
    // 10 − (4 + 1) = 5.
    expectClose(away(others)[0] as number[], [(-2 * 5) / 6, (4 * 5) / 6, 5 / 6])
    expect(away(others)[1]).toEqual([-4, 6, 1])
  })

  test('are no less than nothing', () => {
    const parts = [part(-4, 6, [3, 1]), part(-2, 4, [2, 4])]
    levelled(parts, spread, () => 1000)
    expect(away(parts)).toEqual([
      [-4, 6, 1],
      [-0, 0, 0],
    ])
  })

  test('have errors in their own unit', () => {
    // Tenfold spreads of the same groups: errors 30 and 40, so that 0.2 more of 50 is 10.
    const parts = [part(-4, 6, [3, 1]), part(-2, 4, [2, 4])]
    levelled(
      parts,
      (rates) => 10 * spread(rates),
      (gap) => gap + 0.2,
    )
    expectClose(away(parts)[1] as number[], [(-2 * 50) / 60, (4 * 50) / 60, 50 / 60])
  })

  test('stay where there is one, where one does not vary, and where nothing is known', () => {
    const single = [part(-4, 6, [3, 1])]
    levelled(single, spread, () => 0)
    expect(away(single)).toEqual([[-4, 6, 1]])
    const still = [part(-4, 6, [3, 1]), part(0, 0, [3, 1])]
    levelled(still, spread, () => 0)
    expect(away(still)[1]).toEqual([0, 0, 1])
    const certain = [part(-4, 6, [0, 0]), part(-2, 4, [0, 0])]
    levelled(certain, spread, () => 0)
    expect(away(certain)[1]).toEqual([-2, 4, 1])
    // Of equal ones the first is the largest, and the other is tied with it: moved by its error alone where one has none.
    const tied = [part(-4, 6, [3, Number.NaN]), part(-6, 4, [0, 4])]
    levelled(tied, spread, () => 1)
    expect(away(tied)[0]).toEqual([-4, 6, 1])
    expectClose(away(tied)[1] as number[], [-3, 2, 0.5])
  })

  test('are those of the rates where they lie, not of their distances', () => {
    const relative: Spread = ([rate]) => (rate?.[1] as number) / (rate?.[0] as number) - 1
    // 8/4 − 1 = 1 and 45/40 − 1 = 1/8; errors 2 · 1/4 and 3 · (1/8)/5.
    const parts = [part(-2, 2, [2, 1], 6), part(-2, 3, [3, 1], 42)]
    levelled(parts, relative, (gap) => gap - 0.1)
    const error = Math.hypot(1 / 2, 3 / 40)
    const factor = (1 - (7 / 8 - 0.1 * error)) / (1 / 8)
    expectClose(away(parts)[1] as number[], [-2 * factor, 3 * factor, factor])
  })
})
