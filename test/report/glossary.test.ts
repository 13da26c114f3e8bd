import { describe, expect, it } from 'vitest'
import { FAIRNESS_METRICS } from '../../src/evaluation/fairness-metrics.ts'
import { metricsOf } from '../../src/evaluation/metrics.ts'
import { define } from '../../src/report/glossary/index.ts'

describe('the glossary', () => {
  it.each(['binary', 'multiclass', 'regression'] as const)('gives formula and source of every %s metric', (task) => {
    const names = metricsOf(task).map((metric) => metric.name)
    const unexplained = names.filter((name) => {
      const entry = define(name, task)
      // What a decision is worth is defined by the configuration.
      return !entry?.text || !entry.formula || (!entry.source?.text && name !== 'value')
    })
    expect(names.length).toBeGreaterThan(4)
    expect(unexplained).toEqual([])
  })
  it('knows every fairness metric, and what kind of difference or ratio it is', () => {
    const unexplained = FAIRNESS_METRICS.flatMap(({ name, tasks }) =>
      tasks.filter((task) => {
        const entry = define(name, task)
        return !entry?.formula?.match(/max|min/) || !entry.source?.url?.startsWith('https:')
      }),
    )
    expect(unexplained).toEqual([])
    expect(define('equal-opportunity-ratio-to-overall', 'binary')?.text).toContain(
      'Smallest ratio of a group and all rows',
    )
    expect(define('demographic-parity-difference', 'regression')?.formula).toContain('mean prediction')
  })
  it('reads names that follow a pattern', () => {
    expect(define('recall:gold', 'multiclass')?.text).toContain('“gold”')
    expect(define('top-3-accuracy', 'multiclass')?.formula).toContain('≤ 3')
    expect(define('f2', 'binary')?.formula).toBe('5·tp / (5·tp + 4·fn + fp)')
    expect(define('macro-recall', 'multiclass')?.source?.text).toContain('Sokolova')
    expect(define('no such thing', 'binary')).toBeUndefined()
  })
})
