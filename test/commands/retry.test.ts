import { expect, test } from 'vitest'
import { retryAfterRows, tooSoon } from '../../src/commands/retry.ts'
import { correctedLevel, EMPTY_LEDGER, holdoutUse, recordUse, sketchRows } from '../../src/evaluation/holdout-ledger.ts'
import type { RunRecord } from '../../src/report/run-record.ts'

const record = (outcome: 'fail' | 'inconclusive', held: number, timed: boolean, rowsNeeded?: number): RunRecord =>
  ({
    verdict: { outcome },
    triggers: [],
    data: { rowsKept: 10_000, window: timed ? { from: 0, to: 1 } : undefined },
    training: { rows: 1000, validationRows: 200 },
    evaluation: { holdout: { rows: held }, comparisons: [{ versus: 'champion', rowsNeeded }] },
  }) as unknown as RunRecord

test('in a stream the next try waits for as many rows as half of the holdout, or for the rows it lacks', () => {
  expect(retryAfterRows(record('fail', 800, true))).toBe(400)
  expect(retryAfterRows(record('inconclusive', 800, true, 100_000))).toBe(400)
  expect(retryAfterRows(record('inconclusive', 800, false, 100_000))).toBe(200)
  expect(retryAfterRows(record('fail', 800, false))).toBe(100)
})

test('where only volume asked, the new rows have to grow by half again; where something else did, they need not', () => {
  const volume = { trigger: 'volume', status: 'fired', facts: { newLabelledRows: 2000 } }
  const drift = { trigger: 'drift', status: 'fired' }
  const asked = (...triggers: object[]) => ({ ...record('fail', 800, true), triggers }) as unknown as RunRecord
  expect(retryAfterRows(asked(volume))).toBe(1000)
  expect(retryAfterRows(asked(volume, drift))).toBe(400)
  expect(retryAfterRows(asked(volume, { ...drift, onlyReport: true }))).toBe(1000)
})

test('so spaced, tries on a growing holdout never become much stricter; other rows are no further use at all', () => {
  const hash = (row: number): number => (Math.imul(row + 1, 2_654_435_761) ^ Math.imul(row + 7, 40_503)) >>> 0
  const holdout = (from: number, to: number) => {
    const hashes = Uint32Array.from({ length: to - from }, (_, i) => hash(from + i))
    return { digest: `${from}-${to}`, rows: to - from, sketch: sketchRows(hashes) }
  }
  const options = { level: 0.95, budget: 10 }
  let ledger = EMPTY_LEDGER
  let uses = 0
  for (let n = 1000, k = 0; k < 9; k++) {
    const today = holdout(Math.round(n / 2), Math.round(n))
    ;({ uses } = holdoutUse(ledger, today, { ...options, candidateId: `c${k}` }))
    ledger = recordUse(ledger, { ...today, at: '2026-01-01T00:00:00Z', candidateId: `c${k}`, verdict: 'inconclusive' })
    n += n / 4
  }
  expect(uses).toBeGreaterThan(1.7)
  expect(uses).toBeLessThan(2.1)
  expect(correctedLevel(0.95, 1.9)).toBeCloseTo(0.9819, 4)
  const fresh = holdoutUse(ledger, holdout(50_000, 51_000), { ...options, candidateId: 'new' })
  expect(fresh).toMatchObject({ uses: 1, correctedLevel: expect.closeTo(0.95, 12) as number, status: 'fresh' })
})

test.each([
  ['rewritten history, fewer rows than there were', 999, 'champion', false],
  ['rewritten history, as many rows as there were', 1000, 'champion', false],
  ['one new row', 1001, 'champion', true],
  ['one row less than asked for', 1399, 'champion', true],
  ['as many as asked for', 1400, 'champion', false],
  ['one new row, but another champion', 1001, 'another', false],
  ['an unknown number of rows', undefined, 'champion', false],
] as const)('after a failure on 1,000 rows that asks for 400 more, %s', (_, rows, championDigest, waits) => {
  const last = {
    schemaVersion: 1,
    candidateId: 'c',
    verdict: 'fail',
    reason: 'auc is worse',
    at: '2026-01-01T00:00:00Z',
    rows: 1000,
    retryAfterRows: 400,
    championDigest: 'champion',
  } as const
  const why = tooSoon(last, { rows, championDigest })
  expect(why !== undefined).toBe(waits)
  if (why !== undefined) {
    expect(why).toContain('failed its gates (auc is worse)')
    expect(why).toContain(`when 400 more labelled rows are there, and ${(rows as number) - 1000} have arrived`)
  }
})
