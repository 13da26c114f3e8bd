import { describe, expect, test } from 'vitest'
import {
  correctedLevel,
  EMPTY_LEDGER,
  holdoutUse,
  type LedgerEntry,
  overlapOf,
  parseLedger,
  recordUse,
  sketchRows,
} from '../../src/evaluation/holdout-ledger.ts'

/** The rows `from` … `to` − 1 of one long table. */
const rowsOf = (from: number, to: number) => {
  const hashes = Uint32Array.from({ length: to - from }, (_, i) => Math.imul(from + i + 1, 0x9e3779b1))
  return { digest: `${from}-${to}`, rows: to - from, sketch: sketchRows(hashes) }
}
const entry = (candidateId: string, from: number, to: number): LedgerEntry => ({
  at: '2026-07-01T00:00:00Z',
  candidateId,
  verdict: 'fail',
  ...rowsOf(from, to),
})
const OPTIONS = { candidateId: 'now', level: 0.95, budget: 10 }

describe('the ledger of a holdout', () => {
  test('counts earlier uses by the share of today’s rows that they had seen', () => {
    expect(overlapOf(rowsOf(0, 4000), rowsOf(0, 4000))).toBe(1)
    expect(overlapOf(rowsOf(0, 4000), rowsOf(4000, 8000))).toBe(0)
    expect(overlapOf(rowsOf(2000, 6000), rowsOf(0, 4000))).toBeCloseTo(0.5, 1)
    expect(overlapOf(rowsOf(0, 1000), rowsOf(0, 10_000))).toBeCloseTo(1, 0)
    expect(overlapOf(rowsOf(0, 100), rowsOf(50, 150))).toBe(0.5)
  })

  test('spends no more than α over a whole life', () => {
    const spent = Array.from({ length: 10_000 }, (_, i) => (1 - correctedLevel(0.95, i + 1)) / 2)
    expect(spent[0]).toBeCloseTo(0.025, 12)
    expect(spent.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(0.05)
    expect(correctedLevel(0.95, 2)).toBeCloseTo(0.98333, 5)
  })

  test('is fresh at first, then used, then wearing, then spent', () => {
    let ledger = EMPTY_LEDGER
    const seen: string[] = []
    for (let use = 1; use <= 11; use++) {
      seen.push(holdoutUse(ledger, rowsOf(0, 500), OPTIONS).status)
      ledger = recordUse(ledger, entry(`c${use}`, 0, 500))
    }
    expect(seen).toEqual([
      'fresh',
      ...Array.from({ length: 5 }, () => 'used'),
      ...Array.from({ length: 4 }, () => 'wearing'),
      'spent',
    ])
    expect(holdoutUse(ledger, rowsOf(0, 500), OPTIONS).sentence).toContain('the held-out rows are spent')
  })

  test('does not count the same candidate twice', () => {
    const ledger = recordUse(recordUse(EMPTY_LEDGER, entry('now', 0, 500)), entry('now', 0, 500))
    expect(ledger.entries).toHaveLength(1)
    expect(holdoutUse(ledger, rowsOf(0, 500), OPTIONS)).toMatchObject({ uses: 1, status: 'fresh', earlier: [] })
  })

  test('is empty where its file is missing, an error where it is damaged, and survives a round trip', () => {
    expect(parseLedger(undefined)).toEqual(EMPTY_LEDGER)
    for (const text of ['', '{', 'null', '7', '[]', '{"schemaVersion":1}', '{"schemaVersion":1,"entries":[null]}'])
      expect(() => parseLedger(text)).toThrow('the ledger of held-out rows is damaged')
    const ledger = recordUse(EMPTY_LEDGER, entry('a', 0, 500))
    expect(parseLedger(JSON.stringify(ledger))).toEqual(ledger)
  })
})
