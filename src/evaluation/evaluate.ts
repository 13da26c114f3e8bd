import type { EvaluateConfig, GateConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { askedMetrics, comparedMetrics, temperClaims } from './claims.ts'
import { curvesOf } from './curves.ts'
import { disaggregate, type GroupConfig } from './disaggregate.ts'
import type { HoldoutUse } from './evidence.ts'
import { unjudgedSlices } from './gate-slices.ts'
import type { Metric } from './metrics/family.ts'
import { findMetric, metricsOf } from './metrics.ts'
import { classMetrics } from './per-class.ts'
import type { Dependence, Sample } from './sample.ts'
import { primaryMetric } from './score.ts'
import type { EvaluatedModel, Evaluation, Role } from './types.ts'
import { warningsOf } from './warnings.ts'
import { measureWhole, type Model, modelsOf } from './whole.ts'
import { worthOf } from './worth.ts'

/** The rows that neither model was trained on. */
export interface Holdout {
  /** Has the slice and protected columns, whether or not they are features. */
  readonly table: Table
  /** The row of `table` that each label belongs to. Default: label i is row i. */
  readonly rows?: Uint32Array | undefined
  readonly labels: Labels
  /** Sample weights beside the labels, ≥ 0. */
  readonly weights?: Float64Array | undefined
  /** Ids and times beside the labels: which rows are not independent of each other. */
  readonly dependence?: Dependence | undefined
  /** Columns to search for segments: the features. Default: none are searched. */
  readonly columns?: readonly string[] | undefined
  readonly description: string
  readonly digest: string
  readonly championSafe: boolean
  readonly championWhy?: string | undefined
  readonly note?: string | undefined
  /** Rows whose class the candidate was not trained on, which are not among `labels`. */
  readonly unseen?: Evaluation['holdout']['unseen']
}

/** What of the configuration an evaluation needs. */
export type EvaluationConfig = Omit<
  EvaluateConfig,
  'find-slices' | 'fairness' | 'behaviour' | 'seeds' | 'holdout-uses'
> &
  GroupConfig

export interface EvaluateInput {
  readonly task: Task
  readonly config: EvaluationConfig
  readonly holdout: Holdout
  readonly candidate: { readonly predictions: Predictions; readonly version: number }
  readonly champion?: { readonly predictions: Predictions; readonly version: number } | undefined
  readonly baseline: { readonly predictions: Predictions; readonly name: string }
  /** Decision thresholds, binary only; 0.5 where a role has none. */
  readonly thresholds: Readonly<Partial<Record<Role, number>>>
  /** How often these rows have chosen before: comparisons are drawn at its corrected level. */
  readonly holdoutUse?: HoldoutUse | undefined
  /** For the margins that conclusions are drawn with. */
  readonly gates: readonly GateConfig[]
  /** Shown while it takes long. */
  readonly progress?: Log['progress'] | undefined
}

/** What the metrics of the whole holdout take of the time, roughly. */
const METRICS_SHARE = 0.5

/**
 * Everything there is to know about the candidate on the holdout, beside champion and baseline on the same rows. Pure:
 * the same input gives the same evaluation, to the last digit.
 *
 * @throws RefitError when predictions and labels do not belong together or the primary metric is none of the task's.
 */
export function evaluate(input: EvaluateInput): Evaluation {
  const { task, config, holdout } = input
  const primary = primaryOf(task, config)
  const rows = holdout.rows ?? everyRow(holdout.labels.values.length)
  const worth =
    config.value && task === 'binary' ? worthOf(config.value, holdout.labels.values, holdout.table, rows) : undefined
  const models = modelsOf(input, worth)
  const { sample: candidate } = models[0] as Model
  const champion = models.find((model) => model.role === 'champion')
  const metrics = metricsFor(input, primary, candidate)
  const single = classMetrics(candidate)
  const options = {
    resamples: config.resamples,
    level: config.level,
    seed: config.seed,
    comparisonLevel: input.holdoutUse?.correctedLevel,
  }
  const tell = (share: number, note: string): void =>
    input.progress?.({ label: 'evaluate', done: Math.round(100 * share), total: 100, note })
  const whole = measureWhole({
    models,
    metrics,
    single,
    worth,
    gates: input.gates,
    options: {
      ...options,
      progress: (done, total) => tell((METRICS_SHARE * done) / total, `metrics, ${total} resamples`),
    },
  })
  const groups = disaggregate({
    config,
    table: holdout.table,
    rows,
    columns: holdout.columns,
    primary,
    candidate,
    champion: champion?.sample,
    gates: input.gates,
    options,
    progress: (share, note) => tell(METRICS_SHARE + (1 - METRICS_SHARE) * share, note),
  })
  const { evaluated } = whole
  const byRole = (role: Role): EvaluatedModel | undefined => evaluated.find((model) => model.role === role)
  const claims = temperClaims(
    whole.comparisons,
    askedMetrics(input.gates, primary.name),
    groups.parts.fairness,
    comparedMetrics(input.gates),
  )
  const evaluation: Omit<Evaluation, 'warnings'> = {
    task,
    primary: primary.name,
    holdout: {
      rows: candidate.rows,
      description: holdout.description,
      digest: holdout.digest,
      championSafe: holdout.championSafe,
      ...(holdout.championWhy === undefined ? {} : { championWhy: holdout.championWhy }),
      ...(holdout.weights === undefined ? {} : { weight: holdout.weights.reduce((sum, one) => sum + one, 0) }),
      ...(holdout.unseen === undefined || holdout.unseen.rows === 0 ? {} : { unseen: holdout.unseen }),
      ...(holdout.note === undefined ? {} : { note: holdout.note }),
    },
    thresholds:
      task === 'binary' ? Object.fromEntries(models.map((model) => [model.role, model.sample.threshold])) : {},
    baseline: byRole('baseline') as EvaluatedModel,
    champion: byRole('champion') ?? null,
    candidate: byRole('candidate') as EvaluatedModel,
    ...groups.parts,
    ...claims,
    ...(input.holdoutUse === undefined ? {} : { holdoutUse: input.holdoutUse }),
    ...(whole.businessValue === undefined ? {} : { businessValue: whole.businessValue }),
    ...(whole.perClass === undefined ? {} : { perClass: whole.perClass }),
    curves: models
      .filter((model) => model.role !== 'baseline')
      .flatMap((model) => curvesOf(model.role, model.sample, config.level)),
  }
  return {
    ...evaluation,
    warnings: warningsOf({
      evaluation,
      primary,
      invalid: models.map(({ name, sample }) => ({ name, reason: sample.invalid })),
      unknownSlices: groups.unknownSlices,
      unjudgedSlices: unjudgedSlices(groups.parts.slices, input.gates),
    }),
  }
}

function everyRow(count: number): Uint32Array {
  const rows = new Uint32Array(count)
  for (let row = 0; row < count; row++) rows[row] = row
  return rows
}

function primaryOf(task: Task, config: EvaluationConfig): Metric {
  const name = primaryMetric(task, config.primary)
  const metric = findMetric(task, name)
  if (metric) return metric
  const names = metricsOf(task).map((one) => one.name)
  throw new RefitError('evaluation', `the primary metric “${name}” does not fit a ${task} task`, {
    hint: `Set evaluate.primary to one of ${names.join(', ')}.`,
  })
}

/** All of the task that need no asking, and those that the configuration names. */
function metricsFor(input: EvaluateInput, primary: Metric, sample: Sample): readonly Metric[] {
  const named = [primary.name, ...input.config.metrics, ...input.gates.map((gate) => gate.metric)]
  const asked = named.flatMap((name) => findMetric(input.task, name) ?? [])
  const listed = metricsOf(input.task).filter(
    (metric) => asked.includes(metric) || (!metric.onRequest && metric.applies(sample)),
  )
  return [...new Set([...listed, ...asked])]
}
