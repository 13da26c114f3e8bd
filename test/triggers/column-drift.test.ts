import { describe, expect, test } from 'vitest'
import type { CategoryProfile, ColumnCounts, Profile, ProfileCounts } from '../../src/data/types.ts'
import { columnDrift, singleDrift } from '../../src/triggers/column-drift.ts'
import { METHODS } from '../../src/triggers/drift-scores.ts'
import { saved, seen } from './support.ts'

const column = (name: string, counts: readonly number[], missing = 0): CategoryProfile =>
  saved(Object.fromEntries(counts.map((rows, i) => [`c${i}`, rows])), {
    name,
    missing,
    rows: counts.reduce((sum, rows) => sum + rows, missing),
  })
const limits = { psi: 0.2, alpha: 0.01 } as const
const of = (columns: readonly (readonly [CategoryProfile, ColumnCounts])[], more = {}) =>
  columnDrift(
    { columns: columns.map(([profile]) => profile) } as unknown as Profile,
    { columns: columns.map(([, counts]) => counts) } as unknown as ProfileCounts,
    columns.map(([{ name }]) => name),
    { ...limits, ...more } as never,
  )

describe('the drift of columns', () => {
  test('tells what was missing and unseen as shares, and nothing of no rows', () => {
    const [some, none] = of([
      [column('a', [60, 20], 20), seen([30, 10], { missing: 5, unseen: 5 })],
      [column('b', []), seen([])],
    ])
    expect(some).toMatchObject({ column: 'a', missingBefore: 0.2, missingNow: 0.1, unseen: 0.1, test: 'chi2' })
    expect(none).toMatchObject({ column: 'b', missingBefore: 0, missingNow: 0, unseen: 0, drifted: false })
  })

  test('keeps the scores of every method for the first 50 only', () => {
    const columns = Array.from({ length: 52 }, (_, i) => {
      const name = `c${i}`
      return [column(name, [50, 50]), seen([50 + (i % 7), 50 - (i % 7)])] as const
    })
    const found = of(columns)
    expect(found.map(({ scores }) => scores !== undefined)).toEqual([...Array<boolean>(50).fill(true), false, false])
  })

  test('puts what has drifted first, by what the model loses without it; the rest by how near it is', () => {
    const strong = (name: string, importance: number) =>
      [{ ...column(name, [500, 500]), importance }, seen([900, 100])] as const
    const found = of([
      [column('near', [500, 500]), seen([560, 440])],
      strong('light', 0.1),
      [column('nearer', [500, 500]), seen([600, 400])],
      strong('heavy', 0.9),
    ])
    expect(found.map(({ column, drifted }) => [column, drifted])).toEqual([
      ['heavy', true],
      ['light', true],
      ['nearer', false],
      ['near', false],
    ])
  })

  test('needs both: a large change, and more than chance, among all columns', () => {
    const drifted = (before: readonly number[], now: readonly number[], more = {}): boolean =>
      of([[column('a', before), seen(now)]], more)[0]?.drifted === true
    expect(drifted([500, 500], [900, 100])).toBe(true)
    expect(drifted([500_000, 500_000], [510_000, 490_000])).toBe(false)
    expect(drifted([5, 5], [9, 1])).toBe(false)
    const { score, pValue } = singleDrift(column('a', [500, 500]), seen([900, 100]), limits as never)
    // At its limit it is not above it; at alpha it is not below it.
    expect(drifted([500, 500], [900, 100], { psi: score?.value })).toBe(false)
    expect(drifted([500, 500], [900, 100], { alpha: pValue })).toBe(false)
  })

  test('a column of its own has its p-value for a q-value, and one that is gone says so', () => {
    const [profile, counts] = [column('a', [500, 500]), seen([540, 460])]
    const single = singleDrift(profile, counts, limits as never)
    expect(single.qValue).toBe(single.pValue)
    expect(single.note).toBe('c0 50 % → 54 %')
    const gone = columnDrift(
      { columns: [profile] } as unknown as Profile,
      { columns: [seen([0, 0], { missing: 100 })], vanished: ['a'] } as unknown as ProfileCounts,
      ['a'],
      limits as never,
    )
    expect(gone[0]?.note).toMatch(/column/)
  })

  test('the rule of a column counts more than the general one, which counts where it suits', () => {
    const at = (rules: object, more = {}) => {
      const [found] = of([[column('a', [500, 500]), seen([600, 400])]], { rules, ...more })
      return [found?.method, found?.threshold]
    }
    expect(at({})).toEqual(['psi', 0.2])
    expect(at({ a: { threshold: 0.7 } })).toEqual(['psi', 0.7])
    expect(at({ a: { method: 'jensen-shannon' } })).toEqual(['jensen-shannon', METHODS['jensen-shannon'].threshold])
    expect(at({}, { method: 'ks', threshold: 0.3 })).toEqual(['psi', 0.2])
    expect(at({}, { method: 'jensen-shannon', threshold: 0.3 })).toEqual(['jensen-shannon', 0.3])
    expect(at({ a: { method: 'psi' } }, { method: 'jensen-shannon', threshold: 0.3 })).toEqual(['psi', 0.2])
  })
})

test('the limits of the methods are those that are documented', () => {
  expect(Object.fromEntries(Object.entries(METHODS).map(([name, { threshold }]) => [name, threshold]))).toMatchObject({
    'jensen-shannon': 0.2,
    hellinger: 0.15,
    'l-infinity': 0.15,
    'cramers-v': 0.2,
    ks: 0.15,
    wasserstein: 0.4,
    missing: 0.1,
    unseen: 0.05,
    vanished: 0.05,
  })
})
