import { expect, test } from 'vitest'
import { type SeenInput, seenByChampion } from '../../src/commands/seen-by-champion.ts'

interface Given {
  readonly by?: 'time' | 'hash' | 'files'
  readonly description?: string
  readonly championSafe?: boolean
  readonly note?: string
  readonly watermark?: string | null
  /** How the champion's run held rows out; null: it has no record. */
  readonly before?: string | null
  readonly columns?: readonly (readonly [name: string, kind?: string])[]
  readonly id?: string
  readonly heldOut?: readonly (readonly [path: string, sha256: string])[]
}

const HASH = '20 % of the rows, by a hash of their cells'
const columnsOf = (columns: NonNullable<Given['columns']>) =>
  columns.map(([name, kind = 'number']) => ({ name, kind, role: 'feature', missing: 0, distinct: 9, notes: [] }))

function seen(given: Given) {
  const { by = 'hash', description = HASH, championSafe = true, watermark = null, before = HASH } = given
  const input = {
    split: { by, description, championSafe, note: given.note },
    champion: {
      manifest: { version: 3, training: { watermark } },
      record:
        before === null
          ? undefined
          : {
              evaluation: { holdout: { description: before } },
              data: { columns: columnsOf([['a'], ['b']]), files: [{ path: 'train.csv', sha256: '11' }] },
            },
    },
    model: { data: { id: given.id } },
    data: {
      columns: columnsOf(given.columns ?? [['b'], ['a']]),
      heldOut: { files: (given.heldOut ?? []).map(([path, sha256]) => ({ path, sha256, bytes: 1, rows: 1 })) },
    },
  }
  return seenByChampion(input as unknown as SeenInput)
}

test.each<[string, Given, string]>([
  [
    'rows newer than its watermark',
    { by: 'time', watermark: '2026-05-01T00:00:00Z' },
    'they are newer than all rows that it was trained on (until 2026-05-01T00:00:00Z)',
  ],
  ['the hash of its own run', {}, 'its own run held rows out by the same hash'],
  [
    'the hash of ids, whatever columns are new',
    { id: 'a', columns: [['a'], ['b'], ['c']] },
    'its own run held rows out by the same hash',
  ],
  [
    'a file that it was not given',
    { by: 'files', heldOut: [['test.csv', '22']] },
    'none of their files is among the 1 that it was trained on',
  ],
])('a champion has not seen %s', (_, given, why) => {
  expect(seen(given)).toEqual({ championSafe: true, championWhy: why, note: undefined })
})

test.each<[string, Given, string]>([
  [
    'rows held out by a time column that was named since',
    { by: 'time' },
    'the rows are held out by time, and the champion was trained without a time column, so v3 may have been trained on them',
  ],
  [
    'rows held out by a hash over a column more',
    { columns: [['a'], ['b'], ['c']] },
    'the rows are held out by a hash of their cells, and the columns are others than in the champion’s run, so v3 may have been trained on them',
  ],
  [
    'or over a column of another kind',
    { columns: [['a', 'category'], ['b']] },
    'the rows are held out by a hash of their cells, and the columns are others than in the champion’s run, so v3 may have been trained on them',
  ],
  [
    'another share',
    { before: '30 % of the rows, by a hash of their cells' },
    'the champion’s run held out 30 % of the rows, by a hash of their cells, so v3 may have been trained on them',
  ],
  [
    'rows of a run without a record',
    { before: null },
    'the champion has no record.json, which says how its rows were held out, so v3 may have been trained on them',
  ],
  [
    'a file of its own run',
    { by: 'files', heldOut: [['train.csv', '99']] },
    'the held-out file train.csv is among those of the champion’s run, so v3 may have been trained on them',
  ],
  [
    'or a copy of one',
    { by: 'files', heldOut: [['copy.csv', '11']] },
    'the held-out file copy.csv is among those of the champion’s run, so v3 may have been trained on them',
  ],
  [
    'more than the split knows, and both is said',
    { note: 'rows without a time are in neither part', before: null },
    'rows without a time are in neither part; the champion has no record.json, which says how its rows were held out, so v3 may have been trained on them',
  ],
  ['what the split doubts itself', { championSafe: false, note: 'no row is newer' }, 'no row is newer'],
])('a champion may have seen %s', (_, given, note) => {
  expect(seen(given)).toEqual({ championSafe: false, note })
})
