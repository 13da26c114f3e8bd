/** The one method of a Bottleneck group's limiter that the throttling plugin calls. */
export interface LimiterGroup {
  key(): { schedule<T>(options: { readonly weight?: number }, job: () => T | Promise<T>): Promise<T> }
}

/** No limit at all. */
export const atOnce = {
  key: () => ({
    schedule: async <A extends readonly unknown[], T>(
      _options: object,
      job: (...args: A) => T | Promise<T>,
      ...args: A
    ) => job(...args),
  }),
}

/**
 * How fast Refit may write. GitHub allows 80 content writes a minute and wants them in sequence. The throttling plugin
 * waits a second before *every* one; a run of Refit makes a dozen and is then silent for an hour, so it may make `burst`
 * at once and one more for each `every` milliseconds that have passed. Stands in for the plugin's Bottleneck group.
 */
export function writePace(burst: number, every: number): LimiterGroup {
  let tokens = burst
  let filledAt = performance.now()
  let line: Promise<void> = Promise.resolve()
  const take = async (): Promise<void> => {
    const now = performance.now()
    tokens = Math.min(burst, tokens + (now - filledAt) / every)
    filledAt = now
    tokens -= 1
    // A debt is waited for by whoever made it; the others queue behind.
    if (tokens < 0) await new Promise((wake) => setTimeout(wake, -tokens * every))
  }
  const schedule = async <T>(options: { readonly weight?: number }, job: () => T | Promise<T>): Promise<T> => {
    if (options.weight !== 0) await (line = line.then(take))
    return job()
  }
  return { key: () => ({ schedule }) }
}
