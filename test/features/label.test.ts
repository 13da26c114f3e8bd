import { describe, expect, test } from 'vitest'
import { encodeLabels, fitLabel } from '../../src/features/label.ts'
import { rowsOf, tableOf } from './tables.ts'

const fit = (
  y: Parameters<typeof tableOf>[0][string],
  task: 'binary' | 'multiclass' | 'regression',
  positive?: string,
) => fitLabel(tableOf({ y }), rowsOf(y.length), { column: 'y', task, positive })

describe('the classes of a label', () => {
  test('binary: the positive class is the named one, a yes, or the rarer', () => {
    expect(fit(['Yes', 'No', 'Yes'], 'binary').classes).toEqual(['No', 'Yes'])
    expect(fit([1, 0, 1, 1], 'binary').classes).toEqual(['0', '1'])
    expect(fit(['true', 'false'], 'binary').classes).toEqual(['false', 'true'])
    expect(fit(['<=50K', '>50K', '<=50K'], 'binary').classes).toEqual(['<=50K', '>50K'])
    expect(fit(['>50K', '>50K', '<=50K'], 'binary').classes).toEqual(['>50K', '<=50K'])
    expect(fit(['Yes', 'No', 'Yes'], 'binary', 'No').classes).toEqual(['Yes', 'No'])
    expect(fit([1, 0, 1, 1], 'binary', '0.0').classes).toEqual(['1', '0'])
  })

  test('multiclass: numbers by value, then texts', () => {
    expect(fit([10, 2, 1, 2], 'multiclass').classes).toEqual(['1', '2', '10'])
    expect(fit(['b', 'a', 'c', 'a'], 'multiclass').classes).toEqual(['a', 'b', 'c'])
  })

  test('regression: mean and population standard deviation', () => {
    expect(fit([2, 4, null, 6], 'regression')).toEqual({ column: 'y', classes: [], mean: 4, sd: Math.sqrt(8 / 3) })
  })

  test('a label that does not fit its task is refused with a reason', () => {
    expect(() => fit(['a', 'a'], 'binary')).toThrow('has only the class "a" in the training rows')
    expect(() => fit([null, null], 'multiclass')).toThrow('has no value')
    expect(() => fit(['a', 'b', 'c'], 'binary')).toThrow('has 3 classes ("a", "b", "c"), and the task is binary')
    expect(() => fit(['a', 'b'], 'binary', 'x')).toThrow('the positive class "x" is none of the classes')
    expect(() => fit([3, 3, 3], 'regression')).toThrow('one value only')
    expect(() => fit(['a', 'b'], 'regression')).toThrow('no number')
  })
})

describe('encoding labels', () => {
  const label = { column: 'y', classes: ['0', '1'], mean: 0, sd: 1 }

  test('keeps the rows that have a label, in their order', () => {
    const encoded = encodeLabels({ label }, tableOf({ y: [1, null, 0, 1] }), [3, 1, 2])
    expect(encoded).toEqual({
      rows: Uint32Array.of(3, 2),
      values: Float64Array.of(1, 0),
      unlabelled: 1,
      unseen: { rows: 0, examples: [] },
    })
  })

  test('counts classes that were not there in training', () => {
    const encoded = encodeLabels({ label }, tableOf({ y: ['1', '2', '0.0', '2', 'x'] }))
    expect(encoded.rows).toEqual(Uint32Array.of(0, 2))
    expect(encoded.values).toEqual(Float64Array.of(1, 0))
    expect(encoded.unseen).toEqual({ rows: 3, examples: ['2', 'x'] })
  })

  test('regression: values in their own unit; text that is no number counts as missing', () => {
    const regression = { column: 'y', classes: [], mean: 5, sd: 2 }
    const encoded = encodeLabels({ label: regression }, tableOf({ y: ['7', 'n/k', '-1'] }))
    expect(encoded.values).toEqual(Float64Array.of(7, -1))
    expect(encoded.unlabelled).toBe(1)
  })
})
