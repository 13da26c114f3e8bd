import { Cron } from 'croner'
import type { QuietHoursConfig } from '../config/schema.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
/** Quiet hours that follow upon each other are one; more than this and there is nothing else left. */
const MOST = 60

/** When the quiet hours that hold at this time end (epoch milliseconds), whichever of them it are; undefined outside of them. */
export function quietUntil(
  hours: readonly QuietHoursConfig[],
  now: number,
): { readonly until: number; readonly hours: QuietHoursConfig } | undefined {
  const first = hours.find((one) => holdsAt(one, now))
  if (first === undefined) return undefined
  let until = endAfter(first, now)
  for (let i = 0; i < MOST; i++) {
    const at = until
    const next = hours.find((one) => holdsAt(one, at))
    if (next === undefined) break
    until = endAfter(next, at)
  }
  return { until, hours: first }
}

/** Whether it is within these hours: on the clock of their time zone, and on a day on which they have begun. */
function holdsAt({ from, to, days, timezone }: QuietHoursConfig, time: number): boolean {
  const { minutes, day } = localTime(time, timezone)
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  const begins = (on: number): boolean =>
    days === undefined || days.includes(DAYS[(on + 7) % 7] as (typeof DAYS)[number])
  if (begin < end) return minutes >= begin && minutes < end && begins(day)
  return (minutes >= begin && begins(day)) || (minutes < end && begins(day - 1))
}

/** The next time that the clock shows `to`. */
function endAfter({ to, timezone }: QuietHoursConfig, time: number): number {
  const minutes = minutesOf(to) % 1440
  const cron = new Cron(`${minutes % 60} ${Math.floor(minutes / 60)} * * *`, { timezone, paused: true })
  return cron.nextRun(new Date(time))?.getTime() ?? time
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return 60 * hours + minutes
}

function localTime(time: number, timeZone: string): { readonly minutes: number; readonly day: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(time)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return {
    minutes: 60 * Number(part('hour')) + Number(part('minute')),
    day: DAYS.indexOf(part('weekday').toLowerCase() as (typeof DAYS)[number]),
  }
}
