import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dataObject } from '../../src/config/schema/data.ts'
import { readBatches } from '../../src/data/read.ts'

let root = ''
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'refit-stable-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const data = { ...dataObject.parse({ source: 'a.csv' }), label: 'y' }
const rows = (n: number): string => `a,y\n${'1.5,yes\n'.repeat(n)}`

/** Reads the file, and does something to it after the first batch. */
async function readWhile(change: () => void): Promise<number> {
  writeFileSync(join(root, 'a.csv'), rows(60_000))
  let read = 0
  for await (const { table } of readBatches(data, root)) {
    if (read === 0) change()
    read += table.rows
  }
  return read
}

test('a file that stays as it is can be read', async () => {
  expect(await readWhile(() => {})).toBe(60_000)
})

test.each([
  ['grows', () => appendFileSync(join(root, 'a.csv'), rows(3))],
  ['is written anew', () => writeFileSync(join(root, 'a.csv'), rows(10))],
  ['is removed', () => rmSync(join(root, 'a.csv'))],
  [
    'is replaced by one of the same size',
    () => {
      writeFileSync(join(root, 'b.csv'), rows(60_000))
      renameSync(join(root, 'b.csv'), join(root, 'a.csv'))
    },
  ],
])('a file that %s meanwhile is told', async (_what, change) => {
  await expect(readWhile(change)).rejects.toThrow('a.csv was changed while it was read')
})
