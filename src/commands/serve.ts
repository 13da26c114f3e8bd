import { join, resolve } from 'node:path'
import type { Clock } from '../core/clock.ts'
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
  /** Folder that keeps evidence over a restart, relative to the workspace; false: none. Default: below `.refit`. */
  readonly evidence: string | false | undefined
  readonly clock: Clock
  readonly log: Log
  readonly token: string | undefined
}

/** Serves until it is told to stop (SIGINT, SIGTERM), then lets the requests in flight finish. */
export async function serve(options: ServeOptions): Promise<void> {
  const gateway = await startGateway({ ...options, evidence: await evidenceFolder(options) })
  options.log.info(
    `serving ${options.repository} on ${gateway.url} (POST ${gateway.url}/v2/models/<name>/infer); Ctrl-C stops it`,
  )
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
  options.log.info('stopping')
  await gateway.close()
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
