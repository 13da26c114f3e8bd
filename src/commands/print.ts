import { effectiveYaml } from '../config/explain.ts'
import type { Config } from '../config/schema.ts'
import { createTerminalLog } from '../core/terminal-log.ts'
import { renderTriggerTable } from '../report/trigger-table.ts'
import { showCliError } from './cli-error.ts'
import { runOutputs } from './outputs.ts'
import type { Project } from './project.ts'
import { readingText } from './reading.ts'
import { failed, type ModelRun, type Run } from './run.ts'

export interface PrintOptions {
  readonly json: boolean
  readonly explain: boolean
}

/** Prints what a run came to on stdout, its errors on stderr. Returns the exit code. */
export function printRun(project: Project, run: Run, { json, explain }: PrintOptions): number {
  if (json) process.stdout.write(`${JSON.stringify(runJson(run), null, 2)}\n`)
  else for (const model of run.models) process.stdout.write(`${modelText(model, explain)}\n`)
  if (explain && !json) process.stdout.write(`\n${effectiveYaml(only(project.config, run), project.configText)}`)
  const log = createTerminalLog(process.stderr, { verbose: false })
  for (const model of run.models) if (model.error !== undefined) showCliError(model.error, log, false)
  return failed(run) ? 1 : 0
}

function only(config: Config, run: Run): Config {
  const names = new Set(run.models.map((model) => model.model))
  return { ...config, models: Object.fromEntries(Object.entries(config.models).filter(([name]) => names.has(name))) }
}

function modelText(model: ModelRun, explain: boolean): string {
  const lines: string[] = []
  const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
  if (model.triggers.length > 0 && (explain || model.record === undefined))
    lines.push(
      renderTriggerTable(model.triggers, {
        color,
        width: process.stdout.columns ?? 110,
        columns: explain ? Infinity : 5,
      }),
      '',
    )
  if (explain && model.data !== undefined) lines.push(`data: ${readingText(model.data)}`, '')
  lines.push(
    `${model.model}: ${model.outcome}${model.error !== undefined || model.note === '' ? '' : `. ${model.note}`}`,
  )
  if (model.record === undefined) for (const note of model.notes ?? []) lines.push(`  ${note}`)
  if (model.pullRequest !== undefined)
    lines.push(`  pull request #${model.pullRequest.number}: ${model.pullRequest.title}`, `  ${model.pullRequest.url}`)
  if (model.reportPath !== undefined) lines.push(`  report: ${model.reportPath}`)
  return lines.join('\n')
}

function runJson(run: Run): object {
  const models = JSON.parse(runOutputs(run).models) as Record<string, object>
  return Object.fromEntries(
    run.models.map((model) => [
      model.model,
      {
        ...models[model.model],
        note: model.note,
        error: model.error?.message ?? null,
        decision: model.decision ?? null,
        triggers: model.triggers,
        findings: model.findings ?? [],
        notes: model.notes ?? [],
        data: model.data ?? null,
      },
    ]),
  )
}
