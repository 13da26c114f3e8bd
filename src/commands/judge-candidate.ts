import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { sha256 } from '../core/json.ts'
import { hashRows } from '../data/row-hash.ts'
import type { Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import { baselineFor } from '../evaluation/baseline.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import { defaultGates, judge } from '../evaluation/gates.ts'
import { findLeaks } from '../evaluation/leaks.ts'
import { primaryMetric } from '../evaluation/score.ts'
import { chooseThreshold } from '../evaluation/threshold.ts'
import type { Evaluation, GateResult, Verdict } from '../evaluation/types.ts'
import { encodeLabels } from '../features/label.ts'
import { loadModel } from '../training/model.ts'
import type { Labels, Predictions } from '../training/types.ts'
import type { Candidate } from './candidate.ts'
import type { Champion } from './champion.ts'
import type { Timer } from './timer.ts'
import { weightsOf } from './weights.ts'

export interface Judgement {
  readonly evaluation: Evaluation
  readonly gates: readonly GateResult[]
  readonly verdict: Verdict
  /** Leaks, beside what the data checks found. */
  readonly findings: readonly QualityFinding[]
  readonly threshold: number | null
  /** The candidate on the held-out rows: the source of the score quantiles. */
  readonly predictions: Predictions
}

/** Scores candidate, champion and baseline on the same held-out rows and draws the verdict. */
export async function judgeCandidate(
  model: ModelConfig,
  candidate: Candidate,
  champion: Champion | undefined,
  version: number,
  timer: Timer,
): Promise<Judgement> {
  timer.phase('evaluate')
  const { spec, task, split, table, holdout } = candidate
  const labelsOf = (rows: ReturnType<typeof encodeLabels>): Labels => ({
    task,
    classes: spec.label.classes,
    values: rows.values,
  })
  const held = encodeLabels(spec, holdout)
  const labels = labelsOf(held)
  const predictions = candidate.model.predict(holdout, held.rows)
  const validation = encodeLabels(spec, table, split.validation)
  const threshold =
    task === 'binary'
      ? chooseThreshold(
          labelsOf(validation),
          candidate.model.predict(table, validation.rows),
          model.evaluate.threshold,
          model.evaluate.value,
        )
      : null
  const scored = champion === undefined ? undefined : await scoreWith(model, candidate, champion, held.rows)
  const baseline = baselineFor(task, labelsOf(encodeLabels(spec, table, split.train)))
  const gates = model.gates ?? defaultGates(task, primaryMetric(task, model.evaluate.primary))
  const evaluation = evaluate({
    task,
    config: model.evaluate,
    gates,
    holdout: {
      table: holdout,
      rows: held.rows,
      labels,
      weights: weightsOf(holdout, model.data.weight, held.rows),
      description: split.description,
      digest: holdoutDigest(holdout, held.rows),
      championSafe: split.championSafe,
      note: split.note,
    },
    candidate: { predictions, version },
    champion: scored,
    baseline: { predictions: baseline.predict(held.rows.length), name: baseline.name },
    thresholds: {
      ...(threshold === null ? {} : { candidate: threshold, baseline: 0.5 }),
      ...(scored?.threshold === undefined ? {} : { champion: scored.threshold }),
    },
  })
  const findings = findLeaks({
    table,
    label: model.data.label,
    task,
    trainRows: split.train,
    holdoutRows: split.holdout,
    holdoutTable: split.holdoutTable,
    columns: candidate.featureColumns,
    time: model.data.time,
  })
  const { gates: results, verdict } = judge({
    evaluation,
    gates,
    fairness: model.evaluate.fairness,
    minHoldout: model.evaluate['min-holdout'],
    quality: [...candidate.quality, ...findings],
  })
  return { evaluation, gates: results, verdict, findings, threshold, predictions }
}

/** Names the held-out rows by their cells, label included: the same rows, the same digest. */
function holdoutDigest(holdout: Table, rows: Uint32Array): string {
  const hashes = hashRows(holdout)
  const held = Uint32Array.from(rows, (row) => hashes[row] as number)
  return `sha256:${sha256(new Uint8Array(held.buffer))}`
}

async function scoreWith(
  model: ModelConfig,
  candidate: Candidate,
  champion: Champion,
  rows: Uint32Array,
): Promise<{ predictions: Predictions; version: number; threshold: number | undefined }> {
  const loaded = await loadModel(candidate.engine, champion.files)
  try {
    if (
      loaded.spec.task !== candidate.task ||
      loaded.spec.label.classes.join('\0') !== candidate.spec.label.classes.join('\0')
    ) {
      throw new RefitError(
        'evaluation',
        `the champion of ${model.name} predicts ${describe(loaded.spec.task, loaded.spec.label.classes)}, the data has ${describe(candidate.task, candidate.spec.label.classes)}: they cannot be compared`,
        {
          hint: 'Give the model with the new label a new name in the configuration, or restore the old label.',
        },
      )
    }
    const threshold = champion.manifest.signature.threshold ?? undefined
    return { predictions: loaded.predict(candidate.holdout, rows), version: champion.manifest.version, threshold }
  } finally {
    loaded.dispose()
  }
}

function describe(task: string, classes: readonly string[]): string {
  return classes.length === 0
    ? `a number (${task})`
    : `${task} classes ${classes.slice(0, 6).join(', ')}${classes.length > 6 ? ', …' : ''}`
}
