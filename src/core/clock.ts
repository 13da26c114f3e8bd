/** Milliseconds since the Unix epoch, UTC. Everything that decides takes the time as an argument. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** A clock that shows `start` now and then runs at the pace of real time: what `--now` gives. */
export function clockFrom(start: number, real: Clock = systemClock): Clock {
  const offset = start - real()
  return () => real() + offset
}

/** A wall clock that moves by more than this beside the monotonic one was set. */
const SET_MS = 60_000

/**
 * The wall clock, but one that nobody can set by more than a minute at once: it goes on at the pace of the monotonic
 * clock then, so that leases end when they should. What time it really is can only be told by somebody else.
 *
 * @param onSet told by how many milliseconds the wall clock was set, once for each time
 */
export function steadyClock(wall: Clock, monotonic: Clock, onSet: (ms: number) => void): Clock {
  let offset = wall() - monotonic()
  let ignored = 0
  return () => {
    const passed = monotonic()
    const moved = wall() - passed - offset
    if (Math.abs(moved) <= SET_MS) {
      offset += moved
      ignored = 0
    } else if (Math.abs(moved - ignored) > SET_MS) {
      ignored = moved
      onSet(moved)
    }
    return Math.round(passed + offset)
  }
}

/** ISO 8601 in UTC without milliseconds, the one spelling of a time in files and reports. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 365 * 86_400_000,
}

/** `90s`, `1h`, `7d`, `1y` (365 days) → milliseconds; undefined where the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w|y)$/.exec(text.trim())
  const unit = match ? UNITS[match[2] ?? ''] : undefined
  return match && unit !== undefined ? Number(match[1]) * unit : undefined
}

/** Milliseconds → the shortest exact-enough spelling for people: `45s`, `12m`, `3h 5m`, `9d 4h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0).replace(/\.0$/, '')}s`
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit} ${small}${smallUnit}`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return pair(minutes, 'm', Math.floor((ms % 60_000) / 1000), 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'm')
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}
