import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import { unseenSentence } from '../../src/evaluation/gate-checks.ts'
import { unjudgedSlices } from '../../src/evaluation/gate-slices.ts'
import {
  differenceText,
  limitText,
  moreRows,
  needsText,
  placeOf,
  valueSentence,
} from '../../src/evaluation/gate-text.ts'
import { defaultGates, judge, type JudgeInput } from '../../src/evaluation/gates.ts'
import type { Evaluation, GateResult, Interval, MetricComparison, SliceResult } from '../../src/evaluation/types.ts'

/** Each kind of gate at its limits, with everything that its result says. */

const between = (low: number, high: number): Interval => ({ low, high, level: 0.95, method: 'test' })
const METRICS = [
  { metric: 'auc', value: 0.87, interval: between(0.86, 0.88) },
  { metric: 'log-loss', value: 0.3, interval: between(0.29, 0.31) },
]

function evaluationOf(more: Partial<Evaluation> = {}): Evaluation {
  const model = (role: 'baseline' | 'champion' | 'candidate', version: number | null, metrics = METRICS) => ({
    role,
    name: version === null ? 'always “no”' : `v${version}`,
    version,
    metrics,
  })
  return {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: 1000, description: '', digest: '', championSafe: true },
    thresholds: {},
    baseline: model('baseline', null),
    champion: model('champion', 3),
    candidate: model('candidate', 4),
    comparisons: [],
    slices: [],
    fairness: [],
    curves: [],
    warnings: [],
    ...more,
  }
}

const gatesOf = (gates: readonly object[], more: Partial<Evaluation> = {}, extra: Partial<JudgeInput> = {}) =>
  judge({ evaluation: evaluationOf(more), gates: gates as readonly GateConfig[], minHoldout: 100, ...extra }).gates
const only = (gate: object, more: Partial<Evaluation> = {}, extra: Partial<JudgeInput> = {}): GateResult => {
  const found = gatesOf([gate], more, extra)
  expect(found).toHaveLength(1)
  return found[0] as GateResult
}

describe('too good to be true', () => {
  test.each([
    ['auc', 0.871, 'pass'],
    ['auc', 0.87, 'inconclusive'],
    ['auc', 0.869, 'inconclusive'],
    ['log-loss', 0.299, 'pass'],
    ['log-loss', 0.3, 'inconclusive'],
    ['log-loss', 0.301, 'inconclusive'],
  ] as const)('%s with a limit of %d: %s', (metric, limit, status) => {
    const gate = { metric, 'too-good': limit }
    const higher = metric === 'auc'
    const seen = higher
      ? 'auc is 0.870 (95 % interval 0.860 … 0.880)'
      : 'log-loss is 0.300 (95 % interval 0.290 … 0.310)'
    expect(only(gate)).toEqual({
      gate,
      title: `${metric} ${higher ? 'below' : 'above'} ${limit}, which would be too good to be true`,
      status,
      observed: higher ? '0.870' : '0.300',
      sentence: status === 'pass' ? seen : `${seen}: too good to be true; look for a column that knows the label`,
    })
  })

  test('of a metric without value or interval', () => {
    const undefined_ = [{ metric: 'auc', value: null, interval: null, reason: 'one class only' }]
    const candidate = { role: 'candidate', name: 'v4', version: 4, metrics: undefined_ } as const
    expect(only({ metric: 'auc', 'too-good': 0.99 }, { candidate })).toMatchObject({
      status: 'inconclusive',
      sentence: 'auc is undefined: one class only',
    })
    expect(only({ metric: 'f1', 'too-good': 0.99 })).toMatchObject({
      status: 'inconclusive',
      sentence: 'f1 is undefined: there is no such metric',
    })
    const alone = { ...candidate, metrics: [{ metric: 'auc', value: 0.5, interval: null }] }
    expect(only({ metric: 'auc', 'too-good': 0.99 }, { candidate: alone }).sentence).toBe('auc is 0.500')
  })
})

describe('noise of training', () => {
  const gate = { metric: 'auc', noise: true }
  const noise = (exceeds: boolean | null) =>
    ({ trainingNoise: { gain: 0.02, noise: 0.01, exceeds, sentence: 'as said' } }) as unknown as Partial<Evaluation>

  test.each([
    [true, 'pass', '+0.020 against ±0.010'],
    [false, 'fail', '+0.020 against ±0.010'],
    [null, 'inconclusive', 'unknown'],
  ] as const)('that is exceeded: %s', (exceeds, status, observed) => {
    expect(only(gate, noise(exceeds))).toEqual({
      gate,
      title: 'gain in auc beyond the noise of training',
      status,
      observed,
      sentence: exceeds === null ? 'the noise of training is unknown: as said' : 'as said',
    })
  })

  test('is unknown with one seed, and of another metric than the primary one', () => {
    expect(only(gate).sentence).toBe(
      'the noise of training is unknown: the candidate was trained with one seed only (evaluate.seeds)',
    )
    expect(only({ metric: 'log-loss', noise: true }, noise(true))).toMatchObject({
      status: 'inconclusive',
      sentence: 'the noise of training is unknown: it is measured for the primary metric, auc, and not for log-loss',
    })
  })

  test('without a champion is not asked', () => {
    expect(only(gate, { champion: null, ...noise(true) })).toMatchObject({
      status: 'pass',
      observed: 'no champion yet',
      sentence: 'noise of training: there is no champion yet to gain on',
      unasked: true,
    })
  })

  test('is a demand beside the others of its gate', () => {
    const titles = (more: object) => gatesOf([{ ...gate, ...more }], noise(true)).map(({ title }) => title)
    expect(titles({ min: 0.8 })).toEqual(['auc at least 0.8', 'gain in auc beyond the noise of training'])
    expect(titles({ 'too-good': 0.99 })).toEqual([
      'auc below 0.99, which would be too good to be true',
      'gain in auc beyond the noise of training',
    ])
  })
})

describe('behaviour checks', () => {
  const check = (more: object) => ({
    check: 'monotone',
    title: 'monotone in age',
    status: 'pass',
    configured: true,
    violations: 0,
    rows: 50,
    sentence: 'as said',
    ...more,
  })
  const seen = (...checks: object[]) => gatesOf([], { behaviour: checks } as never)

  test('that the configuration asks for are gates; automatic ones are not', () => {
    expect(seen(check({}), check({ configured: false }))).toEqual([
      {
        gate: { metric: 'behaviour: monotone' },
        title: 'monotone in age',
        status: 'pass',
        observed: '0 of 50 rows',
        sentence: 'as said',
        origin: 'check',
      },
    ])
  })

  test.each([
    [{ status: 'fail', violations: 3 }, 'fail', '3 of 50 rows'],
    [{ status: 'skipped' }, 'inconclusive', 'not tried'],
    [{ check: 'leak' }, 'pass', 'none found'],
    [{ check: 'leak', status: 'fail', violations: 1 }, 'fail', 'found'],
    [{ check: 'leak', status: 'skipped' }, 'inconclusive', 'not tried'],
  ])('%j', (more, status, observed) => {
    expect(seen(check(more))).toMatchObject([{ status, observed }])
  })
})

describe('held-out rows of an unseen class', () => {
  const holdout = (rows: number, unseen: number) => ({
    holdout: { rows, description: '', digest: '', championSafe: true, unseen: { rows: unseen, examples: ['new'] } },
  })
  test.each([
    [990, 10, 1],
    [991, 9, 0],
  ])('%d known and %d unseen rows: %d gate', (known, unseen, gates) => {
    expect(gatesOf([], holdout(known, unseen))).toHaveLength(gates)
  })
  test('are told with their share', () => {
    expect(gatesOf([], holdout(900, 100))[0]).toEqual({
      gate: { metric: 'unseen-classes', max: 0.01 },
      title: 'below 1 % of the held-out rows of classes without a training row',
      status: 'inconclusive',
      observed: '10 %',
      sentence:
        '100 of 1,000 held-out rows (10 %) have a class that no training row has (“new”); the model gets all of them wrong, and the metrics leave them out',
      origin: 'check',
    })
    expect(unseenSentence(holdout(99, 1).holdout)).toContain('1 of 100 held-out rows (1 %) has a class')
    expect(unseenSentence({ rows: 99, description: '', digest: '', championSafe: true })).toBeUndefined()
  })
})

describe('what a candidate costs', () => {
  const churn = {
    share: 0.1,
    interval: between(0.08, 0.12),
    newlyWrongShare: 0.04,
    newlyWrongInterval: between(0.03, 0.05),
  }
  const footprint = { latency: { p95: 3 }, throughput: { rowsPerSecond: 500 }, bytes: 1000 }
  const measured = { churn, footprint } as unknown as Partial<Evaluation>

  test.each([
    [{ metric: 'churn', max: 0.1 }, 'pass', 'churn is 0.100 (95 % interval 0.080 … 0.120)'],
    [
      { metric: 'newly-wrong', max: 0.03 },
      'fail',
      'newly-wrong is 0.040 (95 % interval 0.030 … 0.050), above the limit of 0.03',
    ],
    [{ metric: 'latency', max: 3 }, 'pass', 'latency in ms (95th percentile of single rows) is 3.000'],
    [{ metric: 'throughput', min: 501 }, 'fail', 'throughput in rows a second is 500, below the limit of 501'],
    [{ metric: 'size', max: 999 }, 'fail', 'size in bytes is 1,000, above the limit of 999'],
  ] as const)('%j: %s', (gate, status, sentence) => {
    const seen = only(gate, measured)
    expect([seen.status, seen.sentence.replaceAll('.000', '')]).toEqual([status, sentence.replaceAll('.000', '')])
  })

  test.each([
    ['churn', 'churn is undefined: the decisions of both models are not known'],
    ['newly-wrong', 'newly-wrong is undefined: the decisions of both models are not known'],
    ['latency', 'latency in ms (95th percentile of single rows) is undefined: it was not measured'],
  ])('%s that nobody measured is inconclusive', (metric, sentence) => {
    expect(only({ metric, max: 1 })).toMatchObject({ status: 'inconclusive', sentence })
  })

  test('a regression has no decisions', () => {
    expect(only({ metric: 'newly-wrong', max: 1 }, { task: 'regression' }).sentence).toBe(
      'newly-wrong is undefined: a regression has no decisions to be right or wrong',
    )
  })

  test.each(['churn', 'newly-wrong'])('%s needs a champion, and is not asked before', (metric) => {
    expect(only({ metric, max: 0.001 }, { ...measured, champion: null })).toEqual({
      gate: { metric, max: 0.001 },
      title: metric,
      status: 'pass',
      observed: 'no champion yet',
      sentence: `${metric}: there is no champion yet to differ from`,
      unasked: true,
    })
  })

  test('on few rows flips say nothing, time and size do', () => {
    const few = { minHoldout: 2000 }
    const status = (metric: string) =>
      gatesOf([{ metric, max: 5000 }], measured, few).find(({ gate }) => gate.metric === metric)?.status
    expect(['churn', 'newly-wrong', 'latency', 'size'].map(status)).toEqual([
      'inconclusive',
      'inconclusive',
      'pass',
      'pass',
    ])
    expect(only({ metric: 'latency', max: 5 }, { ...measured, champion: null }).status).toBe('pass')
  })
})

describe('slices', () => {
  const slice = (value: string, more: Partial<SliceResult> = {}, difference = 0.01, reach = 0.005): SliceResult => {
    const comparison: MetricComparison = {
      metric: 'auc',
      versus: 'champion',
      direction: 'higher',
      difference,
      interval: between(difference - reach, difference + reach),
      margin: 0,
      conclusion: difference - reach > 0 ? 'better' : 'cannot-tell',
    }
    const metric = { metric: 'auc', value: 0.8, interval: between(0.78, 0.82) }
    return { column: 'plan', value, rows: 200, candidate: metric, champion: metric, comparison, small: false, ...more }
  }
  const slices = [slice('pro'), slice('basic'), slice('rare', { rows: 3, small: true })]
  const brief = (gate: object, more: Partial<Evaluation> = {}) =>
    gatesOf([gate], { slices, ...more }).map((one) => `${one.slice?.value ?? '–'} ${one.status}: ${one.title}`)

  test('each large one of a column, or of all, is a result; a named one is in any case', () => {
    expect(brief({ metric: 'auc', min: 0.8, slices: 'all' })).toEqual([
      'pro pass: auc of plan = pro at least 0.8',
      'basic pass: auc of plan = basic at least 0.8',
    ])
    expect(brief({ metric: 'auc', min: 0.8, slices: ['plan'] })).toHaveLength(2)
    expect(brief({ metric: 'auc', max: 0.79, slice: 'plan = pro' })).toEqual([
      'pro fail: auc of plan = pro at most 0.79',
    ])
    expect(brief({ metric: 'auc', 'too-good': 0.8, slice: 'plan=basic' })).toEqual([
      'basic inconclusive: auc of plan = basic below 0.8, which would be too good to be true',
    ])
    expect(gatesOf([{ metric: 'auc', min: 0.5, slice: 'plan=rare' }], { slices })[0]).toMatchObject({
      status: 'inconclusive',
      sentence: 'auc of plan = rare is undefined: the slice has only 3 rows, too few to judge',
    })
  })

  test('that are not there are inconclusive', () => {
    const sentence = (gate: object, of = slices) => gatesOf([gate], { slices: of })[0]?.sentence
    expect(sentence({ metric: 'auc', min: 0.5, slice: 'plan=gone' })).toBe(
      'auc of plan = gone is undefined: the holdout has no such slice',
    )
    expect(sentence({ metric: 'auc', min: 0.5, slices: ['region'] })).toBe(
      'auc of slices is undefined: the holdout has no such slice',
    )
    expect(sentence({ metric: 'auc', min: 0.5, slices: 'all' }, slices.slice(2))).toBe(
      'auc of slices is undefined: every slice is too small to judge',
    )
  })

  test('without a champion a bound is asked, a comparison is not', () => {
    expect(brief({ metric: 'auc', min: 0.8, slices: 'all' }, { champion: null })).toHaveLength(2)
    expect(brief({ metric: 'auc', max: 0.8, slices: 'all' }, { champion: null })).toHaveLength(2)
    expect(brief({ metric: 'auc', 'too-good': 0.9, slices: 'all' }, { champion: null })).toHaveLength(2)
    expect(
      gatesOf([{ metric: 'auc', versus: 'champion', margin: 0.01, slices: 'all' }], { slices, champion: null }),
    ).toMatchObject([{ status: 'pass', observed: 'no champion yet', unasked: true }])
  })

  test('are not compared with the baseline', () => {
    expect(
      gatesOf([{ metric: 'auc', versus: 'baseline', better: true, slice: 'plan=pro' }], { slices })[0],
    ).toMatchObject({
      status: 'inconclusive',
      sentence: 'auc of plan = pro cannot be compared: too few rows for an interval',
    })
  })

  test('open comparisons say how many rows of the slice are missing', () => {
    const open = [slice('pro', {}, -0.001, 0.01)]
    expect(
      gatesOf([{ metric: 'auc', versus: 'champion', margin: 0.005, slice: 'plan=pro' }], { slices: open })[0],
    ).toMatchObject({
      status: 'inconclusive',
      sentence: expect.stringMatching(/more labelled held-out rows of this slice to tell$/) as string,
    })
  })

  test('that a gate passes over are named, where a gate asks for all of their column', () => {
    expect(unjudgedSlices(slices, [{ metric: 'auc', min: 0.5, slices: 'all' }])).toEqual(['plan = rare (3 rows)'])
    expect(unjudgedSlices(slices, [{ metric: 'auc', min: 0.5, slices: ['region'] }])).toEqual([])
    expect(unjudgedSlices(slices, [{ metric: 'auc', min: 0.5, slice: 'plan=rare' }])).toEqual([])
  })
})

describe('what was found in the data', () => {
  test('copies in training leave the verdict open, unless they are expected and may be', () => {
    const leaks = (open: string | undefined, status = 'found') =>
      ({ leaks: { checks: [{ status, open, sentence: 'as said' }], strongest: [] } }) as unknown as Partial<Evaluation>
    const count = (more: Partial<Evaluation>, expectNearPerfect?: string) =>
      gatesOf([], more, { expectNearPerfect }).length
    expect(gatesOf([], leaks('always'))).toEqual([
      {
        gate: { metric: 'leaks' },
        title: 'held-out rows that were not trained on',
        status: 'inconclusive',
        observed: 'trained on',
        sentence: 'as said',
        origin: 'check',
      },
    ])
    expect([count(leaks('always'), 'known'), count(leaks('unless-expected'), 'known')]).toEqual([1, 0])
    expect([count(leaks('unless-expected')), count(leaks(undefined)), count(leaks('always', 'clear'))]).toEqual([
      1, 0, 0,
    ])
  })

  test('a holdout that has chosen too often', () => {
    const use = (status: string) =>
      ({ holdoutUse: { status, budget: 10, uses: 11, sentence: 'as said' } }) as unknown as Partial<Evaluation>
    expect(gatesOf([], use('spent'))).toEqual([
      {
        gate: { metric: 'holdout-uses', max: 10 },
        title: 'held-out rows used at most 10 times to choose',
        status: 'inconclusive',
        observed: '11',
        sentence: 'as said',
        origin: 'check',
      },
    ])
    expect(gatesOf([], use('used'))).toEqual([])
    expect(gatesOf([], { ...use('spent'), champion: null })).toEqual([])
  })

  test('a single held-out row', () => {
    const one = { holdout: { rows: 1, description: '', digest: '', championSafe: true } }
    expect(gatesOf([], one)).toEqual([
      {
        gate: { metric: 'rows', min: 100 },
        title: 'at least 100 held-out rows',
        status: 'inconclusive',
        observed: '1',
        sentence: 'only 1 held-out row is labelled; needs 99 more to judge',
      },
    ])
  })
})

describe('default margins of a stale champion', () => {
  test.each([
    // Half of the drop, where that is more than usual.
    ['auc', 0.0101, 0.00505],
    ['auc', 0.01, 0.005],
    ['auc', 0.5, 0.25],
  ] as const)('%s, stale by %d: %d', (metric, drop, margin) => {
    expect(defaultGates('binary', metric, drop)[0]).toMatchObject({ margin })
  })
  test('of an error is a share, to four digits', () => {
    expect(defaultGates('regression', 'rmse', 0.123456)[0]).toMatchObject({ margin: '6.173%' })
  })
})

describe('the wording', () => {
  test('of numbers, differences and values', () => {
    expect([limitText(0.1), limitText(-1234.5), limitText(0.1 + 0.2), limitText(1e-12)]).toEqual([
      '0.1',
      '−1,234.5',
      '0.3',
      '0.000000000001',
    ])
    expect(differenceText(0.02, between(0.01, 0.03))).toBe('+0.020 (+0.010 … +0.030)')
    expect(differenceText(-0.02, null)).toBe('−0.020')
    expect(valueSentence(0.87, null)).toBe('0.870')
    expect(valueSentence(0.87, between(0.86, 0.88))).toBe('0.870 (95 % interval 0.860 … 0.880)')
  })

  test.each([
    [1, 'about 1 more labelled held-out row'],
    [9, 'about 9 more labelled held-out rows'],
    [10, 'about 10 more labelled held-out rows'],
    [99, 'about 99 more labelled held-out rows'],
    [101, 'about 110 more labelled held-out rows'],
    [1873, 'about 1,900 more labelled held-out rows'],
  ])('of %d missing rows', (rows, text) => {
    expect(moreRows(rows)).toBe(text)
    expect(needsText(rows, placeOf({ slice: { column: 'a', value: 'b' } }))).toBe(`needs ${text} of this slice to tell`)
  })

  test('of what cannot be settled', () => {
    expect(needsText(undefined)).toBe('no realistic number of further rows would settle it')
    expect(placeOf({})).toBeUndefined()
  })
})
