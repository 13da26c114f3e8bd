import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baselineFor } from '../../src/evaluation/baseline.ts'
import { quantiles } from '../../src/evaluation/quantiles.ts'
import { scoreMetric } from '../../src/evaluation/score.ts'
import { chooseThreshold } from '../../src/evaluation/threshold.ts'
import { labelsOf, predictionsOf } from './golden.ts'

describe('the threshold', () => {
  const labels = labelsOf('binary', [0, 0, 1, 0, 1, 1])
  const predictions = predictionsOf('binary', [0.1, 0.2, 0.3, 0.4, 0.8, 0.9])

  test('is what was configured', () => {
    expect(chooseThreshold(labels, predictions, 0.37)).toBe(0.37)
  })

  test('lies between the two scores where F1 is largest', () => {
    // Decided positive from 0.3 on: 3 hits, 1 false alarm, F1 = 6/7.
    expect(chooseThreshold(labels, predictions, 'f1')).toBeCloseTo(0.25, 12)
  })

  test('weighs what decisions are worth', () => {
    expect(chooseThreshold(labels, predictions, 'value', { tp: 1, fp: -5, tn: 0, fn: 0, unit: '' })).toBeCloseTo(
      0.6,
      12,
    )
    // Alarms cost more than they bring: nobody is decided positive.
    expect(chooseThreshold(labels, predictions, 'value', { tp: -1, fp: -1, tn: 0, fn: 0, unit: '' })).toBeGreaterThan(
      0.9,
    )
    expect(chooseThreshold(labels, predictions, 'value', { tp: 1, fp: 1, tn: 0, fn: 0, unit: '' })).toBe(0)
    expect(() => chooseThreshold(labels, predictions, 'value')).toThrow(/no cost table/)
  })

  test('is 0.5 where the rows cannot say', () => {
    expect(chooseThreshold(labelsOf('binary', []), predictionsOf('binary', []), 'f1')).toBe(0.5)
    expect(chooseThreshold(labelsOf('binary', [1, 1]), predictionsOf('binary', [0.2, 0.9]), 'f1')).toBe(0.5)
    expect(chooseThreshold(labelsOf('binary', [0, 1]), predictionsOf('binary', [0.2, 0.2]), 'f1')).toBe(0.5)
  })

  test('is never beaten by another cut', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 10 })), {
      minLength: 2,
      maxLength: 25,
    })
    fc.assert(
      fc.property(rows, (list) => {
        const y = labelsOf(
          'binary',
          list.map(([label]) => label),
        )
        const p = predictionsOf(
          'binary',
          list.map(([, score]) => score / 10),
        )
        if (new Set(y.values).size < 2 || new Set(p.scores).size < 2) return
        const f1 = (threshold: number): number => scoreMetric('f1', y, p, { threshold }).value ?? 0
        const best = f1(chooseThreshold(y, p, 'f1'))
        for (let cut = 0; cut <= 10; cut++) expect(best).toBeGreaterThanOrEqual(f1(cut / 10) - 1e-12)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the baseline', () => {
  test('answers the class prior or the mean', () => {
    const binary = baselineFor('binary', {
      task: 'binary',
      classes: ['no', 'yes'],
      values: Float64Array.of(0, 0, 0, 1),
    })
    expect(binary.name).toBe('always “no” (class prior)')
    expect([...binary.predict(2).scores]).toEqual([0.25, 0.25])
    const three = baselineFor('multiclass', {
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      values: Float64Array.of(2, 2, 0, 1),
    })
    expect(three.name).toBe('always “c” (class prior)')
    expect([...three.predict(2).scores]).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5])
    const mean = baselineFor('regression', labelsOf('regression', [1, 2, 6]))
    expect(mean.name).toBe('always 3 (mean)')
    expect([...mean.predict(2).scores]).toEqual([3, 3])
  })

  test('gives shares that sum to 1 whatever the rounding', () => {
    const labels = {
      task: 'multiclass' as const,
      classes: ['a', 'b', 'c'],
      values: Float64Array.from({ length: 30_000 }, (_, i) => i % 3),
    }
    expect(scoreMetric('log-loss', labels, baselineFor('multiclass', labels).predict(30_000)).value).toBeCloseTo(
      Math.log(3),
      9,
    )
  })
})

test('quantiles of the finite values, ends included', () => {
  expect(quantiles(Float64Array.of(3, 1, Number.NaN, 2), 2)).toEqual([1, 2, 3])
  expect(
    quantiles(
      Float64Array.from({ length: 101 }, (_, i) => i),
      100,
    ),
  ).toHaveLength(101)
  expect(quantiles(new Float64Array(0), 100)).toEqual([])
})
