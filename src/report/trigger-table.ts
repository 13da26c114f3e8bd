import pc from 'picocolors'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { formatNumber, formatProbability } from '../core/format.ts'
import { clip, escapeLog, oneLine } from '../core/text.ts'
import { scoreText } from '../triggers/drift-text.ts'
import type { ColumnDrift, TriggerResult } from '../triggers/types.ts'
import { formatTriggerValue, sortTriggers, thresholdText, triggerStatusText } from './sections/triggers.ts'

export interface TerminalOptions {
  /** Whether to colour: a terminal that did not ask for none. */
  readonly color?: boolean | undefined
  /** Columns of the terminal. Default 100. */
  readonly width?: number | undefined
  /** Pull requests: leave long parts closed, with only their titles. */
  readonly folded?: boolean | undefined
  /** Rows of the drift table. Default 12; Infinity shows all. */
  readonly columns?: number | undefined
}

/**
 * What each trigger saw, for `check --explain`: status, value against threshold, and the sentence; below it the
 * watched columns, the most drifted first. No line is wider than `width` unless a single word is.
 */
export function renderTriggerTable(triggers: readonly TriggerResult[], options: TerminalOptions = {}): string {
  const colors = pc.createColors(options.color ?? false)
  const paint: Readonly<Record<TriggerResult['status'], (text: string) => string>> = {
    fired: (text) => colors.bold(colors.red(text)),
    unchecked: colors.yellow,
    quiet: colors.green,
    off: colors.dim,
  }
  const rows = sortTriggers(triggers).map((trigger) => ({
    trigger,
    cells: [
      trigger.trigger,
      trigger.status === 'unchecked' ? 'unchecked' : triggerStatusText(trigger),
      formatTriggerValue(trigger.value, trigger.unit),
      thresholdText(trigger),
    ],
  }))
  const titles = ['trigger', 'status', 'value', 'threshold']
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => stringWidth(row.cells[index] ?? ''))),
  )
  const indent = widths.reduce((sum, width) => sum + width + 2, 0)
  const room = Math.max(24, (options.width ?? 100) - indent)
  const head = `${titles.map((title, index) => pad(title, widths[index] ?? 0, index > 1)).join('  ')}  what it saw`
  const lines = rows.map(({ trigger, cells }) => {
    const [name = '', state = '', ...numbers] = cells.map((cell, index) => pad(cell, widths[index] ?? 0, index > 1))
    const texts = [trigger.sentence, ...(trigger.notes ?? [])]
    const words = texts.flatMap((text) => wrapAnsi(clean(text, 400), room).split('\n'))
    const painted = [colors.bold(name), paint[trigger.status](state), ...numbers].join('  ')
    return [`${painted}  ${words[0] ?? ''}`, ...words.slice(1).map((word) => ' '.repeat(indent) + word)].join('\n')
  })
  const drift = triggers.flatMap((trigger) => trigger.evidence)
  const parts = [[colors.dim(head), ...lines].join('\n')]
  if (drift.length > 0) parts.push(renderDriftTable(drift, options))
  return parts.join('\n\n')
}

function renderDriftTable(evidence: readonly ColumnDrift[], options: TerminalOptions): string {
  const colors = pc.createColors(options.color ?? false)
  const limit = options.columns ?? 12
  const mixed = evidence.some((column) => (column.method ?? 'psi') !== 'psi')
  const titles = ['column', 'drifted', mixed ? 'score' : 'PSI', 'unchanged', 'q-value', 'what changed']
  const rows = evidence.slice(0, limit).map((column) => {
    const { text, value, ifUnchanged } = scoreText(column)
    return [
      clean(column.column, 28),
      column.drifted ? 'yes' : 'no',
      mixed ? text : formatNumber(value, { digits: 3 }),
      formatNumber(ifUnchanged, { digits: 3 }),
      formatProbability(column.qValue),
      clean(column.note, Math.max(20, (options.width ?? 100) - 64)),
    ]
  })
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => stringWidth(row[index] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 5 ? cell : pad(cell, widths[index] ?? 0, index > 1)))
      .join('  ')
      .trimEnd()
  const lines = rows.map((row, index) => (evidence[index]?.drifted ? line(row) : colors.dim(line(row))))
  const more = evidence.length - rows.length
  if (more > 0) lines.push(colors.dim(`… and ${formatNumber(more)} more columns, less drifted`))
  return [colors.dim(line(titles)), ...lines].join('\n')
}

const clean = (text: string, limit: number): string => clip(oneLine(escapeLog(text)), limit)

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return right ? space + text : text + space
}
