import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import { renderBacktest, renderBacktestHtml } from '../report/backtest-report.ts'
import type { BacktestResult } from '../report/backtest-types.ts'
import { backtest, type BacktestOptions } from './backtest/backtest.ts'
import { refuseForeignData } from './own-code.ts'
import { selectModels, type Project } from './project.ts'
import { shownPath, writeWhole } from './write-reports.ts'

/** Replays the past of one model and shows what it came to; the page and the numbers are written below `.refit/`. */
export async function runBacktest(
  project: Project,
  name: string | undefined,
  options: BacktestOptions & { readonly json: boolean },
): Promise<void> {
  const [model, ...others] = selectModels(project.config, name)
  if (model === undefined || others.length > 0) {
    const names = [model, ...others].map((one) => one?.name).join(', ')
    throw new RefitError('usage', 'which model is to be replayed?', { hint: `Add --model, one of: ${names}.` })
  }
  await refuseForeignData(project, model)
  const result = await backtest(project, model, options)
  const page = await write(project, result)
  if (options.json) process.stdout.write(prettyJson(result))
  else {
    const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
    process.stdout.write(renderBacktest(result, { color, width: process.stdout.columns ?? 110 }))
    process.stdout.write(`\nreport: ${page} (${result.seconds.toFixed(0)} s)\n`)
  }
}

async function write(project: Project, result: BacktestResult): Promise<string> {
  const folder = join(project.output, result.model)
  await mkdir(folder, { recursive: true })
  await writeWhole(join(project.output, '.gitignore'), '*\n')
  await writeWhole(join(folder, 'backtest.json'), prettyJson(result))
  const page = join(folder, 'backtest.html')
  await writeWhole(page, renderBacktestHtml(result))
  return shownPath(project, page)
}
