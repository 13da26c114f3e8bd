import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
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

test('a line that is no JSON costs that line', async () => {
  await reopen()
  append({ i: 0 })
  append({ i: 2 })
  appendFileSync(path, '{"i": 1, \u0000\u0000\n')
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 2 }])
  expect(journal.lost).toBe(1)
})

test.each([
  ['a digit', '{"i":1}', '{"i":7}'],
  ['its kind', '{"i":1}', '["i"]'],
  ['its checksum', /..(?= \{"i":1\})/, 'zz'],
])('a line of which %s is another is damaged, although it is still JSON', async (_what, from, to) => {
  await reopen()
  for (let i = 0; i < 3; i++) append({ i })
  const text = readFileSync(path, 'utf8')
  expect(text.replace(from, to)).not.toBe(text)
  writeFileSync(path, text.replace(from, to))
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 2 }])
  expect(journal.lost).toBe(1)
})

/** Lets a second go by, in which what was appended is forced to the disk. */
function aSecond(): void {
  vi.advanceTimersByTime(1000)
  vi.useRealTimers()
}

test('a file that is removed under way is written anew, with everything that was in it', async () => {
  await reopen()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  append({ i: 0 })
  rmSync(path)
  append({ i: 1 })
  aSecond()
  expect(said).toEqual([expect.stringContaining('had been removed; it is written anew')])
  append({ i: 2 })
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }])
})

test('where the folder is removed, it is said that nothing is kept', async () => {
  await reopen()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  rmSync(dirname(path), { recursive: true })
  append({ i: 0 })
  aSecond()
  expect(journal.works).toBe(false)
  expect(said).toEqual([expect.stringContaining('would be lost in a restart')])
})

test('two processes on one file: the earlier one says that it keeps nothing, and leaves the file to the later one', async () => {
  await reopen({ growth: 200 })
  append({ i: 0 })
  const [earlier, ...mine] = [journal, ...entries]
  await reopen({ growth: 200 })
  expect(entries).toEqual(mine)
  const theirs = readFileSync(path, 'utf8')
  for (let i = 1; i < 40; i++) earlier.append({ i, earlier: true })
  expect([readFileSync(path, 'utf8'), earlier.works]).toEqual([theirs, false])
  for (let i = 1; i < 40; i++) {
    earlier.append({ i, earlier: true })
    append({ i })
  }
  earlier.close()
  expect([earlier.works, journal.works]).toEqual([false, true])
  expect(said).toEqual([expect.stringContaining('another process keeps its evidence there now')])
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1e9)
  earlier.append({ i: 41, earlier: true })
  vi.restoreAllMocks()
  const all = entries
  await reopen()
  expect(entries).toEqual(all)
})

test('an earlier process that ends says that another has taken over, however little it had to write', async () => {
  await reopen()
  const earlier = journal
  await reopen()
  earlier.close()
  expect(said).toEqual([expect.stringContaining('another process keeps its evidence there now')])
})

test('a file that can be read and not written is played back, and written as soon as that works', async () => {
  await reopen()
  append({ i: 0 })
  const snapshot = vi.fn<() => unknown[]>(() => entries)
  snapshot.mockImplementationOnce(() => {
    throw new Error('ENOSPC: no space left on device, write')
  })
  await reopen({ snapshot })
  expect(entries).toEqual([{ i: 0 }])
  expect(journal.works).toBe(false)
  expect(said).toEqual([expect.stringContaining('no space left on device')])
  expect(readdirSync(dirname(path))).toEqual(['churn.jsonl'])
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000)
  append({ i: 1 })
  vi.restoreAllMocks()
  expect(journal.works).toBe(true)
  await reopen()
  expect(entries).toEqual([{ i: 0 }, { i: 1 }])
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
