import * as fc from 'fast-check'
import { lexer, Marked, type Tokens } from 'marked'
import { describe, expect, it } from 'vitest'
import { bodyDigest, MAX_BODY, readMarker, renderPullRequest } from '../../src/report/pull-request.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { sentence } from '../../src/report/sections/verdict.ts'
import { foreignText, multiclassProof, proofRecord, regressionProof } from './proof-record.ts'
import {
  bootstrapRecord,
  failRecord,
  inconclusiveRecord,
  passRecord,
  sampleRecords,
  sampleTriggers,
} from './sample-record.ts'

const tables = (body: string): Tokens.Table[] =>
  lexer(body, { gfm: true }).filter((token): token is Tokens.Table => token.type === 'table')
const headings = (body: string): string[] => [...body.matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? '')

describe('renderPullRequest', () => {
  it.each(Object.keys(sampleRecords))('writes the %s record as it was reviewed', async (name) => {
    const record = sampleRecords[name] as RunRecord
    const { title, body, draft } = renderPullRequest(record)
    await expect(`${title}${draft ? ' [draft]' : ''}\n\n${body}`).toMatchFileSnapshot(
      `./snapshots/pull-request-${name}.md.snap`,
    )
  })

  it.each([
    ['proof', proofRecord],
    ['multiclass-proof', multiclassProof],
    ['regression-proof', regressionProof],
  ])('writes all evidence of the %s record as it was reviewed', async (name, record) => {
    const { body } = renderPullRequest(record)
    expect(body.length).toBeLessThan(MAX_BODY)
    await expect(body).toMatchFileSnapshot(`./snapshots/pull-request-${name}.md.snap`)
  })

  it('puts the proof together: metrics, curves, certainty, slices, fairness, behaviour', () => {
    expect(headings(renderPullRequest(proofRecord).body).slice(0, 6)).toEqual([
      'Metrics',
      'Curves',
      'Certainty and cost',
      'Slices',
      'Fairness',
      'Behaviour',
    ])
  })

  it('answers in the order a reviewer asks', () => {
    const { body } = renderPullRequest(passRecord)
    expect(headings(body)).toEqual([
      'Metrics',
      'Curves',
      'Slices',
      'Fairness',
      'Why now',
      'What changes',
      'Data',
      'Drift',
      'Training',
      'Rollout plan',
      'Reproduce',
    ])
    expect(body.split('\n')[1]).toBe('## ✅ Ready to merge: v4 is better than v3 on auc and no gate objects')
  })

  it('puts difference, interval and gate beside the three models', () => {
    const [metrics] = tables(renderPullRequest(passRecord).body)
    expect(metrics?.header.map((cell) => cell.text.replaceAll('\u00a0', ' '))).toEqual([
      'Metric',
      'Baseline',
      'Champion v3',
      'Candidate v4',
      'Difference',
      '95 % interval',
      'Reading',
      'Gate',
    ])
    expect(metrics?.rows[0]?.map((cell) => cell.text.replaceAll('\u00a0', ' '))).toEqual([
      '**auc**',
      '0.500',
      '0.802',
      '0.889',
      '**+0.087**',
      '+0.073 … +0.101',
      'better',
      '✅ margin 0.005',
    ])
  })

  it('calls a missing value undefined, never 0', () => {
    const [metrics] = tables(renderPullRequest(passRecord).body)
    expect(metrics?.rows.find((row) => row[0]?.text === 'precision')?.[1]?.text).toBe('undefined')
  })

  it('says of an undefined primary metric why it is, and ends its sentences', () => {
    const { evaluation } = inconclusiveRecord
    const reason = 'no row is “yes”'
    const metrics = evaluation.candidate.metrics.map((one) =>
      one.metric === 'auc' ? { ...one, value: null, interval: null, reason } : one,
    )
    const candidate = { ...evaluation.candidate, metrics }
    const { body } = renderPullRequest({ ...inconclusiveRecord, evaluation: { ...evaluation, candidate } })
    expect(body).toContain('auc is undefined on 2,311 held-out rows: no row is “yes”.')
    expect(sentence('the data has no column “sex”')).toBe('The data has no column “sex”.')
    expect(body).not.toMatch(/NaN|Infinity|undefined where/)
  })

  it('is a draft that says what is missing when nothing is proven', () => {
    const { draft, body, title } = renderPullRequest(inconclusiveRecord)
    expect(draft).toBe(true)
    expect(title).toContain('not proven yet')
    expect(body).toContain(
      '**What is missing:** auc not worse than the champion by more than 0.005 (about 1,900 more labelled held-out rows).',
    )
  })

  it('names the failed gate and why', () => {
    const { body } = renderPullRequest(failRecord)
    expect(body).toContain('❌ **auc not worse than the champion by more than 0.005**: −0.031')
    expect(body).toContain('A candidate that fails a gate is not proposed.')
    expect(body).toContain('> [!WARNING]')
  })

  it('promises no rollout where none is configured', () => {
    const none = { ...passRecord, rollout: { ...passRecord.rollout, target: 'none' as const } }
    const { body } = renderPullRequest(none)
    expect(body).toContain('Merging is the promotion')
    expect(body).not.toMatch(/Merging starts its rollout|canary/)
  })

  it('compares a first version with the baseline only', () => {
    const { body, title } = renderPullRequest(bootstrapRecord)
    expect(title).toBe('Add churn: v1 (auc 0.889)')
    expect(body).not.toContain('Champion v')
    expect(body).toContain('where the baseline has 0.500')
    const slices = tables(body).find((table) => table.header[0]?.text === 'Slice')
    expect(slices?.header.map((cell) => cell.text.replaceAll('\u00a0', ' '))).toEqual([
      'Slice',
      'Rows',
      'Candidate v1',
      'Interval',
    ])
    // The worst first, those too small to judge last.
    expect(slices?.rows[0]?.[0]?.text).toBe('`region = west`')
  })
})

describe('the digest of a body', () => {
  const digest = (record: RunRecord): string => bodyDigest(renderPullRequest(record).body)

  it('is the same for a run that learned nothing new', () => {
    const later: RunRecord = {
      ...passRecord,
      startedAt: '2026-09-15T06:00:00Z',
      runUrl: 'https://github.com/acme/churn/actions/runs/99',
      codeCommit: 'ffff',
      reproduce: 'refit retrain churn --now 2026-09-15T06:00:00Z',
      timings: { data: 1, train: 9 },
      triggers: sampleTriggers.map((trigger) =>
        trigger.trigger === 'schedule'
          ? { ...trigger, value: 439_200_000, sentence: 'the last training was 5d 2h ago' }
          : trigger,
      ),
    }
    expect(renderPullRequest(later).body).not.toBe(renderPullRequest(passRecord).body)
    expect(digest(later)).toBe(digest(passRecord))
  })
  it('changes with anything a reviewer would care about', () => {
    const base = digest(passRecord)
    const others: RunRecord[] = [
      { ...passRecord, candidateVersion: 5 },
      { ...passRecord, reason: 'new tariff' },
      { ...passRecord, gates: [] },
      { ...passRecord, verdict: { outcome: 'inconclusive', reason: 'x' } },
      { ...passRecord, rollout: { ...passRecord.rollout, environment: 'staging' } },
    ]
    expect(new Set([base, ...others.map(digest)]).size).toBe(others.length + 1)
  })
  it('survives what a forge does to a body', () => {
    const { body } = renderPullRequest(passRecord)
    expect(bodyDigest(body.replace(/\n/g, '\r\n').trimEnd())).toBe(bodyDigest(body))
  })
  it('reads the marker back, and none from a stranger', () => {
    expect(readMarker(renderPullRequest(passRecord).body)).toMatchObject({
      model: 'churn',
      candidate: passRecord.candidateId,
    })
    expect(readMarker('hello')).toBeUndefined()
    expect(bodyDigest('hello')).toBe(bodyDigest('hello\r\n'))
  })
})

const evil = fc.string({
  unit: fc.constantFrom(
    '|',
    '\\',
    '`',
    '<',
    '>',
    '@bob',
    '*',
    '_',
    '[x](y)',
    '<!--',
    '-->',
    '\n',
    '#1',
    '</details>',
    '%%{',
    '"',
    '```',
    ';',
    ' ',
    'a',
    'é',
  ),
  minLength: 1,
  maxLength: 30,
})

/** The sample with foreign text in every place that text can come from outside. */
function withText(text: string): RunRecord {
  const { evaluation, data } = passRecord
  return {
    ...passRecord,
    requestedBy: text,
    reason: text,
    triggers: sampleTriggers.map((trigger) => ({
      ...trigger,
      sentence: text,
      evidence: trigger.evidence.map((column) => ({ ...column, column: text, note: text })),
    })),
    quality: [{ rule: text, column: text, severity: 'warn', sentence: text }],
    data: {
      ...data,
      files: data.files.map((file) => ({ ...file, path: text })),
      columns: data.columns.map((column) => ({ ...column, name: text, notes: [text] })),
      dropped: [{ reason: text, rows: 1, example: { file: text, line: 1 } }],
    },
    evaluation: {
      ...evaluation,
      warnings: [text],
      slices: evaluation.slices.map((slice) => ({ ...slice, column: text, value: text })),
      fairness: evaluation.fairness.map((result) => ({
        ...result,
        attribute: text,
        candidate: result.candidate.map((group) => ({ ...group, group: text })),
      })),
    },
    verdict: { outcome: 'pass', reason: text },
    manifestChanges: [{ path: text, before: text, after: text }],
    rollout: { ...passRecord.rollout, environment: text },
    reproduce: text,
  }
}

describe('foreign text', () => {
  const plain = renderPullRequest(withText('plain')).body
  const marked = new Marked({ gfm: true })
  const shape = (body: string): string[] =>
    lexer(body, { gfm: true })
      .filter((token) => token.type !== 'space')
      .map((token) => token.type)
  const cells = (body: string): number[] => tables(body).flatMap((table) => table.rows.map((row) => row.length))

  it('changes neither the structure of a body nor the columns of a table', () => {
    fc.assert(
      fc.property(evil, (text) => {
        const { body } = renderPullRequest(withText(text))
        expect(shape(body)).toEqual(shape(plain))
        expect(cells(body)).toEqual(cells(plain))
      }),
      { numRuns: 60 },
    )
  })
  it('lets no element, comment, mention or link through', () => {
    fc.assert(
      fc.property(evil, (text) => {
        const { body } = renderPullRequest(withText(text))
        const html = marked.parse(body, { async: false })
        const outside = html.replace(/<pre>[\s\S]*?<\/pre>/g, '').replace(/<code>[\s\S]*?<\/code>/g, '')
        expect(html.match(/<!--/g)).toHaveLength(1)
        expect(outside).not.toMatch(/@bob|#1\b/)
        expect(html.match(/<details>/g)).toHaveLength(plain.match(/<details>/g)?.length ?? 0)
        expect(html.match(/<a /g)).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })
  it('stays text in every part of the proof', () => {
    const calm = renderPullRequest(foreignText('plain')).body
    fc.assert(
      fc.property(evil, (text) => {
        const { body } = renderPullRequest(foreignText(text))
        expect(shape(body)).toEqual(shape(calm))
        expect(cells(body)).toEqual(cells(calm))
        const html = marked.parse(body, { async: false })
        const outside = html.replace(/<pre>[\s\S]*?<\/pre>/g, '').replace(/<code>[\s\S]*?<\/code>/g, '')
        expect(html.match(/<!--/g)).toHaveLength(1)
        expect(outside).not.toMatch(/@bob|#1\b/)
        expect(html.match(/<details>/g)).toHaveLength(calm.match(/<details>/g)?.length ?? 0)
      }),
      { numRuns: 40 },
    )
  })
  it('cannot start a directive in a diagram', () => {
    const { body } = renderPullRequest(withText('%%{init: {"theme":"x"}}%% ;click a "javascript:x"'))
    const diagrams = [...body.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
    for (const diagram of diagrams) expect(diagram.split('\n').slice(1).join('\n')).not.toMatch(/%%|;/)
  })
})

describe('a body that would be too long', () => {
  const wide = (columns: number, slices: number, text: string): RunRecord => ({
    ...withText(text),
    triggers: sampleTriggers.map((trigger) => ({
      ...trigger,
      evidence: trigger.evidence.flatMap((column) => Array.from({ length: Math.ceil(columns / 11) }, () => column)),
    })),
    data: {
      ...passRecord.data,
      columns: Array.from({ length: columns }, (_, i) => ({
        name: `${text} ${i}`,
        kind: 'number' as const,
        role: 'feature' as const,
        missing: 0,
        distinct: 3,
        notes: [text],
      })),
    },
    evaluation: {
      ...passRecord.evaluation,
      slices: Array.from({ length: slices }, (_, i) => ({
        ...(passRecord.evaluation.slices[i % 8] ?? never()),
        value: `${text} ${i}`,
      })),
    },
  })
  const never = (): never => {
    throw new Error('no sample slice')
  }

  it('stays below the limit and says what was cut and where the whole is', () => {
    const { body } = renderPullRequest(wide(500, 200, 'a column with a long name'))
    expect(body.length).toBeLessThanOrEqual(MAX_BODY)
    expect(body).toMatch(/\d+ of 500 rows are shown; all are in `models\/churn\/versions\/4\/record.json`/)
    expect(headings(body)).toContain('Slices')
    expect(tables(body)[0]?.rows).toHaveLength(7)
  })
  it('stays below the limit for any text', () => {
    fc.assert(
      fc.property(fc.constantFrom('<', '|', '`', 'x', '漢', '&', '@#1'), (mark) => {
        expect(renderPullRequest(wide(500, 200, mark.repeat(1000))).body.length).toBeLessThanOrEqual(MAX_BODY)
      }),
      { numRuns: 7 },
    )
  })
  it('keeps verdict and metrics to the end', () => {
    const { body } = renderPullRequest(wide(3000, 3000, '|'.repeat(500)))
    expect(body).toContain('## ✅ Ready to merge')
    expect(body).toContain('**+0.087**')
  })
})
