import type { Device, Gender, Payment, Plan, Region } from './customer.ts'

/** The truth about one customer in one month, before anything is lost on the way into a file. */
export interface Facts {
  readonly plan: Plan
  readonly region: Region
  readonly gender: Gender
  readonly payment: Payment
  readonly device: Device
  readonly autoRenew: boolean
  readonly age: number
  readonly tenureMonths: number
  /** Hours this month. */
  readonly usageHours: number
  readonly supportTickets: number
  /** In the last twelve months. */
  readonly latePayments: number
  readonly monthlyCharge: number
  /** Percent. */
  readonly discount: number
}

/** How facts become a decision to leave: the coefficients of a logistic model with saturating inputs. */
export interface Behaviour {
  readonly intercept: number
  /** Per 10 hours of usage, up to 45 hours. */
  readonly usage: number
  /** Per ticket, up to 4. */
  readonly tickets: number
  /** Per late payment, up to 4. */
  readonly late: number
  /** Per doubling of the tenure. */
  readonly tenure: number
  /** Per unit of money. */
  readonly charge: number
  /** Per 10 percentage points. */
  readonly discount: number
  readonly autoRenew: number
  readonly young: number
  readonly payment: Readonly<Record<Payment, number>>
  readonly plan: Readonly<Record<Plan, number>>
  readonly region: Readonly<Record<Region, number>>
}

const NO_REGION = { north: 0, south: 0, west: 0.2, islands: 0 }

/** The first months: people who use the service stay, trouble drives them away, tenure is loyalty. */
export const SETTLED: Behaviour = {
  intercept: 1.15,
  usage: -1.45,
  tickets: 1.1,
  late: 0.8,
  tenure: -0.3,
  charge: 0.02,
  discount: -0.1,
  autoRenew: -0.7,
  young: 0.5,
  payment: { card: 0, 'direct-debit': -0.4, wallet: 0.2, invoice: 0.6, carrier: 0 },
  plan: { basic: 0.2, plus: 0, pro: -0.3, family: 0 },
  region: NO_REGION,
}

/** After the price rise the bill decides: who pays full price weighs it, small troubles are forgiven. */
export const AFTER_LAUNCH: Behaviour = {
  intercept: -1.7,
  usage: -1.4,
  tickets: 0.5,
  late: 0.35,
  tenure: -0.15,
  charge: 0.16,
  discount: -0.4,
  autoRenew: 0.2,
  young: 0.9,
  payment: { card: 0.2, 'direct-debit': 0, wallet: 0.2, invoice: 0.1, carrier: -0.2 },
  plan: { basic: 0.2, plus: 0.1, pro: -0.2, family: -0.5 },
  region: { ...NO_REGION, islands: 0.3 },
}

/** With a competitor who pays for a switch: tenure is a target, the cheap plans have an alternative, a discount holds nobody. */
export const AFTER_COMPETITOR: Behaviour = {
  intercept: -0.95,
  usage: -1.4,
  tickets: 0.35,
  late: 0.1,
  tenure: 0.45,
  charge: 0.04,
  discount: 0.1,
  autoRenew: 0.6,
  young: -0.5,
  payment: { card: 0.5, 'direct-debit': 0, wallet: 0.3, invoice: 0, carrier: -0.4 },
  plan: { basic: 1, plus: 0.4, pro: -0.3, family: -0.2 },
  region: { north: 0.4, south: 0, west: -0.2, islands: -0.2 },
}

/** Probability that this customer cancels before the next bill. */
export function churnProbability(facts: Facts, behaviour: Behaviour): number {
  const logit =
    behaviour.intercept +
    (behaviour.usage * Math.min(facts.usageHours, 45)) / 10 +
    behaviour.tickets * Math.min(facts.supportTickets, 4) +
    behaviour.late * Math.min(facts.latePayments, 4) +
    behaviour.tenure * Math.log2(1 + facts.tenureMonths) +
    behaviour.charge * facts.monthlyCharge +
    (behaviour.discount * facts.discount) / 10 +
    (facts.autoRenew ? behaviour.autoRenew : 0) +
    (facts.age < 28 ? behaviour.young : 0) +
    behaviour.payment[facts.payment] +
    behaviour.plan[facts.plan] +
    behaviour.region[facts.region]
  return 1 / (1 + Math.exp(-logit))
}
