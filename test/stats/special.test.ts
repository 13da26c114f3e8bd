import { describe, expect, test } from 'vitest'
import {
  betaIncomplete,
  binomialCdf,
  chiSquareSurvival,
  normalCdf,
  normalQuantile,
  normalTwoSided,
  studentTwoSided,
} from '../../src/stats/special.ts'

// Golden values: scipy 1.17.1 (stats.norm.cdf, norm.ppf, chi2.sf, 2·t.sf, binom.cdf).
const relative = (actual: number, expected: number): number =>
  expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / Math.abs(expected)

describe('special functions agree with scipy, far tails included', () => {
  test.each([
    [-8, 6.22096057427174e-16],
    [-1.96, 0.024997895148220435],
    [0, 0.5],
    [1, 0.8413447460685429],
    [3, 0.9986501019683699],
  ])('normalCdf(%d)', (z, expected) => {
    expect(relative(normalCdf(z), expected)).toBeLessThan(1e-12)
    expect(relative(normalTwoSided(z), 2 * normalCdf(-Math.abs(z)))).toBeLessThan(1e-12)
  })

  test.each([
    [1e-300, -37.0470962993612],
    [0.001, -3.090232306167813],
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.999999999999, 7.0344869100478356],
  ])('normalQuantile(%d)', (p, expected) => {
    expect(relative(normalQuantile(p), expected)).toBeLessThan(1e-12)
  })

  test('normalQuantile knows its ends', () => {
    expect(normalQuantile(0)).toBe(-Infinity)
    expect(normalQuantile(1)).toBe(Infinity)
    expect(normalQuantile(1.1)).toBeNaN()
    expect(Object.is(normalQuantile(0.5), 0)).toBe(true)
  })

  test.each([
    [150, 5, 1.3351378873003031e-30],
    [3.84, 1, 0.05004352124870519],
    [0.1, 1, 0.7518296340458492],
    [1000, 900, 0.010994608942135844],
    [5, 199, 1],
    [0, 3, 1],
  ])('chiSquareSurvival(%d, %d)', (x, df, expected) => {
    expect(relative(chiSquareSurvival(x, df), expected)).toBeLessThan(1e-11)
  })

  test.each([
    [2.5, 10, 0.03144684423660882],
    [0, 3, 1],
    [40, 2, 0.0006244146721847406],
  ])('studentTwoSided(%d, %d)', (t, df, expected) => {
    expect(relative(studentTwoSided(t, df), expected)).toBeLessThan(1e-11)
  })

  test.each([
    [3, 10, 0.5, 0.171875],
    [0, 5, 0.2, 0.32768],
    [499, 1000, 0.5, 0.48738749091081973],
    [10, 1000, 0.5, 2.4833387914896352e-278],
    [-1, 10, 0.5, 0],
    [10, 10, 0.5, 1],
  ])('binomialCdf(%d, %d, %d)', (k, n, p, expected) => {
    expect(relative(binomialCdf(k, n, p), expected)).toBeLessThan(1e-10)
  })

  test('the incomplete beta function and its complement sum to 1', () => {
    expect(betaIncomplete(0.3, 2, 5) + betaIncomplete(0.3, 2, 5, true)).toBeCloseTo(1, 14)
  })
})
