import { expect, test } from 'vitest'
import { findMetric } from '../../src/evaluation/metrics.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import type { EvaluatedModel, Evaluation, SliceResult } from '../../src/evaluation/types.ts'
import { warningsOf } from '../../src/evaluation/warnings.ts'

const interval = { low: 18, high: 33, level: 0.95, method: 'test' }
const model = (role: EvaluatedModel['role'], name: string): EvaluatedModel => ({
  role,
  name,
  version: 1,
  metrics: [{ metric: 'rmse', value: 70, interval }],
})
const slice = (value: string, conclusion: 'better' | 'worse'): SliceResult => ({
  column: 'hour',
  value,
  rows: 761,
  candidate: { metric: 'rmse', value: 46.8, interval },
  champion: { metric: 'rmse', value: 21.8, interval },
  comparison: {
    metric: 'rmse',
    versus: 'champion',
    direction: 'lower',
    difference: 25,
    interval,
    margin: 1,
    conclusion,
  },
  small: false,
})
const evaluation: Evaluation = {
  task: 'regression',
  primary: 'rmse',
  holdout: { rows: 2610, description: '', digest: '', championSafe: true },
  thresholds: {},
  baseline: model('baseline', 'mean'),
  champion: model('champion', 'v1'),
  candidate: model('candidate', 'v2'),
  comparisons: [],
  slices: [slice('≤ 6', 'worse'), slice('> 6', 'better')],
  fairness: [],
  curves: [],
  warnings: [],
}
const warnings = (seen: Evaluation): readonly string[] =>
  warningsOf({
    evaluation: seen,
    primary: findMetric('regression', 'rmse') as Metric,
    invalid: [],
    unknownSlices: [],
    unjudgedSlices: [],
  })

test('a slice that got worse is told, however good the whole is', () => {
  expect(warnings(evaluation)).toEqual(['Worse than v1 on 1 of 2 slices: hour ≤ 6 (rmse 21.80 → 46.80, 761 rows)'])
  expect(warnings({ ...evaluation, slices: [slice('> 6', 'better')] })).toEqual([])
  const small: SliceResult = { ...slice('missing', 'better'), rows: 3, comparison: null, small: true }
  expect(warnings({ ...evaluation, slices: [...evaluation.slices, small] })[0]).toContain('on 1 of 2 slices: ')
})

test('so is the worst of the segments that were found by searching, where it is no chance', () => {
  const segment = {
    name: 'hour ≤ 6 and weekday = 3',
    conditions: [],
    rows: 224,
    loss: 48,
    rest: 14,
    championLoss: 15,
    excess: 33,
    interval,
    pValue: 0.0001,
    metric: { candidate: 55.5, champion: 21.1 },
  }
  const search = { searched: 140, columns: 12, minRows: 100, loss: 'error', correction: 'Bonferroni', worst: [] }
  const of = (significant: boolean): readonly string[] =>
    warnings({ ...evaluation, slices: [], segments: { ...search, regressions: [{ ...segment, significant }] } })
  expect(of(true)).toEqual([
    'Worse than v1 on 1 segment found by searching, most of all on hour ≤ 6 and weekday = 3 (rmse 21.10 → 55.50, 224 rows)',
  ])
  expect(of(false)).toEqual([])
  const undefinedThere = { ...segment, significant: true, metric: { candidate: null, champion: null } }
  expect(warnings({ ...evaluation, slices: [], segments: { ...search, regressions: [undefinedThere] } })[0]).toContain(
    '(error 15 → 48, 224 rows)',
  )
})
