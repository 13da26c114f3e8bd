import { describe, expect, test } from 'vitest'
import type { GuardrailConfig } from '../../src/config/schema.ts'
import type { Comparison } from '../../src/rollout/callers.ts'
import { judge } from '../../src/rollout/guardrails.ts'
import type { GuardrailState } from '../../src/rollout/types.ts'
import { logEMean } from '../../src/stats/e-process.ts'

const ALPHA = 0.01
const THRESHOLD = 5
const sums = (n: number, mean: number) => ({ n, sum: n * mean })

/** What was seen, and what the comparison of the arms comes to: log E for and against harm. */
interface Seen {
  readonly candidate: { readonly n: number; readonly sum: number }
  readonly stable: { readonly n: number; readonly sum: number }
  readonly values?: readonly number[]
  readonly harm?: number
  readonly within?: number
}
const judged = (
  guardrail: GuardrailConfig,
  { candidate, stable, values = [0.5], harm = 0, within = 0 }: Seen,
  objective: number | null = 250,
): Pick<GuardrailState, 'verdict' | 'sentence' | 'logE'> => {
  const asked: (readonly [string, number, number])[] = []
  const comparison: Comparison = {
    candidate,
    stable,
    values,
    above: (margin, level) => (asked.push(['above', margin, level]), harm),
    below: (margin, level) => (asked.push(['below', margin, level]), within),
  }
  const found = judge(guardrail, comparison, { threshold: THRESHOLD, alpha: ALPHA, objective })
  expect(found).toMatchObject({ guardrail: guardrail.kind, candidate, stable })
  if (guardrail.kind !== 'prediction-shift') {
    // Harm is looked for at the level of the look, and its absence at that of the rollout, on the other side of the margin.
    expect(asked[0]).toEqual(['above', guardrail.margin, THRESHOLD])
    for (const one of asked.slice(1)) expect(one).toEqual(['below', -guardrail.margin, Math.log(1 / ALPHA)])
  }
  return { verdict: found.verdict, sentence: found.sentence, logE: found.logE }
}
const errors = { kind: 'error-rate', margin: 0.01 } as const

describe('a difference', () => {
  const text =
    'error-rate: 2 % errors (mean of 50 callers) against stable’s 1 % errors (mean of 60 callers), margin 1 %'
  const seen = { candidate: sums(50, 0.02), stable: sums(60, 0.01) }
  test.each<[string, Partial<Seen>, GuardrailState['verdict'], string]>([
    ['at the margin', {}, 'pass', `${text}: no sign of harm`],
    ['nearly proven', { harm: THRESHOLD - 1e-9 }, 'pass', `${text}: no sign of harm`],
    ['proven', { harm: THRESHOLD }, 'fail', `${text}: worse, odds 148 to one`],
    ['proven not to be there', { within: Math.log(1 / ALPHA) }, 'pass', `${text}: shown to be within the margin`],
    ['nearly proven not to be there', { within: Math.log(1 / ALPHA) - 1e-9 }, 'pass', `${text}: no sign of harm`],
    [
      'above the margin',
      { candidate: sums(50, 0.03) },
      'inconclusive',
      `${text.replace('2 %', '3 %')}: above the margin, but not proven`,
    ],
    [
      'too few of the candidate',
      { candidate: sums(49, 0.02) },
      'no-data',
      `${text.replace('50 callers', '49 callers')}: cannot tell from 49 callers of an arm (needs 50)`,
    ],
    [
      'too few of stable',
      { stable: sums(1, 0.01) },
      'no-data',
      `${text.replace('60 callers', '1 caller')}: cannot tell from 1 caller of an arm (needs 50)`,
    ],
    [
      'too few, and proven',
      { candidate: sums(49, 0.02), harm: 6 },
      'fail',
      `${text.replace('50 callers', '49 callers')}: worse, odds 403 to one`,
    ],
  ])('%s', (_what, more, verdict, sentence) => {
    const { logE, ...found } = judged(errors, { ...seen, ...more })
    expect(found).toEqual({ verdict, sentence })
    expect(logE).toBe(more.harm ?? 0)
  })

  test.each<[GuardrailConfig, number | null, string]>([
    [
      { kind: 'latency', objective: 250, margin: 0.05 },
      250,
      'latency: 12.5 % over 250ms (mean of 60 callers) against stable’s 9.99 % over 250ms (mean of 60 callers), margin 5 %: no sign of harm',
    ],
    [
      { kind: 'latency', objective: 'relative', margin: 0.05 },
      null,
      'latency: 12.5 % too slow (mean of 60 callers) against stable’s 9.99 % too slow (mean of 60 callers), margin 5 %: no sign of harm',
    ],
    [
      { kind: 'outcome', margin: 0.1 },
      250,
      'outcome: 12.5 % mean loss (mean of 60 callers) against stable’s 9.99 % mean loss (mean of 60 callers), margin 10 %: no sign of harm',
    ],
    [
      { kind: 'error-rate', margin: 0.1 },
      250,
      'error-rate: 12.5 % errors (mean of 60 callers) against stable’s 9.99 % errors (mean of 60 callers), margin 10 %: no sign of harm',
    ],
  ])('is said in the words of %j', (guardrail, objective, sentence) => {
    expect(judged(guardrail, { candidate: sums(60, 0.125), stable: sums(60, 0.0999) }, objective).sentence).toBe(
      sentence,
    )
  })
})

describe('a shift of the scores', () => {
  const shift = { kind: 'prediction-shift', margin: 0.15 } as const
  const text = (own: string, other: string): string =>
    `prediction-shift: mean rank ${own} of 60 callers among the candidate’s own holdout scores, ${other} of 60 callers among stable’s (expected 0.5 ± 0.15)`
  const of = (own: number, other: number, more: Partial<Seen> = {}): Seen => ({
    candidate: sums(60, own),
    stable: sums(60, other),
    values: Array<number>(60).fill(own),
    ...more,
  })
  const proof = (mean: number): number =>
    logEMean({ n: 60, sum: 60 * mean, sumSquares: 60 * mean * mean }, 0.65) - Math.LN2
  const certain = { harm: 1000, within: 1000 }
  const drift = 'both versions have shifted the same way: the traffic has changed, not the candidate'

  test.each<[string, Seen, GuardrailState['verdict'], string, number]>([
    ['none', of(0.5, 0.5), 'pass', `${text('0.50', '0.50')}: no sign of harm`, 0],
    ['up, alone', of(0.95, 0.5, certain), 'fail', `${text('0.95', '0.50')}: shifted, odds 36,573 to one`, proof(0.95)],
    [
      'down, alone',
      of(0.05, 0.5, certain),
      'fail',
      `${text('0.05', '0.50')}: shifted, odds 36,573 to one`,
      proof(0.95),
    ],
    [
      'up, by the holdout alone',
      of(0.95, 0.5),
      'inconclusive',
      `${text('0.95', '0.50')}: above the margin, but not proven`,
      0,
    ],
    [
      'down, by the holdout alone',
      of(0.05, 0.5),
      'inconclusive',
      `${text('0.05', '0.50')}: above the margin, but not proven`,
      0,
    ],
    ['up with stable', of(0.7, 0.6), 'pass', `${text('0.70', '0.60')}: ${drift}`, 0],
    ['down with stable', of(0.3, 0.4), 'pass', `${text('0.30', '0.40')}: ${drift}`, 0],
    [
      'up with stable, and far beyond',
      of(0.95, 0.6),
      'inconclusive',
      `${text('0.95', '0.60')}: above the margin, but not proven`,
      0,
    ],
    [
      'up, where stable went down',
      of(0.7, 0.45),
      'inconclusive',
      `${text('0.70', '0.45')}: above the margin, but not proven`,
      0,
    ],
    ['within the margin, with stable', of(0.64, 0.6), 'pass', `${text('0.64', '0.60')}: no sign of harm`, 0],
    ['of stable only', of(0.5, 0.9), 'pass', `${text('0.50', '0.90')}: no sign of harm`, 0],
  ])('%s', (_what, seen, verdict, sentence, logE) => {
    const found = judged(shift, seen)
    expect({ verdict: found.verdict, sentence: found.sentence }).toEqual({ verdict, sentence })
    // Of two sides the level has a half each; what nothing proves on either is −log 2.
    if (verdict === 'fail') expect(found.logE).toBeCloseTo(logE, 9)
    else expect(found.logE).toBeLessThan(THRESHOLD)
  })

  test('at the margin itself is none', () => {
    const { verdict, sentence } = judged({ kind: 'prediction-shift', margin: 0.25 }, of(0.75, 0.625))
    expect([verdict, sentence.endsWith('(expected 0.5 ± 0.25): no sign of harm')]).toEqual(['pass', true])
  })

  test('is asked of both sides at half the level each', () => {
    const asked: (readonly [string, number, number])[] = []
    const comparison: Comparison = {
      ...of(0.95, 0.5),
      values: Array<number>(60).fill(0.95),
      above: (margin, level) => (asked.push(['above', margin, level]), 5.2),
      below: (margin, level) => (asked.push(['below', margin, level]), 0),
    }
    const found = judge(shift, comparison, { threshold: THRESHOLD, alpha: ALPHA, objective: null })
    expect(asked).toEqual([
      ['above', 0.15, THRESHOLD + Math.LN2],
      ['below', 0.15, THRESHOLD + Math.LN2],
    ])
    // The weaker of the two proofs counts: against its own holdout, and against stable.
    expect(found.logE).toBeCloseTo(Math.min(5.2, proof(0.95) + Math.LN2) - Math.LN2, 12)
    expect(found.verdict).toBe('inconclusive')
  })
})
