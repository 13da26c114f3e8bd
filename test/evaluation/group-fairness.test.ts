import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import type { Column, Table } from '../../src/data/table.ts'
import { bootstrapCells } from '../../src/evaluation/cell-bootstrap.ts'
import { consistency } from '../../src/evaluation/consistency.ts'
import { fairnessResults, type FairnessInput } from '../../src/evaluation/fairness.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'
import { drawBinomial } from '../../src/stats/multinomial.ts'
import { sortedQuantile } from '../../src/stats/quantile.ts'
import { createUnits } from '../../src/stats/units.ts'
import { labelsOf, predictionsOf, readGolden } from './golden.ts'

interface GroupCase {
  readonly name: string
  readonly labels: readonly number[]
  readonly scores: readonly number[]
  readonly groups: readonly string[]
  readonly threshold: number
  readonly weights: readonly number[] | null
  readonly values: Readonly<Record<string, number>>
}
interface TaskCase {
  readonly name: string
  readonly classes?: number
  readonly labels: readonly number[]
  readonly scores: readonly number[]
  readonly groups: readonly string[]
  readonly weights: readonly number[] | null
  readonly values: Readonly<Record<string, number>>
  /** Of the second class alone. */
  readonly second?: Readonly<Record<string, number>>
}
interface FairnessGolden {
  readonly versions: Readonly<Record<string, string>>
  readonly groups: readonly GroupCase[]
  readonly classes: readonly TaskCase[]
  readonly regression: readonly TaskCase[]
  readonly consistency: readonly {
    readonly name: string
    readonly points: readonly (readonly number[])[]
    readonly decisions: readonly number[]
    readonly k: number
    readonly withSelf: number
    readonly withoutSelf: number
  }[]
  readonly bootstrap: Pick<GroupCase, 'labels' | 'scores' | 'groups'> & {
    readonly quantiles: Readonly<Record<string, readonly [number, number, number]>>
  }
  readonly binomial: readonly { readonly n: number; readonly p: number; readonly mean: number; readonly sd: number }[]
}
const golden = readGolden<FairnessGolden>('fairness.json')
const OPTIONS = { resamples: 300, level: 0.95, seed: 1 }

const category = (name: string, values: readonly (string | null)[]): Column => {
  const dictionary = [...new Set(values.filter((value) => value !== null))]
  return {
    kind: 'category',
    name,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))),
    dictionary,
  }
}
const sampleOf = (one: Pick<GroupCase, 'labels' | 'scores'> & Partial<GroupCase>): Sample =>
  createSample(labelsOf('binary', one.labels), predictionsOf('binary', one.scores), {
    threshold: one.threshold ?? 0.5,
    weights: one.weights ? Float64Array.from(one.weights) : undefined,
  })
const assess = (candidate: Sample, columns: readonly Column[], more: Partial<FairnessInput> = {}) => {
  const table: Table = { rows: candidate.rows, columns }
  const rows = Uint32Array.from({ length: candidate.rows }, (_, i) => i)
  const input = { table, rows, protected: ['group'], minGroup: 1, candidate, champion: undefined, options: OPTIONS }
  return fairnessResults({ ...input, ...more })
}

describe(`group fairness agrees with fairlearn ${golden.versions['fairlearn']}`, () => {
  test.each(golden.groups)('$name', (one) => {
    const [result] = assess(sampleOf(one), [category('group', one.groups)])
    const seen = Object.fromEntries(result?.metrics.map(({ metric, candidate }) => [metric, candidate]) ?? [])
    expect(seen).toEqual(
      Object.fromEntries(Object.entries(one.values).map(([metric, value]) => [metric, expect.closeTo(value, 12)])),
    )
  })
})

describe('so does the fairness of several classes, each against all others, and of regressions', () => {
  const sampled = ({ classes, ...one }: TaskCase): Sample => {
    const task = classes === undefined ? 'regression' : 'multiclass'
    return createSample(labelsOf(task, one.labels, classes), predictionsOf(task, one.scores, classes), {
      weights: one.weights ? Float64Array.from(one.weights) : undefined,
    })
  }
  const valuesOf = (one: TaskCase, more: Partial<FairnessInput> = {}) =>
    Object.fromEntries(
      assess(sampled(one), [category('group', one.groups)], more)[0]?.metrics.map(({ metric, candidate }) => [
        metric,
        candidate,
      ]) ?? [],
    )
  const close = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([metric, value]) => [metric, expect.closeTo(value, 12)]))

  test.each([...golden.classes, ...golden.regression])('$name', (one) => {
    expect(valuesOf(one)).toMatchObject(close(one.values))
  })

  test('and of one favourable class alone', () => {
    const [one] = golden.classes as [TaskCase]
    expect(valuesOf(one, { favourable: ['c1'] })).toEqual(close(one.second ?? {}))
  })

  test('a favourable class that there is not is undefined and says so', () => {
    const [one] = golden.classes as [TaskCase]
    const [result] = assess(sampled(one), [category('group', one.groups)], { favourable: ['gold'] })
    expect(result?.metrics.every((metric) => metric.candidate === null)).toBe(true)
    expect(result?.metrics[0]?.reason).toBe(
      'the label has no class “gold” (evaluate.fairness.favourable); it has c0, c1, c2',
    )
  })

  test('the worst class and groups are named', () => {
    const [one] = golden.classes as [TaskCase]
    const [result] = assess(sampled(one), [category('group', one.groups)])
    expect(result?.metrics[0]?.where).toEqual({
      class: expect.stringMatching(/^c\d$/),
      low: expect.stringMatching(/^g\d$/),
      high: expect.stringMatching(/^g\d$/),
    })
    expect(result?.candidate).toHaveLength(2 * 3)
  })

  test('a class without rows in a group is left out by name, and undefined where it was asked for', () => {
    const n = 200
    const labels = Array.from({ length: n }, (_, i) => (i % 20 === 0 && i < 100 ? 2 : i % 2))
    const scores = labels.flatMap((label) => [0, 1, 2].map((c) => (c === label ? 0.8 : 0.1)))
    const group = category(
      'group',
      labels.map((_, i) => (i < 100 ? 'a' : 'b')),
    )
    const sample = createSample(labelsOf('multiclass', labels, 3), predictionsOf('multiclass', scores, 3))
    const find = (favourable?: string[]) =>
      assess(sample, [group], { favourable, minGroup: 30 })[0]?.metrics.find(
        (metric) => metric.metric === 'equal-opportunity-difference',
      )
    expect(find()).toMatchObject({ candidate: 0, note: 'too few rows in all but one group: class “c2”' })
    expect(find(['c2'])).toMatchObject({ candidate: null, reason: expect.stringContaining('too few rows') })
  })
})

describe('the bootstrap of cells', () => {
  const one = golden.bootstrap
  const candidate = sampleOf(one)
  const metrics = Object.keys(one.quantiles)

  test('has the distribution of 20,000 resamples of single rows', () => {
    const [result] = assess(candidate, [category('group', one.groups)], {
      options: { resamples: 20_000, level: 0.9, seed: 3 },
    })
    for (const metric of metrics) {
      const found = result?.metrics.find((each) => each.metric === metric)
      const [low, , high] = one.quantiles[metric] as readonly [number, number, number]
      // A largest − smallest is biased upwards, its percentiles twice: the inverted test lies below them.
      const { low: from = 0, high: to = 0 } = found?.interval ?? {}
      expect(from).toBeLessThan(low)
      expect(to).toBeLessThan(high + 0.05 * (high - low))
      expect((to - from) / (high - low)).toBeGreaterThan(0.8)
      expect((to - from) / (high - low)).toBeLessThan(1.4)
    }
  })

  test('draws cells and carried sums as rows would', () => {
    const random = createRandom(5)
    const rows = 300
    const code = Uint32Array.from({ length: rows }, () => random.below(4))
    const x = Float64Array.from({ length: rows }, () => random.next())
    const table = { cells: 4, code, columns: [new Float64Array(rows).fill(1), x] }
    const score = (sums: Float64Array, out: Float64Array): void => {
      out[0] = (sums[0] as number) / rows
      out[1] = ((sums[3] as number) + (sums[5] as number)) / ((sums[2] as number) + (sums[4] as number))
    }
    const cells = bootstrapCells(table, 2, score, { resamples: 20_000, seed: 1 })
    // Every row a cluster of its own: the path that draws rows.
    const units = { ...createUnits({ rows, random, clusters: Uint32Array.from(code, (_, i) => i) }), count: rows }
    const byRow = bootstrapCells(table, 2, score, { resamples: 20_000, seed: 2, units })
    for (let m = 0; m < 2; m++) {
      const [a, b] = [cells[m], byRow[m]].map((one_) => (one_ ?? new Float64Array()).slice().sort())
      for (const p of [0.025, 0.25, 0.5, 0.75, 0.975]) {
        const spread = sortedQuantile(b as Float64Array, 0.975) - sortedQuantile(b as Float64Array, 0.025)
        const gap = Math.abs(sortedQuantile(a as Float64Array, p) - sortedQuantile(b as Float64Array, p))
        expect(gap / spread).toBeLessThan(0.02)
      }
    }
  })

  test.each(golden.binomial)('draws from Binomial($n, $p)', ({ n, p, mean, sd }) => {
    const random = createRandom(9)
    const draws = Float64Array.from({ length: 20_000 }, () => drawBinomial(n, p, random))
    const seen = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - seen) ** 2, 0) / draws.length
    expect(Math.abs(seen - mean) / sd).toBeLessThan(0.03)
    expect(Math.sqrt(variance) / sd).toBeCloseTo(1, 1)
    expect(draws.every((value) => Number.isInteger(value) && value >= 0 && value <= n)).toBe(true)
  })
})

describe('whose groups cannot be compared', () => {
  const n = 1200
  const random = createRandom(2)
  const candidate = sampleOf({
    labels: Array.from({ length: n }, () => random.below(2)),
    scores: Array.from({ length: n }, () => random.next()),
  })
  const many = category(
    'zip',
    Array.from({ length: n }, (_, i) => `z${i % 1000}`),
  )
  const two = category(
    'group',
    Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'a' : 'b')),
  )
  const few = category(
    'race',
    Array.from({ length: n }, (_, i) => (i < 5 ? 'x' : i % 3 === 0 ? 'y' : 'z')),
  )

  test('a column of 1,000 values, and one that is missing, are undefined and say so', () => {
    const [zip, gone] = assess(candidate, [many], { protected: ['zip', 'gone'] })
    expect(zip?.metrics.every((metric) => metric.candidate === null)).toBe(true)
    expect(zip?.metrics[0]?.reason).toBe('zip has 1,000 values, too many to be groups of people (at most 50)')
    expect(gone?.metrics[0]?.reason).toBe('the data has no protected column “gone”')
  })

  test('an intersection has a group for every pair', () => {
    const [result] = assess(candidate, [two, few], { protected: [['group', 'race']], minGroup: 30 })
    expect(result).toMatchObject({ attribute: 'group × race', attributes: ['group', 'race'] })
    expect(result?.candidate.map(({ group }) => group).sort()).toEqual([
      'a × x',
      'a × y',
      'a × z',
      'b × x',
      'b × y',
      'b × z',
    ])
    expect(result?.candidate.filter(({ small }) => small).map(({ group }) => group)).toEqual(['a × x', 'b × x'])
  })

  test('a rate on a handful of rows is shown but not compared', () => {
    const labels = Array.from({ length: 80 }, (_, i) => (i < 40 ? i % 2 : i < 43 ? 1 : 0))
    const scores = labels.map((label, i) => (i < 40 ? label : 0))
    const sample = sampleOf({ labels, scores })
    const group = category(
      'group',
      labels.map((_, i) => (i < 40 ? 'a' : 'b')),
    )
    const [result] = assess(sample, [group], { minGroup: 30 })
    expect(result?.candidate.find((one) => one.group === 'b')?.truePositiveRate).toBe(0)
    const opportunity = result?.metrics.find((metric) => metric.metric === 'equal-opportunity-difference')
    expect(opportunity).toMatchObject({ candidate: null, reason: expect.stringContaining('too few rows') })
  })

  test('a ratio of rare events is shown without an interval, its difference with one', () => {
    // 2 % are decided positive: 0.8 events are to be expected in the group of 40.
    const decided = Array.from({ length: 400 }, (_, i) => (i % 50 === 0 ? 1 : 0))
    const sample = sampleOf({ labels: decided.map((_, i) => i % 2), scores: decided })
    const group = category(
      'group',
      decided.map((_, i) => (i < 40 ? 'a' : 'b')),
    )
    const [result] = assess(sample, [group], { minGroup: 30 })
    const named = (name: string) => result?.metrics.find((metric) => metric.metric === name)
    expect(named('demographic-parity-ratio')).toMatchObject({
      candidate: expect.any(Number),
      interval: null,
      unsure: expect.stringContaining('too few events'),
    })
    expect(named('demographic-parity-difference')?.interval).not.toBeNull()
    expect(named('demographic-parity-difference')?.unsure).toBeUndefined()
  })
})

describe(`consistency agrees with AIF360’s formula on scikit-learn ${golden.versions['scikit-learn']}`, () => {
  test.each(golden.consistency)('$name', ({ points, decisions, k, withSelf, withoutSelf }) => {
    const numbers = (points[0] ?? []).map((_, c) => Float64Array.from(points, (point) => point[c] as number))
    const own = { rows: points.length, numbers, categories: [] }
    expect(consistency(own, decisions, k, true)).toBeCloseTo(withSelf, 12)
    expect(consistency(own, decisions, k, false)).toBeCloseTo(withoutSelf, 12)
  })
})
