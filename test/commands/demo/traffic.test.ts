import { describe, expect, it } from 'vitest'
import { createBusiness } from '../../../src/commands/demo/business.ts'
import { type LiveCall, liveTraffic } from '../../../src/commands/demo/traffic.ts'

const business = createBusiness({ seed: 3, start: Date.UTC(2026, 0, 1), months: 2, timeline: { minutes: 1 } })
const take = (month: number, count: number, purpose?: string): LiveCall[] => {
  const calls: LiveCall[] = []
  for (const call of liveTraffic(business, month, purpose)) if (calls.push(call) === count) break
  return calls
}

describe('the live traffic', () => {
  it('is the same for the same business, month and purpose', () => {
    expect(take(2, 50)).toEqual(take(2, 50))
    expect(take(1, 50)).not.toEqual(take(2, 50))
    expect(take(2, 50, 'canary')).not.toEqual(take(2, 50))
  })

  it('comes from that month’s customers, with the outcome they really had', () => {
    const customers = new Map(business.months[1]?.rows.map((row) => [row.id, row]))
    for (const { key, outcome, row } of take(2, 500)) {
      expect(customers.get(key)?.churned).toBe(outcome === 'yes')
      expect(customers.get(key)?.facts.plan).toBe(row.plan)
    }
  })

  it('sends hours although the warehouse exports minutes', () => {
    const customers = new Map(business.months[1]?.rows.map((row) => [row.id, row.observed.usageHours]))
    for (const { key, row } of take(2, 500)) expect(row.monthly_usage).toBe(customers.get(key))
  })

  it('learns outcomes later than it asks', () => {
    expect(take(1, 200).every(({ outcomeAfter }) => outcomeAfter >= 20)).toBe(true)
  })

  it('knows no month that was not simulated', () => {
    expect(() => take(3, 1)).toThrow('month 3 was not simulated')
  })
})
