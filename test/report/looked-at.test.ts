import { describe, expect, test } from 'vitest'
import type { GateResult } from '../../src/evaluation/types.ts'
import { verdictOf } from '../../src/evaluation/verdict.ts'
import type { Block } from '../../src/report/document.ts'
import { gatesText, gateStatus, notLookedAt } from '../../src/report/record-view.ts'
import { sectionMarkdown } from '../../src/report/render/markdown.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { behaviourSection } from '../../src/report/sections/behaviour.ts'
import { dataBiasBlocks } from '../../src/report/sections/data-bias.ts'
import { renderModelCard } from '../../src/report/model-card.ts'
import { dataSection } from '../../src/report/sections/data.ts'
import { metricsSection } from '../../src/report/sections/metrics.ts'
import { reproduceSection } from '../../src/report/sections/reproduce.ts'
import { rolloutSection } from '../../src/report/sections/rollout-plan.ts'
import { segmentBlocks } from '../../src/report/sections/segments.ts'
import { slicesSection } from '../../src/report/sections/slices.ts'
import { mergeText, verdictSection } from '../../src/report/sections/verdict.ts'
import type { SourceState } from '../../src/report/source-state.ts'
import { proofRecord } from './proof-record.ts'

type Evaluation = RunRecord['evaluation']
const withEvaluation = (change: Partial<Evaluation>, more: Partial<RunRecord> = {}): RunRecord => ({
  ...proofRecord,
  ...more,
  evaluation: { ...proofRecord.evaluation, ...change },
})
const textOf = (blocks: readonly Block[]): string =>
  sectionMarkdown({ id: 'x', title: '', importance: 1, blocks }).replaceAll('\\', '')
const section = (one: ReturnType<typeof slicesSection>): string => textOf(one?.blocks ?? [])

/** A report claims what the record holds, and of what was not looked at that it was not. */
describe('gates that ask for a champion before there is one', () => {
  const gate = (status: GateResult['status'], unasked?: true): GateResult => ({
    gate: { metric: 'auc' },
    title: 'auc',
    status,
    observed: '',
    sentence: '',
    ...(unasked && { unasked }),
  })

  test.each<[readonly GateResult[], string, RegExp]>([
    [[], 'no gates are configured', /; no gates are configured$/],
    [[gate('pass')], '1 of 1 gate passed', /; its gate passes$/],
    [[gate('pass', true)], '1 asks for a champion, and there is none yet', /; one gate asks for a champion, and/],
    [
      [gate('pass'), gate('pass', true)],
      '1 of 1 gate passed, 1 asks for a champion, and there is none yet',
      /; one gate passes, and one gate asks for a champion, and there is none yet$/,
    ],
    [
      [gate('pass'), gate('pass'), gate('pass', true), gate('pass', true)],
      '2 of 2 gates passed, 2 ask for a champion, and there is none yet',
      /; all 2 gates pass, and 2 gates ask for a champion/,
    ],
  ])('are not among those that passed', (gates, text, reason) => {
    expect(gatesText(gates)).toBe(text)
    expect(verdictOf({ ...proofRecord.evaluation, champion: null }, gates, []).reason).toMatch(reason)
  })

  test('have no mark', () => {
    expect([gateStatus(gate('pass', true)), gateStatus(gate('pass'))]).toEqual(['none', 'good'])
  })
})

describe('slices and segments', () => {
  const [slice] = proofRecord.evaluation.slices.filter((one) => one.comparison !== null && !one.small)
  const leaning = {
    ...slice!,
    comparison: {
      ...slice!.comparison!,
      direction: 'higher' as const,
      difference: -0.003,
      interval: { low: -0.005, high: -0.001, level: 0.95, method: 'test' },
      margin: 0.01,
      conclusion: 'not-worse' as const,
    },
  }

  test('on the worse side are counted, and read as slightly worse', () => {
    const text = section(slicesSection(withEvaluation({ slices: [leaning], segments: undefined })))
    expect(text).toContain(
      'None of 1 slice is shown to be worse than the margin allows; the intervals of 1 lie on the worse side of 0 all the same.',
    )
    expect(text).toContain('slightly worse, within the margin')
  })

  test('that are all too small are not said to be fine', () => {
    const text = section(
      slicesSection(withEvaluation({ slices: [{ ...leaning, small: true, comparison: null }], segments: undefined })),
    )
    expect(text).toContain('No slice is large enough to judge.')
    expect(text).not.toContain('None of')
  })

  test('that could not be searched are not said to be none', () => {
    const segments = { ...proofRecord.evaluation.segments!, searched: 0, worst: [], regressions: [] }
    expect(textOf(segmentBlocks(withEvaluation({ segments })))).toContain('No segment is large enough to look at.')
  })
})

describe('behaviour checks', () => {
  const [one] = proofRecord.evaluation.behaviour!
  const text = (...statuses: readonly ('pass' | 'skipped')[]): string =>
    section(behaviourSection(withEvaluation({ behaviour: statuses.map((status) => ({ ...one!, status })) })))

  test('that were not made did not pass', () => {
    expect(text('pass', 'pass')).toContain('All 2 checks that were made passed.')
    expect(text('pass', 'skipped')).toMatch(/The one check that was made passed.* 1 check could not be made/)
    expect(text('skipped')).toContain('Nothing could be checked.')
    expect(text('skipped')).not.toContain('passed')
  })
})

describe('the data by group', () => {
  const [bias] = proofRecord.evaluation.dataBias!
  const text = (labelRateDifference: number | null, task: RunRecord['task'] = 'binary'): string =>
    textOf(
      dataBiasBlocks(withEvaluation({ dataBias: [{ ...bias!, labelRateDifference, warnings: [] }] }, { task })),
    ).split('\n\n')[1] ?? ''

  test('says what was compared, and what was not', () => {
    expect(text(0.03)).toBe('Nothing stands out in the shares of the groups, and label rates by gender.')
    expect(text(null)).toBe(
      'Nothing stands out in the shares of the groups. Label rates by gender were not compared: no two groups are large enough.',
    )
    expect(text(null, 'multiclass')).toContain('of several classes there is no one rate')
  })
})

describe('the data', () => {
  const text = (record: RunRecord): string => section(dataSection(record))

  test('without a finding says what was looked at', () => {
    expect(text({ ...proofRecord, quality: [] })).toContain('No finding. Looked at: labels, duplicates')
  })

  test('tells how it is known that the champion has not seen held-out rows, or that it is not', () => {
    const holdout = proofRecord.evaluation.holdout
    expect(text(proofRecord)).toContain('yes: they are newer than all rows that it was trained on')
    const old = { ...holdout, championWhy: undefined }
    expect(text(withEvaluation({ holdout: old }))).toContain('yes, as recorded; how it is known was not')
    const unsure = { ...old, championSafe: false, note: 'the hash is another' }
    expect(text(withEvaluation({ holdout: unsure }))).toContain('not certain: the hash is another')
  })

  test('of files of their own tells what was read and left out, and takes their rows from no part of the data', () => {
    const file = { path: 'held/march.csv', bytes: 2100, sha256: 'f'.repeat(64), rows: 900 }
    const dropped = [{ reason: 'label missing', rows: 300, example: { file: file.path, line: 4 } }]
    const window = { from: Date.UTC(2026, 8, 14), to: Date.UTC(2026, 8, 20) }
    const heldOut = { files: [file], rowsRead: 900, rowsKept: 600, dropped, window }
    const { rows, validationRows, config } = proofRecord.training
    const training = { ...proofRecord.training, config: { ...config, window: { rows: 10 } } }
    const data = { ...proofRecord.data, rowsKept: rows + validationRows + 5, heldOut }
    const record = { ...proofRecord, training, data } as RunRecord
    const seen = text(record)
    expect(seen).toContain('| In neither | 5 rows: outside of the training window |')
    expect(seen).toContain('| Held-out files | 1 file, 2.1 kB, 900 rows; dropped of them: 300 (33 %) |')
    expect(seen).toContain('<summary>Rows that were dropped (2,822)</summary>')
    expect(seen).toContain('| label missing | 300 | `held/march.csv:4` |')
    expect(seen).toContain('| `held/march.csv` (held out) | 900 | 2.1\u00a0kB | `ffffffffffff` |')
    const card = renderModelCard(record)
    expect(card).toContain('and judged on data of 2026-09-14 … 2026-09-20; nothing was measured outside of that.')
  })

  test('knows of rows in neither part only what the record shows', () => {
    const rows = { ...proofRecord.training, rows: 10 }
    const why = (training: Partial<RunRecord['training']>): string =>
      /In neither \| [\d,]+ rows: ([^|]*) \|/.exec(text({ ...proofRecord, training: { ...rows, ...training } }))?.[1] ??
      ''
    const all = { ...rows.config, window: 'all' } as RunRecord['training']['config']
    expect(why({ config: all })).toBe('left out of training and holdout; the record does not say why')
    const window = { rows: 10, of: 20, from: '2026-01-01T00:00:00Z', reason: '', tried: [] }
    expect(why({ config: all, window })).toBe('outside of the training window')
    const prequential = { metric: 'auc', rows: 1, value: null, champion: null, batches: [] }
    expect(why({ config: all, incremental: { from: 3, newRows: 5, replayed: 5, prequential } })).toBe(
      'older rows that were not replayed',
    )
  })
})

test('without a rollout nothing speaks of one, and with one the command of the card is whole', () => {
  const target = (target: 'gateway' | 'none', champion = proofRecord.champion): RunRecord => ({
    ...proofRecord,
    champion,
    rollout: { ...proofRecord.rollout, target },
  })
  const rollBack = (record: RunRecord): string => renderModelCard(record).split('## How to roll back')[1] ?? ''
  expect(rollBack(target('gateway'))).toContain('refit rollback --model churn --reason "what is wrong"')
  expect(rollBack(target('none'))).toContain(
    'The merge is the promotion: revert the pull request that brought this version',
  )
  expect(rollBack(target('none')).split('## ')[0]).not.toMatch(/refit rollback|callers|gateway/)
  expect(rollBack(target('none', null)).split('## ')[0]).not.toContain('gateway')
  const failed = { ...target('none'), verdict: { outcome: 'fail', reason: 'auc is worse' } } as const
  expect(mergeText(failed)).toBe('A candidate that fails a gate is not proposed.')
})

describe('the first screen', () => {
  const checks = (maybe: readonly string[]): RunRecord =>
    withEvaluation({
      leaks: { checks: [{ check: 'time', status: 'not-looked', sentence: 'no time column', maybe }], strongest: [] },
    })

  test('names what was not looked at where a column may be there for it, and else leaves it to the table', () => {
    expect(section(verdictSection(checks(['signup_date'])))).toContain('**Not looked at:** No time column')
    expect(section(verdictSection(checks([])))).not.toContain('Not looked at')
  })

  test('counts the warnings that it has no room for', () => {
    const warnings = (many: number): string =>
      section(verdictSection(withEvaluation({ warnings: Array.from({ length: many }, (_, i) => `odd ${i}`) })))
    expect(warnings(5)).not.toContain('below, under Behaviour')
    expect(warnings(6)).toContain('1 more warning below, under Behaviour and Data.')
  })

  test('tells why a score too good to be true passes, and of no other', () => {
    const gate = { gate: { metric: 'near-perfect' }, title: 'x', observed: '', sentence: 'the copy is known at once' }
    const of = (status: 'pass' | 'inconclusive'): string =>
      section(verdictSection({ ...proofRecord, gates: [{ ...gate, status }] as unknown as RunRecord['gates'] }))
    expect(of('pass')).toContain('**Confirmed:** The copy is known at once. (evaluate.expect-near-perfect)')
    expect(of('inconclusive')).not.toContain('Confirmed')
  })
})

test('the difference of a bias is said to be that of its sizes', () => {
  const { candidate } = proofRecord.evaluation
  const bias = { metric: 'bias', value: -2, interval: null }
  const withBias = withEvaluation({ candidate: { ...candidate, metrics: [...candidate.metrics, bias] } })
  expect(section(metricsSection({ ...withBias, task: 'regression' }))).toContain('That of bias is of the sizes')
  expect(section(metricsSection(proofRecord))).not.toContain('of the sizes')
})

test('the value in the table says that it is no total', () => {
  const { candidate } = proofRecord.evaluation
  const value = { metric: 'value', value: 20_285.6, interval: null }
  const text = section(
    metricsSection(withEvaluation({ candidate: { ...candidate, metrics: [...candidate.metrics, value] } })),
  )
  expect(text).toContain('| value (€ per 1,000 rows) | – | – | 20,286 |')
  expect(text).toContain('of the decisions on all')
})

test('the plan of a rollout tells what its stages really wait for, and of a first version that it has one', () => {
  const stages: RunRecord['rollout']['stages'] = [
    { kind: 'shadow', for: 0, requests: 1000 },
    { kind: 'canary', percent: 5, for: 10 * 3_600_000, requests: 0 },
    { kind: 'full', for: 0, requests: 0, max: 7_200_000 },
  ]
  const record: RunRecord = { ...proofRecord, rollout: { ...proofRecord.rollout, stages } }
  const text = section(rolloutSection(record)).replaceAll('\u00a0', ' ')
  expect(text).toContain('| staging | none: loaded and warmed up | healthy | 24h |')
  expect(text).toContain('| shadow | none: mirrored, answers are thrown away | 1,000 requests | 24h |')
  expect(text).toContain('| canary 5 % | 5 % | 100 requests and 10h | 40h |')
  expect(text).toContain('| full | all, the old version stays warm | 100 requests | 2h |')
  expect(text).toContain('No stage goes on while too few callers are seen to tell')
  expect(mergeText(record)).toContain('staging → shadow → canary 5 % → full')
  const first = { ...record, champion: null }
  expect(section(rolloutSection(first))).toContain('and then it answers all callers')
  expect(section(rolloutSection(first))).not.toMatch(/canary|shadow|guardrail|stable/)
  expect(mergeText(first)).toMatch(/Merging starts its rollout in \w+: staging, then all callers\.$/)
})

test('a rollout without a guardrail promises no rollback', () => {
  const text = section(rolloutSection({ ...proofRecord, rollout: { ...proofRecord.rollout, guardrails: [] } }))
  expect(text).toContain('No guardrail is configured: nothing that is measured rolls it back.')
  expect(text).not.toMatch(/Each may roll back|A guardrail that fails/)
})

describe('the first screen', () => {
  const record = (source: SourceState | undefined): RunRecord => ({ ...proofRecord, source })
  const looked = {
    status: 'looked',
    commit: 'c'.repeat(40),
    differs: [],
    otherChanges: 0,
    elsewhere: [],
    pushed: true,
  } as const

  test('names what was not looked at although a column may be there for it', () => {
    expect(notLookedAt(proofRecord)).toEqual([
      'no time column: the order of time was not checked; “signup_date” may be one (data.time)',
    ])
    expect(section(verdictSection(proofRecord))).toContain('**Not looked at:** No time column')
    expect(notLookedAt(withEvaluation({ leaks: undefined }))).toEqual([])
  })

  test('says that the configuration is not that of the commit', () => {
    const differs = [{ path: '.github/refit.yml', what: 'configuration', how: 'modified' }] as const
    expect(section(verdictSection(record({ ...looked, differs })))).toContain('The run used `.github/refit.yml`')
    expect(section(verdictSection(record(looked)))).not.toContain('The run used')
  })

  test('and Reproduce says nothing only where the commit holds everything and can be fetched', () => {
    const text = (source: SourceState | undefined): string =>
      section(reproduceSection(record(source))).split('```')[0] ?? ''
    expect(text(looked)).toBe('')
    const differs = [{ path: 'data/raw.csv', what: 'data', how: 'ignored' }] as const
    expect(text({ ...looked, differs })).toContain(
      '**The commit lacks what this run used:** `data/raw.csv` (ignored by git)',
    )
    expect(text({ ...looked, elsewhere: ['postgres:events'] })).toContain('Rows came from elsewhere (postgres:events)')
    expect(text({ ...looked, otherChanges: 1 })).toContain('1 other file of the checkout had changes')
    expect(text({ ...looked, pushed: false })).toContain('No remote branch has this commit yet')
    expect(text({ status: 'not-looked', why: 'git is not there' })).toContain('was not checked: git is not there')
  })
})
