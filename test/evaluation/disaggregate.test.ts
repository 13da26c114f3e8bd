import { describe, expect, test } from 'vitest'
import { evaluate as schema, gate as gateSchema } from '../../src/config/schema/evaluate.ts'
import type { GateConfig } from '../../src/config/schema.ts'
import { createRandom } from '../../src/core/random.ts'
import type { Column } from '../../src/data/table.ts'
import { baselineFor } from '../../src/evaluation/baseline.ts'
import { churnOf } from '../../src/evaluation/churn.ts'
import { evaluate, type EvaluateInput, type EvaluationConfig } from '../../src/evaluation/evaluate.ts'
import { judge } from '../../src/evaluation/gates.ts'
import { groupRows } from '../../src/evaluation/groups.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'
import { sliceResults } from '../../src/evaluation/slices.ts'
import type { Evaluation } from '../../src/evaluation/types.ts'
import { labelsOf, predictionsOf } from './golden.ts'

const CONFIG: EvaluationConfig = { ...schema.parse({}), resamples: 100 }
const ROWS = 3000
const random = createRandom(11)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const plans = ['basic', 'plus', 'pro']
const plan: Column = {
  kind: 'category',
  name: 'plan',
  codes: Int32Array.from({ length: ROWS }, (_, i) => (i < 3 ? 3 : random.below(3))),
  dictionary: [...plans, 'rare'],
}
const region: Column = {
  kind: 'category',
  name: 'region',
  codes: Int32Array.from({ length: ROWS }, () => random.below(2)),
  dictionary: ['north', 'south'],
}
const age: Column = {
  kind: 'number',
  name: 'age',
  values: Float64Array.from({ length: ROWS }, () => 18 + random.below(60)),
  integer: true,
}
const table = { rows: ROWS, columns: [plan, region, age] }
const everyRow = Uint32Array.from({ length: ROWS }, (_, i) => i)
const truth = Array.from({ length: ROWS }, () => random.normal() * 2)
const labels = truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
const champion = truth.map((z) => sigmoid(z + 0.7 * random.normal()))
const equal = truth.map((z) => sigmoid(z + 0.7 * random.normal()))
/** As the champion, but on customers of plan pro in the north it knows nothing. */
const broken = champion.map((score, i) => (plan.codes[i] === 2 && region.codes[i] === 0 ? random.next() : score))

function assess(
  candidate: readonly number[],
  config: Partial<EvaluationConfig> = {},
  gates: readonly GateConfig[] = [],
  more: Partial<EvaluateInput> = {},
): Evaluation {
  const own = labelsOf('binary', labels)
  const baseline = baselineFor('binary', own)
  return evaluate({
    task: 'binary',
    config: { ...CONFIG, ...config },
    holdout: {
      table,
      labels: own,
      columns: ['plan', 'region', 'age'],
      description: '',
      digest: '',
      championSafe: true,
    },
    candidate: { predictions: predictionsOf('binary', candidate), version: 4 },
    champion: { predictions: predictionsOf('binary', champion), version: 3 },
    baseline: { predictions: baseline.predict(ROWS), name: baseline.name },
    thresholds: {},
    gates,
    ...more,
  })
}
const gateOf = (gate: object): GateConfig => gateSchema.parse(gate)
const results = (evaluation: Evaluation, gates: readonly GateConfig[]) => judge({ evaluation, gates, minHoldout: 100 })

describe('slices', () => {
  test('by given bands, and by crosses of two', () => {
    const bands = groupRows(table, { column: 'age', bands: [30, 50] }, everyRow)
    expect(bands?.map((group) => group.value)).toEqual(['≤ 30', '> 30 and ≤ 50', '> 50'])
    const thirds = groupRows(table, { column: 'age', bands: 3 }, everyRow)
    expect(thirds).toHaveLength(3)
    const crosses = groupRows(table, ['plan', { column: 'age', bands: [40] }], everyRow) ?? []
    expect(crosses.map((group) => group.value)).toContain('pro × > 40')
    expect(crosses.reduce((sum, group) => sum + group.rows.length, 0)).toBe(ROWS)
  })

  test('are called worse only where that survives having looked at all of them', () => {
    const { slices } = assess(broken, { slices: [['plan', 'region']] })
    const worse = slices.filter((slice) => slice.comparison?.conclusion === 'worse')
    expect(worse.map(({ column, value }) => [column, value])).toEqual([['plan × region', 'pro × north']])
    for (const { pValue, qValue } of slices.filter(({ small }) => !small)) {
      expect(qValue).toBeGreaterThanOrEqual(pValue as number)
    }
  })

  test('of equal models are hardly ever called better or worse', () => {
    const metric = findMetric('binary', 'auc') as Metric
    let called = 0
    for (let run = 0; run < 100; run++) {
      const again = createRandom(100 + run)
      const scored = (): Sample => {
        const scores = truth.map((z) => sigmoid(z + 0.7 * again.normal()))
        return createSample(labelsOf('binary', labels), predictionsOf('binary', scores))
      }
      const { slices } = sliceResults({
        table,
        rows: everyRow,
        groupings: ['plan', 'region', 'age'],
        minRows: 50,
        metrics: [{ metric, margin: { kind: 'absolute', size: 0 } }],
        candidate: scored(),
        champion: scored(),
        options: { resamples: 100, level: 0.95, seed: 1 },
      })
      if (slices.some(({ comparison }) => /^(better|worse)$/.test(comparison?.conclusion ?? ''))) called++
    }
    // At most 5 in expectation; without the correction it would be about 25.
    expect(called).toBeLessThanOrEqual(10)
  })
})

describe('the search for segments', () => {
  test('finds where the candidate broke, by a pair of columns, and says that it searched', () => {
    const { segments } = assess(broken)
    expect(segments?.regressions[0]).toMatchObject({ name: 'plan = pro and region = north', significant: true })
    expect(segments?.worst[0]).toMatchObject({ name: 'plan = pro and region = north', significant: true })
    expect(segments?.correction).toMatch(/^Bonferroni over \d+ possible segments$/)
    expect(segments?.regressions[0]?.metric.candidate).toBeLessThan(0.6)
  })

  test('of equal models finds nothing significant', () => {
    const { segments } = assess(equal)
    expect(segments?.regressions.filter((segment) => segment.significant)).toEqual([])
    for (const { interval, excess } of segments?.regressions ?? []) {
      expect(interval.low).toBeLessThan(0)
      expect(interval.high).toBeGreaterThan(excess)
    }
  })
})

describe('gates on slices', () => {
  const slices = ['plan']

  test('name the slice, and fail where one is shown to be worse', () => {
    const gates = [gateOf({ metric: 'auc', versus: 'champion', margin: 0.01, slices: 'all' })]
    const { gates: seen, verdict } = results(assess(broken, { slices }, gates), gates)
    expect(seen.map(({ slice, status }) => [slice?.value, status])).toEqual(expect.arrayContaining([['pro', 'fail']]))
    expect(seen.find(({ slice }) => slice?.value === 'pro')?.sentence).toMatch(
      /^auc of plan = pro is worse than that of v3/,
    )
    expect(verdict.outcome).toBe('fail')
  })

  test('pass over a slice of 3 rows with a warning, and leave it open where it is asked for by name', () => {
    const all = [gateOf({ metric: 'recall', min: 0.1, slices: ['plan'] })]
    const evaluation = assess(equal, { slices }, all)
    expect(results(evaluation, all).verdict.outcome).toBe('pass')
    expect(evaluation.warnings).toContain('Too small for the gates on slices: plan = rare (3 rows)')
    const named = [gateOf({ metric: 'recall', min: 0.1, slice: 'plan=rare' })]
    const open = results(assess(equal, { slices }, named), named)
    expect(open.verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('the slice has only 3 rows, too few to judge'),
    })
    const nowhere = [gateOf({ metric: 'recall', min: 0.1, slice: 'plan=none' })]
    expect(results(evaluation, nowhere).gates[0]?.sentence).toContain('the holdout has no such slice')
  })

  test('look at a metric that is not the primary one', () => {
    const gates = [gateOf({ metric: 'accuracy', versus: 'champion', margin: '20%', slice: 'plan=basic' })]
    const evaluation = assess(equal, { slices }, gates)
    expect(evaluation.slices[0]?.more?.[0]?.candidate.metric).toBe('accuracy')
    expect(results(evaluation, gates).gates[0]).toMatchObject({
      status: 'pass',
      title: 'accuracy of plan = basic not worse than the champion by more than 20 %',
    })
  })
})

describe('gates on what a change costs', () => {
  test('count flips, and hold newly wrong against newly right', () => {
    const { churn } = assess(broken)
    expect(churn?.share).toBeGreaterThan(0)
    expect((churn?.newlyWrong ?? 0) + (churn?.newlyRight ?? 0)).toBe(Math.round((churn?.share ?? 0) * ROWS))
    expect(churn?.newlyWrong).toBeGreaterThan(churn?.newlyRight ?? 0)
    expect(churn?.pValue).toBeLessThan(0.001)
    const gates = [gateOf({ metric: 'churn', max: 0.01 }), gateOf({ metric: 'newly-wrong', max: 0.5 })]
    expect(results(assess(broken), gates).gates.map(({ status }) => status)).toEqual(['fail', 'pass'])
  })

  test('of a regression count predictions that move by a tenth of the labels’ spread', () => {
    const values = labelsOf('regression', [0, 10, 20, 30])
    const [a, b] = [
      [0, 10, 20, 30],
      [0.5, 10, 25, 30],
    ].map((scores) => createSample(values, predictionsOf('regression', scores))) as [
      ReturnType<typeof createSample>,
      ReturnType<typeof createSample>,
    ]
    expect(churnOf(a, b, 0.95)).toMatchObject({ share: 0.25, newlyWrong: null, tolerance: expect.closeTo(1.118, 3) })
  })

  test('are open where nothing was measured', () => {
    const gates = ['latency', 'throughput', 'size'].map((metric) => gateOf({ metric, max: 10 }))
    const { gates: seen } = results(assess(equal), gates)
    expect(seen.map(({ status }) => status)).toEqual(['inconclusive', 'inconclusive', 'inconclusive'])
    const measured = {
      ...assess(equal),
      footprint: { bytes: 5, latency: { p50: 1, p95: 11, calls: 60 }, throughput: null },
    }
    expect(results(measured, gates).gates.map(({ status }) => status)).toEqual(['fail', 'inconclusive', 'pass'])
  })
})

describe('further demands', () => {
  test('superiority by an amount, absolute and relative', () => {
    const better = (demand: number | string) => [gateOf({ metric: 'auc', versus: 'champion', better: demand })]
    const perfect = truth.map(sigmoid)
    expect(results(assess(perfect), better(0.005)).gates[0]).toMatchObject({
      status: 'pass',
      conclusion: 'better',
      title: 'auc better than the champion by at least 0.005',
    })
    expect(results(assess(perfect), better('50%')).gates[0]).toMatchObject({ status: 'fail', conclusion: 'worse' })
    expect(results(assess(equal), better(0.0001)).gates[0]?.status).not.toBe('pass')
  })

  test('a value too good to be true has to be looked at', () => {
    const gates = [gateOf({ metric: 'auc', 'too-good': 0.6 })]
    expect(results(assess(equal), gates).verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('too good to be true'),
    })
    expect(results(assess(equal), [gateOf({ metric: 'auc', 'too-good': 0.999 })]).gates).toMatchObject([
      { status: 'pass' },
    ])
  })

  test('a value too good to be true on one slice is looked for on that slice', () => {
    const on = (limit: number) => gateOf({ metric: 'auc', 'too-good': limit, slices: 'all' })
    const evaluation = assess(equal, { slices: ['plan'] })
    const { slices, candidate } = evaluation
    const values = slices.flatMap(({ small, candidate: seen }) => (small ? [] : (seen.value ?? [])))
    const best = Math.max(...values)
    // The best of the slices is better than the whole.
    expect(best).toBeGreaterThan(candidate.metrics[0]?.value ?? 1)
    const { gates } = results(evaluation, [on(best)])
    expect(gates).toHaveLength(values.length)
    expect(gates.filter(({ status }) => status === 'inconclusive')).toMatchObject([
      { title: expect.stringContaining(' of '), sentence: expect.stringContaining('too good to be true') },
    ])
  })

  test('a holdout that has chosen before makes comparisons stricter, and a spent one decides nothing', () => {
    const use = {
      uses: 4,
      budget: 10,
      level: 0.95,
      correctedLevel: 0.995,
      status: 'used',
      earlier: [],
      sentence: 'x',
    } as const
    const auc = (evaluation: Evaluation) =>
      evaluation.comparisons.find((one) => one.metric === 'auc' && one.versus === 'champion')?.interval
    const fresh = auc(assess(equal))
    const worn = auc(assess(equal, {}, [], { holdoutUse: use }))
    expect(worn?.level).toBe(0.995)
    expect(worn?.low).toBeLessThan(fresh?.low as number)
    const spent = assess(equal, {}, [], { holdoutUse: { ...use, status: 'spent', sentence: 'the rows are spent' } })
    expect(results(spent, []).verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('spent'),
    })
    expect(spent.warnings).toContain('The rows are spent')
  })

  test('a gain has to exceed the noise of training where that is asked for', () => {
    const gates = [gateOf({ metric: 'auc', versus: 'champion', margin: 0.5, noise: true })]
    const noise = { metric: 'auc', seeds: [1, 2], values: [0.8, 0.81], mean: 0.805, sd: 0.007, gain: 0.01, noise: 0.12 }
    const judged = (exceeds: boolean | null) =>
      results({ ...assess(equal), trainingNoise: { ...noise, exceeds, sentence: 's' } }, gates).gates.map(
        (one) => one.status,
      )
    expect(judged(true)).toEqual(['pass', 'pass'])
    expect(judged(false)).toEqual(['pass', 'fail'])
    expect(judged(null)).toEqual(['pass', 'inconclusive'])
    expect(results(assess(equal), gates).gates[1]?.status).toBe('inconclusive')
  })
})

describe('predictions that nobody can use', () => {
  test.each([
    ['NaN', Number.NaN, 'are not finite numbers'],
    ['infinite', Infinity, 'are not finite numbers'],
    ['above 1', 1.5, 'lie outside 0 … 1'],
  ])('%s: everything is undefined, the reason is said, and the verdict is no pass', (_, bad, reason) => {
    const scores = equal.map((score, i) => (i === 7 ? bad : score))
    const gates = [
      gateOf({ metric: 'auc', min: 0.1 }),
      gateOf({ metric: 'auc', versus: 'champion', margin: 0.5, slices: 'all' }),
      gateOf({ metric: 'churn', max: 1 }),
      gateOf({ metric: 'demographic-parity-difference', max: 1 }),
    ]
    const fairness = { protected: ['region'], 'min-group': 30 }
    const evaluation = assess(scores, { slices: ['plan'], fairness }, gates)
    expect(evaluation.segments).toBeUndefined()
    expect(evaluation.fairness[0]?.metrics[0]).toMatchObject({
      candidate: null,
      reason: expect.stringContaining(reason),
    })
    expect(evaluation.warnings.join()).toContain(reason)
    const { gates: seen, verdict } = results(evaluation, gates)
    expect(seen.map(({ status }) => status)).not.toContain('pass')
    expect(verdict.outcome).toBe('inconclusive')
  })
})
