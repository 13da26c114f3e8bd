import { describe, expect, test } from 'vitest'
import { evaluate as schema } from '../../src/config/schema/evaluate.ts'
import { RefitError } from '../../src/core/error.ts'
import { baselineFor } from '../../src/evaluation/baseline.ts'
import { evaluate, type EvaluateInput } from '../../src/evaluation/evaluate.ts'
import { judge } from '../../src/evaluation/gates.ts'
import { scoreMetric } from '../../src/evaluation/score.ts'
import { chooseThreshold } from '../../src/evaluation/threshold.ts'
import { worthOf } from '../../src/evaluation/worth.ts'
import { labelsOf, predictionsOf } from './golden.ts'

const table = (fees: readonly number[]) =>
  ({
    rows: fees.length,
    columns: [
      { kind: 'number', name: 'amount', values: Float64Array.from(fees, (_, i) => 100 * (i + 1)), integer: true },
      { kind: 'number', name: 'fee', values: Float64Array.from(fees), integer: true },
      { kind: 'category', name: 'plan', codes: new Int32Array(fees.length), dictionary: ['basic'] },
    ],
  }) as const
const rows = (n: number) => Uint32Array.from({ length: n }, (_, i) => i)
const formula = (text: string) => ({ formula: text, unit: '€' })

describe('a value formula', () => {
  const labels = labelsOf('binary', [1, 1, 0, 0])
  const predictions = predictionsOf('binary', [0.9, 0.2, 0.8, 0.1])

  test('is worth the sum over the rows, per 1,000 of them', () => {
    const value = worthOf(
      formula('tp * amount * 0.02 - fp * fee - fn * 1'),
      labels.values,
      table([1, 2, 3, 4]),
      rows(4),
    )
    // Row 1 is found (100 · 0.02), row 2 missed (−1), row 3 a false alarm (−3).
    expect(scoreMetric('value', labels, predictions, { value }).value).toBeCloseTo(((2 - 1 - 3) / 4) * 1000, 9)
  })

  test('gives the same as the cost table it spells out', () => {
    const costs = { tp: 120, fp: -15, tn: 1, fn: -50, unit: '€' }
    const spelled = worthOf(formula('120*tp - 15*fp + tn - 50*fn'), labels.values, table([1, 2, 3, 4]), rows(4))
    const value = (of: typeof costs | typeof spelled) => scoreMetric('value', labels, predictions, { value: of }).value
    expect(value(spelled)).toBe(value(costs))
    expect(chooseThreshold(labels, predictions, 'value', spelled)).toBe(
      chooseThreshold(labels, predictions, 'value', costs),
    )
  })

  test('reads the rows of the table that the labels belong to', () => {
    const value = worthOf(formula('tp * amount'), Float64Array.of(1), table([1, 2, 3, 4]), Uint32Array.of(2))
    expect([...value.decidedPositive]).toEqual([300])
  })

  test('that divides by zero is undefined and names the row, and no threshold is chosen by it', () => {
    const value = worthOf(formula('tp * amount / fee'), labels.values, table([1, 0, 3, 4]), rows(4))
    // Rows that are not positive are 0 / fee, which is fine; row 2 is found by nobody.
    expect(scoreMetric('value', labels, predictions, { value })).toMatchObject({
      value: null,
      reason:
        'the value formula “tp * amount / fee” divides by zero or overflows in row 2 of the held-out data (amount is 200, fee is 0)',
    })
    expect(() => chooseThreshold(labels, predictions, 'value', value)).toThrow(/cannot be chosen by value.*in row 2/)
  })

  test('says which cell is missing', () => {
    const value = worthOf(formula('tp * fee'), labels.values, table([1, 2, Number.NaN, 4]), rows(4))
    expect(scoreMetric('value', labels, predictions, { value }).reason).toBe(
      'the value formula needs fee, which is missing in row 3 of the held-out data',
    )
  })

  test.each([
    ['tp * nope', /“nope”, which is no column of the data/],
    ['tp * plan', /the column “plan”, which holds no numbers/],
  ])('%s is refused with the columns there are', (text, message) => {
    const call = (): unknown => worthOf(formula(text), labels.values, table([1, 2, 3, 4]), rows(4))
    expect(call).toThrow(RefitError)
    expect(call).toThrow(message)
  })
})

describe('in an evaluation', () => {
  const N = 300
  const truth = Array.from({ length: N }, (_, i) => ((i * 7) % 10 < 4 ? 1 : 0))
  const labels = labelsOf('binary', truth)
  const scores = (hits: number) => truth.map((label, i) => (i % 10 < hits ? 0.1 + 0.8 * label : 0.9 - 0.8 * label))
  const input = (text: string, fees: (row: number) => number): EvaluateInput => {
    const baseline = baselineFor('binary', labels)
    return {
      task: 'binary',
      config: { ...schema.parse({ value: { formula: text, unit: '€' }, 'find-slices': false }), resamples: 300 },
      holdout: {
        table: table(Array.from({ length: N }, (_, row) => fees(row))),
        labels,
        description: 'all',
        digest: '',
        championSafe: true,
      },
      candidate: { predictions: predictionsOf('binary', scores(9)), version: 2 },
      champion: { predictions: predictionsOf('binary', scores(7)), version: 1 },
      baseline: { predictions: baseline.predict(N), name: baseline.name },
      thresholds: {},
      gates: [{ metric: 'value', versus: 'champion', margin: 0 }],
    }
  }

  test('the total and the gain over the champion have intervals in the user’s unit', () => {
    const { businessValue, candidate } = evaluate(input('tp * amount * 0.001 - fp * fee', () => 1))
    expect(businessValue?.unit).toBe('€')
    const total = businessValue?.totals.candidate ?? 0
    const perThousand = candidate.metrics.find((one) => one.metric === 'value')
    expect(total).toBeCloseTo(((perThousand?.value ?? 0) * N) / 1000, 9)
    expect(businessValue?.intervals?.candidate?.low).toBeLessThan(total)
    expect(businessValue?.intervals?.candidate?.high).toBeGreaterThan(total)
    expect(businessValue?.change?.difference).toBeCloseTo(total - (businessValue?.totals.champion ?? 0), 9)
    expect(businessValue?.change?.interval?.low).toBeGreaterThan(0)
  })

  test('a row that divides by zero leaves the gate open, never passed', () => {
    const asked = input('tp * amount / fee', (row) => (row === 6 ? 0 : 1))
    const evaluation = evaluate(asked)
    expect(evaluation.businessValue?.totals.candidate).toBeNull()
    const { gates, verdict } = judge({
      evaluation,
      gates: asked.gates,
      fairness: undefined,
      minHoldout: 100,
      quality: [],
    })
    expect(gates.find((one) => one.gate.metric === 'value')).toMatchObject({
      status: 'inconclusive',
      sentence: expect.stringContaining('in row 7'),
    })
    expect(verdict.outcome).toBe('inconclusive')
  })
})

test('costs that would overflow leave the value undefined, with the reason', () => {
  const costs = { tp: 1e300, fp: 0, tn: 0, fn: 0, unit: '€' }
  const { problem } = worthOf(costs, Float64Array.of(1, 0), { rows: 2, columns: [] }, Uint32Array.of(0, 1))
  expect(problem).toBe('a value of 1.0e300 for one decision is too large to add up')
})
