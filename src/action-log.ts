import type * as core from '@actions/core'
import { asShown, type Place, withPlace } from './core/error.ts'
import type { Log } from './core/log.ts'
import { progressText } from './core/terminal-log.ts'
import { escapeLog } from './core/text.ts'

/** The part of `@actions/core` that speaks. */
export type Toolkit = Pick<typeof core, 'debug' | 'error' | 'group' | 'info' | 'warning'>

/** A line at most this often: a log is read afterwards. */
const PROGRESS_INTERVAL_MS = 10_000

/** Speaks in a workflow log: groups, annotations, and a progress line every ten seconds. */
export function createActionLog(toolkit: Toolkit, now: () => number = Date.now): Log {
  let label = ''
  let started = 0
  let shown = 0
  return {
    info: (text) => toolkit.info(escapeLog(text)),
    debug: (text) => toolkit.debug(escapeLog(text)),
    warn: (text, place) => toolkit.warning(escapeLog(text), annotation(place)),
    error: (text, place) => toolkit.error(escapeLog(text), annotation(place)),
    progress(update) {
      const time = now()
      if (update.label !== label) {
        label = update.label
        started = time
        shown = time
      }
      if (time - shown < PROGRESS_INTERVAL_MS) return
      shown = time
      toolkit.info(escapeLog(`${update.label}  ${progressText(update, time - started)}`))
    },
    group: (title, body) => toolkit.group(escapeLog(title), body),
  }
}

/** One annotation for each problem, with the next step; a stack trace only with step debug logging. */
export function showError(toolkit: Toolkit, error: unknown): void {
  const shown = asShown(error)
  for (const problem of [shown, ...shown.others]) {
    toolkit.error(
      escapeLog(`${withPlace(problem.message, problem.place)}${problem.hint === undefined ? '' : `\n${problem.hint}`}`),
      annotation(problem.place),
    )
    if (problem.stack !== undefined) toolkit.debug(escapeLog(problem.stack))
  }
}

function annotation(place: Place | undefined): core.AnnotationProperties {
  if (place === undefined) return {}
  return {
    file: place.file,
    ...(place.line === undefined ? {} : { startLine: place.line }),
    ...(place.column === undefined ? {} : { startColumn: place.column }),
  }
}
