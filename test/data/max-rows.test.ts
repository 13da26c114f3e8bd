import { expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { checkQuality } from '../../src/data/quality.ts'
import type { CategoryColumn } from '../../src/data/table.ts'
import { columnOf, folderWith, dataConfig, read } from './support.ts'
import { readTable } from '../../src/data/read.ts'
import { silentLog } from '../../src/core/log.ts'

const ROWS = 5000
const random = createRandom(1)
/** Rows are numbered; a tenth has no label; the times go forward; `note` looks like numbers at first. */
const line = (i: number): string =>
  [
    i,
    new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
    random.next() < 0.2 ? 'red' : 'blue',
    i > 600 ? `n${i % 5}` : i % 5,
    i % 10 === 3 ? '' : i % 2,
  ].join(',')
const lines = Array.from({ length: ROWS }, (_, i) => line(i))
const header = 'n,at,colour,note,y'
const csv = (rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`
const settings = { label: 'y', time: 'at', 'max-rows': 400 }
const numbers = (data: Awaited<ReturnType<typeof read>>): number[] =>
  Array.from((columnOf(data, 'n') as { values: Float64Array }).values)

test('of more rows than data.max-rows so many usable ones are drawn, and the report says what was left out', async () => {
  const data = await read({ 'a.csv': csv(lines) }, settings, { requireLabel: true })
  expect(data.table.rows).toBe(400)
  expect(data.report).toMatchObject({
    rowsRead: ROWS,
    rowsKept: 400,
    rowsUsable: 4500,
    files: [{ rows: ROWS }],
    dropped: [
      { reason: 'label missing', rows: 500, example: { file: 'a.csv', line: 5 } },
      { reason: 'more than data.max-rows, left out by lot', rows: 4100 },
    ],
    // Of all rows, drawn or not: a later check must not count the others as new.
    window: { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) + (ROWS - 1) * 60_000 },
  })
  const seen = numbers(data)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(new Set(seen).size).toBe(400)
  expect(seen.every((n) => n % 10 !== 3)).toBe(true)
  // Every cell still belongs to its row, also in a column that was read again as text.
  const note = columnOf(data, 'note') as CategoryColumn
  const at = columnOf(data, 'at') as { values: Float64Array }
  seen.forEach((n, i) => {
    expect(note.dictionary[note.codes[i]!]).toBe(n > 600 ? `n${n % 5}` : `${n % 5}`)
    expect(at.values[i]).toBe(Date.UTC(2026, 0, 1) + n * 60_000)
  })
  expect(
    checkQuality(data.table, data.report, { rows: { min: 4500, max: 4500 }, columns: {} }).map(
      (finding) => finding.sentence,
    ),
  ).toEqual(expect.arrayContaining([expect.stringContaining('left out by lot')]))
  expect(checkQuality(data.table, data.report, { rows: { min: 4501 }, columns: {} })[0]!.sentence).toBe(
    '4,500 rows, at least 4,501 expected',
  )
})

test('the draw is even, the same in every run, and hardly changes when rows are added or files are split', async () => {
  const one = numbers(await read({ 'a.csv': csv(lines) }, settings, { requireLabel: true }))
  const quarters = [0, 1, 2, 3].map((quarter) => one.filter((n) => Math.floor((n * 4) / ROWS) === quarter).length)
  // Binomial, n = 400, p = 1/4: four standard deviations.
  for (const rows of quarters) expect(Math.abs(rows - 100)).toBeLessThan(35)
  const parts = { 'a.csv': csv(lines.slice(0, 4990)), 'b.csv': csv(lines.slice(4990)) }
  expect(numbers(await read(parts, settings, { requireLabel: true }))).toEqual(one)
  const longer = [...lines, ...Array.from({ length: 500 }, (_, i) => line(ROWS + i))]
  const more = await read({ 'a.csv': csv(longer) }, settings, { requireLabel: true })
  const still = new Set(numbers(more).filter((n) => n < ROWS))
  expect(one.filter((n) => still.has(n)).length).toBeGreaterThan(330)
})

test('up to data.max-rows nothing is drawn, and rows without a label do not count', async () => {
  const all = await read({ 'a.csv': csv(lines) }, { ...settings, 'max-rows': ROWS }, { requireLabel: true })
  expect(all.table.rows).toBe(4500)
  expect(all.report.rowsUsable).toBeUndefined()
  const just = await read({ 'a.csv': csv(lines) }, { ...settings, 'max-rows': 4500 }, { requireLabel: true })
  expect(numbers(just)).toEqual(numbers(all))
  expect(just.report.rowsUsable).toBeUndefined()
  expect(just.report.dropped).toEqual(all.report.dropped)
})

test('only rows without a label are an error, however many', async () => {
  const bare = csv(Array.from({ length: 1000 }, (_, i) => `${i},2026-01-01,red,1,`))
  const folder = folderWith({ 'a.csv': bare })
  await expect(readTable(dataConfig({ source: 'a.csv', ...settings }), folder, { log: silentLog })).rejects.toThrow(
    'no row is left: label missing in 1000',
  )
})
