import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createRowSample } from '../../src/commands/sample-rows.ts'
import { createTail } from '../../src/commands/tail.ts'
import { createRandom } from '../../src/core/random.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import { createProfileSketch, type ProfileSketch } from '../../src/data/profile-sketch.ts'
import { readBatches } from '../../src/data/read.ts'
import { createRepeats } from '../../src/data/schema/repeats.ts'
import { cellText, type CategoryColumn, findColumn, type Table } from '../../src/data/table.ts'
import type { Profile } from '../../src/data/types.ts'
import { dataConfig, read } from './support.ts'

const ROWS = 150_000
const config = dataConfig({ source: 'a.csv', label: 'y' })
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refit-bounded-'))
  const out = createWriteStream(join(folder, 'a.csv'))
  out.write('n,remark,plan,y\n')
  for (let i = 0; i < ROWS; i += 1000) {
    const lines = Array.from({ length: 1000 }, (_, k) => `${i + k},remark ${i + k} of many,${'abc'[k % 3]},${k % 2}`)
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  return () => rmSync(folder, { recursive: true })
})

const text = (table: Table, name: string, row: number): string => cellText(findColumn(table, name)!, row)
const dictionaryOf = (table: Table, name: string): readonly string[] =>
  (findColumn(table, name) as CategoryColumn).dictionary

test('a column of free text streams by without filling the memory, and every cell stays what it was', async () => {
  let row = 0
  let sketch: ProfileSketch | undefined
  const tail = createTail(300)
  const sample = createRowSample(300, createRandom(3))
  for await (const { table } of readBatches(config, folder)) {
    expect(dictionaryOf(table, 'remark').length).toBeLessThan(100_000)
    for (const at of [0, table.rows - 1]) {
      expect(text(table, 'remark', at)).toBe(`remark ${row + at} of many`)
      expect(text(table, 'plan', at)).toBe('abc'[((row + at) % 1000) % 3])
    }
    sketch ??= createProfileSketch(table.columns)
    sketch.add(table)
    // A row here and there must not keep the texts of all the others.
    tail.add(table, [0])
    sample.add(table)
    row += table.rows
  }
  expect(row).toBe(ROWS)
  for (const part of [tail.table()!, sample.table()!]) {
    expect(part.rows).toBeLessThanOrEqual(300)
    expect(dictionaryOf(part, 'remark').length).toBeLessThan(20_000)
    for (let i = 0; i < part.rows; i++) {
      const n = Number(text(part, 'n', i))
      expect(text(part, 'remark', i)).toBe(`remark ${n} of many`)
      expect(text(part, 'plan', i)).toBe('abc'[(n % 1000) % 3])
    }
  }
  const profile = sketch!.result()
  expect(profile.rows).toBe(ROWS)
  const [, remark, plan] = profile.columns as [unknown, Profile['columns'][number], Profile['columns'][number]]
  if (remark.kind !== 'category') throw new Error('names')
  expect(Math.abs(remark.distinct / ROWS - 1)).toBeLessThan(3 * remark.distinctError!)
  // Of every thousand rows 334 are a.
  expect(plan.counts).toEqual([334, 333, 333].map((rows) => (rows * ROWS) / 1000))

  // Counted on its own profile, the rows are the profile again.
  const counter = createCounter(profile)
  for await (const { table } of readBatches(config, folder)) counter.add(table)
  const counts = counter.result()
  expect(Array.from(counts.columns[2]!.counts)).toEqual(plan.counts)
  const listed = Array.from(counts.columns[1]!.counts).reduce((sum, count) => sum + count, 0)
  expect(listed + counts.columns[1]!.unseen).toBe(ROWS)
})

test('a training that draws rows forgets the texts of the others', async () => {
  const drawn = await read(
    { 'a.csv': `t,y\n${Array.from({ length: 80_000 }, (_, i) => `text ${i},${i}`).join('\n')}\n` },
    { 'max-rows': 500 },
  )
  const { table } = drawn
  expect(table.rows).toBe(500)
  expect(dictionaryOf(table, 't').length).toBeLessThan(20_000)
  for (let i = 0; i < table.rows; i++) expect(text(table, 't', i)).toBe(`text ${text(table, 'y', i)}`)
})

test('repeated values are counted exactly up to a number of them, and about right beyond', () => {
  const few = createRepeats(1000)
  expect([1, 2, 1, 'a', 1, 'a'].map((value) => few.see(value))).toEqual([0, 0, 1, 0, 1, 1])
  for (const valueOf of [(i: number) => i, (i: number) => `id-${i}`]) {
    const none = createRepeats(1000)
    const some = createRepeats(1000)
    let [first, second] = [0, 0]
    for (let i = 0; i < 60_000; i++) {
      first += none.see(valueOf(i))
      second += some.see(valueOf(i)) + (i % 3 === 0 ? some.see(valueOf(i)) : 0)
    }
    expect(first).toBe(0)
    // 20,000 repeats, of which one in 64 or 128 is watched.
    expect(Math.abs(second / 20_000 - 1)).toBeLessThan(0.35)
  }
})
