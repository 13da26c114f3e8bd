import type { ModelConfig } from '../config/schema.ts'
import { checkBehaviour } from '../evaluation/behaviour/check.ts'
import { togetherOf } from '../evaluation/clustered.ts'
import { dataBias } from '../evaluation/data-bias.ts'
import { dependenceOf } from '../evaluation/dependence.ts'
import { individualFairness, type IndividualModel } from '../evaluation/individual-fairness.ts'
import type { LeakCheck, LeakSearch } from '../evaluation/leak-types.ts'
import { findMetric } from '../evaluation/metrics.ts'
import { resamplingOf } from '../evaluation/resampling.ts'
import { createSample } from '../evaluation/sample.ts'
import { scoreMetric } from '../evaluation/score.ts'
import { chooseThreshold } from '../evaluation/threshold.ts'
import { trainingNoise } from '../evaluation/training-noise.ts'
import type { Evaluation } from '../evaluation/types.ts'
import { worthOf } from '../evaluation/worth.ts'
import { encodeLabels } from '../features/label.ts'
import type { LoadedModel } from '../training/model.ts'
import type { Labels, Predictions } from '../training/types.ts'
import type { Candidate } from './candidate.ts'
import { measureFootprint } from './footprint.ts'
import { serveRow } from './serve-row.ts'
import { weightsOf } from './weights.ts'

export interface EvidenceInput {
  readonly model: ModelConfig
  readonly candidate: Candidate
  readonly version: number
  readonly evaluation: Evaluation
  /** The held-out rows, their labels, and what the candidate says about them. */
  readonly rows: Uint32Array
  readonly labels: Labels
  readonly predictions: Predictions
  readonly champion:
    | {
        readonly loaded: LoadedModel
        readonly predictions: Predictions
        readonly threshold: number | undefined
        readonly bytes: number
      }
    | undefined
  readonly leaks: LeakSearch
}

type Evidence = Pick<Evaluation, 'behaviour' | 'footprint' | 'individualFairness' | 'dataBias' | 'trainingNoise'>

/** What needs the models themselves, not only their predictions: behaviour, single rows, time and size, other seeds. */
export async function gatherEvidence(input: EvidenceInput): Promise<Evidence> {
  const { model, candidate, version, rows, labels, champion } = input
  const { evaluate } = model
  const { holdout } = candidate
  const behaviour = checkBehaviour({
    config: evaluate.behaviour,
    table: holdout,
    rows,
    labels,
    columns: candidate.featureColumns,
    predict: (table) => candidate.model.predict(table),
    serve: (table, row) => serveRow(candidate.model, model.name, version, table, row),
    leaks: input.leaks,
  })
  const { fairness } = evaluate
  const noise = await noiseOf(input)
  return {
    behaviour,
    footprint: measureFootprint(candidate.model, candidate.files, holdout, rows, champion?.bytes),
    ...(fairness
      ? {
          individualFairness: individualFairness({
            config: fairness,
            table: holdout,
            rows,
            columns: candidate.featureColumns,
            candidate: individual(candidate.model, input.predictions, input.evaluation.thresholds.candidate),
            champion: champion && individual(champion.loaded, champion.predictions, champion.threshold),
            level: evaluate.level,
            comparisonLevel: input.evaluation.holdoutUse?.correctedLevel,
            seed: evaluate.seed,
            units: unitsOf(input),
          }),
        }
      : {}),
    ...(fairness ? { dataBias: biasOf(input) } : {}),
    ...(noise ? { trainingNoise: noise } : {}),
  }
}

/**
 * What of it a reviewer should know before believing the numbers. Bias of the data has a place of its own, and what leaves
 * the verdict open is its reason. Columns that tell the label are no news where a near-perfect score is expected.
 */
export function evidenceWarnings(
  { behaviour, trainingNoise: noise }: Evidence,
  leaks: LeakSearch,
  expected: string | undefined,
): readonly string[] {
  const asked = (behaviour ?? []).some(({ check, status }) => check === 'leak' && status === 'warn')
  const known = leaks.checks.filter(({ check }) => check !== 'level' && !(expected && COLUMNS.has(check)))
  return [
    ...(behaviour ?? [])
      .filter(({ check, status }) => check !== 'leak' && status === 'warn')
      .map((one) => one.sentence),
    ...known.flatMap((check) =>
      asked && check.status === 'found' && check.open === undefined
        ? check.findings.map(({ sentence }) => sentence)
        : [],
    ),
    ...(noise?.exceeds === false && (noise.gain ?? 0) > 0 ? [noise.sentence] : []),
  ].map((sentence) => sentence.slice(0, 1).toUpperCase() + sentence.slice(1))
}

const COLUMNS: ReadonlySet<LeakCheck['check']> = new Set(['columns', 'groups'])

function individual(loaded: LoadedModel, predictions: Predictions, threshold = 0.5): IndividualModel {
  const inputs = new Set(loaded.spec.inputs.map((one) => one.column))
  return { predictions, threshold, predict: (table) => loaded.predict(table), reads: (column) => inputs.has(column) }
}

/** Held-out rows of one customer, or of one block of time, as the comparisons draw them. */
function unitsOf({ model, candidate, rows, labels, predictions }: EvidenceInput): Uint32Array | undefined {
  const dependence = dependenceOf(candidate.holdout, rows, model.data, model.evaluate.resample)
  return togetherOf(resamplingOf([createSample(labels, predictions, { dependence })], model.evaluate.seed).units)
}

function biasOf({ model, candidate, rows }: EvidenceInput): Evaluation['dataBias'] {
  const { fairness, level } = model.evaluate
  if (fairness === undefined) return []
  const train = encodeLabels(candidate.spec, candidate.table, candidate.split.train)
  return dataBias({
    task: candidate.task,
    protected: fairness.protected,
    minGroup: fairness['min-group'],
    level,
    train: { table: candidate.table, rows: train.rows, labels: train.values },
    holdout: { table: candidate.holdout, rows },
  })
}

/** Trains with further seeds, one model in memory at a time. */
async function noiseOf(input: EvidenceInput): Promise<Evaluation['trainingNoise']> {
  const { model, candidate, evaluation, rows, labels } = input
  const { again, task } = candidate
  const metric = findMetric(task, evaluation.primary)
  if (again === undefined || metric === undefined) return undefined
  const { seed } = model.train
  const seeds = Array.from({ length: model.evaluate.seeds }, (_, i) => seed + i)
  const valueOf = (models: Evaluation['candidate'] | null): number | null =>
    models?.metrics.find((one) => one.metric === metric.name)?.value ?? null
  const values: (number | null)[] = [valueOf(evaluation.candidate)]
  for (const other of seeds.slice(1)) {
    const loaded = await again(other)
    try {
      const { value } = scoreMetric(metric.name, labels, loaded.predict(candidate.holdout, rows), {
        threshold: thresholdOf(input, loaded),
        value: worthFor(input),
        weights: weightsOf(candidate.holdout, model.data.weight, rows),
      })
      values.push(value)
    } finally {
      loaded.dispose()
    }
  }
  return trainingNoise({
    metric: metric.name,
    direction: metric.direction,
    seeds,
    values,
    champion: valueOf(evaluation.champion),
    level: model.evaluate.level,
    signed: metric.signed,
  })
}

function worthFor({ model, candidate, rows, labels }: EvidenceInput) {
  const { value } = model.evaluate
  return value && candidate.task === 'binary' ? worthOf(value, labels.values, candidate.holdout, rows) : undefined
}

/** Each seed's model chooses its own threshold on the validation rows, as the candidate did. */
function thresholdOf({ model, candidate }: EvidenceInput, loaded: LoadedModel): number | undefined {
  if (candidate.task !== 'binary') return undefined
  const { spec, table, split } = candidate
  const validation = encodeLabels(spec, table, split.validation)
  const { value } = model.evaluate
  return chooseThreshold(
    { task: candidate.task, classes: spec.label.classes, values: validation.values },
    loaded.predict(table, validation.rows),
    model.evaluate.threshold,
    value && worthOf(value, validation.values, table, validation.rows),
    weightsOf(table, model.data.weight, validation.rows),
  )
}
