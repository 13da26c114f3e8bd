import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import type { BehaviourResult } from '../../src/evaluation/behaviour/types.ts'
import type { HoldoutUse, TrainingNoise } from '../../src/evaluation/evidence.ts'
import {
  checkBehaviour,
  checkHoldoutUse,
  checkLeaks,
  checkNearPerfect,
  checkNoise,
  checkTooGood,
  checkUnseen,
  unseenSentence,
} from '../../src/evaluation/gate-checks.ts'
import { wholeView } from '../../src/evaluation/gate-metric.ts'
import type { LeakCheck, LeakFinding } from '../../src/evaluation/leak-types.ts'
import type { Evaluation, MetricValue } from '../../src/evaluation/types.ts'
import { between, evaluationWith, modelOf, valued } from './gate-fixture.ts'

describe('a value too good to be true', () => {
  const look = (metric: string, limit: number | undefined, seen?: MetricValue, task: Evaluation['task'] = 'binary') => {
    const evaluation = evaluationWith({ task, candidate: modelOf('candidate', ...(seen ? [seen] : [])) })
    return checkTooGood(evaluation, { metric, 'too-good': limit }, wholeView(evaluation, metric, true))
  }

  test.each<[string, Evaluation['task'], limit: number, value: number, title: string, status: string]>([
    ['auc', 'binary', 0.98, 0.979, 'auc below 0.98', 'pass'],
    ['auc', 'binary', 0.98, 0.98, 'auc below 0.98', 'inconclusive'],
    ['auc', 'binary', 0.98, 0.981, 'auc below 0.98', 'inconclusive'],
    ['rmse', 'regression', 0.1, 0.101, 'rmse above 0.1', 'pass'],
    ['rmse', 'regression', 0.1, 0.1, 'rmse above 0.1', 'inconclusive'],
    ['rmse', 'regression', 0.1, 0.099, 'rmse above 0.1', 'inconclusive'],
    ['log-loss', 'binary', 0, 0.001, 'log-loss above 0', 'pass'],
    ['log-loss', 'binary', 0, 0, 'log-loss above 0', 'inconclusive'],
  ])('%s of a %s task with a limit of %d: %d', (metric, task, limit, value, title, status) => {
    const seen = value === 0 ? '0' : value.toFixed(3)
    const doubt = status === 'pass' ? '' : ': too good to be true; look for a column that knows the label'
    expect(look(metric, limit, valued(metric, value), task)).toEqual([
      {
        gate: { metric, 'too-good': limit },
        title: `${title}, which would be too good to be true`,
        status,
        observed: seen,
        sentence: `${metric} is ${seen}${doubt}`,
      },
    ])
  })

  test('is told with its interval', () => {
    expect(look('auc', 0.98, valued('auc', 0.9, { interval: between(0.88, 0.92) }))[0]).toMatchObject({
      observed: '0.900',
      sentence: 'auc is 0.900 (95 % interval 0.880 … 0.920)',
    })
  })

  test.each<[MetricValue | undefined, string]>([
    [valued('auc', null, { reason: 'no row is positive' }), 'auc is undefined: no row is positive'],
    [undefined, 'auc is undefined: there is no such metric'],
  ])('that is undefined is open', (seen, sentence) => {
    expect(look('auc', 0.98, seen)).toEqual([
      {
        gate: { metric: 'auc', 'too-good': 0.98 },
        title: 'auc below 0.98, which would be too good to be true',
        status: 'inconclusive',
        observed: 'undefined',
        sentence,
      },
    ])
  })

  test('is not looked for without a limit', () => {
    expect(look('auc', undefined, valued('auc', 1))).toEqual([])
  })
})

describe('a gate on the noise of training', () => {
  const noise: TrainingNoise = {
    metric: 'auc',
    seeds: [7, 8],
    values: [0.87, 0.88],
    mean: 0.875,
    sd: 0.004,
    gain: 0.02,
    noise: 0.015,
    exceeds: true,
    sentence: 'the gain of 0.020 exceeds the noise',
  }
  const asked: GateConfig = { metric: 'auc', noise: true }
  const title = 'gain in auc beyond the noise of training'
  const check = (seen: Partial<Evaluation>, gate = asked) => checkNoise(evaluationWith(seen), gate)

  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ])('a gain that exceeds it (%s): %s', (exceeds, status) => {
    expect(check({ trainingNoise: { ...noise, exceeds } })).toEqual([
      { gate: asked, title, status, observed: '+0.020 against ±0.015', sentence: noise.sentence },
    ])
  })

  test('asks for nothing before there is a champion', () => {
    expect(check({ champion: null, trainingNoise: { ...noise, exceeds: false } })).toEqual([
      {
        gate: asked,
        title,
        status: 'pass',
        observed: 'no champion yet',
        sentence: 'noise of training: there is no champion yet to gain on',
        unasked: true,
      },
    ])
  })

  test.each<[string, Partial<Evaluation>, GateConfig, string]>([
    [
      'one seed',
      {},
      asked,
      'the noise of training is unknown: the candidate was trained with one seed only (evaluate.seeds)',
    ],
    [
      'a metric that is undefined',
      { trainingNoise: { ...noise, exceeds: null, sentence: 'auc is undefined' } },
      asked,
      'the noise of training is unknown: auc is undefined',
    ],
    [
      'a metric that is not the primary one',
      { trainingNoise: noise },
      { metric: 'f1', noise: true },
      'the noise of training is unknown: it is measured for the primary metric, auc, and not for f1',
    ],
  ])('%s leaves it open', (_, seen, gate, sentence) => {
    expect(check(seen, gate)).toEqual([
      {
        gate,
        title: `gain in ${gate.metric} beyond the noise of training`,
        status: 'inconclusive',
        observed: 'unknown',
        sentence,
      },
    ])
  })

  test.each([undefined, false])('noise: %s asks for nothing', (unasked) => {
    expect(check({ trainingNoise: noise }, { metric: 'auc', noise: unasked })).toEqual([])
  })
})

describe('a behaviour check', () => {
  const seen = (result: Partial<BehaviourResult>): BehaviourResult => ({
    check: 'invariance',
    columns: ['region'],
    title: 'unchanged by region',
    status: 'pass',
    configured: true,
    rows: 500,
    violations: 0,
    worst: 0,
    tolerance: 0.01,
    allowed: 0,
    sentence: 'as it was seen',
    examples: [],
    ...result,
  })

  test.each<[Partial<BehaviourResult>, status: string, observed: string]>([
    [{}, 'pass', '0 of 500 rows'],
    [{ violations: 3 }, 'pass', '3 of 500 rows'],
    [{ status: 'warn', violations: 3 }, 'pass', '3 of 500 rows'],
    [{ status: 'fail', violations: 40 }, 'fail', '40 of 500 rows'],
    [{ status: 'skipped', rows: 0 }, 'inconclusive', 'not tried'],
    [{ check: 'leak' }, 'pass', 'none found'],
    [{ check: 'leak', status: 'fail', violations: 1 }, 'fail', 'found'],
    [{ check: 'leak', status: 'skipped' }, 'inconclusive', 'not tried'],
  ])('that was asked for is a gate: %o is %s', (result, status, observed) => {
    expect(checkBehaviour(evaluationWith({ behaviour: [seen(result)] }))).toEqual([
      {
        gate: { metric: `behaviour: ${result.check ?? 'invariance'}` },
        title: 'unchanged by region',
        status,
        observed,
        sentence: 'as it was seen',
        origin: 'check',
      },
    ])
  })

  test('that is automatic is none', () => {
    expect(checkBehaviour(evaluationWith({ behaviour: [seen({ configured: false, status: 'warn' })] }))).toEqual([])
    expect(checkBehaviour(evaluationWith())).toEqual([])
  })
})

describe('held-out rows of classes that no training row has', () => {
  const holdout = (rows: number, unseen?: number, ...examples: readonly string[]): Evaluation['holdout'] => ({
    ...evaluationWith().holdout,
    rows,
    unseen: unseen === undefined ? undefined : { rows: unseen, examples },
  })

  test.each<[rows: number, unseen: number, observed: string]>([
    [990, 10, '1 %'],
    [4900, 100, '2 %'],
    [1, 1, '50 %'],
    [0, 3, '100 %'],
  ])('%d beside %d are 1 % or more and leave the verdict open', (rows, unseen, observed) => {
    const seen = holdout(rows, unseen, 'new')
    expect(checkUnseen(evaluationWith({ holdout: seen }))).toEqual([
      {
        gate: { metric: 'unseen-classes', max: 0.01 },
        title: 'below 1 % of the held-out rows of classes without a training row',
        status: 'inconclusive',
        observed,
        sentence: unseenSentence(seen),
        origin: 'check',
      },
    ])
  })

  test.each<[rows: number, unseen: number | undefined]>([
    [991, 10],
    [99_901, 1009],
    [0, undefined],
    [1, undefined],
  ])('%d beside %s are fewer', (rows, unseen) => {
    expect(checkUnseen(evaluationWith({ holdout: holdout(rows, unseen, 'new') }))).toEqual([])
  })

  test('are told with their share and some of the classes', () => {
    expect(unseenSentence(holdout(99, 1, 'new'))).toBe(
      '1 of 100 held-out rows (1 %) has a class that no training row has (“new”); the model gets all of them wrong, and the metrics leave them out',
    )
    expect(unseenSentence(holdout(8000, 2000, 'a', 'b'))).toBe(
      '2,000 of 10,000 held-out rows (20 %) have a class that no training row has (“a”, “b”); the model gets all of them wrong, and the metrics leave them out',
    )
    expect(unseenSentence(holdout(100))).toBeUndefined()
  })
})

describe('held-out rows that were trained on', () => {
  const found = { check: 'overlap', status: 'found', sentence: '90 of 100 were', findings: [] } as const
  const result = {
    gate: { metric: 'leaks' },
    title: 'held-out rows that were not trained on',
    status: 'inconclusive',
    observed: 'trained on',
    sentence: '90 of 100 were',
    origin: 'check',
  }

  test.each<[LeakCheck, expected: string | undefined, results: readonly object[]]>([
    [{ ...found, open: 'always' }, undefined, [result]],
    [{ ...found, open: 'always' }, 'a rule', [result]],
    [{ ...found, open: 'unless-expected' }, undefined, [result]],
    [{ ...found, open: 'unless-expected' }, 'a rule', []],
    [found, undefined, []],
    [{ check: 'overlap', status: 'clean', sentence: '' }, undefined, []],
    [{ check: 'overlap', status: 'not-looked', sentence: '' }, undefined, []],
  ])('%o, expected: %s', (check, expected, results) => {
    expect(checkLeaks(evaluationWith({ leaks: { checks: [check], strongest: [] } }), expected)).toEqual(results)
  })

  test('cannot be told of a record that never looked', () => {
    expect(checkLeaks(evaluationWith(), undefined)).toEqual([])
  })
})

describe('a score that is nearly perfect', () => {
  const check = (value: number, leaks?: Evaluation['leaks'], expected?: string) =>
    checkNearPerfect(evaluationWith({ candidate: modelOf('candidate', valued('auc', value)), leaks }), expected)
  const result = {
    gate: { metric: 'near-perfect' },
    title: 'a score that is no leak, confirmed by a person',
    observed: 'auc 0.9950',
    origin: 'check',
  }
  const seen = 'the candidate is too good to be true (auc 0.9950)'
  const cure =
    'Look for what tells the label and add it to data.ignore; or, where it is right, say why in evaluate.expect-near-perfect'
  const strongest = { column: 'status', text: 'AUC 0.971', presence: false }
  const group = { rule: 'telltale-group', columns: ['a', 'b'], sentence: '' } as const
  const found = (...findings: readonly LeakFinding[]): Evaluation['leaks'] => ({
    checks: [
      { check: 'ids', status: 'clean', sentence: '' },
      { check: 'groups', status: 'found', sentence: '', findings },
    ],
    strongest: [strongest],
  })

  test.each<[string, Evaluation['leaks'], first: string]>([
    ['nothing is known of the columns', undefined, ''],
    ['no column could be scored', { checks: [], strongest: [] }, ''],
    [
      'a column tells most by its values',
      { checks: [], strongest: [strongest, { ...strongest, column: 'other' }] },
      '; the column that tells most is “status” (AUC 0.971)',
    ],
    [
      'a column tells most by its presence',
      { checks: [], strongest: [{ ...strongest, presence: true }] },
      '; the column that tells most is “status” by its presence (AUC 0.971)',
    ],
    [
      'several columns tell most together',
      found({ ...group, rule: 'time-order', columns: ['at'] }, group),
      '; the columns that tell most are “a” and “b” together',
    ],
    [
      'one column tells by itself beside them',
      found(group, { ...group, rule: 'telltale-column', columns: ['status'] }),
      '; the column that tells most is “status” (AUC 0.971)',
    ],
    [
      'what was found is not about columns',
      found({ ...group, rule: 'time-order' }),
      '; the column that tells most is “status” (AUC 0.971)',
    ],
  ])('is open where %s', (_, leaks, first) => {
    expect(check(0.995, leaks)).toEqual([{ ...result, status: 'inconclusive', sentence: `${seen}${first}. ${cure}` }])
  })

  test('passes with the reason that a person gave', () => {
    expect(check(0.995, undefined, 'a rule of the columns')).toEqual([
      { ...result, status: 'pass', sentence: `${seen}, and is expected to be: a rule of the columns` },
    ])
  })

  test('is no gate below it', () => {
    expect(check(0.9)).toEqual([])
  })
})

describe('a holdout that has chosen too often', () => {
  const use = (status: HoldoutUse['status']): HoldoutUse => ({
    uses: 11.5,
    budget: 10,
    level: 0.95,
    correctedLevel: 0.99,
    status,
    sentence: 'it has chosen 11 times',
    earlier: [],
  })

  test('leaves the verdict open', () => {
    expect(checkHoldoutUse(evaluationWith({ holdoutUse: use('spent') }))).toEqual([
      {
        gate: { metric: 'holdout-uses', max: 10 },
        title: 'held-out rows used at most 10 times to choose',
        status: 'inconclusive',
        observed: '11.50',
        sentence: 'it has chosen 11 times',
        origin: 'check',
      },
    ])
  })

  test.each<[string, Partial<Evaluation>]>([
    ['it is wearing only', { holdoutUse: use('wearing') }],
    ['nobody counted', {}],
    ['there is no champion to choose against', { holdoutUse: use('spent'), champion: null }],
  ])('does not where %s', (_, seen) => {
    expect(checkHoldoutUse(evaluationWith(seen))).toEqual([])
  })
})
