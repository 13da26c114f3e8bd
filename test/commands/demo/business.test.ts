import { describe, expect, it } from 'vitest'
import { AFTER_LAUNCH, type Behaviour, churnProbability, SETTLED } from '../../../src/commands/demo/behaviour.ts'
import { type BusinessMonth, createBusiness, type Observed } from '../../../src/commands/demo/business.ts'
import { DEFAULT_TIMELINE, monthName } from '../../../src/commands/demo/timeline.ts'

const START = Date.UTC(2026, 0, 1)
const business = createBusiness({ seed: 7, start: START, months: 9 })
const month = (number: number): BusinessMonth => business.months[number - 1] as BusinessMonth

/** Area under the ROC curve of a behaviour's probabilities against what the customers did (no ties worth a care). */
function auc({ rows }: BusinessMonth, behaviour: Behaviour): number {
  const scored = rows.map((row) => ({ score: churnProbability(row.facts, behaviour), churned: row.churned }))
  scored.sort((a, b) => a.score - b.score)
  let ranks = 0
  let positives = 0
  scored.forEach(({ churned }, rank) => {
    if (!churned) return
    ranks += rank + 1
    positives++
  })
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (rows.length - positives))
}

const share = <T>(rows: readonly T[], is: (row: T) => boolean): number => rows.filter(is).length / rows.length
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the simulated business', () => {
  it('is the same for the same seed, and another for another', () => {
    const again = createBusiness({ seed: 7, start: START, months: 9 })
    expect(again).toEqual(business)
    expect(createBusiness({ seed: 8, start: START, months: 1 }).months[0]?.rows[0]).not.toEqual(month(1).rows[0])
  })

  it('begins a longer simulation with the shorter one', () => {
    expect(createBusiness({ seed: 7, start: START, months: 3 }).months).toEqual(business.months.slice(0, 3))
  })

  it('names calendar months, also across a year', () => {
    expect(business.months.map(({ name }) => name)).toEqual([
      '2026-01',
      '2026-02',
      '2026-03',
      '2026-04',
      '2026-05',
      '2026-06',
      '2026-07',
      '2026-08',
      '2026-09',
    ])
    expect(monthName(Date.UTC(2026, 10, 15), 3)).toBe('2027-01')
  })

  it.each(business.months)(
    'has 2,500 to 4,000 customers in $name, once each, billed in that month',
    ({ rows, name }) => {
      expect(rows.length).toBeGreaterThanOrEqual(2500)
      expect(rows.length).toBeLessThanOrEqual(4000)
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
      expect(new Set(rows.map(({ billedAt }) => new Date(billedAt).toISOString().slice(0, 7)))).toEqual(new Set([name]))
    },
  )

  it.each(business.months)('loses 15 to 33 % of its customers in $name, and never sees them again', (current) => {
    const gone = current.rows.filter(({ churned }) => churned)
    expect(gone.length / current.rows.length).toBeGreaterThan(0.15)
    expect(gone.length / current.rows.length).toBeLessThan(0.33)
    const next = new Set(business.months[current.month]?.rows.map(({ id }) => id))
    expect(gone.some(({ id }) => next.has(id))).toBe(false)
  })

  it.each(business.months)('can be predicted in $name with an AUC of 0.83 to 0.92, and no better', (current) => {
    expect(auc(current, current.behaviour)).toBeGreaterThan(0.83)
    expect(auc(current, current.behaviour)).toBeLessThan(0.92)
  })

  it('loses some values on the way: a few percent of ages, genders, usages, late payments', () => {
    for (const { rows } of business.months) {
      const missing = (field: keyof Observed): number => share(rows, ({ observed }) => observed[field] === null)
      expect(Math.abs(missing('age') - 0.03)).toBeLessThan(0.012)
      expect(Math.abs(missing('gender') - 0.02)).toBeLessThan(0.012)
      expect(Math.abs(missing('latePayments') - 0.015)).toBeLessThan(0.012)
      expect(Math.abs(missing('usageHours') - 0.06)).toBeLessThan(0.025)
    }
  })
})

describe('what changes in the business', () => {
  const { launch, competitor } = DEFAULT_TIMELINE

  it('is nothing before the launch', () => {
    const usage = [1, 2, 3, 4].map((number) => mean(month(number).rows.map(({ facts }) => facts.usageHours)))
    const charge = [1, 2, 3, 4].map((number) => mean(month(number).rows.map(({ facts }) => facts.monthlyCharge)))
    expect(Math.max(...usage) / Math.min(...usage)).toBeLessThan(1.06)
    expect(Math.max(...charge) / Math.min(...charge)).toBeLessThan(1.06)
    expect(month(launch - 1).rows.some(({ facts }) => facts.plan === 'family' || facts.region === 'islands')).toBe(
      false,
    )
  })

  it('is at the launch a dearer bill, a new plan, a new region, new payments and devices', () => {
    const { rows } = month(launch)
    const before = month(launch - 1).rows
    expect(mean(rows.map(({ facts }) => facts.monthlyCharge))).toBeGreaterThan(
      1.25 * mean(before.map(({ facts }) => facts.monthlyCharge)),
    )
    expect(share(rows, ({ facts }) => facts.plan === 'family')).toBeGreaterThan(0.2)
    expect(share(rows, ({ facts }) => facts.region === 'islands')).toBeGreaterThan(0.2)
    expect(share(rows, ({ facts }) => facts.payment === 'carrier')).toBeGreaterThan(0.15)
    expect(share(rows, ({ facts }) => facts.device === 'set-top')).toBeGreaterThan(0.15)
  })

  it('makes what was known before the launch worth at least 0.05 AUC less', () => {
    for (const number of [launch, launch + 1]) {
      expect(auc(month(number), SETTLED)).toBeLessThan(auc(month(number), month(number).behaviour) - 0.05)
    }
  })

  it('makes what was known before the competitor came worth at least 0.05 AUC less, while the customers look alike', () => {
    const now = month(competitor)
    const before = month(competitor - 1)
    expect(auc(now, AFTER_LAUNCH)).toBeLessThan(auc(now, now.behaviour) - 0.05)
    for (const region of ['north', 'islands'] as const) {
      const shift =
        share(now.rows, ({ facts }) => facts.region === region) -
        share(before.rows, ({ facts }) => facts.region === region)
      expect(Math.abs(shift)).toBeLessThan(0.05)
    }
  })

  it('happens when the timeline says so, or never', () => {
    const calm = createBusiness({
      seed: 7,
      start: START,
      months: 6,
      timeline: { launch: Infinity, competitor: Infinity, minutes: Infinity },
    })
    expect(calm.months[5]?.behaviour).toBe(SETTLED)
    expect(calm.months[5]?.rows.some(({ facts }) => facts.plan === 'family')).toBe(false)
  })
})
