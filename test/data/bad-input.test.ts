import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { resolveFiles } from '../../src/data/files.ts'
import { readTable } from '../../src/data/read.ts'
import { dataConfig, failure, folderWith, read } from './support.ts'

const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [{ name: 'y', data: Array.from({ length: 500 }, (_, i) => `v${i}`), type: 'STRING' }],
  }),
)
const flipped = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
  bytes.map((byte, i) => (i >= from && i < to ? byte ^ 0xff : byte))

describe('bad data', () => {
  test.each<[string, string, string | Uint8Array, string, number | undefined]>([
    ['an empty file', 'a.csv', '', 'a.csv is empty', undefined],
    ['a file of empty lines', 'a.csv', '\n\n\n', 'a.csv is empty', undefined],
    ['a header without rows', 'a.csv', 'x,y\n', 'a.csv has a header but no rows', undefined],
    ['a file without header', 'a.csv', '1,2\n3,4\n', 'a.csv has no header: its first line holds only numbers', 1],
    ['a header with a name twice', 'a.csv', 'x,y,x\n1,2,3\n', 'the header has a name more than once: "x"', 1],
    [
      'a header with several names twice',
      'a.csv',
      'x,y,x,z,z,z\n1,2,3,4,5,6\n',
      'the header has names more than once: "x", "z"',
      1,
    ],
    ['a file in UTF-16', 'a.csv', Buffer.from('\ufeffx,y\n1,2\n', 'utf16le'), 'a.csv is written in UTF-16', undefined],
    ['a file in Latin-1', 'a.csv', Buffer.from('x,y\ncafé,1\n', 'latin1'), 'a.csv is not written in UTF-8', undefined],
    [
      'a spreadsheet',
      'a.csv',
      Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]),
      'a.csv is a zip archive or a spreadsheet (.xlsx)',
      undefined,
    ],
    ['an unclosed quote', 'a.csv', 'x,y\n1,2\n3,"4\n5,6\n', 'the quote that opens on line 3 is never closed', 3],
    [
      'mostly ragged rows',
      'a.csv',
      'x,y\n1\n2\n3,4\n',
      '2 of 3 rows have not as many fields as the header (1 instead of 2)',
      2,
    ],
    ['a broken JSON line', 'a.jsonl', '{"y": 1}\n{"y": 2\n{"y": 3}\n', 'line 2 is no JSON', 2],
    ['a JSON line that is no object', 'a.jsonl', '{"y": 1}\n[2]\n', 'line 2 is no JSON object', 2],
    ['a JSON document', 'a.json', '[\n  {"y": 1}\n]\n', 'a.json is one JSON document, not JSON Lines', 1],
    ['an empty JSON Lines file', 'a.jsonl', '', 'a.jsonl is empty', undefined],
    ['an empty Parquet file', 'a.parquet', '', 'a.parquet is empty', undefined],
    ['an unknown ending', 'a.dat', 'x', 'cannot tell the format of a.dat from its name', undefined],
    ['a name of a spreadsheet', 'a.xlsx', 'x', 'a.xlsx is a spreadsheet, which Refit does not read', undefined],
    ['zero bytes', 'a.csv', 'x,y\n\0\0\n', 'a.csv is no text file (it holds zero bytes)', undefined],
    ['JSON Lines in UTF-16', 'a.jsonl', Buffer.from('\ufeff{}', 'utf16le'), 'a.jsonl is written in UTF-16', undefined],
    ['Parquet under another name', 'a.csv', parquet, 'a.csv is a Parquet file', undefined],
    ['a web page', 'a.csv', '\n<!DOCTYPE html>\n<html></html>', 'a.csv is a web page, no data', undefined],
    [
      'times that are none',
      'a.csv',
      'y,t\n1,soon\n2,later\n',
      'the time column "t" holds values that are no times, such as “soon”',
      2,
    ],
  ])('%s is one sentence with its place', async (_what, name, content, sentence, line) => {
    const settings = sentence.includes('time column') ? { time: 't' } : {}
    const error = await failure(read({ [name]: content }, settings))
    expect(error.code).toBe('data')
    expect(error.message).toBe(sentence)
    expect(error.place).toEqual({ file: name, ...(line !== undefined && { line }) })
  })

  test.each([
    ['cut off', parquet.slice(0, parquet.length - 40)],
    ['with flipped bytes in the footer', flipped(parquet, parquet.length - 60, parquet.length - 20)],
    ['with flipped bytes in the data', flipped(parquet, 8, 200)],
    ['that is none', Buffer.from('hello, I am no Parquet file')],
  ])('a Parquet file %s is told as such', async (_what, bytes) => {
    const error = await failure(read({ 'a.parquet': bytes }))
    expect(error.message).toMatch(/^a\.parquet cannot be read as Parquet: /)
    expect(error.place).toEqual({ file: 'a.parquet' })
  })

  test('in Latin-1 behind the sampled part is found with its line', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},ok`).join('\n')
    const error = await failure(
      read({ 'a.csv': Buffer.concat([Buffer.from(`x,y\n${rows}\n`), Buffer.from('1,caf\xe9\n', 'latin1')]) }),
    )
    expect(error.message).toBe('a.csv is not written in UTF-8')
    expect(error.place?.line).toBe(60_002)
    expect(error.hint).toContain('iconv')
  })

  test('with a record beyond 16 MB names the line it starts on', async () => {
    const error = await failure(read({ 'a.csv': `x,y\n1,2\n3,"${'x'.repeat(17_000_000)}"\n` }))
    expect(error.message).toBe('the record that starts on line 3 is longer than 16 MB')
  })

  test('without any label names where it looked', async () => {
    const error = await failure(read({ 'a.csv': 'x,y\n1,\n2,\n' }, {}, { requireLabel: true }))
    expect(error.message).toBe('no row is left: label missing in 2')
  })
})

describe('a glob', () => {
  const folder = (): string =>
    folderWith({ 'data/a.csv': 'y\n1\n', 'data/b.csv': 'y\n1\n', 'data/deep/c.csv': 'y\n1\n', 'odd[1].csv': 'y\n1\n' })

  test('names files sorted, once, with forward slashes', async () => {
    expect(await resolveFiles(['data/**/*.csv', 'data/b.csv', './data/a.csv'], folder())).toEqual([
      'data/a.csv',
      'data/b.csv',
      'data/deep/c.csv',
    ])
    expect(await resolveFiles(['data/*.csv', '!data/b.csv'], folder())).toEqual(['data/a.csv'])
    expect(await resolveFiles(['odd[1].csv'], folder())).toEqual(['odd[1].csv'])
  })

  test('that matches nothing says what is there instead', async () => {
    const error = await failure(resolveFiles(['data/customers-*.csv'], folder()))
    expect(error).toMatchObject({
      code: 'data',
      message: 'no file matches data/customers-*.csv',
      hint: 'The folder data/ holds a.csv, b.csv, deep.',
    })
    expect((await failure(resolveFiles(['nowhere/at/all/*.csv'], folder()))).hint).toBe(
      'The root of the repository holds data, odd[1].csv.',
    )
    expect((await failure(resolveFiles(['data/deep/d.csv'], folder()))).hint).toBe('The folder data/deep/ holds c.csv.')
  })

  test.each(['../*.csv', '/etc/*', 'data/../../x.csv'])(
    '%s leads out of the repository and is refused',
    async (pattern) => {
      expect((await failure(resolveFiles([pattern], folder()))).message).toBe(`${pattern} leads out of the repository`)
    },
  )

  test('does not follow a link out of the repository', async () => {
    const root = folder()
    const inside = join(root, 'repo')
    mkdirSync(inside)
    writeFileSync(join(root, 'secret.csv'), 'y\n1\n')
    symlinkSync(join(root, 'secret.csv'), join(inside, 'a.csv'))
    symlinkSync(join(root, 'data'), join(inside, 'linked'))
    expect((await failure(resolveFiles(['*.csv'], inside))).message).toBe(
      'a.csv is a link to a file outside of the repository',
    )
    expect((await failure(resolveFiles(['linked/*.csv'], inside))).message).toContain('outside of the repository')
    const error = await failure(readTable(dataConfig({ source: 'a.csv' }), inside, { log: silentLog }))
    expect(error.place).toEqual({ file: 'a.csv' })
  })
})
