import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import type { Task } from '../../src/core/task.ts'
import { type Column, findColumn, type Table, takeRows } from '../../src/data/table.ts'
import { type LeakInput, leakFindings, searchLeaks } from '../../src/evaluation/leaks.ts'
import type { LeakCheck } from '../../src/evaluation/leak-types.ts'

const random = createRandom(1)
const N = 2000
const number = (name: string, value: (row: number) => number): Column => ({
  kind: 'number',
  name,
  values: Float64Array.from({ length: N }, (_, row) => value(row)),
  integer: false,
})
const category = (name: string, value: (row: number) => number, dictionary: readonly string[]): Column => ({
  kind: 'category',
  name,
  codes: Int32Array.from({ length: N }, (_, row) => value(row)),
  dictionary,
})
const churned = Float64Array.from({ length: N }, () => (random.next() < 0.3 ? 1 : 0))
const truth = (row: number): number => churned[row] as number
const noise = Float64Array.from({ length: N }, () => random.normal())
const trainRows = Uint32Array.from({ length: 1600 }, (_, i) => i)
const holdoutRows = Uint32Array.from({ length: 400 }, (_, i) => 1600 + i)
const label = category('churned', truth, ['no', 'yes'])
const valueAt = (column: Column, row: number): number =>
  column.kind === 'category' ? (column.codes[row] as number) : (column.values[row] as number)

type Extra = Partial<Pick<LeakInput, 'time' | 'id' | 'maybe' | 'errorsOf' | 'holdoutTable'>> & {
  target?: Column
  task?: Task
}

function search(columns: readonly Column[], extra: Extra = {}) {
  const { target = label, task = target.kind === 'number' ? 'regression' : 'binary', ...rest } = extra
  const table: Table = { rows: N, columns: [...columns, target] }
  const names = columns.map(({ name }) => name).filter((name) => name !== extra.time && name !== extra.id)
  return searchLeaks({ table, label: target.name, task, trainRows, holdoutRows, columns: names, ...rest })
}

function look(check: LeakCheck['check'], columns: readonly Column[], extra: Extra = {}): LeakCheck {
  return search(columns, extra).checks.find((one) => one.check === check) as LeakCheck
}

const found = (check: LeakCheck): readonly string[] =>
  check.status === 'found' ? check.findings.map(({ sentence }) => sentence) : []

/** A copy of the outcome with some rows wrong. */
const copy = (name: string, wrong: number): Column =>
  category(name, (row) => (random.next() < wrong ? 1 - truth(row) : truth(row)), ['0', '1'])

describe('a column that knows the label', () => {
  test('is named, whichever way round it goes', () => {
    const check = look('columns', [
      number('cancelled_at', (row) => -truth(row) * 100 + (noise[row] as number)),
      number('usage', (row) => truth(row) + 2 * (noise[row] as number)),
    ])
    expect(found(check)).toEqual([
      expect.stringMatching(/^“cancelled_at” alone predicts churned almost perfectly \(AUC 1\).*data\.ignore/),
    ])
  })

  test('may be a category, or a number that is not monotone in the label', () => {
    const columns = [
      category('status', (row) => (truth(row) === 1 ? 2 : row % 2), ['active', 'paused', 'gone']),
      number('band', (row) =>
        truth(row) === 1 ? random.next() : row % 2 === 0 ? 5 + random.next() : -5 - random.next(),
      ),
    ]
    expect(found(look('columns', columns))).toEqual([
      expect.stringContaining('“status” alone'),
      expect.stringContaining('“band” alone'),
    ])
  })

  test('may tell it by being there at all', () => {
    const ticket = number('ticket', (row) => (truth(row) === 1 ? Math.abs(noise[row] as number) : Number.NaN))
    expect(found(look('columns', [ticket]))).toEqual([
      expect.stringContaining('whether “ticket” is missing predicts churned almost perfectly (AUC 1)'),
    ])
  })

  test('is not one whose every value is different', () => {
    const names = Array.from({ length: N }, (_, row) => `id${row}`)
    expect(look('columns', [category('id', (row) => row, names)]).status).toBe('clean')
  })

  test('is seen where classes alternate row by row', () => {
    const target = category('kind', (row) => row % 2, ['a', 'b'])
    expect(found(look('columns', [number('flag', (row) => row % 2)], { target }))).toHaveLength(1)
  })

  test('is not seen, and not denied, where a class has hardly a row', () => {
    const target = category('rare', (row) => (row < 5 ? 1 : 0), ['no', 'yes'])
    const check = look('columns', [number('flag', (row) => (row < 5 ? 1 : 0))], { target })
    expect(check).toEqual({
      check: 'columns',
      status: 'not-looked',
      sentence:
        'whether columns tell rare was not checked: beside the most frequent class no other has 10 training rows',
    })
  })
})

test('the three strongest columns are told with their scores, suspect or not', () => {
  const columns = [
    number('weak', (row) => truth(row) + 4 * (noise[row] as number)),
    number('strong', (row) => truth(row) + (noise[row] as number)),
    number('none', () => random.normal()),
    copy('half', 0.2),
  ]
  const { strongest, checks } = search(columns)
  expect(strongest.map(({ column }) => column)).toEqual(['half', 'strong', 'weak'])
  expect(checks[0]?.status).toBe('clean')
  expect(checks[0]?.sentence).toMatch(/half \(AUC 0\.\d+\), strong \(AUC 0\.7\d+\), weak \(AUC 0\.5\d+\)/)
  expect(checks[0]?.sentence).toContain('looked at 4 columns one by one on 1,600 training rows')
})

describe('of many classes', () => {
  const classes = 40
  const names = Array.from({ length: classes }, (_, i) => `class ${i}`)
  const target = category('kind', (row) => row % classes, names)

  test('a column that tells one of them is no leak of the target', () => {
    const one = number('flag', (row) => (row % classes === 7 ? 1 : 0))
    expect(look('columns', [one], { target, task: 'multiclass' }).status).toBe('clean')
  })

  test('nor is one that tells which half of them', () => {
    const half = number('half', (row) => (row % classes < 20 ? 1 : 0))
    expect(look('columns', [half], { target, task: 'multiclass' }).status).toBe('clean')
  })

  test('a column that tells them all is one', () => {
    const all = category('code', (row) => (row * 7) % classes, names)
    expect(found(look('columns', [all], { target, task: 'multiclass' }))).toEqual([
      expect.stringMatching(
        /“code” alone predicts kind almost perfectly \(right in 100 % of the rows, the most frequent class in \d/,
      ),
    ])
  })

  test('two columns of which each tells a part may tell them all', () => {
    const tens = number('tens', (row) => Math.floor((row % classes) / 10))
    const ones = number('ones', (row) => (row % classes) % 10)
    expect(look('columns', [tens, ones], { target, task: 'multiclass' }).status).toBe('clean')
    expect(found(look('groups', [tens, ones], { target, task: 'multiclass' }))).toEqual([
      expect.stringMatching(/“(tens|ones)” and “(tens|ones)” together predict kind almost perfectly/),
    ])
  })
})

describe('columns that know the label together', () => {
  test('are several copies of it, each with errors of its own', () => {
    const columns = [
      copy('status_a', 0.07),
      copy('status_b', 0.07),
      copy('status_c', 0.07),
      copy('status_d', 0.07),
      number('usage', (row) => truth(row) + 2 * (noise[row] as number)),
    ]
    expect(look('columns', columns).status).toBe('clean')
    const [sentence] = found(look('groups', columns))
    expect(sentence).toMatch(/together predict churned almost perfectly \(AUC 0\.99/)
    expect(sentence).toContain('“status_a”')
    expect(sentence).not.toContain('usage')
  })

  test('are found behind one that knows it alone', () => {
    const columns = ['a', 'b', 'c', 'd'].map((name) => copy(name, 0.07))
    const groups = look('groups', [copy('exact', 0), ...columns])
    expect(groups.sentence).toContain('without those that do it alone')
    expect(found(groups)).toHaveLength(1)
    expect(found(groups)[0]).not.toContain('exact')
  })

  test('may say nothing one by one', () => {
    const one = Uint8Array.from({ length: N }, () => random.below(2))
    const columns = [
      number('one', (row) => one[row] as number),
      number('other', (row) => ((one[row] as number) + truth(row)) % 2),
    ]
    expect(look('columns', columns).status).toBe('clean')
    expect(found(look('groups', columns))).toEqual([
      expect.stringContaining('together predict churned almost perfectly (AUC 1)'),
    ])
  })

  test('may tell it by which of them is there', () => {
    const one = Uint8Array.from({ length: N }, () => random.below(2))
    const gap = (value: number): number => (value === 1 ? random.normal() : Number.NaN)
    const columns = [
      number('one', (row) => gap(one[row] as number)),
      number('other', (row) => gap(((one[row] as number) + truth(row)) % 2)),
    ]
    expect(found(look('groups', columns))).toHaveLength(1)
  })

  test('are not several honest ones', () => {
    const columns = Array.from({ length: 6 }, (_, i) => number(`c${i}`, (row) => 0.8 * truth(row) + random.normal()))
    const check = look('groups', columns)
    expect(check.status).toBe('clean')
    expect(check.sentence).toContain(
      'looked at 15 of 15 pairs and sets put together from 6 columns on 1,600 training rows',
    )
  })

  test('are told to be not looked at where there is one column only', () => {
    expect(look('groups', [copy('a', 0.3)])).toMatchObject({ status: 'not-looked' })
  })
})

describe('a label that is a number', () => {
  const casual = number('casual', () => random.below(300))
  const registered = number('registered', () => 1 + random.below(800))
  const third = number('third', () => random.below(500))
  const sum = (row: number): number => valueAt(casual, row) + valueAt(registered, row)
  const names = /“(casual|registered|third)”/g

  test('is found to be the sum of two columns', () => {
    const columns = [casual, registered, number('noise', (row) => noise[row] as number)]
    const [sentence, ...others] = found(look('groups', columns, { target: number('cnt', sum) }))
    expect(others).toEqual([])
    expect(sentence).toMatch(/together make up cnt \(they explain 100 % of its variance\)/)
    expect(sentence?.match(names)?.toSorted()).toEqual(['“casual”', '“registered”'])
  })

  test('or of three, with a gap here and there, and nothing that is not needed', () => {
    const gappy = number('third', (row) => (row % 50 === 0 ? Number.NaN : valueAt(third, row)))
    const target = number('total', (row) => sum(row) - 2 * valueAt(third, row))
    const columns = [number('related', (row) => sum(row) + 100 * random.normal()), casual, registered, gappy]
    const [sentence] = found(look('groups', columns, { target }))
    expect(sentence?.match(names)?.toSorted()).toEqual(['“casual”', '“registered”', '“third”'])
    expect(sentence).not.toContain('related')
  })

  test('or a product, or a ratio', () => {
    const price = number('price', () => 1 + 9 * random.next())
    const columns = [price, registered]
    for (const target of [
      number('revenue', (row) => valueAt(price, row) * valueAt(registered, row)),
      number('each', (row) => valueAt(price, row) / valueAt(registered, row)),
    ])
      expect(found(look('groups', columns, { target }))).toEqual([
        expect.stringContaining(`multiplied or divided make up ${target.name}`),
      ])
  })

  test('is found in one column, also through a curve', () => {
    const target = number('price', (row) => noise[row] as number)
    const [sentence] = found(
      look('columns', [number('log_price', (row) => Math.exp(5 * (noise[row] as number)))], { target }),
    )
    expect(sentence).toMatch(/“log_price” alone predicts price almost perfectly \(rank correlation 1\)/)
  })

  test('with honest columns is left in peace', () => {
    const target = number('y', (row) => sum(row) + 300 * (noise[row] as number))
    expect(leakFindings(search([casual, registered], { target }))).toEqual([])
  })
})

describe('held-out rows that were trained on', () => {
  const half = (row: number): number => (row >= 1800 ? row - 1800 : row)

  test('are counted, and leave the verdict open', () => {
    const target = category('churned', (row) => truth(half(row)), ['no', 'yes'])
    const check = look('overlap', [number('usage', (row) => noise[half(row)] as number)], { target })
    expect(check).toMatchObject({ status: 'found', open: 'always' })
    expect(check.sentence).toMatch(/^200 held-out rows of 400 \(50 %\) are also among the training rows/)
  })

  test('are found in a holdout file of its own, with another dictionary', () => {
    const usage = number('usage', (row) => noise[row] as number)
    const mirrored = category('churned', (row) => 1 - truth(row), ['yes', 'no'])
    const holdoutTable = takeRows({ rows: N, columns: [usage, mirrored] }, trainRows.slice(0, 50))
    const check = look('overlap', [usage], { holdoutTable })
    expect(check.sentence).toContain('50 held-out rows of 50 (100 %)')
    expect(check).toMatchObject({ open: 'always' })
  })

  test('are copies where twins never disagree although the model errs', () => {
    const twice = (row: number): number => row % 500
    const target = category('churned', (row) => truth(twice(row)), ['no', 'yes'])
    const usage = number('usage', (row) => noise[twice(row)] as number)
    const check = look('overlap', [usage], { target, errorsOf: () => 0.2 })
    // Training rows have copies among each other just as well: they were there before the split.
    expect(check).toMatchObject({ status: 'found', open: 'unless-expected' })
    expect(check.sentence).toContain('twins never disagree about churned')
  })

  test('are no copies in a table of few values', () => {
    const columns = [number('plan', () => random.below(3)), number('age', () => random.below(4))]
    const check = look('overlap', columns, { errorsOf: () => 0.3 })
    expect(check.status).toBe('clean')
    expect(check.sentence).toContain('the table has few values')
  })

  test('cannot be counted where a held-out file lacks a column', () => {
    const usage = number('usage', (row) => noise[row] as number)
    const holdoutTable = takeRows({ rows: N, columns: [label] }, holdoutRows)
    expect(look('overlap', [usage], { holdoutTable }).status).toBe('not-looked')
  })
})

describe('rows of one id', () => {
  const usage = number('usage', (row) => noise[row] as number)
  const customer = category(
    'customer',
    (row) => row % 500,
    Array.from({ length: 500 }, (_, i) => `c${i}`),
  )
  const apart = category(
    'customer',
    (row) => (row < 1600 ? row % 400 : 400 + (row % 100)),
    customer.kind === 'category' ? customer.dictionary : [],
  )

  test('on both sides of the split are counted', () => {
    expect(found(look('ids', [usage, customer], { id: 'customer' }))).toEqual([
      '400 of 400 held-out customers (100 %) also have training rows; what the model remembers of them flatters it',
    ])
  })

  test('on one side are said to be', () => {
    const check = look('ids', [usage, apart], { id: 'customer' })
    expect(check).toMatchObject({ status: 'clean', sentence: 'no held-out customer of 100 is among the training rows' })
  })

  test('were not looked at without a column for it, and what may be one is named', () => {
    const check = look('ids', [usage], { maybe: { time: [], id: ['account_key'] } })
    expect(check).toEqual({
      check: 'ids',
      status: 'not-looked',
      sentence:
        'no id column: whether rows of one thing are on both sides of the split was not checked; “account_key” may be one (data.id)',
      maybe: ['account_key'],
    })
  })
})

describe('the order of time', () => {
  const ordered: Column = { kind: 'time', name: 'at', values: Float64Array.from({ length: N }, (_, row) => row * 1000) }
  const usage = number('usage', (row) => noise[row] as number)

  test('is kept where every held-out row is newer', () => {
    expect(look('time', [usage, ordered], { time: 'at' })).toEqual({
      check: 'time',
      status: 'clean',
      sentence: 'none of 400 held-out rows is older than the newest training row by at',
    })
  })

  test('is broken where the model was trained on the future', () => {
    const shuffled: Column = { ...ordered, values: ordered.values.map((time, row) => (row === 0 ? 1_800_000 : time)) }
    expect(found(look('time', [usage, shuffled], { time: 'at' }))).toEqual([
      expect.stringContaining('200 held-out rows of 400 (50 %) are older than the newest training row by at'),
    ])
  })

  test('was not looked at without a time column, and what may be one is named', () => {
    const check = look('time', [usage], { maybe: { time: ['signup_date'], id: [] } })
    expect(check).toEqual({
      check: 'time',
      status: 'not-looked',
      sentence: 'no time column: the order of time was not checked; “signup_date” may be one (data.time)',
      maybe: ['signup_date'],
    })
  })

  test('nor where the held-out files have none', () => {
    const holdoutTable = takeRows({ rows: N, columns: [usage, label] }, holdoutRows)
    expect(findColumn(holdoutTable, 'at')).toBeUndefined()
    expect(look('time', [usage, ordered], { time: 'at', holdoutTable })).toMatchObject({ status: 'not-looked' })
  })
})
