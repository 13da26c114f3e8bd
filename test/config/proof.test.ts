import { describe, expect, test } from 'vitest'
import { groupingName } from '../../src/config/groupings.ts'
import { parseConfig } from '../../src/config/load.ts'
import { RefitError } from '../../src/core/error.ts'

const FILE = '.github/refit.yml'
const text = (lines: readonly string[]): string =>
  ['models:', '  churn:', '    data: a.csv', '    label: y', ...lines.map((line) => `    ${line}`)].join('\n')

/** Every mistake as `line:column sentence`. */
function mistakes(...lines: string[]): string[] {
  try {
    parseConfig(text(lines), FILE)
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return [error, ...error.others].map((one) => `${one.place?.line}:${one.place?.column} ${one.message}`)
  }
  return []
}

test('slices and protected columns are columns, bands, and crosses of two', () => {
  const lines = [
    'evaluate:',
    '  slices: [plan, {column: age, bands: [30, 50]}, [plan, {column: age, bands: 3}]]',
    '  fairness: {protected: [sex, [sex, race]]}',
  ]
  const model = parseConfig(text(lines), FILE).models['churn']
  expect(model?.evaluate.slices.map(groupingName)).toEqual(['plan', 'age', 'plan × age'])
  expect(model?.evaluate.fairness?.protected.map(groupingName)).toEqual(['sex', 'sex × race'])
  expect(parseConfig(text(['evaluate: {slices: plan}']), FILE).models['churn']?.evaluate.slices).toEqual(['plan'])
})

describe('a mistake has a place and a sentence', () => {
  test.each([
    ['evaluate: {slices: [[plan, plan]]}', '5:24 a cross of "plan" with itself says nothing'],
    ['evaluate: {slices: [{column: age, bands: [50, 30]}]}', '5:24 the bands of "age" do not rise: 50, 30'],
    ['evaluate: {slices: [y]}', '5:24 the label "y" cannot be a slice'],
    ['evaluate: {behaviour: {direction: [{column: y, direction: up}]}}', '5:39 the label "y" is nothing a model reads'],
    ['gates: [{metric: churn, versus: champion}]', '5:37 churn is bounded by min and max, not compared'],
    [
      'gates: [{metric: latency, too-good: 3}]',
      '5:40 too-good asks whether the label leaks into a score, and latency is none',
    ],
    [
      'gates: [{metric: bias, max: 60}]',
      '5:13 bias has two signs: with max alone, a gate passes any that is below 0, however far',
    ],
    [
      'gates: [{metric: bias, min: -60}]',
      '5:13 bias has two signs: with min alone, a gate passes any that is above 0, however far',
    ],
    ['gates: [{metric: auc, min: 0.5, slices: all}]', '5:37 there are no slices: evaluate.slices is not set'],
    ['gates: [{metric: auc, min: 0.5, slice: plan=pro}]', '5:44 "plan" is not among evaluate.slices'],
    [
      'gates: [{metric: auc, versus: champion, noise: true}]',
      '5:45 noise needs evaluate.seeds: one training alone shows no noise',
    ],
    [
      'gates: [{metric: auc, versus: champion, better: 2%, margin: 0.1}]',
      '5:65 a gate is either better or not worse by a margin, not both',
    ],
  ])('%s', (line, expected) => {
    expect(mistakes(line).map((found) => found.replace(/^\d+:\d+ /, ''))).toContain(expected.replace(/^\d+:\d+ /, ''))
    expect(mistakes(line)[0]).toMatch(/^5:\d+ /)
  })

  test('fairness of classes and numbers is asked for in their own terms', () => {
    const fairness = (more: string): string => `evaluate: {fairness: {protected: [sex]${more}}}`
    expect(mistakes('task: multiclass', fairness(', favourable: gold'))).toEqual([])
    expect(mistakes('task: binary', fairness(', favourable: gold'))[0]).toContain('favourable is for multiclass tasks')
    expect(mistakes('task: regression', fairness(', max-difference: 0.1'))[0]).toContain('in the unit of the label')
    const gate = 'gates: [{metric: mae-parity-ratio, min: 0.8}]'
    expect(mistakes('task: regression', fairness(''), gate)).toEqual([])
    expect(mistakes('task: multiclass', fairness(''), gate)[0]).toContain('no metric of a multiclass task')
  })

  test('of a list it is the place of the item', () => {
    const lines = ['gates:', '  - {metric: auc, min: 0.5}', '  - {metrics: auc}']
    expect(mistakes(...lines)).toEqual([
      '7:9 "gates[1].metric" is missing',
      '7:10 unknown key "metrics"; did you mean "metric"?',
    ])
  })

  test('a bias that is bounded on both sides is none, nor one that is compared', () => {
    expect(mistakes('gates: [{metric: bias, min: -60, max: 60}]')).toEqual([])
    expect(mistakes('gates: [{metric: bias, versus: champion}]')).toEqual([])
    expect(mistakes('gates: [{metric: rmse, max: 60}]')).toEqual([])
  })

  test('a gate on a metric that the task does not have', () => {
    expect(mistakes('task: regression', 'gates: [{metric: newly-wrong, max: 0.1}]')).toEqual([
      '6:22 newly-wrong is no metric of a regression task',
    ])
    expect(mistakes('evaluate: {primary: latency}')).toEqual(['5:25 latency cannot be the metric here'])
  })
})
