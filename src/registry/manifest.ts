import { z } from 'zod'

/**
 * `models/<name>/manifest.json`: the desired version of a model, changed only by pull requests.
 * The code keeps the whole history in git; `previous` chains the versions by digest.
 */
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'is not a digest such as sha256:<64 hex digits>' })
const file = z.strictObject({
  path: z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[^/\\\0][^\\\0]*$/, { error: 'must be a plain relative path' }),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
const interval = z.strictObject({ low: z.number(), high: z.number(), level: z.number(), method: z.string() })
const metric = z.strictObject({ metric: z.string(), value: z.number().nullable(), interval: interval.nullable() })

export const manifestSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  model: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  version: z.number().int().min(1).describe('Counts up by one with every candidate that was proposed.'),
  previous: z
    .strictObject({ version: z.number().int().min(1), digest })
    .nullable()
    .describe('The champion this version was compared with.'),
  task: z.enum(['binary', 'multiclass', 'regression']),
  artifact: z.strictObject({
    uri: z.string().describe('git:<folder in this repository>'),
    digest: digest.describe('sha256 over the sorted lines "<sha256>  <path>\\n" of the files.'),
    format: z.literal('tfjs-layers'),
    files: z.array(file).min(1),
  }),
  signature: z.strictObject({
    inputs: z
      .array(z.strictObject({ name: z.string(), datatype: z.enum(['FP64', 'BYTES', 'INT64']) }))
      .describe(
        'Raw columns, before feature engineering; Open Inference Protocol datatypes. Times are INT64 epoch milliseconds.',
      ),
    outputs: z.array(
      z.strictObject({ name: z.string(), datatype: z.enum(['FP64', 'BYTES']), shape: z.array(z.number().int()) }),
    ),
    classes: z.array(z.string()),
    threshold: z.number().nullable().describe('Decision threshold of a binary model.'),
  }),
  training: z.strictObject({
    trainer: z.string(),
    model: z.string(),
    engine: z.string(),
    seed: z.number().int(),
    candidateId: z
      .string()
      .describe('sha256 of data fingerprint, configuration, seed and trainer: the same candidate has the same id.'),
    dataFingerprint: z.string(),
    rows: z.number().int(),
    rowsSeen: z
      .number()
      .int()
      .describe('All labelled rows that were there, held-out ones included: what the volume trigger counts from.'),
    window: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
    watermark: z.string().nullable().describe('Newest time trained on (ISO 8601); rows after it are new.'),
    dataSeenUntil: z.string().nullable().describe('Newest time of any row that was there, held-out ones included.'),
    seenMark: z
      .union([z.number(), z.string()])
      .optional()
      .describe('Largest value of data.watermark of any row that was there; rows above it are new.'),
    trainedAt: z.string(),
    codeCommit: z.string().nullable(),
    runUrl: z.string().nullable(),
    triggers: z.array(z.string()).describe('One sentence for each trigger that fired.'),
  }),
  evaluation: z.strictObject({
    primary: z.string(),
    holdoutDigest: z.string(),
    holdoutRows: z.number().int(),
    metrics: z.array(metric),
    verdict: z.enum(['pass', 'fail', 'inconclusive']),
    worth: z
      .strictObject({ tp: z.number(), fp: z.number(), tn: z.number(), fn: z.number(), unit: z.string() })
      .optional()
      .describe(
        'The cost table the decisions were judged by, where one is configured: the outcome guardrail weighs decisions by it.',
      ),
    scoreQuantiles: z
      .array(z.number())
      .describe(
        '101 quantiles (0, 0.01, … 1) of the candidate’s score on the holdout: what production is held against. Binary: P(positive); multiclass: largest probability; regression: prediction.',
      ),
  }),
  rollout: z
    .strictObject({ environment: z.string(), stages: z.array(z.record(z.string(), z.unknown())) })
    .describe('The plan as configured when the candidate was proposed.'),
})

export type Manifest = z.output<typeof manifestSchema>

export const manifestPath = (model: string): string => `models/${model}/manifest.json`
export const artifactFolder = (model: string, version: number): string => `models/${model}/versions/${version}`
export const retrainBranch = (model: string): string => `refit/retrain/${model}`
export const revertBranch = (model: string, version: number): string => `refit/revert/${model}-v${version}`
export const stateBranch = (model: string): string => `refit/state/${model}`
