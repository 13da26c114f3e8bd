import { describe, expect, test } from 'vitest'
import type { DataConfig } from '../../src/config/schema.ts'
import type { Champion } from '../../src/commands/champion.ts'
import { newRowsSince } from '../../src/commands/new-rows.ts'
import type { Column, Table } from '../../src/data/table.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')

/** Indices of the rows that are new for a champion. */
function fresh(data: Partial<DataConfig>, training: object, ...columns: readonly [Column, ...Column[]]): number[] {
  const champion = {
    manifest: { version: 3, training: { trainedAt: '2026-05-20T00:00:00Z', ...training } },
    record: { data: { files: [{ path: 'a.csv', rows: 2 }] } },
  } as unknown as Champion
  const rows = columns[0].kind === 'category' ? columns[0].codes.length : columns[0].values.length
  const table: Table = { rows, columns }
  const batch = { table, file: 'a.csv', firstRow: 0, header: [], fileNumber: 1, files: 1 }
  const found = newRowsSince(champion, { 'time-format': 'auto', ...data } as DataConfig, NOW)(batch)
  return found === undefined ? Array.from({ length: rows }, (_, i) => i) : [...found]
}

const times = (...texts: readonly string[]): Column => ({
  kind: 'time',
  name: 'at',
  values: Float64Array.from(texts, (text) => Date.parse(text)),
})
const numbers = (...values: readonly number[]): Column => ({
  kind: 'number',
  name: 'seq',
  values: Float64Array.from(values),
  integer: true,
})
const texts = (...values: readonly string[]): Column => ({
  kind: 'category',
  name: 'seq',
  dictionary: values,
  codes: Int32Array.from(values, (_, i) => i),
})

describe('a row at the mark itself was seen', () => {
  test('a time', () => {
    const seen = { dataSeenUntil: '2026-05-10T00:00:00.000Z' }
    const column = times('2026-05-09T23:59:59.999Z', '2026-05-10T00:00:00.000Z', '2026-05-10T00:00:00.001Z')
    expect(fresh({ time: 'at' }, seen, column)).toEqual([2])
  })

  test('a number', () => {
    expect(fresh({ watermark: 'seq' }, { seenMark: 100 }, numbers(99, 100, 101))).toEqual([2])
  })

  test('numbers among texts', () => {
    expect(fresh({ watermark: 'seq' }, { seenMark: 100 }, texts('99', '100', '101'))).toEqual([2])
  })

  test('texts, by their characters', () => {
    expect(fresh({ watermark: 'seq' }, { seenMark: 'b-10' }, texts('b-1', 'b-10', 'b-100', 'b-2'))).toEqual([2, 3])
  })

  test('without any mark, the rows of a known file up to its length of then', () => {
    expect(fresh({}, {}, numbers(1, 2, 3, 4))).toEqual([2, 3])
  })
})
