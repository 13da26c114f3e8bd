import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logERandomised } from '../../src/stats/randomization.ts'

/** E and its probability for every way in which chance can deal the values to the two arms. */
function everyDeal(values: readonly number[], share: number, level: number): readonly (readonly [number, number])[] {
  return Array.from({ length: 2 ** values.length }, (_, deal) => {
    const treated = values.filter((_value, k) => (deal >> k) & 1)
    const others = values.filter((_value, k) => !((deal >> k) & 1))
    const probability = share ** treated.length * (1 - share) ** others.length
    return [Math.exp(logERandomised({ kind: 'split', treated, others, share }, 0, level)), probability] as const
  })
}

const expectation = (deals: readonly (readonly [number, number])[]): number =>
  deals.reduce((total, [e, probability]) => total + e * probability, 0)
const atLeast = (deals: readonly (readonly [number, number])[], limit: number): number =>
  deals.reduce((total, [e, probability]) => total + (e >= limit ? probability : 0), 0)

const values = fc.array(fc.constantFrom(0, 0, 0, 1, 0.02, 0.5, 0.97), { minLength: 2, maxLength: 9 })
const share = fc.constantFrom(0.05, 0.3, 0.5, 0.9)
const level = fc.constantFrom(1, 3, 6)

describe('what a random split proves', () => {
  test('an E whose expectation over all deals is 1, whatever the values: false alarms are as rare as promised', () => {
    fc.assert(
      fc.property(values, share, level, (list, pi, t) => {
        const deals = everyDeal(list, pi, t)
        // A deal that leaves an arm empty says nothing (E = 1), whatever its exact E would have been.
        expect(expectation(deals)).toBeLessThan(1 + 2 * (pi ** list.length + (1 - pi) ** list.length))
        expect(atLeast(deals, Math.exp(t))).toBeLessThanOrEqual(Math.exp(-t) + 1e-12)
      }),
      { numRuns: 150, seed: 5 },
    )
  })

  test('the same for pairs: whose of two values is whose is heads or tails', () => {
    fc.assert(
      fc.property(values, values, level, (left, right, t) => {
        const n = Math.min(left.length, right.length)
        let total = 0
        for (let flips = 0; flips < 2 ** n; flips++) {
          const side = (own: readonly number[], other: readonly number[]): number[] =>
            own.slice(0, n).map((value, k) => ((flips >> k) & 1 ? (other[k] as number) : value))
          const treated = side(left, right)
          const others = side(right, left)
          total += Math.exp(logERandomised({ kind: 'paired', treated, others }, 0, t)) / 2 ** n
        }
        expect(total).toBeCloseTo(1, 9)
      }),
      { numRuns: 100, seed: 6 },
    )
  })

  test('five of five against none of five is proven at 1 in 20; two of two against none of two is not', () => {
    const deal = (n: number) =>
      ({ kind: 'split', treated: Array(n).fill(1), others: Array(n).fill(0), share: 0.5 }) as const
    expect(logERandomised(deal(5), 0, 3)).toBeGreaterThan(3)
    expect(logERandomised(deal(2), 0, 3)).toBeLessThan(3)
  })

  test('reaches the level where Chernoff’s bound does: 3.66 standard deviations at odds of 800 to one', () => {
    const level800 = Math.log(800)
    const n = 4000
    const at = (z: number): number => {
      // Half of the units treated; z standard deviations more ones among them than among the others.
      const extra = Math.round((z * Math.sqrt(n)) / 4)
      const ones = (k: number): number[] => Array.from({ length: n / 2 }, (_, i) => (i < k ? 1 : 0))
      const comparison = {
        kind: 'split',
        treated: ones(n / 4 + extra),
        others: ones(n / 4 - extra),
        share: 0.5,
      } as const
      return logERandomised(comparison, 0, level800)
    }
    expect(at(3.5)).toBeLessThan(level800)
    expect(at(3.8)).toBeGreaterThan(level800)
  })

  test('the bet fits values that are rare and a share that is small, where a normal one would lose half of the proof', () => {
    const ones = (k: number, n: number): number[] => Array.from({ length: n }, (_, i) => (i < k ? 1 : 0))
    const comparison = { kind: 'split', treated: ones(6, 50), others: ones(5, 950), share: 0.05 } as const
    expect(logERandomised(comparison, 0, Math.log(800))).toBeGreaterThan(10)
  })

  test('a margin never makes more of versions that are the same', () => {
    const comparison = { kind: 'split', treated: [1], others: [0, 0.05, 0.41, 0.5], share: 0.05 } as const
    expect(logERandomised(comparison, 0.3, 6)).toBeLessThanOrEqual(logERandomised(comparison, 0, 6))
  })

  test('a margin is allowed: a difference of the margin proves nothing, and one beyond it does', () => {
    const noisy = (mean: number): number[] => Array.from({ length: 400 }, (_, i) => mean + (i % 2 === 0 ? 0.05 : -0.05))
    const above = (by: number): number =>
      logERandomised({ kind: 'split', treated: noisy(0.3 + by), others: noisy(0.3), share: 0.5 }, 0.1, 6)
    expect(above(0.1)).toBeLessThan(0)
    expect(above(0.13)).toBeGreaterThan(6)
    expect(above(0.1) - above(0.05)).toBeGreaterThan(0)
  })

  test('says nothing where an arm is empty or all are the same', () => {
    expect(logERandomised({ kind: 'split', treated: [], others: [1], share: 0.5 }, 0, 6)).toBe(0)
    expect(logERandomised({ kind: 'split', treated: [1], others: [], share: 0.5 }, 0, 6)).toBe(0)
    expect(logERandomised({ kind: 'split', treated: [0.2, 0.2], others: [0.2], share: 0.5 }, 0, 6)).toBe(0)
    expect(logERandomised({ kind: 'split', treated: [1], others: [0], share: 1 }, 0, 6)).toBe(0)
    expect(logERandomised({ kind: 'paired', treated: [0.4, 1], others: [0.4, 1] }, 0, 6)).toBe(0)
  })
})
