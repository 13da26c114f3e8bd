import type { Random } from '../../core/random.ts'
import { chance, clamp, pick } from './draw.ts'

export type Plan = 'basic' | 'plus' | 'pro' | 'family'
export type Region = 'north' | 'south' | 'west' | 'islands'
export type Gender = 'female' | 'male'
export type Payment = 'card' | 'direct-debit' | 'wallet' | 'invoice' | 'carrier'
export type Device = 'phone' | 'tablet' | 'web' | 'tv' | 'set-top'

/** What stays with a customer from month to month. */
export interface Customer {
  readonly id: string
  /** Epoch milliseconds of the first bill's month. */
  readonly signup: number
  /** Month number of the first bill; ≤ 0 before the simulation shows itself. */
  readonly firstMonth: number
  readonly region: Region
  readonly gender: Gender
  readonly payment: Payment
  readonly device: Device
  readonly autoRenew: boolean
  /** Money a month for extras, on top of the plan. */
  readonly extras: number
  /** Mean of the logarithm of the monthly hours. */
  readonly habit: number
  /** Expected late payments a year. */
  readonly carelessness: number
  /** Percent off the plan's price while the welcome offer runs, and for how many months. */
  readonly welcome: { readonly percent: number; readonly months: number }
  readonly bill: { readonly day: number; readonly minute: number }
  readonly age: number
  /** Refuses usage tracking: the usage is missing in every month. */
  readonly untracked: boolean
  plan: Plan
  /** This month's deviation from the habit; comes and goes (an AR(1) process), so that calm customers become risky. */
  mood: number
}

/** Where a new customer comes from. */
export type Origin = 'before-launch' | 'after-launch' | 'takeover'

const PLANS: Readonly<Record<Origin, Partial<Record<Plan, number>>>> = {
  'before-launch': { basic: 45, plus: 35, pro: 20 },
  'after-launch': { basic: 25, plus: 20, pro: 15, family: 40 },
  takeover: { basic: 25, plus: 15, family: 60 },
}
const REGIONS: Readonly<Record<Origin, Partial<Record<Region, number>>>> = {
  'before-launch': { north: 40, south: 35, west: 25 },
  'after-launch': { north: 28, south: 25, west: 17, islands: 30 },
  takeover: { islands: 100 },
}
const DEVICES: Readonly<Record<Origin, Partial<Record<Device, number>>>> = {
  'before-launch': { phone: 50, tablet: 18, web: 24, tv: 8 },
  'after-launch': { phone: 42, tablet: 14, web: 16, tv: 8, 'set-top': 20 },
  takeover: { phone: 15, tablet: 5, web: 5, 'set-top': 75 },
}
const PAYMENTS: Readonly<Record<Origin, Partial<Record<Payment, number>>>> = {
  'before-launch': { card: 42, 'direct-debit': 30, wallet: 16, invoice: 12 },
  'after-launch': { card: 34, 'direct-debit': 22, wallet: 14, invoice: 10, carrier: 20 },
  takeover: { card: 20, 'direct-debit': 10, carrier: 70 },
}
const HABIT_BY_GENDER: Readonly<Record<Gender, number>> = { female: 2.98, male: 2.86 }

/** A new customer. `signup` in epoch ms; the number makes the id. */
export function createCustomer(
  random: Random,
  options: { readonly number: number; readonly firstMonth: number; readonly signup: number; readonly origin: Origin },
): Customer {
  const { origin } = options
  const gender: Gender = chance(random, 0.52) ? 'female' : 'male'
  const offered = chance(random, origin === 'before-launch' ? 0.35 : 0.75)
  return {
    id: `C${String(options.number).padStart(6, '0')}`,
    signup: options.signup,
    firstMonth: options.firstMonth,
    region: pick(random, REGIONS[origin]),
    gender,
    payment: pick(random, PAYMENTS[origin]),
    device: pick(random, DEVICES[origin]),
    autoRenew: chance(random, 0.6),
    extras: chance(random, 0.5) ? 0 : 1 + random.next() * 7,
    habit: HABIT_BY_GENDER[gender] + 0.3 * random.normal(),
    carelessness: chance(random, 0.3) ? 0.8 + 1.6 * random.next() : 0.15,
    welcome: offered
      ? { percent: 10 * (1 + random.below(origin === 'before-launch' ? 3 : 5)), months: 3 + random.below(10) }
      : { percent: 0, months: 0 },
    bill: { day: 1 + random.below(28), minute: 6 * 60 + random.below(14 * 60) },
    age: Math.round(clamp(39 + 13 * random.normal(), 18, 84)),
    untracked: chance(random, 0.05),
    plan: pick(random, PLANS[origin]),
    mood: 0.68 * random.normal(),
  }
}
