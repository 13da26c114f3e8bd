import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import { differenceText, limitText, marginText, needsText, placeOf } from '../../src/evaluation/gate-text.ts'
import { checkVersus, goalOf, type VersusInput } from '../../src/evaluation/gate-versus.ts'
import type { Conclusion, GateResult } from '../../src/evaluation/types.ts'
import { absolute, relative } from '../../src/evaluation/metrics/family.ts'
import { between, evaluationWith } from './gate-fixture.ts'

type Difference = readonly [difference: number, low: number, high: number]

const input = (gate: Partial<GateConfig>, seen: Difference | null, more: Partial<VersusInput> = {}): VersusInput => ({
  evaluation: evaluationWith(),
  gate: { metric: 'auc', versus: 'champion', ...gate },
  versus: 'champion',
  what: 'auc',
  direction: 'higher',
  margin: absolute(0.01),
  difference: seen?.[0] ?? null,
  interval: seen && between(seen[1], seen[2]),
  other: null,
  reason: undefined,
  ...more,
})
const unsafe = evaluationWith({ holdout: { ...evaluationWith().holdout, championSafe: false } })

/** Half a width away from the bound it takes as many rows again; two, seven times as many: both for a power of 80 %. */
const AGAIN = { rowsNeeded: 1044, text: '; needs about 1,100 more labelled held-out rows to tell' }
const SEVEN_TIMES = { rowsNeeded: 7173, text: '; needs about 7,200 more labelled held-out rows to tell' }
const NEVER = { rowsNeeded: undefined, text: '; no realistic number of further rows would settle it' }

interface Row {
  readonly seen: Difference
  readonly more?: Partial<VersusInput>
  readonly status: GateResult['status']
  readonly conclusion: Conclusion
  /** Before what was seen. */
  readonly says: string
  readonly needs?: typeof AGAIN | typeof NEVER
  /** After it. */
  readonly adds?: string
}

const signed = (value: number): string => (value === 0 ? '0' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`)

function expectRow(gate: Partial<GateConfig>, title: string, { seen, more, needs, ...row }: Row): void {
  const asked = input(gate, seen, more)
  const [difference, low, high] = seen.map(signed)
  expect(checkVersus(asked)).toEqual({
    gate: asked.gate,
    title,
    status: row.status,
    observed: `${difference} (${low} … ${high})`,
    sentence: `${row.says}: ${difference} (95 % interval ${low} … ${high})${row.adds ?? ''}${needs?.text ?? ''}`,
    conclusion: row.conclusion,
    rowsNeeded: needs?.rowsNeeded,
  })
}

describe('not worse than the champion by more than 0.01', () => {
  test.each<Row>([
    { seen: [0.02, 0.001, 0.03], status: 'pass', conclusion: 'better', says: 'auc is better than that of v3' },
    {
      seen: [0.02, 0.001, 0.03],
      more: { provenBetter: false },
      status: 'pass',
      conclusion: 'not-worse',
      says: 'auc is not worse than that of v3 by more than 0.01',
    },
    {
      seen: [0.02, 0, 0.03],
      status: 'pass',
      conclusion: 'not-worse',
      says: 'auc is not worse than that of v3 by more than 0.01',
    },
    {
      seen: [-0.004, -0.009, 0],
      status: 'pass',
      conclusion: 'not-worse',
      says: 'auc is not worse than that of v3 by more than 0.01',
    },
    {
      seen: [-0.004, -0.009, -0.001],
      status: 'pass',
      conclusion: 'not-worse',
      says: 'auc is slightly worse than that of v3, but not by more than 0.01',
    },
    {
      seen: [0, -0.01, 0.01],
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc may be worse than that of v3 by more than 0.01',
      needs: AGAIN,
    },
    {
      seen: [0.01, -0.03, 0.03],
      more: { rows: 500, place: 'this slice' },
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc may be worse than that of v3 by more than 0.01',
      needs: {
        rowsNeeded: 3587,
        text: '; needs about 3,600 more labelled held-out rows of this slice to tell',
      },
    },
    {
      seen: [-0.02, -0.03, -0.01],
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc is worse than that of v3, perhaps by more than 0.01',
      needs: AGAIN,
    },
    {
      seen: [-0.01, -0.02, 0],
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc may be worse than that of v3 by more than 0.01',
      needs: NEVER,
    },
    {
      seen: [-0.03, -0.04, -0.011],
      status: 'fail',
      conclusion: 'worse',
      says: 'auc is worse than that of v3 by more than 0.01',
    },
    {
      seen: [-0.03, -0.04, -0.011],
      more: { evaluation: unsafe },
      status: 'inconclusive',
      conclusion: 'worse',
      says: 'auc is worse than that of v3 by more than 0.01',
      adds: ', but the champion may have been trained on some of these rows; needs rows newer than its training to tell',
    },
    {
      seen: [-0.03, -0.049, -0.011],
      more: { maybeChance: true },
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc is worse than that of v3 by more than 0.01',
      adds: ', but among so many slices one looks like this by chance',
      needs: { rowsNeeded: 844, text: '; needs about 850 more labelled held-out rows to tell' },
    },
    {
      // By itself it is settled, so that nothing can be said of the rows that settle it among all.
      seen: [-0.03, -0.04, -0.02],
      more: { maybeChance: true, rows: 500 },
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc is worse than that of v3 by more than 0.01',
      adds: ', but among so many slices one looks like this by chance',
    },
  ])('$seen: $status, $says', (row) => {
    expectRow({}, 'auc not worse than the champion by more than 0.01', row)
  })

  test('without a margin says nothing of one', () => {
    const more = { margin: absolute(0) }
    const title = 'auc not worse than the champion'
    const rows: Row[] = [
      {
        seen: [0, 0, 0],
        status: 'pass',
        conclusion: 'not-worse',
        says: 'auc is not worse than that of v3',
      },
      {
        seen: [-0.001, -0.003, 0.001],
        status: 'inconclusive',
        conclusion: 'cannot-tell',
        says: 'auc may be worse than that of v3',
        needs: SEVEN_TIMES,
      },
      { seen: [-0.02, -0.03, -0.001], status: 'fail', conclusion: 'worse', says: 'auc is worse than that of v3' },
    ]
    for (const row of rows) expectRow({}, title, { ...row, more })
  })

  test('of a metric that is better where it is lower turns the difference', () => {
    const more = { direction: 'lower', margin: relative(0.1), other: { value: 0.1, interval: null } } as const
    const title = 'auc not worse than the champion by more than 10 %'
    const rows: Row[] = [
      { seen: [-0.02, -0.03, -0.001], status: 'pass', conclusion: 'better', says: 'auc is better than that of v3' },
      {
        seen: [0.003, 0.001, 0.009],
        status: 'pass',
        conclusion: 'not-worse',
        says: 'auc is slightly worse than that of v3, but not by more than 10 %',
      },
      {
        seen: [0.02, 0.011, 0.03],
        status: 'fail',
        conclusion: 'worse',
        says: 'auc is worse than that of v3 by more than 10 %',
      },
    ]
    for (const row of rows) expectRow({}, title, { ...row, more })
  })

  test('adds the error of the champion’s own value to a margin that is a share of it', () => {
    const more = { margin: relative(0.1), other: { value: 0.1, interval: between(0.05, 0.15) } }
    expectRow({}, 'auc not worse than the champion by more than 10 %', {
      seen: [-0.006, -0.007, -0.005],
      more,
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc is worse than that of v3, perhaps by more than 10 %',
      // The distance to the margin is 0.004, the half width 0.001 and 0.005 of the champion’s.
      needs: { rowsNeeded: 3598, text: '; needs about 3,600 more labelled held-out rows to tell' },
    })
  })
})

describe('better than the champion', () => {
  test.each<Row>([
    { seen: [0.02, 0.001, 0.03], status: 'pass', conclusion: 'better', says: 'auc is better than that of v3' },
    {
      seen: [0.02, 0.001, 0.03],
      more: { provenBetter: false },
      status: 'pass',
      conclusion: 'not-worse',
      says: 'auc gains on that of v3',
      adds: ', by itself, not as the best of several comparisons',
    },
    {
      seen: [0.01, 0, 0.02],
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc may not be better than that of v3',
      needs: AGAIN,
    },
    {
      seen: [0.01, -0.01, 0.03],
      more: { provenBetter: false },
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc may not be better than that of v3',
      needs: SEVEN_TIMES,
    },
    { seen: [-0.01, -0.02, 0], status: 'fail', conclusion: 'worse', says: 'auc is not better than that of v3' },
    { seen: [-0.01, -0.02, -0.001], status: 'fail', conclusion: 'worse', says: 'auc is worse than that of v3' },
    { seen: [0, 0, 0], status: 'fail', conclusion: 'not-worse', says: 'auc is the same as that of v3' },
  ])('$seen: $status, $says', (row) => {
    expectRow({ better: true }, 'auc better than the champion', row)
  })

  test.each<Row>([
    {
      seen: [0.08, 0.051, 0.1],
      status: 'pass',
      conclusion: 'better',
      says: 'auc is better than that of v3 by at least 0.05',
    },
    {
      seen: [0.08, 0.051, 0.1],
      more: { provenBetter: false },
      status: 'pass',
      conclusion: 'not-worse',
      says: 'auc gains on that of v3 by at least 0.05',
      adds: ', by itself, not as the best of several comparisons',
    },
    {
      seen: [0.06, 0.05, 0.07],
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc is better than that of v3, but perhaps not by at least 0.05',
      needs: AGAIN,
    },
    {
      seen: [0.04, 0, 0.06],
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      says: 'auc may not be better than that of v3 by at least 0.05',
      needs: SEVEN_TIMES,
    },
    {
      seen: [0.03, 0.01, 0.05],
      status: 'fail',
      conclusion: 'worse',
      says: 'auc is not better than that of v3 by at least 0.05',
    },
    {
      seen: [0, 0, 0],
      status: 'fail',
      conclusion: 'not-worse',
      says: 'auc is the same as that of v3, and not better by at least 0.05',
    },
    { seen: [-0.01, -0.02, -0.001], status: 'fail', conclusion: 'worse', says: 'auc is worse than that of v3' },
  ])('by at least 0.05: $seen: $status, $says', (row) => {
    expectRow({ better: 0.05 }, 'auc better than the champion by at least 0.05', row)
  })
})

describe('a comparison', () => {
  test('with the baseline asks neither for a champion nor whether it has seen the rows', () => {
    const evaluation = { ...unsafe, champion: null }
    const asked = input({ versus: 'baseline', better: true }, [-0.02, -0.03, -0.01], { evaluation, versus: 'baseline' })
    expect(checkVersus(asked)).toEqual({
      gate: asked.gate,
      title: 'auc better than the baseline',
      status: 'fail',
      observed: '−0.020 (−0.030 … −0.010)',
      sentence: 'auc is worse than that of the baseline: −0.020 (95 % interval −0.030 … −0.010)',
      conclusion: 'worse',
    })
  })

  test('with the champion asks for nothing before there is one', () => {
    const asked = input({}, null, { evaluation: evaluationWith({ champion: null }) })
    expect(checkVersus(asked)).toEqual({
      gate: asked.gate,
      title: 'auc not worse than the champion by more than 0.01',
      status: 'pass',
      observed: 'no champion yet',
      sentence: 'auc: there is no champion yet to compare with',
      unasked: true,
    })
  })

  test.each<[number | null, Partial<VersusInput>, observed: string, sentence: string]>([
    [null, {}, 'undefined', 'auc cannot be compared: too few rows for an interval'],
    [0.02, {}, '+0.020', 'auc cannot be compared: too few rows for an interval'],
    [0, {}, '0', 'auc cannot be compared: too few rows to tell the two models apart'],
    [0, { reason: 'no row is positive' }, '0', 'auc cannot be compared: no row is positive'],
    [
      null,
      { interval: between(-0.01, 0.01) },
      'undefined (−0.010 … +0.010)',
      'auc cannot be compared: too few rows for an interval',
    ],
  ])('of %s without an interval, or of nothing, is open', (difference, more, observed, sentence) => {
    const asked = input({}, null, { difference, ...more })
    expect(checkVersus(asked)).toEqual({
      gate: asked.gate,
      title: 'auc not worse than the champion by more than 0.01',
      status: 'inconclusive',
      observed,
      sentence,
      conclusion: 'cannot-tell',
    })
  })
})

test.each<[Partial<GateConfig>, other: number | null, goal: object]>([
  [{}, 0.5, { better: false, margin: relative(0.02), size: 0.01 }],
  [{}, -0.5, { better: false, margin: relative(0.02), size: 0.01 }],
  [{}, null, { better: false, margin: relative(0.02), size: 0 }],
  [{ better: false }, 0.5, { better: false, margin: relative(0.02), size: 0.01 }],
  [{ better: true }, 0.5, { better: true, margin: absolute(0), size: 0 }],
  [{ better: 0.1 }, 0.5, { better: true, margin: relative(0.1), size: 0.05 }],
  [{ better: '4%' }, 0.5, { better: true, margin: relative(0.04), size: 0.02 }],
])('%o beside a value of %s is a goal in the unit of the metric', (gate, other, goal) => {
  const beside = other === null ? null : { value: other }
  expect(goalOf({ metric: 'rmse', ...gate }, relative(0.02), beside)).toEqual(goal)
})

describe('the wording of gates', () => {
  test.each([
    [0.1, '0.1'],
    [-0.25, '−0.25'],
    [1234.5, '1,234.5'],
    [0.000000000001, '0.000000000001'],
    [0.0000000000014, '0.000000000001'],
  ])('a limit of %d is written as it was configured: %s', (limit, text) => {
    expect(limitText(limit)).toBe(text)
  })

  test('a margin is a share or in the unit of the metric', () => {
    expect([marginText(relative(0.025)), marginText(absolute(0.025))]).toEqual(['2.5 %', '0.025'])
  })

  test('a difference has its sign, and its interval where there is one', () => {
    expect(differenceText(0.021, between(0.012, 0.03))).toBe('+0.021 (+0.012 … +0.030)')
    expect(differenceText(-0.021, null)).toBe('−0.021')
    expect(differenceText(null, null)).toBe('undefined')
  })

  test.each<[number | undefined, string | undefined, string]>([
    [1, undefined, 'needs about 1 more labelled held-out row to tell'],
    [2, 'this slice', 'needs about 2 more labelled held-out rows of this slice to tell'],
    [99, undefined, 'needs about 99 more labelled held-out rows to tell'],
    [101, undefined, 'needs about 110 more labelled held-out rows to tell'],
    [1000, undefined, 'needs about 1,000 more labelled held-out rows to tell'],
    [1001, undefined, 'needs about 1,100 more labelled held-out rows to tell'],
    [undefined, 'this slice', 'no realistic number of further rows would settle it'],
  ])('%s rows of %s', (rows, place, text) => {
    expect(needsText(rows, place)).toBe(text)
  })

  test('a place is told only of a slice', () => {
    expect(placeOf({ slice: { column: 'plan', value: 'pro' } })).toBe('this slice')
    expect(placeOf({})).toBeUndefined()
  })
})
