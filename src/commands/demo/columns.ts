import type { CustomerMonth } from './business.ts'

/** A raw value as the live service has it; null where it is missing. */
export type Value = string | number | null
export type LiveRow = Readonly<Record<(typeof LIVE_COLUMNS)[number], Value>>

/** What the live service knows of a customer when it asks for a prediction. Usage is in hours, always. */
const LIVE_COLUMNS = [
  'plan',
  'region',
  'age',
  'gender',
  'payment_method',
  'device',
  'auto_renew',
  'tenure_months',
  'monthly_usage',
  'support_tickets',
  'late_payments',
  'monthly_charge',
  'discount',
] as const

/** The columns of an exported file, in order. */
export const FILE_COLUMNS = ['customer_id', 'billed_at', 'signup_date', ...LIVE_COLUMNS, 'churned'] as const

/** How each source system spells “missing”; blank where nothing is named. */
export const MISSING_TEXT: Readonly<Record<string, string>> = { monthly_usage: 'NA', late_payments: 'NA' }

export function liveRow({ facts, observed }: CustomerMonth): LiveRow {
  return {
    plan: facts.plan,
    region: facts.region,
    age: observed.age,
    gender: observed.gender,
    payment_method: facts.payment,
    device: facts.device,
    auto_renew: String(facts.autoRenew),
    tenure_months: facts.tenureMonths,
    monthly_usage: observed.usageHours,
    support_tickets: facts.supportTickets,
    late_payments: observed.latePayments,
    monthly_charge: facts.monthlyCharge,
    discount: facts.discount,
  }
}
