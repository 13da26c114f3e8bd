import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import { defaultGates, judge, type JudgeInput } from '../../src/evaluation/gates.ts'
import { gatesText } from '../../src/report/record-view.ts'
import type { EvaluatedModel, Evaluation, Interval, MetricComparison } from '../../src/evaluation/types.ts'

const between = (low: number, high: number): Interval => ({ low, high, level: 0.95, method: 'test' })

function model(role: EvaluatedModel['role'], version: number | null, auc: number | null): EvaluatedModel {
  const interval = auc === null ? null : between(auc - 0.01, auc + 0.01)
  const reason = auc === null ? 'no row is positive' : undefined
  const name = role === 'candidate' ? `v${version} (candidate)` : role === 'champion' ? `v${version}` : 'always “no”'
  return { role, name, version, metrics: [{ metric: 'auc', value: auc, interval, reason }] }
}

interface Seen {
  readonly champion?: readonly [difference: number, low: number, high: number] | null
  readonly baseline?: readonly [difference: number, low: number, high: number] | null
  readonly auc?: number | null
  readonly rows?: number
  readonly championSafe?: boolean
  readonly first?: boolean
  readonly fairness?: Evaluation['fairness']
}

function evaluationOf(seen: Seen = {}): Evaluation {
  const { champion = [0.02, 0.01, 0.03], baseline = [0.3, 0.29, 0.31] } = seen
  const compare = (versus: 'champion' | 'baseline', at: Seen['champion']): MetricComparison => ({
    metric: 'auc',
    versus,
    direction: 'higher',
    difference: at?.[0] ?? null,
    interval: at ? between(at[1], at[2]) : null,
    margin: 0.005,
    conclusion: at && at[1] > 0 ? 'better' : at && at[1] > -0.005 ? 'not-worse' : 'cannot-tell',
  })
  return {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: seen.rows ?? 1000, description: '', digest: '', championSafe: seen.championSafe ?? true },
    thresholds: {},
    baseline: model('baseline', null, 0.5),
    champion: seen.first ? null : model('champion', 3, 0.85),
    candidate: model('candidate', 4, seen.auc === undefined ? 0.87 : seen.auc),
    comparisons: [...(seen.first ? [] : [compare('champion', champion)]), compare('baseline', baseline)],
    slices: [],
    fairness: seen.fairness ?? [],
    curves: [],
    warnings: [],
  }
}

const GATES = defaultGates('binary', 'auc')
const verdict = (seen: Seen, gates: readonly GateConfig[] = GATES, extra: Partial<JudgeInput> = {}) =>
  judge({ evaluation: evaluationOf(seen), gates, minHoldout: 100, ...extra })

describe('the default gates', () => {
  test('are non-inferiority to the champion and superiority to the baseline', () => {
    expect(defaultGates('binary', 'auc')).toEqual([
      { metric: 'auc', versus: 'champion', margin: 0.005 },
      { metric: 'auc', versus: 'baseline', better: true },
    ])
    expect(defaultGates('regression', 'rmse')[0]).toEqual({ metric: 'rmse', versus: 'champion', margin: 0.01 })
    // A champion that is known to have lost 0.05: half of that, but never less than usual, and for errors as a share.
    expect(defaultGates('binary', 'auc', 0.05)[0]).toEqual({ metric: 'auc', versus: 'champion', margin: 0.025 })
    expect(defaultGates('binary', 'auc', 0.004)[0]).toEqual({ metric: 'auc', versus: 'champion', margin: 0.005 })
    expect(defaultGates('regression', 'rmse', 0.05)[0]).toEqual({ metric: 'rmse', versus: 'champion', margin: '2.5%' })
    // A share of a value in an unknown unit: left to the metric.
    expect(defaultGates('binary', 'value')[0]).toEqual({ metric: 'value', versus: 'champion' })
  })
})

describe('against the champion', () => {
  test.each([
    [
      'better',
      [0.02, 0.01, 0.03],
      'pass',
      'v4 is better than v3: auc +0.020 (95 % interval +0.010 … +0.030) on 1,000 held-out rows; all 2 gates pass',
    ],
    [
      'not worse',
      [0.001, -0.003, 0.005],
      'pass',
      'v4 is not worse than v3: auc +0.001 (95 % interval −0.003 … +0.005) on 1,000 held-out rows; all 2 gates pass',
    ],
    [
      'worse',
      [-0.03, -0.04, -0.02],
      'fail',
      'v4 fails 1 of 2 gates: auc is worse than that of v3 by more than 0.005: −0.030 (95 % interval −0.040 … −0.020); v3 stays',
    ],
    [
      'open',
      [0.01, -0.02, 0.04],
      'inconclusive',
      'it is open whether v4 may replace v3: auc may be worse than that of v3 by more than 0.005: +0.010 (95 % interval −0.020 … +0.040); needs about 7,200 more labelled held-out rows to tell',
    ],
    [
      'at the margin',
      [-0.005, -0.02, 0.01],
      'inconclusive',
      'it is open whether v4 may replace v3: auc may be worse than that of v3 by more than 0.005: −0.005 (95 % interval −0.020 … +0.010); no realistic number of further rows would settle it',
    ],
  ] as const)('%s', (_, champion, outcome, reason) => {
    expect(verdict({ champion }).verdict).toEqual({ outcome, reason })
  })

  test('the first version has nobody to compare with, and says so', () => {
    const { gates, verdict: first } = verdict({ first: true })
    expect(gates[0]).toMatchObject({ status: 'pass', observed: 'no champion yet' })
    expect(first.reason).toBe(
      'v4 is the first version: auc 0.870 (95 % interval 0.860 … 0.880) on 1,000 held-out rows; one gate passes, and one gate asks for a champion, and there is none yet',
    )
  })

  test('the first version that fails is counted against the gates that were asked, as everywhere', () => {
    const gates: readonly GateConfig[] = [...GATES, { metric: 'auc', min: 0.99 }]
    expect(verdict({ first: true }, gates).verdict.reason).toMatch(/^v4 fails 1 of 2 gates: /)
    expect(gatesText(verdict({ first: true }, gates).gates)).toMatch(/^1 of 2 gates failed, 1 asks for a champion/)
  })

  test('a gain that may be chance among all that was compared is no claim, and no secret', () => {
    const seen = evaluationOf({ champion: [0.02, 0.01, 0.03] })
    const comparisons = seen.comparisons.map((one) => ({ ...one, conclusion: 'not-worse' as const }))
    const { verdict: one } = judge({ evaluation: { ...seen, comparisons }, gates: GATES, minHoldout: 100 })
    expect(one.reason).toMatch(/^v4 is not worse than v3, perhaps better: auc \+0\.020 /)
  })

  test('a champion that may have seen the holdout cannot make the candidate fail', () => {
    const { gates } = verdict({ champion: [-0.03, -0.04, -0.02], championSafe: false })
    expect(gates[0]).toMatchObject({
      status: 'inconclusive',
      sentence: expect.stringContaining('may have been trained on some of these rows'),
    })
    expect(verdict({ championSafe: false }).verdict.outcome).toBe('pass')
  })

  test('a demand to be better is met by certainty only', () => {
    const better: GateConfig[] = [{ metric: 'auc', versus: 'champion', better: true }]
    const status = (champion: Seen['champion']) =>
      verdict({ champion: champion as [number, number, number] }, better).gates[0]
    expect(status([0.02, 0.01, 0.03])?.status).toBe('pass')
    expect(status([0.01, -0.01, 0.03])).toMatchObject({
      status: 'inconclusive',
      sentence: expect.stringContaining('needs about 7,200 more'),
    })
    expect(status([-0.02, -0.03, -0.01])?.status).toBe('fail')
    expect(status([0, 0, 0])).toMatchObject({
      status: 'fail',
      sentence: expect.stringContaining('is the same as that of v3'),
    })
  })

  test('a relative margin is a share of the champion’s error', () => {
    const errors = (difference: number, low: number, high: number): Evaluation => ({
      ...evaluationOf(),
      task: 'regression',
      primary: 'rmse',
      champion: { role: 'champion', name: 'v3', version: 3, metrics: [{ metric: 'rmse', value: 100, interval: null }] },
      comparisons: [
        {
          metric: 'rmse',
          versus: 'champion',
          direction: 'lower',
          difference,
          interval: between(low, high),
          margin: 1,
          conclusion: 'cannot-tell',
        },
      ],
    })
    const gates: GateConfig[] = [{ metric: 'rmse', versus: 'champion', margin: 0.01 }]
    const status = (evaluation: Evaluation) => judge({ evaluation, gates, minHoldout: 1 }).gates[0]
    expect(status(errors(0.2, -0.5, 0.9))).toMatchObject({
      status: 'pass',
      title: 'rmse not worse than the champion by more than 1 %',
    })
    expect(status(errors(0.5, -0.5, 1.5))?.status).toBe('inconclusive')
    expect(status(errors(3, 2, 4))?.status).toBe('fail')
  })
})

describe('bounds', () => {
  test('look at the point estimate and tell the interval', () => {
    const gates: GateConfig[] = [
      { metric: 'auc', min: 0.865 },
      { metric: 'auc', max: 0.8 },
    ]
    const [low, high] = verdict({}, gates).gates
    expect(low).toMatchObject({
      title: 'auc at least 0.865',
      status: 'pass',
      observed: '0.870 (0.860 … 0.880)',
      sentence: 'auc is 0.870 (95 % interval 0.860 … 0.880)',
    })
    expect(high).toMatchObject({
      status: 'fail',
      sentence: 'auc is 0.870 (95 % interval 0.860 … 0.880), above the limit of 0.8',
    })
  })

  test.each([
    ['min', 0.869, 'pass'],
    ['min', 0.87, 'pass'],
    ['min', 0.871, 'fail'],
    ['max', 0.869, 'fail'],
    ['max', 0.87, 'pass'],
    ['max', 0.871, 'pass'],
  ] as const)('a %s of %d against an auc of 0.87: %s, for the limit itself is allowed', (bound, limit, status) => {
    expect(verdict({ auc: 0.87 }, [{ metric: 'auc', [bound]: limit }]).gates[0]?.status).toBe(status)
  })

  test('say nothing on too few rows', () => {
    const { gates, verdict: few } = verdict({ rows: 60 }, [{ metric: 'auc', min: 0.9 }])
    expect(gates.map((gate) => gate.status)).toEqual(['inconclusive', 'inconclusive'])
    expect(few.reason).toContain('only 60 held-out rows are labelled; needs 40 more to judge')
  })

  test('and a comparison in one gate give two results', () => {
    const { gates } = verdict({}, [{ metric: 'auc', min: 0.8, versus: 'champion', margin: 0.01 }])
    expect(gates.map((gate) => gate.title)).toEqual([
      'auc at least 0.8',
      'auc not worse than the champion by more than 0.01',
    ])
  })
})

describe('never a silent pass', () => {
  test.each([
    [
      'an undefined metric',
      { auc: null, champion: null, baseline: null },
      GATES,
      'auc cannot be compared: no row is positive',
    ],
    [
      'an undefined metric with a bound',
      { auc: null },
      [{ metric: 'auc', min: 0.5 }],
      'auc is undefined: no row is positive',
    ],
    [
      'a metric of another task',
      {},
      [{ metric: 'rmse', max: 3 }],
      'rmse is undefined: a binary task has no such metric',
    ],
    [
      'a metric that does not exist',
      {},
      [{ metric: 'acu', versus: 'champion' }],
      'acu cannot be compared: a binary task has no such metric',
    ],
    [
      'a comparison without interval',
      { champion: null },
      GATES,
      'auc cannot be compared: too few rows for an interval',
    ],
    [
      'a fairness limit without fairness',
      {},
      [{ metric: 'equalized-odds-difference', max: 0.1 }],
      'no protected column could be evaluated',
    ],
  ] as const)('%s is inconclusive', (_, seen, gates, sentence) => {
    const result = verdict(seen as Seen, gates as readonly GateConfig[])
    expect(result.verdict.outcome).toBe('inconclusive')
    expect(result.verdict.reason).toContain(sentence)
  })
})

describe('fairness', () => {
  const fairness = (value: number | null, difference: number): Evaluation['fairness'] => [
    {
      attribute: 'sex',
      candidate: [],
      champion: [],
      metrics: ['demographic-parity-difference', 'equalized-odds-difference'].map((metric) => ({
        metric,
        candidate: value,
        champion: 0.1,
        interval: value === null ? null : between(value - 0.02, value + 0.02),
        change: { difference, interval: between(difference - 0.01, difference + 0.01) },
        ...(value === null ? { reason: 'only one group of sex is large enough to be compared' } : {}),
      })),
    },
  ]
  const limited = { fairness: { protected: ['sex'], 'max-difference': 0.1, 'min-group': 30 } }

  test('the limit is a gate on parity and on odds of every protected column', () => {
    const { gates } = verdict({ fairness: fairness(0.08, 0) }, [], limited)
    expect(gates.map((gate) => [gate.title, gate.status])).toEqual([
      ['demographic-parity-difference by sex at most 0.1', 'pass'],
      ['equalized-odds-difference by sex at most 0.1', 'pass'],
    ])
    expect(verdict({ fairness: fairness(0.12, 0) }, GATES, limited).verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining(
        'demographic-parity-difference by sex is 0.120 (95 % interval 0.100 … 0.140), above the limit of 0.1',
      ),
    })
    expect(verdict({ fairness: fairness(null, 0) }, GATES, limited).verdict.outcome).toBe('inconclusive')
  })

  test('decides nothing where there are too few events for an interval', () => {
    const unsure = 'too few events are to be expected in a group for an interval of their ratio'
    const [attribute] = fairness(0.9, 0)
    const metrics = (attribute?.metrics ?? []).map((metric) => ({
      ...metric,
      metric: 'demographic-parity-ratio',
      interval: null,
      change: { difference: 0, interval: null },
      unsure,
    }))
    const rare = attribute ? [{ ...attribute, metrics }] : []
    const gates: GateConfig[] = [
      { metric: 'demographic-parity-ratio', min: 0.8 },
      { metric: 'demographic-parity-ratio', versus: 'champion', margin: 0.02 },
    ]
    const found = verdict({ fairness: rare }, gates).gates
    expect(found.map(({ status }) => status)).toEqual(['inconclusive', 'inconclusive'])
    expect(found[1]?.sentence).toContain(unsure)
  })

  test('may be held against the champion’s', () => {
    const gates: GateConfig[] = [{ metric: 'equalized-odds-difference', versus: 'champion', margin: 0.02 }]
    const status = (difference: number) => verdict({ fairness: fairness(0.1, difference) }, gates).gates[0]?.status
    expect([status(0), status(0.02), status(0.05), status(-0.05)]).toEqual(['pass', 'inconclusive', 'fail', 'pass'])
  })
})

describe('the verdict', () => {
  const lost = [-0.03, -0.04, -0.02] as const
  const open = [0.01, -0.02, 0.04] as const

  test('any failure fails, whatever else is open', () => {
    expect(verdict({ champion: open, baseline: lost }).verdict.outcome).toBe('fail')
  })

  test('data that must stop a run fail it', () => {
    const finding = { rule: 'age', column: 'age', sentence: 'age: 3 of 7 values are above 120' }
    expect(verdict({}, GATES, { quality: [{ ...finding, severity: 'stop' }] }).verdict).toEqual({
      outcome: 'fail',
      reason: 'v4 fails on the quality of its data: age: 3 of 7 values are above 120; v3 stays',
    })
    expect(verdict({}, GATES, { quality: [{ ...finding, severity: 'warn' }] }).verdict.outcome).toBe('pass')
  })

  test('without any gate it passes and says that there are none', () => {
    expect(verdict({}, []).verdict.reason).toMatch(/no gates are configured$/)
  })
})

describe('held-out rows of classes that no training row has', () => {
  const seen = (rows: number) => {
    const evaluation = evaluationOf()
    const holdout = { ...evaluation.holdout, unseen: { rows, examples: ['new'] } }
    return judge({ evaluation: { ...evaluation, holdout }, gates: GATES, minHoldout: 100 })
  }

  test('leave the verdict open from one in a hundred on', () => {
    expect(seen(33).verdict).toEqual({
      outcome: 'inconclusive',
      reason:
        'it is open whether v4 may replace v3: 33 of 1,033 held-out rows (3.2 %) have a class that no training row has (“new”); ' +
        'the model gets all of them wrong, and the metrics leave them out',
    })
    expect(seen(5).verdict.outcome).toBe('pass')
  })
})
