import { describe, expect, test } from 'vitest'
import { gate } from '../../src/config/schema/evaluate.ts'
import type { GateConfig } from '../../src/config/schema.ts'
import { judge } from '../../src/evaluation/gates.ts'
import type { Evaluation, MetricComparison, MetricValue, SliceMetric } from '../../src/evaluation/types.ts'
import { normalQuantile } from '../../src/stats/special.ts'

/** What a slice shows of a metric that is better where it is higher: worse by this many standard errors of 0.01. */
function seen(metric: string, errors: number): SliceMetric {
  const difference = -0.01 * errors
  const reach = 0.01 * normalQuantile(0.975)
  const interval = { low: difference - reach, high: difference + reach, level: 0.95, method: 'normal' }
  const comparison: MetricComparison = {
    metric,
    versus: 'champion',
    direction: 'higher',
    difference,
    interval,
    margin: 0,
    conclusion: interval.high < 0 ? 'worse' : 'cannot-tell',
  }
  const value = (at: number): MetricValue => ({ metric, value: at, interval: { ...interval, low: at, high: at } })
  return { candidate: value(0.7 + difference), champion: value(0.7), comparison }
}

/** By slice, by metric: how many standard errors worse. */
function evaluationOf(slices: Readonly<Record<string, Readonly<Record<string, number>>>>): Evaluation {
  const model = (version: number) => ({ role: 'champion', name: `v${version}`, version, metrics: [] })
  return {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: 1000, description: '', digest: '', championSafe: true },
    champion: model(1),
    candidate: model(2),
    comparisons: [],
    fairness: [],
    slices: Object.entries(slices).map(([name, metrics]) => {
      const [primary, ...more] = Object.entries(metrics).map(([metric, errors]) => seen(metric, errors))
      const [column, value] = name.split('=')
      return { column, value, rows: 500, small: false, ...primary, more }
    }),
  } as unknown as Evaluation
}

const gateOf = (given: object): GateConfig => gate.parse({ versus: 'champion', margin: 0, ...given })
const statuses = (evaluation: Evaluation, gates: readonly GateConfig[]) =>
  judge({ evaluation, gates, minHoldout: 100 }).gates.map(
    (one) => `${one.gate.metric} ${one.slice?.value} ${one.status}`,
  )

describe('being worse on a slice', () => {
  const names = ['auc', 'f1', 'recall', 'mcc', 'accuracy']
  const equalBut = (errors: number) => ({ auc: errors, f1: 0, recall: 0, mcc: 0, accuracy: 0 })

  test('fails a single gate on a single slice by its interval alone', () => {
    const gates = [gateOf({ metric: 'auc', slice: 'sex=F' })]
    expect(statuses(evaluationOf({ 'sex=F': { auc: 1.97 } }), gates)).toEqual(['auc F fail'])
    expect(statuses(evaluationOf({ 'sex=F': { auc: 1.95 } }), gates)).toEqual(['auc F inconclusive'])
  })

  test('has to survive what all gates on slices look at, whether they name one slice or take all', () => {
    const evaluation = evaluationOf({ 'sex=F': equalBut(2.2), 'sex=M': equalBut(0) })
    const all = names.map((metric) => gateOf({ metric, slices: 'all' }))
    const named = names.map((metric) => gateOf({ metric, slice: 'sex=F' }))
    expect(statuses(evaluation, all)[0]).toBe('auc F inconclusive')
    expect(statuses(evaluation, named)[0]).toBe('auc F inconclusive')
    expect(statuses(evaluation, named.slice(0, 1))).toEqual(['auc F fail'])
    expect(statuses(evaluationOf({ 'sex=F': equalBut(4), 'sex=M': equalBut(0) }), all)[0]).toBe('auc F fail')
  })

  test('what does not survive is open, never a pass', () => {
    const evaluation = evaluationOf({ 'sex=F': equalBut(2.2), 'sex=M': equalBut(0) })
    const { verdict, gates } = judge({
      evaluation,
      gates: names.map((metric) => gateOf({ metric, slice: 'sex=F' })),
      minHoldout: 100,
    })
    expect(verdict.outcome).toBe('inconclusive')
    expect(gates[0]?.sentence).toContain('among so many slices one looks like this by chance')
  })

  test('of bounds and of values too good to be true is no test, and takes nothing from those that are', () => {
    const evaluation = evaluationOf({ 'sex=F': equalBut(2.2), 'sex=M': equalBut(0) })
    const others = names
      .slice(1)
      .flatMap((metric) => [
        gate.parse({ metric, min: 0.1, slices: 'all' }),
        gate.parse({ metric, 'too-good': 0.99, slices: 'all' }),
      ])
    expect(statuses(evaluation, [gateOf({ metric: 'auc', slice: 'sex=F' }), ...others])[0]).toBe('auc F fail')
  })

  test('a gain that is asked for and shown to be missing fails, though the slice is not worse than the champion', () => {
    const gates = [gate.parse({ metric: 'auc', versus: 'champion', better: 0.05, slice: 'sex=F' })]
    expect(statuses(evaluationOf({ 'sex=F': { auc: -1 } }), gates)).toEqual(['auc F fail'])
  })
})
