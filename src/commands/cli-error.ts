import { RefitError } from '../core/error.ts'
import { causeOf } from '../core/fetch-again.ts'
import type { Log } from '../core/log.ts'

/** One sentence, the place, what to do next. A stack trace only with `--verbose`. */
export function showCliError(error: unknown, log: Log, verbose: boolean): void {
  if (error instanceof RefitError) {
    for (const problem of [error, ...error.others]) {
      log.error(problem.message, problem.place)
      if (problem.hint !== undefined) log.info(`  ${problem.hint}`)
      if (verbose && problem.stack !== undefined) log.debug(problem.stack)
    }
    return
  }
  const cause = causeOf(error)
  const words = error instanceof Error ? error.message : String(error)
  log.error(`Refit stopped with an error of its own: ${words}${cause === undefined ? '' : ` (${cause})`}`)
  log.info('  Run the same command with --verbose and report the trace.')
  if (verbose && error instanceof Error && error.stack !== undefined) log.debug(error.stack)
}
