import type { PerformanceTriggerConfig } from '../config/schema.ts'
import { createAdwin } from '../stats/adwin.ts'
import { createDdm } from '../stats/ddm.ts'
import { createPageHinkley } from '../stats/page-hinkley.ts'
import type { DetectorObservation } from './input.ts'

type DetectorConfig = PerformanceTriggerConfig['detector']

/** The champion's errors on new rows, oldest first. */
export interface ErrorStream {
  /** 0 or 1 where a class is right or wrong; otherwise a size of the error, mostly within [0, 1]. */
  readonly errors: Float64Array
  /** Times of the rows, epoch milliseconds; undefined without a time column. */
  readonly times: Float64Array | undefined
  readonly what: string
  /** Whether every error is 0 or 1. */
  readonly binary: boolean
}

/** One detector, told apart by the direction of what it noticed. */
interface Watcher {
  readonly name: string
  readonly binary: boolean
  /** Whether a change was noticed at this value, and whether it was a rise. */
  update(value: number): 'rise' | 'fall' | undefined
}

/**
 * Runs the configured detector over the champion's errors in time order. What counts is the last change it noticed: a rise
 * that a fall followed is over. And the errors must still be higher since then than before, or it was chance.
 */
export function watchErrors(config: DetectorConfig, stream: ErrorStream): DetectorObservation | undefined {
  const watcher = watcherOf(config)
  if (watcher === undefined) return undefined
  const { errors, times, what, binary } = stream
  if (watcher.binary && !binary) {
    return { detector: watcher.name, none: 'it needs errors that are right or wrong; take adwin or page-hinkley' }
  }
  let last = -1
  for (let i = 0; i < errors.length; i++) {
    const change = watcher.update(errors[i] as number)
    if (change !== undefined) last = change === 'rise' ? i : -1
  }
  const seen = { detector: watcher.name, rows: errors.length, what }
  if (last < 0) return seen
  const since = Math.max(0, Math.min(last, errors.length - SHORTEST))
  const before = mean(errors, 0, last)
  const after = mean(errors, since, errors.length)
  if (!(after > before)) return seen
  return { ...seen, noticed: { row: last + 1, time: times?.[last], before, after } }
}

/** Fewer values since a change than this have no mean worth telling. */
const SHORTEST = 30

function watcherOf(config: DetectorConfig): Watcher | undefined {
  const name = typeof config === 'string' ? config : Object.keys(config)[0]
  if (name === 'adwin') {
    const adwin = createAdwin(typeof config === 'object' && 'adwin' in config ? config.adwin : {})
    return {
      name,
      binary: false,
      update: (value) => (adwin.update(value) ? (adwin.mean > adwin.before ? 'rise' : 'fall') : undefined),
    }
  }
  if (name === 'page-hinkley') {
    const detector = createPageHinkley(typeof config === 'object' && 'page-hinkley' in config ? config[name] : {})
    return { name, binary: false, update: (value) => (detector.update(value) ? 'rise' : undefined) }
  }
  if (name === 'ddm') {
    const detector = createDdm(typeof config === 'object' && 'ddm' in config ? config.ddm : {})
    return { name, binary: true, update: (value) => (detector.update(value) ? 'rise' : undefined) }
  }
  return undefined
}

function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i] as number
  return to > from ? sum / (to - from) : 0
}
