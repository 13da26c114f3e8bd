import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { logEMean } from '../../src/stats/e-process.ts'

const random = createRandom(20260101)
const RUNS = 200

describe('the e-process of one mean', () => {
  /** Share of the runs in which ranks u = v^(1/a), of mean a / (a + 1), raise an alarm at any of 50 peeks. */
  function alarms(a: number, bound: number, threshold: number): number {
    let alarmed = 0
    for (let run = 0; run < RUNS; run++) {
      let [n, sum, sumSquares] = [0, 0, 0]
      for (let peek = 0; peek < 50; peek++) {
        for (let i = 0; i < 20; i++) {
          const u = random.next() ** (1 / a)
          n++
          sum += u
          sumSquares += u * u
        }
        if (logEMean({ n, sum, sumSquares }, bound) >= threshold) {
          alarmed++
          break
        }
      }
    }
    return alarmed / RUNS
  }

  test('raises fewer false alarms than its level below the bound and at it', () => {
    expect(alarms(1, 0.55, Math.log(20))).toBeLessThanOrEqual(0.05)
    expect(alarms(1.5, 0.6, Math.log(20))).toBeLessThanOrEqual(0.05)
  })

  test('finds a mean of 0.75 beyond a bound of 0.65', () => {
    expect(alarms(3, 0.65, Math.log(4 / 0.01))).toBeGreaterThan(0.95)
  })

  test('says nothing on nothing, on NaN and on impossible sums', () => {
    for (const odd of [
      { n: 0, sum: 0 },
      { n: NaN, sum: 1 },
      { n: 10, sum: 11 },
      { n: 10, sum: Infinity },
      { n: -1, sum: 0 },
    ]) {
      expect(logEMean(odd, 0.5)).toBe(0)
    }
  })

  test('the example of the documentation holds', () => {
    expect(logEMean({ n: 200, sum: 160, sumSquares: 136 }, 0.65)).toBeGreaterThan(Math.log(100))
  })
})
