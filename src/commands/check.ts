import type { DataConfig, ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { createCounter } from '../data/profile-count.ts'
import { sources } from '../data/access.ts'
import { MISREAD } from '../data/misread.ts'
import { schemaPath } from '../data/schema/path.ts'
import type { Validator } from '../data/schema/validate.ts'
import type { ProfileCounts, QualityFinding } from '../data/types.ts'
import { schemaValidator } from './data-schema.ts'
import {
  bootstrapResult,
  decide,
  evaluateTriggers,
  type DriftObservation,
  type Unobserved,
  type Worsened,
} from '../triggers/index.ts'
import type { Decision, TriggerResult } from '../triggers/types.ts'
import { holdoutGlobs } from './candidate-id.ts'
import { readBase, readChampion, type Champion } from './champion.ts'
import { checkReadings } from './champion-readings.ts'
import { checkConfig } from './check-config.ts'
import { byLabel } from './by-label.ts'
import { createLabelWatch } from './label-watch.ts'
import { newRowsSince, seenFiles, seenMark, seenUntil, wrongMark } from './new-rows.ts'
import type { Project } from './project.ts'
import { customResults } from './custom-triggers.ts'
import { decideRetraining } from './decision.ts'
import { observeDrift } from './observe-drift.ts'
import { observePerformance, type ObservedPerformance } from './observe-performance.ts'
import { refuseForeignData } from './own-code.ts'
import { createReading, readingText, type ReadFacts } from './reading.ts'
import { createTail } from './tail.ts'
import { createTimeGuard } from './time-guard.ts'
import { readMemory, type EstimateMark, type TriggerMemory } from './trigger-memory.ts'

export interface CheckResult {
  readonly model: string
  readonly base: { readonly branch: string; readonly commit: string }
  /** undefined before the first version was merged. */
  readonly champion: Champion | undefined
  readonly triggers: readonly TriggerResult[]
  /** What the triggers together come to. */
  readonly decision: Decision
  /** A retraining is due, and nothing holds it back. */
  readonly fired: boolean
  /** Since when the champion's errors are higher. */
  readonly worsened?: Worsened | undefined
  /** Estimates without labels, for the memory of the next run. */
  readonly marks: readonly EstimateMark[]
  readonly rowsNew: number | undefined
  /** All labelled rows that are there: those the champion's run saw, and the new ones. */
  readonly rowsLabelled: number | undefined
  /** Where the new rows break the committed schema, came late or could not be used. */
  readonly findings: readonly QualityFinding[]
  /** How the gaps of the configuration were filled, as sentences: the task, columns that are left out. */
  readonly notes: readonly string[]
  /** How much had to be read; undefined where nothing was, or reading failed. */
  readonly read?: ReadFacts | undefined
  /** Why the data could not be read; the triggers that need it are `unchecked`, and the run exits with 1. */
  readonly error: RefitError | undefined
}

/** Looks at one model and changes nothing: what does each trigger see, and does one fire? */
export async function checkModel(project: Project, model: ModelConfig): Promise<CheckResult> {
  const base = await readBase(project)
  const champion = await readChampion(project, model.name, base.commit)
  await refuseForeignData(project, model, base.commit)
  const { notes, findings: found } = await checkConfig(project, model, champion)
  if (champion === undefined) {
    tell(project, model, found)
    const triggers = [bootstrapResult()]
    const history = { trainings: [], rejection: undefined }
    return {
      model: model.name,
      base,
      champion,
      triggers,
      decision: decide({ now: project.clock(), config: model.triggers, results: triggers, history }),
      fired: true,
      marks: [],
      rowsNew: undefined,
      rowsLabelled: undefined,
      findings: found,
      notes,
      error: undefined,
    }
  }
  const memory = await readMemory(project.forge, model.name)
  const validator = await schemaValidator(project, model, base.commit, champion)
  const seen = await observe(project, model, champion, memory, validator)
  // Rows that could not be read say nothing about the others.
  const findings =
    seen instanceof RefitError ? [] : withoutRepeats([...seen.findings, ...(validator?.findings() ?? [])])
  tell(project, model, findings)
  if (!(seen instanceof RefitError)) project.log.debug(`${model.name}: ${readingText(seen.read)}`)
  const { training, evaluation } = champion.manifest
  const lastTraining = memory.trainings[0]
  const facts = {
    now: project.clock(),
    model: model.name,
    config: model.triggers,
    primary: evaluation.primary,
    champion: {
      version: champion.manifest.version,
      trainedAt: Date.parse(training.trainedAt),
      rows: training.rows,
      ...(model.train.window === 'all' ? {} : { rowsSeen: training.rowsSeen }),
      metrics: evaluation.metrics,
    },
    profile: champion.profile,
    counts: seen instanceof RefitError ? { error: seen.message } : seen.counts,
    performance: seen instanceof RefitError ? { error: seen.message } : seen.performance,
    drift: seen instanceof RefitError ? undefined : seen.drift,
    lastTrainingAt: lastTraining && Date.parse(lastTraining.at),
    newFiles: seen instanceof RefitError ? { error: seen.message } : seen.newFiles,
    manual: project.request.manual ? { by: project.request.by, reason: project.request.reason } : undefined,
  }
  const triggers = evaluateTriggers({ ...facts, custom: await customResults(project, model, base.commit, facts) })
  const decision = await decideRetraining(project, model, triggers, { memory, trainedAt: facts.champion.trainedAt })
  return {
    model: model.name,
    base,
    champion,
    triggers,
    decision,
    fired: decision.retrain,
    worsened: seen instanceof RefitError ? undefined : seen.worsened,
    marks: seen instanceof RefitError ? [] : seen.marks,
    rowsNew: seen instanceof RefitError ? undefined : seen.counts.rows,
    rowsLabelled: seen instanceof RefitError ? undefined : training.rowsSeen + seen.counts.labelled,
    findings,
    notes,
    read: seen instanceof RefitError ? undefined : seen.read,
    error: seen instanceof RefitError ? seen : undefined,
  }
}

function tell(project: Project, model: ModelConfig, findings: readonly QualityFinding[]): void {
  for (const { rule, severity, sentence } of findings) {
    const schema = OF_READING.has(rule) ? undefined : { file: schemaPath(model.name) }
    const breaks =
      schema === undefined
        ? ''
        : severity === 'stop'
          ? 'the data break the schema, and '
          : 'the data differ from the schema: '
    const stops = severity === 'stop' ? 'a retraining would stop: ' : ''
    project.log.warn(`${model.name}: ${breaks}${stops}${sentence}`, schema)
  }
}

/** Findings that no schema is needed for. */
const OF_READING: ReadonlySet<string> = new Set(['dropped', 'late', 'future', 'watermark', 'zones', ...MISREAD])

/** What the schema has against a column's type is said already where the column could not be read. */
function withoutRepeats(findings: readonly QualityFinding[]): readonly QualityFinding[] {
  const unread = new Set(findings.filter(({ rule }) => rule === 'unread').map(({ column }) => column))
  return findings.filter(({ rule, severity, column }) => rule !== 'type' || severity === 'stop' || !unread.has(column))
}

interface Observed extends ObservedPerformance {
  readonly counts: ProfileCounts
  readonly drift: DriftObservation | undefined
  readonly newFiles: number | Unobserved
  readonly findings: readonly QualityFinding[]
  readonly read: ReadFacts
}

/** Streams the data once: counts the new rows on the champion's frozen bins and keeps the newest labelled ones to score. */
async function observe(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  memory: TriggerMemory,
  validator: Validator | undefined,
): Promise<Observed | RefitError> {
  try {
    const watched = model.triggers.performance
    const tail = createTail(watched === false ? 0 : watched['max-rows'])
    const waiting = createTail(watched === false || !watched.estimate ? 0 : watched['max-rows'])
    const files = new Set<string>()
    const { label, time, watermark, id, weight, ignore } = model.data
    const known = [time, watermark, id, weight, ...ignore].filter((name) => name !== undefined)
    const counter = createCounter(champion.profile, { label, known })
    const drift = await observeDrift(project, model, champion, { label, known })
    const now = project.clock()
    const isNew = newRowsSince(champion, model.data, now)
    const after = seenUntil(champion, model.data)
    const above = seenMark(champion, model.data)
    const guard = after === undefined ? undefined : createTimeGuard(champion, model.data, now)
    const readings = checkReadings(model, champion)
    const reading = createReading(champion, model, now)
    const labels = createLabelWatch(champion, model.data)
    const { readBatches, countRows, validateRows } = project.replay?.data ?? sources
    // Where the source can count by itself, only the rows to be scored are fetched.
    const { styles } = readings
    const counted = await countRows(champion.profile, model.data, { label, known, after, above, now, styles })
    if (counted) reading.addCounted(counted)
    const scope = { after, above, now, rows: counted?.rows ?? 0 }
    const validated = validator && counted && (await validateRows?.(validator.schema, model.data, scope))
    if (validated) validator?.addCounted(validated)
    const options = {
      ...reading.options,
      columns: neededColumns(model.data, champion),
      ...readings,
      exclude: holdoutGlobs(model),
      above,
      now,
      after: drift === undefined ? after : drift.after,
      // A drift reference of its own may need rows that have been seen.
      ...((drift === undefined || (!drift.needsRows && drift.after === after)) && { seen: seenFiles(champion) }),
      ...(counted && !drift?.needsRows && { newestLabelled: watched === false ? 0 : watched['max-rows'] }),
    }
    for await (const batch of readBatches(model.data, project.root, options)) {
      const rows = isNew(batch)
      guard?.add(batch, rows?.length ?? batch.table.rows)
      reading.add(batch, rows)
      labels.add(batch)
      drift?.add(batch, rows)
      if (rows?.length === 0) continue
      if (validated === undefined) validator?.add(batch.table, rows, batch.header, batch.strays)
      if (counted === undefined) counter.add(batch.table, rows, batch.header)
      files.add(batch.file)
      if (watched === false) continue
      const parted = byLabel(batch.table, rows, model.data.label)
      tail.add(batch.table, parted.labelled)
      if (watched.estimate) waiting.add(batch.table, parted.waiting)
    }
    const timeless = guard?.finish()
    const wrong = wrongMark(champion, model.data)
    const counts = counted ?? counter.result()
    labels.finish(counts)
    const available = counted?.labelled ?? tail.total
    const rows = { labelled: tail.table(), available, waiting: waiting.table() }
    const scored = await observePerformance(project, model, champion, rows, memory)
    return {
      counts,
      drift: await drift?.finish(counts),
      ...scored,
      newFiles: newFilesOf(files, champion),
      findings: [...(wrong ? [wrong] : []), ...(timeless ? [timeless] : []), ...reading.findings(counts)],
      read: reading.facts(counted !== undefined),
    }
  } catch (error) {
    if (error instanceof RefitError && (error.code === 'data' || error.code === 'training')) return error
    throw error
  }
}

/** Files with new rows that the champion's run did not read. */
function newFilesOf(files: ReadonlySet<string>, champion: Champion): number | Unobserved {
  if (champion.record === undefined) {
    return { error: `version ${champion.manifest.version} has no record.json, which lists the files it was trained on` }
  }
  const known = new Set(champion.record.data.files.map(({ path }) => path))
  return [...files].filter((file) => !known.has(file)).length
}

function neededColumns(data: DataConfig, champion: Champion): readonly string[] {
  const columns = new Set([
    ...champion.profile.columns.map((column) => column.name),
    ...champion.manifest.signature.inputs.map((input) => input.name),
    data.label,
  ])
  for (const name of [data.time, data.watermark, data.id, data.weight]) if (name !== undefined) columns.add(name)
  return [...columns]
}
