import { effectiveYaml } from '../config/explain.ts'
import type { Config } from '../config/schema.ts'
import { escapeLog, oneLine } from '../core/text.ts'
import { createTerminalLog } from '../core/terminal-log.ts'
import { strongestText } from '../report/record-view.ts'
import { renderTriggerTable } from '../report/trigger-table.ts'
import { showCliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import type { Project } from './project.ts'
import { readingText } from './reading.ts'
import { runJson } from './run-json.ts'
import { failed, type ModelRun, type Run } from './run.ts'

export interface PrintOptions {
  readonly json: boolean
  readonly explain: boolean
  /** Whether the exit code tells that a trigger fired. */
  readonly exitCode?: boolean
}

/** Prints what a run came to on stdout, its errors on stderr. Returns the exit code. */
export function printRun(project: Project, run: Run, { json, explain, exitCode }: PrintOptions): number {
  if (json) process.stdout.write(`${JSON.stringify(runJson(run), null, 2)}\n`)
  else for (const model of run.models) process.stdout.write(`${modelText(model, explain)}\n`)
  if (explain && !json) process.stdout.write(`\n${effectiveYaml(only(project.config, run), project.configText)}`)
  const log = createTerminalLog(process.stderr, { verbose: false })
  for (const model of run.models) if (model.error !== undefined) showCliError(model.error, log, false)
  if (failed(run)) return EXIT.failed
  if (exitCode !== true) return EXIT.done
  if (run.models.some(({ outcome }) => outcome === 'fired')) return EXIT.fired
  // What could not be looked at is not quiet.
  const unchecked = run.models.flatMap(({ model, triggers }) =>
    triggers.filter(({ status }) => status === 'unchecked').map((trigger) => ({ model, ...trigger })),
  )
  for (const { model, trigger, sentence } of unchecked) log.error(`${model}: ${trigger} was not checked: ${sentence}`)
  return unchecked.length > 0 ? EXIT.failed : EXIT.done
}

function only(config: Config, run: Run): Config {
  const names = new Set(run.models.map((model) => model.model))
  return { ...config, models: Object.fromEntries(Object.entries(config.models).filter(([name]) => names.has(name))) }
}

const HINTS_SHOWN = 6

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
  const strongest = model.record && strongestText(model.record)
  if (strongest !== undefined) lines.push(`  ${escapeLog(oneLine(strongest))}`)
  const hints = model.hints ?? []
  lines.push(...hints.slice(0, HINTS_SHOWN).map((hint) => `  look at this: ${escapeLog(oneLine(hint))}`))
  if (hints.length > HINTS_SHOWN) lines.push(`  and ${hints.length - HINTS_SHOWN} more in the report`)
  if (model.pullRequest !== undefined)
    lines.push(`  pull request #${model.pullRequest.number}: ${model.pullRequest.title}`, `  ${model.pullRequest.url}`)
  if (model.reportPath !== undefined) lines.push(`  report: ${model.reportPath}`)
  return lines.join('\n')
}
