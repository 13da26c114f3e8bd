import type { ModelConfig } from '../config/schema.ts'
import type { StageConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { Split } from '../data/types.ts'
import { costTableOf } from '../evaluation/worth.ts'
import { quantiles } from '../evaluation/quantiles.ts'
import { signatureOf } from '../features/signature.ts'
import { artifactDigest, describeFiles } from '../registry/digest.ts'
import { artifactFolder, type Manifest } from '../registry/manifest.ts'
import type { Predictions } from '../training/types.ts'
import type { TriggerResult } from '../triggers/types.ts'
import type { Candidate } from './candidate.ts'
import type { Champion } from './champion.ts'
import { largestMark } from './new-rows.ts'
import type { Judgement } from './judge-candidate.ts'
import type { Project } from './project.ts'

export interface NextManifestInput {
  readonly project: Project
  readonly model: ModelConfig
  readonly version: number
  readonly candidateId: string
  readonly candidate: Candidate
  readonly champion: Champion | undefined
  readonly judgement: Judgement
  readonly triggers: readonly TriggerResult[]
}

/** The manifest that the pull request proposes. */
export function nextManifest({
  project,
  model,
  version,
  candidateId,
  candidate,
  champion,
  judgement,
  triggers,
}: NextManifestInput): Manifest {
  const { data, split, table } = candidate
  const { evaluation } = judgement
  const costs = candidate.task === 'binary' ? costTableOf(model.evaluate.value) : undefined
  const signature = signatureOf(candidate.spec)
  const { mark } = largestMark(table, model.data.watermark, project.clock())
  return {
    schemaVersion: 1,
    model: model.name,
    version,
    previous:
      champion === undefined ? null : { version: champion.manifest.version, digest: champion.manifest.artifact.digest },
    task: candidate.task,
    artifact: {
      uri: `git:${artifactFolder(model.name, version)}`,
      digest: artifactDigest(candidate.files),
      format: 'tfjs-layers',
      files: [...describeFiles(candidate.files)],
    },
    signature: {
      ...signature,
      inputs: [...signature.inputs],
      outputs: signature.outputs.map((output) => ({ ...output, shape: [...output.shape] })),
      classes: [...candidate.spec.label.classes],
      threshold: judgement.threshold,
    },
    training: {
      trainer: model.train.trainer,
      model: model.train.model,
      engine: candidate.trained.engine,
      seed: model.train.seed,
      candidateId,
      dataFingerprint: data.fingerprint,
      rows: rowsLearned(candidate, champion),
      rowsSeen: data.rowsUsable ?? table.rows,
      window: trainedWindow(table, split, model.data.time),
      // To the millisecond: rows of the same second must not count as new.
      watermark: split.watermark === undefined ? null : new Date(split.watermark).toISOString(),
      dataSeenUntil: data.window === undefined ? null : new Date(data.window.to).toISOString(),
      ...(mark !== undefined && { seenMark: mark }),
      trainedAt: isoTime(project.clock()),
      codeCommit: project.request.codeCommit,
      runUrl: project.request.runUrl,
      triggers: triggers
        .filter((trigger) => trigger.status === 'fired' && trigger.onlyReport !== true)
        .map((trigger) => trigger.sentence),
    },
    evaluation: {
      primary: evaluation.primary,
      holdoutDigest: evaluation.holdout.digest,
      holdoutRows: evaluation.holdout.rows,
      metrics: evaluation.candidate.metrics.map(({ metric, value, interval }) => ({
        metric,
        value,
        interval: interval === null ? null : { ...interval },
      })),
      verdict: judgement.verdict.outcome,
      ...(costs === undefined ? {} : { worth: { ...costs } }),
      scoreQuantiles: quantiles(decisiveScores(judgement.predictions), 100),
    },
    rollout: {
      environment: model.rollout.environment,
      // Without a rollout the merge is the promotion, and a plan would be a promise nobody keeps.
      stages: model.rollout.target === 'none' ? [] : model.rollout.stages.map((stage: StageConfig) => ({ ...stage })),
    },
  }
}

/** Oldest and newest time of the rows trained on; null without a time column. */
function trainedWindow(table: Table, split: Split, time: string | undefined): Manifest['training']['window'] {
  const column = time === undefined ? undefined : findColumn(table, time)
  if (column?.kind !== 'time') return null
  let from = Infinity
  let to = -Infinity
  for (const rows of [split.train, split.validation]) {
    for (const row of rows) {
      const at = column.values[row] as number
      if (at < from) from = at
      if (at > to) to = at
    }
  }
  return from <= to ? { from: isoTime(from), to: isoTime(to) } : null
}

/** All rows that went into the model: the champion's as well, where the training went on from it. */
function rowsLearned({ split, incremental }: Candidate, champion: Champion | undefined): number {
  if (incremental === undefined || 'why' in incremental) return split.train.length + split.validation.length
  return (champion?.manifest.training.rows ?? 0) + incremental.newRows
}

/** One number a row that says most: P(positive), the largest class probability, or the prediction itself. */
export function decisiveScores({ task, rows, classes, scores }: Predictions): Float64Array {
  if (task !== 'multiclass') return scores
  const k = classes.length
  return Float64Array.from({ length: rows }, (_, row) => {
    let best = 0
    for (let c = 0; c < k; c++) best = Math.max(best, scores[row * k + c] as number)
    return best
  })
}
