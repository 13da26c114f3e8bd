import { groupingColumns } from '../config/groupings.ts'
import type { GateConfig, ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { formatBytes } from '../core/format.ts'
import { sha256 } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import { count } from '../core/text.ts'
import { likelyRoles } from '../data/likely-roles.ts'
import { hashRows } from '../data/row-hash.ts'
import type { Table } from '../data/table.ts'
import { MISREAD } from '../data/misread.ts'
import type { QualityFinding } from '../data/types.ts'
import { baselineFor } from '../evaluation/baseline.ts'
import { dependenceOf } from '../evaluation/dependence.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import { defaultGates, judge } from '../evaluation/gates.ts'
import { holdoutUse, sketchRows, type HoldoutLedger, type LedgerEntry } from '../evaluation/holdout-ledger.ts'
import { leakFindings, searchLeaks, withInherited, withLevel } from '../evaluation/leaks.ts'
import { rowErrors } from '../evaluation/errors.ts'
import { nearPerfect } from '../evaluation/near-perfect.ts'
import { primaryMetric } from '../evaluation/score.ts'
import { chooseThreshold } from '../evaluation/threshold.ts'
import type { Evaluation, GateResult, Verdict } from '../evaluation/types.ts'
import { worthOf } from '../evaluation/worth.ts'
import { encodeLabels } from '../features/label.ts'
import { loadModel, type LoadedModel } from '../training/model.ts'
import type { Labels, Predictions } from '../training/types.ts'
import type { Candidate } from './candidate.ts'
import type { Champion } from './champion.ts'
import { evidenceWarnings, gatherEvidence } from './evidence.ts'
import { notHeldOut } from './pick-window.ts'
import type { Timer } from './timer.ts'
import { weightsOf } from './weights.ts'

export interface Judgement {
  readonly evaluation: Evaluation
  /** As configured, or the default ones. */
  readonly judgedBy: readonly GateConfig[]
  readonly gates: readonly GateResult[]
  readonly verdict: Verdict
  /** Leaks, beside what the data checks found. */
  readonly findings: readonly QualityFinding[]
  readonly threshold: number | null
  /** The candidate on the held-out rows: the source of the score quantiles. */
  readonly predictions: Predictions
  /** For the ledger: these held-out rows have chosen once more. */
  readonly use: LedgerEntry
}

/** What a judgement needs to know beyond data and models. */
export interface Occasion {
  readonly version: number
  readonly candidateId: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly ledger: HoldoutLedger
  /** Told how far the evaluation is, and how long it took where that was long. */
  readonly log?: Log | undefined
  /** The drop that makes a champion stale, where the performance trigger has shown that it is. */
  readonly staleBy?: number | undefined
}

/** A judgement that takes longer says so. */
const LONG_SECONDS = 5

/** Scores candidate, champion and baseline on the same held-out rows and draws the verdict. */
export async function judgeCandidate(
  model: ModelConfig,
  candidate: Candidate,
  champion: Champion | undefined,
  occasion: Occasion,
  timer: Timer,
): Promise<Judgement> {
  timer.phase('evaluate')
  const started = performance.now()
  const rival = champion && (await loadRival(model, candidate, champion))
  try {
    const judgement = await judgeAgainst(model, candidate, rival, occasion)
    const seconds = (performance.now() - started) / 1000
    if (seconds > LONG_SECONDS) {
      const held = count(judgement.predictions.rows, 'held-out row')
      const memory = formatBytes(process.resourceUsage().maxRSS * 1024)
      occasion.log?.info(
        `${model.name}: judged on ${held} in ${seconds.toFixed(1)} s; at most ${memory} of memory so far`,
      )
    }
    return judgement
  } finally {
    rival?.loaded.dispose()
  }
}

async function judgeAgainst(
  model: ModelConfig,
  candidate: Candidate,
  rival: Rival | undefined,
  { version, candidateId, at, ledger, log, staleBy }: Occasion,
): Promise<Judgement> {
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
          model.evaluate.value && worthOf(model.evaluate.value, validation.values, table, validation.rows, 'the data'),
          weightsOf(table, model.data.weight, validation.rows),
        )
      : null
  const scored = rival && { ...rival, predictions: rival.loaded.predict(holdout, held.rows) }
  const baseline = baselineFor(task, labelsOf(encodeLabels(spec, table, split.train)))
  const primary = primaryMetric(task, model.evaluate.primary)
  const gates = model.gates ?? defaultGates(task, primary, staleBy)
  const hashes = hashesOf(holdout, held.rows)
  const digest = `sha256:${sha256(new Uint8Array(hashes.buffer))}`
  const today = { digest, rows: hashes.length, sketch: sketchRows(hashes) }
  const { level } = model.evaluate
  const scores = evaluate({
    task,
    config: model.evaluate,
    gates,
    holdout: {
      table: holdout,
      rows: held.rows,
      labels,
      weights: weightsOf(holdout, model.data.weight, held.rows),
      dependence: dependenceOf(holdout, held.rows, model.data, model.evaluate.resample),
      description: split.description,
      columns: [...new Set([...candidate.featureColumns, ...groupingColumns(model.evaluate.slices)])],
      digest,
      championSafe: split.championSafe,
      championWhy: split.championWhy,
      note: split.note,
      unseen: held.unseen,
    },
    candidate: { predictions, version },
    champion: scored,
    baseline: { predictions: baseline.predict(held.rows.length), name: baseline.name },
    thresholds: {
      ...(threshold === null ? {} : { candidate: threshold, baseline: 0.5 }),
      ...(scored?.threshold === undefined ? {} : { champion: scored.threshold }),
    },
    progress: log && ((update) => log.progress(update)),
    holdoutUse: holdoutUse(ledger, today, { candidateId, level, budget: model.evaluate['holdout-uses'] }),
  })
  const wrong = rowErrors(labels, predictions, threshold ?? 0.5, undefined)
  const places = new Map([...held.rows].map((row, place) => [row, place]))
  const searched = searchLeaks({
    table,
    label: model.data.label,
    task,
    trainRows: notHeldOut(split),
    holdoutRows: split.holdout,
    holdoutTable: split.holdoutTable,
    columns: candidate.featureColumns,
    time: model.data.time,
    id: model.data.id,
    maybe: likelyRoles(candidate.data, model.data),
    errorsOf: (rows) => shareOf(rows.flatMap((row) => places.get(row) ?? []).map((place) => wrong[place] as number)),
  })
  const goesOn = candidate.incremental !== undefined && 'from' in candidate.incremental
  const found = withInherited(searched, goesOn && !split.championSafe ? (split.note ?? split.description) : undefined)
  const atTraining = rival && { championAtTraining: rival.atTraining }
  const leaks = withLevel(found, nearPerfect({ ...scores, ...atTraining }))
  const evidence = await gatherEvidence({
    model,
    candidate,
    version,
    evaluation: scores,
    rows: held.rows,
    labels,
    predictions,
    champion: scored,
    leaks,
  })
  const stale = rival === undefined || model.gates !== undefined || staleBy === undefined ? [] : [staleWarning(primary)]
  // First: what a column means comes before how well it predicts.
  const misread = candidate.quality.filter(({ rule }) => MISREAD.has(rule)).map(({ sentence }) => sentence)
  const warnings = [
    ...misread,
    ...scores.warnings,
    ...evidenceWarnings(evidence, leaks, model.evaluate['expect-near-perfect']),
    ...stale,
  ]
  const evaluation = { ...scores, ...evidence, leaks, ...atTraining, warnings }
  const findings = leakFindings(found)
  const { gates: results, verdict } = judge({
    evaluation,
    gates,
    fairness: model.evaluate.fairness,
    minHoldout: model.evaluate['min-holdout'],
    expectNearPerfect: model.evaluate['expect-near-perfect'],
    quality: [...candidate.quality, ...findings],
  })
  const use = { at, candidateId, ...today, verdict: verdict.outcome }
  return { evaluation, judgedBy: gates, gates: results, verdict, findings, threshold, predictions, use }
}

function shareOf(wrong: readonly number[]): number | undefined {
  return wrong.length === 0 ? undefined : wrong.reduce((sum, one) => sum + one, 0) / wrong.length
}

const staleWarning = (primary: string): string =>
  `the champion is known to be stale (the performance trigger fired), so the margin of ${primary} is wider: half of the drop that makes it fire`

/** The held-out rows by their cells, label included: the same rows, the same hashes. */
function hashesOf(holdout: Table, rows: Uint32Array): Uint32Array<ArrayBuffer> {
  const hashes = hashRows(holdout)
  return Uint32Array.from(rows, (row) => hashes[row] as number)
}

interface Rival {
  readonly loaded: LoadedModel
  readonly version: number
  readonly threshold: number | undefined
  readonly bytes: number
  /** What its own run measured of it. */
  readonly atTraining: Evaluation['championAtTraining']
}

/** @throws RefitError `evaluation` where the champion predicts something else than the candidate. */
async function loadRival(model: ModelConfig, candidate: Candidate, champion: Champion): Promise<Rival> {
  const loaded = await loadModel(candidate.engine, champion.files)
  const { task, label } = loaded.spec
  if (task !== candidate.task || label.classes.join('\0') !== candidate.spec.label.classes.join('\0')) {
    loaded.dispose()
    throw new RefitError(
      'evaluation',
      `the champion of ${model.name} predicts ${describe(task, label.classes)}, the data has ${describe(candidate.task, candidate.spec.label.classes)}: they cannot be compared`,
      {
        hint: 'Give the model with the new label a new name in the configuration, or restore the old label.',
      },
    )
  }
  const { manifest } = champion
  return {
    loaded,
    version: manifest.version,
    threshold: manifest.signature.threshold ?? undefined,
    bytes: manifest.artifact.files.reduce((sum, file) => sum + file.bytes, 0),
    atTraining: manifest.evaluation.metrics,
  }
}

function describe(task: string, classes: readonly string[]): string {
  return classes.length === 0
    ? `a number (${task})`
    : `${task} classes ${classes.slice(0, 6).join(', ')}${classes.length > 6 ? ', …' : ''}`
}
