import { appendFileSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLog, type Log } from '../../src/core/log.ts'
import { Journal, type JournalOptions } from '../../src/serving/journal.ts'
import { temporaryFolder } from '../support/git.ts'

let path: string
let entries: unknown[]
let journal: Journal
const said: string[] = []
const log: Log = { ...silentLog, warn: (text) => said.push(text), error: (text) => said.push(text) }

beforeEach(() => {
  path = join(temporaryFolder('refit-journal'), 'kept', 'churn.jsonl')
  said.length = 0
})
afterEach(() => journal.close())

/** Opens the file as the next process does, whatever became of the one before. */
async function reopen(more: Partial<JournalOptions> = {}): Promise<void> {
  entries = []
  const replay = (entry: unknown): void => void entries.push(entry)
  journal = await Journal.open({ path, header: { a: 1 }, replay, snapshot: () => entries, log, ...more })
}
function append(entry: unknown): void {
  entries.push(entry)
  journal.append(entry)
}

test('a process that is killed loses nothing: every entry is there before the next line of code', async () => {
  await reopen()
  for (let i = 0; i < 100; i++) append({ i, counts: new Map([[i, 1]]) })
  await reopen() // the first one is never closed
  expect(entries).toHaveLength(100)
  expect(entries[7]).toEqual({ i: 7, counts: new Map([[7, 1]]) })
  expect(journal.lost).toBe(0)
})

test('a torn last line is left out and counted, and what follows is whole', async () => {
  await reopen()
  for (let i = 0; i < 3; i++) append({ i })
  truncateSync(path, statSync(path).size - 4)
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 1 }])
  expect(journal.lost).toBe(1)
  expect(said.join()).toContain('1 line left out that could not be read')
  append({ i: 3 })
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 1 }, { i: 3 }])
  expect(journal.lost).toBe(0)
})

test('a damaged line in the middle costs that line', async () => {
  await reopen()
  append({ i: 0 })
  appendFileSync(path, '{"i": 1, \u0000\u0000\n')
  append({ i: 2 })
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 2 }])
  expect(journal.lost).toBe(1)
})

test('the file stays small however much is appended, and still says everything', async () => {
  const last: unknown[] = []
  await reopen({ growth: 10_000, snapshot: () => last.slice(-1) })
  for (let i = 0; i < 20_000; i++) {
    last.push({ i })
    journal.append({ i })
  }
  expect(statSync(path).size).toBeLessThan(11_000)
  await reopen()
  expect(entries.at(-1)).toEqual({ i: 19_999 })
})

test('a file of something else is put aside, not taken over and not destroyed', async () => {
  await reopen()
  append('mine')
  await reopen({ header: { a: 2 } })
  expect(entries).toEqual([])
  expect(readFileSync(`${path}.old`, 'utf8')).toContain('mine')
  expect(said.join()).toContain('.old')
})

test('only its owner reads it', async () => {
  await reopen()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a disk that is gone stops no caller; it is said, and everything is kept again when the disk is back', async () => {
  await reopen({ growth: 100 })
  const parked = `${dirname(path)}-parked`
  renameSync(dirname(path), parked)
  for (let i = 0; i < 20; i++) append({ i })
  expect(journal.works).toBe(false)
  expect(said).toEqual([expect.stringContaining('the evidence is not kept, and would be lost in a restart')])
  renameSync(parked, dirname(path))
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000)
  append({ i: 20 })
  vi.restoreAllMocks()
  expect(journal.works).toBe(true)
  const all = entries
  await reopen()
  expect(entries).toEqual(all)
})

test('a folder that cannot be made is one sentence', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  await expect(reopen({ path: join(file, 'churn.jsonl') })).rejects.toMatchObject({
    code: 'serving',
    message: expect.stringContaining('the evidence cannot be kept') as string,
  })
})
