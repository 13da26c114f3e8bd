import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { separate } from '../../src/stats/domain-classifier.ts'
import { fitLogistic } from '../../src/stats/logistic.ts'
import { principalComponents, symmetricEigen } from '../../src/stats/pca.ts'

interface Golden {
  readonly eigen: readonly { d: number; matrix: number[]; values: number[]; first: number[] }[]
  readonly logistic: readonly {
    d: number
    x: number[]
    y: number[]
    ridge: number
    weights: number[]
    intercept: number
  }[]
}
// Computed by test/golden/multivariate.py, which names the versions of scipy and numpy.
const golden = JSON.parse(readFileSync(new URL('../golden/multivariate.json', import.meta.url), 'utf8')) as Golden

describe('eigenvalues', () => {
  test.each(golden.eigen)('of a $d × $d matrix agree with numpy', ({ d, matrix, values, first }) => {
    const eigen = symmetricEigen(Float64Array.from(matrix), d)
    values.forEach((value, i) => expect(eigen.values[i]).toBeCloseTo(value, 10))
    first.forEach((entry, i) => expect(Math.abs(eigen.vectors[0]![i]!)).toBeCloseTo(entry, 9))
  })

  test('the example of its documentation', () => {
    expect(Array.from(symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values, (value) => value.toFixed(12))).toEqual([
      '3.000000000000',
      '1.000000000000',
    ])
  })

  test('components keep the share of the variance that is asked for, and are orthonormal', () => {
    const random = createRandom(2)
    const values = Float64Array.from({ length: 5 * 400 }, (_, i) => random.normal() * (i % 5 < 2 ? 3 : 0.1))
    const components = principalComponents(values, 5, { share: 0.65, limit: 4 })
    expect(components).toHaveLength(2)
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
    expect(dot(components[0]!, components[0]!)).toBeCloseTo(1, 12)
    expect(dot(components[0]!, components[1]!)).toBeCloseTo(0, 12)
  })
})

test.each(golden.logistic)('ridge logistic regression in $d columns agrees with scipy', (given) => {
  const { weights, intercept } = fitLogistic(Float64Array.from(given.x), given.d, given.y, given.ridge, 400)
  given.weights.forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 5))
  expect(intercept).toBeCloseTo(given.intercept, 5)
})

describe('the domain classifier', () => {
  const draw = (seed: number, rows: number, d: number, change: (row: Float64Array) => void = () => undefined) => {
    const random = createRandom(seed)
    const values = new Float64Array(rows * d)
    for (let row = 0; row < rows; row++) {
      const part = values.subarray(row * d, row * d + d)
      for (let i = 0; i < d; i++) part[i] = random.normal()
      change(part)
    }
    return values
  }

  test('cannot tell samples of one distribution apart, and says so with the right confidence', () => {
    let low = 0
    for (let seed = 0; seed < 60; seed++) {
      const found = separate(draw(seed, 150, 4), draw(1000 + seed, 150, 4), 4, createRandom(seed))!
      expect(found.low).toBeLessThan(found.auc)
      if (found.pValue < 0.05) low++
      expect(found.auc > 0.65 && found.pValue < 0.01).toBe(false)
    }
    // 3 expected of 60; more than 9 would be seen once in a thousand times.
    expect(low).toBeLessThanOrEqual(9)
  })

  test.each([
    ['a mean', (row: Float64Array) => void (row[2]! += 1)],
    ['a spread', (row: Float64Array) => void (row[2]! *= 3)],
  ])('sees that %s has changed, and in which column', (_name, change) => {
    const found = separate(draw(1, 400, 5), draw(2, 400, 5, change), 5, createRandom(3))!
    expect(found.auc).toBeGreaterThan(0.65)
    expect(found.pValue).toBeLessThan(1e-6)
    expect(found.columns[0]!.column).toBe(2)
  })

  test('sees that two columns hang together differently', () => {
    const together = (sign: number) => (row: Float64Array) => void (row[1] = 0.9 * sign * row[0]! + 0.4 * row[1]!)
    const found = separate(draw(1, 400, 5, together(1)), draw(2, 400, 5, together(-1)), 5, createRandom(3))!
    expect(found.auc).toBeGreaterThan(0.85)
    expect(new Set(found.columns.slice(0, 2).map(({ column }) => column))).toEqual(new Set([0, 1]))
  })

  test('says nothing of a handful of rows, and survives columns that never vary', () => {
    expect(separate(draw(1, 9, 3), draw(2, 300, 3), 3, createRandom(1))).toBeNull()
    const flat = separate(new Float64Array(120), new Float64Array(120), 3, createRandom(1))!
    expect(flat.auc).toBe(0.5)
    expect(flat.pValue).toBeGreaterThanOrEqual(0.5)
  })
})
