import type { Place } from './error.ts'

/** How long work reports itself: `done` of `total` units (rows, epochs, seconds), with a short note such as the loss. */
export interface ProgressUpdate {
  readonly label: string
  readonly done: number
  readonly total: number
  readonly note?: string | undefined
}

/**
 * Where the product speaks to people. The CLI writes to a terminal, the Action to a workflow log; tests collect.
 * Text may hold foreign material: an implementation neutralises control characters and workflow commands.
 */
export interface Log {
  info(text: string): void
  /** Shown with `--verbose` or step debug logging only. */
  debug(text: string): void
  warn(text: string, place?: Place): void
  error(text: string, place?: Place): void
  /** A bar on a terminal; a line at most every ten seconds in a workflow log. */
  progress(update: ProgressUpdate): void
  /** A fold in a workflow log, a heading on a terminal. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>
}

/** Says nothing: for callers that have no one to tell. */
export const silentLog: Log = {
  info() {},
  debug() {},
  warn() {},
  error() {},
  progress() {},
  group: (_title, body) => body(),
}
