import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { type Column, type Table, takeRows } from '../../src/data/table.ts'
import { findLeaks } from '../../src/evaluation/leaks.ts'

const random = createRandom(1)
const N = 1000
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
const trainRows = Uint32Array.from({ length: 800 }, (_, i) => i)
const holdoutRows = Uint32Array.from({ length: 200 }, (_, i) => 800 + i)
const label = category('churned', truth, ['no', 'yes'])

function leaks(columns: readonly Column[], extra: { time?: string; target?: Column } = {}): readonly string[] {
  const target = extra.target ?? label
  const table: Table = { rows: N, columns: [...columns, target] }
  const names = columns.map((column) => column.name).filter((name) => name !== extra.time)
  return findLeaks({ table, label: target.name, trainRows, holdoutRows, columns: names, time: extra.time }).map(
    (finding) => `${finding.rule} ${finding.column ?? ''}: ${finding.sentence}`,
  )
}

describe('a column that knows the label', () => {
  test('is named, whichever way round it goes', () => {
    const [found, ...others] = leaks([
      number('cancelled_at', (row) => -truth(row) * 100 + (noise[row] as number)),
      number('usage', (row) => truth(row) + 2 * (noise[row] as number)),
    ])
    expect(others).toEqual([])
    expect(found).toMatch(
      /^telltale-column cancelled_at: “cancelled_at” alone predicts churned almost perfectly \(AUC 1\)/,
    )
    expect(found).toContain('data.ignore')
  })

  test('may be a category, or a number that is not monotone in the label', () => {
    const found = leaks([
      category('status', (row) => (truth(row) === 1 ? 2 : row % 2), ['active', 'paused', 'gone']),
      number('band', (row) =>
        truth(row) === 1 ? random.next() : row % 2 === 0 ? 5 + random.next() : -5 - random.next(),
      ),
    ])
    expect(found.map((text) => text.split(':')[0])).toEqual(['telltale-column status', 'telltale-column band'])
  })

  test('is not one whose every value is different', () => {
    expect(
      leaks([
        category(
          'id',
          (row) => row,
          Array.from({ length: N }, (_, row) => `id${row}`),
        ),
      ]),
    ).toEqual([])
  })

  test('is looked for behind every class of several', () => {
    const target = category('kind', (row) => row % 3, ['a', 'b', 'c'])
    const [found] = leaks([number('flag', (row) => (row % 3 === 1 ? 1 : 0))], { target })
    expect(found).toContain('AUC 1 for “b”')
  })
})

describe('a label that is a number', () => {
  const casual = number('casual', () => random.below(300))
  const registered = number('registered', () => random.below(800))
  const sum = (row: number): number =>
    ((casual as { values: Float64Array }).values[row] as number) +
    ((registered as { values: Float64Array }).values[row] as number)

  test('is found to be the sum of two columns', () => {
    const found = leaks([casual, registered, number('noise', (row) => noise[row] as number)], {
      target: number('cnt', sum),
    })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(
      /^telltale-sum (casual|registered): .*casual.* together make up cnt|registered and casual together/,
    )
  })

  test('is found in one column, also through a curve', () => {
    const target = number('price', (row) => noise[row] as number)
    const found = leaks([number('log_price', (row) => Math.exp(5 * (noise[row] as number)))], { target })
    expect(found[0]).toMatch(/“log_price” alone predicts price almost perfectly \(rank correlation 1\)/)
  })

  test('with honest columns is left in peace', () => {
    expect(
      leaks([casual, registered], { target: number('y', (row) => sum(row) + 300 * (noise[row] as number)) }),
    ).toEqual([])
  })
})

describe('the split', () => {
  test('tells the share of held-out rows that were trained on', () => {
    const half = (row: number): number => (row >= 900 ? row - 900 : row)
    const twins = [number('usage', (row) => noise[half(row)] as number)]
    const target = category('churned', (row) => truth(half(row)), ['no', 'yes'])
    const [found] = leaks(twins, { target })
    expect(found).toMatch(
      /^duplicates-across-split : 100 held-out rows of 200 \(50 %\) are also among the training rows/,
    )
  })

  test('finds twins in a holdout file of its own, with another dictionary', () => {
    const usage = number('usage', (row) => noise[row] as number)
    const table: Table = { rows: N, columns: [usage, label] }
    const mirrored = category('churned', (row) => 1 - truth(row), ['yes', 'no'])
    const holdoutTable = takeRows({ rows: N, columns: [usage, mirrored] }, trainRows.slice(0, 50))
    const found = findLeaks({
      table,
      label: 'churned',
      trainRows,
      holdoutRows: new Uint32Array(0),
      holdoutTable,
      columns: ['usage'],
    })
    expect(found.map((finding) => finding.sentence)).toEqual([
      expect.stringContaining('50 held-out rows of 50 (100 %)'),
    ])
  })

  test('tells when the model was trained on the future', () => {
    const ordered: Column = {
      kind: 'time',
      name: 'at',
      values: Float64Array.from({ length: N }, (_, row) => row * 1000),
    }
    const shuffled: Column = { ...ordered, values: ordered.values.map((time, row) => (row === 0 ? 900_000 : time)) }
    const usage = number('usage', (row) => noise[row] as number)
    expect(leaks([usage, ordered], { time: 'at' })).toEqual([])
    expect(leaks([usage, shuffled], { time: 'at' })).toEqual([
      expect.stringContaining('100 held-out rows of 200 (50 %) are older than the newest training row by at'),
    ])
  })
})
