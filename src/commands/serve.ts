import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, formatDuration, steadyClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { makeWritable, startGateway } from '../serving/gateway.ts'
import { writeWhole } from './write-reports.ts'

export interface ServeOptions {
  readonly repository: string
  readonly workspace: string
  readonly models: readonly string[] | undefined
  readonly host: string
  readonly port: number
  readonly pollMs: number
  /** How long a gateway that is told to end goes on answering, milliseconds. */
  readonly drainMs: number
  /** Folder that keeps evidence over a restart, relative to the workspace; false: none. Default: below `.refit`. */
  readonly evidence: string | false | undefined
  readonly clock: Clock
  readonly log: Log
  readonly token: string | undefined
}

/**
 * Serves until it is told to stop. SIGTERM comes from something that manages many: it gets time to notice that the
 * gateway is not ready any more and to send callers elsewhere. SIGINT comes from a person, and a second signal from
 * somebody in a hurry. Either way the requests in flight are finished first.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { log, drainMs } = options
  const clock = steadyClock(
    options.clock,
    () => performance.now(),
    (ms) =>
      log.warn(
        `the clock of this machine was set by ${formatDuration(Math.abs(ms))} ${ms > 0 ? 'forward' : 'back'}: the gateway goes on by its own. If the new time is right, restart the gateway`,
      ),
  )
  const gateway = await startGateway({ ...options, clock, evidence: await evidenceFolder(options) })
  const signals = listenForSignals()
  log.info(
    `serving ${options.repository} on ${gateway.url} (POST ${gateway.url}/v2/models/<name>/infer); Ctrl-C stops it`,
  )
  if ((await signals.next()) === 'SIGTERM' && drainMs > 0) {
    gateway.retire()
    log.info(`not ready any more; closing in ${formatDuration(drainMs)}, or at a second signal`)
    const timer = new AbortController()
    const timed = sleep(drainMs, undefined, { signal: timer.signal }).catch(() => {})
    await Promise.race([timed, signals.next()])
    timer.abort()
  }
  log.info('stopping')
  await gateway.close()
}

type Signal = 'SIGINT' | 'SIGTERM'

function listenForSignals(): { next(): Promise<Signal> } {
  let tell: (signal: Signal) => void = () => {}
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tell(signal))
  return { next: () => new Promise((told) => (tell = told)) }
}

/** By default below `.refit`, which git ignores; each port has its own, for two gateways must not write the same files. */
async function evidenceFolder({ evidence, workspace, port }: ServeOptions): Promise<string | undefined> {
  if (evidence === false) return undefined
  if (evidence !== undefined) return resolve(workspace, evidence)
  const folder = join(workspace, '.refit', 'gateway', String(port))
  await makeWritable(folder)
  await writeWhole(join(workspace, '.refit', '.gitignore'), '*\n')
  return folder
}
