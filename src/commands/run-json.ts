import { z } from 'zod'
import { runOutputs } from './outputs.ts'
import type { ModelRun, Run } from './run.ts'

/**
 * What `--json` prints of `check`, `retrain` and `rollout`, and `schema/run.schema.json` describes. Members are added in
 * time; those that are here keep their names, types and meanings.
 */
const object = z.looseObject
/** JSON has no NaN: a number that is undefined is null. */
const number = z.number().nullable()

const score = object({
  value: number,
  ifUnchanged: number.describe('What it would be on average if nothing had changed.'),
})
const evidence = object({
  column: z.string(),
  role: z.enum(['feature', 'label', 'predictions', 'structure', 'classifier']).optional(),
  drifted: z.boolean(),
  method: z.string().optional().describe('What decides, with its limit. The PSI where it is left out.'),
  score: score.optional(),
  threshold: number.optional(),
  scores: z.record(z.string(), score).optional(),
  importance: number.optional(),
  psi: number,
  psiIfUnchanged: number,
  test: z.enum(['ks', 'chi2', 'delong']),
  statistic: number,
  pValue: number,
  qValue: number.describe('After Benjamini–Hochberg across the watched columns.'),
  missingBefore: number.describe('Share of the rows, 0 to 1; so are the next two.'),
  missingNow: number,
  unseen: number,
  note: z.string(),
})
const trigger = object({
  trigger: z.string(),
  status: z
    .enum(['fired', 'quiet', 'unchecked', 'off'])
    .describe('unchecked: it could not be evaluated, which is not the same as quiet.'),
  sentence: z.string(),
  value: number,
  threshold: number,
  unit: z.string(),
  direction: z.enum(['above', 'below']).optional().describe('On which side of the threshold it fires.'),
  evidence: z.array(evidence),
  facts: z.record(z.string(), z.union([z.string(), z.number()]).nullable()).optional(),
  notes: z.array(z.string()).optional(),
  onlyReport: z.literal(true).optional().describe('Told about only: it takes no part in the decision.'),
})
const decision = object({
  retrain: z.boolean(),
  sentence: z.string(),
  holds: z
    .array(object({ kind: z.string(), sentence: z.string(), until: z.number().describe('Epoch milliseconds.') }))
    .describe('What keeps a retraining back although enough has fired.'),
})
const data = object({
  filesRead: z.number(),
  filesSkipped: z.number(),
  rowsRead: z.number(),
  countedIn: z.enum(['files', 'database']),
  rowsNew: z.number(),
  rowsLabelled: z.number().describe('All labelled rows: those of the champion, and the new ones.'),
})
const model = object({
  outcome: z
    .enum([
      'quiet',
      'fired',
      'proposed',
      'updated',
      'unchanged',
      'draft',
      'gate-failed',
      'dry-run',
      'rollout',
      'nothing',
      'error',
    ])
    .describe('What the run came to for this model. A check: quiet, fired or error.'),
  fired: z.boolean().describe('Whether a trigger that counts has fired.'),
  reason: z.string().describe('One sentence for each trigger that fired, separated by newlines.'),
  note: z.string(),
  error: z.string().nullable(),
  decision: decision.nullable(),
  triggers: z.array(trigger),
  findings: z.array(
    object({
      rule: z.string(),
      column: z.string().optional(),
      severity: z.enum(['stop', 'warn']),
      sentence: z.string(),
    }),
  ),
  notes: z.array(z.string()).describe('How the gaps of the configuration were filled.'),
  hints: z.array(z.string()).describe('What was not looked at for want of a column that is there but not named.'),
  data: data.nullable().describe('The new rows, and what it took to see them.'),
  verdict: z.enum(['pass', 'fail', 'inconclusive']).nullable().describe('null where no candidate was trained.'),
  'candidate-version': z.number().int().nullable(),
  'pull-request-number': z.number().int().nullable(),
  'pull-request-url': z.string().nullable(),
  'rollout-stage': z.string().nullable(),
  'report-path': z.string().nullable(),
  metrics: z.record(z.string(), number).describe('Of the candidate on the holdout, by name.'),
})
export const runJsonSchema = z.record(z.string(), model).describe('One member for each model, by name.')

/** JSON Schema (2020-12) of it, for `schema/run.schema.json`. */
export function runJsonJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'What refit check --json prints', ...z.toJSONSchema(runJsonSchema, { io: 'input' }) }
}

export interface ModelJson extends Pick<ModelRun, 'outcome' | 'note' | 'triggers'> {
  readonly fired: boolean
  readonly reason: string
  readonly error: string | null
  readonly decision: NonNullable<ModelRun['decision']> | null
  readonly findings: NonNullable<ModelRun['findings']>
  readonly notes: NonNullable<ModelRun['notes']>
  readonly hints: NonNullable<ModelRun['hints']>
  readonly data: NonNullable<ModelRun['data']> | null
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | null
  readonly 'candidate-version': number | null
  readonly 'pull-request-number': number | null
  readonly 'pull-request-url': string | null
  readonly 'rollout-stage': string | null
  readonly 'report-path': string | null
  readonly metrics: Readonly<Record<string, number | null>>
}

export function runJson(run: Run): Readonly<Record<string, ModelJson>> {
  return Object.fromEntries(run.models.map((of) => [of.model, modelJson(of)]))
}

function modelJson(run: ModelRun): ModelJson {
  const { outcome, note, triggers, record, pullRequest } = run
  const { fired, reason } = runOutputs({ models: [run], notes: [] })
  const metrics = record?.evaluation.candidate.metrics ?? []
  return {
    outcome,
    fired: fired === 'true',
    reason,
    note,
    error: run.error?.message ?? null,
    decision: run.decision ?? null,
    triggers,
    findings: run.findings ?? [],
    notes: run.notes ?? [],
    hints: run.hints ?? [],
    data: run.data ?? null,
    verdict: record?.verdict.outcome ?? null,
    'candidate-version': record?.candidateVersion ?? null,
    'pull-request-number': pullRequest?.number ?? null,
    'pull-request-url': pullRequest?.url ?? null,
    'rollout-stage': run.rollout?.phase ?? null,
    'report-path': run.reportPath ?? null,
    metrics: Object.fromEntries(metrics.map(({ metric, value }) => [metric, value])),
  }
}
