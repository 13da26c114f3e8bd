/**
 * When the simulated business changes. Months count from 1. `Infinity` means never.
 */
export interface Timeline {
  /** Prices rise, the family plan is launched, and the customers of an island operator are taken over. */
  readonly launch: number
  /** A competitor buys out the long-standing customers who pay the full price: who leaves is suddenly someone else. */
  readonly competitor: number
  /**
   * The warehouse is migrated: from this month on every exported file, history included, has `monthly_usage` in minutes.
   * The live service keeps sending hours, and nothing in the files says so: training/serving skew.
   */
  readonly minutes: number
}

export const DEFAULT_TIMELINE: Timeline = { launch: 5, competitor: 8, minutes: 10 }

/** First moment (epoch ms, UTC) of the month that is `month − 1` calendar months after that of `start`. */
export function monthStart(start: number, month: number): number {
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + month - 1, 1)
}

/** `2026-01`. */
export function monthName(start: number, month: number): string {
  return new Date(monthStart(start, month)).toISOString().slice(0, 7)
}
