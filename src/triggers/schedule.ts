import { Cron } from 'croner'
import { formatDuration, isoTime } from '../core/clock.ts'
import type { ScheduleTriggerConfig } from '../config/schema.ts'
import { result, type Trigger } from './input.ts'

/**
 * Time since the last training. A schedule that was missed, once or many times, is caught up by one training, for what
 * is asked is only whether a due time has passed since then. With both `every` and `cron` the earlier one counts.
 */
export const schedule: Trigger = {
  name: 'schedule',
  evaluate({ config, champion, now }) {
    if (!config.schedule) return result('schedule', 'off', 'no schedule is configured')
    if (!Number.isFinite(champion.trainedAt)) {
      return result('schedule', 'unchecked', `it is not known when version ${champion.version} was trained`)
    }
    const due = nextDue(config.schedule, champion.trainedAt)
    if ('error' in due) return result('schedule', 'unchecked', due.error)
    const age = now - champion.trainedAt
    const details = { value: age, threshold: due.at - champion.trainedAt, unit: 'ms' }
    const trained = `version ${champion.version} was trained ${formatDuration(Math.max(0, age))} ago; ${due.rule}`
    return now >= due.at
      ? result('schedule', 'fired', `${trained}: due since ${isoTime(due.at)}`, details)
      : result(
          'schedule',
          'quiet',
          `${trained}: next in ${formatDuration(due.at - now)}, at ${isoTime(due.at)}`,
          details,
        )
  },
}

type Due = { readonly at: number; readonly rule: string } | { readonly error: string }

function nextDue(config: ScheduleTriggerConfig, trainedAt: number): Due {
  const { every, cron, timezone } = config
  const interval: Due | undefined =
    every === undefined
      ? undefined
      : { at: trainedAt + every, rule: `a training is due every ${formatDuration(every)}` }
  if (cron === undefined) return interval ?? { error: 'the schedule has neither every nor cron' }
  const time = cronTime(cron, timezone, trainedAt)
  return 'error' in time || !interval || time.at < interval.at ? time : interval
}

function cronTime(cron: string, timezone: string, after: number): Due {
  try {
    const next = new Cron(cron, { timezone, paused: true }).nextRun(new Date(after))
    if (!next) return { error: `the cron expression “${cron}” never comes round` }
    return { at: next.getTime(), rule: `a training is due at “${cron}” (${timezone})` }
  } catch {
    return { error: `the cron expression “${cron}” or the time zone “${timezone}” cannot be read` }
  }
}
