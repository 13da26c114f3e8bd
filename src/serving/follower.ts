import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { stateBranch } from '../registry/manifest.ts'
import { effectiveSchema, parseStateFile } from '../rollout/state-file.ts'
import { EFFECTIVE_PATH } from '../rollout/state-store.ts'
import type { EffectiveFile, EvidenceAnswer, VersionRef } from '../rollout/types.ts'
import type { Engine } from '../training/engine.ts'
import { Exposure } from './exposure.ts'
import type { GitSource } from './git-source.ts'
import { loadVersion, type ServingVersion } from './version.ts'

/** A version that is at fault is tried again this often, in case it was repaired in place. */
const RETRY_MS = 30_000

interface Failure {
  readonly ref: VersionRef
  readonly reason: string
  readonly at: number
}

/**
 * One model, as its effective file wants it. Follows the file's generation upwards only; loads what it names after
 * verifying it; keeps what serves until what replaces it is loaded.
 */
export class Follower {
  readonly model: string
  /** When the present split was really in force. */
  readonly exposure = new Exposure()
  readonly #source: GitSource
  readonly #engine: () => Promise<Engine>
  readonly #log: Log
  readonly #versions = new Map<string, ServingVersion>()
  readonly #failures = new Map<string, Failure>()
  #effective: EffectiveFile | undefined
  #serving: ServingVersion | undefined
  #since = 0
  #head: string | undefined

  constructor(model: string, source: GitSource, engine: () => Promise<Engine>, log: Log) {
    this.model = model
    this.#source = source
    this.#engine = engine
    this.#log = log
  }

  get effective(): EffectiveFile | undefined {
    return this.#effective
  }

  /** What answers as stable: the version the file names, or the one before it while that one does not load. */
  get stable(): ServingVersion | undefined {
    return this.#serving
  }

  get candidate(): ServingVersion | undefined {
    const wanted = this.#effective?.candidate
    return wanted ? this.#versions.get(wanted.digest) : undefined
  }

  /** A loaded version by its number. */
  byNumber(version: number): ServingVersion | undefined {
    return [...this.#versions.values()].find((loaded) => loaded.ref.version === version)
  }

  get versions(): readonly ServingVersion[] {
    return [...this.#versions.values()]
  }

  /** When the present split came into force. */
  get since(): number {
    return this.#since
  }

  get status(): Pick<EvidenceAnswer, 'generation' | 'rolloutId' | 'since' | 'serving' | 'loaded' | 'failed'> {
    return {
      generation: this.#effective?.generation ?? 0,
      rolloutId: this.#effective?.rolloutId ?? null,
      since: this.#since,
      serving: this.#serving?.ref ?? null,
      loaded: this.versions.map(({ ref: { version, digest } }) => ({ version, digest })),
      failed: [...this.#failures.values()].map(({ ref: { version, digest }, reason }) => ({ version, digest, reason })),
    }
  }

  /** Reads the effective file where the state branch has moved, and brings what is loaded in line. */
  async follow(head: string, now: number): Promise<void> {
    const retry = [...this.#failures.values()].some((failure) => now - failure.at >= RETRY_MS)
    const complete = this.#wanted().every((ref) => this.#versions.has(ref.digest) || this.#failures.has(ref.digest))
    if (head === this.#head && complete && !retry) return
    const [bytes] = await this.#source.read([`${head}:${EFFECTIVE_PATH}`])
    if (!bytes) return
    const file = parseStateFile(effectiveSchema, bytes, stateBranch(this.model), EFFECTIVE_PATH)
    const current = this.#effective
    if (current && file.generation < current.generation) {
      this.#log.warn(
        `${this.model}: generation ${file.generation} is older than ${current.generation}, which stays in force`,
      )
      this.#head = head
      return
    }
    await this.#load(file, now)
    this.#adopt(file, now)
    this.#head = head
  }

  /** Everything loaded is given back. */
  dispose(): void {
    for (const version of this.#versions.values()) version.model.dispose()
    this.#versions.clear()
    this.#serving = undefined
  }

  #wanted(file: EffectiveFile | undefined = this.#effective): readonly VersionRef[] {
    return [file?.stable, file?.candidate].filter((ref): ref is VersionRef => ref != null)
  }

  /** Loads what is not loaded. A version at fault is noted for the rollout; any other trouble is thrown and tried again. */
  async #load(file: EffectiveFile, now: number): Promise<void> {
    for (const ref of this.#wanted(file)) {
      const failure = this.#failures.get(ref.digest)
      if (this.#versions.has(ref.digest) || (failure && now - failure.at < RETRY_MS)) continue
      try {
        const version = await loadVersion(this.#source, this.model, ref, await this.#engine())
        this.#versions.set(ref.digest, version)
        this.#failures.delete(ref.digest)
        this.#log.info(`${this.model}: loaded v${ref.version}, digest verified (${ref.digest.slice(0, 19)}…)`)
      } catch (error) {
        if (!(error instanceof RefitError) || (error.code !== 'artifact' && error.code !== 'manifest')) throw error
        this.#failures.set(ref.digest, { ref, reason: error.message, at: now })
        this.#log.warn(`${this.model}: v${ref.version} is not loaded: ${error.message}`)
      }
    }
  }

  #adopt(file: EffectiveFile, now: number): void {
    const before = this.#effective
    const same = before?.mode === file.mode && before.percent === file.percent && before.rolloutId === file.rolloutId
    if (!same) {
      this.#since = now
      this.exposure.clear()
    }
    this.#effective = file
    const end = file.expiresAt === null ? Infinity : Date.parse(file.expiresAt)
    this.exposure.set(now, file.candidate && this.#versions.has(file.candidate.digest) ? end : null)
    const stable = file.stable ? this.#versions.get(file.stable.digest) : undefined
    if (stable || !file.stable) this.#serving = stable
    const wanted = new Set(this.#wanted(file).map((ref) => ref.digest))
    for (const digest of this.#failures.keys()) if (!wanted.has(digest)) this.#failures.delete(digest)
    for (const [digest, version] of this.#versions) {
      if (wanted.has(digest) || version === this.#serving) continue
      this.#versions.delete(digest)
      version.model.dispose()
    }
    if (!same) this.#log.info(`${this.model}: generation ${file.generation}, ${describe(file)}`)
  }
}

function describe({ mode, percent, stable, candidate }: EffectiveFile): string {
  const serves = stable ? `v${stable.version} is stable` : 'nothing is stable yet'
  if (!candidate) return serves
  const role = mode === 'canary' ? `answers ${percent} %` : mode === 'shadow' ? 'is mirrored' : 'is loaded'
  return `${serves}, v${candidate.version} ${role}`
}
