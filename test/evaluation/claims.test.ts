import { describe, expect, test } from 'vitest'
import { gate } from '../../src/config/schema/evaluate.ts'
import { askedMetrics, temperClaims } from '../../src/evaluation/claims.ts'
import { conclude } from '../../src/evaluation/compare.ts'
import { judge } from '../../src/evaluation/gates.ts'
import type { Evaluation, FairnessResult, MetricComparison } from '../../src/evaluation/types.ts'
import { hochberg } from '../../src/stats/hochberg.ts'
import { normalQuantile } from '../../src/stats/special.ts'

/** A normal difference with this two-sided p-value, at 95 %. */
function comparison(metric: string, pValue: number, sign = 1): MetricComparison {
  const z = normalQuantile(1 - pValue / 2)
  const difference = sign * 0.01
  const reach = (0.01 * normalQuantile(0.975)) / z
  const interval = { low: difference - reach, high: difference + reach, level: 0.95, method: 'normal' }
  const conclusion = conclude(difference, interval, 'higher', 0.02)
  return { metric, versus: 'champion', direction: 'higher', difference, interval, margin: 0.02, conclusion, pValue }
}
const answers = (comparisons: readonly MetricComparison[], asked: readonly string[]) =>
  Object.fromEntries(
    temperClaims(comparisons, new Set(asked)).comparisons.map(({ metric, conclusion }) => [metric, conclusion]),
  )

describe('Hochberg', () => {
  test('as p.adjust(method = "hochberg") of R', () => {
    const adjusted = hochberg([0.01, 0.02, 0.03, 0.04, 0.05])
    for (const one of adjusted) expect(one).toBeCloseTo(0.05, 12)
    expect(hochberg([0.001, 0.5, 0.02])).toEqual([0.003, 0.5, 0.04])
    expect(hochberg([])).toEqual([])
  })
})

describe('being called better', () => {
  test('one metric that is asked for is judged by its interval alone', () => {
    expect(answers([comparison('auc', 0.049), comparison('f1', 0.6)], ['auc'])).toMatchObject({ auc: 'better' })
    expect(answers([comparison('auc', 0.051), comparison('f1', 0.6)], ['auc'])).toMatchObject({ auc: 'not-worse' })
  })

  test('several that are asked for: all, where each is; else only what stands out among them', () => {
    const three = ['auc', 'f1', 'mcc']
    expect(answers([comparison('auc', 0.04), comparison('f1', 0.03), comparison('mcc', 0.049)], three)).toEqual({
      auc: 'better',
      f1: 'better',
      mcc: 'better',
    })
    expect(answers([comparison('auc', 0.03), comparison('f1', 0.4), comparison('mcc', 0.6)], three)).toMatchObject({
      auc: 'not-worse',
    })
    expect(answers([comparison('auc', 0.01), comparison('f1', 0.4), comparison('mcc', 0.6)], three)).toMatchObject({
      auc: 'better',
    })
  })

  test('the others share a quarter of α, and three once all that is asked for is better', () => {
    const others = [comparison('f1', 0.03), comparison('mcc', 0.9), comparison('brier', 0.9)]
    expect(answers([comparison('auc', 0.5), ...others], ['auc'])['f1']).toBe('not-worse')
    expect(answers([comparison('auc', 0.01), ...others], ['auc'])['f1']).toBe('not-worse')
    const clearer = [comparison('f1', 0.02), comparison('mcc', 0.9), comparison('brier', 0.9)]
    expect(answers([comparison('auc', 0.5), ...clearer], ['auc'])['f1']).toBe('not-worse')
    expect(answers([comparison('auc', 0.01), ...clearer], ['auc'])['f1']).toBe('better')
  })

  test('what is worse stays worse, and what is compared with the baseline is left alone', () => {
    const worse = { ...comparison('f1', 1e-9, -1), margin: 0, conclusion: 'worse' as const }
    const baseline = { ...comparison('mcc', 0.04), versus: 'baseline' as const }
    expect(temperClaims([comparison('auc', 0.9), worse, baseline], new Set(['auc'])).comparisons.slice(1)).toEqual([
      worse,
      baseline,
    ])
  })

  test('gates that ask for better say what is asked; without any it is the primary metric', () => {
    const gates = [
      gate.parse({ metric: 'f1', versus: 'champion', better: true }),
      gate.parse({ metric: 'mcc', versus: 'baseline', better: true }),
      gate.parse({ metric: 'recall', versus: 'champion', better: true, slices: 'all' }),
    ]
    expect([...askedMetrics(gates, 'auc')]).toEqual(['f1'])
    expect([...askedMetrics(gates.slice(1), 'auc')]).toEqual(['auc'])
  })
})

test('a gate on being better passes on its interval, and says where that is not proof among several', () => {
  const gates = ['auc', 'f1', 'mcc'].map((metric) => gate.parse({ metric, versus: 'champion', better: true }))
  const { comparisons } = temperClaims(
    [comparison('auc', 0.03), comparison('f1', 0.4), comparison('mcc', 0.6)],
    askedMetrics(gates, 'auc'),
  )
  const model = { role: 'champion', name: 'v1', version: 1, metrics: [] } as const
  const evaluation = {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: 500, description: '', digest: '', championSafe: true },
    champion: model,
    candidate: model,
    comparisons,
    slices: [],
    fairness: [],
  } as unknown as Evaluation
  const [auc] = judge({ evaluation, gates, minHoldout: 100 }).gates
  expect(auc).toMatchObject({ status: 'pass', conclusion: 'not-worse' })
  expect(auc?.sentence).toMatch(/^auc gains on that of v1: .*, by itself, not as the best of several comparisons$/)
})

describe('fairness that gates compare with the champion', () => {
  const DPD = 'demographic-parity-difference'
  /** A change that is better, which a difference is where it falls. */
  const fairer = (attribute: string, pValue: number): FairnessResult => {
    const { difference, interval } = comparison('', pValue, -1)
    const change = { difference: difference ?? 0, interval }
    return {
      attribute,
      candidate: [],
      champion: [],
      metrics: [{ metric: DPD, candidate: 0.1, champion: 0.2, interval: null, change }],
    }
  }
  const proven = (pValues: readonly number[], asked: readonly string[], compared: readonly string[]) => {
    const fairness = pValues.map((pValue, i) => fairer(`column ${i}`, pValue))
    const { fairness: seen } = temperClaims([comparison('auc', 0.5)], new Set(asked), fairness, new Set(compared))
    return seen.map(({ metrics }) => metrics[0]?.change?.proven !== false)
  }

  test('alone it is judged by its interval; on several columns it is one claim for each', () => {
    expect(proven([0.04], [DPD], [DPD])).toEqual([true])
    expect(proven([0.04, 0.6], [DPD], [DPD])).toEqual([false, true])
    expect(proven([0.01, 0.6], [DPD], [DPD])).toEqual([true, true])
    expect(proven([0.04, 0.03], [DPD], [DPD])).toEqual([true, true])
  })

  test('where it is only not to be worse, it shares a quarter of α with the other metrics', () => {
    expect(proven([0.04], ['auc'], [DPD])).toEqual([false])
    expect(proven([0.02], ['auc'], [DPD])).toEqual([true])
  })

  test('what no gate compares claims nothing', () => {
    expect(proven([0.04], ['auc'], [])).toEqual([true])
  })

  test('is one of the claims that the other metrics have to stand beside', () => {
    const both = [comparison('auc', 0.04)]
    const of = (pValue: number) =>
      temperClaims(both, new Set(['auc', DPD]), [fairer('sex', pValue)], new Set([DPD])).comparisons[0]?.conclusion
    expect([of(0.6), of(0.03)]).toEqual(['not-worse', 'better'])
  })

  test('a gate passes by its interval and does not call it better where it is not the best of several', () => {
    const gates = [gate.parse({ metric: DPD, versus: 'champion', better: true })]
    const model = { role: 'champion', name: 'v1', version: 1, metrics: [] } as const
    const evaluation = {
      task: 'binary',
      primary: 'auc',
      holdout: { rows: 500, description: '', digest: '', championSafe: true },
      champion: model,
      candidate: model,
      slices: [],
      ...temperClaims([], new Set([DPD]), [fairer('sex', 0.04), fairer('race', 0.6)], new Set([DPD])),
    } as unknown as Evaluation
    const [sex] = judge({ evaluation, gates, minHoldout: 100 }).gates
    expect(sex).toMatchObject({ status: 'pass', conclusion: 'not-worse' })
    expect(sex?.sentence).toMatch(/by sex gains on that of v1: .*, by itself, not as the best of several comparisons$/)
  })
})
