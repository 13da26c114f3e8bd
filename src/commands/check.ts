import type { DataConfig, ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { createCounter } from '../data/profile-count.ts'
import { sources } from '../data/access.ts'
import { findColumn, isMissing, type Table, type ColumnKind } from '../data/table.ts'
import type { ProfileCounts } from '../data/types.ts'
import { bootstrapResult, evaluateTriggers, type PerformanceObservation } from '../triggers/index.ts'
import type { TriggerResult } from '../triggers/types.ts'
import { readBase, readChampion, type Champion } from './champion.ts'
import { newRowsSince, seenUntil } from './new-rows.ts'
import type { Project } from './project.ts'
import { createTail } from './tail.ts'

export interface CheckResult {
  readonly model: string
  readonly base: { readonly branch: string; readonly commit: string }
  /** undefined before the first version was merged. */
  readonly champion: Champion | undefined
  readonly triggers: readonly TriggerResult[]
  readonly fired: boolean
  readonly rowsNew: number | undefined
  /** All labelled rows that are there: those the champion's run saw, and the new ones. */
  readonly rowsLabelled: number | undefined
  /** Why the data could not be read; the triggers that need it are `unchecked`, and the run exits with 1. */
  readonly error: RefitError | undefined
}

/** Looks at one model and changes nothing: what does each trigger see, and does one fire? */
export async function checkModel(project: Project, model: ModelConfig): Promise<CheckResult> {
  const base = await readBase(project)
  const champion = await readChampion(project, model.name, base.commit)
  if (champion === undefined) {
    return {
      model: model.name,
      base,
      champion,
      triggers: [bootstrapResult()],
      fired: true,
      rowsNew: undefined,
      rowsLabelled: undefined,
      error: undefined,
    }
  }
  const seen = await observe(project, model, champion)
  const { training, evaluation } = champion.manifest
  const triggers = evaluateTriggers({
    now: project.clock(),
    config: model.triggers,
    primary: evaluation.primary,
    champion: {
      version: champion.manifest.version,
      trainedAt: Date.parse(training.trainedAt),
      rows: training.rows,
      metrics: evaluation.metrics,
    },
    profile: champion.profile,
    counts: seen instanceof RefitError ? { error: seen.message } : seen.counts,
    performance: seen instanceof RefitError ? { error: seen.message } : seen.performance,
    manual: project.request.manual ? { by: project.request.by, reason: project.request.reason } : undefined,
  })
  return {
    model: model.name,
    base,
    champion,
    triggers,
    fired: triggers.some((trigger) => trigger.status === 'fired'),
    rowsNew: seen instanceof RefitError ? undefined : seen.counts.rows,
    rowsLabelled: seen instanceof RefitError ? undefined : training.rowsSeen + seen.counts.labelled,
    error: seen instanceof RefitError ? seen : undefined,
  }
}

interface Observed {
  readonly counts: ProfileCounts
  readonly performance: PerformanceObservation
}

/** Streams the data once: counts the new rows on the champion's frozen bins and keeps the newest labelled ones to score. */
async function observe(project: Project, model: ModelConfig, champion: Champion): Promise<Observed | RefitError> {
  try {
    const watched = model.triggers.performance
    const tail = createTail(watched === false ? 0 : watched['max-rows'])
    const { label, time, id, weight, ignore } = model.data
    const known = [time, id, weight, ...ignore].filter((name) => name !== undefined)
    const counter = createCounter(champion.profile, { label, known })
    const isNew = newRowsSince(champion, model.data)
    const { readBatches, countRows } = project.replay?.data ?? sources
    const after = seenUntil(champion, model.data)
    // Where the source can count by itself, only the rows to be scored are fetched.
    const counted = await countRows(champion.profile, model.data, { label, known, after })
    const options = {
      columns: neededColumns(model.data, champion),
      kinds: knownKinds(model, champion),
      after,
      ...(counted && { newestLabelled: watched === false ? 0 : watched['max-rows'] }),
    }
    for await (const batch of readBatches(model.data, project.root, options)) {
      const rows = isNew(batch)
      if (rows?.length === 0) continue
      if (counted === undefined) counter.add(batch.table, rows, batch.header)
      if (watched !== false) tail.add(batch.table, labelledRows(batch.table, rows, model.data.label))
    }
    const counts = counted ?? counter.result()
    const available = counted?.labelled ?? tail.total
    return { counts, performance: await observePerformance(project, model, champion, tail.table(), available) }
  } catch (error) {
    if (error instanceof RefitError && (error.code === 'data' || error.code === 'training')) return error
    throw error
  }
}

async function observePerformance(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  rows: Table | undefined,
  available: number,
): Promise<PerformanceObservation> {
  const config = model.triggers.performance
  if (config === false) return { none: 'the trigger is off' }
  if (rows === undefined || available < config['min-rows']) return { none: 'too few labels', rowsAvailable: available }
  // TensorFlow.js is loaded only here: when there is something to score.
  const { scoreChampion } = await import('./score.ts')
  return scoreChampion(project, model, champion, rows, available)
}

function neededColumns(data: DataConfig, champion: Champion): readonly string[] {
  const columns = new Set([
    ...champion.profile.columns.map((column) => column.name),
    ...champion.manifest.signature.inputs.map((input) => input.name),
    data.label,
  ])
  for (const name of [data.time, data.id, data.weight]) if (name !== undefined) columns.add(name)
  return [...columns]
}

/** Types as the champion was trained with, so that a check infers nothing and a column cannot change its type unnoticed. */
function knownKinds(model: ModelConfig, champion: Champion): Readonly<Record<string, ColumnKind>> {
  const kinds: Record<string, ColumnKind> = {}
  for (const column of champion.profile.columns) kinds[column.name] = column.kind
  kinds[model.data.label] = champion.manifest.task === 'regression' ? 'number' : 'category'
  if (model.data.time !== undefined) kinds[model.data.time] = 'time'
  return kinds
}

function labelledRows(table: Table, rows: Uint32Array | undefined, label: string): Uint32Array {
  const column = findColumn(table, label)
  if (column === undefined) return new Uint32Array(0)
  const labelled = new Uint32Array(rows?.length ?? table.rows)
  let n = 0
  const end = rows?.length ?? table.rows
  for (let i = 0; i < end; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
    if (!isMissing(column, row)) labelled[n++] = row
  }
  return labelled.subarray(0, n)
}
