import * as fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { TIME_FORMATS } from '../../src/config/time-formats.ts'
import { isPlaceholder, latestTime } from '../../src/data/plausible-time.ts'
import { checkQuality } from '../../src/data/quality.ts'
import { readBatches } from '../../src/data/read.ts'
import { likelyFormat, timeOfNumber, timeOfValue, type TimeFormat } from '../../src/data/readers/time-format.ts'
import { hasZone, timeOfDayMonth, timeOfText } from '../../src/data/readers/time-text.ts'
import { columnOf, dataConfig, failure, folderWith, read, reportOf, texts } from './support.ts'

const NOW = Date.UTC(2026, 5, 1)
const found = (format: TimeFormat) => ({ format, given: false })
const given = (format: TimeFormat) => ({ format, given: true })
const iso = (time: number): string => (Number.isNaN(time) ? 'none' : new Date(time).toISOString())
const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** How a time is written in each format that numbers have, and to how many milliseconds. */
const SPELLINGS: Readonly<Record<string, { readonly write: (time: number) => string; readonly grain: number }>> = {
  seconds: { write: (time) => String(time / 1000), grain: 1000 },
  'seconds with a fraction': { write: (time) => `${Math.floor(time / 1000)}.${pad(time % 1000, 3)}`, grain: 1 },
  milliseconds: { write: String, grain: 1 },
  microseconds: { write: (time) => `${time}000`, grain: 1 },
  nanoseconds: { write: (time) => `${time}000000`, grain: 1 },
  'compact days': { write: (time) => compact(time, 8), grain: 86_400_000 },
  'compact minutes': { write: (time) => compact(time, 12), grain: 60_000 },
  'compact seconds': { write: (time) => compact(time, 14), grain: 1000 },
  'compact milliseconds': { write: (time) => compact(time, 17), grain: 1 },
  'days that became fractions': { write: (time) => `${compact(time, 8)}.0`, grain: 86_400_000 },
  'spreadsheet days': { write: (time) => String(time / 86_400_000 + 25_569), grain: 86_400_000 },
  'spreadsheet hours': { write: (time) => String(time / 86_400_000 + 25_569), grain: 3_600_000 },
}
function compact(time: number, digits: number): string {
  return new Date(time).toISOString().replaceAll(/\D/g, '').slice(0, digits)
}

describe('a number in a time column', () => {
  const times = fc.integer({ min: Date.UTC(2001, 9, 1), max: NOW })

  test.each(Object.keys(SPELLINGS))('%s: whatever the time, the column and each of its cells are read back', (name) => {
    const { write, grain } = SPELLINGS[name] as (typeof SPELLINGS)[string]
    fc.assert(
      fc.property(times, (time) => {
        const cut = Math.floor(time / grain) * grain
        const text = write(cut)
        const whole = /^\d+$/.test(text)
        const format = likelyFormat(whole ? BigInt(text) : Number(text))
        expect(format).toBeDefined()
        expect(iso(timeOfValue(text, found(format as TimeFormat)))).toBe(iso(cut))
        if (whole) expect(timeOfNumber(BigInt(text), found(format as TimeFormat))).toBe(cut)
      }),
    )
  })

  test.each([
    [0, 'seconds', '1970-01-01T00:00:00.000Z'],
    [-1, 'seconds', '1969-12-31T23:59:59.000Z'],
    [1_767_225_600.123, 'seconds', '2026-01-01T00:00:00.123Z'],
    [1_073_743_934.001, 'seconds', '2004-01-10T14:12:14.001Z'],
    [-1_000_000_000_001n, 'milliseconds', '1938-04-24T22:13:19.999Z'],
    [1_767_225_600_999_999, 'microseconds', '2026-01-01T00:00:00.999Z'],
    [1_767_225_600_123_999_999n, 'nanoseconds', '2026-01-01T00:00:00.123Z'],
    [-1_767_225_600_000_000_001n, 'nanoseconds', '1913-12-31T23:59:59.999Z'],
    [45_000, 'excel', '2023-03-15T00:00:00.000Z'],
    [45_000.75, 'excel', '2023-03-15T18:00:00.000Z'],
    [202_605, 'compact', '2026-05-01T00:00:00.000Z'],
    [20_260_230, 'compact', 'none'],
    [20_261_301, 'compact', 'none'],
    [2026, 'compact', 'none'],
    // What belongs to another format is no time in this one.
    [1_767_225_600, 'milliseconds', 'none'],
    [1_767_225_600_000, 'seconds', 'none'],
    [1_767_225_600_000, 'nanoseconds', 'none'],
    [0, 'milliseconds', 'none'],
    [1_767_225_600, 'excel', 'none'],
    [20_260_501, 'iso', 'none'],
  ] as const)('%s in %s is %s', (value, format, expected) => {
    expect(iso(timeOfNumber(value, found(format)))).toBe(expected)
  })

  test('means what a person says it means, wherever the date comes to lie', () => {
    expect(iso(timeOfNumber(0, given('milliseconds')))).toBe('1970-01-01T00:00:00.000Z')
    expect(iso(timeOfNumber(1_767_225_600, given('milliseconds')))).toBe('1970-01-21T10:53:45.600Z')
    expect(iso(timeOfNumber(20_454, given('days')))).toBe('2026-01-01T00:00:00.000Z')
    expect(iso(timeOfNumber(1e300, given('seconds')))).toBe('none')
    expect(iso(timeOfNumber(Infinity, given('nanoseconds')))).toBe('none')
  })

  test('never changes a text that is a time', () => {
    for (const format of TIME_FORMATS)
      expect(iso(timeOfValue('2026-05-01 10:30', given(format)))).toBe('2026-05-01T10:30:00.000Z')
  })
})

describe('a time in text', () => {
  test('may be written without separators where the time is there too', () => {
    for (const text of ['20260501T103000Z', '20260501T123000+02:00', '20260501 1030', '20260501 10:30:00'])
      expect(iso(timeOfText(text))).toBe('2026-05-01T10:30:00.000Z')
    expect(timeOfText('20260501')).toBeNaN()
  })

  test('may start with the day or the month only where that is said', () => {
    expect(iso(timeOfDayMonth('3/4/2026', 'day'))).toBe('2026-04-03T00:00:00.000Z')
    expect(iso(timeOfDayMonth('3/4/2026', 'month'))).toBe('2026-03-04T00:00:00.000Z')
    expect(iso(timeOfDayMonth('31.12.2026 18:30', 'day'))).toBe('2026-12-31T18:30:00.000Z')
    expect(iso(timeOfDayMonth('12/31/2026 6:30:05 PM', 'month'))).toBe('2026-12-31T18:30:05.000Z')
    expect(iso(timeOfDayMonth('12/31/2026 12:05 am', 'month'))).toBe('2026-12-31T00:05:00.000Z')
    for (const text of ['31/12/26', '31/13/2026', '31/12-2026', '12/12/2026 13:00 PM', '2026-12-31'])
      expect(timeOfDayMonth(text, 'day')).toBeNaN()
    expect(timeOfDayMonth('31/12/2026', 'month')).toBeNaN()
    expect(iso(timeOfValue('03/04/2026', found('iso')))).toBe('none')
  })

  test('says its zone or does not', () => {
    for (const text of ['2026-05-01T10:30:00Z', '2026-05-01 10:30 +02:00', '2026-05-01T10:30-05', '20260501T1030UTC'])
      expect([text, hasZone(text)]).toEqual([text, true])
    for (const text of ['2026-05-01', '2026-05-01 10:30', '2026-05-01T10:30:00.123', '20260501T1030'])
      expect([text, hasZone(text)]).toEqual([text, false])
  })
})

/** One column of times under the name `t`, in each file format. */
async function inEachFormat(cells: readonly (number | bigint)[], settings: Record<string, unknown> = {}) {
  const csv = `t,y\n${cells.map((cell) => `${cell},1\n`).join('')}`
  const jsonl = cells.map((cell) => `{"t": ${cell}, "y": 1}\n`).join('')
  const whole = cells.every((cell) => Number.isInteger(Number(cell)))
  const t = whole
    ? { name: 't', data: cells.map(BigInt), type: 'INT64' as const }
    : { name: 't', data: cells.map(Number), type: 'DOUBLE' as const }
  const parquet = new Uint8Array(
    parquetWriteBuffer({ columnData: [t, { name: 'y', data: cells.map(() => 1), type: 'INT32' }] }),
  )
  const files = { 'a.csv': csv, 'a.jsonl': jsonl, 'a.parquet': parquet }
  return Promise.all(
    Object.entries(files).map(([name, content]) => read({ [name]: content }, { time: 't', ...settings }, { now: NOW })),
  )
}
const MAY = Date.UTC(2026, 4, 1)

describe('a time column of numbers', () => {
  test.each([
    ['seconds', [MAY / 1000, MAY / 1000 + 3600]],
    ['milliseconds', [MAY, MAY + 3_600_000]],
    ['microseconds', [MAY * 1000, (MAY + 3_600_000) * 1000]],
    ['nanoseconds', [BigInt(MAY) * 1_000_000n, BigInt(MAY + 3_600_000) * 1_000_000n]],
    ['compact', [20_260_501, 20_260_501_01_00_00]],
    ['compact', [202_605_010_000, 202_605_010_100]],
    ['excel', [46_143, 46_143 + 1 / 24]],
  ] as const)(
    'is read as %s from CSV, JSON Lines and Parquet, which is kept for later reads',
    async (format, cells) => {
      for (const data of await inEachFormat(cells)) {
        expect(texts(data.table, 't')).toEqual(['2026-05-01T00:00:00.000Z', '2026-05-01T01:00:00.000Z'])
        expect(reportOf(data, 't')).toMatchObject({ kind: 'time', role: 'time' })
        expect(data.reading.timeFormat).toBe(format)
        // Day numbers are a guess, which a reviewer should see.
        const told = checkQuality(data.table, data.report, { rows: {}, columns: {} }).filter(
          ({ column }) => column === 't',
        )
        expect(told.map(({ sentence }) => sentence)).toEqual(
          format === 'excel' ? ['t: values are taken for day numbers of a spreadsheet (45000 is 2023-03-15)'] : [],
        )
      }
    },
  )

  test('is read in one format: a few that are of another one are told, more of them are an error that names both', async () => {
    const days = Array.from({ length: 400 }, (_, i) => (i < 4 ? MAY / 1000 : 20_260_101 + (i % 28)))
    for (const data of await inEachFormat(days)) {
      expect(data.table.rows).toBe(396)
      expect(reportOf(data, 't').notes.join()).toMatch(/mixed types: 4 of 400 values are no times .* “1777593600”/)
    }
    const mixed = days.map((day, i) => (i % 10 === 0 ? MAY : day))
    expect((await failure(inEachFormat(mixed))).message).toBe(
      'the numbers of the time column "t" are of several formats: 1777593600000 (milliseconds since 1970), 1777593600 (seconds since 1970), 20260105 (compact dates (20260501 is 2026-05-01))',
    )
  })

  test.each([
    ['numbers that count something', Array.from({ length: 200 }, (_, i) => i)],
    ['years', [2024, 2025, 2026]],
    ['days since 1970', [20_454, 20_455]],
  ])('%s are refused with what could be said of them', async (_what, cells) => {
    const error = await failure(inEachFormat(cells))
    expect(error.message).toMatch(
      /^the time column "t" holds values that are no times, such as “\d+”, a number of no known format$/,
    )
    expect(error.hint).toContain('data.time-format')
    expect(error.place?.line).toBeGreaterThan(0)
  })

  test('is read as the configuration says, also where it would be refused or read otherwise', async () => {
    const [steps] = await inEachFormat([1, 2, 743], { 'time-format': 'seconds' })
    expect(steps && texts(steps.table, 't')[2]).toBe('1970-01-01T00:12:23.000Z')
    const [days] = await inEachFormat([20_454, 20_455], { 'time-format': 'days' })
    expect(days && texts(days.table, 't')).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'])
    expect((await failure(inEachFormat([45_000, 45_001], { 'time-format': 'iso' }))).message).toMatch(
      /no times, such as “45000”$/,
    )
    expect((await failure(inEachFormat([45_000, 45_001], { 'time-format': 'compact' }))).message).toMatch(
      /holds values that are no compact dates \(.*\), such as “45000”$/,
    )
  })

  test('is read in the format of most of its first rows; the rows as a whole say whether that was right', async () => {
    const first = Array.from({ length: 500 }, (_, i) => (i < 200 ? 20_260_101 : MAY + i))
    const [most] = await inEachFormat([...first, ...Array.from({ length: 20_000 }, (_, i) => MAY + i)])
    expect(most?.table.rows).toBe(20_300)
    expect((await failure(inEachFormat(first))).message).toContain('of several formats')
  })

  test('of seconds may begin with the few of 1970', async () => {
    const [data] = await inEachFormat([1, 50_000_000, 150_000_000, 250_000_000, MAY / 1000])
    expect(data && texts(data.table, 't').map((text) => text.slice(0, 4))).toEqual([
      '1970',
      '1971',
      '1974',
      '1977',
      '2026',
    ])
  })
})

describe('a time column of texts', () => {
  const csv = (cells: readonly string[]): Record<string, string> => ({
    'a.csv': `t,y\n${cells.map((cell) => `${cell},1\n`).join('')}`,
  })

  test('shows the first value that is no time, with its line', async () => {
    const cells = ['2026-01-01 00:00:00', '2026-01-01 23:00:00', '2026-01-01 24:00:00', 'soon']
    const error = await failure(read(csv(cells), { time: 't' }))
    expect(error.message).toBe('the time column "t" holds values that are no times, such as “2026-01-01 24:00:00”')
    expect(error.place).toEqual({ file: 'a.csv', line: 4 })
  })

  test('may start with the day where that is configured', async () => {
    const cells = ['13/05/2026', '01/06/2026 10:30']
    const error = await failure(read(csv(cells), { time: 't' }))
    expect(error.message).toMatch(/such as “13\/05\/2026”, a date that starts with the day or the month$/)
    expect(error.hint).toContain('day-first (31/12/2026)')
    const data = await read(csv(cells), { time: 't', 'time-format': 'day-first' })
    expect(texts(data.table, 't')).toEqual(['2026-05-13T00:00:00.000Z', '2026-06-01T10:30:00.000Z'])
  })

  test('that says the zone in some rows only is told', async () => {
    const cells = ['2026-05-01T10:00:00Z', '2026-05-01 10:30:00', '2026-05-01T12:00:00+02:00', '2026-05-01']
    expect(reportOf(await read(csv(cells), { time: 't' }), 't').notes).toContain(
      'mixed zones: 2 of 4 times with their zone, and the others are read as UTC',
    )
    for (const same of [cells.slice(0, 1), ['2026-05-01', '2026-05-01 10:30:00']])
      expect(reportOf(await read(csv(same), { time: 't' }), 't').notes).toEqual([])
  })

  test.each([
    ['in 1970', '1970-01-01 00:00:01'],
    ['at the zero of spreadsheets', '1899-12-30'],
    ['at the zero of other clocks', '0001-01-01 00:00:00'],
    ['at zero in New York', '1969-12-31 19:00:00'],
  ])('whose dates all lie %s is an error, unless a person says that they are meant so', async (_where, cell) => {
    const error = await failure(read(csv([cell, cell]), { time: 't' }))
    expect(error.message).toMatch(
      /^the dates of the time column "t" cannot be true: all of them lie in 1970, or not after 1900, such as /,
    )
    expect(error.hint).toContain('data.time-format')
    expect((await read(csv([cell, cell]), { time: 't', 'time-format': 'iso' })).table.rows).toBe(2)
  })

  test('with some dates that stand for none is told, and read', async () => {
    const data = await read(csv(['1970-01-01', '2026-01-01', '2026-01-02']), { time: 't' })
    expect(reportOf(data, 't').notes).toEqual([
      'dates that cannot be true: 1 of 3 times lie in 1970, or not after 1900',
    ])
    expect((await read(csv(['1971-01-01', '1900-01-02']), { time: 't' })).table.rows).toBe(2)
  })
})

test('what looks like dates and is a feature stays what it is, with a note', async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${20_260_101 + (i % 28)},${(i % 28) + 1}/04/2026,1970-01-01,${i % 3},1`,
  )
  const data = await read({ 'a.csv': `n,d,born,plain,y\n${rows.join('\n')}\n` })
  expect([columnOf(data, 'n').kind, columnOf(data, 'd').kind]).toEqual(['number', 'category'])
  expect(reportOf(data, 'n').notes.join()).toContain('looks like compact dates and is read as numbers')
  expect(reportOf(data, 'born').notes.join()).toContain('dates that cannot be true: 40 of 40 times')
  expect(reportOf(data, 'plain').notes).toEqual([])
})

test.each<[string, boolean]>([
  ['1969-12-30T23:59:59Z', false],
  ['1969-12-31T00:00:00Z', true],
  ['1970-12-31T23:59:59Z', true],
  ['1971-01-01T00:00:00Z', false],
  ['1900-01-01T23:59:59Z', true],
  ['1900-01-02T00:00:00Z', false],
  ['0001-01-01T00:00:00Z', true],
])('%s stands for no time: %s', (text, placeholder) => {
  expect(isPlaceholder(Date.parse(text))).toBe(placeholder)
})

describe('dates of a feature that are not written with the year first', () => {
  const said = async (cell: (i: number) => string): Promise<string[]> => {
    const rows = Array.from({ length: 300 }, (_, i) => `"${cell(i)}",${i % 2}`)
    const { table, report } = await read({ 'a.csv': `d,y\n${rows.join('\n')}\n` })
    return checkQuality(table, report, { rows: {}, columns: {} })
      .filter(({ rule }) => rule === 'nearly-typed')
      .map(({ sentence }) => sentence)
  }

  test.each<[string, (i: number) => string]>([
    ['1/04/2026', (i) => `${(i % 28) + 1}/04/2026`],
    ['01.04.2026', (i) => `${String((i % 28) + 1).padStart(2, '0')}.04.2026`],
    ['04-01-26', (i) => `04-${String((i % 28) + 1).padStart(2, '0')}-26`],
    ['1-Apr-2026', (i) => `${(i % 28) + 1}-Apr-2026`],
    ['April 1, 2026', (i) => `April ${(i % 28) + 1}, 2026`],
    ['Wed, 1 Apr 2026 10:00:00 GMT', (i) => `Wed, ${(i % 28) + 1} Apr 2026 10:00:00 GMT`],
  ])('%s: are said to be read as categories, with what cures it', async (first, cell) => {
    expect(await said(cell)).toEqual([
      `d: 300 of 300 values (100 %) look like dates, such as “${first}”, but not with the year first, so that the column is read as 28 categories; write them as 2026-05-01, or leave the column out (data.ignore); if they are categories, say so: expect: {d: {type: category}}`,
    ])
  })

  test('are told where only some of them are', async () => {
    const [sentence] = await said((i) => (i % 2 === 0 ? `2026-04-${10 + (i % 20)}` : `${(i % 28) + 1}/04/2026`))
    expect(sentence).toMatch(
      /^d: 150 of 300 values \(50 %\) are times and the commonest other is “.*write all times as 2026-05-01/,
    )
  })

  test.each<[string, (i: number) => string]>([
    ['version', (i) => `1.${i % 20}.${i % 3}`],
    ['part of a year', (i) => `${1 + (i % 12)}/2026`],
    ['word that begins like a month', (i) => `March ${'abcdefghijklmn'[i % 14] as string}`],
    ['fraction', (i) => `${1 + (i % 28)}/60`],
    ['few different ones', (i) => `${1 + (i % 4)}/04/2026`],
  ])('nothing is said of a %s', async (_what, cell) => {
    expect(await said(cell)).toEqual([])
  })
})

test('a row group of Parquet is passed over only where its numbers are old in the column’s format', async () => {
  const seen = async (days: readonly number[], after: number, settings: Record<string, unknown> = {}) => {
    const columnData = [
      { name: 't', data: days.map(BigInt), type: 'INT64' as const },
      { name: 'y', data: [1, 2, 3, 4], type: 'INT32' as const },
    ]
    const content = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 }))
    const rows: string[] = []
    const data = dataConfig({ source: 'a.parquet', time: 't', ...settings })
    for await (const { table } of readBatches(data, folderWith({ 'a.parquet': content }), { after }))
      rows.push(...texts(table, 'y'))
    return rows
  }
  const days = [20_260_101, 20_260_102, 20_260_501, 20_260_502]
  expect(await seen(days, Date.UTC(2026, 2, 1))).toEqual(['3', '4'])
  expect(await seen(days, Date.UTC(1980, 0, 1))).toEqual(['1', '2', '3', '4'])
  // Seconds: all of August 1970, whatever the numbers look like.
  expect(await seen(days, Date.UTC(1970, 0, 1), { 'time-format': 'seconds' })).toEqual(['1', '2', '3', '4'])
  expect(await seen(days, Date.UTC(1980, 0, 1), { 'time-format': 'seconds' })).toEqual([])
  // Numbers of different length are not in the order of their times.
  const uneven = [20_260_101, 20_260_102, 20_260_501, 20_260_102_000_000]
  expect(await seen(uneven, Date.UTC(2026, 2, 1))).toEqual(['3', '4'])
})

test('a partition of a compact date is passed over once the format is known', async () => {
  const root = folderWith({ 'dt=20260101/a.csv': 'y\n1\n', 'dt=20260501/a.csv': 'y\n2\n' })
  const data = dataConfig({ source: '**/*.csv', time: 'dt' })
  const rows: string[] = []
  const skipped: string[] = []
  const options = {
    after: Date.UTC(2026, 2, 1),
    timeFormat: 'compact',
    onSkipped: (path: string) => void skipped.push(path),
  } as const
  for await (const { table } of readBatches(data, root, options)) rows.push(...texts(table, 'dt'))
  expect(rows).toEqual(['2026-05-01T00:00:00.000Z'])
  expect(skipped).toEqual(['dt=20260101/a.csv'])
})

describe('rows in the future', () => {
  const csv = (cells: readonly string[]): string => `t,y\n${cells.map((cell, i) => `${cell},${i}\n`).join('')}`
  const cells = ['2026-05-01', '2062-01-17T04:30:00Z', '2026-05-03', '9999-12-31', '2026-06-01 23:00:00', '2026-05-02']

  test('are left out of a table, told with the first, and bound its window', async () => {
    const data = await read({ 'a.csv': csv(cells) }, { time: 't' }, { now: NOW })
    expect(texts(data.table, 'y')).toEqual(['0', '2', '4', '5'])
    expect(data.report.dropped).toEqual([
      { reason: 'time in the future', rows: 2, example: { file: 'a.csv', line: 3 }, value: '2062-01-17T04:30:00Z' },
    ])
    expect(checkQuality(data.table, data.report, { rows: {}, columns: {} })).toContainEqual({
      rule: 'dropped',
      column: undefined,
      severity: 'warn',
      sentence: '2 of 6 rows (33 %) are left out: time in the future, the first is 2062-01-17T04:30:00Z (a.csv:3)',
    })
    expect(data.report.window).toEqual({ from: Date.UTC(2026, 4, 1), to: Date.UTC(2026, 5, 1, 23) })
  })

  test('begin a day after the run’s clock: zones and clocks differ', async () => {
    const at = (time: number): string => new Date(time).toISOString()
    const edge = [at(latestTime(NOW)), at(latestTime(NOW) + 1), at(NOW)]
    expect(latestTime(NOW)).toBe(NOW + 24 * 3_600_000)
    expect(texts((await read({ 'a.csv': csv(edge) }, { time: 't' }, { now: NOW })).table, 'y')).toEqual(['0', '2'])
  })

  test('are left out of batches, whose rows keep their numbers', async () => {
    const root = folderWith({ 'a.csv': csv(cells) })
    const data = dataConfig({ source: 'a.csv', time: 't' })
    for await (const batch of readBatches(data, root, { now: NOW })) {
      expect(texts(batch.table, 'y')).toEqual(['0', '2', '4', '5'])
      expect([...(batch.kept ?? [])]).toEqual([0, 2, 4, 5])
      expect(batch.future).toEqual({ rows: 2, first: '2062-01-17T04:30:00Z', place: { file: 'a.csv', line: 3 } })
    }
  })

  test('do not widen the window of a table that is drawn by lot', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => (i % 100 === 7 ? '2062-01-01' : `2026-05-0${1 + (i % 9)}`))
    const data = await read({ 'a.csv': csv(many) }, { time: 't', 'max-rows': 100 }, { now: NOW })
    expect(data.report.window?.to).toBe(Date.UTC(2026, 4, 9))
    expect(data.report.rowsUsable).toBe(990)
    expect(data.report.dropped).toContainEqual({
      reason: 'time in the future',
      rows: 10,
      example: { file: 'a.csv', line: 9 },
      value: '2062-01-01',
    })
  })

  test('that are most of a table are an error with the clock in it', async () => {
    const ahead = ['2026-05-01', ...Array.from({ length: 9 }, () => '2027-01-01')]
    const error = await failure(read({ 'a.csv': csv(ahead) }, { time: 't' }, { now: NOW }))
    expect(error.message).toBe(
      'more than half of the times of the time column "t" lie in the future: the first is 2027-01-01, and it is 2026-06-01T00:00:00Z',
    )
    expect(error.place).toEqual({ file: 'a.csv', line: 3 })
    expect((await read({ 'a.csv': csv(['2026-05-01', '2027-01-01']) }, { time: 't' }, { now: NOW })).table.rows).toBe(1)
  })

  test('are no matter of a feature, nor of a read without a clock', async () => {
    expect((await read({ 'a.csv': csv(cells) }, {}, { now: NOW })).table.rows).toBe(6)
    expect((await read({ 'a.csv': csv(cells) }, { time: 't' })).table.rows).toBe(6)
  })
})
