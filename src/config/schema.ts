import { z } from 'zod'
import { parseDuration } from '../core/clock.ts'

/**
 * The shape of `.github/refit.yml`. `ConfigInput` is what people write, `Config` what the code reads: every default
 * filled in, every shorthand expanded, durations in milliseconds. `schema/refit.schema.json` and
 * `docs/reference/config.md` are generated from the descriptions here.
 */

const duration = z
  .string()
  .describe('A duration: a number and one of ms, s, m, h, d, w. Example: 7d.')
  .refine((text) => parseDuration(text) !== undefined, { error: 'is not a duration such as 30m, 12h or 7d' })
  .transform((text) => parseDuration(text) as number)

/** `20%` or a fraction in (0, 1). */
const share = z
  .union([z.string().regex(/^\d+(\.\d+)?%$/, { error: 'is not a share such as 20% or 0.2' }), z.number()])
  .transform((value) => (typeof value === 'string' ? Number(value.slice(0, -1)) / 100 : value))
  .refine((value) => value > 0 && value < 1, { error: 'must lie between 0 and 1 (or 0% and 100%)' })

const columns = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value))

const dataObject = z.strictObject({
  source: columns.describe('Globs of CSV, JSON Lines or Parquet files, relative to the root of the repository.'),
  label: z.string().optional().describe('The column to predict.'),
  time: z.string().optional().describe('The column that says when a row happened; makes every split a split in time.'),
  id: z
    .string()
    .optional()
    .describe('The column that identifies whom a row is about; keeps their rows on one side of a split.'),
  weight: z.string().optional().describe('The column with a row’s sample weight.'),
  ignore: columns.default([]).describe('Columns that are neither features nor anything else.'),
  positive: z
    .union([z.string(), z.number(), z.boolean()])
    .transform(String)
    .optional()
    .describe('The positive class of a binary label. Default: true, 1, yes, or the rarer class.'),
  format: z
    .enum(['auto', 'csv', 'jsonl', 'parquet'])
    .default('auto')
    .describe('How to read the files; auto goes by the name.'),
  delimiter: z
    .string()
    .min(1)
    .max(1)
    .optional()
    .describe('Field delimiter of CSV files. Default: found from the first lines.'),
  missing: columns
    .default(['', '?', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None'])
    .describe('Texts that mean “missing”.'),
})

const columnExpectation = z.strictObject({
  type: z.enum(['number', 'category', 'time']).optional().describe('The type the column must have.'),
  min: z.number().optional().describe('Smallest allowed value.'),
  max: z.number().optional().describe('Largest allowed value.'),
  in: z
    .array(z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .optional()
    .describe('The allowed values.'),
  missing: z
    .strictObject({ max: z.number().min(0).max(1) })
    .optional()
    .describe('Largest allowed share of missing values.'),
  unique: z.boolean().optional().describe('Whether every value must be different.'),
  severity: z.enum(['stop', 'warn']).default('stop').describe('Whether a breach stops the run before training.'),
})

const expectations = z
  .object({
    rows: z
      .strictObject({ min: z.number().int().optional(), max: z.number().int().optional() })
      .optional()
      .describe('Bounds on the number of rows.'),
  })
  .catchall(columnExpectation)

const scheduleTrigger = z.strictObject({
  every: duration.optional().describe('Fires when the last training is at least this long ago.'),
  cron: z.string().optional().describe('Fires when a time of this cron expression has passed since the last training.'),
  timezone: z.string().default('UTC').describe('IANA time zone of the cron expression.'),
})
const performanceTrigger = z.strictObject({
  metric: z.string().optional().describe('The metric to watch. Default: the primary metric.'),
  drop: z
    .number()
    .positive()
    .default(0.05)
    .describe(
      'Fires when the champion is worse than at its own evaluation by more than this (absolute; for error metrics: relative).',
    ),
  floor: z.number().optional().describe('Fires when the metric is worse than this value.'),
  'min-rows': z.number().int().min(1).default(200).describe('Fewer new labelled rows than this say nothing.'),
  'max-rows': z
    .number()
    .int()
    .min(100)
    .default(20000)
    .describe('At most this many of the newest labelled rows are scored.'),
})
const driftTrigger = z.strictObject({
  'max-share': z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('Fires when more than this share of the features has drifted.'),
  psi: z
    .number()
    .positive()
    .default(0.2)
    .describe('A column drifts only when its population stability index exceeds this …'),
  alpha: z
    .number()
    .positive()
    .max(0.5)
    .default(0.01)
    .describe('… and its test is significant at this level after Benjamini–Hochberg.'),
  'min-rows': z.number().int().min(1).default(200).describe('Fewer new rows than this say nothing.'),
  columns: columns.optional().describe('The columns to watch. Default: every feature.'),
})
const volumeTrigger = z.strictObject({
  rows: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Fires at this many new labelled rows since the last training.'),
  share: z
    .number()
    .positive()
    .optional()
    .describe('Fires when new labelled rows exceed this share of the rows trained on.'),
})
const on = <T extends z.ZodType>(schema: T) => z.union([z.literal(false), schema])

const triggers = z.strictObject({
  schedule: on(scheduleTrigger).optional().describe('Time since the last training.'),
  performance: on(performanceTrigger)
    .prefault({})
    .describe('The champion’s metric on rows whose labels have arrived since its training.'),
  drift: on(driftTrigger)
    .prefault({})
    .describe('The distribution of the features against the profile saved with the champion.'),
  volume: on(volumeTrigger).prefault({ share: 0.5 }).describe('New labelled rows since the last training.'),
  manual: on(z.strictObject({})).prefault({}).describe('workflow_dispatch, a comment, or `refit retrain`.'),
})

const train = z.strictObject({
  trainer: z.enum(['tfjs']).default('tfjs').describe('What trains the model.'),
  model: z.enum(['linear', 'mlp']).default('mlp').describe('The family of models.'),
  engine: z
    .enum(['auto', 'tfjs-node', 'wasm'])
    .default('auto')
    .describe('Which TensorFlow.js runs; auto takes tfjs-node where the workspace has it.'),
  strategy: z.enum(['retrain']).default('retrain').describe('retrain: from scratch on the window.'),
  seed: z.number().int().default(42).describe('Seed of everything random.'),
  window: z
    .union([duration, z.number().int().positive()])
    .optional()
    .describe('Train on the newest part only: a duration (with a time column) or a number of rows.'),
  epochs: z.number().int().positive().default(40).describe('Largest number of passes over the training rows.'),
  patience: z
    .number()
    .int()
    .positive()
    .default(4)
    .describe('Stop after this many epochs without a better validation loss.'),
  'batch-size': z.number().int().positive().optional().describe('Rows per step. Default: by the number of rows.'),
  'learning-rate': z.number().positive().optional().describe('Adam’s step. Default: by the batch size.'),
  hidden: z.array(z.number().int().positive()).default([64, 32]).describe('Units of the hidden layers of an mlp.'),
  dropout: z.number().min(0).max(0.9).default(0.1).describe('Dropout rate after every hidden layer.'),
  l2: z.number().min(0).default(1e-5).describe('L2 penalty on the weights.'),
  'class-weights': z
    .union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().positive())])
    .default('none')
    .describe('Weights of the classes in the loss.'),
  validation: share
    .default(0.15)
    .describe('Share of the training rows that decides on early stopping and the threshold.'),
  'max-categories': z.number().int().min(2).default(50).describe('More categories than this are pooled as “rare”.'),
})

const holdout = z.union([
  z.strictObject({ last: share.describe('The newest share of the rows (needs a time column).') }),
  z.strictObject({ share: share.describe('A share of the rows by a hash of their id (or of the row).') }),
  z.strictObject({ files: columns.describe('Globs of files that are only ever held out: an official test set.') }),
])

const evaluate = z.strictObject({
  primary: z.string().optional().describe('The metric that decides. Default: auc, accuracy or rmse by task.'),
  holdout: holdout.optional().describe('Default: the newest 20 % with a time column, 20 % by hash without.'),
  'min-holdout': z.number().int().min(1).default(100).describe('Fewer held-out rows than this are inconclusive.'),
  slices: columns.default([]).describe('Columns by whose values the metrics are broken down.'),
  'min-slice': z.number().int().min(1).default(50).describe('Smaller slices are shown without a judgement.'),
  value: z
    .strictObject({
      tp: z.number().default(0),
      fp: z.number().default(0),
      tn: z.number().default(0),
      fn: z.number().default(0),
      unit: z.string().default(''),
    })
    .optional()
    .describe('Business value of each outcome of a binary decision.'),
  threshold: z
    .union([z.enum(['f1', 'value']), z.number().min(0).max(1)])
    .default(0.5)
    .describe('Decision threshold of a binary model: fixed, or chosen on validation rows.'),
  fairness: z
    .strictObject({
      protected: columns.describe('Protected columns. They need not be features.'),
      'max-difference': z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('Largest allowed demographic parity and equalized odds difference.'),
      'min-group': z.number().int().min(1).default(30).describe('Smaller groups are shown without a judgement.'),
    })
    .optional()
    .describe('Fairness checks.'),
  resamples: z.number().int().min(100).default(2000).describe('Bootstrap resamples.'),
  level: z.number().min(0.5).max(0.999).default(0.95).describe('Confidence level of every interval.'),
  seed: z.number().int().default(7).describe('Seed of the resampling.'),
})

const gate = z.strictObject({
  metric: z.string().describe('The metric, or a fairness metric, or value.'),
  versus: z.enum(['champion', 'baseline']).optional().describe('Compare with this model on the same rows.'),
  margin: z.number().min(0).optional().describe('Not worse by more than this (non-inferiority).'),
  better: z.boolean().optional().describe('Demand that the candidate is better, not only not worse.'),
  min: z.number().optional().describe('Smallest allowed value.'),
  max: z.number().optional().describe('Largest allowed value.'),
})

const limits = { for: duration.default(0), requests: z.number().int().min(0).default(0), max: duration.optional() }
const stage = z.union([
  z.enum(['staging', 'shadow', 'canary', 'full']),
  z.strictObject({ staging: z.strictObject(limits) }),
  z.strictObject({ shadow: z.strictObject(limits) }),
  z.strictObject({ canary: z.strictObject({ percent: z.number().positive().max(99), ...limits }) }),
  z.strictObject({ full: z.strictObject(limits) }),
])
const guardrailName = z.enum(['error-rate', 'latency', 'prediction-shift', 'outcome'])
const guardrail = z.union([
  guardrailName,
  z.strictObject({ 'error-rate': z.strictObject({ margin: z.number().positive().default(0.01) }) }),
  z.strictObject({
    latency: z.strictObject({ objective: duration.prefault('250ms'), margin: z.number().positive().default(0.05) }),
  }),
  z.strictObject({ 'prediction-shift': z.strictObject({ margin: z.number().positive().default(0.15) }) }),
  z.strictObject({ outcome: z.strictObject({ margin: z.number().positive().default(0.05) }) }),
])

const rollout = z.strictObject({
  target: z.enum(['gateway']).default('gateway').describe('What serves the model.'),
  environment: z.string().default('production').describe('Name of the GitHub environment.'),
  gateway: z
    .strictObject({
      url: z.string().default('http://127.0.0.1:8080').describe('Where the gateway answers the rollout’s question.'),
    })
    .prefault({}),
  stages: z
    .array(stage)
    .default([
      'staging',
      { shadow: { requests: 1000, for: 0 } },
      { canary: { percent: 5, for: 3_600_000, requests: 0 } },
      { canary: { percent: 50, for: 3_600_000, requests: 0 } },
      'full',
    ])
    .describe('The steps of a rollout in order.'),
  guardrails: z
    .array(guardrail)
    .default(['error-rate', 'latency', 'prediction-shift', 'outcome'])
    .describe('What rolls a candidate back.'),
  alpha: z
    .number()
    .positive()
    .max(0.5)
    .default(0.01)
    .describe('How often a healthy candidate may be rolled back, per guardrail.'),
  window: duration.prefault('1m').describe('Length of an evidence window.'),
  'ingest-lag': duration.prefault('10s').describe('Windows younger than this are not read yet.'),
  'blind-timeout': duration.prefault('30m').describe('Roll back when exposed and without evidence for this long.'),
  lease: duration.prefault('2h').describe('Exposure ends by itself when no tick renews it for this long.'),
})

const alerts = z.strictObject({
  issue: z.boolean().default(true).describe('Open an issue when a run fails or a rollout is rolled back.'),
})

const model = z.strictObject({
  task: z
    .enum(['binary', 'multiclass', 'regression'])
    .optional()
    .describe('Inferred from the label where it is not given.'),
  data: z.union([z.string(), z.array(z.string()), dataObject]).describe('A glob of files, or an object.'),
  label: z.string().optional().describe('The column to predict (shorthand for data.label).'),
  expect: expectations.prefault({}).describe('Data validation: a breach stops the run before training.'),
  triggers: triggers.prefault({}).describe('What makes a model stale.'),
  train: train.prefault({}).describe('How a candidate is trained.'),
  evaluate: evaluate.prefault({}).describe('How candidate, champion and baseline are compared.'),
  gates: z.array(gate).optional().describe('Default: not worse than the champion, better than the baseline.'),
  rollout: rollout.prefault({}).describe('How a merged candidate reaches production.'),
  alerts: alerts.prefault({}).describe('Whom to tell.'),
})

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  models: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'model names are lower-case letters, digits and dashes' }),
      model,
    )
    .describe('The models, by name.'),
})

export type ConfigInput = z.input<typeof configSchema>
type ParsedModel = z.output<typeof model>
export type DataConfig = Omit<z.output<typeof dataObject>, 'label'> & { readonly label: string }
export type ColumnExpectation = z.output<typeof columnExpectation>
export interface Expectations {
  readonly rows: { readonly min?: number | undefined; readonly max?: number | undefined }
  readonly columns: Readonly<Record<string, ColumnExpectation>>
}
export type TriggersConfig = z.output<typeof triggers>
export type ScheduleTriggerConfig = z.output<typeof scheduleTrigger>
export type PerformanceTriggerConfig = z.output<typeof performanceTrigger>
export type DriftTriggerConfig = z.output<typeof driftTrigger>
export type VolumeTriggerConfig = z.output<typeof volumeTrigger>
export type TrainConfig = z.output<typeof train>
export type EvaluateConfig = z.output<typeof evaluate>
export type HoldoutConfig = z.output<typeof holdout>
export type GateConfig = z.output<typeof gate>
export type AlertsConfig = z.output<typeof alerts>
export type GuardrailName = z.output<typeof guardrailName>

export type StageConfig =
  | {
      readonly kind: 'staging' | 'shadow' | 'full'
      readonly for: number
      readonly requests: number
      readonly max?: number | undefined
    }
  | {
      readonly kind: 'canary'
      readonly percent: number
      readonly for: number
      readonly requests: number
      readonly max?: number | undefined
    }
export type GuardrailConfig =
  | { readonly kind: 'error-rate' | 'prediction-shift' | 'outcome'; readonly margin: number }
  | { readonly kind: 'latency'; readonly objective: number; readonly margin: number }
export type RolloutConfig = Omit<z.output<typeof rollout>, 'stages' | 'guardrails'> & {
  readonly stages: readonly StageConfig[]
  readonly guardrails: readonly GuardrailConfig[]
}

/** One model's configuration with every default filled in. */
export interface ModelConfig {
  readonly name: string
  readonly task: ParsedModel['task']
  readonly data: DataConfig
  readonly expect: Expectations
  readonly triggers: TriggersConfig
  readonly train: TrainConfig
  readonly evaluate: EvaluateConfig
  /** undefined: the default gates of the task. */
  readonly gates: readonly GateConfig[] | undefined
  readonly rollout: RolloutConfig
  readonly alerts: AlertsConfig
}
export interface Config {
  readonly models: Readonly<Record<string, ModelConfig>>
}
export type ParsedConfig = z.output<typeof configSchema>
