import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { stateBranch } from '../registry/manifest.ts'
import { effectiveSchema, parseStateFile } from '../rollout/state-file.ts'
import { EFFECTIVE_PATH } from '../rollout/state-store.ts'
import type { EffectiveFile, EvidenceAnswer, VersionRef } from '../rollout/types.ts'
import type { Engine } from '../training/engine.ts'
import { Exposure, type Stretch } from './exposure.ts'
import type { GitSource } from './git-source.ts'
import { isExpired } from './split.ts'
import { loadVersion, type ServingVersion } from './version.ts'

/** A version that is at fault is tried again this often, in case it was repaired in place. */
const RETRY_MS = 30_000

interface Failure {
  readonly ref: VersionRef
  readonly reason: string
  readonly at: number
}

/** A split and when it was in force, as plain data: what a restart goes on with. */
export interface InForce extends Pick<EffectiveFile, 'rolloutId' | 'mode' | 'percent'> {
  readonly candidate: string | null
  readonly since: number
  readonly stretches: readonly Stretch[]
}

const isSameSplit = (file: EffectiveFile, other: InForce): boolean =>
  file.rolloutId === other.rolloutId &&
  file.mode === other.mode &&
  file.percent === other.percent &&
  (file.candidate?.digest ?? null) === other.candidate

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
  /** What cannot be read for a reason that may pass, by digest. */
  readonly #waiting = new Map<string, Failure>()
  #effective: EffectiveFile | undefined
  #serving: ServingVersion | undefined
  #since = 0
  /** Of the newest file whose versions were all loaded, or at fault. */
  #generation = 0
  #head: string | undefined
  /** What was in force when the process before this one ended. */
  readonly #earlier: InForce | undefined

  constructor(model: string, source: GitSource, engine: () => Promise<Engine>, log: Log, earlier?: InForce) {
    this.model = model
    this.#source = source
    this.#engine = engine
    this.#log = log
    this.#earlier = earlier
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

  /** What describes the model to whoever asks: stable, or the candidate while there is no other. */
  get shown(): ServingVersion | undefined {
    return this.stable ?? this.candidate
  }

  /** Whether every caller gets an answer: from stable, or from a candidate that has all traffic. */
  ready(now: number): boolean {
    if (this.#serving) return true
    const file = this.#effective
    return file?.mode === 'canary' && file.percent >= 100 && !isExpired(file, now) && this.candidate !== undefined
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

  get inForce(): InForce | undefined {
    if (!this.#effective) return undefined
    const { rolloutId, mode, percent, candidate } = this.#effective
    const { stretches } = this.exposure
    return { rolloutId, mode, percent, candidate: candidate?.digest ?? null, since: this.#since, stretches }
  }

  get status(): Omit<EvidenceAnswer, 'now' | 'windows' | 'objective' | 'splits' | 'outcomes'> {
    return {
      generation: this.#generation,
      rolloutId: this.#effective?.rolloutId ?? null,
      since: this.#since,
      serving: this.#serving?.ref ?? null,
      loaded: this.versions.map(({ ref: { version, digest } }) => ({ version, digest })),
      failed: [...this.#failures.values()].map(told),
      waiting: [...this.#waiting.values()].map(told),
    }
  }

  /** Reads the effective file where the state branch has moved, and brings what is loaded in line. */
  async follow(head: string, now: number): Promise<void> {
    const retry = [...this.#failures.values()].some((failure) => now - failure.at >= RETRY_MS)
    const complete = this.#wanted().every((ref) => this.#versions.has(ref.digest) || this.#failures.has(ref.digest))
    if (head === this.#head && complete && !retry) return
    const [bytes] = await this.#source.read([`${head}:${EFFECTIVE_PATH}`])
    if (!bytes) return
    const file = parseStateFile(effectiveSchema, bytes, {
      branch: stateBranch(this.model),
      path: EFFECTIVE_PATH,
      model: this.model,
    })
    const current = this.#effective
    if (current && file.generation < current.generation) {
      this.#log.warn(
        `${this.model}: generation ${file.generation} is older than ${current.generation}, which stays in force`,
      )
      this.#head = head
      return
    }
    const late = this.#waiting.size > 0
    const trouble = await this.#load(file, now)
    this.#adopt(file, now, late && trouble === undefined)
    this.#head = head
    if (trouble !== undefined) throw trouble
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

  /**
   * Loads what is not loaded. A version at fault is noted for the rollout. Any other trouble is given back: it is tried
   * again at every look, and keeps nothing else from serving.
   */
  async #load(file: EffectiveFile, now: number): Promise<unknown> {
    let trouble: unknown
    this.#waiting.clear()
    for (const ref of this.#wanted(file)) {
      const failure = this.#failures.get(ref.digest)
      if (this.#versions.has(ref.digest) || (failure && now - failure.at < RETRY_MS)) continue
      try {
        const version = await loadVersion(this.#source, this.model, ref, await this.#engine())
        this.#versions.set(ref.digest, version)
        this.#failures.delete(ref.digest)
        this.#log.info(`${this.model}: loaded v${ref.version}, digest verified (${ref.digest.slice(0, 19)}…)`)
      } catch (error) {
        if (!(error instanceof RefitError) || (error.code !== 'artifact' && error.code !== 'manifest')) {
          this.#waiting.set(ref.digest, {
            ref,
            reason: error instanceof Error ? error.message : String(error),
            at: now,
          })
          trouble ??= error
          continue
        }
        this.#failures.set(ref.digest, { ref, reason: error.message, at: now })
        this.#log.warn(`${this.model}: v${ref.version} is not loaded: ${error.message}`)
      }
    }
    return trouble
  }

  /** @param complete what the file before was waiting for has come: only now the split is in force */
  #adopt(file: EffectiveFile, now: number, complete: boolean): void {
    const before = this.#effective
    const same = before?.mode === file.mode && before.percent === file.percent && before.rolloutId === file.rolloutId
    if (!same || complete) this.#since = now
    if (!same) this.exposure.clear()
    if (!before && this.#earlier && isSameSplit(file, this.#earlier)) {
      this.#since = this.#earlier.since
      this.exposure.restore(this.#earlier.stretches)
    }
    this.#effective = file
    if (this.#waiting.size === 0) this.#generation = file.generation
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

const told = ({ ref: { version, digest }, reason }: Failure): EvidenceAnswer['failed'][number] => ({
  version,
  digest,
  reason,
})

function describe({ mode, percent, stable, candidate }: EffectiveFile): string {
  const serves = stable ? `v${stable.version} is stable` : 'nothing is stable yet'
  if (!candidate) return serves
  const role = mode === 'canary' ? `answers ${percent} %` : mode === 'shadow' ? 'is mirrored' : 'is loaded'
  return `${serves}, v${candidate.version} ${role}`
}
