import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import type { Churn, Footprint } from '../../src/evaluation/evidence.ts'
import { checkCost } from '../../src/evaluation/gate-cost.ts'
import { judge } from '../../src/evaluation/gates.ts'
import type { Evaluation } from '../../src/evaluation/types.ts'
import { between, evaluationWith } from './gate-fixture.ts'

const churn: Churn = {
  rows: 1000,
  share: 0.12,
  interval: between(0.1, 0.14),
  newlyWrong: 30,
  newlyRight: 90,
  newlyWrongShare: 0.03,
  newlyWrongInterval: between(0.02, 0.04),
  pValue: 0,
}
const footprint: Footprint = {
  bytes: 4_000_000,
  latency: { p50: 2, p95: 15.5, calls: 100 },
  throughput: { rowsPerSecond: 9000, rows: 2000 },
}
const known = { churn, footprint }
const nobody = { churn: undefined, footprint: undefined }

describe('a gate on what a candidate costs', () => {
  test.each<[GateConfig, Partial<Evaluation>, object]>([
    [
      { metric: 'churn', max: 0.12 },
      known,
      {
        title: 'churn at most 0.12',
        status: 'pass',
        observed: '0.120 (0.100 … 0.140)',
        sentence: 'churn is 0.120 (95 % interval 0.100 … 0.140)',
      },
    ],
    [
      { metric: 'newly-wrong', max: 0.02 },
      known,
      {
        title: 'newly-wrong at most 0.02',
        status: 'fail',
        observed: '0.030 (0.020 … 0.040)',
        sentence: 'newly-wrong is 0.030 (95 % interval 0.020 … 0.040), above the limit of 0.02',
      },
    ],
    [
      { metric: 'latency', max: 20 },
      known,
      {
        title: 'latency in ms (95th percentile of single rows) at most 20',
        status: 'pass',
        observed: '15.50',
        sentence: 'latency in ms (95th percentile of single rows) is 15.50',
      },
    ],
    [
      { metric: 'throughput', min: 10000 },
      known,
      {
        title: 'throughput in rows a second at least 10,000',
        status: 'fail',
        observed: '9,000',
        sentence: 'throughput in rows a second is 9,000, below the limit of 10,000',
      },
    ],
    [
      { metric: 'size', min: 1, max: 5_000_000 },
      known,
      {
        title: 'size in bytes at least 1 and at most 5,000,000',
        status: 'pass',
        observed: '4,000,000',
        sentence: 'size in bytes is 4,000,000',
      },
    ],
  ])('%o holds it against the bounds, with its unit', (gate, seen, result) => {
    expect(checkCost(evaluationWith(seen), gate, true)).toEqual({ gate, ...result })
  })

  test.each<[string, Partial<Evaluation>, string]>([
    ['churn', nobody, 'churn is undefined: the decisions of both models are not known'],
    ['newly-wrong', nobody, 'newly-wrong is undefined: the decisions of both models are not known'],
    [
      'newly-wrong',
      { task: 'regression', churn: { ...churn, newlyWrongShare: null, newlyWrongInterval: null } },
      'newly-wrong is undefined: a regression has no decisions to be right or wrong',
    ],
    ['latency', nobody, 'latency in ms (95th percentile of single rows) is undefined: it was not measured'],
    [
      'latency',
      { footprint: { ...footprint, latency: null } },
      'latency in ms (95th percentile of single rows) is undefined: it was not measured',
    ],
    [
      'throughput',
      { footprint: { ...footprint, throughput: null } },
      'throughput in rows a second is undefined: it was not measured',
    ],
    ['size', nobody, 'size in bytes is undefined: it was not measured'],
  ])('%s that is not known is open and says why', (metric, seen, sentence) => {
    expect(checkCost(evaluationWith(seen), { metric, max: 1 }, true)).toMatchObject({
      status: 'inconclusive',
      observed: 'undefined',
      sentence,
    })
  })

  test.each([
    ['churn', 'inconclusive'],
    ['newly-wrong', 'inconclusive'],
    ['latency', 'pass'],
    ['throughput', 'pass'],
    ['size', 'pass'],
  ])('too few held-out rows leave %s %s: only flips are counted on them', (metric, status) => {
    expect(checkCost(evaluationWith(known), { metric, max: 1e9 }, false)?.status).toBe(status)
  })

  test.each(['churn', 'newly-wrong'])('before there is a champion, %s asks for nothing', (metric) => {
    const gate = { metric, max: 0 }
    expect(checkCost(evaluationWith({ ...known, champion: null }), gate, true)).toEqual({
      gate,
      title: metric,
      status: 'pass',
      observed: 'no champion yet',
      sentence: `${metric}: there is no champion yet to differ from`,
      unasked: true,
    })
  })

  test('before there is a champion, what was measured on the candidate alone is held against its bound', () => {
    expect(checkCost(evaluationWith({ ...known, champion: null }), { metric: 'latency', max: 1 }, true)?.status).toBe(
      'fail',
    )
  })

  test.each(['auc', 'toString', 'constructor'])('%s is no cost', (metric) => {
    expect(checkCost(evaluationWith(known), { metric, max: 1 }, true)).toBeUndefined()
  })

  test('a metric with the name of something that every object has is as unknown as any other', () => {
    const gates = [{ metric: 'constructor', max: 1 }]
    expect(judge({ evaluation: evaluationWith(known), gates, minHoldout: 100 }).gates[0]).toMatchObject({
      status: 'inconclusive',
      sentence: 'constructor is undefined: a binary task has no such metric',
    })
  })
})
