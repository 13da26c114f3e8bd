import * as fc from 'fast-check'
import { parse, unparse } from 'papaparse'
import { describe, expect, test } from 'vitest'
import { CsvScanner } from '../../src/data/readers/csv-scanner.ts'
import { TextSink } from '../../src/data/readers/text-sink.ts'
import { read, reportOf, texts } from './support.ts'

/** Scans a text in pieces of the given size, as a stream would bring them. */
function scan(text: string, width: number, piece: number, delimiter = ',') {
  const sinks = Array.from({ length: width }, (_, i) => new TextSink(`c${i}`, Number.POSITIVE_INFINITY))
  const scanner = new CsvScanner({ delimiter, newline: '\n' }, sinks, { file: 'x', line: 1 })
  const all = Buffer.from(text)
  let kept = Buffer.alloc(0)
  for (let at = 0; at <= all.length; at += piece) {
    const buffer = Buffer.concat([kept, all.subarray(at, at + piece)])
    const final = at + piece > all.length
    kept = buffer.subarray(scanner.scan(buffer, 0, buffer.length, final))
  }
  const rows = Array.from({ length: scanner.rows }, (_, row) => sinks.map((sink) => String(sink.cells[row])))
  return { rows, scanner }
}

describe('the CSV scanner', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r\n', ';', ' ', '1', '.'), maxLength: 8 }),
    fc.integer().map(String),
  )

  test('agrees with papaparse on every table, however it is written and cut into pieces', () => {
    const tables = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.record({
        rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
        newline: fc.constantFrom('\n', '\r\n'),
        quotes: fc.boolean(),
        delimiter: fc.constantFrom(',', ';', '\t', '|'),
        piece: fc.integer({ min: 1, max: 40 }),
        end: fc.boolean(),
      }),
    )
    fc.assert(
      fc.property(tables, ({ rows, newline, quotes, delimiter, piece, end }) => {
        const text = unparse(rows, { newline, quotes, delimiter }) + (end ? newline : '')
        const peer = parse<string[]>(text, { delimiter, newline, skipEmptyLines: true }).data
        const own = scan(text, rows[0]?.length ?? 0, piece, delimiter)
        expect(own.rows).toEqual(peer)
        expect(own.rows).toEqual(rows)
      }),
      { numRuns: 400 },
    )
  })

  test('knows the line of every record, line breaks within quotes included', () => {
    const { scanner } = scan('a,b\n"1\n2\n3",x\nc\nd,e\n', 2, 5)
    expect(scanner.rows).toBe(3)
    expect(scanner.ragged).toEqual({ rows: 1, line: 5, fields: 1 })
    expect(scanner.line).toBe(7)
  })

  test('names the line on which a quote opened that never closes', () => {
    expect(scan('a,b\nc,"d\ne,f\n', 2, 100).scanner.openQuote).toBe(2)
  })

  test('keeps text behind a closing quote, and quotes within a field, as they are', () => {
    expect(scan('"ab"c,5" pipe\n', 2, 3).rows).toEqual([['abc', '5" pipe']])
  })

  test('takes a trailing delimiter for what it is, and skips empty lines', () => {
    expect(scan('a,b,\n\n\r\nc,d\n', 2, 100).rows).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })
})

describe('a CSV file', () => {
  test.each([
    ['commas', 'a,b\n1,x\n2,y\n'],
    ['semicolons', 'a;b\n1;x\n2;y\n'],
    ['tabs', 'a\tb\n1\tx\n2\ty\n'],
    ['bars', 'a|b\n1|x\n2|y\n'],
    ['carriage returns and line feeds', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['bare carriage returns', 'a,b\r1,x\r2,y'],
    ['a byte order mark', '\ufeffa,b\n1,x\n2,y\n'],
    ['quotes', '"a","b"\n"1","x"\n"2","y"'],
    ['no line break at the end', 'a,b\n1,x\n2,y'],
    ['blanks around the cells', ' a , b \n 1 , x\n2 ,\ty\n'],
    ['semicolons, and commas in the cells', 'a;b\n1;x\n2;y\n'],
  ])('with %s is read as the same table', async (_what, text) => {
    const { table } = await read({ 'a.csv': text })
    expect(table.columns.map((column) => [column.name, column.kind])).toEqual([
      ['a', 'number'],
      ['b', 'category'],
    ])
    expect(texts(table, 'a')).toEqual(['1', '2'])
    expect(texts(table, 'b')).toEqual(['x', 'y'])
  })

  test('keeps delimiters, line breaks and doubled quotes within quotes', async () => {
    const { table } = await read({ 'a.csv': 'name,note\n"Doe, Ann","said ""hi""\nand left"\nBob,ok\n' })
    expect(texts(table, 'name')).toEqual(['Doe, Ann', 'Bob'])
    expect(texts(table, 'note')).toEqual(['said "hi"\nand left', 'ok'])
  })

  test('may use any configured delimiter', async () => {
    const { table } = await read({ 'a.csv': 'a~b\n1~x\n' }, { delimiter: '~' })
    expect(table.columns.map((column) => column.name)).toEqual(['a', 'b'])
  })

  test('with a nameless column (an index, as programs write it) gets a name for it', async () => {
    const { table } = await read({ 'a.csv': ',a\n0,x\n1,y\n' })
    expect(table.columns.map((column) => column.name)).toEqual(['column_1', 'a'])
  })

  test('larger than the reader’s chunks comes out whole, dictionaries and all', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i},${(i * 7) % 1000}.25,user-${i},"word ${i % 11}"`)
    const data = await read({ 'a.csv': `i,x,user,w\n${lines.join('\n')}\n` })
    expect(data.table.rows).toBe(40_000)
    for (const row of [0, 1, 9_999, 25_000, 39_999]) {
      expect(data.table.columns.map((column) => texts({ rows: 40_000, columns: [column] }, column.name)[row])).toEqual([
        String(row),
        String(((row * 7) % 1000) + 0.25),
        `user-${row}`,
        `word ${row % 11}`,
      ])
    }
    expect(reportOf(data, 'user').distinct).toBe(40_000)
    expect(reportOf(data, 'w').distinct).toBe(11)
  })

  test('with a field that is longer than a chunk is still read', async () => {
    const long = 'x'.repeat(700_000)
    const { table } = await read({ 'a.csv': `a,b\n1,"${long}"\n2,y\n` })
    expect(texts(table, 'b')).toEqual([long, 'y'])
  })
})
