import type { Random } from '../../core/random.ts'
import { AFTER_COMPETITOR, AFTER_LAUNCH, type Behaviour, churnProbability, type Facts, SETTLED } from './behaviour.ts'
import { createCustomer, type Customer, type Origin, type Plan } from './customer.ts'
import { chance, clamp, poisson, round, stream } from './draw.ts'
import { DEFAULT_TIMELINE, monthName, monthStart, type Timeline } from './timeline.ts'

/** Customers before the launch; enough for an AUC within ±0.02 a month, few enough to train in seconds. */
const BASE_CUSTOMERS = 2600
/** Customers of the island operator, taken over in the month of the launch, and the size of the base from then on. */
const TAKEOVER = 1000
const BASE_AFTER_LAUNCH = 3600
/** Months lived through unseen, so that tenures and moods have settled when the first file is written. */
const BURN_IN = 30
const PRICES: Readonly<Record<Plan, number>> = { basic: 9, plus: 14, pro: 22, family: 19 }
const PRICE_RISE = 1.4

export interface BusinessOptions {
  readonly seed: number
  /** Epoch milliseconds of the first month (UTC). */
  readonly start: number
  readonly months: number
  readonly timeline?: Partial<Timeline> | undefined
}

/** A row as someone outside sees it: null where the value is missing. */
export interface Observed {
  readonly age: number | null
  readonly gender: string | null
  /** Hours. */
  readonly usageHours: number | null
  readonly latePayments: number | null
}

export interface CustomerMonth {
  readonly id: string
  readonly signup: number
  /** When the bill was made and the facts were taken, epoch milliseconds. */
  readonly billedAt: number
  readonly facts: Facts
  readonly observed: Observed
  /** The truth that no model can beat. */
  readonly probability: number
  /** Whether the customer cancelled before the next bill: known a month later. */
  readonly churned: boolean
}

export interface BusinessMonth {
  /** From 1. */
  readonly month: number
  /** `2026-01`. */
  readonly name: string
  readonly behaviour: Behaviour
  /** Sorted by the time of the bill. */
  readonly rows: readonly CustomerMonth[]
}

export interface Business {
  readonly seed: number
  readonly start: number
  readonly timeline: Timeline
  readonly months: readonly BusinessMonth[]
}

/**
 * Simulates a subscription business. Pure: the same options give the same business, and a longer simulation begins
 * with the shorter one. Whoever cancels is gone the next month and replaced, so the base follows from its own behaviour.
 */
export function createBusiness(options: BusinessOptions): Business {
  const { seed, start } = options
  const timeline = { ...DEFAULT_TIMELINE, ...options.timeline }
  const random = stream(seed, 'business')
  const months: BusinessMonth[] = []
  let customers: Customer[] = []
  let signups = 0
  for (let month = 1 - BURN_IN; month <= options.months; month++) {
    const launched = month >= timeline.launch
    const join = (count: number, origin: Origin): void => {
      for (let i = 0; i < count; i++) {
        const signup = monthStart(start, month)
        customers.push(createCustomer(random, { number: ++signups, firstMonth: month, signup, origin }))
      }
    }
    if (month === timeline.launch) join(TAKEOVER, 'takeover')
    join(
      (launched ? BASE_AFTER_LAUNCH : BASE_CUSTOMERS) - customers.length,
      launched ? 'after-launch' : 'before-launch',
    )
    if (launched) upgradeSome(customers, random, month === timeline.launch ? 0.15 : 0.02)

    const behaviour = behaviourIn(month, timeline)
    const rows = customers.map((customer) => liveMonth(customer, { random, start, month, launched, behaviour }))
    customers = customers.filter((_, i) => rows[i]?.churned === false)
    if (month >= 1) {
      rows.sort((a, b) => a.billedAt - b.billedAt || (a.id < b.id ? -1 : 1))
      months.push({ month, name: monthName(start, month), behaviour, rows })
    }
  }
  return { seed, start, timeline, months }
}

function behaviourIn(month: number, timeline: Timeline): Behaviour {
  if (month >= timeline.competitor) return AFTER_COMPETITOR
  return month >= timeline.launch ? AFTER_LAUNCH : SETTLED
}

function upgradeSome(customers: readonly Customer[], random: Random, share: number): void {
  for (const customer of customers) if (chance(random, share)) customer.plan = 'family'
}

interface MonthContext {
  readonly random: Random
  readonly start: number
  readonly month: number
  readonly launched: boolean
  readonly behaviour: Behaviour
}

function liveMonth(customer: Customer, { random, start, month, launched, behaviour }: MonthContext): CustomerMonth {
  customer.mood = 0.3 * customer.mood + 0.65 * random.normal()
  const tenureMonths = month - customer.firstMonth
  const discount = tenureMonths < customer.welcome.months ? customer.welcome.percent : 0
  const price = PRICES[customer.plan] * (launched ? PRICE_RISE : 1)
  const facts: Facts = {
    plan: customer.plan,
    region: customer.region,
    gender: customer.gender,
    payment: customer.payment,
    device: customer.device,
    autoRenew: customer.autoRenew,
    age: customer.age,
    tenureMonths,
    usageHours: round(clamp(Math.exp(customer.habit + customer.mood), 0.1, 200), 1),
    supportTickets: poisson(random, 0.45),
    latePayments: poisson(random, customer.carelessness),
    monthlyCharge: round(price * (1 - discount / 100) + customer.extras, 2),
    discount,
  }
  const probability = churnProbability(facts, behaviour)
  return {
    id: customer.id,
    signup: customer.signup,
    billedAt: monthStart(start, month) + (customer.bill.day - 1) * 86_400_000 + customer.bill.minute * 60_000,
    facts,
    observed: {
      age: chance(random, 0.03) ? null : facts.age,
      gender: chance(random, 0.02) ? null : facts.gender,
      usageHours: customer.untracked || chance(random, 0.01) ? null : facts.usageHours,
      latePayments: chance(random, 0.015) ? null : facts.latePayments,
    },
    probability,
    churned: chance(random, probability),
  }
}
