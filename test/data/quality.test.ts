import { describe, expect, test } from 'vitest'
import type { ColumnExpectation, Expectations } from '../../src/config/schema.ts'
import { checkExpectations } from '../../src/data/expectations.ts'
import { checkQuality } from '../../src/data/quality.ts'
import { compareColumns } from '../../src/data/schema-change.ts'
import { failure, read } from './support.ts'
import { tableOf } from './tables.ts'

const rule = (settings: Partial<ColumnExpectation>): ColumnExpectation => ({ severity: 'stop', ...settings })
const expectOn = (columns: Record<string, ColumnExpectation>, rows: Expectations['rows'] = {}): Expectations => ({
  rows,
  columns,
})
const none = expectOn({})

describe('an expectation', () => {
  const table = tableOf({
    age: [30, 999, null, 40, 121, -1, 50, 60, 70, 80],
    plan: ['pro', 'basic', 'gold', null, 'pro', 'pro', 'pro', 'pro', 'pro', 'pro'],
    when: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'i'],
  })
  const sentences = (expectations: Expectations): string[] =>
    checkExpectations(table, expectations).map((finding) => finding.sentence)

  test.each<[string, Expectations, string]>([
    [
      'max',
      expectOn({ age: rule({ max: 120 }) }),
      'age: 2 of 10 values (20 %) are above 120, the first is 999 (row 2)',
    ],
    ['min', expectOn({ age: rule({ min: 0 }) }), 'age: 1 of 10 values (10 %) are below 0, the first is -1 (row 6)'],
    [
      'in',
      expectOn({ plan: rule({ in: ['basic', 'pro'] }) }),
      'plan: 1 of 10 values (10 %) are none of basic, pro, the first is gold (row 3)',
    ],
    [
      'missing',
      expectOn({ age: rule({ missing: { max: 0.02 } }) }),
      'age: 1 of 10 values (10 %) are missing, at most 2 % expected',
    ],
    ['type', expectOn({ plan: rule({ type: 'number' }) }), 'plan: number expected, the column is of type category'],
    ['unique', expectOn({ when: rule({ unique: true }) }), 'when: 1 of 10 values (10 %) repeat an earlier one'],
    [
      'bounds on texts',
      expectOn({ plan: rule({ min: 3 }) }),
      'plan: min and max need numbers, the column is of type category',
    ],
    ['too few rows', expectOn({}, { min: 1000 }), '10 rows, at least 1,000 expected'],
    ['too many rows', expectOn({}, { max: 5 }), '10 rows, at most 5 expected'],
  ])('on %s tells its breach with count, share and the first one', (_what, expectations, sentence) => {
    expect(sentences(expectations)).toEqual([sentence])
  })

  test('that is met says nothing', () => {
    expect(
      sentences(
        expectOn(
          { age: rule({ min: -1, max: 999, missing: { max: 0.1 } }), plan: rule({ in: ['pro', 'basic', 'gold'] }) },
          { min: 10, max: 10 },
        ),
      ),
    ).toEqual([])
    expect(
      checkExpectations(
        tableOf({ n: [1, 2] }),
        expectOn({ n: rule({ in: ['1', '2'], unique: true, type: 'number' }) }),
      ),
    ).toEqual([])
  })

  test('may only warn', () => {
    expect(checkExpectations(table, expectOn({ age: rule({ max: 120, severity: 'warn' }) }))[0]?.severity).toBe('warn')
  })

  test('on a column that is not there is an error with a suggestion', async () => {
    const error = await failure(() => checkExpectations(table, expectOn({ agee: rule({ min: 0 }) })))
    expect(error.message).toBe('expect names the column "agee", which the data do not have; did you mean "age"?')
  })
})

describe('the built-in checks', () => {
  const findings = async (text: string, settings: Record<string, unknown> = {}) => {
    const { table, report } = await read({ 'a.csv': text }, settings)
    return checkQuality(table, report, none)
  }

  test('find rows that repeat an earlier one in every column', async () => {
    const found = await findings(
      'x,c,y\n1,a,0\n2,b,1\n1,a,0\n1,a,1\n1,,0\n1,,0\n'.replace('y\n', 'y\n').concat('2,b,1\n'),
    )
    expect(found.filter((finding) => finding.rule === 'duplicates').map((finding) => finding.sentence)).toEqual([
      '3 of 7 rows (43 %) repeat an earlier row in every column, the first is row 3',
    ])
  })

  test('tell a header that comes again, however many rows there are', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${i * 1.5},${i % 2}`)
    const text = ['x,y', ...lines.slice(0, 100), 'x,y', ...lines.slice(100)].join('\n')
    const { table, report } = await read({ 'a.csv': text })
    expect(checkQuality(table, report, none).map(({ sentence }) => sentence)).toEqual([
      '1 of 301 rows (0.33 %) are left out: the header again, the first is a.csv:102',
    ])
  })

  test('stop at a label with one class', async () => {
    expect(await findings('x,y\n1,no\n2,no\n3,no\n')).toContainEqual({
      rule: 'label',
      column: 'y',
      severity: 'stop',
      sentence: 'y: every label is “no”: there is nothing to learn',
    })
  })

  test('tell constant columns, blanks among numbers, and rare classes', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `same,${i === 3 ? ' ' : i * 1.5},${i === 0 ? 'odd' : i % 2 === 0 ? 'a' : 'b'}`,
    )
    const sentences = (await findings(`k,x,y\n${rows.join('\n')}\n`)).map((finding) => finding.sentence)
    expect(sentences).toEqual([
      'y: class “odd” has only 1 row',
      'k: every value is the same; left out of the features',
      'x: 1 blank in a numeric column',
    ])
  })

  test('have nothing to say of clean data', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i * 1.5},${i % 2}`)
    expect(await findings(`x,y\n${rows.join('\n')}\n`)).toEqual([])
  })
})

describe('compared with the champion’s inputs', () => {
  const inputs = [
    { name: 'age', kind: 'number' },
    { name: 'plan', kind: 'category' },
  ] as const

  test('the same columns are no finding, and neither are label and id', () => {
    expect(compareColumns(tableOf({ plan: ['a'], age: [1], y: [0] }), inputs, { known: ['y'] })).toEqual([])
  })

  test('a renamed column is guessed by its name and type', () => {
    const found = compareColumns(tableOf({ customer_age: [1], aged: ['x'], plan: ['a'] }), inputs, { known: ['aged'] })
    expect(found).toEqual([
      {
        rule: 'renamed',
        column: 'age',
        severity: 'stop',
        sentence: 'age: the champion’s input is no longer in the data; it may have been renamed to “customer_age”',
      },
    ])
  })

  test('a vanished column stops, unless that is intended', () => {
    const table = tableOf({ plan: ['a'], weather: [1] })
    expect(compareColumns(table, inputs).map((finding) => [finding.rule, finding.column, finding.severity])).toEqual([
      ['vanished', 'age', 'stop'],
      ['added', 'weather', 'warn'],
    ])
    expect(compareColumns(table, inputs, { ignore: ['age', 'weather'] })).toEqual([])
  })

  test('a column of another type stops', () => {
    expect(compareColumns(tableOf({ age: ['x'], plan: ['a'] }), inputs)[0]?.sentence).toBe(
      'age: the champion was trained on numbers, the column now holds categories',
    )
  })
})
