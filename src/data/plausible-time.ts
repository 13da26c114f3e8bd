import { isoTime } from '../core/clock.ts'
import { type Place, RefitError } from '../core/error.ts'
import { FORMAT_WORDS, type TimePlan } from './readers/time-format.ts'

const DAY = 86_400_000

/** Later than the run's clock by more than this lies in the future: zones differ by up to 14 hours, clocks by a little. */
export const FUTURE_TOLERANCE = DAY

/** The latest time that a run at `now` takes for a time that has come; epoch milliseconds. */
export const latestTime = (now: number): number => now + FUTURE_TOLERANCE

/** Why a row is left out. */
export const IN_THE_FUTURE = 'time in the future'

const [EPOCH_YEAR, AFTER_EPOCH_YEAR] = [Date.UTC(1969, 11, 31), Date.UTC(1971)]
const NULL_DATES_UNTIL = Date.UTC(1900, 0, 2)

/**
 * Times that stand for none, or come of reading a number in the wrong unit: all of 1970 (and the evening before it, which
 * is zero in America), and what is not after 1900-01-01 (the zero of spreadsheets and databases).
 */
export const isPlaceholder = (time: number): boolean =>
  (time >= EPOCH_YEAR && time < AFTER_EPOCH_YEAR) || time < NULL_DATES_UNTIL

/** A time for a message. */
export const shownTime = (time: number): string => isoTime(time).replace('T00:00:00Z', '')

/** More of the times than this in the future: they were read wrongly, or the clock is wrong. */
export const MOST_AHEAD = 0.5

interface Implausible {
  /** One of the times, as it is shown. */
  readonly first: string
  readonly place: Place | undefined
  readonly times: TimePlan | undefined
}

export function mostlyAhead(
  name: string,
  { first, place, times, now }: Implausible & { readonly now: number },
): RefitError {
  return new RefitError(
    'data',
    `more than half of the times of the time column "${name}" lie in the future: the first is ${first}, and it is ${isoTime(now)}`,
    {
      place,
      hint: `${readAs(times)}; if they are something else, say so with data.time-format. Or the clock of the run is wrong.`,
    },
  )
}

export function allPlaceholders(name: string, { first, place, times }: Implausible): RefitError {
  return new RefitError(
    'data',
    `the dates of the time column "${name}" cannot be true: all of them lie in 1970, or not after 1900, such as ${first}`,
    {
      place,
      hint: `${readAs(times)}; say with data.time-format what they are, also where the dates are meant so (iso, for dates that stand there as 1970-01-01).`,
    },
  )
}

const readAs = (times: TimePlan | undefined): string => `They were read as ${FORMAT_WORDS[times?.format ?? 'iso']}`
