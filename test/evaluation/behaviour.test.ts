import { describe, expect, test } from 'vitest'
import { behaviour as schema } from '../../src/config/schema/behaviour.ts'
import { evaluate as evaluateSchema } from '../../src/config/schema/evaluate.ts'
import { RefitError } from '../../src/core/error.ts'
import { createRandom } from '../../src/core/random.ts'
import { findColumn, type Table } from '../../src/data/table.ts'
import { type BehaviourInput, checkBehaviour } from '../../src/evaluation/behaviour/check.ts'
import type { BehaviourResult } from '../../src/evaluation/behaviour/types.ts'
import { dataBias } from '../../src/evaluation/data-bias.ts'
import { individualFairness, type IndividualInput } from '../../src/evaluation/individual-fairness.ts'
import { trainingNoise } from '../../src/evaluation/training-noise.ts'
import type { LeakSearch } from '../../src/evaluation/leak-types.ts'
import type { Labels, Predictions } from '../../src/training/types.ts'

const ROWS = 400
const random = createRandom(4)
const table: Table = {
  rows: ROWS,
  columns: [
    {
      kind: 'number',
      name: 'usage',
      values: Float64Array.from({ length: ROWS }, () => random.normal()),
      integer: false,
    },
    {
      kind: 'category',
      name: 'sex',
      codes: Int32Array.from({ length: ROWS }, () => random.below(2)),
      dictionary: ['f', 'm'],
    },
  ],
}
const rows = Uint32Array.from({ length: ROWS }, (_, i) => i)
const classes = ['no', 'yes']
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
/** P = sigmoid(usage + bias · (sex = m)); a missing usage counts as 0. */
const model =
  (bias: number, slope = 1) =>
  (seen: Table): Predictions => {
    const usage = findColumn(seen, 'usage')
    const sex = findColumn(seen, 'sex')
    const scores = Float64Array.from({ length: seen.rows }, (_, i) => {
      const x = usage?.kind === 'number' ? (usage.values[i] as number) : 0
      const m = sex?.kind === 'category' && sex.dictionary[sex.codes[i] as number] === 'm' ? 1 : 0
      return sigmoid(slope * (Number.isNaN(x) ? 0 : x) + bias * m)
    })
    return { task: 'binary', rows: seen.rows, classes, scores }
  }
const labels: Labels = { task: 'binary', classes, values: Float64Array.from(rows, () => random.below(2)) }

const check = (config: object, predict: BehaviourInput['predict'], more: Partial<BehaviourInput> = {}) =>
  checkBehaviour({
    config: schema.parse(config),
    table,
    rows,
    labels,
    columns: ['usage', 'sex'],
    predict,
    leaks: { checks: [], strongest: [] },
    ...more,
  })
const find = (results: readonly BehaviourResult[], kind: BehaviourResult['check']) =>
  results.find((result) => result.check === kind)

describe('invariance', () => {
  test('holds where the model does not look at the column, and fails with examples where it does', () => {
    expect(find(check({ invariance: 'sex' }, model(0)), 'invariance')).toMatchObject({ status: 'pass', violations: 0 })
    const seen = find(check({ invariance: 'sex' }, model(1)), 'invariance')
    expect(seen).toMatchObject({ status: 'fail', configured: true, rows: ROWS, violations: ROWS })
    expect(seen?.examples).toHaveLength(3)
    const [example] = seen?.examples ?? []
    expect(new Set([example?.before, example?.after])).toEqual(new Set(['f', 'm']))
    expect(example?.predictionBefore).not.toBe(example?.predictionAfter)
  })

  test('tolerates what it is told to, and says what it could not try', () => {
    const loose = { invariance: [{ column: 'sex', tolerance: 0.5 }] }
    expect(find(check(loose, model(1)), 'invariance')?.status).toBe('pass')
    expect(find(check({ invariance: ['gone'] }, model(1)), 'invariance')).toMatchObject({
      status: 'skipped',
      sentence: expect.stringContaining('the data has no column “gone”'),
    })
  })
})

describe('directions', () => {
  test('hold one way and fail the other', () => {
    const up = { direction: [{ column: 'usage', direction: 'up' }] }
    expect(find(check(up, model(0)), 'direction')?.status).toBe('pass')
    expect(find(check(up, model(0, -1)), 'direction')).toMatchObject({ status: 'fail', violations: expect.any(Number) })
    const category = { direction: [{ column: 'sex', direction: 'up' }] }
    expect(find(check(category, model(0)), 'direction')?.status).toBe('skipped')
  })
})

describe('robustness', () => {
  test('a model that copes passes, and the most sensitive column is named', () => {
    const results = check({}, model(0, 3))
    expect(find(results, 'missing')).toMatchObject({ status: 'pass', configured: false, violations: 0 })
    expect(find(results, 'missing')?.sentence).toContain('usage matters most')
    expect(find(results, 'unseen')?.status).toBe('pass')
  })

  test('NaN, or an error, on a missing column warns; it fails where that is asked for', () => {
    const fragile = (seen: Table): Predictions => {
      const predictions = model(0)(seen)
      const usage = findColumn(seen, 'usage')
      if (usage?.kind === 'number' && usage.values.every(Number.isNaN)) predictions.scores.fill(Number.NaN)
      const sex = findColumn(seen, 'sex')
      if (sex?.kind === 'category' && sex.dictionary.length > 2) throw new RefitError('data', 'never seen that')
      return predictions
    }
    const results = check({}, fragile)
    expect(find(results, 'missing')).toMatchObject({ status: 'warn', columns: ['usage'], violations: ROWS })
    expect(find(results, 'unseen')).toMatchObject({ status: 'warn', columns: ['sex'] })
    expect(find(results, 'unseen')?.sentence).toContain('never seen that')
    expect(find(check({ missing: 'fail' }, fragile), 'missing')).toMatchObject({ status: 'fail', configured: true })
    expect(find(check({ missing: 'off' }, fragile), 'missing')).toBeUndefined()
  })
})

describe('parity of training and serving', () => {
  const alone = (seen: Table, row: number): Predictions => {
    const all = model(0)(seen)
    return { ...all, rows: 1, scores: all.scores.slice(row, row + 1) }
  }

  test('is row by row', () => {
    expect(find(check({}, model(0), { serve: alone }), 'parity')).toMatchObject({ status: 'pass', rows: 50 })
    const off = (seen: Table, row: number): Predictions => {
      const one = alone(seen, row)
      return row === 3 ? { ...one, scores: one.scores.map((score) => score + 0.1) } : one
    }
    const seen = find(check({}, model(0), { serve: off }), 'parity')
    expect(seen).toMatchObject({ status: 'warn', violations: 1, worst: expect.closeTo(0.1, 6) })
  })

  test('an error on the way is a violation', () => {
    const serve = (): Predictions => {
      throw new Error('no such input')
    }
    expect(find(check({}, model(0), { serve }), 'parity')).toMatchObject({
      violations: 50,
      sentence: expect.stringContaining('no such input'),
    })
  })
})

describe('leaks are behaviour', () => {
  const finding = { rule: 'telltale-column', columns: ['usage'], sentence: 'usage knows' } as const
  const leaks: LeakSearch = {
    checks: [
      { check: 'columns', status: 'found', sentence: 'one knows', findings: [finding] },
      { check: 'groups', status: 'clean', sentence: 'looked at 3 pairs' },
      { check: 'time', status: 'not-looked', sentence: 'no time column' },
    ],
    strongest: [],
  }
  const seen = (config: object) =>
    check(config, model(0), { leaks })
      .filter((one) => one.check === 'leak')
      .map(({ status, configured, columns, sentence }) => ({ status, configured, columns, sentence }))

  test('each check says what it looked at, and nothing of what it did not', () => {
    expect(seen({})).toEqual([
      { status: 'warn', configured: false, columns: ['usage'], sentence: 'usage knows' },
      { status: 'pass', configured: false, columns: [], sentence: 'looked at 3 pairs' },
      { status: 'skipped', configured: false, columns: [], sentence: 'no time column' },
    ])
  })

  test('they fail where that is asked for, but nobody can fail at what was not looked at', () => {
    expect(seen({ leakage: 'fail' }).map(({ status, configured }) => [status, configured])).toEqual([
      ['fail', true],
      ['pass', true],
      ['skipped', false],
    ])
    expect(seen({ leakage: 'off' })).toEqual([])
  })

  test('a search that looked at nothing claims nothing', () => {
    expect(check({}, model(0)).filter((one) => one.check === 'leak')).toEqual([])
  })
})

describe('individual fairness', () => {
  const fairness = evaluateSchema.parse({ fairness: { protected: ['sex', 'gone'] } }).fairness
  const assess = (bias: number, reads = true) => {
    const own = model(bias)
    const candidate = { predictions: own(table), threshold: 0.5, predict: own, reads: () => reads }
    return individualFairness({
      config: fairness as IndividualInput['config'],
      table,
      rows,
      columns: ['usage', 'sex'],
      candidate,
      champion: { ...candidate, predict: model(0), predictions: model(0)(table) },
      level: 0.95,
      seed: 7,
    })
  }

  test('flips what changes with the protected column alone, and nothing else', () => {
    const [fair] = assess(0).flips
    expect(fair).toMatchObject({ attribute: 'sex', rows: ROWS, changed: 0, isFeature: true })
    const { flips } = assess(2)
    expect(flips).toHaveLength(1)
    const usage = findColumn(table, 'usage')
    const expected =
      usage?.kind === 'number' ? usage.values.filter((x) => sigmoid(x) >= 0.5 !== sigmoid(x + 2) >= 0.5).length : 0
    expect(flips[0]).toMatchObject({ changed: expected, championShare: 0 })
    expect(assess(2, false).flips[0]).toMatchObject({ changed: 0, isFeature: false })
  })

  test('gives champion, change and consistency an interval', () => {
    const { consistency, flips } = assess(2)
    const [flip] = flips
    expect(flip?.championInterval).toMatchObject({ low: 0, method: 'Wilson' })
    expect(flip?.change?.difference).toBeCloseTo(flip?.share ?? Number.NaN, 12)
    expect(flip?.change?.interval?.low).toBeGreaterThan(0)
    expect(consistency?.interval?.low).toBeLessThan(consistency?.candidate ?? 0)
    expect(consistency?.interval?.high).toBeGreaterThan(consistency?.candidate ?? 1)
    expect(consistency?.change?.interval?.high).toBeLessThan(0)
    expect(assess(0).consistency?.change).toMatchObject({ difference: 0, interval: { low: 0, high: 0 } })
  })

  test('measures consistency without the protected column', () => {
    expect(assess(0).consistency?.candidate).toBeGreaterThan(0.97)
    expect(assess(4).consistency?.candidate).toBeLessThan(0.8)
    expect(assess(4).consistency?.champion).toBeGreaterThan(0.97)
  })
})

test('bias of the data: representation and label rate per group', () => {
  const sex = findColumn(table, 'sex')
  const values = Float64Array.from(rows, (i) =>
    sex?.kind === 'category' && sex.codes[i] === 1 ? 1 : i % 4 === 0 ? 1 : 0,
  )
  const [bias] = dataBias({
    task: 'binary',
    protected: ['sex', 'gone'],
    minGroup: 30,
    level: 0.95,
    train: { table, rows, labels: values },
    holdout: { table, rows: rows.slice(0, 40) },
  })
  expect(bias?.groups.find(({ group }) => group === 'm')).toMatchObject({ labelRate: 1, small: false })
  expect(bias?.labelRateRatio).toBeLessThan(0.4)
  expect(bias?.pValue).toBeLessThan(1e-10)
  expect(bias?.warnings.join()).toContain('the labels themselves differ by sex')
})

describe('the noise of training', () => {
  const noise = (values: readonly (number | null)[], champion: number | null) =>
    trainingNoise({ metric: 'auc', direction: 'higher', seeds: values.map((_, i) => i), values, champion, level: 0.95 })

  test('is t(K − 1)·√2·s', () => {
    const seen = noise([0.8, 0.81, 0.82], 0.75)
    expect(seen.sd).toBeCloseTo(0.01, 12)
    expect(seen.noise).toBeCloseTo(4.302652729911275 * Math.SQRT2 * 0.01, 9)
    expect(seen).toMatchObject({ gain: expect.closeTo(0.05, 12), exceeds: false })
    expect(noise([0.8, 0.81, 0.82], 0.7).exceeds).toBe(true)
  })

  test('of a bias is held against the gain in its size', () => {
    const values = [-1, -1.1, -0.9]
    const seen = (champion: number) =>
      trainingNoise({
        metric: 'bias',
        direction: 'lower',
        seeds: [1, 2, 3],
        values,
        champion,
        level: 0.95,
        signed: true,
      })
    expect(seen(-75)).toMatchObject({ gain: 74, exceeds: true })
    expect(seen(75)).toMatchObject({ gain: 74, exceeds: true })
    expect(seen(0.5)).toMatchObject({ gain: -0.5, exceeds: false })
  })

  test('is unknown where the metric is undefined', () => {
    expect(noise([0.8, null], 0.7)).toMatchObject({ sd: null, exceeds: null })
    expect(noise([0.8, 0.81], null)).toMatchObject({ gain: null, exceeds: null })
  })
})
