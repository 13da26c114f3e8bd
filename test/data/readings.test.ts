import { expect, test } from 'vitest'
import { readBatches } from '../../src/data/batches.ts'
import { checkReading } from '../../src/data/misread.ts'
import { checkQuality } from '../../src/data/quality.ts'
import { dataConfig, folderWith, read, reportOf, texts } from './support.ts'

const NOW = Date.UTC(2026, 5, 1)

test('a value that cannot be read is told of its row in the table, and not at all where the row lies in the future', async () => {
  const rows = [
    '2026-05-01,1',
    '2062-05-02,bad',
    '2026-05-03,2',
    '2026-05-04,worse',
    '2062-05-05,3',
    '2026-05-06,worst',
  ]
  const folder = folderWith({ 'a.csv': ['t,amount', ...rows].join('\n') })
  const data = dataConfig({ source: 'a.csv', time: 't' })
  const found = []
  for await (const batch of readBatches(data, folder, { now: NOW, kinds: { amount: 'number' } })) found.push(batch)
  expect(found).toHaveLength(1)
  const [{ table, kept, strays } = { table: undefined }] = found
  expect(table?.rows).toBe(4)
  expect(kept).toEqual(Uint32Array.of(0, 2, 3, 5))
  expect(strays?.get('amount')).toEqual({ count: 2, example: 'worse', rows: [2, 3], texts: ['worse', 'worst'] })
})

test('where only rows of the future cannot be read nothing is told', async () => {
  const folder = folderWith({ 'a.csv': 't,amount\n2026-05-01,1\n2062-05-02,bad\n2026-05-03,2' })
  const data = dataConfig({ source: 'a.csv', time: 't' })
  for await (const { strays } of readBatches(data, folder, { now: NOW, kinds: { amount: 'number' } }))
    expect(strays).toBeUndefined()
})

test('seconds with a decimal comma are read, and how is kept for later reads', async () => {
  const first = await read({ 'a.csv': 't;y\n1777593600,25;a\n1777593601,5;b' }, { time: 't' })
  expect(texts(first.table, 't')).toEqual(['2026-05-01T00:00:00.250Z', '2026-05-01T00:00:01.500Z'])
  expect(first.reading).toMatchObject({ styles: { t: { decimal: ',' } }, timeFormat: 'seconds' })
})

test.each([
  ['that are read as numbers', (i: number) => `660 ${100 + i} ${900 - i}`],
  [
    'that are nearly numbers',
    (i: number) => (i % 3 === 0 ? `+43 660 ${100 + i} ${900 - i}` : `660${100 + i}${900 - i}`),
  ],
])('telephone numbers %s are personal data, and no note or finding shows one', async (_which, phone) => {
  const rows = Array.from({ length: 200 }, (_, i) => `${phone(i)},${i % 2}`)
  const { table, report } = await read({ 'a.csv': ['phone,y', ...rows].join('\n') })
  const column = reportOf({ table, report, reading: { missing: [], styles: {} } }, 'phone')
  expect(column).toMatchObject({
    role: 'personal',
    notes: ['looks like telephone numbers: no feature; data.include brings it back'],
  })
  expect(column).not.toHaveProperty('nearly')
  const told = checkQuality(table, report, { rows: {}, columns: {} }).map(({ sentence }) => sentence)
  expect(`${JSON.stringify(report.columns)} ${told.join('\n')}`).not.toMatch(/660/)
})

test('a column of personal data is none that means something else, whatever it nearly is', () => {
  const nearly = {
    what: 'numbers',
    fitting: 90,
    present: 100,
    text: '+43 660 123',
    rows: 10,
    others: 1,
    distinct: 80,
    because: 'text',
  } as const
  const column = { name: 'phone', kind: 'category', distinct: 80, nearly } as const
  expect(checkReading({ ...column, role: 'personal' }, undefined)).toEqual([])
  expect(checkReading({ ...column, role: 'feature' }, undefined)).toHaveLength(1)
})

test('an example of what cannot be read shows no e-mail address, also in a column that is nearly numbers', async () => {
  const row = (i: number): string => `${i * 7},${i % 20 === 0 ? 'anna.huber@example.com' : i},${i % 2}`
  const rows = Array.from({ length: 200 }, (_, i) => row(i))
  const nearly = await read({ 'a.csv': ['a,amount,y', ...rows].join('\n') })
  expect(reportOf(nearly, 'amount')).toMatchObject({ kind: 'category' })
  const numbers = await read({ 'a.csv': ['a,amount,y', ...rows].join('\n') }, {}, { kinds: { amount: 'number' } })
  expect(reportOf(numbers, 'amount')).toMatchObject({ kind: 'number' })
  for (const { report } of [nearly, numbers]) expect(JSON.stringify(report.columns)).not.toMatch(/huber/)
})
