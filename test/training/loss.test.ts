import { describe, expect, test } from 'vitest'
import { createAdam } from '../../src/training/adam.ts'
import { dropoutMask, shuffledBatches } from '../../src/training/batches.ts'
import { createRandom } from '../../src/core/random.ts'
import { lossOf } from '../../src/training/loss.ts'
import { classWeightsOf, lossWeights } from '../../src/training/weights.ts'

describe('the loss', () => {
  test('has the values of its definition', () => {
    expect(lossOf('binary', Float32Array.of(0), Float64Array.of(1))).toBe(Math.LN2)
    expect(lossOf('binary', Float32Array.of(1000, -1000), Float64Array.of(1, 1))).toBe(1000)
    expect(lossOf('multiclass', Float32Array.of(5, 5, 5, 5), Float64Array.of(2))).toBeCloseTo(Math.log(4), 12)
    expect(lossOf('regression', Float32Array.of(3), Float64Array.of(1), Float64Array.of(0.5))).toBe(2)
  })

  test.each(['binary', 'multiclass', 'regression'] as const)('%s: the gradient is that of the mean', (task) => {
    const outputs = task === 'multiclass' ? 3 : 1
    const logits = Float32Array.from({ length: 2 * outputs }, (_, i) => Math.fround(0.5 - 0.3 * i))
    const labels = Float64Array.of(1, 0)
    const weights = Float64Array.of(1.5, 0.5)
    const gradient = new Float32Array(logits.length)
    lossOf(task, logits, labels, weights, gradient)
    const step = 2 ** -7
    for (const [i, logit] of logits.entries()) {
      const at = (value: number): number => lossOf(task, logits.with(i, value), labels, weights) / 2
      expect(gradient[i]).toBeCloseTo((at(logit + step) - at(logit - step)) / (2 * step), 4)
    }
  })
})

describe('weights of rows and classes', () => {
  const labels = Float64Array.of(0, 0, 0, 1)

  test('balanced weights make classes count the same', () => {
    expect(classWeightsOf('balanced', ['no', 'yes'], labels)).toEqual(Float64Array.of(4 / 6, 2))
    expect(classWeightsOf('none', ['no', 'yes'], labels)).toBeUndefined()
    expect(classWeightsOf({ yes: 3 }, ['no', 'yes'], labels)).toEqual(Float64Array.of(1, 3))
  })

  test('have mean one', () => {
    const weights = lossWeights(labels, Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 5))!
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(4, 12)
    expect(weights[3]! / weights[0]!).toBeCloseTo(20, 12)
  })

  test('a class that does not exist, and weights of a regression, are mistakes', () => {
    expect(() => classWeightsOf({ maybe: 3 }, ['no', 'yes'], labels)).toThrow('"maybe", which is no class')
    expect(() => classWeightsOf('balanced', [], labels)).toThrow('a regression has no classes')
    expect(() => lossWeights(labels, new Float64Array(4), undefined)).toThrow('sum up to nothing')
  })
})

describe('steps and batches', () => {
  test('the first step of Adam is the learning rate against the sign of the gradient', () => {
    const values = Float32Array.of(1, 1, 1)
    createAdam([values]).step([Float32Array.of(1e-3, -50, 0)], 0.1)
    expect([...values].map((value) => Math.round(value * 1000) / 1000)).toEqual([0.9, 1.1, 1])
  })

  test('an epoch has every row once, with its own label and weight', () => {
    const matrix = { rows: 10, width: 2, values: Float32Array.from({ length: 20 }, (_, i) => i) }
    const labels = Float64Array.from({ length: 10 }, (_, i) => i)
    const seen: number[] = []
    for (const batch of shuffledBatches(matrix, labels, labels, 4, createRandom(1))) {
      for (let i = 0; i < batch.rows; i++) {
        const label = batch.labels[i]!
        expect([...batch.values.subarray(2 * i, 2 * i + 2)]).toEqual([2 * label, 2 * label + 1])
        expect(batch.weights?.[i]).toBe(label)
        seen.push(label)
      }
    }
    expect(seen).not.toEqual([...labels])
    expect(seen.toSorted((a, b) => a - b)).toEqual([...labels])
  })

  test('dropout keeps the mean', () => {
    const mask = dropoutMask(100_001, 0.3, createRandom(1))
    expect(mask.filter((value) => value === 0).length / mask.length).toBeCloseTo(0.3, 2)
    expect(mask.reduce((a, b) => a + b) / mask.length).toBeCloseTo(1, 2)
  })
})
