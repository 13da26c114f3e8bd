import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import type { Task } from '../../src/core/task.ts'
import { checkMetric, demandsMore, wholeView } from '../../src/evaluation/gate-metric.ts'
import { defaultGates, judge } from '../../src/evaluation/gates.ts'
import type { Evaluation, MetricComparison } from '../../src/evaluation/types.ts'
import { between, evaluationWith, modelOf, valued } from './gate-fixture.ts'

describe('the margin of the default gates', () => {
  test.each<[Task, metric: string, staleBy: number | undefined, margin: number | string | undefined]>([
    ['binary', 'auc', undefined, 0.005],
    // Of a champion that has lost so much: half of it, where that is more.
    ['binary', 'auc', 0.0099, 0.005],
    ['binary', 'auc', 0.01, 0.005],
    ['binary', 'auc', 0.0102, 0.0051],
    ['binary', 'auc', 0.05, 0.025],
    ['binary', 'brier', 0.05, '2.5%'],
    ['regression', 'rmse', undefined, 0.01],
    ['regression', 'rmse', 0.05, '2.5%'],
    ['regression', 'rmse', 0.123456, '6.173%'],
    // A share of a value in an unknown unit is left to the metric.
    ['binary', 'value', undefined, undefined],
    ['binary', 'value', 0.05, undefined],
    ['binary', 'acu', undefined, undefined],
    ['binary', 'acu', 0.05, undefined],
  ])('of a %s task on %s, stale by %s, is %s', (task, metric, staleBy, margin) => {
    expect(defaultGates(task, metric, staleBy)).toEqual([
      { metric, versus: 'champion', ...(margin === undefined ? {} : { margin }) },
      { metric, versus: 'baseline', better: true },
    ])
  })
})

const comparison = (versus: MetricComparison['versus'], conclusion: MetricComparison['conclusion']) => ({
  metric: 'auc',
  versus,
  direction: 'higher' as const,
  difference: 0.02,
  interval: between(0.01, 0.03),
  margin: 0.005,
  conclusion,
})
const evaluation = evaluationWith({
  candidate: modelOf('candidate', valued('auc', 0.87)),
  champion: modelOf('champion', valued('auc', 0.85)),
  baseline: modelOf('baseline', valued('auc', 0.5)),
  comparisons: [comparison('baseline', 'not-worse'), comparison('champion', 'better')],
})
const titles = (gate: GateConfig, seen: Partial<Evaluation> = {}): readonly string[] =>
  judge({ evaluation: { ...evaluation, ...seen }, gates: [gate], minHoldout: 100 }).gates.map(({ title }) => title)

describe('a gate has one result for each demand', () => {
  const NOISE = 'gain in auc beyond the noise of training'
  const GOOD = 'auc below 0.98, which would be too good to be true'
  const COMPARED = 'auc not worse than the champion by more than 0.005'
  const parity = 'demographic-parity-difference'

  test.each<[GateConfig, readonly string[]]>([
    [{ metric: 'auc', noise: true }, [NOISE]],
    [{ metric: 'auc', 'too-good': 0.98 }, [GOOD]],
    [{ metric: 'auc', noise: true, 'too-good': 0.98 }, [GOOD, NOISE]],
    [{ metric: 'auc', noise: true, min: 0.8 }, ['auc at least 0.8', NOISE]],
    [{ metric: 'auc', noise: true, versus: 'champion' }, [COMPARED, NOISE]],
    [{ metric: 'auc', max: 0.9 }, ['auc at most 0.9']],
    [{ metric: 'auc', max: 0.9, 'too-good': 0.98 }, ['auc at most 0.9', GOOD]],
    [{ metric: 'auc', versus: 'champion', 'too-good': 0.98 }, [COMPARED, GOOD]],
    [{ metric: 'auc', better: true, 'too-good': 0.98 }, ['auc better than the champion', GOOD]],
    [
      { metric: 'auc', min: 0.8, max: 0.9, versus: 'champion', 'too-good': 0.98, noise: true },
      ['auc at least 0.8 and at most 0.9', COMPARED, GOOD, NOISE],
    ],
    [{ metric: 'acu', versus: 'champion' }, ['acu not worse than the champion']],
    [{ metric: parity, max: 0.1 }, [`${parity} at most 0.1`]],
    [{ metric: parity, 'too-good': 0.01 }, [`${parity} below 0.01, which would be too good to be true`]],
    [{ metric: 'auc', min: 0.8, slice: 'plan=pro' }, ['auc of plan = pro at least 0.8']],
    [{ metric: 'auc', min: 0.8, slices: 'all' }, ['auc of slices at least 0.8']],
    [{ metric: 'size', max: 5 }, ['size in bytes at most 5']],
  ])('%o', (gate, expected) => {
    expect(titles(gate)).toEqual(expected)
  })

  test.each<[Omit<GateConfig, 'metric'>, boolean]>([
    [{}, false],
    [{ 'too-good': 0.98 }, false],
    [{ noise: true }, false],
    [{ min: 0 }, true],
    [{ max: 0 }, true],
    [{ versus: 'baseline' }, true],
    [{ margin: 0 }, true],
    [{ better: true }, true],
  ])('%o demands more than noise and too-good: %s', (gate, more) => {
    expect(demandsMore({ metric: 'auc', ...gate })).toBe(more)
  })
})

describe('a gate on the whole holdout', () => {
  const check = (gate: Partial<GateConfig>, seen: Partial<Evaluation> = {}) => {
    const whole = { ...evaluation, ...seen }
    return checkMetric(whole, { metric: 'auc', ...gate }, wholeView(whole, 'auc', true))
  }

  test('is called better than the champion only where the evaluation says so', () => {
    expect(check({ versus: 'champion' })).toMatchObject([{ conclusion: 'better' }])
    const comparisons = [comparison('champion', 'not-worse')]
    expect(check({ versus: 'champion' }, { comparisons })).toMatchObject([{ conclusion: 'not-worse' }])
  })

  test('is better than the baseline by its interval alone', () => {
    expect(check({ versus: 'baseline', better: true })).toMatchObject([{ status: 'pass', conclusion: 'better' }])
  })

  test.each<[string, Partial<Evaluation>, why: string]>([
    [
      'of the candidate first',
      {
        candidate: modelOf('candidate', valued('auc', null, { reason: 'the candidate has none' })),
        champion: modelOf('champion', valued('auc', null, { reason: 'the champion has none' })),
        comparisons: [],
      },
      'the candidate has none',
    ],
    [
      'of the champion then',
      {
        champion: modelOf('champion', valued('auc', null, { reason: 'the champion has none' })),
        comparisons: [],
      },
      'the champion has none',
    ],
    ['else it is the rows', { comparisons: [comparison('baseline', 'better')] }, 'too few rows for an interval'],
  ])('tells why nothing can be compared: the reason %s', (_, seen, why) => {
    expect(check({ versus: 'champion' }, seen)).toMatchObject([
      { status: 'inconclusive', sentence: `auc cannot be compared: ${why}` },
    ])
  })
})

describe('the gates of a run', () => {
  const gates: readonly GateConfig[] = [{ metric: 'auc', min: 0.8 }]
  const rows = (held: number, minHoldout: number) =>
    judge({ evaluation: { ...evaluation, holdout: { ...evaluation.holdout, rows: held } }, gates, minHoldout }).gates

  test.each([
    [1, 100, '1', 'only 1 held-out row is labelled; needs 99 more to judge'],
    [99, 100, '99', 'only 99 held-out rows are labelled; needs 1 more to judge'],
    [1200, 2500, '1,200', 'only 1,200 held-out rows are labelled; needs 1,300 more to judge'],
  ])('of %d held-out rows where %d are asked for begin with that', (held, needed, observed, sentence) => {
    const [first, second, ...more] = rows(held, needed)
    expect(first).toEqual({
      gate: { metric: 'rows', min: needed },
      title: `at least ${needed.toLocaleString('en-US')} held-out rows`,
      status: 'inconclusive',
      observed,
      sentence,
    })
    expect(second).toMatchObject({ title: 'auc at least 0.8', status: 'inconclusive' })
    expect(more).toEqual([])
  })

  test('of as many held-out rows as are asked for do not', () => {
    expect(rows(100, 100)).toMatchObject([{ title: 'auc at least 0.8', status: 'pass' }])
  })

  test('are those of the configuration, the limits of unfairness, and then the checks', () => {
    const seen: Partial<Evaluation> = {
      candidate: modelOf('candidate', valued('auc', 0.999)),
      holdout: { ...evaluation.holdout, unseen: { rows: 100, examples: ['new'] } },
      holdoutUse: {
        uses: 11,
        budget: 10,
        level: 0.95,
        correctedLevel: 0.99,
        status: 'spent',
        sentence: 'it is spent',
        earlier: [],
      },
      leaks: {
        checks: [{ check: 'overlap', status: 'found', sentence: 'copies', findings: [], open: 'always' }],
        strongest: [],
      },
      behaviour: [
        {
          check: 'missing',
          columns: [],
          title: 'usable with a column missing',
          status: 'pass',
          configured: true,
          rows: 100,
          violations: 0,
          worst: null,
          tolerance: 0,
          allowed: 0,
          sentence: 'it is usable',
          examples: [],
        },
      ],
    }
    const all = judge({
      evaluation: { ...evaluation, ...seen },
      gates,
      fairness: { 'max-difference': 0.1 },
      minHoldout: 5000,
    })
    expect(all.gates.map(({ gate }) => gate.metric)).toEqual([
      'rows',
      'auc',
      'demographic-parity-difference',
      'equalized-odds-difference',
      'unseen-classes',
      'holdout-uses',
      'leaks',
      'near-perfect',
      'behaviour: missing',
    ])
    expect(all.gates.slice(2, 4).map(({ gate }) => gate)).toEqual([
      { metric: 'demographic-parity-difference', max: 0.1 },
      { metric: 'equalized-odds-difference', max: 0.1 },
    ])
  })
})
