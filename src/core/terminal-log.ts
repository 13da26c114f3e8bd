import pc from 'picocolors'
import { withPlace } from './error.ts'
import type { Log, ProgressUpdate } from './log.ts'
import { escapeLog } from './text.ts'

/** The part of a tty stream that the log needs. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

const BAR_WIDTH = 24
/** Without a terminal a line at most this often, so that a log of hours stays short. */
const LINE_INTERVAL_MS = 10_000
/** Redrawing faster than the eye follows costs more than it shows. */
const REDRAW_INTERVAL_MS = 80

/** Speaks on a terminal (or a pipe): results on stdout are the caller's, everything here goes to `stream` (stderr). */
export function createTerminalLog(
  stream: TerminalStream,
  options: { readonly verbose: boolean; readonly now?: () => number },
): Log {
  const now = options.now ?? Date.now
  const bar = createProgressLine(stream, now)
  const line = (text: string): void => {
    bar.clear()
    stream.write(`${escapeLog(text)}\n`)
  }
  return {
    info: line,
    debug: (text) => {
      if (options.verbose) line(pc.dim(text))
    },
    warn: (text, place) => line(`${pc.yellow('warning')} ${withPlace(text, place)}`),
    error: (text, place) => line(`${pc.red('error')} ${withPlace(text, place)}`),
    progress: bar.update,
    async group(title, body) {
      line(pc.bold(title))
      return body()
    },
  }
}

/** `train  ████████░░░░  12/40  loss 0.312, validation 0.331  3s left`. */
export function progressText(update: ProgressUpdate, elapsedMs: number): string {
  const share = update.total > 0 ? Math.min(1, update.done / update.total) : 0
  const left = share > 0 && share < 1 ? `${Math.ceil((elapsedMs / share - elapsedMs) / 1000)}s left` : ''
  const counted = `${update.done.toLocaleString('en-US')}/${update.total.toLocaleString('en-US')}`
  return [counted, update.note ?? '', left].filter((part) => part !== '').join('  ')
}

function createProgressLine(
  stream: TerminalStream,
  now: () => number,
): { update(update: ProgressUpdate): void; clear(): void } {
  let label = ''
  let started = 0
  let shown = 0
  let drawn = false
  const clear = (): void => {
    if (drawn) stream.write('\r\u001b[2K')
    drawn = false
  }
  return {
    clear,
    update(update) {
      const time = now()
      if (update.label !== label) {
        label = update.label
        started = time
        shown = stream.isTTY ? 0 : time
      }
      const finished = update.done >= update.total
      const interval = stream.isTTY ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS
      if (time - shown < interval && !(finished && stream.isTTY)) return
      shown = time
      const text = escapeLog(`${update.label}  ${progressText(update, time - started)}`)
      if (!stream.isTTY) {
        stream.write(`${text}\n`)
        return
      }
      const filled = Math.round(BAR_WIDTH * Math.min(1, update.total > 0 ? update.done / update.total : 0))
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
      const width = (stream.columns ?? 80) - 1
      stream.write(`\r\u001b[2K${`${bar} ${text}`.slice(0, width)}`)
      drawn = true
      if (finished) clear()
    },
  }
}
