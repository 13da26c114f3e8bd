import type { Clock } from '../../core/clock.ts'

/** A clock that stands still until it is told to go on: the months of the demo pass in seconds, and repeatably. */
export interface DemoClock {
  readonly now: Clock
  /** Goes on by so many milliseconds. */
  pass(ms: number): void
  /** Goes on to this time (epoch ms); never back. */
  passTo(time: number): void
}

export function createDemoClock(start: number): DemoClock {
  let time = start
  return {
    now: () => time,
    pass(ms) {
      time += ms
    },
    passTo(later) {
      time = Math.max(time, later)
    },
  }
}
