import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { onCounts } from '../../src/data/profile-reference.ts'
import { mergeCounts, subtractCounts } from '../../src/data/profile-merge.ts'
import type { Table } from '../../src/data/table.ts'
import { driftSection } from '../../src/report/sections/drift.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { driftTrigger } from '../../src/config/schema/triggers.ts'
import { columnDrift } from '../../src/triggers/column-drift.ts'
import { METHODS } from '../../src/triggers/drift-scores.ts'
import { evaluateTriggers, type DriftObservation } from '../../src/triggers/index.ts'
import type { ColumnDrift, TriggerResult } from '../../src/triggers/types.ts'
import { category, config, countOn, customers, input, number, profileOf, table } from './support.ts'

const normals = (n: number, seed: number, shift = 0): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: n }, () => shift + random.normal())
}
const letters = (...counts: readonly (readonly [string | null, number])[]): (string | null)[] =>
  counts.flatMap(([letter, times]) => Array.from({ length: times }, () => letter))

function see(before: Table, now: Table, settings: object, drift?: DriftObservation): TriggerResult {
  const profile = profileOf(before)
  return evaluateTriggers(
    input({
      profile,
      counts: countOn(profile, now),
      config: { ...config, drift: driftTrigger.parse({ 'min-rows': 1, 'min-share': 0, ...settings }) },
      drift,
    }),
  ).find((result) => result.trigger === 'drift') as TriggerResult
}
const only = (before: Table, now: Table): ColumnDrift => {
  const profile = profileOf(before)
  const names = before.columns.map((column) => column.name)
  return columnDrift(profile, countOn(profile, now), names, { psi: 0.2, alpha: 0.01 })[0] as ColumnDrift
}

describe('every measure', () => {
  test('of numbers says about what it must of a mean moved by half a standard deviation', () => {
    const found = only(table(number('x', normals(20_000, 1))), table(number('x', normals(20_000, 2, 0.5))))
    const expected = { psi: 0.25, ks: 0.197, wasserstein: 0.5, hellinger: 0.175, missing: 0 }
    for (const [name, value] of Object.entries(expected)) {
      const score = found.scores?.[name as keyof typeof expected]
      expect(score?.value).toBeGreaterThanOrEqual(value * 0.9)
      expect(score?.value).toBeLessThanOrEqual(value * 1.1)
      expect(score?.ifUnchanged).toBeLessThan(0.02)
    }
    expect(found.scores).not.toHaveProperty('unseen')
  })

  test('of categories says what it must: unseen, vanished, the largest change', () => {
    const found = only(
      table(category('c', letters(['a', 500], ['b', 400], ['c', 100]))),
      table(category('c', letters(['a', 500], ['b', 300], ['d', 200]))),
    )
    expect(found.scores).toMatchObject({
      unseen: { value: 0.2 },
      vanished: { value: 0.1 },
      'l-infinity': { value: 0.2 },
      missing: { value: 0 },
    })
    expect(found.scores).not.toHaveProperty('wasserstein')
  })

  test('of a constant or empty column is a finite number, for every method', () => {
    const odd = [
      [5, 5, 5],
      [Number.NaN, Number.NaN],
      [Infinity, -Infinity, 1e308],
      [1e-300, 2e-300],
    ]
    for (const before of odd) {
      for (const now of odd) {
        const { scores } = only(table(number('x', before)), table(number('x', now)))
        const values = Object.values(scores ?? {}).flatMap((score) => [score.value, score.ifUnchanged])
        expect(values.filter((value) => !Number.isFinite(value) || value < 0)).toEqual([])
      }
    }
  })
})

describe('rules of single columns', () => {
  const before = table(
    number('age', normals(2000, 1)),
    number('spend', normals(2000, 2)),
    category('plan', letters(['a', 1000], ['b', 1000])),
  )
  const now = table(
    number('age', normals(1000, 3, 0.3)),
    number('spend', normals(1000, 4)),
    category('plan', letters(['a', 500], ['b', 500])),
  )

  test('a method and threshold of its own decide about a column; the others stay watched by the PSI', () => {
    const plain = see(before, now, {})
    expect(plain.evidence.some((column) => column.drifted)).toBe(false)
    const strict = see(before, now, { columns: { age: { method: 'wasserstein', threshold: 0.1 } } })
    expect(strict.evidence[0]).toMatchObject({ column: 'age', drifted: true, method: 'wasserstein', threshold: 0.1 })
    expect(strict.evidence.map((column) => column.method)).toEqual(['wasserstein', 'psi', 'psi'])
    expect(strict).toMatchObject({ status: 'fired', direction: 'above' })
    expect(strict.sentence).toMatch(/^1 of 3 features drifted \(33 %\): age \(Wasserstein distance 0\.\d+ σ, median/)
  })

  test('false leaves a column out; a general method passes by the columns it is not made for', () => {
    const seen = see(before, now, { columns: { age: false }, method: 'ks' })
    expect(seen.evidence.map(({ column, method }) => [column, method])).toEqual([
      ['spend', 'ks'],
      ['plan', 'psi'],
    ])
    expect(seen.sentence).toContain('the largest')
  })

  test('a method that does not suit the column leaves the trigger unchecked, in a sentence', () => {
    expect(see(before, now, { columns: { plan: { method: 'ks' } } })).toMatchObject({
      status: 'unchecked',
      sentence: '“plan” holds categories; “ks” is for numbers',
    })
    expect(see(before, now, { columns: { plam: {} } }).sentence).toContain('no column “plam” to watch')
  })

  test('a measure of present values does not stay silent when values go missing', () => {
    const gone = table(
      number(
        'age',
        letters(['', 600])
          .map(() => Number.NaN)
          .concat(normals(400, 3)),
      ),
    )
    const seen = see(table(number('age', normals(2000, 1))), gone, { columns: { age: { method: 'wasserstein' } } })
    expect(seen.evidence[0]).toMatchObject({ drifted: true, missingNow: 0.6 })
    const missing = see(table(number('age', normals(2000, 1))), gone, { method: 'missing' })
    expect(missing.evidence[0]).toMatchObject({ drifted: true, method: 'missing', test: 'chi2', score: { value: 0.6 } })
  })

  test('each method’s threshold is above what chance gives 200 rows', () => {
    const mixed = (n: number, seed: number): Table => customers(n, seed)
    const profile = profileOf(mixed(2000, 1))
    for (let seed = 10; seed < 25; seed++) {
      const names = profile.columns.map((column) => column.name)
      for (const column of columnDrift(profile, countOn(profile, mixed(200, seed)), names, { psi: 0.2, alpha: 0.01 })) {
        for (const [name, score] of Object.entries(column.scores ?? {})) {
          // Thirty regions in 200 rows: some are always missing, and the PSI of rare ones is noisy.
          if (column.column === 'region') continue
          expect({ name, ...score }).toSatisfy(
            (found: typeof score) => found.value < METHODS[name as keyof typeof METHODS].threshold,
          )
        }
      }
    }
  })
})

describe('another reference', () => {
  const all = table(number('x', normals(3000, 1)), category('c', letters(['a', 2000], ['b', 1000])))
  const profile = profileOf(all)
  const [first, second] = [
    table(number('x', normals(900, 5, 1)), category('c', letters(['a', 400], ['z', 500]))),
    table(number('x', normals(700, 6, 1)), category('c', letters(['a', 300], ['z', 400]))),
  ]

  test('rows counted on a version’s bins stand in for its own', () => {
    const reference = { profile: onCounts(profile, countOn(profile, first)), text: 'the 30d before 2026-05-01' }
    const counts = countOn(profile, second)
    const against = see(all, second, {}, { reference, counts })
    expect(against.status).toBe('quiet')
    expect(against.sentence).toContain('on 700 new rows against the 30d before 2026-05-01')
    expect(see(all, second, {}).status).toBe('fired')
    expect(see(all, second, {}, { reference: { error: 'there is no time column' } }).status).toBe('unchecked')
  })

  test('counts subtract as they add', () => {
    const [a, b] = [countOn(profile, first), countOn(profile, second)]
    const rest = subtractCounts(mergeCounts(a, b), b)
    expect(rest.rows).toBe(a.rows)
    rest.columns.forEach((column, i) => {
      const whole = a.columns[i]!
      expect(column).toMatchObject({ rows: whole.rows, missing: whole.missing, unseen: whole.unseen })
      expect(column.counts).toEqual(whole.counts)
    })
  })
})

test('the report names the measure, what it would be by chance, and how much a column matters', () => {
  const before = table(number('age', normals(2000, 1)), number('spend', normals(2000, 2)))
  const now = table(number('age', normals(1000, 3, 1)), number('spend', normals(1000, 4)))
  const seen = see(
    before,
    now,
    { columns: { age: { method: 'wasserstein' } }, multivariate: true },
    {
      structure: { error: 'the version knows none of its structure' },
      classifier: { auc: 0.76, low: 0.74, high: 0.78, pValue: 1e-9, rows: 1000, telling: ['age'] },
    },
  )
  const matters = { ...seen, evidence: seen.evidence.map((column) => ({ ...column, importance: 0.04 })) }
  const text = JSON.stringify(driftSection({ triggers: [matters] } as unknown as RunRecord))
  for (const part of [
    'Matters',
    '+0.040',
    'If unchanged',
    'Wasserstein distance 0.95 σ',
    'domain classifier',
    'AUC 0.76',
    'told apart by age',
  ]) {
    expect(text).toContain(part)
  }
  expect(seen.sentence).toContain('the structure could not be checked: the version knows none of its structure')
  expect(seen.status).toBe('fired')
})
