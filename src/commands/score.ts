import type { ModelConfig } from '../config/schema.ts'
import { count } from '../core/text.ts'
import { findColumn, takeRows, type Table } from '../data/table.ts'
import { orderByTime } from '../data/time-order.ts'
import { challenge } from '../evaluation/challenger.ts'
import { dependenceOf } from '../evaluation/dependence.ts'
import { CALIBRATION_FILE, parseCalibration, type Calibration } from '../evaluation/calibration.ts'
import { rowErrors } from '../evaluation/errors.ts'
import { estimatePerformance } from '../evaluation/estimate.ts'
import { measure } from '../evaluation/measure.ts'
import { findMetric } from '../evaluation/metrics.ts'
import { createSample } from '../evaluation/sample.ts'
import { scoreMetric } from '../evaluation/score.ts'
import type { MetricValue } from '../evaluation/types.ts'
import { costTableOf, worthOf } from '../evaluation/worth.ts'
import { encodeLabels } from '../features/label.ts'
import { createTransform } from '../features/transform.ts'
import { changePoint } from '../stats/change-point.ts'
import { loadEngine } from '../training/engine.ts'
import { loadModel } from '../training/model.ts'
import type { Predictions } from '../training/types.ts'
import { watchErrors } from '../triggers/error-stream.ts'
import type { ChallengerObservation, DetectorObservation, EstimateObservation, Worsened } from '../triggers/index.ts'
import { errorRate } from '../triggers/worsening.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'
import { byOutput, fromOutputs, partOf, squaredErrors } from './score-outputs.ts'
import { weightsOf } from './weights.ts'

/** The champion at work on rows that it has never seen. */
export interface Scorer {
  /** The watched metric with its interval on the rows with a usable label; null with a reason where it is undefined. */
  metric(rows: Table): ScoredMetric
  /** What the metric would be expected to be, had the rows no labels. */
  estimate(rows: Table): EstimateObservation
  /** What the configured detector makes of the errors in time order; undefined where there is none. */
  watch(rows: Table): DetectorObservation | undefined
  /** Whether a small model that learns from the rows beats the champion; undefined where that is switched off. */
  challenge(rows: Table): ChallengerObservation | undefined
  /** Since when the champion's errors are higher; undefined where they have not risen beyond chance, or nothing has a time. */
  worsened(rows: Table): Worsened | undefined
  /** The metric's name: of the configuration, or the primary one. */
  readonly name: string
}

export interface ScoredMetric extends MetricValue {
  /** Rows it was scored on. */
  readonly n: number
  /** Labels that the champion does not know, in a sentence; their rows are left out. */
  readonly unseen: string | undefined
}

/** Enough for an interval that only has to tell chance from change. */
const RESAMPLES = 300

/** Loads the champion, lets `body` score rows with it, and frees it. TensorFlow.js is loaded with this file. */
export async function withScorer<T>(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  body: (scorer: Scorer) => T,
): Promise<T> {
  const watched = model.triggers.performance
  const name = (watched !== false ? watched.metric : undefined) ?? champion.manifest.evaluation.primary
  const engine = await loadEngine({ choice: model.train.engine, workspace: project.root, log: project.log })
  const loaded = await loadModel(engine, champion.files)
  const { spec } = loaded
  const { level, seed, value: costs } = model.evaluate
  const threshold = champion.manifest.signature.threshold ?? 0.5
  // The error rate is what the accuracy lacks.
  const computed = name === 'error-rate' ? 'accuracy' : name
  const own = calibrationOf(champion)

  const scored = (rows: Table) => {
    const encoded = encodeLabels(spec, rows)
    const labels = { task: spec.task, classes: spec.label.classes, values: encoded.values }
    return { encoded, labels, predictions: loaded.predict(rows, encoded.rows) }
  }
  const asNamed = (value: MetricValue): MetricValue => {
    if (name !== 'error-rate' || value.value === null) return { ...value, metric: name }
    const turned = errorRate({ value: value.value, interval: value.interval ?? undefined })
    const interval = value.interval && turned.interval ? { ...value.interval, ...turned.interval } : null
    return { ...value, metric: name, value: turned.value, interval }
  }

  try {
    return body({
      name,
      metric(rows) {
        const { encoded, labels, predictions } = scored(rows)
        const { unseen } = encoded
        const seen = {
          n: encoded.rows.length,
          unseen:
            unseen.rows === 0
              ? undefined
              : `${count(unseen.rows, 'row')} of classes that the champion does not know (${unseen.examples.join(', ')}) are left out`,
        }
        const found = findMetric(spec.task, computed)
        if (found === undefined) {
          return {
            ...seen,
            metric: name,
            value: null,
            interval: null,
            reason: `a ${spec.task} task has no such metric`,
          }
        }
        const weights = weightsOf(rows, model.data.weight, encoded.rows)
        const sample = createSample(labels, predictions, {
          threshold,
          value: costs && worthOf(costs, encoded.values, rows, encoded.rows),
          weights,
          // Errors of neighbours in time, or of one id, are alike: as many rows say less.
          dependence: dependenceOf(rows, encoded.rows, model.data, model.evaluate.resample),
        })
        const [value] = measure([sample], [found], { resamples: RESAMPLES, level, seed }).values(0)
        return { ...seen, ...asNamed(value ?? { metric: name, value: null, interval: null }) }
      },
      estimate(rows) {
        if (own === undefined) return { none: `version ${champion.manifest.version} was saved without a calibration` }
        const features = spec.task === 'regression' ? createTransform(spec)(rows) : undefined
        const settings = { threshold, value: costTableOf(costs), level, seed, features }
        const found = estimatePerformance(own, loaded.predict(rows), computed, settings)
        if ('none' in found) return found
        const { value, interval } = asNamed({
          metric: computed,
          value: found.value,
          interval: { low: found.low, high: found.high, level, method: found.method },
        })
        return {
          metric: name,
          value: value as number,
          interval: interval ?? undefined,
          n: rows.rows,
          method: found.method,
        }
      },
      challenge(rows) {
        if (watched === false || watched.challenger === false) return undefined
        const ordered = inTimeOrder(rows, model.data.time)
        const { encoded, labels, predictions } = scored(ordered)
        const seen = challenge({
          ...byOutput(labels, predictions),
          shares: spec.task !== 'regression',
          matrix: createTransform(spec)(ordered, encoded.rows),
          times: timesOf(ordered, model.data.time, encoded.rows),
          level,
        })
        if ('none' in seen) return seen
        const { from, corrected, real } = seen
        const end = from + seen.rows
        const truth = { ...labels, values: labels.values.slice(from, end) }
        const worth = costs && worthOf(costs, truth.values, ordered, encoded.rows.subarray(from, end))
        const value = (said: Predictions): number | null =>
          scoreMetric(computed, truth, said, { threshold, value: worth }).value
        const before = value(partOf(predictions, from, end))
        const after = value(fromOutputs(predictions, corrected))
        if (before === null || after === null) return { none: `${name} is undefined on the new rows` }
        const turned = (one: number): number => (name === 'error-rate' ? 1 - one : one)
        return { champion: turned(before), challenger: turned(after), real, rows: seen.rows, level }
      },
      worsened(rows) {
        const ordered = inTimeOrder(rows, model.data.time)
        const { encoded, labels, predictions } = scored(ordered)
        const times = timesOf(ordered, model.data.time, encoded.rows)
        const errors = squaredErrors(labels, predictions)
        const seen = times && changePoint(errors)
        if (seen === undefined || times === undefined || seen.after <= seen.before) return undefined
        return { at: times[seen.at] as number, rows: errors.length - seen.at }
      },
      watch(rows) {
        const detector = watched === false ? 'none' : watched.detector
        if (detector === 'none') return undefined
        const ordered = inTimeOrder(rows, model.data.time)
        const { encoded, labels, predictions } = scored(ordered)
        const holdout = own !== undefined && 'errors' in own ? own.errors : undefined
        const binary = spec.task !== 'regression'
        return watchErrors(detector, {
          errors: rowErrors(labels, predictions, threshold, holdout),
          times: timesOf(ordered, model.data.time, encoded.rows),
          what: binary ? 'error rate' : 'rank of the absolute error (0.5 is usual)',
          binary,
        })
      },
    })
  } finally {
    loaded.dispose()
  }
}

function calibrationOf(champion: Champion): Calibration | undefined {
  const bytes = champion.files.get(CALIBRATION_FILE)
  return bytes && parseCalibration(bytes)
}

function timesOf(rows: Table, name: string | undefined, picked: Uint32Array): Float64Array | undefined {
  const time = name === undefined ? undefined : findColumn(rows, name)
  return time?.kind === 'time' ? Float64Array.from(picked, (row) => time.values[row] as number) : undefined
}

function inTimeOrder(rows: Table, name: string | undefined): Table {
  const time = name === undefined ? undefined : findColumn(rows, name)
  return time?.kind === 'time' ? takeRows(rows, orderByTime(time.values)) : rows
}
