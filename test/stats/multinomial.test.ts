import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/core/random.ts'
import { createRandom } from '../../src/core/random.ts'
import { drawBinomial, drawMultinomial } from '../../src/stats/multinomial.ts'

const always = (u: number): Random => ({ next: () => u, below: () => 0, normal: () => 0 })

/** Of Binomial(n, p), from one end to the other: P(k + 1) = P(k) · (n − k)/(k + 1) · p/(1 − p). */
function probabilities(n: number, p: number): number[] {
  const found = [Math.exp(n * Math.log1p(-p))]
  for (let k = 0; k < n; k++) found.push((found[k] as number) * ((n - k) / (k + 1)) * (p / (1 - p)))
  return found
}

describe('a binomial draw', () => {
  test.each([
    [1, 0.5],
    [2, 0.3],
    [5, 0.5],
    [9, 0.1],
    [10, 0.9],
    [31, 0.4],
    [32, 0.4],
    [33, 0.02],
    [64, 0.5],
    [90, 0.37],
    [500, 0.01],
    [500, 0.6],
  ])('from n = %d, p = %d is k for as long a stretch of the uniform number as k is likely', (n, p) => {
    const expected = probabilities(n, p)
    const steps = 5000
    const found = new Float64Array(n + 1)
    for (let i = 0; i < steps; i++) {
      const k = drawBinomial(n, p, always((i + 0.5) / steps))
      found[k] = (found[k] as number) + 1 / steps
    }
    // A stretch holds as many steps as it is long, give or take one.
    expected.forEach((one, k) => expect(Math.abs((found[k] as number) - one)).toBeLessThan(1.001 / steps))
  })

  test.each([
    [20, 0.3, 6],
    [31, 0.25, 8],
    [32, 0.25, 8],
    [33, 0.25, 8],
    [100, 0.5, 50],
    [1000, 0.1, 100],
  ])('from n = %d, p = %d gives the mode %d its probability to twelve digits', (n, p, mode) => {
    const likely = probabilities(n, p)[mode] as number
    expect(drawBinomial(n, p, always(likely * (1 - 1e-12)))).toBe(mode)
    expect(drawBinomial(n, p, always(likely * (1 + 1e-12)))).toBe(mode + 1)
    expect(drawBinomial(n, p, always(0))).toBe(mode)
    // What rounding leaves over.
    expect(drawBinomial(n, p, always(2))).toBe(mode)
  })

  test('leaves the end of a stretch to the next', () => {
    // Halves and quarters are exact: 1 has the first half of (0, 1), or 2 has the third quarter and 0 the last one.
    expect([0.4999, 0.5].map((u) => drawBinomial(1, 0.5, always(u)))).toEqual([1, 0])
    expect([0.4999, 0.5, 0.7499, 0.75, 0.9999].map((u) => drawBinomial(2, 0.5, always(u)))).toEqual([1, 2, 2, 0, 0])
    expect(drawBinomial(2, 0.5, always(1))).toBe(1)
  })

  test('is certain where there is no chance, and asks for no number there', () => {
    const none: Random = {
      next: () => {
        throw new Error('asked')
      },
      below: () => 0,
      normal: () => 0,
    }
    expect(drawBinomial(7, 0, none)).toBe(0)
    expect(drawBinomial(7, 1, none)).toBe(7)
    expect(drawBinomial(0, 0.4, none)).toBe(0)
    expect(drawBinomial(0, 0.9, none)).toBe(0)
    expect(drawBinomial(7, Number.NaN, none)).toBe(0)
  })
})

describe('a multinomial draw', () => {
  test('shares all rows out, to every cell as its size says', () => {
    const random = createRandom(5)
    const sizes = [3, 0, 5, 1, 0, 11, 0]
    const [sums, squares] = [new Float64Array(7), new Float64Array(7)]
    const out = new Float64Array(7)
    const draws = 4000
    for (let i = 0; i < draws; i++) {
      drawMultinomial(sizes, random, out)
      expect(out.reduce((sum, one) => sum + one, 0)).toBe(20)
      out.forEach((one, c) => {
        sums[c] = (sums[c] as number) + one / draws
        squares[c] = (squares[c] as number) + one ** 2 / draws
      })
    }
    sizes.forEach((size, c) => {
      // Mean n·p = size, variance n·p·(1 − p).
      const variance = size * (1 - size / 20)
      expect(Math.abs((sums[c] as number) - size)).toBeLessThanOrEqual(4 * Math.sqrt(variance / draws))
      expect(Math.abs((squares[c] as number) - size ** 2 - variance)).toBeLessThanOrEqual(0.15 * variance * (1 + size))
    })
  })

  test('is the draw of a binomial from what is left, cell after cell', () => {
    const sizes = [4, 6, 2, 8]
    const out = new Float64Array(4)
    drawMultinomial(sizes, createRandom(9), out)
    const random = createRandom(9)
    const first = drawBinomial(20, 4 / 20, random)
    const second = drawBinomial(20 - first, 6 / 16, random)
    const third = drawBinomial(20 - first - second, 2 / 10, random)
    expect([...out]).toEqual([first, second, third, 20 - first - second - third])
  })

  test('of one cell, of empty cells and of none', () => {
    const draw = (sizes: readonly number[]): number[] => {
      const out = new Float64Array(sizes.length).fill(-1)
      drawMultinomial(sizes, createRandom(1), out)
      return [...out]
    }
    expect(draw([9])).toEqual([9])
    expect(draw([0, 9, 0])).toEqual([0, 9, 0])
    expect(draw([0, 0])).toEqual([0, 0])
    expect(draw([])).toEqual([])
  })
})
