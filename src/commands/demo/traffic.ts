import type { Business } from './business.ts'
import { type LiveRow, liveRow } from './columns.ts'
import { stream } from './draw.ts'

/** One call of the live service: who asks, with which raw values, and what became of it. */
export interface LiveCall {
  /** From 0. */
  readonly index: number
  /** The customer: the same caller always gets the same arm. */
  readonly key: string
  readonly row: LiveRow
  /** The true label, as a class of the model. */
  readonly outcome: 'yes' | 'no'
  /** The outcome is known after this many further calls. */
  readonly outcomeAfter: number
}

/**
 * An endless, seeded stream of calls by the customers of one month, all equally likely. The service reads its
 * own database, so usage is in hours whatever the warehouse exports. Throws RangeError for a month that was not simulated.
 */
export function* liveTraffic(business: Business, month: number, purpose = 'live'): Generator<LiveCall, never> {
  const rows = business.months[month - 1]?.rows
  if (rows === undefined) throw new RangeError(`month ${month} was not simulated`)
  const random = stream(business.seed, `traffic/${month}/${purpose}`)
  for (let index = 0; ; index++) {
    const row = rows[random.below(rows.length)] as (typeof rows)[number]
    yield {
      index,
      key: row.id,
      row: liveRow(row),
      outcome: row.churned ? 'yes' : 'no',
      outcomeAfter: 20 + random.below(200),
    }
  }
}
