import { causeOf } from './fetch-again.ts'
import { hideSecrets } from './secrets.ts'

/** Where something is wrong: a file as the user would open it, with 1-based line and column. */
export interface Place {
  readonly file: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** What a caller may branch on. The sentence is for people, the code is for programs. */
export type ErrorCode =
  | 'config'
  | 'data'
  | 'training'
  | 'evaluation'
  | 'manifest'
  | 'artifact'
  | 'forge'
  | 'stale'
  | 'permission'
  | 'rollout'
  | 'serving'
  | 'usage'
  | 'internal'

export interface RefitErrorOptions {
  readonly place?: Place | undefined
  /** What to do next, as an imperative sentence. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** Further problems of the same kind, found in the same pass: all mistakes of a configuration are shown at once. */
  readonly others?: readonly RefitError[] | undefined
}

/**
 * The one error class of Refit: one sentence, the place, what to do next. It is thrown where the cause is known and
 * shown once, by the entry point. Anything else that reaches an entry point is a bug in Refit.
 */
export class RefitError extends Error {
  override readonly name = 'RefitError'
  readonly code: ErrorCode
  readonly place: Place | undefined
  readonly hint: string | undefined
  readonly others: readonly RefitError[]

  constructor(code: ErrorCode, sentence: string, options: RefitErrorOptions = {}) {
    super(hideSecrets(sentence), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.place = options.place
    this.hint = options.hint === undefined ? undefined : hideSecrets(options.hint)
    this.others = options.others ?? []
  }
}

/** Whatever else was thrown, as an error that can be shown: a mistake of Refit's own, with its trace. */
export function asShown(error: unknown): RefitError {
  if (error instanceof RefitError) return error
  const said = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]
  const cause = causeOf(error)
  const words = cause === undefined ? said : `${said} (${cause})`
  const shown = new RefitError('internal', `Refit stopped with an error of its own: ${words}`, {
    hint: 'Run it again with debug logging (on the command line: --verbose) and report the trace.',
    cause: error,
  })
  if (error instanceof Error && error.stack !== undefined) shown.stack = error.stack
  return shown
}

/** `file:line:column`, as editors and terminals make clickable. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
}

/** The text behind its place, which is not said twice where the text begins with the file: `data/feb.csv:3 is not …`. */
export function withPlace(text: string, place: Place | undefined): string {
  if (place === undefined) return text
  const rest = text.startsWith(`${place.file} `) ? text.slice(place.file.length) : ` ${text}`
  return formatPlace(place) + rest
}
