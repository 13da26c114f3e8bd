import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import type { ProfileCounts } from '../../src/data/types.ts'
import type { Table } from '../../src/data/table.ts'
import { ksTwoSample } from '../../src/stats/ks.ts'
import { columnDrift } from '../../src/triggers/column-drift.ts'
import { evaluateTriggers, type TriggerInput } from '../../src/triggers/index.ts'
import type { ColumnDrift, TriggerResult } from '../../src/triggers/types.ts'
import { category, config, countOn, customers, drift, input, number, profileOf, table } from './support.ts'

const LIMITS = { psi: 0.2, alpha: 0.01 }
const names = (data: Table): string[] => data.columns.map((column) => column.name)
const compare = (before: Table, now: Table): ColumnDrift[] => {
  const profile = profileOf(before)
  return columnDrift(profile, countOn(profile, now), names(before), LIMITS)
}
const only = (before: Table, now: Table): ColumnDrift => compare(before, now)[0] as ColumnDrift
const repeat = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value)
const see = (changes: Partial<TriggerInput>): TriggerResult =>
  evaluateTriggers(input(changes)).find((result) => result.trigger === 'drift') as TriggerResult

describe('without drift', () => {
  test('the trigger never fires, and hardly ever a column drifts, whatever the sizes', () => {
    let columns = 0
    let drifted = 0
    for (const [reference, current] of [
      [50, 50],
      [200, 50],
      [200, 200],
      [1000, 200],
      [5000, 500],
      [20_000, 5000],
    ] as const) {
      for (let seed = 0; seed < 12; seed++) {
        const before = customers(reference, 1000 + seed)
        const now = customers(current, 2000 + seed)
        const profile = profileOf(before)
        const counts = countOn(profile, now)
        const found = columnDrift(profile, counts, names(before), LIMITS)
        columns += found.length
        drifted += found.filter((column) => column.drifted).length
        const sensitive = { ...config, drift: { ...drift, 'min-rows': 1 } }
        expect(see({ profile, counts, config: sensitive }).status).toBe('quiet')
      }
    }
    expect(columns).toBe(432)
    expect(drifted).toBeLessThanOrEqual(2)
  })

  test('the PSI is on average what is reported for “if nothing had changed”', () => {
    let psi = 0
    let expected = 0
    for (let seed = 0; seed < 150; seed++) {
      const a = createRandom(seed)
      const b = createRandom(9000 + seed)
      const found = only(
        table(
          number(
            'x',
            Array.from({ length: 800 }, () => a.normal()),
          ),
        ),
        table(
          number(
            'x',
            Array.from({ length: 600 }, () => b.normal()),
          ),
        ),
      )
      psi += found.psi
      expected += found.psiIfUnchanged
    }
    expect(psi / expected).toBeGreaterThan(0.85)
    expect(psi / expected).toBeLessThan(1.15)
  })

  test('so are those of more categories than the profile lists, though it lists those that chance favoured', () => {
    const random = createRandom(31)
    // Of 10,000 rows about 7 in the 200th of 800 categories; the share of the i-th is about 1/i.
    const draw = () => {
      const codes = Int32Array.from({ length: 10_000 }, () => Math.floor(801 ** random.next()) - 1)
      const dictionary = Array.from({ length: 800 }, (_, i) => `c${i}`)
      return table({ kind: 'category', name: 'x', codes, dictionary })
    }
    let low = 0
    for (let run = 0; run < 60; run++) if (only(draw(), draw()).pValue < 0.05) low++
    // 3 expected of 60; more than 9 would be seen once in a thousand times.
    expect(low).toBeLessThanOrEqual(9)
  })

  test('p-values on frozen bins are valid: below 5 % at most 5 % of the time', () => {
    let low = 0
    for (let seed = 0; seed < 300; seed++) {
      const a = createRandom(seed)
      const b = createRandom(5000 + seed)
      const before = table(
        number(
          'x',
          Array.from({ length: 300 }, () => a.normal()),
        ),
        category(
          'c',
          Array.from({ length: 300 }, () => `v${a.below(12)}`),
        ),
      )
      const now = table(
        number(
          'x',
          Array.from({ length: 300 }, () => b.normal()),
        ),
        category(
          'c',
          Array.from({ length: 300 }, () => `v${b.below(12)}`),
        ),
      )
      low += compare(before, now).filter((column) => column.pValue < 0.05).length
    }
    // 600 tests: 30 expected at most, 30 + 3 standard deviations = 46.
    expect(low).toBeLessThan(46)
    expect(low).toBeGreaterThan(5)
  })
})

describe('with drift', () => {
  test('the trigger fires when enough features have shifted, worst first, with the evidence', () => {
    const { profile } = input()
    if ('error' in profile) throw new Error('profiled')
    const counts = countOn(
      profile,
      customers(1000, 7, (random) => ({
        tenure: random.below(20),
        spend: Math.exp(4 + random.normal()),
        plan: 'enterprise',
      })),
    )
    const seen = see({ counts })
    expect(seen).toMatchObject({ status: 'fired', value: 0.5, threshold: 0.2, unit: 'share of drifted features' })
    expect(seen.sentence).toMatch(
      /^3 of 6 features drifted \(50 %\): plan \(PSI \d+\.\d\d, unseen: enterprise \(100 %\)/,
    )
    expect(seen.sentence).toContain('on 1,000 new rows; the limit is 20 %')
    expect(seen.evidence.map((column) => column.drifted)).toEqual([true, true, true, false, false, false])
    expect(seen.evidence.find((column) => column.column === 'tenure')?.note).toMatch(/^median (29|30) → \d+$/)
  })

  test('one shifted feature of six is evidence, not an alarm', () => {
    const { profile } = input()
    if ('error' in profile) throw new Error('profiled')
    const counts = countOn(
      profile,
      customers(1000, 7, (random) => ({ tenure: random.below(20) })),
    )
    expect(see({ counts })).toMatchObject({ status: 'quiet', value: 1 / 6 })
  })

  test('a quarter of twenty features moved by half a standard deviation is an alarm, a fifth is not', () => {
    const random = createRandom(21)
    const draw = (rows: number, moved: number) =>
      table(
        ...Array.from({ length: 20 }, (_, i) =>
          number(
            `x${i}`,
            Array.from({ length: rows }, () => random.normal() + (i < moved ? 0.5 : 0)),
          ),
        ),
      )
    const profile = profileOf(draw(5000, 0))
    expect(see({ profile, counts: countOn(profile, draw(5000, 4)) })).toMatchObject({ status: 'quiet', value: 0.2 })
    expect(see({ profile, counts: countOn(profile, draw(5000, 5)) })).toMatchObject({ status: 'fired', value: 0.25 })
  })

  test('one of many columns that chance explains is no drift, though alone it would be one', () => {
    const yes = (n: number, of: number) => Array.from({ length: of }, (_, i) => (i < n ? 'yes' : 'no'))
    const names = ['moved', ...Array.from({ length: 9 }, (_, i) => `same-${i}`)]
    const profile = profileOf(table(...names.map((name) => category(name, yes(200, 400)))))
    const counts = countOn(profile, table(...names.map((name) => category(name, yes(name === 'moved' ? 26 : 20, 40)))))
    const limits = { psi: 0.05, alpha: 0.1 }
    const [alone] = columnDrift(profile, counts, ['moved'], limits)
    expect(alone).toMatchObject({ column: 'moved', drifted: true, qValue: alone?.pValue })
    expect(alone?.pValue).toBeGreaterThan(0.01)
    const [moved] = columnDrift(profile, counts, names, limits)
    expect(moved).toMatchObject({ column: 'moved', drifted: false, pValue: alone?.pValue })
    expect(moved?.qValue).toBeCloseTo(10 * (alone?.pValue as number), 12)
  })

  test('a difference that is significant only because there are many rows is no drift', () => {
    const random = createRandom(11)
    const draw = (mean: number): number[] => Array.from({ length: 40_000 }, () => mean + random.normal())
    const found = only(table(number('x', draw(0))), table(number('x', draw(0.1))))
    expect(found.pValue).toBeLessThan(1e-10)
    expect(found.psi).toBeLessThan(0.05)
    expect(found.drifted).toBe(false)
  })

  test('a PSI above the limit that chance explains is no drift', () => {
    const random = createRandom(12)
    const draw = (n: number): number[] => Array.from({ length: n }, () => random.normal())
    const high = Array.from({ length: 40 }, () => only(table(number('x', draw(60))), table(number('x', draw(40)))))
    expect(high.some((column) => column.psi > 0.2)).toBe(true)
    expect(high.every((column) => !column.drifted)).toBe(true)
  })

  test('values that become missing are drift, for numbers and categories', () => {
    const mixed = (missing: number) =>
      table(
        number(
          'n',
          Array.from({ length: 1000 }, (_, i) => (i % 100 < missing ? Number.NaN : i)),
        ),
        category(
          'c',
          Array.from({ length: 1000 }, (_, i) => (i % 100 < missing ? null : `v${i % 3}`)),
        ),
      )
    for (const column of compare(mixed(1), mixed(34))) {
      expect(column).toMatchObject({ drifted: true, missingBefore: 0.01, missingNow: 0.34 })
      expect(column.note).toContain('missing 1 % → 34 %')
    }
  })

  test('unseen categories are named', () => {
    const before = table(category('plan', [...repeat(600, 'basic'), ...repeat(400, 'pro')]))
    const now = table(category('plan', [...repeat(400, 'basic'), ...repeat(480, 'pro'), ...repeat(120, 'enterprise')]))
    expect(only(before, now)).toMatchObject({
      drifted: true,
      test: 'chi2',
      unseen: 0.12,
      note: 'unseen: enterprise (12 %), basic 60 % → 40 %',
    })
  })

  test('a category that the reference pooled is not called unseen', () => {
    const before = table(
      category(
        'city',
        Array.from({ length: 3000 }, (_, i) => `city ${i % 300}`),
      ),
    )
    const now = table(
      category(
        'city',
        Array.from({ length: 3000 }, (_, i) => `city ${i % 300}`),
      ),
    )
    const found = only(before, now)
    expect(found).toMatchObject({ drifted: false, note: '' })
    expect(found.psi).toBe(0)
  })

  test('a spread that widens around the same median is described', () => {
    const integers = (reach: number) =>
      table(
        number(
          'x',
          Array.from({ length: 1001 }, (_, i) => 50 + Math.round(((i - 500) / 500) * reach)),
        ),
      )
    expect(only(integers(10), integers(30)).note).toMatch(
      /^middle 80 % 42 … 58 → below 40 … above 60, 6\d % are ≤ 39\.\d+ or > 60$/,
    )
  })

  test('the binned KS statistic is just below that of the raw samples', () => {
    const random = createRandom(13)
    const x = Array.from({ length: 3000 }, () => random.normal())
    const y = Array.from({ length: 900 }, () => 0.2 + random.normal())
    const raw = ksTwoSample(x, y)
    const binned = only(table(number('x', x)), table(number('x', y)))
    expect(binned.statistic).toBeLessThanOrEqual(raw.statistic + 1e-12)
    expect(binned.statistic).toBeGreaterThan(raw.statistic - 0.01)
    expect(binned.pValue).toBeGreaterThanOrEqual(raw.pValue * 0.999)
  })
})

describe('awkward columns give numbers, never NaN', () => {
  const none = repeat(300, Number.NaN)
  const five = repeat(300, 5)
  const spread = Array.from({ length: 300 }, (_, i) => i / 7)
  test.each([
    ['all missing, before and now', none, none, false],
    ['all missing before', none, spread, true],
    ['all missing now', spread, none, true],
    ['constant, before and now', five, five, false],
    ['constant, but another value', five, repeat(300, 5.2), true],
    ['constant, then not', five, spread, true],
    ['infinite values now', spread, repeat(300, Infinity), true],
    ['infinite values always', [...spread, Infinity, -Infinity], [...spread, Infinity, -Infinity], false],
  ])('%s', (_name, before, now, drifted) => {
    const found = only(table(number('x', before)), table(number('x', now)))
    const values = Object.values(found).filter((value) => typeof value === 'number')
    expect(values.filter((value) => !Number.isFinite(value))).toEqual([])
    expect(found.drifted).toBe(drifted)
    expect(found.note).not.toMatch(/NaN|undefined/)
  })

  test('a column that is gone has drifted, and says so', () => {
    const before = table(number('x', spread), number('y', spread))
    expect(compare(before, table(number('y', spread)))[0]).toMatchObject({
      column: 'x',
      drifted: true,
      missingNow: 1,
      note: 'the column is gone',
    })
  })

  test('no new rows: nothing drifts', () => {
    const before = table(number('x', spread), category('c', repeat(300, 'a')))
    const empty = table(number('x', []), category('c', []))
    for (const column of compare(before, empty)) expect(column).toMatchObject({ drifted: false, psi: 0, pValue: 1 })
  })
})

describe('what is watched', () => {
  test('fewer new rows than min-rows say nothing', () => {
    const { counts } = input()
    expect(see({ counts: { ...(counts as ProfileCounts), rows: 150 } })).toMatchObject({
      status: 'quiet',
      sentence: 'too few new rows: 150 of 200',
    })
  })

  test('neither do new rows that are a small share of the rows trained on', () => {
    const { counts, champion } = input()
    const careful = { ...drift, 'min-rows': 1, 'min-share': 0.1 }
    const rows = Math.ceil(champion.rows * 0.1) - 1
    expect(
      see({ config: { ...config, drift: careful }, counts: { ...(counts as ProfileCounts), rows } }),
    ).toMatchObject({
      status: 'quiet',
      threshold: rows + 1,
      unit: 'rows',
    })
  })

  test('times are watched only where they are named', () => {
    const times = (from: number) =>
      table(
        { kind: 'time', name: 'signup', values: Float64Array.from({ length: 500 }, (_, i) => from + i * 3_600_000) },
        number(
          'x',
          Array.from({ length: 500 }, (_, i) => i),
        ),
      )
    const profile = profileOf(times(0))
    const counts = countOn(profile, times(1e11))
    expect(see({ profile, counts }).evidence.map((column) => column.column)).toEqual(['x'])
    const named = see({
      profile,
      counts,
      config: {
        ...config,
        drift: { ...drift, columns: ['signup'] },
      },
    })
    expect(named).toMatchObject({ status: 'fired', value: 1 })
    expect(named.evidence[0]?.note).toContain('median 1970-01-11 → above 1970-01-21')
  })

  test('a named column that the profile does not have leaves the trigger unchecked', () => {
    const named = { ...drift, columns: ['tenur'] }
    expect(see({ config: { ...config, drift: named } })).toMatchObject({
      status: 'unchecked',
      sentence: 'the champion’s profile has no column “tenur” to watch',
    })
  })

  test('a profile that cannot be read, or describes nothing, leaves the trigger unchecked', () => {
    expect(see({ profile: { error: 'the file is gone' } }).status).toBe('unchecked')
    expect(see({ profile: { schemaVersion: 1, rows: 0, columns: [] } }).status).toBe('unchecked')
  })
})
