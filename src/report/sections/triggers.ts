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
  const fired = record.triggers.filter((trigger) => trigger.status === 'fired').map((trigger) => trigger.trigger)
  const why = fired.length > 0 ? `Fired: ${fired.join(', ')}.` : 'No trigger fired.'
  return {
    id: 'triggers',
    title: 'Why now',
    importance: 8,
    blocks: [paragraph(strong(why), ' ', asked), triggerTable(record.triggers)],
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
      trigger.status === 'fired' ? strong('fired') : STATUS[trigger.status],
      ages ? volatile(value) : value,
      formatTriggerValue(trigger.threshold, trigger.unit),
      ages ? volatile(sentence(trigger.sentence)) : sentence(trigger.sentence),
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
export const triggerStatusText = (trigger: TriggerResult): string => STATUS[trigger.status]

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
