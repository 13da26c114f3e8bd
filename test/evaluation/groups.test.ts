import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import type { Column, Table } from '../../src/data/table.ts'
import { type Grouping, groupingName } from '../../src/config/groupings.ts'
import { type Condition, fixBands, groupRows, groupText, isMissing } from '../../src/evaluation/groups.ts'

const numbers = (values: readonly number[], kind: 'number' | 'time' = 'number'): Table => {
  const column: Column =
    kind === 'number'
      ? { kind, name: 'x', values: Float64Array.from(values), integer: false }
      : { kind, name: 'x', values: Float64Array.from(values) }
  return { rows: values.length, columns: [column] }
}
const everyRow = (table: Table): Uint32Array => Uint32Array.from({ length: table.rows }, (_, row) => row)
const grouped = (table: Table): readonly (readonly [string, readonly number[]])[] | undefined =>
  groupRows(table, 'x', everyRow(table))?.map((group) => [group.value, [...group.rows]])

describe('disaggregation', () => {
  test('puts numbers into quartile bands, the upper edge inside, missing ones last', () => {
    expect(grouped(numbers([8, 1, 2, 3, 4, 5, 6, 7, Number.NaN, 9]))).toEqual([
      ['≤ 3', [1, 2, 3]],
      ['> 3 and ≤ 5', [4, 5]],
      ['> 5 and ≤ 7', [6, 7]],
      ['> 7', [0, 9]],
      ['missing', [8]],
    ])
  })

  test('shows few integers by value, and merges bands that ties make equal', () => {
    expect(grouped(numbers([1, 0, 1, 5]))).toEqual([
      ['0', [1]],
      ['1', [0, 2]],
      ['5', [3]],
    ])
    expect(grouped(numbers([0.5, 0.5, 0.5, 0.5, 0.5, 0.7]))).toEqual([
      ['≤ 0.5', [0, 1, 2, 3, 4]],
      ['> 0.5', [5]],
    ])
    expect(grouped(numbers([0.5, 0.5]))).toEqual([['present', [0, 1]]])
    expect(grouped(numbers([Number.NaN]))).toEqual([['missing', [0]]])
  })

  test('writes bands of times as days', () => {
    const day = 86_400_000
    expect(grouped(numbers([0, day, 2 * day, 3 * day, 4 * day], 'time'))?.map(([value]) => value)).toEqual([
      '≤ 1970-01-02',
      '> 1970-01-02 and ≤ 1970-01-03',
      '> 1970-01-03 and ≤ 1970-01-04',
      '> 1970-01-04',
    ])
  })

  test('shows categories by size and pools the rarest of many', () => {
    const dictionary = Array.from({ length: 30 }, (_, i) => `c${i}`)
    const codes = Int32Array.from([5, 5, 7, ...dictionary.keys(), -1])
    const table: Table = { rows: codes.length, columns: [{ kind: 'category', name: 'x', codes, dictionary }] }
    const groups = groupRows(table, 'x', everyRow(table)) ?? []
    expect(groups.slice(0, 3).map((group) => [group.value, group.rows.length])).toEqual([
      ['c5', 3],
      ['c7', 2],
      ['c0', 1],
    ])
    expect(groups.slice(-2).map((group) => [group.value, group.rows.length])).toEqual([
      ['other (11 values)', 11],
      ['missing', 1],
    ])
    expect(groups.reduce((sum, group) => sum + group.rows.length, 0)).toBe(codes.length)
  })

  test('looks at the given rows only, and numbers them by place', () => {
    expect(
      groupRows(numbers([1, 2, 3, 3]), 'x', Uint32Array.of(3, 0))?.map((group) => [group.value, [...group.rows]]),
    ).toEqual([
      ['1', [1]],
      ['3', [0]],
    ])
    expect(groupRows(numbers([1]), 'y', Uint32Array.of(0))).toBeUndefined()
  })
})

describe('a printed condition', () => {
  const random = createRandom(11)
  const worlds: readonly (readonly [string, number, (i: number) => number])[] = [
    ['amounts with cents', 400, () => Math.round(1_000_000 * random.next()) / 100],
    ['an edge of 5,099.1', 8, (i) => [1.5, 5099.1, 5099.1, 5103, 6000, 6001.25, 7000, 9000.75][i] as number],
    ['thirds', 300, () => random.below(900) / 3],
    ['negative numbers', 300, () => -random.below(100_000) / 7],
    ['tiny numbers', 300, () => random.next() * 1e-9],
    ['huge numbers', 300, () => Math.round(random.next() * 1e15) + random.below(3) / 2],
    ['around nought', 300, () => random.normal()],
    ['one step of a double apart', 8, (i) => 1 + i * Number.EPSILON],
    ['with gaps', 300, () => (random.next() < 0.2 ? Number.NaN : random.next() * 100)],
    ['one number and gaps', 300, () => (random.next() < 0.5 ? Number.NaN : 12.5)],
    ['few whole numbers', 300, () => random.below(4) * 1000],
    ['many times the same', 300, () => (random.next() < 0.8 ? 12.345678 : random.next())],
  ]

  /** What a reader would select by the text alone. */
  const selects = (text: string, value: number): boolean => {
    if (text === 'missing') return Number.isNaN(value)
    if (Number.isNaN(value)) return false
    if (text === 'present') return true
    const number = (written: string): number => Number(written.replaceAll(',', '').replaceAll('−', '-'))
    return text.split(' and ').every((part) => {
      const [sign = '', edge = ''] = part.split(' ')
      if (sign === '≤') return value <= number(edge)
      return sign === '>' ? value > number(edge) : value === number(part)
    })
  }

  test.each(worlds)('selects exactly the rows that were counted: %s', (_, rows, of) => {
    const values = Array.from({ length: rows }, (__, i) => of(i))
    const table = numbers(values)
    for (const bands of [undefined, 2, 7]) {
      const groups = groupRows(table, bands === undefined ? 'x' : { column: 'x', bands }, everyRow(table)) ?? []
      expect(groups.reduce((sum, group) => sum + group.rows.length, 0)).toBe(rows)
      for (const { value, rows: counted, conditions } of groups) {
        expect([...values.keys()].filter((row) => selects(value, values[row] as number))).toEqual([...counted])
        const [{ above, upTo }] = conditions as [Condition]
        if (above === undefined && upTo === undefined) continue
        const inside = (x: number): boolean => x > (above ?? -Infinity) && x <= (upTo ?? Infinity)
        expect([...values.keys()].filter((row) => inside(values[row] as number))).toEqual([...counted])
      }
    }
  })

  test('has the shortest edge there is', () => {
    const values = [1.5, 5099.1, 5099.1, 5103, 6000, 6001.25, 7000, 9000.75]
    expect(grouped(numbers(values))?.map(([value]) => value)).toEqual([
      '≤ 5,100',
      '> 5,100 and ≤ 5,103',
      '> 5,103 and ≤ 6,100',
      '> 6,100',
    ])
  })

  test('has the time of day where times have one, and exact edges in the record', () => {
    const hour = 3_600_000
    const times = Array.from({ length: 8 }, (_, i) => i * 5 * hour)
    const groups = groupRows(numbers(times, 'time'), { column: 'x', bands: 2 }, Uint32Array.from(times.keys())) ?? []
    expect(groups.map(({ value, conditions, rows }) => [value, conditions, rows.length])).toEqual([
      ['≤ 1970-01-01T15:00:00Z', [{ column: 'x', value: '≤ 1970-01-01T15:00:00Z', upTo: 15 * hour }], 4],
      ['> 1970-01-01T15:00:00Z', [{ column: 'x', value: '> 1970-01-01T15:00:00Z', above: 15 * hour }], 4],
    ])
  })

  test('keeps a category apart that reads like something else', () => {
    const dictionary = ['missing', '≤ 5', 'other (3 values)', 'plain', 'present', 'one or both missing']
    const codes = Int32Array.of(0, 1, 2, 3, 4, 5, -1)
    const table: Table = { rows: 7, columns: [{ kind: 'category', name: 'x', codes, dictionary }] }
    expect(grouped(table)?.map(([value]) => value)).toEqual([
      '“missing”',
      '“≤ 5”',
      '“other (3 values)”',
      'plain',
      '“present”',
      '“one or both missing”',
      'missing',
    ])
  })

  test('in words says of a column that has one value where it is, and of a cross that either is missing', () => {
    const x: Column = { kind: 'number', name: 'x', values: Float64Array.of(1.5, NaN, 1.5, NaN), integer: false }
    const y: Column = { kind: 'category', name: 'y', codes: Int32Array.of(0, 0, -1, -1), dictionary: ['a'] }
    const table: Table = { rows: 4, columns: [x, y] }
    const told = (grouping: Grouping): readonly (readonly [string, readonly number[]])[] | undefined =>
      groupRows(table, grouping, everyRow(table))?.map(({ value, rows }) => [
        groupText(groupingName(grouping), value),
        [...rows],
      ])
    expect(told('x')).toEqual([
      ['x is present', [0, 2]],
      ['x is missing', [1, 3]],
    ])
    expect(told(['x', 'y'])).toEqual([
      ['x × y = present × a', [0]],
      ['x × y = one or both missing', [1, 2, 3]],
    ])
    expect(['missing', 'one or both missing', 'present', '“missing”'].map(isMissing)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  test('of a cross is one for each column', () => {
    const table: Table = {
      rows: 4,
      columns: [
        { kind: 'category', name: 'plan', codes: Int32Array.of(0, 0, 1, 1), dictionary: ['a', 'b'] },
        { kind: 'number', name: 'x', values: Float64Array.of(1.5, 2.5, 1.5, 2.5), integer: false },
      ],
    }
    const groups = groupRows(table, ['plan', { column: 'x', bands: [2] }], everyRow(table)) ?? []
    expect(groups.map(({ value, conditions }) => [value, conditions])[0]).toEqual([
      'a × ≤ 2',
      [
        { column: 'plan', value: 'a' },
        { column: 'x', value: '≤ 2', upTo: 2 },
      ],
    ])
  })

  test('is the same for other rows at the same edges', () => {
    const [one, other] = [numbers([0.1, 0.2, 0.3, 0.4]), numbers([0.15, 0.9, 0.95, 0.99])]
    const fixed = fixBands(one, { column: 'x', bands: 2 }, everyRow(one))
    expect(groupRows(one, fixed, everyRow(one))?.map(({ value, rows }) => [value, rows.length])).toEqual([
      ['≤ 0.2', 2],
      ['> 0.2', 2],
    ])
    expect(groupRows(other, fixed, everyRow(other))?.map(({ value, rows }) => [value, rows.length])).toEqual([
      ['≤ 0.2', 1],
      ['> 0.2', 3],
    ])
  })
})
