import type { ModelConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import { findColumn, takeRows, type Table } from '../data/table.ts'
import type { EstimateObservation, PerformanceObservation, RealisedEstimate, Worsened } from '../triggers/index.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'
import type { Scorer } from './score.ts'
import type { EstimateMark, TriggerMemory } from './trigger-memory.ts'

/** New rows of the champion's, as far as they are kept to be scored. */
export interface NewRows {
  /** The newest labelled ones. */
  readonly labelled: Table | undefined
  /** How many labelled ones there are. */
  readonly available: number
  /** The newest of those whose label has not arrived. */
  readonly waiting: Table | undefined
}

export interface ObservedPerformance {
  readonly performance: PerformanceObservation
  /** Estimates to be remembered: new ones, and earlier ones whose truth has come. */
  readonly marks: readonly EstimateMark[]
  readonly worsened?: Worsened | undefined
}

/** An estimate is remembered once a day, or there would be one for every run. */
const BETWEEN_MARKS = 24 * 3_600_000
/** An estimate is held against the truth when this share of its rows has labels. */
const REALISED_SHARE = 0.9
const SHOWN_RECORD = 10

/**
 * What the performance trigger looks at: the champion's metric on new labelled rows, what a detector made of its errors,
 * and the estimate without labels. What fails becomes `error`, so that the other triggers go on.
 */
export async function observePerformance(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  rows: NewRows,
  memory: TriggerMemory,
): Promise<ObservedPerformance> {
  const config = model.triggers.performance
  if (config === false) return { performance: { none: 'the trigger is off' }, marks: [] }
  const { labelled, available, waiting } = rows
  const enough = labelled !== undefined && available >= config['min-rows']
  const estimable = !enough && Boolean(config.estimate) && (waiting?.rows ?? 0) >= config['min-rows']
  const few = { none: 'too few labels', rowsAvailable: available }
  if (!enough && !estimable) return { performance: few, marks: [] }
  try {
    // TensorFlow.js is loaded only here: when there is something to score.
    const { withScorer } = await import('./score.ts')
    return await withScorer(project, model, champion, (scorer) => {
      const context = { model, champion, now: project.clock(), memory, scorer }
      return enough
        ? onLabelled(context, labelled, available, Boolean(config.estimate))
        : onWaiting(context, waiting as Table, few)
    })
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return { performance: { error: error.message }, marks: [] }
  }
}

interface Context {
  readonly model: ModelConfig
  readonly champion: Champion
  readonly now: number
  readonly memory: TriggerMemory
  readonly scorer: Scorer
}

function onLabelled(context: Context, rows: Table, available: number, compare: boolean): ObservedPerformance {
  const { scorer } = context
  const { value, interval, reason, n, unseen } = scorer.metric(rows)
  const marks = compare ? realised(context, rows) : []
  if (value === null) {
    const none = `${scorer.name} is undefined on the new rows: ${reason ?? 'no reason given'}`
    return { performance: { none, rowsAvailable: available }, marks }
  }
  const estimate = compare && hasCalibration(context.champion) ? scorer.estimate(rows) : undefined
  const performance: PerformanceObservation = {
    metric: scorer.name,
    value,
    interval,
    n,
    rowsAvailable: available,
    detector: scorer.watch(rows),
    challenger: scorer.challenge(rows),
    worsened: scorer.worsened(rows),
    note: unseen,
    estimate: estimate && withRecord(estimate, context, marks),
  }
  return { performance, marks, worsened: performance.worsened }
}

function onWaiting(context: Context, rows: Table, few: { none: string; rowsAvailable: number }): ObservedPerformance {
  const estimate = context.scorer.estimate(rows)
  const mark = markOf(context, rows, estimate)
  return {
    performance: { ...few, estimate: withRecord(estimate, context, []) },
    marks: mark === undefined ? [] : [mark],
  }
}

const hasCalibration = (champion: Champion): boolean => champion.files.has('calibration.json')

/** Earlier estimates of this metric that the truth has caught up with, those of this run included. */
function withRecord(
  estimate: EstimateObservation,
  context: Context,
  fresh: readonly EstimateMark[],
): EstimateObservation {
  if ('none' in estimate) return estimate
  const known = context.memory.estimates.filter((mark) => !fresh.some(({ at }) => at === mark.at))
  const record = [...fresh, ...known].flatMap(({ metric, estimate: value, low, high, realised: truth }) =>
    metric === estimate.metric && truth !== null ? [{ estimate: value, low, high, realised: truth.value }] : [],
  ) satisfies RealisedEstimate[]
  return { ...estimate, record: record.slice(0, SHOWN_RECORD) }
}

/** The estimate as it is remembered; only rows with times can be found again when their labels have come. */
function markOf(
  { model, champion, now, memory }: Context,
  rows: Table,
  estimate: EstimateObservation,
): EstimateMark | undefined {
  const { version } = champion.manifest
  const window = windowOf(rows, model)
  if ('none' in estimate || estimate.interval === undefined || window === undefined) return undefined
  const { metric, method, value, interval, n } = estimate
  const last = memory.estimates.find((mark) => mark.version === version && mark.metric === metric)
  if (last !== undefined && now - Date.parse(last.at) < BETWEEN_MARKS) return undefined
  const { low, high } = interval
  const seen = { at: isoTime(now), version, metric, method, estimate: value, low, high, rows: n, realised: null }
  return { ...seen, from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() }
}

function windowOf(rows: Table, model: ModelConfig): { from: number; to: number } | undefined {
  const time = model.data.time === undefined ? undefined : findColumn(rows, model.data.time)
  if (time?.kind !== 'time') return undefined
  let [from, to] = [Infinity, -Infinity]
  for (const value of time.values) {
    if (Number.isNaN(value)) continue
    from = Math.min(from, value)
    to = Math.max(to, value)
  }
  return from <= to ? { from, to } : undefined
}

/** Estimates whose rows have their labels now, with what the metric has come to on them. */
function realised({ model, champion, now, memory, scorer }: Context, rows: Table): EstimateMark[] {
  const time = model.data.time === undefined ? undefined : findColumn(rows, model.data.time)
  if (time?.kind !== 'time') return []
  const open = memory.estimates.filter(
    (mark) => mark.realised === null && mark.version === champion.manifest.version && mark.metric === scorer.name,
  )
  return open.flatMap((mark) => {
    const [from, to] = [Date.parse(mark.from), Date.parse(mark.to)]
    const within: number[] = []
    time.values.forEach((value, row) => {
      if (value >= from && value <= to) within.push(row)
    })
    if (within.length < REALISED_SHARE * mark.rows) return []
    const { value } = scorer.metric(takeRows(rows, within))
    return value === null ? [] : [{ ...mark, realised: { at: isoTime(now), value, rows: within.length } }]
  })
}
