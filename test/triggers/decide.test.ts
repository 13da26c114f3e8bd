import { describe, expect, test } from 'vitest'
import type { QuietHoursConfig } from '../../src/config/schema.ts'
import { decide, type DecisionInput, type History } from '../../src/triggers/decide.ts'
import { quietUntil } from '../../src/triggers/quiet-hours.ts'
import type { TriggerResult } from '../../src/triggers/types.ts'
import { DAY, NOW } from './support.ts'

const HOUR = 3_600_000
type Status = TriggerResult['status'] | 'reported'

/** `{drift: 'fired', volume: 'quiet'}` as results; `reported` fired and is only told about. */
function results(statuses: Readonly<Record<string, Status>>): TriggerResult[] {
  return Object.entries(statuses).map(([trigger, status]) => ({
    trigger,
    status: status === 'reported' ? 'fired' : status,
    sentence: '',
    value: null,
    threshold: null,
    unit: '',
    evidence: [],
    ...(status === 'reported' ? { onlyReport: true as const } : {}),
  }))
}

const nothing: History = { trainings: [], rejection: undefined }
const free: DecisionInput['config'] = { when: 'any', cooldown: { retraining: 0, rejection: 0 } }
const decided = (
  statuses: Readonly<Record<string, Status>>,
  config: Partial<DecisionInput['config']> = {},
  history: Partial<History> = {},
  now = NOW,
) => decide({ now, config: { ...free, ...config }, results: results(statuses), history: { ...nothing, ...history } })

describe('how many have to fire', () => {
  test.each<[Readonly<Record<string, Status>>, DecisionInput['config']['when'], boolean, string]>([
    [{ schedule: 'quiet', drift: 'quiet' }, 'any', false, 'nothing fired'],
    [{ schedule: 'quiet', drift: 'fired' }, 'any', true, 'drift fired'],
    [{ volume: 'fired', drift: 'fired' }, 'any', true, 'volume and drift fired'],
    [{ volume: 'fired', drift: 'fired', weather: 'fired' }, 'any', true, 'volume, drift and weather fired'],
    [{ schedule: 'off', drift: 'unchecked' }, 'any', false, 'nothing fired; drift could not be checked'],
    [{ drift: 'fired', volume: 'quiet' }, 'all', false, 'drift fired: 1 of 2 triggers, and all are needed'],
    [
      { drift: 'fired', volume: 'fired', schedule: 'off' },
      'all',
      true,
      'drift and volume fired: 2 of 2 triggers, and all are needed',
    ],
    [{ drift: 'off', volume: 'off' }, 'all', false, 'nothing fired: 0 of 0 triggers, and all are needed'],
    [
      { drift: 'fired', volume: 'fired', performance: 'quiet' },
      { 'at-least': 2 },
      true,
      'drift and volume fired: 2 of 3 triggers, and at least 2 are needed',
    ],
    [
      { drift: 'fired', volume: 'unchecked', performance: 'quiet' },
      { 'at-least': 2 },
      false,
      'drift fired: 1 of 3 triggers, and at least 2 are needed; volume could not be checked; so it is not known whether enough would have fired',
    ],
    [{ drift: 'reported', volume: 'quiet' }, 'any', false, 'nothing fired; drift fired, which is only reported'],
    [
      { drift: 'reported', volume: 'fired' },
      'all',
      true,
      'volume fired: 1 of 1 trigger, and all are needed; drift fired, which is only reported',
    ],
  ])('%j, %j: %s', (statuses, when, retrain, sentence) => {
    expect(decided(statuses, { when })).toEqual({ retrain, sentence, holds: [] })
  })

  test('a person who asks is enough, whatever else is demanded or holds', () => {
    const config = {
      when: 'all',
      budget: { 'per-month': 1 },
      cooldown: { retraining: 9 * DAY, rejection: 9 * DAY },
    } as const
    const history = { trainings: [NOW - HOUR], rejection: { number: 4, at: NOW - HOUR } }
    expect(decided({ drift: 'quiet', manual: 'fired' }, config, history)).toEqual({
      retrain: true,
      sentence: 'manual fired',
      holds: [],
    })
    expect(decided({ drift: 'quiet', manual: 'quiet' }, { when: 'any' }).retrain).toBe(false)
  })
})

describe('what holds a retraining back', () => {
  const fired = { drift: 'fired' } as const

  test('the cool-down after a retraining, merged or not', () => {
    const config = { cooldown: { retraining: 12 * HOUR, rejection: 0 } }
    expect(decided(fired, config, { trainings: [NOW - 30 * DAY, NOW - 11 * HOUR] })).toMatchObject({
      retrain: false,
      sentence:
        'drift fired; no retraining now: a candidate was trained on 2026-05-10T01:00:00Z, and the cool-down of 12h lasts until 2026-05-10T13:00:00Z',
      holds: [{ kind: 'cooldown', until: NOW + HOUR }],
    })
    expect(decided(fired, config, { trainings: [NOW - 12 * HOUR] }).retrain).toBe(true)
    expect(decided(fired, config).retrain).toBe(true)
  })

  test('the cool-down after a pull request that was rejected', () => {
    const config = { cooldown: { retraining: 0, rejection: 7 * DAY } }
    const rejected = (days: number) => ({ rejection: { number: 12, at: NOW - days * DAY } })
    const held = decided(fired, config, rejected(2))
    expect(held.retrain).toBe(false)
    expect(held.sentence).toContain('pull request #12 was closed without a merge on 2026-05-08T12:00:00Z')
    expect(decided(fired, config, rejected(7)).retrain).toBe(true)
  })

  test('the budget of a calendar month', () => {
    const config = { budget: { 'per-month': 2 } }
    const may = (day: number): number => Date.UTC(2026, 4, day)
    expect(decided(fired, config, { trainings: [may(1), may(9)] })).toMatchObject({
      retrain: false,
      holds: [{ kind: 'budget', until: Date.UTC(2026, 5, 1) }],
    })
    expect(decided(fired, config, { trainings: [may(1), may(0)] }).retrain).toBe(true)
    expect(decided(fired, config, { trainings: [may(1), may(9)] }, Date.UTC(2026, 5, 1)).retrain).toBe(true)
  })

  test('several at once are all told, and nothing holds back what has not fired', () => {
    const config = { budget: { 'per-month': 1 }, cooldown: { retraining: DAY, rejection: 0 } }
    const history = { trainings: [NOW - HOUR] }
    expect(decided(fired, config, history).holds.map((hold) => hold.kind)).toEqual(['cooldown', 'budget'])
    expect(decided({ drift: 'quiet' }, config, history).holds).toEqual([])
  })

  test('quiet hours', () => {
    const night: QuietHoursConfig = { from: '22:00', to: '06:00', timezone: 'Europe/Vienna' }
    const config = { 'quiet-hours': [night] }
    const at = (iso: string) => decided(fired, config, {}, Date.parse(iso))
    expect(at('2026-05-10T19:59:00Z').retrain).toBe(true)
    expect(at('2026-05-10T20:00:00Z')).toMatchObject({
      retrain: false,
      sentence:
        'drift fired; no retraining now: quiet hours (22:00 to 06:00, Europe/Vienna) until 2026-05-11T04:00:00Z',
    })
    expect(at('2026-05-11T03:59:00Z').retrain).toBe(false)
    expect(at('2026-05-11T04:00:00Z').retrain).toBe(true)
  })
})

describe('quiet hours', () => {
  const until = (hours: Partial<QuietHoursConfig>, iso: string): string | undefined => {
    const found = quietUntil([{ from: '00:00', to: '24:00', timezone: 'UTC', ...hours }], Date.parse(iso))
    return found && new Date(found.until).toISOString()
  }

  test('a weekend is one stretch of quiet', () => {
    const weekend = { days: ['sat', 'sun'] as const }
    expect(until({ days: [...weekend.days] }, '2026-05-09T10:00:00Z')).toBe('2026-05-11T00:00:00.000Z')
    expect(until({ days: [...weekend.days] }, '2026-05-10T23:59:00Z')).toBe('2026-05-11T00:00:00.000Z')
    expect(until({ days: [...weekend.days] }, '2026-05-11T00:00:00Z')).toBeUndefined()
  })

  test('hours over midnight belong to the day on which they begin', () => {
    const friday = { from: '22:00', to: '06:00', days: ['fri' as const] }
    expect(until(friday, '2026-05-08T23:00:00Z')).toBe('2026-05-09T06:00:00.000Z')
    expect(until(friday, '2026-05-09T05:00:00Z')).toBe('2026-05-09T06:00:00.000Z')
    expect(until(friday, '2026-05-08T05:00:00Z')).toBeUndefined()
    expect(until(friday, '2026-05-09T23:00:00Z')).toBeUndefined()
  })

  test('the clock may change meanwhile', () => {
    // In the night to 29 March 2026 Vienna skips an hour: 06:00 is 04:00 UTC, not 05:00.
    const night = { from: '22:00', to: '06:00', timezone: 'Europe/Vienna' }
    expect(until(night, '2026-03-28T22:00:00Z')).toBe('2026-03-29T04:00:00.000Z')
  })

  test('hours that never end are told as they are', () => {
    expect(until({}, '2026-05-10T10:00:00Z')).toMatch(/^2026-07/)
  })
})
