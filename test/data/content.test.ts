import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { parseProfile } from '../../src/data/profile-schema.ts'
import { parseSchema } from '../../src/data/schema/types.ts'
import { sourceFingerprint } from '../../src/data/source-fingerprint.ts'
import { readBatches } from '../../src/data/read.ts'
import { parseManifest } from '../../src/registry/parse.ts'
import { parseRecord } from '../../src/report/record/parse.ts'
import { dataConfig, failure, folderWith, read, texts } from './support.ts'

const POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 123456\n'
const CSV = 'x,y\n1,a\n2,b\n'

describe('a pointer of Git LFS', () => {
  test.each(['b.csv', 'b.csv.gz', 'b.tsv', 'b.jsonl', 'b.parquet'])(
    'in the place of %s, among good files, is named with the line of the workflow that fetches it',
    async (name) => {
      const error = await failure(read({ 'a.csv': CSV, [name]: POINTER }))
      expect(error.message).toBe(`${name} is a Git LFS pointer, not the file itself`)
      expect(error.place).toEqual({ file: name })
      expect(error.hint).toContain('`lfs: true` below `with:` of the step `uses: actions/checkout`')
    },
  )

  test('stops a check, which streams', async () => {
    const root = folderWith({ 'a.csv': CSV, 'b.csv': POINTER })
    const batches = readBatches(dataConfig({ source: '*.csv' }), root)
    const error = await failure(async () => {
      for await (const batch of batches) expect(batch.table.rows).toBeGreaterThan(0)
    })
    expect(error.message).toBe('b.csv is a Git LFS pointer, not the file itself')
  })

  test.each([
    ['a manifest', () => parseManifest(POINTER, 'f.json')],
    ['a profile', () => parseProfile(POINTER, { file: 'f.json' })],
    ['a schema', () => parseSchema(POINTER, { file: 'f.json' })],
    ['a record', () => parseRecord(POINTER, 'f.json')],
  ])('in the place of %s says how to take it out of LFS: no checkout has a say there', async (_what, parse) => {
    const error = await failure(parse)
    expect(error.message).toBe('f.json is a Git LFS pointer, not the file itself')
    expect(error.hint).toContain('git lfs migrate export --include="models/**"')
  })
})

describe('packed files', () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i},v${i % 7}`)
  const whole = `x,y\n${rows.join('\n')}\n`

  test.each([
    ['.csv.gz', 'a.csv.gz', gzipSync(whole)],
    ['several members', 'a.csv.gz', Buffer.concat([gzipSync(whole.slice(0, 1000)), gzipSync(whole.slice(1000))])],
    ['a name that does not tell', 'a.csv', gzipSync(whole)],
    ['a name that promises too much', 'a.csv.gz', Buffer.from(whole)],
    ['tabs', 'a.tsv.gz', gzipSync(whole.replaceAll(',', '\t'))],
    ['JSON', 'a.jsonl.gz', gzipSync(rows.map((_, i) => JSON.stringify({ x: i, y: `v${i % 7}` })).join('\n'))],
  ])('are read as those that are not: %s', async (_what, name, content) => {
    const [packed, open] = await Promise.all([read({ [name]: content }), read({ 'a.csv': whole })])
    expect(packed.table).toEqual(open.table)
    expect(packed.report.files).toMatchObject([{ path: name, rows: 50_000, bytes: content.length }])
  })

  test('are what a fingerprint names', async () => {
    const data = dataConfig({ source: '*.gz' })
    const one = await sourceFingerprint(data, folderWith({ 'a.csv.gz': gzipSync(CSV) }), [])
    const other = await sourceFingerprint(data, folderWith({ 'a.csv.gz': gzipSync(`${CSV}3,c\n`) }), [])
    expect(one).not.toBe(other)
  })

  test.each([
    ['cut off', gzipSync(whole).subarray(0, 5000), 'a.csv.gz ends too early: it cannot be unpacked by gzip'],
    ['cut off in the head', gzipSync(whole).subarray(0, 12), 'a.csv.gz ends too early: it cannot be unpacked by gzip'],
    [
      'damaged',
      gzipSync(whole).map((byte, i) => (i > 4000 && i < 4100 ? byte ^ 0xff : byte)),
      'a.csv.gz is damaged: it cannot be unpacked by gzip',
    ],
    ['a zip archive within', gzipSync(Buffer.from([0x50, 0x4b, 3, 4, 0])), /^a\.csv\.gz is a zip archive/],
    ['a pointer within', gzipSync(POINTER), /^a\.csv\.gz is a Git LFS pointer/],
    ['packed twice', gzipSync(gzipSync(CSV)), 'a.csv.gz is packed by gzip twice'],
  ])('that are %s are one sentence', async (_what, content, sentence) => {
    const error = await failure(read({ 'a.csv.gz': content }))
    expect(error.message).toMatch(sentence)
    expect(error.place).toEqual({ file: 'a.csv.gz' })
  })

  test('of Parquet are refused: it is read here and there', async () => {
    const parquet = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'y', data: ['a'], type: 'STRING' }] }))
    const error = await failure(read({ 'a.parquet.gz': gzipSync(parquet) }))
    expect(error.message).toBe('a.parquet.gz is packed by gzip, which Refit unpacks for CSV and JSON Lines only')
  })
})

test('the line `sep=;` that Excel understands names the delimiter and is no row', async () => {
  const data = await read({ 'a.csv': '\ufeffsep=;\r\nx;y,z\r\n1;a,b\r\n' })
  expect(data.report.columns.map(({ name }) => name)).toEqual(['x', 'y,z'])
  expect(data.report).toMatchObject({ rowsRead: 1 })
  const error = await failure(read({ 'a.csv': 'sep=;\nx;y\n1;"2\n' }))
  expect(error.place).toEqual({ file: 'a.csv', line: 3 })
})

describe('a header that comes again in the middle', () => {
  const again = { reason: 'the header again', rows: 1, example: { file: 'a.csv', line: 4 } }

  test.each([
    ['as it was', 'x,y\n1,a\n2,b\nx,y\n3,c\n'],
    ['in quotes', 'x,y\n1,a\n2,b\n"x","y"\n3,c\n'],
    ['without the quotes', '"x","y"\n1,a\n2,b\nx, y\n3,c\n'],
    ['behind a byte order mark', 'x,y\n1,a\n2,b\n\ufeffx,y\n3,c\n'],
    ['behind a byte order mark and in quotes', '\ufeffx,y\n1,a\n2,b\n\ufeff"x","y"\n3,c\n'],
    ['in capitals', 'x,y\n1,a\n2,b\nX,Y\n3,c\n'],
    ['with tabs', 'x\ty\n1\ta\n2\tb\nx\ty\n3\tc\n'],
    ['with other line ends', 'x,y\r\n1,a\r\n2,b\r\nx,y\r\n3,c\r\n'],
    ['with an empty field behind it', 'x,y\n1,a\n2,b\nx,y,\n3,c\n'],
  ])('is left out and told: %s', async (_what, content) => {
    const { table, report } = await read({ 'a.csv': content })
    expect(texts(table, report.columns[0]?.name ?? '')).toEqual(['1', '2', '3'])
    expect(texts(table, 'y')).toEqual(['a', 'b', 'c'])
    expect(table.columns[0]).toMatchObject({ kind: 'number' })
    expect(report).toMatchObject({ rowsRead: 4, dropped: [again] })
  })

  test('is found where a column has no name, far behind the sample, and in a stream', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},a`)
    const content = `,y\n${rows.join('\n')}\n,y\n0,b\n,y\n`
    const { table, report } = await read({ 'a.csv': content })
    expect(table.rows).toBe(60_001)
    expect(report.dropped).toEqual([{ ...again, rows: 2, example: { file: 'a.csv', line: 60_002 } }])
    const told: unknown[] = []
    const options = { onDropped: (part: unknown) => told.push(part) }
    let seen = 0
    const root = folderWith({ 'a.csv': content })
    for await (const batch of readBatches(dataConfig({ source: 'a.csv' }), root, options)) seen += batch.table.rows
    expect(seen).toBe(60_001)
    expect(told).toEqual(report.dropped)
  })

  test('of other columns is an error: what follows belongs elsewhere', async () => {
    const error = await failure(read({ 'a.csv': 'x,y,z\n1,2,3\nz,x,y\n3,1,2\n' }))
    expect(error.message).toBe('the header comes again with its columns in another order')
    expect(error.place).toEqual({ file: 'a.csv', line: 3 })
  })

  test('with a column renamed is an error as well, and no class of its own', async () => {
    const error = await failure(read({ 'a.csv': 'a,b,c,y\nx,1,p,yes\nz,2,q,no\na,B,preis,y\nx,3,4,yes\n' }))
    expect(error.message).toBe('the header comes again with “preis” where the first one has “c”')
    expect(error.place).toEqual({ file: 'a.csv', line: 4 })
  })

  test.each([
    ['has only some of its names', 'a,b,c,y\na,b,other,words\n'],
    ['has an empty cell beside them', 'bread,milk,wine,y\nbread,milk,wine,\n'],
    ['has a number beside them', 'bread,milk,wine,y\nbread,milk,wine,1\n'],
    ['has mostly other words', 'a,b,c,d,e,f,g,y\na,b,c,p,q,r,s,t\n'],
    ['begins with another word', 'a,b,c,y\nother,b,c,y\n'],
  ])('is no row that %s', async (_what, content) => {
    expect((await read({ 'a.csv': content })).table.rows).toBe(1)
  })

  test('is no row that has only some of its names, and none of a lone column', async () => {
    expect((await read({ 'a.csv': 'x,y\nx,1\ny,y\n' })).table.rows).toBe(2)
    expect((await read({ 'a.csv': 'y\na\ny\n' })).table.rows).toBe(2)
  })
})

test('a byte order mark in front of a row in the middle is none of its first cell', async () => {
  const { table } = await read({ 'a.csv': 'x,y\n1,a\n\ufeff2,b\n\ufeff"3",c\n' })
  expect(table.columns[0]).toMatchObject({ kind: 'number', values: Float64Array.of(1, 2, 3) })
})

describe('names that look alike are one column, however their marks are written', () => {
  const [composed, decomposed] = ['k\u00fcndigung', 'ku\u0308ndigung']

  test.each([
    ['CSV', 'a.csv', `x,${decomposed}\n1,a\n`],
    ['JSON Lines', 'a.jsonl', `{"x": 1, "${decomposed}": "a"}\n`],
    ['escaped JSON', 'a.jsonl', '{"x": 1, "ku\\u0308ndigung": "a"}\n'],
    ['a partition', `d/${decomposed}=a/a.csv`, 'x\n1\n'],
    [
      'Parquet',
      'a.parquet',
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'x', data: [1], type: 'INT32' },
            { name: decomposed, data: ['a'], type: 'STRING' },
          ],
        }),
      ),
    ],
  ])('in %s', async (_what, path, content) => {
    const data = await read({ [path]: content, 'z.csv': `x,${composed}\n2,b\n` }, { label: composed })
    expect(texts(data.table, composed)).toEqual(['a', 'b'])
    expect(data.report.columns).toMatchObject([{ name: 'x' }, { name: composed, role: 'label' }])
  })

  test('also within one file of JSON Lines', async () => {
    const lines = `{"${composed}": "a", "x": 1}\n{"x": 2, "${decomposed}": "b"}\n{"x": 3}\n`
    const data = await read({ 'a.jsonl': lines })
    expect(texts(data.table, composed)).toEqual(['a', 'b', ''])
  })

  test('and twice in a header is twice', async () => {
    const error = await failure(read({ 'a.csv': `${composed},${decomposed}\n1,2\n` }))
    expect(error.message).toBe(`the header has a name more than once: "${composed}"`)
  })
})
