import { describe, expect, it } from 'vitest'
import { review } from '../../../src/commands/demo/reviewer.ts'
import type { RunRecord } from '../../../src/report/run-record.ts'

type Outcome = RunRecord['verdict']['outcome']
type Conclusion = RunRecord['evaluation']['comparisons'][number]['conclusion']

/** The parts of a record that the reviewer reads. */
function record(outcome: Outcome, champion: number | null, conclusion?: Conclusion): RunRecord {
  return {
    verdict: { outcome, reason: '' },
    champion: champion === null ? null : { version: champion, digest: '', trainedAt: '' },
    evaluation: {
      primary: 'auc',
      comparisons: [
        { metric: 'accuracy', versus: 'champion', conclusion: 'better' },
        { metric: 'auc', versus: 'baseline', conclusion: 'better' },
        ...(conclusion === undefined ? [] : [{ metric: 'auc', versus: 'champion', conclusion }]),
      ],
    },
  } as unknown as RunRecord
}

describe('the reviewer of the demo', () => {
  it('merges the first version and what is shown to be better', () => {
    expect(review(record('pass', null)).merge).toBe(true)
    expect(review(record('pass', 3, 'better')).merge).toBe(true)
  })

  it('lets wait what is only not worse', () => {
    const { merge, why } = review(record('pass', 3, 'not-worse'))
    expect(merge).toBe(false)
    expect(why).toContain('Not worse than v3')
  })

  it.each(['fail', 'inconclusive'] as const)('merges nothing whose verdict is %s', (outcome) => {
    expect(review(record(outcome, null)).merge).toBe(false)
    expect(review(record(outcome, 3, 'better')).merge).toBe(false)
  })
})
