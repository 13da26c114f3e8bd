import { describe, expect, test } from 'vitest'
import { judge } from '../../src/evaluation/gates.ts'
import type { LeakSearch } from '../../src/evaluation/leak-types.ts'
import { nearPerfect } from '../../src/evaluation/near-perfect.ts'
import type { EvaluatedModel, Evaluation } from '../../src/evaluation/types.ts'

interface Seen {
  readonly task?: Evaluation['task']
  readonly metric?: string
  readonly candidate: number | null
  readonly champion?: number | null
  readonly baseline?: number
  /** What the champion’s own run measured. */
  readonly birth?: number
  readonly leaks?: LeakSearch
}

function evaluationOf({
  task = 'binary',
  metric = 'auc',
  candidate,
  champion = null,
  baseline = 0.5,
  ...seen
}: Seen): Evaluation {
  const model = (role: EvaluatedModel['role'], name: string, value: number | null): EvaluatedModel => ({
    role,
    name,
    version: role === 'baseline' ? null : 3,
    metrics: [{ metric, value, interval: null }],
  })
  return {
    task,
    primary: metric,
    holdout: { rows: 1000, description: '', digest: '', championSafe: true },
    thresholds: {},
    baseline: model('baseline', 'always', baseline),
    champion: champion === null ? null : model('champion', 'v3', champion),
    candidate: model('candidate', 'v4', candidate),
    comparisons: [],
    slices: [],
    fairness: [],
    curves: [],
    warnings: [],
    ...(seen.leaks && { leaks: seen.leaks }),
    ...(seen.birth !== undefined && { championAtTraining: [{ metric, value: seen.birth, interval: null }] }),
  }
}

const verdictOf = (seen: Seen, expectNearPerfect?: string) =>
  judge({ evaluation: evaluationOf(seen), gates: [], minHoldout: 100, expectNearPerfect })

const accuracy = { task: 'multiclass', metric: 'accuracy' } as const
const r2 = { task: 'regression', metric: 'r2' } as const

describe('what is too good to be true', () => {
  test.each<[string, Seen, 'found' | 'clean' | 'not-looked']>([
    ['an AUC just below 0.99', { candidate: 0.9899 }, 'clean'],
    ['of 0.99', { candidate: 0.99 }, 'found'],
    ['of 1', { candidate: 1 }, 'found'],
    ['an R² just below 0.99', { ...r2, candidate: 0.9899 }, 'clean'],
    ['of 0.99', { ...r2, candidate: 0.99 }, 'found'],
    [
      'right in 99.5 % of the rows where the most frequent class is right in half',
      { ...accuracy, candidate: 0.995 },
      'found',
    ],
    ['in 99.5 % where it is right in 90 %', { ...accuracy, candidate: 0.995, baseline: 0.9 }, 'clean'],
    ['in 99.9 % where it is right in 90 %', { ...accuracy, candidate: 0.999, baseline: 0.9 }, 'found'],
    ['an AUC that is undefined', { candidate: null }, 'not-looked'],
    ['a share of errors where there are none', { ...accuracy, candidate: 1, baseline: 1 }, 'not-looked'],
    [
      'a jump that leaves a quarter of what the champion left',
      { candidate: 0.96, champion: 0.84, birth: 0.84 },
      'found',
    ],
    ['or a little more than a quarter', { candidate: 0.9595, champion: 0.84, birth: 0.84 }, 'clean'],
    [
      'a champion that went stale, and a candidate as good as it once was',
      { candidate: 0.96, champion: 0.6, birth: 0.95 },
      'clean',
    ],
    ['a champion that is better now than at its training', { candidate: 0.96, champion: 0.95, birth: 0.6 }, 'clean'],
    ['a champion whose own run is not known', { candidate: 0.96, champion: 0.8 }, 'found'],
    ['a jump of a poor model', { candidate: 0.94, champion: 0.75, birth: 0.75 }, 'clean'],
    ['a jump in R²', { ...r2, candidate: 0.97, champion: 0.8, birth: 0.8 }, 'found'],
    ['a first version that is merely good', { candidate: 0.96 }, 'clean'],
  ])('%s', (_, seen, status) => {
    expect(nearPerfect(evaluationOf(seen)).status).toBe(status)
  })

  test('says what was looked at, and of a jump from where', () => {
    expect(nearPerfect(evaluationOf({ candidate: 0.9971 })).sentence).toBe(
      'the candidate is too good to be true (auc 0.9971)',
    )
    expect(nearPerfect(evaluationOf({ candidate: 0.87 })).sentence).toBe(
      'AUC 0.870 is below 0.99, from where on a person has to confirm it',
    )
    expect(nearPerfect(evaluationOf({ candidate: 0.98, champion: 0.8, birth: 0.9 })).sentence).toBe(
      'the candidate is too good to be true (auc 0.9800 from 0.900 of v3): it leaves 20 % of what its champion left undone, now and when it was trained',
    )
    expect(nearPerfect(evaluationOf({ candidate: null })).sentence).toBe(
      'whether the candidate is too good to be true was not checked: auc is undefined on the held-out rows',
    )
  })
})

describe('a candidate that is too good to be true', () => {
  const leaks: LeakSearch = {
    checks: [],
    strongest: [{ column: 'status', text: 'AUC 0.971', presence: false }],
  }

  test('is not ready, and the reason names the strongest column and the setting that cures it', () => {
    const { verdict, gates } = verdictOf({ candidate: 0.997, leaks })
    expect(verdict).toEqual({
      outcome: 'inconclusive',
      reason:
        'it is open whether v3 is good enough: the candidate is too good to be true (auc 0.9970); the column that tells most is “status” (AUC 0.971). Look for what tells the label and add it to data.ignore; or, where it is right, say why in evaluate.expect-near-perfect',
    })
    expect(gates).toMatchObject([{ gate: { metric: 'near-perfect' }, status: 'inconclusive', origin: 'check' }])
  })

  test('names the columns that tell together, where none does by itself', () => {
    const finding = (rule: 'telltale-column' | 'telltale-group', columns: readonly string[]) =>
      ({ check: 'groups', status: 'found', sentence: '', findings: [{ rule, columns, sentence: '' }] }) as const
    const said = (...checks: LeakSearch['checks']) =>
      verdictOf({ candidate: 0.997, leaks: { ...leaks, checks } }).gates[0]?.sentence
    const group = finding('telltale-group', ['q', 'p'])
    expect(said(group)).toContain('; the columns that tell most are “q” and “p” together. Look for')
    expect(said(group, finding('telltale-column', ['status']))).toContain('; the column that tells most is “status”')
  })

  test('is ready where a person has said why it is right, and the reason is told', () => {
    const { verdict, gates } = verdictOf({ candidate: 0.997 }, 'the label is a rule of these columns')
    expect(verdict.outcome).toBe('pass')
    expect(gates[0]).toMatchObject({
      status: 'pass',
      sentence: expect.stringContaining('is expected to be: the label is a rule of these columns'),
    })
  })

  test('is no gate where it is not', () => {
    expect(verdictOf({ candidate: 0.9 }).gates).toEqual([])
  })
})

describe('held-out rows that were trained on', () => {
  const leaks = (open: 'always' | 'unless-expected' | undefined): LeakSearch => ({
    checks: [
      {
        check: 'overlap',
        status: 'found',
        sentence: '90 held-out rows of 100 are also among the training rows',
        findings: [],
        open,
      },
    ],
    strongest: [],
  })

  test.each<[string, 'always' | 'unless-expected' | undefined, string | undefined, string]>([
    ['leave the verdict open', 'always', undefined, 'inconclusive'],
    ['also where a near-perfect score is expected', 'always', 'a rule of the columns', 'inconclusive'],
    ['as copies do', 'unless-expected', undefined, 'inconclusive'],
    ['unless labels are a rule of the columns', 'unless-expected', 'a rule of the columns', 'pass'],
    ['and a few of them are only told', undefined, undefined, 'pass'],
  ])('%s', (_, open, expected, outcome) => {
    const { verdict } = verdictOf({ candidate: 0.8, leaks: leaks(open) }, expected)
    expect(verdict.outcome).toBe(outcome)
    if (outcome === 'inconclusive') expect(verdict.reason).toContain('90 held-out rows of 100')
  })
})
