import { describe, expect, test } from 'vitest'
import type { PerformanceTriggerConfig, TriggersConfig, VolumeTriggerConfig } from '../../src/config/schema.ts'
import {
  bootstrapResult,
  evaluateTriggers,
  type PerformanceObservation,
  type TriggerInput,
} from '../../src/triggers/index.ts'
import type { TriggerResult } from '../../src/triggers/types.ts'
import { config, DAY, input, NOW } from './support.ts'

function see(trigger: TriggerResult['trigger'], changes: Partial<TriggerInput> = {}): TriggerResult {
  return evaluateTriggers(input(changes)).find((result) => result.trigger === trigger) as TriggerResult
}
const withConfig = (changes: Partial<TriggersConfig>): Partial<TriggerInput> => ({ config: { ...config, ...changes } })

test('every trigger reports, in one order, and nothing fires when nothing happened', () => {
  const results = evaluateTriggers(input())
  expect(results.map((result) => [result.trigger, result.status])).toEqual([
    ['schedule', 'off'],
    ['performance', 'quiet'],
    ['drift', 'quiet'],
    ['volume', 'quiet'],
    ['manual', 'quiet'],
  ])
  expect(evaluateTriggers(input())).toEqual(results)
})

test('a trigger that is switched off looks at nothing', () => {
  const off = { performance: false, drift: false, volume: false, manual: false } as const
  const results = evaluateTriggers(
    input({
      ...withConfig(off),
      counts: { error: 'gone' },
      performance: { error: 'gone' },
      profile: { error: 'gone' },
    }),
  )
  expect(results.map((result) => result.status)).toEqual(['off', 'off', 'off', 'off', 'off'])
})

test('data that cannot be read leaves triggers unchecked, never quiet', () => {
  const error = 'data/*.csv matches no file'
  const results = evaluateTriggers(input({ counts: { error }, performance: { error } }))
  for (const name of ['performance', 'drift', 'volume'])
    expect(results.find((result) => result.trigger === name)).toMatchObject({
      status: 'unchecked',
      sentence: expect.stringContaining(error) as string,
    })
})

test('without a champion the first version is trained', () => {
  expect(bootstrapResult()).toMatchObject({
    trigger: 'manual',
    status: 'fired',
    sentence: 'no model yet: the first version is trained',
  })
})

describe('schedule', () => {
  const every = (days: number): Partial<TriggerInput> =>
    withConfig({ schedule: { every: days * DAY, timezone: 'UTC' } })
  const cron = (expression: string, timezone = 'UTC'): Partial<TriggerInput> =>
    withConfig({ schedule: { cron: expression, timezone } })

  test('fires when the last training is long enough ago', () => {
    expect(see('schedule', every(2))).toMatchObject({
      status: 'fired',
      value: 3 * DAY,
      threshold: 2 * DAY,
      unit: 'ms',
      sentence: 'version 3 was trained 3d ago; a training is due every 48h 0m: due since 2026-05-09T12:00:00Z'.replace(
        '48h 0m',
        '2d',
      ),
    })
    expect(see('schedule', every(3)).status).toBe('fired')
  })

  test('is quiet before, and says when it is due next', () => {
    expect(see('schedule', every(7))).toMatchObject({
      status: 'quiet',
      sentence: 'version 3 was trained 3d ago; a training is due every 7d: next in 4d, at 2026-05-14T12:00:00Z',
    })
  })

  test('missed runs are caught up by one training', () => {
    const missed = { ...every(1), now: NOW + 30 * DAY }
    expect(see('schedule', missed).status).toBe('fired')
    const caughtUp = { ...input().champion, trainedAt: NOW + 30 * DAY }
    expect(see('schedule', { ...missed, champion: caughtUp, now: NOW + 30 * DAY + 60_000 }).status).toBe('quiet')
  })

  test('a cron time is that of its time zone', () => {
    const champion = { ...input().champion, trainedAt: Date.UTC(2026, 4, 10, 0, 30) }
    const at = (iso: string, timezone: string) =>
      see('schedule', { ...cron('0 3 * * *', timezone), champion, now: Date.parse(iso) }).status
    expect(at('2026-05-10T00:59:00Z', 'Europe/Berlin')).toBe('quiet')
    expect(at('2026-05-10T01:00:00Z', 'Europe/Berlin')).toBe('fired')
    expect(at('2026-05-10T02:59:00Z', 'UTC')).toBe('quiet')
    expect(at('2026-05-10T03:00:00Z', 'UTC')).toBe('fired')
  })

  test('with both an interval and a cron time the earlier counts', () => {
    const both = (days: number) => withConfig({ schedule: { every: days * DAY, cron: '0 0 1 6 *', timezone: 'UTC' } })
    expect(see('schedule', both(2)).status).toBe('fired')
    expect(see('schedule', both(60)).sentence).toContain('at 2026-06-01T00:00:00Z')
  })

  test.each([
    [{ cron: 'every monday', timezone: 'UTC' }, 'cannot be read'],
    [{ cron: '0 3 * * *', timezone: 'Europe/Atlantis' }, 'cannot be read'],
    [{ cron: '0 0 30 2 *', timezone: 'UTC' }, 'never comes round'],
    [{ timezone: 'UTC' }, 'neither every nor cron'],
  ])('a schedule that makes no sense is unchecked: %j', (schedule, reason) => {
    const seen = see('schedule', withConfig({ schedule }))
    expect(seen.status).toBe('unchecked')
    expect(seen.sentence).toContain(reason)
  })

  test('a champion without a training time is unchecked', () => {
    expect(see('schedule', { ...every(1), champion: { ...input().champion, trainedAt: Number.NaN } }).status).toBe(
      'unchecked',
    )
  })
})

describe('performance', () => {
  const watch = (
    performance: PerformanceObservation,
    own: readonly [string, number | null],
    changes: Partial<Exclude<TriggersConfig['performance'], false>> = {},
  ): TriggerResult =>
    see('performance', {
      config: { ...config, performance: { ...(config.performance as PerformanceTriggerConfig), ...changes } },
      primary: own[0],
      champion: { ...input().champion, metrics: [{ metric: own[0], value: own[1] }] },
      performance,
    })
  const seen = (metric: string, value: number, n = 2311): PerformanceObservation => ({
    metric,
    value,
    n,
    rowsAvailable: n,
  })

  test('fires when a metric that should be high has fallen by more than the limit', () => {
    expect(watch(seen('auc', 0.802), ['auc', 0.871])).toMatchObject({
      status: 'fired',
      sentence: 'auc fell from 0.871 to 0.802 on 2,311 new labelled rows; the limit is a drop of 0.05',
      threshold: 0.05,
      unit: 'auc drop',
    })
    expect(watch(seen('auc', 0.802), ['auc', 0.871]).value).toBeCloseTo(0.069, 12)
    expect(watch(seen('auc', 0.83), ['auc', 0.871]).status).toBe('quiet')
    expect(watch(seen('auc', 0.95), ['auc', 0.871]).sentence).toMatch(/^auc rose from 0\.871 to 0\.950/)
  })

  test('for errors the limit is relative, whatever their unit', () => {
    expect(watch(seen('rmse', 112), ['rmse', 100])).toMatchObject({
      status: 'fired',
      sentence: 'rmse rose from 100 to 112 (+12 %) on 2,311 new labelled rows; the limit is a rise of 5 %',
      value: 0.12,
      threshold: 0.05,
    })
    expect(watch(seen('rmse', 104), ['rmse', 100]).status).toBe('quiet')
    expect(watch(seen('log-loss', 0.3), ['log-loss', 0.4]).status).toBe('quiet')
  })

  test('a bias is judged by its size, and an error of 0 cannot grow unnoticed', () => {
    expect(watch(seen('bias', -0.5), ['bias', 0.4]).status).toBe('fired')
    expect(watch(seen('bias', -0.4), ['bias', 0.4]).status).toBe('quiet')
    expect(watch(seen('rmse', 0.1), ['rmse', 0])).toMatchObject({ status: 'fired', value: null })
    expect(watch(seen('rmse', 0), ['rmse', 0])).toMatchObject({ status: 'quiet', value: 0 })
  })

  test('fires below the floor, also when the drop is small, and without a value of its own to compare with', () => {
    expect(watch(seen('auc', 0.79), ['auc', 0.81], { floor: 0.8 })).toMatchObject({
      status: 'fired',
      value: 0.79,
      threshold: 0.8,
      unit: 'auc',
      sentence:
        'auc fell from 0.810 to 0.790 on 2,311 new labelled rows; the limit is a drop of 0.05; it is below the floor of 0.8',
    })
    expect(watch(seen('auc', 0.85), ['auc', null], { floor: 0.8 })).toMatchObject({ status: 'quiet', value: 0.85 })
    expect(watch(seen('rmse', 12), ['rmse', 11.9], { floor: 11 }).sentence).toContain('above the ceiling of 11')
  })

  test('too few labels are said to be too few', () => {
    const few = {
      status: 'quiet',
      sentence: 'too few labels: 120 of 200 new labelled rows',
      value: 120,
      threshold: 200,
    }
    expect(watch(seen('auc', 0.1, 120), ['auc', 0.9])).toMatchObject(few)
    expect(watch({ none: 'not scored', rowsAvailable: 120 }, ['auc', 0.9])).toMatchObject(few)
  })

  test('only the newest rows may have been scored, and the sentence says so', () => {
    const observed = { metric: 'auc', value: 0.8, n: 20_000, rowsAvailable: 35_211 }
    expect(watch(observed, ['auc', 0.82]).sentence).toContain('on the newest 20,000 of 35,211 new labelled rows')
  })

  test('what cannot be judged is unchecked', () => {
    expect(watch({ none: 'auc is undefined: one class only', rowsAvailable: 500 }, ['auc', 0.9])).toMatchObject({
      status: 'unchecked',
      sentence: 'auc is undefined: one class only',
    })
    expect(watch(seen('auc', Number.NaN), ['auc', 0.9]).status).toBe('unchecked')
    expect(watch(seen('auc', 0.9), ['f1', 0.9]).status).toBe('unchecked')
    expect(watch({ error: 'the model does not load' }, ['auc', 0.9]).status).toBe('unchecked')
  })
})

describe('volume', () => {
  const rows = (labelled: number, limits: Partial<VolumeTriggerConfig>): TriggerResult => {
    const { counts } = input()
    if ('error' in counts) throw new Error('counted')
    const volume: VolumeTriggerConfig = { count: 'labelled', ...limits }
    return see('volume', { ...withConfig({ volume }), counts: { ...counts, labelled } })
  }

  test('fires at a number of new labelled rows', () => {
    expect(rows(10_000, { rows: 10_000 })).toMatchObject({
      status: 'fired',
      value: 10_000,
      threshold: 10_000,
      unit: 'rows',
    })
    expect(rows(9_999, { rows: 10_000 })).toMatchObject({
      status: 'quiet',
      sentence: '9,999 new labelled rows since the last training; the limit is 10,000 rows',
    })
  })

  test('fires above a share of the rows trained on', () => {
    expect(rows(1500, { share: 0.5 }).status).toBe('quiet')
    expect(rows(1501, { share: 0.5 })).toMatchObject({
      status: 'fired',
      sentence: '1,501 new labelled rows since the last training (50 %); the limit is 50 % of the 3,000 trained on',
    })
  })

  test('with both, whichever is reached first', () => {
    expect(rows(600, { rows: 500, share: 0.5 }).status).toBe('fired')
    expect(rows(1600, { rows: 5000, share: 0.5 }).status).toBe('fired')
    expect(rows(400, { rows: 500, share: 0.5 }).status).toBe('quiet')
  })

  test('with neither it is unchecked', () => expect(rows(1e6, {}).status).toBe('unchecked'))
})

describe('manual', () => {
  test('fires when somebody asks, with the reason', () => {
    expect(see('manual', { manual: { by: 'ana', reason: 'new tariff' } })).toMatchObject({
      status: 'fired',
      sentence: 'asked for by ana: “new tariff”',
    })
    expect(see('manual', { manual: { by: 'ana', reason: null } }).sentence).toBe('asked for by ana')
  })

  test('a request is not followed silently when the trigger is off', () => {
    expect(see('manual', { ...withConfig({ manual: false }), manual: { by: 'ana', reason: null } })).toMatchObject({
      status: 'off',
      sentence: 'the manual trigger is switched off; the request by ana was not followed',
    })
  })
})
