import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { cleanGitEnvironment } from './git.ts'

const CLI = resolve(import.meta.dirname, '../../dist/cli.js')

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the committed bundle as a user does, as a process of its own. */
export function refit(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { cwd: folder, env: { ...cleanGitEnvironment(), NO_COLOR: '1', ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error: ExecFileException | null, stdout, stderr) =>
        done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr }),
    )
  })
}

/** The public tables; undefined (with a line that says so) where they are missing. */
export function realTables(): string | undefined {
  const folder = process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data')
  if (existsSync(resolve(folder, 'adult_train.csv'))) return folder
  console.log(`skipped: the real tables are not in ${folder}; name their folder in REFIT_DATA`)
  return undefined
}
