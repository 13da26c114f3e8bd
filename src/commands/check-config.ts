import { checkAgainstData } from '../config/inferred.ts'
import { findMetric } from '../config/metric-names.ts'
import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { memberOf } from '../core/json.ts'
import type { Task } from '../core/task.ts'
import { sources } from '../data/access.ts'
import { describeColumn } from '../data/column-report.ts'
import { checkReading } from '../data/misread.ts'
import type { Nearly } from '../data/nearly.ts'
import { personalColumns } from '../data/quality.ts'
import { findColumn } from '../data/table.ts'
import { inferTask } from '../data/task.ts'
import type { ColumnReport, QualityFinding } from '../data/types.ts'
import { holdoutGlobs } from './candidate-id.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'

/**
 * Holds the configuration against the data where it leaves the task open: the champion says which task it is, or, before
 * there is one, the label column. A check that says nothing of a gate which the retraining then refuses is worth little.
 * Returns what a person should know of how the gaps of the configuration are filled, as sentences; and, before there is a
 * version, which columns of the first rows mean something else than they will be taken for.
 *
 * @throws RefitError `config` with the lines of all mistakes, `data` where the label cannot be read.
 */
export async function checkConfig(
  project: Project,
  model: ModelConfig,
  champion: Champion | undefined,
): Promise<{ readonly notes: readonly string[]; readonly findings: readonly QualityFinding[] }> {
  if (project.replay !== undefined) return { notes: [], findings: [] }
  const facts = champion === undefined ? await factsOf(project, model) : championFacts(champion)
  if (model.task === undefined && dependsOnTask(model))
    checkAgainstData(project.configText, project.configPath, model.name, facts)
  const notes = facts.basis === undefined || model.task !== undefined ? [] : [facts.basis]
  const personal = personalColumns(facts.columnReports).map(({ sentence }) => sentence)
  const looked = champion === undefined ? facts.columnReports : []
  return {
    notes: [...notes, ...personal],
    findings: looked.flatMap((column) => checkReading(column, memberOf(model.expect.columns, column.name)?.type)),
  }
}

/** The metric of the performance trigger is its own affair: what it cannot compute leaves it unchecked. */
function dependsOnTask({ evaluate, gates }: ModelConfig): boolean {
  const named = [evaluate.primary, ...evaluate.metrics, ...(gates ?? []).map((gate) => gate.metric)]
  return named.some((name) => name !== undefined && (findMetric(name)?.tasks.length ?? 3) < 3)
}

interface Facts {
  readonly task: Task
  readonly classes: readonly string[]
  readonly basis: string | undefined
  readonly columnReports: readonly ColumnReport[]
}

function championFacts({ manifest: { task, signature }, record }: Champion): Facts {
  const classes = task === 'regression' ? [] : signature.classes
  return { task, classes, basis: record?.taskBasis, columnReports: record?.data.columns ?? [] }
}

async function factsOf(project: Project, model: ModelConfig): Promise<Facts> {
  const options = { log: project.log, now: project.clock(), columns: [], exclude: holdoutGlobs(model) }
  const { table } = await sources.readTable(model.data, project.root, options)
  const label = findColumn(table, model.data.label)
  if (label === undefined) throw new RefitError('data', `the label column “${model.data.label}” is not in the data`)
  const inferred = inferTask(label, model.task, model.data.positive)
  return { ...inferred, columnReports: await firstLook(project, model) }
}

/** The columns by the first rows there are: enough to see what they hold, and quick however many there are. */
async function firstLook(project: Project, model: ModelConfig): Promise<readonly ColumnReport[]> {
  const { data } = model
  const nearly = new Map<string, Nearly>()
  const options = {
    exclude: holdoutGlobs(model),
    now: project.clock(),
    onNearly: (name: string, found: Nearly) => void nearly.set(name, found),
  }
  for await (const { table } of sources.readBatches(data, project.root, options)) {
    if (table.rows === 0) continue
    return table.columns.map((column) => {
      const report = describeColumn(column, undefined, data)
      const found = column.name === data.id ? undefined : nearly.get(column.name)
      return found === undefined ? report : { ...report, nearly: found, distinct: found.distinct }
    })
  }
  return []
}
