/** Measures the phases of a run in seconds: `timer.phase('train')` ends the phase before it and begins the next. */
export interface Timer {
  phase(name: string): void
  /** Ends the last phase. Seconds by phase, to the millisecond. */
  stop(): Readonly<Record<string, number>>
}

export function createTimer(now: () => number = () => performance.now()): Timer {
  const seconds: Record<string, number> = {}
  let current: string | undefined
  let since = now()
  const close = (): void => {
    const time = now()
    if (current !== undefined) seconds[current] = Math.round((seconds[current] ?? 0) * 1000 + (time - since)) / 1000
    since = time
  }
  return {
    phase(name) {
      close()
      current = name
    },
    stop() {
      close()
      current = undefined
      return seconds
    },
  }
}
