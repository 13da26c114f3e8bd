import { describe, expect, test } from 'vitest'
import type { Column, Table } from '../../src/data/table.ts'
import { groupRows } from '../../src/evaluation/groups.ts'

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
      ['3 … 5', [4, 5]],
      ['5 … 7', [6, 7]],
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
      ['≤ 0.500', [0, 1, 2, 3, 4]],
      ['> 0.500', [5]],
    ])
    expect(grouped(numbers([0.5, 0.5]))).toEqual([['all', [0, 1]]])
    expect(grouped(numbers([Number.NaN]))).toEqual([['missing', [0]]])
  })

  test('writes bands of times as days', () => {
    const day = 86_400_000
    expect(grouped(numbers([0, day, 2 * day, 3 * day, 4 * day], 'time'))?.map(([value]) => value)).toEqual([
      '≤ 1970-01-02',
      '1970-01-02 … 1970-01-03',
      '1970-01-03 … 1970-01-04',
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
