import { type Clock, formatDuration, steadyClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { startGateway } from '../serving/gateway.ts'

export interface ServeOptions {
  readonly repository: string
  readonly workspace: string
  readonly models: readonly string[] | undefined
  readonly host: string
  readonly port: number
  readonly pollMs: number
  readonly clock: Clock
  readonly log: Log
  readonly token: string | undefined
}

/** Serves until it is told to stop (SIGINT, SIGTERM), then lets the requests in flight finish. */
export async function serve(options: ServeOptions): Promise<void> {
  const clock = steadyClock(
    options.clock,
    () => performance.now(),
    (ms) =>
      options.log.warn(
        `the clock of this machine was set by ${formatDuration(Math.abs(ms))} ${ms > 0 ? 'forward' : 'back'}: the gateway goes on by its own. If the new time is right, restart the gateway`,
      ),
  )
  const gateway = await startGateway({ ...options, clock })
  options.log.info(
    `serving ${options.repository} on ${gateway.url} (POST ${gateway.url}/v2/models/<name>/infer); Ctrl-C stops it`,
  )
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
  options.log.info('stopping')
  await gateway.close()
}
