import { describe, expect, test } from 'vitest'
import { fitFeatures } from '../../src/features/fit.ts'
import type { CategoryInput, NumberInput } from '../../src/features/types.ts'
import { repeat, rowsOf, tableOf } from './tables.ts'

const label = { column: 'y', classes: ['no', 'yes'], mean: 0, sd: 1 }
const options = { task: 'binary', label, maxCategories: 50 } as const

describe('fitting features', () => {
  test('looks at the given rows only', () => {
    const table = tableOf({ age: [...repeat(50, 20, 30, 40), 9999], plan: [...repeat(50, 'a', 'b', 'a'), 'late'] })
    const spec = fitFeatures(table, rowsOf(150), { ...options, columns: ['age', 'plan'] })
    const [age, plan] = spec.inputs as [NumberInput, CategoryInput]
    expect(age.mean).toBe(30)
    expect(age.sd).toBeCloseTo(Math.sqrt(200 / 3))
    expect(age.knots).toEqual([20, 30, 40])
    expect([...plan.categories, ...plan.rare]).toEqual(['a', 'b'])
    expect(spec.outputs).toEqual(['age', 'age 20…30', 'age 30…40', 'plan=a', 'plan=b'])
  })

  test('imputes the median and marks missing where enough rows miss', () => {
    const table = tableOf({
      often: repeat(100, 1, 7, null),
      once: [...repeat(299, 3).map((v, i) => v + (i % 2)), null],
    })
    const spec = fitFeatures(table, rowsOf(300), { ...options, columns: ['often', 'once'] })
    expect(spec.inputs).toMatchObject([
      { impute: 4, mean: 4, sd: 3, missingIndicator: true },
      { impute: 3, missingIndicator: false },
    ])
    expect(spec.outputs).toContain('often is missing')
  })

  test('leaves out columns that say nothing in the training rows', () => {
    const table = tableOf({
      constant: repeat(100, 5, 5),
      empty: repeat(100, null, null),
      id: repeat(200, '').map((_, i) => `c${i}`),
      same: repeat(200, 'x'),
      good: repeat(100, 1, 2),
    })
    const spec = fitFeatures(table, rowsOf(200), { ...options, columns: ['constant', 'empty', 'id', 'same', 'good'] })
    expect(spec.inputs.map(({ column }) => column)).toEqual(['good'])
    expect(() => fitFeatures(table, rowsOf(200), { ...options, columns: ['constant', 'id'] })).toThrow(/none of the 2/)
  })

  test('pools categories that are rare or beyond the largest number', () => {
    const plan = [...repeat(300, 'a'), ...repeat(200, 'b'), ...repeat(100, 'c'), ...repeat(3, 'd')]
    const fit = (maxCategories: number) =>
      fitFeatures(tableOf({ plan }), rowsOf(plan.length), { ...options, maxCategories, columns: ['plan'] })
    expect(fit(50).inputs).toMatchObject([{ categories: ['a', 'b', 'c'], rare: ['d'] }])
    expect(fit(2).inputs).toMatchObject([{ categories: ['a', 'b'], rare: ['c', 'd'] }])
    expect(fit(2).outputs).toEqual(['plan=a', 'plan=b', 'plan=(rare)'])
  })

  test('takes the logarithm of a long tail', () => {
    const gain = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? Math.exp(i / 100) * 100 : 0))
    const [input] = fitFeatures(tableOf({ gain }), rowsOf(1000), { ...options, columns: ['gain'] }).inputs
    expect(input).toMatchObject({ transform: 'signed-log' })
    expect((input as NumberInput).scale).toBeGreaterThan(100)
  })

  test('writes finite numbers only, whatever the column holds', () => {
    const wild = [...repeat(60, 1, 2, 3), 1e300, -1e300, Infinity]
    const [input] = fitFeatures(tableOf({ wild }), rowsOf(wild.length), { ...options, columns: ['wild'] }).inputs
    const numbers = Object.values(input as NumberInput).filter((value) => typeof value === 'number')
    expect(numbers.every(Number.isFinite)).toBe(true)
  })

  test('derives from times the cycles that the training rows have seen in full', () => {
    const days = (count: number, hour: number) =>
      Array.from({ length: count }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day, hour * (day % 2))))
    const partsOf = (times: Date[]) =>
      fitFeatures(tableOf({ at: times }), rowsOf(times.length), { ...options, columns: ['at'] }).inputs
    expect(partsOf(days(400, 0))).toMatchObject([{ parts: ['weekday', 'month'] }])
    expect(partsOf(days(30, 6))).toMatchObject([{ parts: ['hour', 'weekday'] }])
    expect(() => partsOf(days(5, 0))).toThrow(/none of the 1 feature columns varies/)
  })

  test('names a column that is not there', () => {
    expect(() => fitFeatures(tableOf({ a: [1, 2] }), rowsOf(2), { ...options, columns: ['a', 'gone'] })).toThrow(
      'the column "gone" is missing',
    )
  })
})
