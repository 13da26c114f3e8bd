import { Cron } from 'croner'
import { formatDuration, isoTime } from '../core/clock.ts'
import { sha256 } from '../core/json.ts'
import type { ScheduleTriggerConfig } from '../config/schema.ts'
import { result, type Trigger } from './input.ts'

/**
 * Time since the last training, of the champion or of a candidate that was not merged. A schedule that was missed, once
 * or many times, is caught up by one training, for what is asked is only whether a due time has passed since then. With
 * both `every` and `cron` the earlier one counts. `jitter` moves the due time by an amount that is fixed for the model.
 */
export const schedule: Trigger = {
  name: 'schedule',
  evaluate({ config, champion, now, model, lastTrainingAt }) {
    if (!config.schedule) return result('schedule', 'off', 'no schedule is configured')
    if (!Number.isFinite(champion.trainedAt)) {
      return result('schedule', 'unchecked', `it is not known when version ${champion.version} was trained`)
    }
    const unmerged = lastTrainingAt !== undefined && lastTrainingAt > champion.trainedAt
    const trainedAt = unmerged ? lastTrainingAt : champion.trainedAt
    const first = nextDue(config.schedule, trainedAt)
    if ('error' in first) return result('schedule', 'unchecked', first.error)
    const delay = jitterOf(config.schedule.jitter ?? 0, model ?? '')
    const due = { ...first, at: first.at + delay }
    const age = now - trainedAt
    const { every = null, cron = null, timezone } = config.schedule
    const facts = {
      trainedAt: new Date(trainedAt).toISOString(),
      dueAt: new Date(due.at).toISOString(),
      every,
      cron,
      timezone: cron === null ? null : timezone,
      jitter: delay,
    }
    const details = { value: age, threshold: due.at - trainedAt, unit: 'ms', direction: 'above' as const, facts }
    const what = unmerged ? 'the last candidate' : `version ${champion.version}`
    const rule = delay > 0 ? `${due.rule} and ${formatDuration(delay)} of jitter` : due.rule
    const trained = `${what} was trained ${formatDuration(Math.max(0, age))} ago; ${rule}`
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

/** A share of the jitter, to the second, that depends on nothing but the model's name: models of one schedule spread out. */
function jitterOf(jitter: number, model: string): number {
  const share = Number.parseInt(sha256(model).slice(0, 8), 16) / 0x1_0000_0000
  return Math.floor((share * jitter) / 1000) * 1000
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
