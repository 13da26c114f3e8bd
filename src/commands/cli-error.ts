import { asShown } from '../core/error.ts'
import type { Log } from '../core/log.ts'

/** One sentence, the place, what to do next. A stack trace only with `--verbose`. */
export function showCliError(error: unknown, log: Log, verbose: boolean): void {
  const shown = asShown(error)
  for (const problem of [shown, ...shown.others]) {
    log.error(problem.message, problem.place)
    if (problem.hint !== undefined) log.info(`  ${problem.hint}`)
    if (verbose && problem.stack !== undefined) log.debug(problem.stack)
  }
}
