import { count } from '../../core/text.ts'
import type { Business } from './business.ts'
import { monthStart } from './timeline.ts'

/** `May 2026`. */
export function monthTitle(business: Business, month: number): string {
  return new Date(monthStart(business.start, month)).toLocaleDateString('en-US', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
}

/** What is known outside of the data: the news of a month. */
export function news(business: Business, month: number): readonly string[] {
  const { launch, competitor, minutes } = business.timeline
  const told: string[] = []
  if (month === launch) {
    told.push(
      'Prices rise by 40 %, a family plan is launched, and the customers of an island operator are taken over, with their own plan, payment and set-top boxes.',
    )
  }
  if (month === competitor) {
    told.push(
      'A competitor now pays long-standing customers for a switch. The customers look as before; who of them leaves does not.',
    )
  }
  if (month === minutes) {
    told.push(
      'The warehouse is migrated. Unnoticed, the new export has monthly_usage in minutes, in all files, history included; the live service goes on sending hours.',
    )
  }
  return told
}

/** What the files say about a month: rows, and the labels that have arrived with it. */
export function exportSummary(business: Business, month: number): string {
  const rows = business.months[month - 1]?.rows.length ?? 0
  const before = business.months[month - 2]
  const arrived = `The export of ${monthTitle(business, month)} arrives: ${count(rows, 'customer')}, not labelled yet`
  if (before === undefined) return `${arrived}.`
  const left = before.rows.filter(({ churned }) => churned).length
  const share = Math.round((100 * left) / before.rows.length)
  return `${arrived}; the labels of ${monthTitle(business, month - 1)} are known now (${share} % left).`
}
