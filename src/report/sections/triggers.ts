import { formatDuration } from '../../core/clock.ts'
import { formatNumber, formatPercent } from '../../core/format.ts'
import type { TriggerResult } from '../../triggers/types.ts'
import { paragraph, strong, table, volatile, type Inline, type Section, type TableBlock } from '../document.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** Why now: every trigger with what it saw, fired or not. */
export function triggersSection(record: RunRecord): Section {
  const asked: Inline = [
    'Asked for by ',
    record.requestedBy,
    record.reason === null ? '.' : [': “', record.reason, '”.'],
  ]
  const counts = record.triggers.filter((trigger) => trigger.status === 'fired' && trigger.onlyReport !== true)
  const fired = counts.map((trigger) => trigger.trigger)
  const open = record.triggers.filter((trigger) => trigger.status === 'unchecked').map((trigger) => trigger.trigger)
  const unknown = open.length === 0 ? '' : ` Could not be checked: ${open.join(', ')}.`
  const why = `${fired.length > 0 ? `Fired: ${fired.join(', ')}.` : 'No trigger fired.'}${unknown}`
  // Where any one is enough, the names say it all.
  const rule = record.decision?.sentence.includes('needed') ? [paragraph(sentence(record.decision.sentence))] : []
  return {
    id: 'triggers',
    title: 'Why now',
    importance: 8,
    blocks: [paragraph(strong(why), ' ', asked), ...rule, triggerTable(record.triggers)],
  }
}

/** Fired ones first, then those that could not be checked. */
export function triggerTable(triggers: readonly TriggerResult[]): TableBlock {
  const rows = sortTriggers(triggers).map((trigger): readonly Inline[] => {
    const value = formatTriggerValue(trigger.value, trigger.unit)
    // The age of a model grows by itself: no reason to touch an open pull request.
    const ages = trigger.trigger === 'schedule'
    return [
      trigger.trigger,
      trigger.status === 'fired' ? strong(triggerStatusText(trigger)) : triggerStatusText(trigger),
      ages ? volatile(value) : value,
      thresholdText(trigger),
      ages
        ? volatile(sentence(trigger.sentence))
        : [trigger.sentence, ...(trigger.notes ?? [])].map(sentence).join(' '),
    ]
  })
  return table('Triggers', ['Trigger', 'Status', '>Value', '>Threshold', 'What it saw'], rows)
}

const STATUS: Readonly<Record<TriggerResult['status'], string>> = {
  fired: 'fired',
  quiet: 'quiet',
  unchecked: 'could not be checked',
  off: 'off',
}
export const triggerStatusText = ({ status, onlyReport }: TriggerResult): string =>
  status === 'fired' && onlyReport === true ? 'fired (only reported)' : STATUS[status]

/** The threshold, with the side of it on which the trigger fires where it says so. */
export function thresholdText({ threshold, unit, direction }: TriggerResult): string {
  const text = formatTriggerValue(threshold, unit)
  return threshold === null || direction === undefined ? text : `${direction} ${text}`
}

const ORDER: Readonly<Record<TriggerResult['status'], number>> = { fired: 0, unchecked: 1, quiet: 2, off: 3 }
export const sortTriggers = (triggers: readonly TriggerResult[]): readonly TriggerResult[] =>
  [...triggers].sort((a, b) => ORDER[a.status] - ORDER[b.status])

/** A trigger's value in its unit: milliseconds as a duration, shares as percent, rows as whole numbers. */
export function formatTriggerValue(value: number | null, unit: string): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (unit === 'ms') return formatDuration(Math.max(0, value))
  if (unit.startsWith('share')) return formatPercent(value)
  return formatNumber(value)
}
