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

  test('keeps the dates and the rule it went by; a zone belongs to a cron expression', () => {
    const trainedAt = '2026-05-07T12:00:00.000Z'
    const facts = {
      trainedAt,
      dueAt: '2026-05-09T12:00:00.000Z',
      every: 2 * DAY,
      cron: null,
      timezone: null,
      jitter: 0,
    }
    expect(see('schedule', every(2)).facts).toEqual(facts)
    expect(see('schedule', cron('0 3 * * *', 'Europe/Berlin')).facts).toEqual({
      ...facts,
      dueAt: '2026-05-08T01:00:00.000Z',
      every: null,
      cron: '0 3 * * *',
      timezone: 'Europe/Berlin',
    })
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

  test('a time that summer time skips comes at once, and one that comes twice counts once', () => {
    const after = (trained: string, now: string) => {
      const champion = { ...input().champion, trainedAt: Date.parse(trained) }
      return see('schedule', { ...cron('30 2 * * *', 'Europe/Berlin'), champion, now: Date.parse(now) })
    }
    // On 29 March 02:30 does not exist; on 25 October it comes at 00:30Z and at 01:30Z.
    expect(after('2026-03-28T12:00:00Z', '2026-03-29T00:59:00Z').status).toBe('quiet')
    expect(after('2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z').status).toBe('fired')
    expect(after('2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z').status).toBe('fired')
    expect(after('2026-10-25T00:31:00Z', '2026-10-25T01:31:00Z')).toMatchObject({
      status: 'quiet',
      facts: { dueAt: '2026-10-26T01:30:00.000Z' },
    })
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

  test('jitter delays by an amount that is fixed for the model, and spreads models out', () => {
    const jittered = (model: string) =>
      see('schedule', { ...withConfig({ schedule: { every: 7 * DAY, timezone: 'UTC', jitter: DAY } }), model })
    const limits = Array.from({ length: 40 }, (_, i) => (jittered(`m${i}`).threshold as number) / DAY - 7)
    expect(jittered('m1')).toEqual(jittered('m1'))
    expect(Math.min(...limits)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...limits)).toBeLessThan(1)
    expect(Math.max(...limits) - Math.min(...limits)).toBeGreaterThan(0.8)
    expect(jittered('m1').sentence).toMatch(/a training is due every 7d and \d+h \d+m of jitter: next in/)
  })

  test('counts from the last candidate as well, merged or not', () => {
    const seen = see('schedule', { ...every(7), lastTrainingAt: NOW - DAY })
    expect(seen).toMatchObject({ value: DAY, status: 'quiet' })
    expect(seen.sentence).toMatch(/^the last candidate was trained 24h ago/)
    expect(see('schedule', { ...every(2), lastTrainingAt: NOW - 10 * DAY }).status).toBe('fired')
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

  test('a floor wants proof as well: below it by chance is told and fires nothing', () => {
    const at = (value: number, low: number, high: number) =>
      watch(
        { metric: 'auc', value, n: 2311, rowsAvailable: 2311, interval: { low, high, level: 0.95 } },
        ['auc', 0.8],
        {
          floor: 0.78,
        },
      )
    expect(at(0.77, 0.72, 0.82)).toMatchObject({
      status: 'quiet',
      sentence: expect.stringContaining(
        'below the floor of 0.78, with too few labels to tell it from chance',
      ) as string,
    })
    expect(at(0.76, 0.745, 0.775).status).toBe('fired')
  })

  test('a challenger that is better for sure fires, however low the champion’s own evaluation was', () => {
    const against = (value: number, real: boolean, metric = 'auc') =>
      watch(
        {
          metric,
          value: 0.6,
          n: 2311,
          rowsAvailable: 2311,
          challenger: { champion: 0.6, challenger: value, real, rows: 900, level: 0.95 },
        },
        [metric, 0.6],
      )
    expect(against(0.65, true)).toMatchObject({
      status: 'fired',
      value: expect.closeTo(0.05, 12) as number,
      threshold: 0.025,
      unit: 'auc gained by a challenger',
      sentence:
        'auc stayed at 0.600 on 2,311 new labelled rows; the limit is a drop of 0.05; a challenger that corrects the champion by what the new rows teach reaches auc 0.650 where the champion has 0.600 on 900 rows that it had not learned, more than chance at 95 %; the limit is a gain of 0.025',
    })
    expect(against(0.65, false)).toMatchObject({
      status: 'quiet',
      notes: [expect.stringContaining('which may be chance; the limit is a gain of 0.025') as string],
    })
    expect(against(0.61, true).status).toBe('quiet')
    expect(against(0.5, true).notes).toEqual([expect.stringContaining('is no better on 900 rows') as string])
    expect(against(0.55, true, 'log-loss')).toMatchObject({
      status: 'fired',
      value: expect.closeTo(1 / 12, 12) as number,
    })
  })

  describe('with intervals', () => {
    const range = (low: number, high: number) => ({ low, high, level: 0.95 })
    const compare = (own: readonly [number, number, number], now: readonly [number, number, number], metric = 'auc') =>
      see('performance', {
        primary: metric,
        champion: {
          ...input().champion,
          metrics: [{ metric, value: own[0], interval: range(own[1], own[2]) }],
        },
        performance: { metric, value: now[0], interval: range(now[1], now[2]), n: 300, rowsAvailable: 300 },
      })

    test('a drop that is larger than the limit and than chance fires', () => {
      expect(compare([0.87, 0.85, 0.89], [0.8, 0.76, 0.84]).status).toBe('fired')
    })

    test('one that may be chance does not, and says how many labels would tell', () => {
      const judged = compare([0.87, 0.85, 0.89], [0.8, 0.7, 0.9])
      expect(judged.status).toBe('quiet')
      // 300 rows reach 0.1; to see 0.07 beside the champion's own 0.02 it takes 300 · 0.1² / (0.07² − 0.02²).
      expect(judged.sentence).toBe(
        'auc fell from 0.870 to 0.800 on 300 new labelled rows; the limit is a drop of 0.05; too few labels to tell it from chance (95 % interval of the change −0.032 … +0.172); about 367 more would',
      )
    })

    test('where the champion’s own evaluation is the uncertain one, no number of labels would', () => {
      expect(compare([0.87, 0.75, 0.95], [0.8, 0.79, 0.81]).sentence).toContain(
        'for the champion’s own evaluation is as uncertain',
      )
    })

    test('a drop that is real and small is not worth a training', () => {
      expect(compare([0.87, 0.869, 0.871], [0.85, 0.849, 0.851]).status).toBe('quiet')
    })

    test('errors rise, and the sides of their intervals change places', () => {
      expect(compare([10, 9.5, 10.5], [11, 10.6, 11.4], 'rmse').status).toBe('fired')
      expect(compare([10, 9.5, 10.5], [11, 10, 13], 'rmse').status).toBe('quiet')
    })

    test('without an interval on the new rows there are too few of them', () => {
      const performance = { metric: 'auc', value: 0.1, interval: null, n: 300, rowsAvailable: 300 }
      const judged = see('performance', { performance })
      expect(judged.status).toBe('quiet')
      expect(judged.sentence).toContain('too few labels to tell it from chance')
    })
  })

  test('a detector fires by itself, and says where', () => {
    const detector = {
      detector: 'adwin',
      rows: 2311,
      what: 'error rate',
      noticed: { row: 1240, time: Date.UTC(2026, 4, 3, 10), before: 0.12, after: 0.21 },
    }
    const performance = { metric: 'auc', value: 0.87, n: 2311, rowsAvailable: 2311, detector }
    expect(see('performance', { performance })).toMatchObject({
      status: 'fired',
      value: 0.21,
      threshold: 0.12,
      unit: 'error rate',
      sentence: expect.stringContaining(
        'adwin noticed at row 1,240 of 2,311 (2026-05-03T10:00:00Z) that the error rate rose from 0.120 to 0.210',
      ) as string,
    })
    const calm = see('performance', { performance: { ...performance, detector: { ...detector, noticed: undefined } } })
    expect(calm).toMatchObject({ status: 'quiet', notes: ['adwin noticed no rise of the error rate in 2,311 rows'] })
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

  test('with a window the share is of all rows there were, for the window is always full', () => {
    const { counts } = input()
    if ('error' in counts) throw new Error('counted')
    const seen = see('volume', {
      ...withConfig({ volume: { count: 'labelled', share: 0.5 } }),
      champion: { ...input().champion, rows: 1000, rowsSeen: 4000 },
      counts: { ...counts, labelled: 1500 },
    })
    expect(seen.status).toBe('quiet')
    expect(seen.sentence).toContain('the limit is 50 % of the 4,000 there were')
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

  test('counts all new rows where it is told to, and gives what it counted', () => {
    const { counts } = input()
    const volume = { count: 'all', rows: 1000 } as const
    expect(see('volume', { ...withConfig({ volume }), counts: { ...counts, labelled: 1 } as never })).toEqual({
      trigger: 'volume',
      status: 'fired',
      sentence: '1,000 new rows since the last training; the limit is 1,000 rows',
      value: 1000,
      threshold: 1000,
      unit: 'rows',
      direction: 'above',
      evidence: [],
      facts: { newRows: 1000, newLabelledRows: 1, trainedOn: 3000, share: 1 / 3 },
    })
    const nothing = see('volume', {
      ...withConfig({ volume: { count: 'labelled', share: 0.5 } }),
      champion: { ...input().champion, rows: 0 },
      counts: { ...counts, labelled: 0 } as never,
    })
    expect(nothing).toMatchObject({ status: 'quiet', threshold: 1, facts: { trainedOn: 0, share: null } })
    expect(nothing.sentence).toBe('0 new labelled rows since the last training; the limit is 50 % of the 0 trained on')
  })

  describe('of files', () => {
    const files = (newFiles: TriggerInput['newFiles'], limits: Partial<VolumeTriggerConfig> = {}) =>
      see('volume', { ...withConfig({ volume: { count: 'labelled', files: 2, ...limits } }), newFiles })

    test('fires at their number', () => {
      expect(files(2)).toEqual({
        trigger: 'volume',
        status: 'fired',
        sentence: '2 new files since the last training; the limit is 2 files',
        value: 2,
        threshold: 2,
        unit: 'files',
        direction: 'above',
        evidence: [],
      })
      expect(files(1, { files: 2 })).toMatchObject({
        status: 'quiet',
        sentence: '1 new file since the last training; the limit is 2 files',
      })
    })

    test('is unchecked where they could not be counted', () => {
      expect(files(undefined)).toMatchObject({ status: 'unchecked', sentence: 'new files could not be counted' })
      expect(files({ error: 'no record' }).sentence).toBe('new files could not be counted: no record')
    })

    test.each([
      ['both', 2, 1000, 'rows', 'fired'],
      ['the files', 2, 1001, 'files', 'fired'],
      ['the rows', 1, 1000, 'rows', 'fired'],
      ['none', 1, 1001, 'rows', 'quiet'],
    ] as const)('beside rows: where %s reached the limit', (_, newFiles, limit, unit, status) => {
      const seen = files(newFiles, { rows: limit })
      expect(seen).toMatchObject({ status, unit })
      expect(seen.sentence).toMatch(/new labelled rows.*; .*file|file.*; .*new labelled rows/)
    })

    test('that could not be counted come before rows that are quiet, and behind rows that fired', () => {
      expect(files(undefined, { rows: 1001 }).status).toBe('unchecked')
      expect(files(undefined, { rows: 1000 })).toMatchObject({ status: 'fired', unit: 'rows' })
    })
  })
})

test('what is only reported says so, for the user’s own triggers too', () => {
  const own = { ...see('manual'), trigger: 'own', status: 'fired' as const }
  const settings = {
    volume: { count: 'labelled', rows: 1, 'only-report': true },
    custom: { own: { 'only-report': true } },
  }
  const results = evaluateTriggers(
    input({ ...withConfig(settings as never), custom: [own, { ...own, trigger: 'other' }] }),
  )
  expect(results.filter(({ onlyReport }) => onlyReport === true).map(({ trigger }) => trigger)).toEqual([
    'volume',
    'own',
  ])
  expect(results.find(({ trigger }) => trigger === 'other')).not.toHaveProperty('onlyReport')
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
