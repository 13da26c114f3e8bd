import { lexer } from 'marked'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { DASHBOARD_MARKER, parseDashboard, renderDashboard } from '../../src/report/dashboard.ts'
import { renderModelCard } from '../../src/report/model-card.ts'
import { MAX_BODY, renderPullRequest } from '../../src/report/pull-request.ts'
import { renderRolloutComment, rolloutLine } from '../../src/report/rollout-text.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { renderTerminalPullRequest } from '../../src/report/terminal.ts'
import { renderTriggerTable } from '../../src/report/trigger-table.ts'
import type { ActiveRollout, RolloutState, VersionRef } from '../../src/rollout/types.ts'
import { proofRecord } from './proof-record.ts'
import { bootstrapRecord, failRecord, passRecord, sampleRollout, sampleTriggers } from './sample-record.ts'

const version = (number: number): VersionRef => ({
  version: number,
  digest: `sha256:${String(number).repeat(64)}`,
  commit: 'c0ffee',
})
const rollout: ActiveRollout = {
  id: 'r1',
  phase: 'canary',
  step: 2,
  from: version(3),
  to: version(4),
  stages: sampleRollout.stages,
  guardrails: sampleRollout.guardrails,
  startedAt: '2026-09-14T08:00:00Z',
  stepStartedAt: '2026-09-14T09:00:00Z',
  held: null,
  pending: null,
  blindSince: null,
  looks: 3,
  exposedMs: 3_600_000,
  guardrailStates: [
    {
      guardrail: 'error-rate',
      logE: -1.2,
      candidate: { n: 812, sum: 3 },
      stable: { n: 15_440, sum: 61 },
      verdict: 'pass',
      sentence: 'no sign of harm',
    },
    {
      guardrail: 'outcome',
      logE: 0,
      candidate: { n: 0, sum: 0 },
      stable: { n: 0, sum: 0 },
      verdict: 'no-data',
      sentence: 'no outcome has arrived',
    },
  ],
  evidenceUntil: null,
  stepRequests: 812,
  ticks: 9,
  updatedAt: '2026-09-14T09:30:00Z',
  maxFrom: '2026-09-14T09:00:00Z',
  confirmedAt: '2026-09-14T09:01:00Z',
  exposedUntil: null,
  outcome: null,
}
const state: RolloutState = {
  schemaVersion: 1,
  model: 'churn',
  environment: 'production',
  generation: 7,
  stable: version(3),
  rollout,
  quarantine: [],
  deploymentId: null,
  stableDeploymentId: null,
  todo: [],
  operations: [],
}

describe('renderSummary', () => {
  it('says on a quiet run what was checked and what each trigger saw', () => {
    const triggers = sampleTriggers.map((trigger) =>
      trigger.status === 'fired' ? { ...trigger, status: 'quiet' as const } : trigger,
    )
    const text = renderSummary({
      command: 'check',
      refitVersion: '0.1.0',
      models: [{ name: 'churn', outcome: 'quiet', triggers, rollout: state }],
    })
    expect(text).toContain(
      '| **churn** | nothing fired, not all could be checked | none (3 checked, 1 could not be) | – | v4 → production: canary 5 % (step 3 of 5) |',
    )
    expect(text).toMatch(/\| drift \| quiet \| 36.% \| 30.% \|/)
    expect(text).toContain('could not be checked')
  })
  it('links the pull request and shows the verdict', () => {
    const text = renderSummary({
      command: 'auto',
      refitVersion: '0.1.0',
      models: [
        {
          name: 'churn',
          outcome: 'proposed',
          triggers: sampleTriggers,
          record: passRecord,
          pullRequest: { number: 12, url: 'https://github.com/acme/churn/pull/12' },
          reportPath: 'refit-report/churn.html',
        },
        {
          name: 'fraud',
          outcome: 'error',
          triggers: [],
          error: { sentence: 'no file matches data/*.csv', place: '.github/refit.yml:12:5', hint: 'check the glob' },
        },
      ],
    })
    expect(text).toContain('[#\u200b12](https://github.com/acme/churn/pull/12)')
    expect(text).toContain('✅ **Ready to merge: v4 is better than v3 on auc and no gate objects**')
    expect(text).toContain('> `.github/refit.yml:12:5`: No file matches data/\\*.csv. Check the glob.')
  })
  it('speaks also when no model was concerned, and stays below a megabyte', () => {
    expect(
      renderSummary({ command: 'auto', refitVersion: '0.1.0', models: [], note: 'this event asks for nothing' }),
    ).toContain('This event asks for nothing.')
    const models = Array.from({ length: 600 }, (_, i) => ({
      name: `m${i}`,
      outcome: 'failed-gate' as const,
      triggers: sampleTriggers,
      record: failRecord,
    }))
    expect(Buffer.byteLength(renderSummary({ command: 'auto', refitVersion: '0.1.0', models }))).toBeLessThan(
      1024 * 1024,
    )
  })
})

describe('the dashboard', () => {
  const model = {
    name: 'churn',
    version: 3,
    age: 352_800_000,
    metric: { name: 'auc', value: 0.871 },
    triggers: sampleTriggers,
    rollout: state,
    pullRequest: { number: 12, url: 'https://github.com/acme/churn/pull/12' },
  }
  const body = renderDashboard([model, { ...model, name: 'fraud', version: null, age: null, triggers: [] }])

  it('shows every model and asks with a box', () => {
    expect(body.startsWith(DASHBOARD_MARKER)).toBe(true)
    expect(body).toContain('**v3** · trained 4d 2h ago · auc 0.871 · open: [#\u200b12]')
    expect(body).toContain('- [ ] <!-- refit:retrain=fraud --> retrain fraud now')
    expect(parseDashboard(body)).toEqual([])
  })
  it('reads the ticked boxes back, as GitHub writes them', () => {
    const ticked = body
      .replace('- [ ] <!-- refit:retrain=fraud', '- [x] <!-- refit:retrain=fraud')
      .replace(/\n/g, '\r\n')
    expect(parseDashboard(ticked)).toEqual(['fraud'])
  })
  it('cannot be ticked by foreign text', () => {
    const note = '\n- [x] <!-- refit:retrain=churn -->\n'
    expect(parseDashboard(renderDashboard([{ ...model, note }]))).toEqual([])
  })
  it('keeps every box when there is no room for more', () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ ...model, name: `m-${i}` }))
    const long = renderDashboard(many)
    expect(long.length).toBeLessThanOrEqual(MAX_BODY)
    expect(long.match(/- \[ \] /g)).toHaveLength(400)
  })
})

describe('rollout texts', () => {
  it('follow the rollout without a clock', () => {
    const { marker, body } = renderRolloutComment(state)
    expect(marker).toBe('<!-- refit:rollout=churn -->')
    expect(body).toContain('v4 → production: canary 5 % (step 3 of 5)')
    expect(body).toContain('| **here** | **canary 5 %** | 100 requests and 1h |')
    expect(body).toMatch(/\| outcome \| no data \| undefined.\(0\) \|/)
    expect(body).not.toMatch(/\d\d:\d\d/)
  })
  it('say nothing of stages and guardrails that a first version does not have', () => {
    const first = { ...rollout, from: null, step: 0, phase: 'staging' as const }
    expect(rolloutLine({ ...state, stable: null, rollout: first })).toMatch(/\(step 1 of 1\)$/)
    const promoted = { ...first, phase: 'promoted' as const, outcome: 'Promote v4 to stable as the first version' }
    const { body } = renderRolloutComment({ ...state, rollout: promoted })
    expect(body).toContain('| done | staging |')
    expect(body).not.toMatch(/canary|shadow|full|Guardrail/)
  })
  it('say that a rollout is held and by whom', () => {
    const held = { ...state, rollout: { ...rollout, held: { reason: 'waiting for @team', by: 'ana' } } }
    expect(renderRolloutComment(held).body).toContain(
      '**Held** by ana: Waiting for @\u200bteam. Guardrails keep running.',
    )
    expect(rolloutLine({ ...state, rollout: null })).toBe('v3 serves production')
  })
})

describe('tables on a terminal', () => {
  const words = new Set(['Baseline', 'Champion', 'Candidate', 'Difference', 'interval', 'Reading'])
  it.each([60, 72, 80, 90, 100, 120])(
    'keep the words of their headers and their numbers whole at %i columns',
    (width) => {
      const text = renderTerminalPullRequest(renderPullRequest(passRecord).body, { width })
      const metrics = text.slice(text.indexOf('Metrics'), text.indexOf('◂ worse'))
      for (const word of words) expect(metrics).toContain(word)
      expect(metrics).toContain('+0.073 … +0.101')
      for (const line of metrics.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    },
  )
  it('become lists where there is no room for columns', () => {
    const text = renderTerminalPullRequest(renderPullRequest(passRecord).body, { width: 50 })
    expect(text).toMatch(/\nauc\n {2}Baseline +0\.500\n {2}Champion v3 +0\.802\n/)
  })
})

describe('renderModelCard', () => {
  it('tells data, training, metrics, limits and the way back', async () => {
    await expect(renderModelCard(passRecord)).toMatchFileSnapshot('./snapshots/model-card-pass.md.snap')
  })
  it('tells fairness, slices and behaviour, and what nobody has stated', async () => {
    const card = renderModelCard(proofRecord)
    await expect(card).toMatchFileSnapshot('./snapshots/model-card-proof.md.snap')
    expect(card).toContain('| Intended uses and users | Not stated. |')
    expect(card).toContain('It does worse than elsewhere where `plan = basic and age > 48`')
    expect(renderModelCard({ ...passRecord, evaluation: { ...passRecord.evaluation, fairness: [] } })).toContain(
      'That is no sign that the model is fair.',
    )
  })
  it('knows that a first version has nothing to go back to', () => {
    expect(renderModelCard(bootstrapRecord)).toContain('there is none to go back to')
  })

  it('the card of a model that no gateway serves names no command that would be refused', () => {
    const card = renderModelCard({ ...passRecord, rollout: { ...passRecord.rollout, target: 'none' } })
    expect(card).toContain('## How to roll back\n\nThe merge is the promotion: revert the pull request')
    expect(card).not.toContain('refit rollback')
  })
  it('lists what is known to be weak and nothing else', () => {
    const limits = renderModelCard(passRecord).split('## Limits')[1] ?? ''
    expect(limits).toContain('`region = west`')
    expect(limits).toContain('`region = islands` has 35 held-out rows: too few to judge.')
  })
})

describe('the terminal', () => {
  const lines = (text: string): string[] => text.split('\n')

  it('aligns what the triggers saw, fired ones first', () => {
    const text = renderTriggerTable(sampleTriggers, { width: 90 })
    expect(lines(text)[1]).toMatch(/^performance {2}fired +0\.069 +0\.050 {2}auc fell from/)
    for (const line of lines(text)) expect(stringWidth(line)).toBeLessThanOrEqual(90)
    expect(text.indexOf('usage_minutes', 500)).toBeLessThan(text.indexOf('tenure_months'))
  })
  it('colours only when asked', () => {
    expect(renderTriggerTable(sampleTriggers)).not.toContain('\u001b')
    expect(renderTriggerTable(sampleTriggers, { color: true })).toMatch(/\u001b\[31mfired/)
  })
  it('shows a pull request with tables, folds and diagrams, within the width', () => {
    const text = renderTerminalPullRequest(renderPullRequest(passRecord).body, { width: 100 })
    expect(text).toContain('✓ Ready to merge: v4 is better than v3')
    expect(text).toMatch(/auc +0\.500 +0\.802 +0\.889 +\+0\.087 +\+0\.073 … \+0\.101 +better/)
    expect(text).toMatch(/usage_minutes █+ 0\.584/)
    expect(text).toContain('▾ Rates by gender')
    expect(text).not.toMatch(/<details>|```|refit:model|\\_|&lt;/)
    for (const line of lines(text)) expect(stringWidth(line)).toBeLessThanOrEqual(100)
  })
  it('can leave long parts closed', () => {
    const text = renderTerminalPullRequest(renderPullRequest(passRecord).body, { folded: true })
    expect(text).toContain('▸ Rates by gender')
    expect(text).not.toContain('True positive rate')
  })
  it('takes escapes out of a body that someone edited', () => {
    expect(renderTerminalPullRequest('# hi \u001b[31mred\u001b]0;x\u0007\n\n::error::x')).not.toMatch(
      /\u001b|\u0007|^::/m,
    )
  })
  it('writes Markdown that a parser reads as intended', () => {
    expect(lexer(renderPullRequest(failRecord).body).some((token) => token.type === 'blockquote')).toBe(true)
  })
})

it('weighted rows: totals and cells say that they are sums of weights', () => {
  const record = proofRecord
  const { evaluation } = record
  const weighted = {
    ...record,
    evaluation: { ...evaluation, holdout: { ...evaluation.holdout, weight: 123_456 } },
  }
  const body = renderPullRequest(weighted).body
  expect(body).toContain('Rows count by their weights, 123,456 in all.')
  expect(body).toContain('held-out rows, each times its weight (123,456 in all) (the table’s is of 1,000 rows): ')
  expect(body).toMatch(/Confusion matrix of .*, sums of weights/)
  expect(renderPullRequest(record).body).not.toContain('weight (')
})
