import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import { checkSlices, unjudgedSlices } from '../../src/evaluation/gate-slices.ts'
import type { Evaluation, GateResult, MetricComparison, SliceMetric, SliceResult } from '../../src/evaluation/types.ts'
import { normalQuantile } from '../../src/stats/special.ts'
import { between, evaluationWith, valued } from './gate-fixture.ts'

/** Standard error of every difference here. */
const ERROR = 0.01

/** Candidate − champion, where the champion has 0.7, with an interval of that error. */
function compared(metric: string, difference: number, level = 0.95): SliceMetric {
  const reach = ERROR * normalQuantile(0.5 + level / 2)
  const comparison: MetricComparison = {
    metric,
    versus: 'champion',
    direction: 'higher',
    difference,
    interval: between(difference - reach, difference + reach, level),
    margin: 0,
    // As an evaluation concludes without having looked at other slices.
    conclusion: difference - reach > 0 ? 'better' : 'cannot-tell',
  }
  return { candidate: valued(metric, 0.7 + difference), champion: valued(metric, 0.7), comparison }
}

const slice = (column: string, value: string, seen: SliceMetric, ...more: readonly SliceMetric[]): SliceResult => ({
  column,
  value,
  rows: 500,
  small: false,
  ...seen,
  more,
})
const rare: SliceResult = { ...slice('plan', 'rare', compared('auc', 0)), comparison: null, rows: 3, small: true }
const pro = slice('plan', 'pro', compared('auc', 0.02), compared('recall', 0.1))
const north = slice('region', 'north', compared('auc', 0.05))

const check = (gate: GateConfig, slices: readonly SliceResult[], seen: Partial<Evaluation> = {}) =>
  checkSlices(evaluationWith({ slices, ...seen }), gate)
const brief = ({ slice: at, status }: GateResult): string => `${at?.column} ${at?.value} ${status}`

describe('a gate on slices', () => {
  const gate: GateConfig = { metric: 'auc', min: 0.71, versus: 'champion', margin: 0.01 }

  test.each(['plan=pro', 'plan = pro', ' plan =pro '])('that names “%s” tells of this slice alone', (named) => {
    const asked = { ...gate, slice: named }
    const at = { column: 'plan', value: 'pro' }
    expect(check(asked, [north, pro, rare])).toEqual([
      {
        gate: asked,
        title: 'auc of plan = pro at least 0.71',
        status: 'pass',
        observed: '0.720',
        sentence: 'auc of plan = pro is 0.720',
        slice: at,
      },
      {
        gate: asked,
        title: 'auc of plan = pro not worse than the champion by more than 0.01',
        status: 'pass',
        observed: '+0.020 (+0.0004 … +0.040)',
        sentence: 'auc of plan = pro is better than that of v3: +0.020 (95 % interval +0.0004 … +0.040)',
        conclusion: 'better',
        slice: at,
      },
    ])
  })

  test('splits what it names at the first =', () => {
    const odd = slice('plan', 'a=b', compared('auc', 0.02))
    expect(check({ ...gate, slice: 'plan=a=b' }, [pro, odd]).map(brief)).toEqual(['plan a=b pass', 'plan a=b pass'])
  })

  test('needs both the column and the value', () => {
    const same = slice('tariff', 'pro', compared('auc', -0.5))
    const other = slice('plan', 'basic', compared('auc', -0.5))
    expect(check({ metric: 'auc', min: 0.7, slice: 'plan=pro' }, [same, other, pro]).map(brief)).toEqual([
      'plan pro pass',
    ])
  })

  test.each<[NonNullable<GateConfig['slices']>, readonly string[]]>([
    ['all', ['plan pro pass', 'region north pass']],
    [['plan'], ['plan pro pass']],
    [
      ['region', 'plan'],
      ['plan pro pass', 'region north pass'],
    ],
  ])('of %o passes over small ones', (slices, results) => {
    expect(check({ metric: 'auc', min: 0.7, slices }, [pro, rare, north]).map(brief)).toEqual(results)
  })

  test('looks at a metric that is not the primary one', () => {
    expect(check({ metric: 'recall', min: 0.75, slices: 'all' }, [pro, north])).toMatchObject([
      { status: 'pass', sentence: 'recall of plan = pro is 0.800' },
      { status: 'inconclusive', sentence: 'recall of region = north is undefined: the evaluation has no such metric' },
    ])
    expect(check({ metric: 'recall', versus: 'champion', slice: 'plan=pro' }, [pro])).toMatchObject([
      { status: 'pass', conclusion: 'better', observed: '+0.100 (+0.080 … +0.120)' },
    ])
  })

  test('looks for a value too good to be true on each', () => {
    expect(check({ metric: 'auc', 'too-good': 0.74, slices: 'all' }, [pro, north])).toMatchObject([
      { status: 'pass', title: 'auc of plan = pro below 0.74, which would be too good to be true' },
      { status: 'inconclusive', title: 'auc of region = north below 0.74, which would be too good to be true' },
    ])
  })

  test('counts the rows of the slice where more are needed', () => {
    const open = slice('plan', 'pro', compared('auc', 0.0098))
    expect(check({ metric: 'auc', versus: 'champion', better: true, slice: 'plan=pro' }, [open])[0]).toMatchObject({
      status: 'inconclusive',
      sentence: expect.stringContaining('; needs about 3,600 more labelled held-out rows of this slice to tell'),
    })
  })

  test('does not take the comparison with the champion for one with the baseline', () => {
    const undefinedBefore = { ...pro, champion: valued('auc', null, { reason: 'the champion has no positive row' }) }
    const [result] = check({ metric: 'auc', versus: 'baseline', slice: 'plan=pro' }, [undefinedBefore])
    expect(result).toMatchObject({ status: 'inconclusive', observed: 'undefined' })
    expect(result?.sentence).not.toContain('the champion')
  })

  test('takes the reason of the champion in a comparison with it', () => {
    const champion = valued('auc', null, { reason: 'the champion has no positive row' })
    const [result] = check({ metric: 'auc', versus: 'champion', slice: 'plan=pro' }, [
      { ...pro, champion, comparison: null },
    ])
    expect(result).toMatchObject({
      status: 'inconclusive',
      sentence: 'auc of plan = pro cannot be compared: the champion has no positive row',
    })
  })
})

describe('a gate on slices that cannot be judged', () => {
  test.each<[GateConfig, readonly SliceResult[], title: string, why: string]>([
    [{ metric: 'auc', min: 0.7, slice: 'plan = none' }, [pro], 'auc of plan = none', 'the holdout has no such slice'],
    [
      { metric: 'auc', min: 0.7, slice: 'age=missing' },
      [pro],
      'auc of age is missing',
      'the holdout has no such slice',
    ],
    [{ metric: 'auc', min: 0.7, slices: ['age'] }, [pro], 'auc of slices', 'the holdout has no such slice'],
    [{ metric: 'auc', min: 0.7, slices: 'all' }, [], 'auc of slices', 'the holdout has no such slice'],
    [{ metric: 'auc', min: 0.7, slices: 'all' }, [rare], 'auc of slices', 'every slice is too small to judge'],
  ])('%o is open', (gate, slices, what, why) => {
    expect(check(gate, slices)).toEqual([
      {
        gate,
        title: `${what} at least 0.7`,
        status: 'inconclusive',
        observed: 'undefined',
        sentence: `${what} is undefined: ${why}`,
      },
    ])
  })

  test('is open with the number of rows where a small slice is named', () => {
    const what = 'auc of plan = rare'
    expect(check({ metric: 'auc', min: 0.5, versus: 'champion', slice: 'plan=rare' }, [pro, rare])).toMatchObject([
      {
        title: `${what} at least 0.5`,
        status: 'inconclusive',
        observed: 'undefined',
        sentence: `${what} is undefined: the slice has only 3 rows, too few to judge`,
        slice: { column: 'plan', value: 'rare' },
      },
      {
        title: `${what} not worse than the champion by more than 0.005`,
        status: 'inconclusive',
        sentence: `${what} cannot be compared: the slice has only 3 rows, too few to judge`,
      },
    ])
  })
})

describe('before there is a champion, a gate on slices', () => {
  const first = { champion: null }
  const alone = [pro, north].map((one) => ({ ...one, champion: null, comparison: null }))

  test.each<[GateConfig, what: string]>([
    [{ metric: 'auc', versus: 'champion', slices: 'all' }, 'auc of slices'],
    [{ metric: 'auc', versus: 'champion', slice: 'plan=pro' }, 'auc of plan = pro'],
  ])('%o asks for nothing, and says so once', (gate, what) => {
    expect(check(gate, alone, first)).toEqual([
      {
        gate,
        title: `${what} not worse than the champion by more than 0.005`,
        status: 'pass',
        observed: 'no champion yet',
        sentence: `${what}: there is no champion yet to compare with`,
        unasked: true,
      },
    ])
  })

  test.each<[GateConfig, readonly string[]]>([
    [{ metric: 'auc', min: 0.73 }, ['plan pro fail', 'region north pass']],
    [{ metric: 'auc', max: 0.73 }, ['plan pro pass', 'region north fail']],
    [{ metric: 'auc', 'too-good': 0.73 }, ['plan pro pass', 'region north inconclusive']],
    [
      { metric: 'auc', min: 0.73, versus: 'champion' },
      ['plan pro fail', 'plan pro pass', 'region north pass', 'region north pass'],
    ],
  ])('%o looks at the values all the same', (gate, results) => {
    expect(check({ ...gate, slices: 'all' }, alone, first).map(brief)).toEqual(results)
  })
})

test.each<[readonly GateConfig[], readonly string[]]>([
  [[{ metric: 'auc', min: 0.7, slices: 'all' }], ['plan = rare (3 rows)', 'age is missing (1 row)']],
  [[{ metric: 'auc', min: 0.7, slices: ['plan'] }], ['plan = rare (3 rows)']],
  [
    [
      { metric: 'auc', min: 0.7, slices: ['region'] },
      { metric: 'auc', min: 0.7, slices: ['age'] },
    ],
    ['age is missing (1 row)'],
  ],
  // One that is named is not passed over: it leaves its gate open.
  [[{ metric: 'auc', min: 0.7, slice: 'plan=rare' }], []],
  [[{ metric: 'auc', min: 0.7 }], []],
  [[], []],
])('%o passes over small slices', (gates, names) => {
  const missing = { ...rare, column: 'age', value: 'missing', rows: 1 }
  expect(unjudgedSlices([pro, rare, north, missing], gates)).toEqual(names)
})

describe('of two slices, being worse on one has to survive having looked at both', () => {
  // Half of one side of the interval: 1.25 % and 2.24 standard errors at 95 %, 2.5 % and 1.96 at 90 %.
  const gate: GateConfig = { metric: 'auc', versus: 'champion', margin: 0.02, slices: 'all' }
  const statuses = (gates: readonly GateConfig[], ...slices: readonly SliceResult[]): readonly string[] =>
    checkSlices(evaluationWith({ slices }), gates[0] as GateConfig, gates).map(({ status }) => status)
  /** Worse than the margin by so many standard errors. */
  const worse = (errors: number, level?: number) => slice('plan', 'pro', compared('auc', -0.02 - errors * ERROR, level))

  test.each<[errors: number, other: number, level: number, readonly string[]]>([
    [2.23, -9, 0.95, ['inconclusive', 'pass']],
    [2.25, -9, 0.95, ['fail', 'pass']],
    [1.95, -9, 0.9, ['inconclusive', 'pass']],
    [1.97, -9, 0.9, ['fail', 'pass']],
    // Both worse: each survives at the level of one.
    [1.97, 1.97, 0.95, ['fail', 'fail']],
    [1.97, 1.95, 0.95, ['inconclusive', 'inconclusive']],
    // On the margin itself is not worse than it.
    [2.23, 0, 0.95, ['inconclusive', 'inconclusive']],
    [2.25, 0, 0.95, ['fail', 'inconclusive']],
  ])('%d and %d standard errors below the margin at a level of %d', (errors, other, level, results) => {
    expect(statuses([gate], worse(errors, level), worse(other, level))).toEqual(results)
  })

  test('says that it may be chance, and fails where it is not', () => {
    expect(check(gate, [worse(2.23), worse(-9)])[0]).toMatchObject({
      status: 'inconclusive',
      conclusion: 'cannot-tell',
      sentence: expect.stringContaining('but among so many slices one looks like this by chance'),
    })
    expect(check(gate, [worse(2.25), worse(-9)])[0]).toMatchObject({ status: 'fail', conclusion: 'worse' })
  })

  test.each<[string, GateConfig, status: string]>([
    ['one that compares', { ...gate, slices: ['region'] }, 'inconclusive'],
    [
      'one that asks for better',
      { metric: 'auc', versus: 'champion', better: true, slices: ['region'] },
      'inconclusive',
    ],
    ['one that names only a margin', { metric: 'auc', margin: 0.02, slices: ['region'] }, 'inconclusive'],
    [
      'one that compares beside what is too good',
      { metric: 'auc', margin: 0.02, 'too-good': 0.99, slices: ['region'] },
      'inconclusive',
    ],
    ['one on the whole holdout', { metric: 'auc', versus: 'champion' }, 'fail'],
    ['one on a column without slices', { ...gate, slices: ['age'] }, 'fail'],
    ['a bound', { metric: 'auc', min: 0.5, slices: ['region'] }, 'fail'],
    ['a value too good to be true', { metric: 'auc', 'too-good': 0.99, slices: ['region'] }, 'fail'],
    ['a comparison with the baseline', { metric: 'auc', versus: 'baseline', slices: ['region'] }, 'fail'],
    ['the noise of training', { metric: 'auc', noise: true, slices: ['region'] }, 'fail'],
  ])('beside a gate on one slice, %s makes it %s', (_, other, status) => {
    // Nothing is worse there: it is one more look.
    const fine = slice('region', 'north', compared('auc', 0.09))
    const named: GateConfig = { ...gate, slice: 'plan=pro', slices: undefined }
    expect(statuses([named], worse(2.1), fine)).toEqual(['fail'])
    expect(statuses([named, other], worse(2.1), fine)).toEqual([status])
  })

  test('counts its own slices once, however many others there are', () => {
    // Three looks: 0.83 % and 2.39 standard errors.
    const fine = ['a', 'b'].map((value) => slice('region', value, compared('auc', 0.09)))
    const gates: GateConfig[] = [
      { ...gate, slice: 'plan=pro', slices: undefined },
      { ...gate, slices: ['region'] },
    ]
    expect(statuses(gates, worse(2.38), ...fine)).toEqual(['inconclusive'])
    expect(statuses(gates, worse(2.41), ...fine)).toEqual(['fail'])
  })

  test('small slices that no gate names are no look', () => {
    const others: GateConfig = { ...gate, slices: ['plan'] }
    expect(statuses([{ ...gate, slices: ['region'] }, others], { ...worse(2.1), column: 'region' }, rare)).toEqual([
      'fail',
    ])
  })

  test('a gain that is asked for and missing', () => {
    const better: GateConfig = { metric: 'auc', versus: 'champion', better: 0.05, slices: 'all' }
    const missing = (errors: number) => slice('plan', 'pro', compared('auc', 0.05 - errors * ERROR))
    expect(statuses([better], missing(2.23), missing(-9))).toEqual(['inconclusive', 'pass'])
    expect(statuses([better], missing(2.25), missing(-9))).toEqual(['fail', 'pass'])
  })

  test('an error, with a margin that is a share of the champion’s, which has an error as well', () => {
    const asked: GateConfig = { metric: 'rmse', versus: 'champion', margin: '10%', slices: 'all' }
    const champion = valued('rmse', 1, { interval: between(0.9, 1.1) })
    /** Worse than the tenth by this much; the half width is 0.0196 of its own and 0.01 of the champion’s. */
    const found = (beyond: number, known = true) => ({
      ...slice('plan', 'pro', compared('rmse', 0.1 + beyond)),
      champion: known ? champion : valued('rmse', 1),
    })
    const regression = (...slices: readonly SliceResult[]) =>
      check(asked, slices, { task: 'regression', primary: 'rmse' }).map(({ status }) => status)
    expect(regression(found(0.033), found(-0.19))).toEqual(['inconclusive', 'pass'])
    expect(regression(found(0.035), found(-0.19))).toEqual(['fail', 'pass'])
    expect(regression(found(0.023, false), found(-0.19))).toEqual(['fail', 'pass'])
  })

  test('slices without an interval are looked at and cannot fail', () => {
    const basic = slice('plan', 'basic', compared('auc', -0.5))
    const comparison = basic.comparison && { ...basic.comparison, interval: null }
    for (const none of [
      { ...basic, comparison: null },
      { ...basic, comparison },
    ]) {
      expect(statuses([gate], worse(2.23), none)).toEqual(['inconclusive', 'inconclusive'])
      expect(statuses([gate], worse(2.25), none)).toEqual(['fail', 'inconclusive'])
    }
  })
})
