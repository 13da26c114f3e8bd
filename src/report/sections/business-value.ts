import { formatNumber } from '../../core/format.ts'
import type { Interval, Role } from '../../evaluation/types.ts'
import { paragraph, strong, term, type Block, type Inline } from '../document.ts'
import { candidateName, championName, withInterval } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

/** What the decisions on the held-out rows were worth, in the user's unit: the total, not per 1,000 rows. */
export function businessValueBlocks(record: RunRecord): readonly Block[] {
  const value = record.evaluation.businessValue
  if (value === undefined) return []
  const { rows, weight } = record.evaluation.holdout
  const models = [
    ['baseline', 'baseline'],
    ['champion', `champion ${championName(record)}`],
    ['candidate', `candidate ${candidateName(record)}`],
  ] as const
  const totals = models.flatMap(([role, name]): Inline[] =>
    role === 'champion' && record.evaluation.champion === null ? [] : [`${name} ${totalText(record, role)}`],
  )
  const change: Inline = value.change
    ? [
        ': ',
        strong(
          withInterval(moneyText(value.change.difference, value.unit, true), value.change.interval, (end) =>
            moneyText(end, value.unit, true),
          ),
        ),
      ]
    : ''
  const joined = totals.flatMap((total, index): Inline[] => (index > 0 ? [', ', total] : [total]))
  return [
    paragraph(
      term('value', 'Business value'),
      ` of the decisions in total, on all ${formatNumber(rows)} held-out rows${weight === undefined ? '' : `, each times its weight (${formatNumber(weight)} in all)`}: `,
      joined,
      change,
      '.',
    ),
  ]
}

/** `10,216 €`, `+2,120 €`. */
export function moneyText(amount: number | null, unit: string, signed = false): string {
  const text = formatNumber(amount, { signed, ...(amount !== null && Math.abs(amount) >= 100 ? { digits: 0 } : {}) })
  return unit === '' || amount === null ? text : `${text} ${unit}`
}

function totalText(record: RunRecord, role: Role): string {
  const value = record.evaluation.businessValue
  const interval: Interval | null = value?.intervals?.[role] ?? null
  const write = (amount: number): string => moneyText(amount, value?.unit ?? '')
  return withInterval(moneyText(value?.totals[role] ?? null, value?.unit ?? ''), interval, write)
}
