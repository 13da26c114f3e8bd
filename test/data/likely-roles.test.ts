import { expect, test } from 'vitest'
import { likelyRoles } from '../../src/data/likely-roles.ts'
import type { ColumnReport } from '../../src/data/types.ts'

const column = (
  name: string,
  kind: ColumnReport['kind'],
  role: ColumnReport['role'] = 'feature',
  distinct = 50,
): ColumnReport => ({ name, kind, role, missing: 0, distinct, notes: [] })
const likely = (columns: readonly ColumnReport[], data: { time?: string; id?: string; watermark?: string } = {}) =>
  likelyRoles({ columns, rowsKept: 1000 }, { time: undefined, id: undefined, watermark: undefined, ...data })

test('times, and numbers named like one, may be the time column', () => {
  const columns = [
    column('signup', 'time'),
    column('event_date', 'number'),
    column('createdAt', 'number'),
    column('update', 'number'),
    column('candidate', 'number'),
    column('paid_at_branch', 'number'),
    column('plan', 'category'),
  ]
  expect(likely(columns).time).toEqual(['signup', 'event_date', 'createdAt'])
})

test('ids that repeat may be the id column, those of one row each put nothing together', () => {
  const columns = [column('account_key', 'category', 'id', 300), column('row_id', 'category', 'id', 1000)]
  expect(likely(columns).id).toEqual(['account_key'])
})

test('what is named, ignored or the mark of new rows is not proposed', () => {
  const columns = [column('signup', 'time'), column('account_key', 'category', 'id', 300)]
  expect(likely(columns, { time: 'signup', id: 'account_key' })).toEqual({ time: [], id: [] })
  expect(likely(columns, { watermark: 'account_key' }).id).toEqual([])
  expect(likely(columns.map((one) => ({ ...one, role: 'ignored' as const })))).toEqual({ time: [], id: [] })
})
