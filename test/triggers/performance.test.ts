import { describe, expect, test } from 'vitest'
import type { PerformanceTriggerConfig } from '../../src/config/schema.ts'
import type { EstimateObservation, ScoredPerformance, TriggerInput } from '../../src/triggers/input.ts'
import { performance } from '../../src/triggers/performance.ts'
import {
  challengerText,
  detectorText,
  estimateText,
  floorText,
  isDiscredited,
  movement,
  rowsText,
  truthText,
  uncertainText,
  worsenedText,
} from '../../src/triggers/performance-text.ts'
import type { TriggerResult } from '../../src/triggers/types.ts'
import { config, input } from './support.ts'

const RULE = config.performance as PerformanceTriggerConfig
const range = (low: number, high: number) => ({ low, high, level: 0.95 })
const OWN = [
  { metric: 'auc', value: 0.87, interval: range(0.86, 0.88) },
  { metric: 'rmse', value: 10, interval: range(9.9, 10.1) },
  { metric: 'accuracy', value: 0.9, interval: range(0.89, 0.91) },
  { metric: 'bias', value: 0.1, interval: range(0.05, 0.15) },
]

function see(
  performance_: Partial<ScoredPerformance> | TriggerInput['performance'],
  rule: Partial<PerformanceTriggerConfig> = {},
  more: Partial<TriggerInput> = {},
): TriggerResult {
  const usual = { metric: 'auc', value: 0.87, interval: range(0.86, 0.88), n: 1000, rowsAvailable: 1000 }
  const plain = 'none' in performance_ || 'error' in performance_
  const base = input()
  return performance.evaluate({
    ...base,
    config: { ...config, performance: { ...RULE, ...rule } },
    champion: { ...base.champion, metrics: OWN },
    performance: plain ? (performance_ as TriggerInput['performance']) : { ...usual, ...performance_ },
    ...more,
  })
}

describe('the drop', () => {
  test('beyond the limit and beyond chance fires, with its numbers', () => {
    expect(see({ value: 0.8, interval: range(0.78, 0.82) })).toEqual({
      trigger: 'performance',
      status: 'fired',
      sentence: 'auc fell from 0.870 to 0.800 on 1,000 new labelled rows; the limit is a drop of 0.05',
      value: expect.closeTo(0.07, 12) as number,
      threshold: 0.05,
      unit: 'auc drop',
      direction: 'above',
      evidence: [],
    })
  })

  test('of an error is a share of what it was', () => {
    expect(see({ metric: 'rmse', value: 11, interval: range(10.8, 11.2) })).toMatchObject({
      status: 'fired',
      sentence: 'rmse rose from 10 to 11 (+10 %) on 1,000 new labelled rows; the limit is a rise of 5 %',
      value: expect.closeTo(0.1, 12) as number,
      threshold: 0.05,
      unit: 'share by which rmse rose',
    })
    // A floor of an error is a ceiling.
    expect(see({ metric: 'rmse', value: 10.4, interval: range(10.3, 10.5) }, { floor: 10.2 })).toMatchObject({
      status: 'fired',
      value: 10.4,
      threshold: 10.2,
      unit: 'rmse',
      direction: 'above',
      sentence: expect.stringMatching(/it is above the ceiling of 10\.2$/) as string,
    })
  })

  test.each([
    // The whole interval of the change is above 0: 0.07 ± √(0.01² + 0.069²) is not, 0.07 ± √(0.01² + 0.0692²) is.
    [0.0692, 'fired'],
    [0.0694, 'quiet'],
  ] as const)('with an interval of the new value of ± %d is %s', (reach, status) => {
    const seen = see({ value: 0.8, interval: range(0.8 - reach, 0.8 + reach) })
    expect(seen.status).toBe(status)
    expect(seen.sentence.includes('too few labels to tell it from chance')).toBe(status === 'quiet')
  })

  test('at exactly the limit is none', () => {
    const at = (value: number) => see({ value, interval: range(value - 0.001, value + 0.001) }, { drop: 0.125 }).status
    const champion = { ...input().champion, metrics: [{ metric: 'auc', value: 0.875, interval: range(0.874, 0.876) }] }
    const exact = (value: number) =>
      see({ value, interval: range(value - 0.001, value + 0.001) }, { drop: 0.125 }, { champion }).status
    expect([exact(0.75), exact(0.749)]).toEqual(['quiet', 'fired'])
    expect(at(0.87)).toBe('quiet')
  })

  test('without any interval on the new rows is chance; where none was asked for the value counts', () => {
    expect(see({ value: 0.7, interval: null }).status).toBe('quiet')
    const champion = { ...input().champion, metrics: [{ metric: 'auc', value: 0.87 }] }
    expect(see({ value: 0.7, interval: undefined }, {}, { champion }).status).toBe('fired')
  })

  test('cannot be judged where the champion’s own evaluation has no such metric', () => {
    const seen = see({ metric: 'f1', value: 0.4, interval: range(0.3, 0.5) })
    expect(seen.status).toBe('unchecked')
    expect(seen.sentence).toBe('the champion’s own evaluation has no value of f1 to compare with')
    expect(see({ value: Number.NaN }).sentence).toBe('auc is undefined on the new labelled rows')
  })
})

describe('the floor', () => {
  test.each([
    [0.8, range(0.78, 0.82), 0.8, 'quiet', 'not below the floor of 0.8'],
    [0.79, range(0.77, 0.81), 0.8, 'quiet', 'it is below the floor of 0.8, with too few labels to tell it from chance'],
    [0.79, range(0.78, 0.799), 0.8, 'fired', 'it is below the floor of 0.8'],
    [0.79, null, 0.8, 'quiet', 'it is below the floor of 0.8, with too few labels to tell it from chance'],
    [0.79, undefined, 0.8, 'fired', 'it is below the floor of 0.8'],
  ] as const)('auc %d (%j) against a floor of %d is %s', (value, interval, floor, status, text) => {
    const seen = see({ value, interval: interval as never }, { floor, drop: 0.5 })
    expect(seen.status).toBe(status)
    expect(seen.sentence.split('; ').at(-1)).toBe(text)
    if (status === 'fired') expect(seen).toMatchObject({ value, threshold: floor, unit: 'auc', direction: 'below' })
    else expect(seen).toMatchObject({ threshold: 0.5, unit: 'auc drop', direction: 'above' })
  })

  test.each([
    // A bias counts by its size: an interval that reaches into −0.5 … 0.5 is inside.
    [-0.6, range(-0.7, -0.55), 'fired'],
    [-0.6, range(-0.7, -0.5), 'quiet'],
    [-0.6, range(-0.7, -0.49), 'quiet'],
    [0.6, range(0.55, 0.7), 'fired'],
    [0.6, range(-0.51, 0.7), 'quiet'],
    [0.4, range(0.3, 0.5), 'quiet'],
  ] as const)('a bias of %d (%j) against a ceiling of 0.5 is %s', (value, interval, status) => {
    const seen = see({ metric: 'bias', value, interval }, { floor: 0.5, drop: 1000 })
    expect(seen.status).toBe(status)
  })
})

describe('a challenger', () => {
  const beats = (challenger: number, champion = 0.8, real = true, metric = 'auc') => ({
    metric,
    challenger: { champion, challenger, real, rows: 500, level: 0.95 },
    value: metric === 'auc' ? 0.87 : 10,
    interval: metric === 'auc' ? range(0.86, 0.88) : range(9.9, 10.1),
  })

  test('that gains more than the limit and more than chance fires', () => {
    expect(see(beats(0.83))).toMatchObject({
      status: 'fired',
      value: expect.closeTo(0.03, 12) as number,
      threshold: 0.025,
      unit: 'auc gained by a challenger',
      direction: 'above',
      sentence:
        'auc stayed at 0.870 on 1,000 new labelled rows; the limit is a drop of 0.05; a challenger that corrects the champion by what the new rows teach reaches auc 0.830 where the champion has 0.800 on 500 rows that it had not learned, more than chance at 95 %; the limit is a gain of 0.025',
    })
    expect(see(beats(9, 10, true, 'rmse'))).toMatchObject({
      status: 'fired',
      value: expect.closeTo(0.1, 12) as number,
      unit: 'share of rmse saved by a challenger',
      sentence: expect.stringMatching(/the limit is a gain of 2\.5 %$/) as string,
    })
  })

  test.each([
    ['at the limit', beats(0.75, 0.5), { challenger: { gain: 0.25 } }, 'quiet'],
    ['above it', beats(0.76, 0.5), { challenger: { gain: 0.25 } }, 'fired'],
    ['by chance', beats(0.9, 0.8, false), {}, 'quiet'],
    ['worse', beats(0.7), {}, 'quiet'],
    ['switched off', beats(0.9), { challenger: false }, 'quiet'],
    ['equal, with no gain asked for', beats(0.8), { challenger: { gain: 0 } }, 'quiet'],
    ['hardly better, with no gain asked for', beats(0.8001), { challenger: { gain: 0 } }, 'fired'],
    ['not tried', { challenger: { none: 'too few rows' } }, {}, 'quiet'],
  ] as const)('%s', (_, seen, rule, status) => {
    expect(see(seen, rule).status).toBe(status)
  })

  test('that does not fire is told in a note', () => {
    expect(see(beats(0.9, 0.8, false)).notes).toEqual([
      'a challenger that corrects the champion by what the new rows teach reaches auc 0.900 where the champion has 0.800 on 500 rows that it had not learned, which may be chance; the limit is a gain of 0.025',
    ])
    expect(see(beats(0.8)).notes).toEqual([
      'a challenger that corrects the champion by what the new rows teach is no better on 500 rows that it had not learned',
    ])
    expect(see({ challenger: { none: 'too few rows' } }).notes).toEqual(['no challenger: too few rows'])
    expect(see(beats(0.83)).notes).toBeUndefined()
  })

  test('behind a drop that fires as well, the drop’s numbers stand', () => {
    expect(see({ ...beats(0.9), value: 0.7, interval: range(0.68, 0.72) })).toMatchObject({ unit: 'auc drop' })
  })
})

describe('a detector', () => {
  const noticed = { row: 1240, time: Date.UTC(2026, 4, 3, 10), before: 0.12, after: 0.21 }

  test('that noticed a rise fires with its numbers', () => {
    expect(see({ detector: { detector: 'adwin', rows: 2311, what: 'error rate', noticed } })).toMatchObject({
      status: 'fired',
      value: 0.21,
      threshold: 0.12,
      unit: 'error rate',
      direction: 'above',
      sentence:
        'auc stayed at 0.870 on 1,000 new labelled rows; the limit is a drop of 0.05; adwin noticed at row 1,240 of 2,311 (2026-05-03T10:00:00Z) that the error rate rose from 0.120 to 0.210',
    })
  })

  test('that noticed nothing, or could not look, is a note', () => {
    expect(see({ detector: { detector: 'adwin', rows: 1, what: 'error rate' } })).toMatchObject({
      status: 'quiet',
      notes: ['adwin noticed no rise of the error rate in 1 row'],
    })
    expect(see({ detector: { detector: 'ddm', none: 'no time column' } }).notes).toEqual([
      'ddm could not watch the errors: no time column',
    ])
    expect(
      detectorText({ detector: 'ddm', rows: 9, what: 'error rate', noticed: { ...noticed, time: undefined } }),
    ).toBe('ddm noticed at row 1,240 of 9 that the error rate rose from 0.120 to 0.210')
  })
})

test('what else is to be known stands in notes; since when it is worse only where it fired', () => {
  const worsened = { at: Date.UTC(2026, 4, 3, 10), rows: 1072 }
  const note = 'rows of May are missing'
  expect(see({ worsened, note }).notes).toEqual([note])
  expect(see({ value: 0.7, interval: range(0.68, 0.72), worsened, note }).notes).toEqual([
    'its errors are higher since 2026-05-03T10:00:00Z (1,072 rows)',
    note,
  ])
  expect(see({})).not.toHaveProperty('notes')
})

describe('too few labels', () => {
  const few = (estimate?: EstimateObservation) => ({
    none: 'nothing',
    rowsAvailable: 199,
    ...(estimate && { estimate }),
  })
  const counts = (rows: number, labelled: number) => ({ ...input().counts, rows, labelled }) as TriggerInput['counts']
  const cbpe = { metric: 'auc', value: 0.8, interval: range(0.79, 0.81), n: 2000, method: 'CBPE' }
  const FEW = 'too few labels: 199 of 200 new labelled rows'

  test('are one less than asked for', () => {
    expect(see(few(), {}, { counts: { error: 'gone' } })).toEqual({
      trigger: 'performance',
      status: 'quiet',
      sentence: FEW,
      value: 199,
      threshold: 200,
      unit: 'rows',
      evidence: [],
    })
    expect(see({ none: 'every label is the same', rowsAvailable: 200 })).toMatchObject({
      status: 'unchecked',
      sentence: 'every label is the same',
    })
    expect(see({ n: 199, value: 0.2, interval: range(0.1, 0.3) }).status).toBe('quiet')
  })

  test('while as many rows wait for theirs: a hint, where no estimate is configured', () => {
    const hint = ['200 new rows wait for their label; with “estimate: report” the metric is estimated without it']
    expect(see(few(), {}, { counts: counts(399, 199) }).notes).toEqual(hint)
    expect(see(few(), {}, { counts: counts(398, 199) }).notes).toBeUndefined()
    expect(see(few(), { estimate: 'report' }, { counts: counts(399, 199) }).notes).toBeUndefined()
    expect(see(few(), {}, { counts: { error: 'gone' } }).notes).toBeUndefined()
  })

  test('with an estimate that says the metric fell: fired only where it is configured to', () => {
    const text =
      'estimated without labels (CBPE) on 2,000 new rows: auc 0.800 (0.790 … 0.810), against 0.870 at its evaluation'
    expect(see(few(cbpe), { estimate: 'report' })).toMatchObject({ status: 'quiet', sentence: `${FEW}; ${text}` })
    expect(see(few(cbpe), { estimate: 'fire' })).toEqual({
      trigger: 'performance',
      status: 'fired',
      sentence: `${text}; the limit is a drop of 0.05; ${FEW}`,
      value: expect.closeTo(0.07, 12) as number,
      threshold: 0.05,
      unit: 'auc drop, estimated',
      direction: 'above',
      evidence: [],
    })
    const rmse = { metric: 'rmse', value: 11, interval: range(10.8, 11.2), n: 2000, method: 'DLE' }
    expect(see(few(rmse), { estimate: 'fire', metric: 'rmse' })).toMatchObject({
      status: 'fired',
      unit: 'share by which rmse rose, estimated',
    })
  })

  test.each([
    ['within the limit', { ...cbpe, value: 0.84, interval: range(0.83, 0.85) }],
    ['by chance', { ...cbpe, interval: range(0.7, 0.9) }],
    [
      'that was wrong in two of three cases',
      { ...cbpe, record: [0.5, 0.6, 0.8].map((realised) => ({ estimate: 0.8, low: 0.79, high: 0.81, realised })) },
    ],
  ])('with an estimate that fell %s: quiet', (_, estimate) => {
    expect(see(few(estimate), { estimate: 'fire' }).status).toBe('quiet')
  })

  test('with an estimate that fell by exactly the limit: quiet', () => {
    const champion = { ...input().champion, metrics: [{ metric: 'auc', value: 0.75, interval: range(0.749, 0.751) }] }
    const fell = (value: number) => few({ ...cbpe, value, interval: range(value - 0.001, value + 0.001) })
    const status = (value: number) => see(fell(value), { estimate: 'fire', drop: 0.25 }, { champion }).status
    expect([status(0.5), status(0.499)]).toEqual(['quiet', 'fired'])
  })

  test('with no estimate either say why', () => {
    expect(see(few({ none: 'the scores are no probabilities' }), { estimate: 'fire' })).toMatchObject({
      status: 'quiet',
      sentence: FEW,
      notes: ['no estimate without labels: the scores are no probabilities'],
    })
  })
})

describe('the record of estimates', () => {
  const case_ = (realised: number) => ({ estimate: 0.8, low: 0.7, high: 0.9, realised })
  const estimate = { metric: 'auc', value: 0.8, interval: range(0.7, 0.9), n: 1, method: 'CBPE' }

  test.each([
    [[], false],
    [[0.1, 0.1], false],
    [[0.1, 0.1, 0.8], true],
    [[0.1, 0.7, 0.9], false],
    [[0.1, 0.1, 0.8, 0.8], false],
    [[0.1, 0.95, 0.8], true],
  ])('of %j is not relied on: %s', (realised, discredited) => {
    expect(isDiscredited(realised.map(case_))).toBe(discredited)
  })

  test('is told with what it was off by', () => {
    const text = (...realised: number[]) =>
      estimateText({ ...estimate, record: realised.map(case_) }, undefined, undefined, 'higher')
    const now = 'estimated without labels (CBPE) on 1 new row: auc 0.800 (0.700 … 0.900)'
    expect(text()).toBe(now)
    expect(text(0.7)).toBe(`${now}; the earlier estimate was off by 0.100, the truth inside the interval 1 of 1 time`)
    expect(text(0.6, 1, 0.8)).toBe(
      `${now}; the 3 earlier estimates were off by 0.133 on average, the truth inside the interval 1 of 3 times, so it is not relied on`,
    )
    expect(text(0.9, 0.8)).toContain(
      'the 2 earlier estimates were off by 0.050 on average, the truth inside the interval 2 of 2 times',
    )
  })

  test('is held against the truth once the labels are here', () => {
    expect(truthText(estimate, 0.7)).toBe(
      'without these labels CBPE would have said auc 0.800, the truth inside its interval 0.700 … 0.900',
    )
    expect(truthText(estimate, 0.9)).toContain('the truth inside')
    expect(truthText(estimate, 0.69)).toContain('the truth outside its interval 0.700 … 0.900')
    expect(truthText(estimate, 0.91)).toContain('the truth outside')
    expect(truthText({ ...estimate, interval: undefined, record: [case_(0.8)] }, 0.1)).toBe(
      'without these labels CBPE would have said auc 0.800; the earlier estimate was off by 0, the truth inside the interval 1 of 1 time',
    )
    expect(truthText({ none: 'no scores' }, 0.5)).toBe('no estimate without labels: no scores')
  })

  test('of an error says its rise', () => {
    const drop = { size: 0.1, interval: undefined, rowsNeeded: undefined }
    expect(estimateText({ ...estimate, metric: 'rmse', value: 11 }, { value: 10 }, drop, 'lower')).toContain(
      'against 10 at its evaluation, +10 %',
    )
  })
})

describe('its sentences', () => {
  const size = (value: number) => ({ size: value, interval: undefined, rowsNeeded: undefined })

  test.each([
    [0.8, undefined, 'higher', undefined, 'auc is 0.800'],
    [0.8, 0.87, 'higher', undefined, 'auc is 0.800'],
    [0.8, 0.87, 'higher', 0.07, 'auc fell from 0.870 to 0.800'],
    [0.9, 0.87, 'higher', -0.03, 'auc rose from 0.870 to 0.900'],
    [0.9, 0.6, 'lower', 0.5, 'auc rose from 0.600 to 0.900 (+50 %)'],
    [0.9, 0, 'lower', Infinity, 'auc rose from 0 to 0.900'],
    [0.87, 0.87, 'higher', 0, 'auc stayed at 0.870'],
    [0.8701, 0.87, 'higher', -0.0001, 'auc stayed at 0.870'],
    // Looks equal, but is a rise of a tenth of a percent and more.
    [0.00041, 0.0004, 'lower', 0.025, 'auc rose from 0.000 to 0.000 (+2.5 %)'],
  ] as const)('a movement to %d from %s', (value, own, direction, drop, text) => {
    const before = own === undefined ? undefined : { value: own }
    const said = movement({ metric: 'auc', value }, before, direction, drop === undefined ? undefined : size(drop))
    expect(said.replaceAll(/0\.0004\d?/g, '0.000')).toBe(text)
  })

  test('rows', () => {
    expect(rowsText({ n: 10, rowsAvailable: 10 })).toBe('10 new labelled rows')
    expect(rowsText({ n: 10, rowsAvailable: 11 })).toBe('the newest 10 of 11 new labelled rows')
  })

  test('how many labels are missing', () => {
    const seen = { n: 400, interval: range(0.7, 0.9) }
    const drop = (rowsNeeded: number | undefined) => ({ size: 0.1, interval: range(-0.01, 0.2), rowsNeeded })
    const interval = '95 % interval of the change −0.010 … +0.200'
    expect(uncertainText(drop(401), seen)).toBe(
      `too few labels to tell it from chance (${interval}); about 1 more would`,
    )
    const champion = `it may be chance (${interval}), for the champion’s own evaluation is as uncertain`
    expect(uncertainText(drop(400), seen)).toBe(champion)
    expect(uncertainText(drop(undefined), seen)).toBe(champion)
    expect(uncertainText({ ...drop(500), interval: undefined }, seen)).toBe('too few labels to tell it from chance')
    expect(uncertainText(drop(500), { n: 400, interval: null })).toBe('too few labels to tell it from chance')
  })

  test('a floor is a ceiling for errors', () => {
    expect(floorText(3, 'lower', 'no')).toBe('not above the ceiling of 3')
    expect(floorText(3, 'lower', 'real')).toBe('it is above the ceiling of 3')
    expect(floorText(3, 'higher', 'chance')).toBe(
      'it is below the floor of 3, with too few labels to tell it from chance',
    )
  })

  test('a single row', () => {
    expect(worsenedText({ at: 0, rows: 1 })).toBe('its errors are higher since 1970-01-01T00:00:00Z (1 row)')
    const seen = { champion: 0.5, challenger: 0.6, real: true, rows: 1, level: 0.9 }
    expect(challengerText(seen, { metric: 'auc', direction: 'higher', gain: 0.1, limit: 0.05 })).toContain(
      'on 1 row that it had not learned, more than chance at 90 %; the limit is a gain of 0.05',
    )
  })
})
