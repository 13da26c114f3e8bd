import { describe, expect, test } from 'vitest'
import { fitFeatures } from '../../src/features/fit.ts'
import { columnTypes, signatureOf } from '../../src/features/signature.ts'
import { createTransform } from '../../src/features/transform.ts'
import type { FeatureSpec, InputSpec } from '../../src/features/types.ts'
import { outputNames } from '../../src/features/outputs.ts'
import { repeat, rowsOf, tableOf } from './tables.ts'

const label = { column: 'y', classes: ['no', 'yes'], mean: 0, sd: 1 }
const specOf = (...inputs: InputSpec[]): FeatureSpec => ({
  schemaVersion: 1,
  task: 'binary',
  label,
  inputs,
  outputs: outputNames(inputs),
})
const number = (rest: object = {}): InputSpec => ({
  kind: 'number',
  column: 'x',
  impute: 3,
  mean: 1,
  sd: 2,
  missingIndicator: false,
  ...rest,
})
const category = (rest: object = {}): InputSpec => ({
  kind: 'category',
  column: 'c',
  categories: ['a', 'b'],
  rare: ['r'],
  missingIndicator: false,
  ...rest,
})
const matrix = (spec: FeatureSpec, columns: Parameters<typeof tableOf>[0], rows?: number[]) => {
  const { values, width } = createTransform(spec)(tableOf(columns), rows)
  return Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)])
}

describe('transforming numbers', () => {
  test('standardises, imputes and marks missing', () => {
    expect(matrix(specOf(number()), { x: [1, 5, null] })).toEqual([[0], [2], [1]])
    expect(matrix(specOf(number({ missingIndicator: true })), { x: [5, null] })).toEqual([
      [2, 0],
      [1, 1],
    ])
    expect(matrix(specOf(number({ missingIndicator: true, knots: [0, 2, 6] })), { x: [1, null] })).toEqual([
      [0, 0.5, 0, 0],
      [1, 1, 0.25, 1],
    ])
  })

  test('stays finite whatever comes', () => {
    const logged = number({ transform: 'signed-log', scale: 1 })
    expect(matrix(specOf(number()), { x: [1e300, -1e300, Infinity] })).toEqual([[10], [-10], [1]])
    expect(matrix(specOf(logged), { x: [-(Math.E - 1)] })[0]?.[0]).toBeCloseTo(-1, 6)
  })

  test('reads numbers from text', () => {
    expect(matrix(specOf(number()), { x: ['5', ' 7.0 ', 'oops'] })).toEqual([[2], [3], [1]])
  })
})

describe('transforming categories', () => {
  test('knows its categories, and pools what it does not', () => {
    expect(matrix(specOf(category()), { c: ['b', 'r', 'new', null] })).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
    ])
    expect(matrix(specOf(category({ rare: [], missingIndicator: true })), { c: ['new', null, 'a'] })).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [1, 0, 0],
    ])
  })

  test('compares numbers by value where text was seen in training', () => {
    const codes = specOf(category({ categories: ['1', '2.0'], rare: [] }))
    expect(matrix(codes, { c: [2, 1, 3, null] })).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
      [0, 0],
    ])
  })
})

describe('transforming times', () => {
  const spec = specOf({ kind: 'time', column: 't', parts: ['hour', 'weekday', 'month'] })

  test('puts hours, weekdays and months on circles, in UTC', () => {
    const [row] = matrix(spec, { t: [new Date('2026-04-06T06:00:00Z')] }) // a Monday
    const angles = [6 / 24, 1 / 7, 3 / 12].map((share) => 2 * Math.PI * share)
    for (const [i, angle] of angles.entries()) {
      expect(row?.[2 * i]).toBeCloseTo(Math.sin(angle), 6)
      expect(row?.[2 * i + 1]).toBeCloseTo(Math.cos(angle), 6)
    }
  })

  test('reads ISO text and epoch milliseconds alike, and leaves missing in the middle', () => {
    const text = '2026-04-06T06:00:00Z'
    const [fromTime] = matrix(spec, { t: [new Date(text)] })
    expect(matrix(spec, { t: [text] })[0]).toEqual(fromTime)
    expect(matrix(spec, { t: [Date.parse(text)] })[0]).toEqual(fromTime)
    expect(matrix(spec, { t: [null, new Date(text)] })[0]).toEqual([0, 0, 0, 0, 0, 0])
  })
})

describe('the transformation as a whole', () => {
  const table = tableOf({
    age: repeat(60, 20, 35, null, 50, 64),
    plan: repeat(60, 'basic', 'plus', 'plus', null, 'pro'),
    at: repeat(300, 0).map((_, i) => new Date(Date.UTC(2024, 0, 1 + 2 * i, i % 24))),
    size: repeat(300, 0).map((_, i) => Math.exp(i / 30)),
  })
  const spec = fitFeatures(table, rowsOf(200), {
    task: 'binary',
    label,
    columns: ['age', 'plan', 'at', 'size'],
    maxCategories: 50,
  })

  test('gives a row the same numbers in a batch, alone, and rebuilt from raw values as the gateway does', () => {
    const transform = createTransform(spec)
    const all = transform(table)
    expect(all.width).toBe(spec.outputs.length)
    for (let row = 0; row < table.rows; row += 7) {
      const expected = all.values.slice(row * all.width, (row + 1) * all.width)
      expect(transform(table, [row]).values).toEqual(expected)
      // Own dictionaries, other column order, further columns.
      const single = tableOf({
        extra: [1],
        ...Object.fromEntries(
          table.columns.toReversed().map((column) => {
            if (column.kind === 'category')
              return [column.name, [column.dictionary[column.codes[row] as number] ?? null]]
            const value = column.values[row] as number
            return [column.name, [Number.isNaN(value) ? null : column.kind === 'time' ? new Date(value) : value]]
          }),
        ),
      })
      expect(transform(single).values).toEqual(expected)
    }
  })

  test('names a missing column', () => {
    const { columns } = table
    expect(() =>
      createTransform(spec)({ rows: table.rows, columns: columns.filter(({ name }) => name !== 'plan') }),
    ).toThrow('the column "plan" is missing, and the model needs it')
  })

  test('tells clients its inputs and outputs', () => {
    expect(signatureOf(spec)).toEqual({
      inputs: [
        { name: 'age', datatype: 'FP64' },
        { name: 'plan', datatype: 'BYTES' },
        { name: 'at', datatype: 'INT64' },
        { name: 'size', datatype: 'FP64' },
      ],
      outputs: [
        { name: 'probability', datatype: 'FP64', shape: [-1] },
        { name: 'label', datatype: 'BYTES', shape: [-1] },
      ],
      classes: ['no', 'yes'],
    })
    expect(columnTypes(spec)).toEqual({ age: 'number', plan: 'category', at: 'time', size: 'number' })
  })
})
