import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ModelConfig } from '../config/schema.ts'
import { readTable } from '../data/read.ts'
import { diffLines } from '../data/schema/diff.ts'
import { inferSchema, updateSchema } from '../data/schema/infer.ts'
import { schemaPath } from '../data/schema/path.ts'
import { type DataSchema, formatSchema } from '../data/schema/types.ts'
import { createValidator } from '../data/schema/validate.ts'
import { findColumn } from '../data/table.ts'
import { inferTask } from '../data/task.ts'
import { readBase } from './champion.ts'
import { readSchema } from './data-schema.ts'
import { selectModels, type Project } from './project.ts'
import { refuseForeignData } from './own-code.ts'
import { writeWhole } from './write-reports.ts'

export interface SchemaOptions {
  /** Propose what the data of today need, as a diff. */
  readonly update: boolean
  /** Write the file into the working tree. */
  readonly write: boolean
}

/** Holds all data of a model against its schema; with `update` says how the schema would have to change. Returns the exit code. */
export async function runSchema(project: Project, name: string | undefined, options: SchemaOptions): Promise<number> {
  const { commit } = await readBase(project)
  let broken = false
  for (const model of selectModels(project.config, name)) {
    await refuseForeignData(project, model, commit)
    const committed = await readSchema(project, model.name, commit)
    const { table, report } = await readTable(model.data, project.root, {
      log: project.log,
      now: project.clock(),
    })
    const labels = findColumn(table, model.data.label)
    const task = labels && inferTask(labels, model.task, model.data.positive).task
    const inferred = inferSchema(table, report, project.clock(), task)
    if (options.update || committed === undefined) await propose(project, model, committed, inferred, options)
    else {
      const { label, time } = model.data
      const validator = createValidator({ schema: committed, label, time, now: project.clock() })
      validator.add(table)
      const findings = validator.findings()
      broken ||= findings.some((finding) => finding.severity === 'stop')
      const lines = findings.map(({ severity, sentence }) => `  ${severity === 'stop' ? '✕' : '!'} ${sentence}`)
      const verdict = findings.length === 0 ? 'the data keep the schema' : 'the data differ from the schema'
      process.stdout.write(`${[`${model.name}: ${verdict} (${schemaPath(model.name)})`, ...lines].join('\n')}\n`)
      if (findings.length > 0) process.stdout.write('  `refit schema --update` shows how it would have to change\n')
    }
  }
  return broken ? 1 : 0
}

async function propose(
  project: Project,
  model: ModelConfig,
  committed: DataSchema | undefined,
  inferred: DataSchema,
  { write }: SchemaOptions,
): Promise<void> {
  const path = schemaPath(model.name)
  const before = committed === undefined ? '' : formatSchema(committed)
  const after = formatSchema(committed === undefined ? inferred : updateSchema(committed, inferred))
  if (before === after) {
    process.stdout.write(`${model.name}: ${path} needs no change\n`)
    return
  }
  process.stdout.write(`--- ${before === '' ? '/dev/null' : path}\n+++ ${path}\n${diffLines(before, after)}\n`)
  if (!write) return
  await mkdir(dirname(join(project.root, path)), { recursive: true })
  await writeWhole(join(project.root, path), after)
  process.stdout.write(`${model.name}: ${path} is written; commit it when you agree\n`)
}
