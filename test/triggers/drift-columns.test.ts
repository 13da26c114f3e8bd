import { describe, expect, test } from 'vitest'
import type { CategoryProfile, ColumnCounts, NumberProfile, Profile, ProfileCounts } from '../../src/data/types.ts'
import { normalQuantile } from '../../src/stats/special.ts'
import { coarseBins, fineBins, thin } from '../../src/triggers/coarse-bins.ts'
import { driftNote } from '../../src/triggers/drift-note.ts'
import { driftParts } from '../../src/triggers/drift-parts.ts'
import { driftScores, METHODS, suits } from '../../src/triggers/drift-scores.ts'
import { closestText, driftedText, partText, scoreText } from '../../src/triggers/drift-text.ts'
import { drift as driftTrigger } from '../../src/triggers/drift.ts'
import type { TriggerInput } from '../../src/triggers/input.ts'
import type { ColumnDrift } from '../../src/triggers/types.ts'
import {
  category,
  config,
  countOn,
  drift,
  input,
  number,
  profileOf,
  saved,
  savedNumber,
  seen,
  table,
} from './support.ts'

const scoresOf = (profile: CategoryProfile | NumberProfile, counts: ColumnCounts) =>
  driftScores({ profile, counts, fine: fineBins(profile, counts), coarse: coarseBins(profile, counts) })

describe('the score of what is missing', () => {
  test('is the change of its share, against what chance gives', () => {
    const { missing } = scoresOf(saved({ a: 90 }, { missing: 10 }), seen([35], { missing: 15 }))
    expect(missing?.value).toBeCloseTo(0.2, 6)
    expect(missing?.ifUnchanged).toBeCloseTo(Math.sqrt((2 / Math.PI) * (1 / 6) * (5 / 6) * (1 / 100 + 1 / 50)), 3)
  })

  test.each([
    ['no new row', saved({ a: 100 }), seen([0])],
    ['no row before', saved({ a: 0 }, { rows: 0 }), seen([10])],
  ])('is 0 with %s, as are the others', (_, profile, counts) => {
    const { missing, unseen, vanished } = scoresOf(profile, counts)
    expect([missing, unseen, vanished]).toEqual(Array.from({ length: 3 }, () => ({ value: 0, ifUnchanged: 0 })))
  })
})

describe('the score of unseen categories', () => {
  test('is their share of the new rows; by chance that of what was seen once', () => {
    expect(scoresOf(saved({ a: 97, b: 2, c: 1 }), seen([30, 9, 1], { unseen: 10 })).unseen).toEqual({
      value: 0.2,
      ifUnchanged: 0.01,
    })
  })

  test('is what lies beyond the share that the reference pooled', () => {
    const pooled = saved({ a: 60, b: 29, c: 1 }, { other: 10 })
    expect(scoresOf(pooled, seen([40, 0, 0], { unseen: 10 })).unseen).toEqual({ value: 0.1, ifUnchanged: 0 })
    expect(scoresOf(pooled, seen([49, 0, 0], { unseen: 1 })).unseen?.value).toBe(0)
  })
})

test('the score of vanished categories is their share of the reference; neither missing nor pooled ones vanish', () => {
  const profile = saved({ a: 60, b: 20, c: 5 }, { missing: 5, other: 10 })
  const { vanished } = scoresOf(profile, seen([10, 0, 0]))
  expect(vanished?.value).toBeCloseTo(0.25, 6)
  const chance = [0.6, 0.2, 0.05].reduce((sum, p) => sum + p * (1 - p) ** 10, 0)
  expect(vanished?.ifUnchanged).toBeCloseTo(chance, 4)
  expect(scoresOf(profile, seen([10, 1, 1])).vanished?.value).toBe(0)
})

describe('the Wasserstein distance', () => {
  const constant = (value: number, now: number) => {
    const reference = table(number('x', Array<number>(200).fill(value)))
    const profile = profileOf(reference)
    const counts = countOn(profile, table(number('x', Array<number>(200).fill(now))))
    return scoresOf(profile.columns[0] as NumberProfile, counts.columns[0] as ColumnCounts).wasserstein?.value
  }
  test('is in standard deviations, of a constant column in thousandths of its value, of a small one of 1', () => {
    expect(constant(5000, 5010)).toBeCloseTo(2, 3)
    expect(constant(0.5, 0.502)).toBeCloseTo(2, 3)
    expect(constant(-5000, -4990)).toBeCloseTo(2, 3)
  })
  test('stays a number that JSON can hold', () => {
    expect(constant(1, 1e300)).toBe(1e9)
  })
  test('looks at present values only', () => {
    const half = savedNumber({ rows: 200, missing: 100 })
    const moved = seen([0, 0, 70, 30, 0])
    const without = scoresOf(savedNumber(), moved).wasserstein?.value
    expect(without).toBeCloseTo((0.4 * 10) / 8, 5)
    expect(scoresOf(half, moved).wasserstein?.value).toBeCloseTo(without as number, 9)
  })
})

test('numbers are measured on coarse bins by L∞, categories on their own; each has the scores that suit it', () => {
  const categories = saved({ a: 60, b: 40 })
  expect(scoresOf(categories, seen([20, 80]))['l-infinity']?.value).toBeCloseTo(0.4, 6)
  expect(Object.keys(scoresOf(categories, seen([20, 80])))).toEqual(expect.arrayContaining(['unseen', 'vanished']))
  expect(scoresOf(categories, seen([20, 80]))).not.toHaveProperty('ks')
  expect(Object.keys(scoresOf(savedNumber(), seen([0, 1, 1, 1, 0])))).toEqual(
    expect.arrayContaining(['ks', 'wasserstein']),
  )
  expect([suits('ks', categories), suits('unseen', categories), suits('psi', categories)]).toEqual([false, true, true])
  expect([suits('ks', savedNumber()), suits('unseen', savedNumber()), suits('psi', savedNumber())]).toEqual([
    true,
    false,
    true,
  ])
})

test('the usual limits are about what a PSI of 0.2 says: a normal mean that moved by 0.45 standard deviations', () => {
  const quantiles = Array.from({ length: 4000 }, (_, i) => i).map((i) => normalQuantile((i + 0.5) / 4000))
  const profile = profileOf(table(number('x', quantiles)))
  const moved = countOn(
    profile,
    table(
      number(
        'x',
        quantiles.map((x) => x + 0.45),
      ),
    ),
  )
  const scores = scoresOf(profile.columns[0] as NumberProfile, moved.columns[0] as ColumnCounts)
  for (const method of ['psi', 'jensen-shannon', 'hellinger', 'cramers-v', 'ks', 'wasserstein'] as const) {
    const ratio = (scores[method]?.value ?? 0) / METHODS[method].threshold
    expect(ratio, method).toBeGreaterThan(0.75)
    expect(ratio, method).toBeLessThan(1.25)
  }
})

describe('bins', () => {
  test('are thinned by the design effect, and never thickened', () => {
    const bins = { before: [2, 4], now: [6, 8] }
    expect(thin(bins, 2)).toEqual({ before: [1, 2], now: [3, 4] })
    expect(thin(bins, 1)).toEqual(bins)
    expect(thin(bins, 0.5)).toEqual(bins)
  })

  test('of numbers hold about a tenth each, what lies outside the reference’s range apart', () => {
    const counts = [0, ...Array<number>(20).fill(5), 0]
    const profile = savedNumber({ edges: Array.from({ length: 21 }, (_, i) => i), counts, missing: 3, rows: 103 })
    expect(coarseBins(profile, seen([7, ...Array<number>(20).fill(1), 9], { missing: 2 }))).toEqual({
      before: [3, 0, ...Array<number>(10).fill(10), 0],
      now: [2, 7, ...Array<number>(10).fill(2), 9],
    })
  })

  test('of categories are the 19 most frequent ones and a rest; unseen ones join it where it was pooled', () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`c${i}`, 4]))
    const now = seen(Array<number>(21).fill(1), { unseen: 5, missing: 1 })
    expect(coarseBins(saved(many), now)).toEqual({
      before: [0, ...Array<number>(19).fill(4), 8, 0],
      now: [1, ...Array<number>(19).fill(1), 2, 5],
    })
    expect(coarseBins(saved(many, { other: 16 }), now)).toEqual({
      before: [0, ...Array<number>(19).fill(4), 24, 0],
      now: [1, ...Array<number>(19).fill(1), 7, 0],
    })
  })
})

describe('what changed, in words', () => {
  test.each([
    ['nothing', saved({ a: 60, b: 40 }), seen([60, 40]), ''],
    ['a share by less than a hundredth', saved({ a: 600, b: 400 }, { rows: 1000 }), seen([609, 391]), ''],
    ['a share by a hundredth', saved({ a: 50, b: 50 }, { rows: 100 }), seen([49, 51]), 'a 50 % → 49 %'],
    [
      'the share that changed most',
      saved({ a: 50, b: 30, c: 20 }),
      seen([45, 35, 20].map((n) => n * 2)),
      'a 50 % → 45 %',
    ],
    ['missing by a hundredth', saved({ a: 100 }), seen([198], { missing: 2 }), 'missing 0 % → 1 %, a 100 % → 99 %'],
    [
      'unseen ones',
      saved({ a: 100 }),
      seen([75], { unseen: 25, unseenExamples: ['w', 'x', 'y', 'z'] }),
      'unseen: w, x, y (25 %), a 100 % → 75 %',
    ],
    [
      'unseen ones that may have been pooled',
      saved({ a: 90 }, { other: 10 }),
      seen([90], { unseen: 10, unseenExamples: ['w'] }),
      '',
    ],
    ['no new row', saved({ a: 100 }), seen([0]), 'a 100 % → 0 %'],
  ])('%s', (_, profile, counts, text) => {
    expect(driftNote(profile, counts, false)).toBe(text)
  })

  test.each([
    ['nothing', seen([0, 40, 30, 30, 0]), ''],
    // 40 % lie below 10, so the middle one is a third of the way from 10 to 20.
    ['the middle', seen([0, 20, 40, 40, 0]), 'median 13.33 → 17.50'],
    [
      'the spread around the same middle',
      seen([0, 40, 30, 10, 20]),
      'middle 80 % 2.500 … 26.67 → 2.500 … above 30, 20 % are ≤ 0 or > 30',
    ],
    ['a middle below all', seen([60, 20, 20, 0, 0]), 'median 13.33 → below 0, 60 % are ≤ 0 or > 30'],
    ['a middle above all', seen([0, 20, 20, 0, 60]), 'median 13.33 → above 30, 60 % are ≤ 0 or > 30'],
    ['less than a hundredth outside', seen([0, 400, 300, 291, 9]), 'middle 80 % 2.500 … 26.67 → 2.500 … 26.87'],
    [
      'a hundredth outside',
      seen([5, 395, 300, 295, 5]),
      'middle 80 % 2.500 … 26.67 → 2.405 … 26.78, 1 % are ≤ 0 or > 30',
    ],
    ['no present value', seen([0, 0, 0, 0, 0], { missing: 50 }), 'missing 0 % → 100 %'],
  ])('of numbers: %s', (_, counts, text) => {
    expect(driftNote(savedNumber(), counts, false)).toBe(text)
  })

  test('values with bins of their own are told themselves', () => {
    expect(driftNote(savedNumber({ discrete: true }), seen([0, 20, 20, 60, 0]), false)).toBe('median 20 → 30')
  })

  test('a column without any value before says nothing of its values', () => {
    const empty = savedNumber({ missing: 100, counts: [0, 0, 0, 0, 0] })
    expect(driftNote(empty, seen([0, 1, 1, 1, 0], { missing: 3 }), false)).toBe('missing 100 % → 50 %')
  })

  test('a column that is gone', () => {
    expect(driftNote(saved({ a: 100 }), seen([0]), true)).toBe('the column is gone')
  })

  test('times are days', () => {
    const day = 86_400_000
    const edges = [0, 10, 20, 30].map((n) => n * day)
    const profile = savedNumber({ kind: 'time', edges, min: 0, max: 30 * day })
    expect(driftNote(profile, seen([0, 20, 40, 40, 0]), false)).toBe('median 1970-01-14 → 1970-01-18')
  })
})

const column = (name: string, more: Partial<ColumnDrift> = {}): ColumnDrift => ({
  column: name,
  drifted: true,
  psi: 0.31,
  psiIfUnchanged: 0.02,
  threshold: 0.2,
  test: 'ks',
  statistic: 0.3,
  pValue: 0,
  qValue: 0,
  missingBefore: 0,
  missingNow: 0,
  unseen: 0,
  note: '',
  ...more,
})

describe('sentences', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => column(name)) as [
    ColumnDrift,
    ColumnDrift,
    ColumnDrift,
    ColumnDrift,
  ]

  test('name three drifted columns, and how many more there are', () => {
    expect(driftedText([], [a], 0, false)).toBe('none of 1 feature drifted')
    expect(driftedText([a, b, c], [a, b, c, d], 0.75, false)).toBe(
      '3 of 4 features drifted (75 %): a (PSI 0.31), b (PSI 0.31), c (PSI 0.31)',
    )
    expect(driftedText([a, b, c, d], [a, b, c, d], 1, true)).toBe(
      '4 of 4 features drifted (100 % of the importance): a (PSI 0.31), b (PSI 0.31), c (PSI 0.31), and 1 more',
    )
    expect(driftedText([column('a', { note: 'median 1 → 2' })], [a], 1, false)).toContain('a (PSI 0.31, median 1 → 2)')
  })

  test('say how near it came only where nothing drifted', () => {
    expect(closestText([a], [a])).toBe('')
    expect(closestText([], [])).toBe('')
    expect(closestText([], [column('a', { psi: 0.1 }), b])).toBe(
      '; the largest PSI is 0.10 (a; 0.02 on average if nothing had changed)',
    )
  })

  test('give the score that decides', () => {
    const score = { value: 0.524, ifUnchanged: 0.1 }
    expect(scoreText(column('a', { method: 'wasserstein', score }))).toEqual({
      method: 'wasserstein',
      ...score,
      text: 'Wasserstein distance 0.52 σ',
    })
    expect(scoreText(a)).toEqual({ method: 'psi', value: 0.31, ifUnchanged: 0.02, text: 'PSI 0.31' })
  })

  test('of a part say whether it drifted', () => {
    expect(partText(column('predictions', { role: 'predictions', note: 'median 1 → 2' }))).toBe(
      'the predictions drifted (PSI 0.31, median 1 → 2; the limit is 0.20, 0.02 if nothing had changed)',
    )
    expect(partText(column('domain classifier', { role: 'classifier', drifted: false }))).toBe(
      'the columns together did not drift (PSI 0.31; the limit is 0.20, 0.02 if nothing had changed)',
    )
  })
})

describe('the parts beside the features', () => {
  const profile: Profile = {
    schemaVersion: 1,
    rows: 100,
    columns: [],
    label: saved({ yes: 40, no: 50 }, { missing: 10 }),
  }
  const counts = (label: ColumnCounts | undefined): ProfileCounts => ({
    rows: 400,
    labelled: 200,
    columns: [],
    vanished: [],
    added: [],
    label,
  })
  const look = (label: ColumnCounts | undefined, more: Partial<Parameters<typeof driftParts>[0]> = {}) =>
    driftParts({
      profile,
      counts: counts(label),
      beside: {},
      rule: { psi: 0.2, alpha: 0.01 },
      config: { ...drift, labels: true, 'min-rows': 200 },
      ...more,
    })

  test('labels are compared where enough have arrived, and only those that have', () => {
    const arrived = look(seen([180, 20], { missing: 200 }))
    expect(arrived).toMatchObject({ missing: [], unchecked: false })
    expect(arrived.found).toMatchObject([
      { column: 'labels', role: 'label', drifted: true, missingBefore: 0, missingNow: 0 },
    ])
    expect(look(seen([180, 19], { missing: 201 }))).toEqual({
      found: [],
      missing: ['the labels: too few have arrived, 199 of 200'],
      unchecked: false,
    })
  })

  test('labels without a profile are unchecked', () => {
    const none = {
      found: [],
      missing: [
        'the labels could not be checked: the version has no profile of its labels; the next retraining saves one',
      ],
      unchecked: true,
    }
    expect(look(undefined)).toEqual(none)
    expect(look(seen([180, 20]), { profile: { ...profile, label: undefined } })).toEqual(none)
  })

  test('what is not asked for is not looked at', () => {
    const off = { ...drift, labels: false, predictions: false, multivariate: false }
    const beside = { predictions: { error: 'x' }, structure: { error: 'x' }, classifier: { error: 'x' } }
    expect(look(undefined, { config: off as never, beside })).toEqual({ found: [], missing: [], unchecked: false })
    const on = look(seen([90, 110]), {
      config: { ...drift, labels: true, predictions: true, multivariate: true } as never,
      beside,
    })
    expect(on.missing.map((text) => text.split(' could')[0])).toEqual([
      'the predictions',
      'the structure',
      'the domain classifier',
    ])
  })

  test.each([
    [0.65, 0.001, false],
    [0.651, 0.001, true],
    [0.651, 0.01, false],
  ])('a domain classifier of AUC %d and p = %d drifted: %s', (auc, pValue, drifted) => {
    const classifier = { auc, low: 0.6, high: 0.7, pValue, rows: 500, telling: ['a', 'b'] }
    const { found } = look(seen([90, 110]), {
      config: { ...drift, multivariate: true } as never,
      beside: { classifier },
    })
    expect(found.at(-1)).toMatchObject({
      column: 'domain classifier',
      drifted,
      score: { value: auc, ifUnchanged: 0.5 },
      psi: 0,
      missingBefore: 0,
      missingNow: 0,
      unseen: 0,
      note: '95 % 0.60 … 0.70, told apart by a, b',
    })
  })
})

describe('the trigger', () => {
  const yes = (n: number, of: number) => Array.from({ length: of }, (_, i) => (i < n ? 'yes' : 'no'))
  const names = ['moved', 'same-1', 'same-2', 'same-3']
  const profile = profileOf(table(...names.map((name) => category(name, yes(500, 1000)))))
  const counts = countOn(profile, table(...names.map((name) => category(name, yes(name === 'moved' ? 450 : 250, 500)))))
  const important = (importance: readonly (number | undefined)[]): Profile => ({
    ...profile,
    columns: profile.columns.map((one, i) => ({ ...one, importance: importance[i] })),
  })
  const judge = (rule: Partial<typeof drift>, more: Partial<TriggerInput> = {}) =>
    driftTrigger.evaluate({ ...input(), profile, counts, config: { ...config, drift: { ...drift, ...rule } }, ...more })

  test.each([
    [0.25, 'quiet'],
    [0.24, 'fired'],
  ])('at one column of four and a limit of %d is %s', (limit, status) => {
    expect(judge({ 'max-share': limit })).toMatchObject({
      status,
      value: 0.25,
      threshold: limit,
      unit: 'share of drifted features',
      direction: 'above',
    })
  })

  test.each([
    [[3, 1, 0, 0], 0.75],
    [[1, 3, -5, undefined], 0.25],
    [[0, 0, 0, 0], 0.25],
    [[undefined, undefined, undefined, undefined], 0.25],
    [[-1, 2, 0, 0], 0],
  ])('weighted by importances %j, has a share of %d', (importance, share) => {
    expect(judge({ weighted: true }, { profile: important(importance) })).toMatchObject({
      value: share,
      unit: 'share of the features’ importance that drifted',
    })
  })

  test('puts the drifted column first that the model would miss most', () => {
    const two = countOn(profile, table(...names.map((name) => category(name, yes(name < 'same-2' ? 450 : 250, 500)))))
    const order = (importance: readonly (number | undefined)[]) =>
      judge({}, { profile: important(importance), counts: two }).evidence.map(({ column: name }) => name)
    expect(order([1, 2, 9, 9]).slice(0, 2)).toEqual(['same-1', 'moved'])
    expect(order([2, 1, 9, 9]).slice(0, 2)).toEqual(['moved', 'same-1'])
    expect(order([undefined, 1, 9, 9]).slice(0, 2)).toEqual(['same-1', 'moved'])
  })

  test('asks for enough rows of the reference too, but for no share of the rows trained on', () => {
    const reference = { profile, text: 'the 30d before 2026-05-01' }
    const few = (rows: number, extra: Partial<typeof drift> = {}) =>
      judge({ 'min-rows': rows, ...extra }, { drift: { reference } })
    expect(few(1001)).toMatchObject({
      status: 'unchecked',
      sentence: 'only 1,000 rows in the 30d before 2026-05-01, 1,001 are needed',
    })
    expect(few(1000).sentence).toBe('too few new rows: 500 of 1,000')
    expect(few(500, { 'min-share': 1 }).sentence).toContain('on 500 new rows against the 30d before 2026-05-01')
    expect(judge({}, { drift: { reference: { error: 'no rows' } } }).sentence).toBe(
      'there is nothing to compare with: no rows',
    )
  })

  test.each([
    [{ columns: [] as string[] }, 'the champion’s profile has no column to watch'],
    [
      { columns: Object.fromEntries(names.map((name) => [name, false])) },
      'the champion’s profile has no column to watch',
    ],
    [{ columns: { moved: { method: 'ks' } } }, '“moved” holds categories; “ks” is for numbers'],
  ])('that can watch nothing is unchecked: %j', (rule, sentence) => {
    expect(judge(rule as never)).toMatchObject({ status: 'unchecked', sentence })
  })

  test('leaves a column out that is switched off', () => {
    expect(judge({ columns: { moved: false } } as never).evidence.map(({ column: name }) => name)).toEqual([
      'same-1',
      'same-2',
      'same-3',
    ])
  })

  test('is unchecked where a part that was asked for could not be looked at, unless it fires all the same', () => {
    const blind = { drift: { predictions: { error: 'the scores are gone' } } }
    const quiet = judge({ 'max-share': 0.25, predictions: true } as never, blind)
    expect(quiet.status).toBe('unchecked')
    expect(quiet.sentence).toMatch(/; the predictions could not be checked: the scores are gone$/)
    expect(judge({ 'max-share': 0.24, predictions: true } as never, blind).status).toBe('fired')
    expect(judge({ 'max-share': 0.25, predictions: false } as never, blind).status).toBe('quiet')
  })

  test('fires by a part on its own, with its numbers', () => {
    const classifier = { auc: 0.9, low: 0.85, high: 0.95, pValue: 0, rows: 500, telling: [] }
    const found = judge({ 'max-share': 0.25, multivariate: true } as never, { drift: { classifier } })
    expect(found).toMatchObject({ status: 'fired', value: 0.9, threshold: 0.65, unit: 'AUC of the domain classifier' })
    const both = judge({ 'max-share': 0.1, multivariate: true } as never, { drift: { classifier } })
    expect(both).toMatchObject({ status: 'fired', value: 0.25, unit: 'share of drifted features' })
  })
})
