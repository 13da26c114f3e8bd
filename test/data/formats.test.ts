import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { columnOf, read, reportOf, texts } from './support.ts'

describe('JSON Lines', () => {
  test('are read with numbers, booleans, texts, nulls and missing keys', async () => {
    const lines = [
      '{"x": 1.5, "b": true, "c": "red", "y": 0}',
      '{"c": "blue", "x": null, "y": 1, "b": false}',
      '{"y": 0, "x": 3, "t": "2026-01-01"}',
    ]
    const data = await read({ 'a.jsonl': `\ufeff${lines.join('\r\n')}\n\n` })
    expect(texts(data.table, 'x')).toEqual(['1.5', '', '3'])
    expect(texts(data.table, 'b')).toEqual(['true', 'false', ''])
    expect(texts(data.table, 'c')).toEqual(['red', 'blue', ''])
    expect(texts(data.table, 't')).toEqual(['', '', '2026-01-01T00:00:00.000Z'])
    expect(columnOf(data, 'x').kind).toBe('number')
  })

  test('may bring a key late: it becomes a column of its type', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) =>
      JSON.stringify({ y: i % 2, ...(i > 3000 && { late: i * 0.5 }) }),
    )
    const data = await read({ 'a.jsonl': lines.join('\n') })
    expect(columnOf(data, 'late').kind).toBe('number')
    expect(reportOf(data, 'late').missing).toBe(3001)
    expect(texts(data.table, 'late')[4999]).toBe('2499.5')
  })

  test('with lists and records in a column are read without it, and say so', async () => {
    const data = await read({ 'a.jsonl': '{"x": 1, "tags": ["a"], "y": 1}\n{"x": 2, "tags": null, "y": 0}\n' })
    expect(data.table.columns.map((column) => column.name)).toEqual(['x', 'y'])
    expect(reportOf(data, 'tags')).toMatchObject({ role: 'ignored', notes: ['holds lists or records: left out'] })
  })
})

describe('Parquet', () => {
  test('is read with its own types, column by column, several row groups', async () => {
    const n = 3000
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'x', data: Array.from({ length: n }, (_, i) => (i === 7 ? null : i * 0.5)), type: 'DOUBLE' },
        { name: 'big', data: Array.from({ length: n }, (_, i) => BigInt(i)), type: 'INT64' },
        { name: 'c', data: Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'red' : 'blue')), type: 'STRING' },
        { name: 'b', data: Array.from({ length: n }, (_, i) => i % 3 === 0), type: 'BOOLEAN' },
        { name: 't', data: Array.from({ length: n }, (_, i) => new Date(Date.UTC(2026, 0, 1, i))), type: 'TIMESTAMP' },
      ],
      rowGroupSize: 1000,
    })
    const data = await read({ 'a.parquet': new Uint8Array(buffer) }, { time: 't', label: 'b' })
    expect(data.table.rows).toBe(n)
    expect(data.table.columns.map((column) => [column.name, column.kind])).toEqual([
      ['x', 'number'],
      ['big', 'number'],
      ['c', 'category'],
      ['b', 'category'],
      ['t', 'time'],
    ])
    expect(texts(data.table, 'x').slice(6, 9)).toEqual(['3', '', '4'])
    expect(texts(data.table, 'big')[2999]).toBe('2999')
    expect(texts(data.table, 'b').slice(0, 3)).toEqual(['true', 'false', 'false'])
    expect(data.report.window).toEqual({ from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1, n - 1) })
  })

  test('and CSV with the same content give the same table', async () => {
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'x', data: [1.5, null, 3], type: 'DOUBLE' },
        { name: 'y', data: ['a', 'b', null], type: 'STRING' },
      ],
    })
    const one = await read({ 'a.parquet': new Uint8Array(buffer) })
    const other = await read({ 'a.csv': 'x,y\n1.5,a\n,b\n3,\n' })
    expect(one.table).toEqual(other.table)
  })
})
