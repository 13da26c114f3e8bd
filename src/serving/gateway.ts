import { access, constants, mkdir } from 'node:fs/promises'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { stateBranch } from '../registry/manifest.ts'
import { loadEngine, type Engine } from '../training/engine.ts'
import { Follower } from './follower.ts'
import { openGitSource, type GitSource } from './git-source.ts'
import { closeServer, createHttpServer, listen } from './http.ts'
import { ServedModel, toHttpError } from './infer.ts'
import { Memory } from './memory.ts'
import { refuseOpenAddress, usableToken } from './token.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { route } from './routes.ts'

export interface GatewayOptions {
  /** Path of a git repository (bare or not), or a URL to fetch from. */
  readonly repository: string
  /** Default: every model whose rollout has begun. */
  readonly models?: readonly string[] | undefined
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly clock: Clock
  readonly log: Log
  /** How often git is looked at, milliseconds. 0: only when `sync` is called. */
  readonly pollMs: number
  /** Where `@tensorflow/tfjs-node` is looked for. */
  readonly workspace: string
  readonly engine?: 'auto' | 'tfjs-node' | 'wasm' | undefined
  /** Bearer token that `/refit/evidence` and `/outcomes` ask for. Default: none is asked for. */
  readonly token?: string | undefined
  /** Folder in which evidence outlives a restart. Default: it is in memory only. */
  readonly evidence?: string | undefined
  /** What `GET /v2` calls this server’s version. */
  readonly version?: string | undefined
}

export interface Gateway {
  readonly url: string
  /** Looks at git now. Returns when what it says is loaded, or could not be (which the log and the metrics say). */
  sync(): Promise<void>
  /** Mirrors everything that still waits to be mirrored: so that a test, or a demo, can count. */
  drain(): void
  /** Is not ready any more, so that nobody sends new callers here; goes on to answer those who come, one a connection. */
  retire(): void
  /** Takes no new connections, lets the requests in flight finish, and ends when they have, or at a deadline. */
  close(): Promise<void>
}

/**
 * Starts the gateway: follows git, serves, measures. It starts although git cannot be read yet and catches up.
 * @throws RefitError `usage` for a token that protects nothing, `serving` where the port is taken or there is no such repository.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, clock } = options
  const token = usableToken(options.token)
  refuseOpenAddress(options.host, token)
  if (options.evidence !== undefined) await makeWritable(options.evidence)
  const source = await openGitSource(options.repository)
  const metrics = createMetrics()
  const models = new Map<string, ServedModel>()
  let retired = false
  const isClosing = (): boolean => retired
  const context = { models, metrics, clock, token, version: options.version ?? 'dev', isClosing }
  const server = createHttpServer({
    handler: (request, url) => route(context, request, url),
    onError: (error) => {
      const failure = toHttpError(error)
      if (failure.status >= 500 && failure.status !== 503)
        log.error(error instanceof Error ? error.message : String(error))
      metrics.rejected(failure.status)
      return failure
    },
    isClosing,
  })
  const port = await listen(server, options.host, options.port).catch(async (error: unknown) => {
    await source.close()
    throw error
  })
  const poller = new Poller(options, source, models, metrics)
  await poller.sync()
  poller.start()
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}`,
    sync: () => poller.sync(),
    drain: () => {
      for (const model of models.values()) model.mirror.drain()
    },
    retire: () => {
      retired = true
    },
    async close() {
      retired = true
      await poller.stop()
      await closeServer(server)
      for (const { mirror, memory, follower } of models.values()) {
        mirror.drain()
        memory.close(clock())
        follower.dispose()
      }
      await source.close()
    },
  }
}

/** Makes a folder where it is missing. RefitError `serving` where nothing can be written to it. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new RefitError(
      'serving',
      `the evidence cannot be kept in ${folder}: ${(cause as NodeJS.ErrnoException).code}`,
      {
        hint: 'Name a folder on a disk that stays: refit serve --evidence <folder>. With --no-evidence a restart loses it.',
        cause,
      },
    )
  }
}

/** Looks at git again and again, one look at a time. */
class Poller {
  readonly #options: GatewayOptions
  readonly #source: GitSource
  readonly #models: Map<string, ServedModel>
  readonly #metrics: Metrics
  #engine: Promise<Engine> | undefined
  #running: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: GatewayOptions, source: GitSource, models: Map<string, ServedModel>, metrics: Metrics) {
    this.#options = options
    this.#source = source
    this.#models = models
    this.#metrics = metrics
  }

  start(): void {
    const { pollMs } = this.#options
    if (pollMs <= 0 || this.#stopped) return
    this.#timer = setTimeout(() => {
      void this.sync().then(() => this.start())
    }, pollMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** Never throws: what serves goes on serving, and the next look may do better. */
  sync(): Promise<void> {
    this.#running = this.#running.then(() => this.#look())
    return this.#running
  }

  async #look(): Promise<void> {
    const { log, clock } = this.#options
    if (this.#stopped) return
    try {
      await this.#source.refresh()
      const prefix = stateBranch('')
      const heads = await this.#source.branches(prefix)
      for (const name of this.#options.models ?? heads.keys()) await this.#follow(name)
      for (const [name, served] of this.#models) {
        const head = heads.get(name)
        if (head !== undefined) await this.#bring(served, head)
      }
      this.#metrics.syncedAt(clock())
    } catch (error) {
      this.#metrics.syncFailed()
      log.warn(`git could not be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #follow(name: string): Promise<void> {
    if (this.#models.has(name)) return
    const { log, clock, evidence, repository } = this.#options
    const memory = new Memory((what, n) => this.#metrics.counted(name, what, n))
    if (evidence !== undefined) {
      await memory.keepIn({ folder: evidence, repository }, name, log).catch((error: unknown) => {
        log.error(`${name}: ${error instanceof Error ? error.message : String(error)}; it would be lost in a restart`)
      })
    }
    const follower = new Follower(name, this.#source, () => this.#loadEngine(), log, memory.inForce)
    this.#models.set(name, new ServedModel(follower, memory, { metrics: this.#metrics, clock, log }))
  }

  /** One model's trouble is not another's. */
  async #bring({ follower, memory }: ServedModel, head: string): Promise<void> {
    const { log, clock } = this.#options
    try {
      await follower.follow(head, clock())
    } catch (error) {
      this.#metrics.syncFailed()
      log.warn(`${follower.model}: ${error instanceof Error ? error.message : String(error)}`)
    }
    memory.follow(follower.inForce, clock())
    const { effective, stable, candidate } = follower
    if (effective?.rolloutId != null) memory.outcomes.begin(effective.rolloutId, clock())
    const loaded = [
      ...(stable ? [{ version: stable.ref.version, role: 'stable' }] : []),
      ...(candidate ? [{ version: candidate.ref.version, role: 'candidate' }] : []),
    ]
    this.#metrics.synced(follower.model, effective?.generation ?? 0, effective?.percent ?? 0, loaded)
  }

  #loadEngine(): Promise<Engine> {
    const { engine, workspace, log } = this.#options
    const loading = (this.#engine ??= loadEngine({ choice: engine ?? 'auto', workspace, log }))
    loading.catch(() => (this.#engine = undefined))
    return loading
  }
}
