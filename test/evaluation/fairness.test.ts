import { describe, expect, test } from 'vitest'
import type { Table } from '../../src/data/table.ts'
import { fairnessMetricsOf } from '../../src/evaluation/fairness-metrics.ts'
import { fairnessResults } from '../../src/evaluation/fairness.ts'
import { createSample } from '../../src/evaluation/sample.ts'
import { METRICS as NAMES } from '../../src/config/metric-names.ts'
import type { FairnessResult } from '../../src/evaluation/types.ts'
import { type FairnessCase, type Golden, labelsOf, predictionsOf, readGolden } from './golden.ts'

const golden = readGolden<Golden>('evaluation.json')
const OPTIONS = { resamples: 300, level: 0.95, seed: 1 }

function tableOf(groups: readonly (string | null)[]): Table {
  const dictionary = [...new Set(groups.filter((group) => group !== null))]
  const codes = Int32Array.from(groups, (group) => (group === null ? -1 : dictionary.indexOf(group)))
  return { rows: groups.length, columns: [{ kind: 'category', name: 'sex', codes, dictionary }] }
}

function assess(
  one: Pick<FairnessCase, 'labels' | 'decisions'> & { readonly groups: readonly (string | null)[] },
  champion?: readonly number[],
  minGroup = 1,
): FairnessResult {
  const sampleOf = (decisions: readonly number[]): ReturnType<typeof createSample> =>
    createSample(labelsOf('binary', one.labels), predictionsOf('binary', decisions))
  const candidate = sampleOf(one.decisions)
  const rows = Uint32Array.from(one.groups, (_, i) => i)
  const [result] = fairnessResults({
    table: tableOf(one.groups),
    rows,
    protected: ['sex'],
    minGroup,
    candidate,
    champion: champion && sampleOf(champion),
    options: OPTIONS,
  })
  if (!result) throw new Error('no result')
  return result
}

const valueOf = (result: FairnessResult, metric: string): number | null | undefined =>
  result.metrics.find((one) => one.metric === metric)?.candidate

describe(`fairness agrees with fairlearn ${golden.versions.fairlearn}`, () => {
  test.each(golden.fairness)('$name', (one) => {
    const result = assess(one)
    for (const [metric, value] of Object.entries(one.values)) expect(valueOf(result, metric)).toBeCloseTo(value, 12)
  })

  test('and the user guide’s own figures', () => {
    const result = assess(golden.fairness[0] as FairnessCase)
    expect(valueOf(result, 'demographic-parity-difference')).toBeCloseTo(0.25, 12)
    expect(valueOf(result, 'demographic-parity-ratio')).toBeCloseTo(2 / 3, 12)
    expect(valueOf(result, 'equalized-odds-difference')).toBe(1)
    expect(valueOf(result, 'equalized-odds-ratio')).toBe(0)
    expect(result.candidate.find((group) => group.group === 'b')).toMatchObject({
      rows: 6,
      truePositiveRate: 0.6,
      falsePositiveRate: 0,
    })
  })
})

test('the fairness metrics are those a configuration may name, with the same direction', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    const named = NAMES.filter((metric) => metric.fairness && metric.tasks.includes(task))
    const known = fairnessMetricsOf(task).map(({ name, direction }) => `${name} ${direction}`)
    expect([...known].sort()).toEqual(named.map(({ name, direction }) => `${name} ${direction}`).sort())
  }
})

describe('what cannot be compared is undefined, with the reason', () => {
  const repeat = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value)

  test('a rate without a denominator is left out, not counted as 0', () => {
    // Group c has no positive row: fairlearn would call its true positive rate 0 and the difference 1.
    const result = assess({
      labels: [1, 1, 0, 0, 1, 1, 0, 0, 0, 0],
      decisions: [1, 1, 0, 0, 1, 0, 1, 0, 1, 0],
      groups: [...repeat(4, 'a'), ...repeat(4, 'b'), ...repeat(2, 'c')],
    })
    expect(valueOf(result, 'equalized-odds-difference')).toBe(0.5)
    expect(result.candidate.find((group) => group.group === 'c')?.truePositiveRate).toBeNull()
  })

  test('small groups are counted but neither rated nor compared', () => {
    const result = assess(
      { labels: [1, 0, 1, 0, 1, 0], decisions: [1, 0, 1, 0, 0, 1], groups: ['a', 'a', 'b', 'b', 'c', 'c'] },
      undefined,
      2,
    )
    expect(result.candidate.every((group) => !group.small)).toBe(true)
    const strict = assess(
      { labels: [1, 0, 1, 0, 1], decisions: [1, 0, 0, 0, 1], groups: ['a', 'a', 'b', 'b', 'c'] },
      undefined,
      2,
    )
    expect(strict.candidate.find((group) => group.group === 'c')).toMatchObject({
      group: 'c',
      rows: 1,
      selectionRate: null,
      truePositiveRate: null,
      falsePositiveRate: null,
      accuracy: null,
      small: true,
    })
    expect(valueOf(strict, 'demographic-parity-difference')).toBe(0.5)
  })

  test('one group alone has nothing to be equal to', () => {
    const result = assess({ labels: [1, 0], decisions: [1, 0], groups: ['a', 'a'] })
    expect(result.metrics.every((metric) => metric.candidate === null)).toBe(true)
    expect(result.metrics[0]?.reason).toBe('only one group of sex is large enough to be compared')
  })

  test('rows without the attribute are shown but not compared', () => {
    const result = assess({
      labels: [1, 0, 1, 0, 1, 0],
      decisions: [1, 0, 1, 0, 1, 1],
      groups: ['a', 'a', 'b', 'b', null, null],
    })
    expect(result.candidate.map((group) => group.group)).toEqual(['a', 'b', 'missing'])
    expect(result.candidate[2]).toMatchObject({ selectionRate: 1, small: false })
    expect(valueOf(result, 'demographic-parity-difference')).toBe(0)
  })
})

test('the change from the champion has an interval from the same resamples', () => {
  const one = golden.fairness[1] as FairnessCase
  const same = assess(one, one.decisions)
  expect(same.metrics[0]?.change).toMatchObject({ difference: 0, interval: { low: 0, high: 0 } })
  const other = assess(one, one.labels)
  const [parity] = other.metrics
  expect(parity?.change?.difference).toBeCloseTo((parity?.candidate ?? 0) - (parity?.champion ?? 0), 12)
  expect(parity?.interval?.low).toBeLessThan(parity?.candidate ?? 0)
  expect(parity?.interval?.high).toBeGreaterThan(parity?.candidate ?? 0)
  expect(parity?.interval?.method).toBe('bootstrap (inverted test, 300 resamples)')
})
