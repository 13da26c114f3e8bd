import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import { judge } from '../../src/evaluation/gates.ts'
import type { Evaluation, FairnessMetric, GateResult } from '../../src/evaluation/types.ts'
import { between, evaluationWith } from './gate-fixture.ts'

const METRIC = 'demographic-parity-difference'
const seenOf = (seen: Partial<FairnessMetric> = {}): FairnessMetric => ({
  metric: METRIC,
  candidate: 0.08,
  champion: 0.1,
  interval: between(0.06, 0.1),
  change: { difference: -0.02, interval: between(-0.03, -0.01) },
  ...seen,
})
const by = (attribute: string, ...metrics: readonly FairnessMetric[]): Evaluation['fairness'][number] => ({
  attribute,
  candidate: [],
  champion: [],
  metrics,
})
const gatesOf = (gate: GateConfig, seen: Partial<Evaluation>): readonly GateResult[] =>
  judge({ evaluation: evaluationWith(seen), gates: [gate], minHoldout: 100 }).gates
const few = { ...evaluationWith().holdout, rows: 60 }

describe('a limit of unfairness', () => {
  const gate = { metric: METRIC, max: 0.1 }

  test('is a gate for every protected column', () => {
    const fairness = [by('sex', seenOf()), by('age', seenOf({ candidate: 0.12 }))]
    expect(gatesOf(gate, { fairness })).toEqual([
      {
        gate,
        title: `${METRIC} by sex at most 0.1`,
        status: 'pass',
        observed: '0.080 (0.060 … 0.100)',
        sentence: `${METRIC} by sex is 0.080 (95 % interval 0.060 … 0.100)`,
      },
      {
        gate,
        title: `${METRIC} by age at most 0.1`,
        status: 'fail',
        observed: '0.120 (0.060 … 0.100)',
        sentence: `${METRIC} by age is 0.120 (95 % interval 0.060 … 0.100), above the limit of 0.1`,
      },
    ])
  })

  test.each<[string, Partial<Evaluation>, title: string, sentence: string]>([
    [
      'no column could be evaluated',
      { fairness: [] },
      `${METRIC} at most 0.1`,
      `${METRIC} is undefined: no protected column could be evaluated (evaluate.fairness.protected)`,
    ],
    [
      'the value is undefined',
      { fairness: [by('sex', seenOf({ candidate: null, interval: null, reason: 'only one group is large enough' }))] },
      `${METRIC} by sex at most 0.1`,
      `${METRIC} by sex is undefined: only one group is large enough`,
    ],
    [
      'it has no interval since there are too few events',
      { fairness: [by('sex', seenOf({ interval: null, unsure: 'too few events' }))] },
      `${METRIC} by sex at most 0.1`,
      `${METRIC} by sex is 0.080, on too few held-out rows to hold against a bound`,
    ],
  ])('is open where %s', (_, seen, title, sentence) => {
    expect(gatesOf(gate, seen)).toMatchObject([{ title, status: 'inconclusive', sentence }])
  })

  test('is open on too few held-out rows', () => {
    const [, limited] = gatesOf(gate, { holdout: few, fairness: [by('sex', seenOf())] })
    expect(limited).toMatchObject({ title: `${METRIC} by sex at most 0.1`, status: 'inconclusive' })
  })

  test.each<[string, Partial<FairnessMetric>]>([
    ['a value that was given no interval', { interval: null }],
    ['a change that is unsure, where the value is not', { unsure: 'too few events' }],
  ])('decides on %s', (_, seen) => {
    expect(gatesOf(gate, { fairness: [by('sex', seenOf(seen))] })[0]?.status).toBe('pass')
  })

  test.each([
    [{ metric: METRIC, min: 0.05 }, 'at least 0.05'],
    [{ metric: METRIC, min: 0.05, max: 0.1 }, 'at least 0.05 and at most 0.1'],
  ])('%o may have a lower end', (bounds, text) => {
    expect(gatesOf(bounds, { fairness: [by('sex', seenOf())] }).map(({ title }) => title)).toEqual([
      `${METRIC} by sex ${text}`,
    ])
  })
})

describe('unfairness beside the champion’s', () => {
  const gate: GateConfig = { metric: METRIC, versus: 'champion' }
  const title = `${METRIC} by sex not worse than the champion by more than 0.02`
  const what = `${METRIC} by sex`

  test('is better where it falls', () => {
    expect(gatesOf(gate, { fairness: [by('sex', seenOf())] })).toEqual([
      {
        gate,
        title,
        status: 'pass',
        observed: '−0.020 (−0.030 … −0.010)',
        sentence: `${what} is better than that of v3: −0.020 (95 % interval −0.030 … −0.010)`,
        conclusion: 'better',
      },
    ])
  })

  test('is not called better where that is not proven among all that is compared', () => {
    const change = { difference: -0.02, interval: between(-0.03, -0.01), proven: false }
    expect(gatesOf(gate, { fairness: [by('sex', seenOf({ change }))] })).toMatchObject([
      { status: 'pass', conclusion: 'not-worse' },
    ])
  })

  test.each<[string, Partial<FairnessMetric>, sentence: string]>([
    [
      'the candidate’s is undefined',
      { candidate: null, change: null, reason: 'only one group is large enough', unsure: 'too few events' },
      'only one group is large enough',
    ],
    ['there are too few events', { change: null, unsure: 'too few events' }, 'too few events'],
    ['the champion’s is undefined', { champion: null, change: null }, 'it is undefined for the champion'],
    ['nothing says why', { change: null }, 'too few rows for an interval'],
    ['there is no interval', { change: { difference: 0.01, interval: null } }, 'too few rows for an interval'],
    [
      'there is no interval of no difference',
      { change: { difference: 0, interval: null } },
      'too few rows to tell the two models apart',
    ],
  ])('is open where %s', (_, seen, why) => {
    expect(gatesOf(gate, { fairness: [by('sex', seenOf(seen))] })).toMatchObject([
      { title, status: 'inconclusive', sentence: `${what} cannot be compared: ${why}` },
    ])
  })

  test('is open where nothing was evaluated', () => {
    expect(gatesOf(gate, {})).toMatchObject([
      {
        status: 'inconclusive',
        sentence: `${METRIC} cannot be compared: no protected column could be evaluated (evaluate.fairness.protected)`,
      },
    ])
  })

  test('beside the baseline’s is not looked at', () => {
    const fairness = [by('sex', seenOf())]
    expect(gatesOf({ metric: METRIC, versus: 'baseline' }, { fairness })).toMatchObject([
      {
        title: `${METRIC} by sex not worse than the baseline`,
        status: 'inconclusive',
        observed: 'undefined',
        sentence: `${METRIC} by sex cannot be compared: groups are not compared with the baseline`,
      },
    ])
  })

  test('of a regression, in the unit of the label, may be worse by a tenth of the champion’s', () => {
    const seen = seenOf({ candidate: 104, champion: 100, change: { difference: 4, interval: between(1, 9) } })
    const regression: Partial<Evaluation> = { task: 'regression', primary: 'rmse', fairness: [by('sex', seen)] }
    expect(gatesOf(gate, regression)).toMatchObject([
      {
        title: `${METRIC} by sex not worse than the champion by more than 10 %`,
        status: 'pass',
        sentence: `${what} is slightly worse than that of v3, but not by more than 10 %: +4 (95 % interval +1 … +9)`,
      },
    ])
  })

  test('and a limit in one gate are two results for each column', () => {
    const fairness = [by('sex', seenOf()), by('age', seenOf())]
    expect(gatesOf({ ...gate, max: 0.1 }, { fairness }).map((one) => one.title)).toEqual([
      `${METRIC} by sex at most 0.1`,
      title,
      `${METRIC} by age at most 0.1`,
      `${METRIC} by age not worse than the champion by more than 0.02`,
    ])
  })
})

test('a fairness metric of another task is as unknown as any other metric of it', () => {
  const fairness = [by('sex', seenOf())]
  expect(gatesOf({ metric: 'mae-parity-difference', max: 3 }, { fairness })).toMatchObject([
    {
      title: 'mae-parity-difference at most 3',
      status: 'inconclusive',
      sentence: 'mae-parity-difference is undefined: a binary task has no such metric',
    },
  ])
})
