import { z } from 'zod'
import { evaluationSchema } from './evaluation-schema.ts'
import { gateResult, judged } from './gate-schema.ts'

const object = z.looseObject
const number = z.number()
/** JSON has no NaN: what was one is null. */
const orNull = z.number().nullable()
const text = z.string()

const drift = object({
  column: text,
  drifted: z.boolean(),
  psi: orNull,
  psiIfUnchanged: orNull,
  test: z.enum(['ks', 'chi2', 'delong']),
  statistic: orNull,
  pValue: orNull,
  qValue: orNull,
  missingBefore: orNull,
  missingNow: orNull,
  unseen: orNull,
  note: text,
})
const trigger = object({
  trigger: text,
  status: z.enum(['fired', 'quiet', 'unchecked', 'off']),
  sentence: text,
  value: orNull,
  threshold: orNull,
  unit: text,
  evidence: z.array(drift),
})
const read = {
  files: z.array(object({ path: text, bytes: number, sha256: text, rows: number })),
  rowsRead: number,
  rowsKept: number,
  dropped: z.array(
    object({
      reason: text,
      rows: number,
      example: object({ file: text, line: number.optional() }).optional(),
      value: text.optional(),
    }),
  ),
  window: object({ from: number, to: number }).optional(),
}
const data = object({
  ...read,
  rowsUsable: number.optional(),
  columns: z.array(
    object({
      name: text,
      kind: text,
      role: text,
      missing: number,
      distinct: number,
      notes: z.array(text),
    }),
  ),
  fingerprint: text,
  heldOut: object(read).optional(),
})
const training = object({
  trainer: text,
  model: text,
  engine: text,
  engineVersion: text,
  seed: number,
  rows: number,
  validationRows: number,
  features: number,
  parameters: number,
  epochs: number,
  bestEpoch: number,
  history: z.array(object({ epoch: number, loss: orNull, validationLoss: orNull })),
  config: z.record(text, z.unknown()),
})
const rollout = object({
  environment: text,
  stages: z.array(object({ kind: text, for: number, requests: number })),
  guardrails: z.array(object({ kind: text, margin: number })),
  alpha: number,
  lease: number,
})

const source = z.discriminatedUnion('status', [
  object({
    status: z.literal('looked'),
    commit: text,
    differs: z.array(
      object({
        path: text,
        what: z.enum(['configuration', 'data']),
        how: z.enum(['modified', 'untracked', 'ignored', 'outside']),
      }),
    ),
    otherChanges: number,
    elsewhere: z.array(text),
    pushed: z.boolean().nullable(),
  }),
  object({ status: z.literal('not-looked'), why: text }),
])

/** What every reader of a record relies on. Written by hand beside `RunRecord`, for a file that anyone may have touched. */
export const recordSchema = object({
  schemaVersion: z.literal(1),
  model: text.min(1),
  task: z.enum(['binary', 'multiclass', 'regression']),
  refitVersion: text,
  startedAt: text.refine((time) => !Number.isNaN(Date.parse(time)), { error: 'is no time' }),
  candidateId: text,
  candidateVersion: number,
  champion: object({ version: number, digest: text, trainedAt: text }).nullable(),
  requestedBy: text,
  reason: text.nullable(),
  codeCommit: text.nullable(),
  runUrl: text.nullable(),
  triggers: z.array(trigger),
  data,
  quality: z.array(object({ rule: text, column: text.optional(), severity: z.enum(['stop', 'warn']), sentence: text })),
  training,
  evaluation: evaluationSchema,
  judged: judged.optional(),
  gates: z.array(gateResult),
  verdict: object({ outcome: z.enum(['pass', 'fail', 'inconclusive']), reason: text }),
  artifact: object({ digest: text, bytes: number, folder: text }),
  manifestChanges: z.array(object({ path: text, before: text.nullable(), after: text.nullable() })),
  rollout,
  reproduce: text,
  source: source.optional(),
  timings: z.record(text, number),
})
