import type { GateConfig } from '../config/schema.ts'
import type { Predictions } from '../training/types.ts'
import { type Versus, marginOf, versusOf } from './compare.ts'
import { compareModels } from './comparison.ts'
import type { EvaluateInput } from './evaluate.ts'
import { measure, type Measurement, type MeasureOptions } from './measure.ts'
import type { Margin, Metric } from './metrics/family.ts'
import { classResults } from './per-class.ts'
import { createSample, type Sample } from './sample.ts'
import type { EvaluatedModel, Evaluation, MetricComparison, Role } from './types.ts'
import { businessValueOf } from './value.ts'
import type { Worth } from './worth.ts'

/** One of the models of an evaluation, on all rows. */
export interface Model {
  readonly role: Role
  readonly name: string
  readonly version: number | null
  readonly sample: Sample
}

export interface WholeInput {
  /** Candidate first. */
  readonly models: readonly Model[]
  readonly metrics: readonly Metric[]
  /** Of single classes. */
  readonly single: readonly Metric[]
  readonly worth: Worth | undefined
  readonly gates: readonly GateConfig[]
  readonly options: MeasureOptions
}

export interface Whole extends Pick<Evaluation, 'comparisons' | 'businessValue' | 'perClass'> {
  readonly evaluated: readonly EvaluatedModel[]
}

/**
 * The models on the whole holdout, apart from its groups. What a measurement keeps of every row is let go when this
 * returns, before the first slice is looked at.
 */
export function measureWhole({ models, metrics, single, worth, gates, options }: WholeInput): Whole {
  const samples = models.map((model) => model.sample)
  const measurement = measure(samples, [...new Set([...metrics, ...single])], options)
  const evaluated = models.map((model, i): EvaluatedModel => ({
    role: model.role,
    name: model.name,
    version: model.version,
    metrics: measurement.values(i).slice(0, metrics.length),
  }))
  const champion = models.findIndex((model) => model.role === 'champion')
  const value = metrics.find((metric) => metric.name === 'value')
  const change = champion > 0 && value ? measurement.difference(0, champion, value) : undefined
  return {
    evaluated,
    comparisons: comparisonsOf(models, metrics, measurement, gates),
    ...(worth === undefined
      ? {}
      : { businessValue: businessValueOf({ worth, sample: samples[0] as Sample, models: evaluated, change }) }),
    ...(single.length === 0 ? {} : { perClass: classResults(models, measurement) }),
  }
}

/** Candidate first, then the champion where there is one, then the baseline. */
export function modelsOf(input: EvaluateInput, worth: Worth | undefined): readonly Model[] {
  const { labels, weights, dependence } = input.holdout
  const sampleOf = (role: Role, predictions: Predictions): Sample =>
    createSample(labels, predictions, { threshold: input.thresholds[role], value: worth, weights, dependence })
  const { candidate, champion, baseline } = input
  return [
    {
      role: 'candidate',
      name: `v${candidate.version} (candidate)`,
      version: candidate.version,
      sample: sampleOf('candidate', candidate.predictions),
    },
    ...(champion
      ? [
          {
            role: 'champion',
            name: `v${champion.version}`,
            version: champion.version,
            sample: sampleOf('champion', champion.predictions),
          } as const,
        ]
      : []),
    { role: 'baseline', name: baseline.name, version: null, sample: sampleOf('baseline', baseline.predictions) },
  ]
}

function marginFor(metric: Metric, versus: Versus, gates: readonly GateConfig[]): Margin {
  const gate = gates.find((one) => one.metric === metric.name && versusOf(one) === versus)
  return marginOf(metric, versus, gate)
}

function comparisonsOf(
  models: readonly Model[],
  metrics: readonly Metric[],
  measurement: Measurement,
  gates: readonly GateConfig[],
): readonly MetricComparison[] {
  return models.flatMap(({ role, sample }, other) =>
    role === 'candidate'
      ? []
      : metrics.map((metric) =>
          compareModels({
            measurement,
            candidate: 0,
            other,
            versus: role,
            metric,
            margin: marginFor(metric, role, gates),
            rows: sample.rows,
          }),
        ),
  )
}
