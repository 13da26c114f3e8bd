import { z } from 'zod'
import type { columnExpectation, postgres } from './schema/data.ts'
import { dataObject, expectations } from './schema/data.ts'
import { evaluate, gate, type holdout } from './schema/evaluate.ts'
import { type guardrailName, rollout } from './schema/rollout.ts'
import { train } from './schema/train.ts'
import {
  triggers,
  type customTrigger,
  type driftTrigger,
  type performanceTrigger,
  type quietHours,
  type scheduleTrigger,
  type volumeTrigger,
} from './schema/triggers.ts'

/**
 * The shape of `.github/refit.yml`. `ConfigInput` is what people write, `Config` what the code reads: every default
 * filled in, every shorthand expanded, durations in milliseconds. `schema/refit.schema.json` and
 * `docs/reference/config.md` are generated from the descriptions here.
 */

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
  dashboard: z
    .boolean()
    .default(true)
    .describe('Keep an issue that shows the state of every model, with a box to have it retrained.'),
})

export type ConfigInput = z.input<typeof configSchema>
type ParsedModel = z.output<typeof model>
export type DataConfig = Omit<z.output<typeof dataObject>, 'label'> & { readonly label: string }
export type PostgresConfig = z.output<typeof postgres>
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
export type CustomTriggerConfig = z.output<typeof customTrigger>
export type QuietHoursConfig = z.output<typeof quietHours>
export type TrainConfig = z.output<typeof train>
export type EvaluateConfig = z.output<typeof evaluate>
export type HoldoutConfig = z.output<typeof holdout>
export type GateConfig = z.output<typeof gate>
export type BehaviourConfig = EvaluateConfig['behaviour']
export type { Grouping } from './groupings.ts'
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
/** Milliseconds, or relative to the stable version in the same traffic. */
export type LatencyObjective = number | 'relative'
export type GuardrailConfig =
  | { readonly kind: 'error-rate' | 'prediction-shift' | 'outcome'; readonly margin: number }
  | { readonly kind: 'latency'; readonly objective: LatencyObjective; readonly margin: number }
export type RolloutConfig = Omit<z.output<typeof rollout>, 'target' | 'stages' | 'guardrails'> & {
  readonly target: 'gateway' | 'none'
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
  /** Whether an issue shows the state of every model. */
  readonly dashboard: boolean
}
export type ParsedConfig = z.output<typeof configSchema>
