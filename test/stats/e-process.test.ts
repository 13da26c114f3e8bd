import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { addSums, logEDifference, logEMean, logEShift, type Sums } from '../../src/stats/e-process.ts'

const random = createRandom(20260101)
const RUNS = 200

/** Successes in n draws, by the normal approximation where it is good. */
function binomial(n: number, p: number): number {
  if (n * p > 20 && n * (1 - p) > 20) {
    return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * random.normal())))
  }
  let hits = 0
  for (let i = 0; i < n; i++) if (random.next() < p) hits++
  return hits
}

interface Arms {
  readonly candidate: number
  readonly stable: number
  readonly margin: number
  readonly perPeek: readonly [candidate: number, stable: number]
}

/** Share of the runs that raise an alarm at any of 50 peeks. */
function alarms({ candidate, stable, margin, perPeek }: Arms, threshold: number): number {
  let alarmed = 0
  for (let run = 0; run < RUNS; run++) {
    let c: Sums = { n: 0, sum: 0 }
    let s: Sums = { n: 0, sum: 0 }
    for (let peek = 0; peek < 50; peek++) {
      c = addSums(c, { n: perPeek[0], sum: binomial(perPeek[0], candidate) })
      s = addSums(s, { n: perPeek[1], sum: binomial(perPeek[1], stable) })
      if (logEDifference(c, s, margin) >= threshold) {
        alarmed++
        break
      }
    }
  }
  return alarmed / RUNS
}

describe('the two-sample e-process', () => {
  test('raises fewer false alarms than its level over 50 peeks, at equal rates and at the margin itself', () => {
    const threshold = Math.log(1 / 0.05)
    expect(alarms({ candidate: 0.02, stable: 0.02, margin: 0, perPeek: [200, 200] }, threshold)).toBeLessThanOrEqual(
      0.05,
    )
    expect(alarms({ candidate: 0.03, stable: 0.02, margin: 0.01, perPeek: [50, 950] }, threshold)).toBeLessThanOrEqual(
      0.05,
    )
    expect(alarms({ candidate: 0.5, stable: 0.5, margin: 0, perPeek: [20, 20] }, threshold)).toBeLessThanOrEqual(0.05)
  })

  test('catches a regression of the error rate from 2 % to 3 %', () => {
    const found = alarms({ candidate: 0.03, stable: 0.02, margin: 0, perPeek: [500, 500] }, Math.log(4 / 0.01))
    expect(found).toBeGreaterThan(0.93)
  })

  test('catches 2 % to 6 % in a 5 % canary beyond a margin of one point', () => {
    const found = alarms({ candidate: 0.06, stable: 0.02, margin: 0.01, perPeek: [50, 950] }, Math.log(4 / 0.01))
    expect(found).toBeGreaterThan(0.93)
  })

  test('its infimum over the unknown stable mean is never above the value at any one mean', () => {
    const candidate = { n: 400, sum: 37 }
    const stable = { n: 900, sum: 30 }
    const bets = [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]
    const logMean = (values: readonly number[]): number =>
      Math.log(values.reduce((total, value) => total + Math.exp(value), 0) / values.length)
    const lowest = Math.min(
      ...Array.from({ length: 2000 }, (_, i) => (i / 2000) * 0.99).map(
        (p) =>
          logMean(bets.map((bet) => bet * 37 - 400 * Math.log(1 + (p + 0.01) * (Math.exp(bet) - 1)))) +
          logMean(bets.map((bet) => -bet * 30 - 900 * Math.log(1 + p * (Math.exp(-bet) - 1)))),
      ),
    )
    const found = logEDifference(candidate, stable, 0.01)
    expect(found).toBeLessThanOrEqual(lowest + 1e-9)
    expect(found).toBeGreaterThan(lowest - 0.01)
  })

  test('says nothing on nothing, on NaN and on impossible sums', () => {
    const fine = { n: 100, sum: 3 }
    for (const odd of [
      { n: 0, sum: 0 },
      { n: NaN, sum: 1 },
      { n: 10, sum: 11 },
      { n: 10, sum: Infinity },
      { n: -1, sum: 0 },
    ]) {
      expect(logEDifference(odd, fine, 0)).toBe(0)
      expect(logEDifference(fine, odd, 0)).toBe(0)
      expect(logEShift(odd, 0.5, 0.1)).toBe(0)
    }
  })

  test('the examples of the documentation hold', () => {
    expect(logEDifference({ n: 5000, sum: 300 }, { n: 5000, sum: 100 }, 0.01)).toBeGreaterThan(Math.log(100))
    expect(logEMean({ n: 200, sum: 160, sumSquares: 136 }, 0.65)).toBeGreaterThan(Math.log(100))
    expect(logEShift({ n: 300, sum: 60, sumSquares: 30 }, 0.5, 0.15)).toBeGreaterThan(Math.log(100))
  })
})

describe('the shift e-process', () => {
  /** Ranks u = v^(1/a) have mean a / (a + 1). */
  function shiftAlarms(a: number, margin: number, threshold: number): number {
    let alarmed = 0
    for (let run = 0; run < RUNS; run++) {
      let sums: Sums = { n: 0, sum: 0, sumSquares: 0 }
      for (let peek = 0; peek < 50; peek++) {
        for (let i = 0; i < 20; i++) {
          const u = random.next() ** (1 / a)
          sums = addSums(sums, { n: 1, sum: u, sumSquares: u * u })
        }
        if (logEShift(sums, 0.5, margin) >= threshold) {
          alarmed++
          break
        }
      }
    }
    return alarmed / RUNS
  }

  test('raises fewer false alarms than its level without a shift and with one as large as the margin', () => {
    expect(shiftAlarms(1, 0.05, Math.log(20))).toBeLessThanOrEqual(0.05)
    expect(shiftAlarms(1.5, 0.1, Math.log(20))).toBeLessThanOrEqual(0.05)
  })

  test('catches a mean rank of 0.75 and of 0.25 beyond the default margin', () => {
    expect(shiftAlarms(3, 0.15, Math.log(4 / 0.01))).toBeGreaterThan(0.95)
    expect(shiftAlarms(1 / 3, 0.15, Math.log(4 / 0.01))).toBeGreaterThan(0.95)
  })
})
