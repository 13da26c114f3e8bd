import type { ModelConfig } from '../config/schema.ts'
import { schemaPath } from '../data/schema/path.ts'
import type { DataSchema } from '../data/schema/types.ts'
import type { Validator } from '../data/schema/validate.ts'
import { findColumn, takeRows, type Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import type { Candidate } from './candidate.ts'
import type { Champion } from './champion.ts'
import { seenUntil } from './new-rows.ts'
import type { Project } from './project.ts'

/** The committed schema of a model at a commit; undefined where there is none (yet). */
export async function readSchema(project: Project, model: string, commit: string): Promise<DataSchema | undefined> {
  const file = schemaPath(model)
  const bytes = await project.forge.readFile(commit, file)
  if (bytes === undefined) return undefined
  const { parseSchema } = await import('../data/schema/types.ts')
  return parseSchema(new TextDecoder().decode(bytes), { file })
}

/** What new rows are held against the committed schema with; undefined where there is none. */
export async function schemaValidator(
  project: Project,
  model: ModelConfig,
  commit: string,
  champion: Champion,
): Promise<Validator | undefined> {
  const schema = await readSchema(project, model.name, commit)
  if (schema === undefined) return undefined
  const { createValidator } = await import('../data/schema/validate.ts')
  const { label, time } = model.data
  return createValidator({ schema, label, time, now: project.clock(), seenUntil: seenUntil(champion, model.data) })
}

/** The rows that no version has seen, held against the schema; and how many came too late to be among them. */
export async function schemaFindings(
  project: Project,
  model: ModelConfig,
  champion: Champion | undefined,
  table: Table,
): Promise<readonly QualityFinding[]> {
  if (champion === undefined) return []
  const { commit } = await headOf(project)
  const validator = commit === undefined ? undefined : await schemaValidator(project, model, commit, champion)
  const fresh = freshRows(table, model, champion)
  validator?.add(table, fresh)
  const late = fresh === undefined ? [] : lateRows(table.rows - fresh.length, champion, model.data.time as string)
  return [...(validator?.findings() ?? []), ...late]
}

/** The rows after the newest time that the champion's run saw; undefined: all of them. */
function freshRows(table: Table, model: ModelConfig, champion: Champion): readonly number[] | undefined {
  const after = seenUntil(champion, model.data)
  const time = model.data.time === undefined ? undefined : findColumn(table, model.data.time)
  if (after === undefined || time?.kind !== 'time') return undefined
  const fresh: number[] = []
  for (let row = 0; row < table.rows; row++) if ((time.values[row] as number) > after) fresh.push(row)
  return fresh
}

/** What the pull request of a candidate does to the schema: the new text, and the change as a diff. */
export interface SchemaChange {
  readonly text: string
  readonly diff: string
}

/**
 * The first schema, as the data of a candidate suggest it; later the committed one with what the new rows have broken allowed,
 * for the candidate has learned from them: who merges it agrees. Undefined where nothing changes.
 */
export async function schemaChange(
  project: Project,
  model: ModelConfig,
  commit: string,
  champion: Champion | undefined,
  { table, data, task, schemaFindings: found }: Pick<Candidate, 'table' | 'data' | 'task' | 'schemaFindings'>,
): Promise<SchemaChange | undefined> {
  const [{ inferSchema, adoptFindings }, { formatSchema }, { diffSchemas }] = await Promise.all([
    import('../data/schema/infer.ts'),
    import('../data/schema/types.ts'),
    import('../data/schema/diff.ts'),
  ])
  const now = project.clock()
  const committed = await readSchema(project, model.name, commit)
  if (committed === undefined) return { text: formatSchema(inferSchema(table, data, now, task)), diff: '' }
  const rows = champion && freshRows(table, model, champion)
  const fresh = inferSchema(rows === undefined ? table : takeRows(table, rows), data, now, task)
  const agreed = adoptFindings(committed, fresh, found)
  const diff = diffSchemas(committed, agreed)
  return diff === '' ? undefined : { text: formatSchema(agreed), diff }
}

async function headOf(project: Project): Promise<{ readonly commit: string | undefined }> {
  return { commit: await project.forge.head(await project.forge.defaultBranch()) }
}

/** Rows that are older than the newest the champion's run saw, and were not there then. */
function lateRows(older: number, champion: Champion, time: string): readonly QualityFinding[] {
  const before = champion.manifest.training.rowsSeen
  const late = older - before
  if (late <= 0) return []
  const rows = late.toLocaleString('en-US')
  const sentence = `${time}: ${rows} ${late === 1 ? 'row has' : 'rows have'} arrived (or got ${late === 1 ? 'its label' : 'their labels'}) since the last training with a time before its newest row; no check counts them as new`
  return [{ rule: 'late', column: time, severity: 'warn', sentence }]
}
