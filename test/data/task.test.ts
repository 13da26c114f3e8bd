import { describe, expect, test } from 'vitest'
import type { Task } from '../../src/core/task.ts'
import { inferTask, labelValues } from '../../src/data/task.ts'
import type { Column } from '../../src/data/table.ts'
import { failure } from './support.ts'
import { tableOf } from './tables.ts'

const label = (...cells: (string | number | null)[]): Column => tableOf({ y: cells }).columns[0] as Column

test('whole numbers are classes up to 20 different ones, and a quantity from 21 on', () => {
  const numbers = (n: number): Column => label(...Array.from({ length: 3 * n }, (_, i) => i % n))
  expect(inferTask(numbers(20), undefined)).toMatchObject({ task: 'multiclass', classes: { length: 20 } })
  expect(inferTask(numbers(21), undefined).task).toBe('regression')
})

describe('the task', () => {
  test.each<[string, Column, Task | undefined, string | undefined, Omit<ReturnType<typeof inferTask>, 'basis'>]>([
    ['0 and 1', label(0, 1, 1, 1), undefined, undefined, { task: 'binary', classes: ['0', '1'] }],
    ['yes and no', label('Yes', 'No', 'Yes'), undefined, undefined, { task: 'binary', classes: ['No', 'Yes'] }],
    [
      'true and false',
      label('true', 'false', 'true'),
      undefined,
      undefined,
      { task: 'binary', classes: ['false', 'true'] },
    ],
    [
      'two other texts: the rarer is positive',
      label('ham', 'spam', 'ham'),
      undefined,
      undefined,
      { task: 'binary', classes: ['ham', 'spam'] },
    ],
    [
      'two texts, the positive one named',
      label('ham', 'spam', 'ham'),
      undefined,
      'ham',
      { task: 'binary', classes: ['spam', 'ham'] },
    ],
    [
      'a positive class in another spelling',
      label('true', 'false'),
      undefined,
      'True',
      { task: 'binary', classes: ['false', 'true'] },
    ],
    ['three texts', label('b', 'a', 'c', 'a'), undefined, undefined, { task: 'multiclass', classes: ['a', 'b', 'c'] }],
    [
      'few integers, by value',
      label(10, 9, 1),
      undefined,
      undefined,
      { task: 'multiclass', classes: ['1', '9', '10'] },
    ],
    ['few integers that are a quantity', label(1, 2, 3), 'regression', undefined, { task: 'regression', classes: [] }],
    ['fractions', label(0.5, 1, 0), undefined, undefined, { task: 'regression', classes: [] }],
    [
      'many integers',
      label(...Array.from({ length: 30 }, (_, i) => i)),
      undefined,
      undefined,
      { task: 'regression', classes: [] },
    ],
    [
      'two classes as multiclass',
      label('a', 'b'),
      'multiclass',
      undefined,
      { task: 'multiclass', classes: ['a', 'b'] },
    ],
    ['missing labels aside', label(null, 1, 0, null), undefined, undefined, { task: 'binary', classes: ['0', '1'] }],
  ])('of %s is seen', (_what, column, configured, positive, expected) => {
    const { basis, ...inferred } = inferTask(column, configured, positive)
    expect(inferred).toEqual(expected)
    expect(basis === undefined).toBe(configured !== undefined)
  })

  test.each<[string, Column, string]>([
    [
      'a whole number of forty',
      label(...Array.from({ length: 80 }, (_, i) => i % 40)),
      'the task is regression, for the label y holds 40 different whole numbers, more than 20; if they are classes, set task: multiclass',
    ],
    [
      'a whole number of twenty',
      label(...Array.from({ length: 80 }, (_, i) => i % 20)),
      'the task is multiclass, for the label y holds 20 different whole numbers, at most 20; if they are a quantity, set task: regression',
    ],
    [
      'fractions',
      label(0.5, 1),
      'the task is regression, for the label y holds numbers with fractions (task overrules)',
    ],
    ['texts', label('a', 'b', 'c'), 'the task is multiclass, for the label y holds 3 different texts (task overrules)'],
    [
      'two classes',
      label('ham', 'spam', 'ham'),
      'the task is binary, for the label y has two classes, ham and spam, of which spam is positive (task and data.positive overrule)',
    ],
  ])('inferred from %s says how, and what to set', (_what, column, sentence) => {
    expect(inferTask(column, undefined).basis).toBe(sentence)
  })

  test.each<[string, Column, Task | undefined, string | undefined, string]>([
    ['one class', label('a', 'a'), undefined, undefined, 'the label "y" has one class, “a”'],
    ['no value', label(null, null), undefined, undefined, 'the label "y" has no value'],
    [
      'texts for a regression',
      label('a', 'b'),
      'regression',
      undefined,
      'task is regression, but the label "y" holds texts such as “a”',
    ],
    [
      'three classes for a binary task',
      label('a', 'b', 'c'),
      'binary',
      undefined,
      'task is binary, but the label "y" has 3 classes: a, b, c',
    ],
    [
      'an unknown positive class',
      label('a', 'b'),
      undefined,
      'x',
      'data.positive is "x", but the classes of "y" are a and b',
    ],
    [
      'too many classes',
      label(...Array.from({ length: 1500 }, (_, i) => `id${i}`)),
      undefined,
      undefined,
      'the label "y" has 1,500 classes',
    ],
  ])('with %s is refused', async (_what, column, configured, positive, sentence) => {
    expect((await failure(() => inferTask(column, configured, positive))).message).toBe(sentence)
  })
})

test('a label becomes class codes or values, NaN where it is missing or unknown', () => {
  expect(labelValues(label('b', null, 'a', 'z'), ['a', 'b'])).toEqual(Float64Array.of(1, Number.NaN, 0, Number.NaN))
  expect(labelValues(label(1, 0, null), ['0', '1'])).toEqual(Float64Array.of(1, 0, Number.NaN))
  expect(labelValues(label(1.5, null), [])).toEqual(Float64Array.of(1.5, Number.NaN))
})
