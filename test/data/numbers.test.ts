import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/core/json.ts'
import { checkQuality } from '../../src/data/quality.ts'
import type { LoadedData } from '../../src/data/types.ts'
import { columnOf, read, reportOf, texts } from './support.ts'

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const csv = (header: string, rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`
const column = (cells: readonly string[], settings: Record<string, unknown> = {}): Promise<LoadedData> =>
  read(
    {
      'a.csv': csv(
        'x;y',
        cells.map((cell, i) => `${cell};${i % 2}`),
      ),
    },
    settings,
  )
const findings = (data: LoadedData, expect: Record<string, { type: 'number' | 'category' }> = {}): string[] =>
  checkQuality(data.table, data.report, { rows: {}, columns: expect as never })
    .filter(({ rule }) => rule === 'nearly-typed' || rule === 'unread')
    .map(({ severity, sentence }) => `${severity} ${sentence}`)

describe('what means “missing” among numbers', () => {
  test.each(['\\N', '#N/A', '<NA>', 'n/a', 'none', 'NaT', '-', '.', 'NULL', 'unknown', '\u2014'])(
    'is “%s”, in however many cells',
    async (text) => {
      const data = await column(many(1000, (i) => (i % 3 === 0 ? text : String(i * 1.5))))
      expect(columnOf(data, 'x').kind).toBe('number')
      expect(reportOf(data, 'x')).toMatchObject({ missing: 334, notes: [] })
      expect(findings(data)).toEqual([])
    },
  )

  test('comes late, and the column stays one of numbers', async () => {
    const data = await column(many(3000, (i) => (i > 1500 && i % 2 === 0 ? '-' : String(i * 1.5))))
    expect(columnOf(data, 'x').kind).toBe('number')
  })

  test('is a category of its own where the others are no numbers, but for what can mean nothing else', async () => {
    const data = await column(['none', '-', 'basic', '\\N', '#N/A', 'n/a', 'None', 'basic'])
    expect(texts(data.table, 'x')).toEqual(['none', '-', 'basic', '', '', '', '', 'basic'])
  })

  test('holds for times as well', async () => {
    const none = ['NaT', '-', '0000-00-00 00:00:00']
    const data = await column(many(100, (i) => (i % 2 === 0 ? (none[i % 3] as string) : `2026-05-${10 + (i % 20)}`)))
    expect(columnOf(data, 'x').kind).toBe('time')
    expect(reportOf(data, 'x').missing).toBe(50)
  })
})

describe('a column that is nearly one of numbers', () => {
  const numbers = (text: string) => many(1000, (i) => (i % 9 === 0 ? text : String(i * 1.5)))

  test('says so, with the text and the setting that cures it', async () => {
    const data = await column(numbers('kaputt'))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)).toEqual([
      'warn x: 888 of 1,000 values (89 %) are numbers and all others are “kaputt”, so that the column is read as 889 categories; if “kaputt” means “missing”, add it to data.missing; if they are categories, say so: expect: {x: {type: category}}',
    ])
  })

  test('is one of numbers with that setting, and nothing is said', async () => {
    const data = await column(numbers('kaputt'), { missing: ['kaputt'] })
    expect(columnOf(data, 'x').kind).toBe('number')
    expect(findings(data)).toEqual([])
  })

  test('is a category in peace where a person has said that it is one', async () => {
    expect(findings(await column(numbers('kaputt')), { x: { type: 'category' } })).toEqual([])
  })

  test('says so as well where the texts come behind the first rows', async () => {
    const data = await column(many(3000, (i) => (i >= 1500 && i % 5 === 0 ? `kaputt` : String(i * 1.5))))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)[0]).toMatch(/^warn x: 2,700 of 3,000 values \(90 %\) are numbers and all others are “kaputt”/)
  })

  test('names the commonest of several texts', async () => {
    const cells = many(1000, (i) => (i % 10 === 0 ? 'kaputt' : i % 25 === 1 ? 'weg' : String(i * 1.5)))
    expect(findings(await column(cells))[0]).toContain('the commonest other is “kaputt” (100 values)')
  })

  test.each<[string, (i: number) => string]>([
    ['1,234', (i) => `${(i % 9) + 1},${100 + (i % 900)}`],
    ['contradictory marks', (i) => (i % 2 === 0 ? `${i},5` : `${i}.25`)],
  ])('asks for the decimal mark: %s', async (_what, make) => {
    const data = await column(many(300, make))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)[0]).toMatch(/^warn x: .*cannot be told from them.*set data\.decimal to "\." or ","/)
  })

  test.each(['kg', 'h', 'EUR'])('asks for plain numbers where each has a “%s” behind it', async (unit) => {
    const data = await column(many(300, (i) => `${i * 1.5} ${unit}`))
    expect(findings(data)[0]).toMatch(
      /^warn x: most values look like numbers, but not as a program writes them, such as “/,
    )
  })

  test.each<[string, string, RegExp]>([
    ['a text', 'kaputt', /^warn x: 270 of 300 values \(90 %\) are times and all others are “kaputt”.*data\.missing/],
    ['another spelling', '06/05/2026', /^warn x: 270 of 300 .* all others are “06\/05\/2026”.*write all times as/],
  ])('or of times says so as well: %s', async (_what, text, sentence) => {
    const data = await column(many(300, (i) => (i % 10 === 0 ? text : `2026-05-${10 + (i % 20)} 10:30`)))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)[0]).toMatch(sentence)
  })

  test.each<[string, (i: number) => string]>([
    ['shares among percentages', (i) => (i % 2 === 0 ? `${i % 100}.5%` : `0.${10 + (i % 90)}`)],
    ['two currencies', (i) => `${i % 2 === 0 ? '$' : '€'}${i * 1.5}`],
  ])('is not guessed at: %s', async (_what, make) => {
    const data = await column(many(300, make))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)).toHaveLength(1)
  })

  test.each<[string, (i: number) => string]>([
    ['codes', (i) => `A${i}`],
    ['codes with leading zeros', (i) => `0${1000 + i}`],
    ['a few codes', (i) => ['1', '2', '3', 'x'][i % 4] as string],
    ['names', (i) => `name ${i % 50}`],
    ['addresses', (i) => `10.0.${i % 250}.${i % 200}`],
    ['dates that may be read in two ways', (i) => `0${(i % 9) + 1}/05/2026`],
    ['ids beyond 2^53', (i) => String(1_524_831_183_200_260_097n + BigInt(i % 150))],
    ['classes of age', (i) => `${(i % 9) * 10}-${(i % 9) * 10 + 9}`],
  ])('is none of %s', async (_what, make) => {
    const data = await column(many(300, make))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)).toEqual([])
  })
})

describe('numbers as people write them', () => {
  test('with decimal commas have no decimal points: 2.720 is 2720', async () => {
    const cells = many(400, (i) => (i % 2 === 0 ? `${(i % 9) + 1}.${100 + i}` : `${i},${10 + (i % 89)}`))
    const data = await column(cells)
    expect(columnOf(data, 'x').kind).toBe('number')
    expect(texts(data.table, 'x').slice(0, 4)).toEqual(['1100', '1.11', '3102', '3.13'])
    expect(reportOf(data, 'x').notes).toEqual(['commas are read as decimal points', '“1.100” is read as 1100'])
    expect(data.reading.styles).toEqual({ x: { decimal: ',' } })
  })

  test('are read again where the first comma comes behind the first rows', async () => {
    const cells = many(3000, (i) => (i > 2900 && i % 10 === 0 ? '657,26' : `${(i % 9) + 1}.${100 + (i % 900)}`))
    const data = await column(cells)
    expect(texts(data.table, 'x')[0]).toBe('1100')
    expect(texts(data.table, 'x')[2910]).toBe('657.26')
  })

  test('are no numbers where points and commas contradict each other behind the first rows', async () => {
    const data = await column(many(3000, (i) => (i < 1500 ? `${i},5` : `${i}.25`)))
    expect(columnOf(data, 'x').kind).toBe('category')
    expect(findings(data)).toHaveLength(1)
  })

  test.each<[string, (i: number) => string, string]>([
    ['2.418,40', (i) => `${(i % 9) + 1}.418,${10 + (i % 89)}`, '1418.1'],
    ['2,418.40', (i) => `${(i % 9) + 1},418.${10 + (i % 89)}`, '1418.1'],
    ['$60.46', (i) => `$${i}.46`, '0.46'],
    ['€ 60,46', (i) => `€ ${i},46`, '0.46'],
    ['60.5%', (i) => `${i}.5%`, '0.5'],
    ['60,5 %', (i) => `${i},5 %`, '0.5'],
    ['1 234 with a blank that does not break', (i) => `${(i % 9) + 1}\u00a0234`, '1234'],
    ['1 234,5 with a narrow one', (i) => `${(i % 9) + 1}\u202f234,5`, '1234.5'],
    ["2'418", (i) => `${(i % 9) + 1}'418`, '1418'],
    ['−5 with a real minus', (i) => `\u2212${i + 5}`, '-5'],
  ])('%s are read', async (_what, make, first) => {
    const data = await column(many(300, make))
    expect(columnOf(data, 'x').kind).toBe('number')
    expect(texts(data.table, 'x')[0]).toBe(first)
    expect(reportOf(data, 'x').notes.join()).toMatch(/is read as|decimal points/)
    expect(reportOf(data, 'x').missing).toBe(0)
  })

  test('have the decimal mark that is configured', async () => {
    const cells = ['1,234', '2,500', '7']
    expect(texts((await column(cells, { decimal: '.' })).table, 'x')).toEqual(['1234', '2500', '7'])
    expect(texts((await column(cells, { decimal: ',' })).table, 'x')).toEqual(['1.234', '2.5', '7'])
  })

  test('have that mark although the version found another one', async () => {
    const file = { 'a.csv': csv('x;y', ['1,234;0', '2,5;1']) }
    const data = await read(file, { decimal: ',' }, { kinds: { x: 'number' }, styles: { x: { decimal: '.' } } })
    expect(texts(data.table, 'x')).toEqual(['1.234', '2.5'])
  })

  test('are read as the version says, not as the rows at hand suggest', async () => {
    const file = { 'a.csv': csv('x;y', ['1,234;0', '2,5;1', '3.100;0']) }
    const plain = await read(file, {}, { kinds: { x: 'number' }, styles: { x: { decimal: '.' } } })
    expect(texts(plain.table, 'x')).toEqual(['1234', '', '3.1'])
    expect(findings(plain)[0]).toMatch(/^warn x: 1 of 3 values \(33 %\) are no numbers and count as missing, “2,5”; /)
  })

  test('that have become something else are told, and stop where they are half of the values', async () => {
    const fixed = { kinds: { x: 'number' }, styles: { x: {} } } as const
    const rows = (share: number): string[] => many(200, (i) => `${i < share * 200 ? 'kaputt' : i};0`)
    const some = await read({ 'a.csv': csv('x;y', rows(0.1)) }, {}, fixed)
    expect(findings(some)).toEqual([
      'warn x: 20 of 200 values (10 %) are no numbers and count as missing, all of them “kaputt”; if “kaputt” means “missing”, add it to data.missing',
    ])
    const half = await read({ 'a.csv': csv('x;y', rows(0.5)) }, {}, fixed)
    expect(findings(half)[0]).toMatch(/^stop x: 100 of 200 values \(50 %\)/)
    const few = await read({ 'a.csv': csv('x;y', rows(0.02)) }, {}, fixed)
    expect(findings(few)).toEqual([])
  })
})

describe('whole numbers beyond 2^53', () => {
  const ids = many(300, (i) => 1_524_831_183_200_260_097n + BigInt(Math.floor(i / 3)))

  test('keep their digits in CSV, JSON Lines and Parquet alike', async () => {
    const sources = {
      'a.csv': csv(
        'id,y',
        ids.map((id, i) => `${id},${i % 2}`),
      ),
      'a.jsonl': ids.map((id, i) => `{"id": ${id}, "y": ${i % 2}}`).join('\n'),
      'a.parquet': new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'id', data: ids, type: 'INT64' },
            { name: 'y', data: ids.map((_, i) => i % 2), type: 'INT32' },
          ],
        }),
      ),
    }
    for (const [name, content] of Object.entries(sources)) {
      const data = await read({ [name]: content })
      expect([name, columnOf(data, 'id').kind]).toEqual([name, 'category'])
      expect(texts(data.table, 'id')).toEqual(ids.map(String))
    }
  })

  test('among safe ones are no numbers, and told with their digits', async () => {
    const lines = many(300, (i) => `{"x": ${i === 100 ? '9007199254740993' : i}, "y": 0}`)
    const data = await read({ 'a.jsonl': lines.join('\n') })
    expect(columnOf(data, 'x').kind).toBe('number')
    expect(texts(data.table, 'x')[100]).toBe('')
    expect(reportOf(data, 'x').notes[0]).toContain('“9007199254740993” (a.jsonl:101)')
    const numbers = many(300, (i) => (i === 100 ? 9007199254740993n : BigInt(i)))
    const buffer = parquetWriteBuffer({ columnData: [{ name: 'x', data: numbers, type: 'INT64' }] })
    const other = await read({ 'a.parquet': new Uint8Array(buffer) })
    expect(texts(other.table, 'x').slice(99, 102)).toEqual(['99', '', '101'])
    expect(reportOf(other, 'x').notes[0]).toContain('“9007199254740993” (a.parquet:101)')
  })

  test('are found in JSON wherever they stand, and nothing else is touched', () => {
    const text =
      '{"a": 9007199254740993, "b": [-12345678901234567890, 1.2345678901234567, 1e20], "c": "x 12345678901234567890 \\" 1"}'
    expect(parseJson(text)).toEqual({
      a: '9007199254740993',
      b: ['-12345678901234567890', 1.2345678901234567, 1e20],
      c: 'x 12345678901234567890 " 1',
    })
    expect(parseJson('9007199254740991')).toBe(9007199254740991)
    expect(() => parseJson('{12345678901234567890: 1}')).toThrow('JSON')
    expect(() => parseJson('{"a": 012345678901234567890}')).toThrow('JSON')
  })

  test('and decimals of Parquet are read exactly', async () => {
    const decimal = (name: string, scale: number) =>
      ({ name, type: 'INT64', converted_type: 'DECIMAL', scale, precision: 18, repetition_type: 'REQUIRED' }) as const
    const buffer = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 3 },
        decimal('cents', 2),
        decimal('id', 0),
        { name: 'y', type: 'INT32', repetition_type: 'REQUIRED' },
      ],
      columnData: [
        { name: 'cents', data: [30n, 6046n, -5n] as never },
        { name: 'id', data: [1_524_831_183_200_260n * 100n + 97n, 7n, 8n] as never },
        { name: 'y', data: [0, 1, 0] },
      ],
    })
    const data = await read({ 'a.parquet': new Uint8Array(buffer) })
    expect(texts(data.table, 'cents')).toEqual(['0.3', '60.46', '-0.05'])
    expect(texts(data.table, 'id')).toEqual(['152483118320026097', '7', '8'])
  })

  test('also in byte arrays of variable length, and where only the newer name of the type is given', async () => {
    const required = { repetition_type: 'REQUIRED' } as const
    const type = (scale: number) => ({ logical_type: { type: 'DECIMAL', precision: 38, scale }, ...required }) as const
    const old = { type: 'BYTE_ARRAY', converted_type: 'DECIMAL', precision: 38, ...required } as const
    const buffer = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 5 },
        { name: 'id', scale: 0, ...old },
        { name: 'cents', scale: 2, ...old },
        { name: 'new', type: 'INT64', ...type(2) },
        { name: 'word', type: 'BYTE_ARRAY', converted_type: 'UTF8', ...required },
        { name: 'y', type: 'INT32', ...required },
      ],
      columnData: [
        { name: 'id', data: [152_483_118_320_026_097n, 7n, -8n] as never },
        { name: 'cents', data: [30n, 604_600n, -5n] as never },
        { name: 'new', data: [272n, 30n, -5n] as never },
        { name: 'word', data: ['\u00fc', 'b', 'c'] },
        { name: 'y', data: [0, 1, 0] },
      ],
    })
    const data = await read({ 'a.parquet': new Uint8Array(buffer) })
    expect(texts(data.table, 'id')).toEqual(['152483118320026097', '7', '-8'])
    expect(texts(data.table, 'cents')).toEqual(['0.3', '6046', '-0.05'])
    expect(texts(data.table, 'new')).toEqual(['2.72', '0.3', '-0.05'])
    expect(texts(data.table, 'word')).toEqual(['\u00fc', 'b', 'c'])
  })
})
