import { checkAgainstData } from '../config/inferred.ts'
import type { ModelConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import type { Task } from '../core/task.ts'
import { count } from '../core/text.ts'
import { formatProfile } from '../data/profile-schema.ts'
import { MISREAD } from '../data/misread.ts'
import { fingerprint } from '../data/files.ts'
import { checkHeldOut, checkQuality } from '../data/quality.ts'
import { sources } from '../data/access.ts'
import { splitRows } from '../data/split.ts'
import { findColumn, takeRows, type Table } from '../data/table.ts'
import { refuseSpellings } from '../data/label-spelling.ts'
import { inferTask, rowsByClass } from '../data/task.ts'
import type { DataReport, QualityFinding, Split } from '../data/types.ts'
import { CALIBRATION_FILE } from '../evaluation/calibration.ts'
import type { FeatureSpec } from '../features/types.ts'
import { loadEngine, type Engine } from '../training/engine.ts'
import { loadModel, type LoadedModel } from '../training/model.ts'
import type { ArtifactFile, TrainedModel } from '../training/types.ts'
import { profileCandidate } from './candidate-profile.ts'
import type { Incremental, WindowChoice } from '../report/run-record.ts'
import { calibrateCandidate } from './calibrate-candidate.ts'
import type { Champion } from './champion.ts'
import { readingsOf, trainingReadings } from './champion-readings.ts'
import { columnChanges } from './column-changes.ts'
import { seenByChampion } from './seen-by-champion.ts'
import { holdoutGlobs } from './candidate-id.ts'
import { schemaFindings } from './data-schema.ts'
import { knownClasses } from './label-watch.ts'
import { learn } from './learn.ts'
import { largestMark, seenUntil, trainedUntil, wrongMark } from './new-rows.ts'
import type { Project } from './project.ts'
import type { Timer } from './timer.ts'

/** Everything a training run made, before it is judged. */
export interface Candidate {
  readonly task: Task
  /** How it was inferred; undefined where it is configured. */
  readonly taskBasis: string | undefined
  readonly engine: Engine
  readonly spec: FeatureSpec
  readonly trained: TrainedModel
  /** Loaded back from its own files, as evaluation and the gateway load it. */
  readonly model: LoadedModel
  readonly files: readonly ArtifactFile[]
  readonly data: DataReport
  readonly quality: readonly QualityFinding[]
  /** Those of them that tell how the data differ from the schema and from the champion’s columns. */
  readonly schemaFindings: readonly QualityFinding[]
  readonly table: Table
  readonly split: Split
  /** The held-out rows as a table of their own. */
  readonly holdout: Table
  readonly featureColumns: readonly string[]
  /** The same recipe on the same rows with another seed; only where the configuration asks for several. */
  readonly again?: ((seed: number) => Promise<LoadedModel>) | undefined
  /** Only with `strategy: incremental`. */
  readonly incremental: Incremental | undefined
  /** Only with `window: auto` where there was a choice. */
  readonly window: WindowChoice | undefined
}

/** Collects, validates, splits, engineers features and trains. Stops with every breached expectation in one error. */
export async function trainCandidate(
  project: Project,
  model: ModelConfig,
  champion: Champion | undefined,
  timer: Timer,
  known: {
    /** Since when the champion fails, where the performance trigger has shown that it does; 0: not known since when. */
    readonly failing?: number | undefined
    /** What the check of the same data has found wrong with how columns are read: one judgement for both. */
    readonly told?: readonly QualityFinding[] | undefined
  } = {},
): Promise<Candidate> {
  const { failing, told = [] } = known
  const { log, root } = project
  timer.phase('data')
  const { readTable } = project.replay?.data ?? sources
  const holdoutFiles = holdoutGlobs(model)
  const now = project.clock()
  const before = champion && trainingReadings(model, champion)
  const own = await readTable(model.data, root, { log, now, exclude: holdoutFiles, ...before })
  const { table, reading } = own
  const kinds = Object.fromEntries(table.columns.map((column) => [column.name, column.kind]))
  const likewise = { log, now, files: holdoutFiles, ...readingsOf(kinds, reading) }
  const heldOut = holdoutFiles && (await readTable(model.data, root, likewise))
  const holdoutTable = heldOut?.table
  const report = heldOut === undefined ? own.report : withHeldOut(own.report, heldOut.report)
  const label = findColumn(table, model.data.label)
  if (label === undefined)
    throw new RefitError('data', `the label column “${model.data.label}” is not in the data`, {
      hint: `Columns: ${table.columns.map((column) => column.name).join(', ')}.`,
    })
  const { task, classes, basis } = inferTask(label, model.task, model.data.positive)
  keepTask(model.name, { task, basis }, champion)
  const written = [...classes, ...(holdoutTable === undefined ? [] : classesOf(holdoutTable, label.name))]
  const spellings = written.map((name) => ({ name, where: 'in the data' }))
  refuseSpellings(
    label.name,
    [...(champion === undefined ? [] : knownClasses(champion)), ...spellings],
    model.data.classes,
  )
  const columns = table.columns.map(({ name, kind }) => ({ name, kind }))
  checkAgainstData(project.configText, project.configPath, model.name, { task, classes, columns })

  const ofData = checkQuality(table, report, model.expect)
  const isTold = ({ rule, column }: QualityFinding): boolean =>
    told.some((one) => one.rule === rule && one.column === column)
  for (const finding of ofData) {
    if (MISREAD.has(finding.rule) && !isTold(finding)) log.warn(`${model.name}: ${finding.sentence}`)
  }
  const wrong = champion && wrongMark(champion, model.data)
  const broken = [...columnChanges(table, model, champion), ...(await schemaFindings(project, model, champion, table))]
  const quality = [
    ...(wrong ? [wrong] : []),
    ...marksAhead(table, model, now),
    ...(champion === undefined ? ofData : [...told, ...ofData.filter((finding) => !isTold(finding))]),
    ...(heldOut === undefined ? [] : checkHeldOut(heldOut.report, model.expect)),
    ...broken,
  ]
  stopOnBreach(model, quality)
  const watermark = champion && trainedUntil(champion, model.data)
  const until = champion && seenUntil(champion, model.data)
  const parted = splitRows({
    table,
    data: model.data,
    holdout: model.evaluate.holdout,
    validation: model.train.validation,
    window: model.train.window,
    champion:
      watermark === undefined
        ? undefined
        : {
            watermark,
            stale:
              failing !== undefined && until !== undefined
                ? { since: Math.max(failing, until), least: model.evaluate['min-holdout'] }
                : undefined,
          },
    holdoutTable,
    seed: model.train.seed,
  })
  const seen = champion && seenByChampion({ split: parted, champion, model, data: report })
  const whole = { ...parted, ...seen }
  if (whole.train.length === 0 || whole.validation.length === 0) {
    const held = whole.holdout.length === table.rows
    const alike = model.data.id === undefined ? 'Rows with the same cells' : `Rows with the same ${model.data.id}`
    const rows = count(table.rows, 'row')
    throw new RefitError(
      'data',
      `no rows are left to train ${model.name} on: ${held ? `all ${rows} fall into the holdout (${whole.description})` : whole.description}`,
      {
        hint: held
          ? `${alike} stay on one side of a split, and here all rows have the same; check data.id and data.ignore.`
          : 'Add data, or hold out less with evaluate.holdout.',
      },
    )
  }

  timer.phase('features')
  const featureColumns = report.columns.filter((column) => column.role === 'feature').map((column) => column.name)
  const engine = await loadEngine({ choice: model.train.engine, workspace: root, log })
  const learned = await learn({
    model,
    champion,
    task,
    table,
    split: whole,
    engine,
    log,
    timer,
    columns: featureColumns,
  })
  const { trained, split, incremental, window, retrain } = learned
  const spec: FeatureSpec = { ...learned.spec, reading }
  const trainedOn = new Uint32Array(split.train.length + split.validation.length)
  trainedOn.set(split.train)
  trainedOn.set(split.validation, split.train.length)
  const features: ArtifactFile = { path: 'features.json', content: encode(prettyJson(spec)) }
  const files: ArtifactFile[] = [...trained.files, features]
  const loaded = await loadModel(engine, new Map(files.map((file) => [file.path, file.content])))
  const holdout = split.holdoutTable ?? takeRows(table, split.holdout)
  const profile = profileCandidate({ model, task, table, trainedOn, columns: featureColumns, holdout, loaded })
  files.push({ path: 'profile.json', content: encode(formatProfile(profile)) })
  const calibration = calibrateCandidate(loaded, holdout)
  if (calibration !== undefined) files.push({ path: CALIBRATION_FILE, content: calibration })
  return {
    task,
    taskBasis: basis,
    engine,
    spec,
    trained,
    model: loaded,
    files,
    data: report,
    quality,
    schemaFindings: broken,
    table,
    split,
    holdout,
    featureColumns,
    again:
      retrain === undefined || model.evaluate.seeds < 2
        ? undefined
        : async (seed) => {
            const other = await retrain(seed)
            return loadModel(engine, new Map([...other.files, features].map((file) => [file.path, file.content])))
          },
    incremental,
    window,
  }
}

/** The fingerprint is that of all files, as a candidate’s id has it. */
function withHeldOut(report: DataReport, { files, rowsRead, rowsKept, dropped, window }: DataReport): DataReport {
  return {
    ...report,
    fingerprint: fingerprint([...report.files, ...files]),
    heldOut: { files, rowsRead, rowsKept, dropped, window },
  }
}

/** Values of `data.watermark` that are times in the future. */
function marksAhead(table: Table, { data }: ModelConfig, now: number): readonly QualityFinding[] {
  const { mark, ahead } = largestMark(table, data.watermark, now)
  if (ahead === 0) return []
  const sentence = `${data.watermark}: ${count(ahead, 'value')} ${ahead === 1 ? 'lies' : 'lie'} in the future (it is ${isoTime(now)}); rows above ${mark ?? 'any value'} will be new`
  return [{ rule: 'future', column: data.watermark, severity: 'warn', sentence }]
}

/** A quantity does not become classes, nor classes a quantity, because there are one or two different numbers more. */
function keepTask(
  model: string,
  { task, basis }: { readonly task: Task; readonly basis: string | undefined },
  champion: Champion | undefined,
): void {
  const before = champion?.manifest.task
  if (basis === undefined || before === undefined || (task === 'regression') === (before === 'regression')) return
  throw new RefitError('data', `${model}: ${basis.split(';')[0]}; v${champion?.manifest.version} is ${before}`, {
    hint: `Set task: ${before} in the configuration to go on with it. A model with another task needs another name.`,
  })
}

function classesOf(table: Table, label: string): readonly string[] {
  const column = findColumn(table, label)
  return column?.kind === 'category' ? [...rowsByClass(column).keys()] : []
}

function stopOnBreach(model: ModelConfig, quality: readonly QualityFinding[]): void {
  const breaches = quality.filter((finding) => finding.severity === 'stop')
  const [first, ...others] = breaches.map(
    (breach) =>
      new RefitError('data', `${model.name}: ${breach.sentence}`, {
        hint: 'Mend the data, or change the rule: under `expect` in the configuration, or in the committed schema (`refit schema --update`).',
      }),
  )
  if (first !== undefined)
    throw others.length === 0 ? first : new RefitError('data', first.message, { hint: first.hint, others })
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
