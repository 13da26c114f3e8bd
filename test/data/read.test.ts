import { describe, expect, test } from 'vitest'
import { readBatches } from '../../src/data/read.ts'
import { silentLog } from '../../src/core/log.ts'
import { sha256 } from '../../src/core/json.ts'
import { columnOf, dataConfig, failure, folderWith, read, reportOf, texts, warnings } from './support.ts'

const csv = (header: string, ...rows: string[]): string => `${[header, ...rows].join('\n')}\n`
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))

describe('type inference', () => {
  test.each([
    ['integers', ['1', '2', '-3'], 'number'],
    ['numbers in every spelling', ['1e5', '+3', ' 12 ', '.5', '-0.25'], 'number'],
    ['numbers with missing ones', ['1', '?', 'NA', '', '2'], 'number'],
    ['thousands, unambiguous', ['1,234,567', '1,000', '12'], 'number'],
    ['decimal commas, unambiguous', ['0,5', '12,25', '3'], 'number'],
    ['thousands or decimals, who knows', ['1,234', '2,500'], 'category'],
    ['digits with leading zeros', ['01234', '99501'], 'category'],
    ['dates', ['2026-05-01', '2026-05-02'], 'time'],
    ['date-times', ['2026-05-01 10:00:00', '2026-05-01T10:00:00Z'], 'time'],
    ['dates that may be read in two ways', ['01/05/2026', '02/05/2026'], 'category'],
    ['years', ['2024', '2025'], 'number'],
    ['booleans', ['true', 'False', 'TRUE'], 'category'],
    ['yes and no', ['Yes', 'No'], 'category'],
    ['ids too long for a number', ['12345678901234567890', '12345678901234567891'], 'category'],
    ['nothing at all', ['', '?'], 'category'],
  ])('takes %s for what they are', async (_what, cells, kind) => {
    const data = await read({ 'a.csv': csv('x;y', ...cells.map((cell) => `${cell};1`)) })
    expect(columnOf(data, 'x').kind).toBe(kind)
  })

  test('reads the values of commas as their column means them', async () => {
    const data = await read({ 'a.csv': csv('t;d', '1,234,567;0,5', '1,000;12,25') })
    expect(texts(data.table, 't')).toEqual(['1234567', '1000'])
    expect(texts(data.table, 'd')).toEqual(['0.5', '12.25'])
    expect(reportOf(data, 'd').notes).toContain('commas are read as decimal points')
  })

  test('writes booleans in one way, and leaves Yes and No as they are', async () => {
    const { table } = await read({ 'a.csv': csv('b,c', 'True,Yes', 'false,No', 'TRUE,Yes') })
    expect(texts(table, 'b')).toEqual(['true', 'false', 'true'])
    expect(texts(table, 'c')).toEqual(['Yes', 'No', 'Yes'])
  })

  test('counts a few stray texts in a numeric column as missing, and says which', async () => {
    const rows = many(300, (i) => (i === 150 ? 'n/k' : String(i * 1.5)))
    const data = await read({ 'a.csv': csv('x,y', ...rows.map((cell) => `${cell},1`)) })
    expect(columnOf(data, 'x').kind).toBe('number')
    expect(reportOf(data, 'x').missing).toBe(1)
    expect(reportOf(data, 'x').notes).toContain(
      'mixed types: 1 of 300 values are no numbers and count as missing; the first is “n/k” (a.csv:152)',
    )
  })

  test('takes a column with many texts for a category, also when they come late', async () => {
    const data = await read({ 'a.csv': csv('x,y', ...many(3000, (i) => `${i < 1500 ? `${i}.0` : `t${i % 7}`},1`)) })
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(texts(data.table, 'x')[0]).toBe('0.0')
    expect(texts(data.table, 'x')[2999]).toBe(`t${2999 % 7}`)
  })

  test('finds the leading zero that comes late', async () => {
    const data = await read({ 'a.csv': csv('zip,y', ...many(3000, (i) => `${i === 2500 ? '01234' : 10000 + i},1`)) })
    expect(columnOf(data, 'zip').kind).toBe('category')
    expect(texts(data.table, 'zip')[2500]).toBe('01234')
  })

  test('finds the numbers and times of a column that is empty at first', async () => {
    const data = await read({ 'a.csv': csv('x,t,y', ...many(3000, (i) => (i < 1500 ? ',,1' : `${i},2026-05-01,1`))) })
    expect(columnOf(data, 'x').kind).toBe('number')
    expect(columnOf(data, 't').kind).toBe('time')
    expect(texts(data.table, 'x')[2999]).toBe('2999')
    expect(reportOf(data, 'x').missing).toBe(1500)
  })

  test('is overruled by kinds', async () => {
    const kinds = { x: 'category', z: 'number' } as const
    const data = await read({ 'a.csv': csv('x,z,y', '1,a,1', '2,3,1') }, {}, { kinds })
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(texts(data.table, 'z')).toEqual(['', '3'])
  })

  test('knows the configured texts and numbers that mean “missing”', async () => {
    const data = await read(
      { 'a.csv': csv('x,c,y', '-999,none,1', '5,a,1', '-999.0,b,1') },
      { missing: ['-999', 'none'] },
    )
    expect(texts(data.table, 'x')).toEqual(['', '5', ''])
    expect(texts(data.table, 'c')).toEqual(['', 'a', 'b'])
  })

  test('knows them beside those that always mean “missing”, unless the list is said to be the whole one', async () => {
    const file = { 'a.csv': csv('c,y', 'NA,1', 'kaputt,1', 'None,2', ',2', 'a,1') }
    const cells = async (missing: unknown): Promise<string[]> => texts((await read(file, { missing })).table, 'c')
    expect(await cells(['kaputt'])).toEqual(['', '', '', '', 'a'])
    expect(await cells('kaputt')).toEqual(['', '', '', '', 'a'])
    expect(await cells({ only: ['kaputt', 'NA'] })).toEqual(['', '', 'None', '', 'a'])
    expect(await cells({ only: [] })).toEqual(['NA', 'kaputt', 'None', '', 'a'])
  })

  test('takes seconds and milliseconds for times only in the configured time column', async () => {
    const file = { 'a.csv': csv('t,y', '1767225600,1', '1767312000,2') }
    expect(columnOf(await read(file), 't').kind).toBe('number')
    const data = await read(file, { time: 't' })
    expect(texts(data.table, 't')).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'])
    expect(data.report.window).toEqual({ from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) })
  })
})

describe('the role of a column', () => {
  const rows = many(200, (i) => `u${i},${1000 + i * 3},${i + 1},${i % 2},same,text number ${i},${i * 1.37},note`)
  const file = { 'a.csv': csv('customerID,order_id,n,y,c,free,amount,ignored', ...rows) }

  test('is found for ids, row counters, constants and texts that are all different', async () => {
    const data = await read(file, { ignore: ['ignored'] })
    expect(Object.fromEntries(data.report.columns.map((column) => [column.name, column.role]))).toEqual({
      customerID: 'id',
      order_id: 'id',
      n: 'index',
      y: 'label',
      c: 'constant',
      free: 'id',
      amount: 'feature',
      ignored: 'ignored',
    })
    expect(reportOf(data, 'customerID').notes).toContain('looks like an id')
  })

  test('is not id for words that merely end so', async () => {
    const data = await read({ 'a.csv': csv('paid,grid,y', ...many(60, (i) => `${i * 2},${i * 3},1`)) })
    expect(reportOf(data, 'paid').role).toBe('feature')
    expect(reportOf(data, 'grid').role).toBe('feature')
  })
})

describe('several files', () => {
  const files = { 'd/a.csv': csv('x,c,y', '1,red,0', '2,blue,1'), 'd/b.csv': csv('y;c;new', '1;red;7', '0;green;8') }

  test('are aligned by name, whatever the order and number of their columns', async () => {
    const data = await read(files, { source: 'd/*.csv' })
    expect(data.table.rows).toBe(4)
    expect(texts(data.table, 'x')).toEqual(['1', '2', '', ''])
    expect(texts(data.table, 'c')).toEqual(['red', 'blue', 'red', 'green'])
    expect(texts(data.table, 'new')).toEqual(['', '', '7', '8'])
    expect(reportOf(data, 'x').notes).toContain('not in d/b.csv')
    expect(reportOf(data, 'new').notes).toContain('not in d/a.csv')
    expect(data.report.files.map((file) => [file.path, file.rows])).toEqual([
      ['d/a.csv', 2],
      ['d/b.csv', 2],
    ])
  })

  test('of several formats make one table', async () => {
    const data = await read({ 'a.csv': csv('x,y', '1,a'), 'b.jsonl': '{"y": "b", "x": 2.5}\n' })
    expect(texts(data.table, 'x')).toEqual(['1', '2.5'])
    expect(texts(data.table, 'y')).toEqual(['a', 'b'])
  })

  test('have a fingerprint that changes with a byte or a name, and with nothing else', async () => {
    const one = (await read(files, { source: 'd/*.csv' })).report
    const again = (await read(files, { source: ['d/b.csv', 'd/a.csv'] })).report
    const other = (await read({ ...files, 'd/b.csv': files['d/b.csv'].replace('8', '9') }, { source: 'd/*.csv' }))
      .report
    expect(one.files[0]?.sha256).toBe(sha256(files['d/a.csv']))
    expect(again.fingerprint).toBe(one.fingerprint)
    expect(other.fingerprint).not.toBe(one.fingerprint)
  })

  test('that are held out can be left out', async () => {
    const data = await read(files, { source: 'd/*.csv' }, { exclude: ['d/b.csv'] })
    expect(data.report.files.map((file) => file.path)).toEqual(['d/a.csv'])
    const error = await failure(read(files, { source: 'd/*.csv' }, { exclude: ['d/*'] }))
    expect(error.message).toBe('every file of data.source is held out')
  })
})

describe('rows that cannot be used', () => {
  test('are left out, counted, and shown with the first: ragged, without label, without time', async () => {
    const file = {
      'a.csv': csv('x,y,t', '1,a,2026-01-01', '2,b', '3,,2026-01-02', '4,c,2026-01-03,5', '5,d,', '6,e,2026-01-04'),
    }
    const { log, texts: warned } = warnings()
    const data = await read(file, { time: 't' }, { requireLabel: true, log })
    expect(texts(data.table, 'x')).toEqual(['1', '6'])
    expect(data.report).toMatchObject({ rowsRead: 6, rowsKept: 2 })
    expect(data.report.dropped).toEqual([
      { reason: 'not as many fields as the header (2 instead of 3)', rows: 2, example: { file: 'a.csv', line: 3 } },
      { reason: 'label missing', rows: 1, example: { file: 'a.csv', line: 4 } },
      { reason: 'time missing', rows: 1, example: { file: 'a.csv', line: 6 } },
    ])
    expect(warned).toEqual(['a.csv:3 2 rows left out: not as many fields as the header (2 instead of 3)'])
  })

  test('without a label stay when labels are not required', async () => {
    const data = await read({ 'a.csv': csv('x,y', '1,a', '2,') })
    expect(data.table.rows).toBe(2)
  })
})

describe('reading some columns only', () => {
  test('keeps label, time, id and weight', async () => {
    const file = { 'a.csv': csv('a,b,y,t,i,w', '1,2,0,2026-01-01,u1,3', '1,2,1,2026-01-02,u2,4') }
    const data = await read(file, { time: 't', id: 'i', weight: 'w' }, { columns: ['b', 'gone'] })
    expect(data.table.columns.map((column) => column.name)).toEqual(['b', 'y', 't', 'i', 'w'])
  })
})

describe('batches', () => {
  const lines = (from: number): string[] => many(30_000, (i) => `${from + i},${i % 3 === 0 ? 'red' : `c${i % 5}`},1`)
  const files = {
    'a.csv': csv('x,c,y', ...lines(0)),
    'b.csv': csv('c,x,y', ...lines(0).map((line) => line.replace(/^(.*),(.*),1$/, '$2,$1,1'))),
  }

  test('hold all rows in order, in parts, with codes that mean the same in every part', async () => {
    const folder = folderWith(files)
    const data = dataConfig({ source: '*.csv' })
    let rows = 0
    let batches = 0
    let red: number | undefined
    for await (const batch of readBatches(data, folder, { columns: ['c', 'x'] })) {
      const [c, x] = batch.table.columns
      if (c?.kind !== 'category' || x?.kind !== 'number') throw new Error('unexpected types')
      expect(x.values[0]).toBe(batch.firstRow)
      red ??= c.dictionary.indexOf('red')
      c.codes.forEach((code, i) => {
        if (((batch.firstRow + i) % 3 === 0) !== (code === red)) throw new Error(`row ${i} of ${batch.file}`)
      })
      rows += batch.table.rows
      batches++
      expect(batch.header).toEqual(batch.file === 'a.csv' ? ['x', 'c', 'y'] : ['c', 'x', 'y'])
    }
    expect(rows).toBe(60_000)
    expect(batches).toBeGreaterThan(2)
  })

  test('agree with the table', async () => {
    const folder = folderWith(files)
    const data = await read(files)
    const parts: string[] = []
    for await (const batch of readBatches(dataConfig({ source: ['a.csv', 'b.csv'] }), folder))
      parts.push(...texts(batch.table, 'c'))
    expect(parts).toEqual(texts(data.table, 'c'))
  })

  test('have the columns that were asked for, missing where no file has them, in types as given', async () => {
    const folder = folderWith({ 'a.csv': csv('x,y', '1,2') })
    const options = { columns: ['gone', 'x'], kinds: { gone: 'number', x: 'category' } } as const
    for await (const { table } of readBatches(dataConfig({ source: 'a.csv' }), folder, options)) {
      expect(table.columns.map((column) => [column.name, column.kind])).toEqual([
        ['gone', 'number'],
        ['x', 'category'],
      ])
      expect(texts(table, 'gone')).toEqual([''])
    }
  })

  test('show the header of a file without rows', async () => {
    const folder = folderWith({ 'a.csv': 'x,y\n' })
    const seen: unknown[] = []
    for await (const batch of readBatches(dataConfig({ source: 'a.csv' }), folder))
      seen.push([batch.header, batch.table.rows])
    expect(seen).toEqual([[['x', 'y'], 0]])
  })
})

test('a column that the configuration names and no file has is an error with a suggestion', async () => {
  const file = { 'a.csv': csv('age,churned', '1,0') }
  const error = await failure(read(file, { label: 'churn' }, { requireLabel: true, log: silentLog }))
  expect(error).toMatchObject({
    code: 'data',
    message: 'no column is named "churn" (data.label); did you mean "churned"?',
    place: { file: 'a.csv', line: 1 },
    hint: 'The columns are age, churned.',
  })
  expect((await failure(read(file, { time: 'when' }))).message).toBe('no column is named "when" (data.time)')
})
