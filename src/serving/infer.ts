import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Table } from '../data/table.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { EffectiveFile } from '../rollout/types.ts'
import type { Predictions } from '../training/types.ts'
import type { Answered, Arm, Observation, Origin, Split } from './evidence-store.ts'
import type { Follower } from './follower.ts'
import { badRequest, HttpError } from './http-error.ts'
import type { Metrics } from './metrics.ts'
import type { Memory } from './memory.ts'
import { MirrorQueue } from './mirror.ts'
import { toTable, type AskedOutput, type InferenceRequest } from './request.ts'
import { outputsOf, type OutputTensor } from './response.ts'
import { decisiveScore, rankOf } from './score-rank.ts'
import { placeOf, routeOf } from './split.ts'
import type { ServingVersion } from './version.ts'

export interface InferenceAnswer {
  readonly model_name: string
  readonly model_version: string
  readonly id: string
  readonly parameters: { readonly arm: string }
  readonly outputs: readonly OutputTensor[]
}

/** A request that another version is to score as well. */
interface Mirrored {
  readonly id: string
  /** The key by which the caller named itself. */
  readonly named: string | undefined
  readonly version: ServingVersion
  readonly request: InferenceRequest
  readonly arm: Arm
  readonly origin: Origin
  /** Null where no version was there to answer. */
  readonly answered: Answered | null
}

/** What a version made of a request: predictions, or the error in their place. */
interface Scored {
  readonly predictions: Predictions | undefined
  readonly error?: unknown
  readonly observation: Observation
}

/** One served model: what follows git, what is counted, what is remembered. */
export class ServedModel {
  readonly follower: Follower
  readonly memory: Memory
  readonly mirror = new MirrorQueue()
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #log: Log

  constructor(
    follower: Follower,
    memory: Memory,
    { metrics, clock, log }: { metrics: Metrics; clock: Clock; log: Log },
  ) {
    this.follower = follower
    this.memory = memory
    this.#metrics = metrics
    this.#clock = clock
    this.#log = log
  }

  /**
   * Answers by the split in force now, and mirrors after the answer what is to be compared.
   * @throws HttpError 400, 503; RefitError where the version cannot score.
   */
  infer(request: InferenceRequest, key: string | undefined): InferenceAnswer {
    const { follower } = this
    const { effective, stable, candidate } = follower
    const nobody = (): HttpError =>
      new HttpError(503, `the model ${follower.model} has no version that serves yet`, { 'retry-after': '5' })
    if (!effective) throw nobody()
    const id = request.id ?? randomUUID()
    const now = this.#clock()
    const named = request.key ?? key
    // Not by the id: some clients send the same one always, and all they ask would be one caller in one arm.
    const place = placeOf(named ?? randomUUID(), effective.rolloutId ?? '')
    const route = routeOf(effective, place, now, candidate !== undefined)
    const version = route.answer === 'candidate' ? candidate : stable
    const origin: Origin = {
      split: route.live ? splitOf(effective, follower.since) : null,
      caller: { sample: place.sample, keyed: named !== undefined },
    }
    const mirrored = route.mirror === 'stable' ? stable : route.mirror === 'shadow' ? candidate : undefined
    const started = performance.now()
    const reader = version ?? mirrored
    if (!reader) throw nobody()
    const table = readBy(reader, request)
    if (isRefusal(table)) this.#refuseForAll(table, reader === stable ? candidate : stable, request, origin, now)
    let answered: Answered | null = null
    try {
      if (!version) throw nobody()
      const { predictions, error, observation } = score(version, table, started)
      answered = { arm: route.answer, observation }
      this.#measure(version, answered)
      this.memory.observe(route.answer, origin, this.#clock(), mirrored ? null : observation)
      if (!predictions) throw error
      const { worth } = (candidate ?? version).manifest.evaluation
      this.memory.remember(id, now, { arm: route.answer, origin, version, predictions, worth, caller: named })
      return answer(follower.model, version, id, route.answer, predictions, request.outputs)
    } finally {
      // Also what the answering version failed at, or was not there for: it is then the other one that is seen.
      if (route.mirror && mirrored)
        this.#mirror({ id, named, version: mirrored, request, arm: route.mirror, origin, answered })
    }
  }

  /** What no loaded version accepts is its caller's mistake: it is refused, and is no evidence about any version. */
  #refuseForAll(
    refusal: HttpError,
    other: ServingVersion | undefined,
    request: InferenceRequest,
    { split }: Origin,
    now: number,
  ): void {
    if (other && !isRefusal(readBy(other, request))) return
    this.memory.refuse(split?.rolloutId ?? null, now)
    this.#metrics.refused(this.follower.model)
    throw refusal
  }

  /** Answers by one loaded version, outside of the split and its counts. */
  inferWith(version: ServingVersion, request: InferenceRequest): InferenceAnswer {
    const table = readBy(version, request)
    if (isRefusal(table)) throw table
    const predictions = version.model.predict(table)
    return answer(this.follower.model, version, request.id ?? randomUUID(), 'fixed', predictions, request.outputs)
  }

  #mirror({ id, named, version, request, arm, origin, answered }: Mirrored): void {
    const dropped = this.mirror.push(named ?? '', request.rows, () => {
      if (!this.follower.versions.includes(version)) return // replaced meanwhile
      try {
        const started = performance.now()
        const { predictions, error, observation } = score(version, readBy(version, request), started)
        this.#measure(version, { arm, observation })
        this.memory.observe(arm, origin, this.#clock(), observation, answered)
        if (!predictions) throw error
        const { worth } = (this.follower.candidate ?? version).manifest.evaluation
        this.memory.outcomes.rememberMirror(id, { arm, origin, version, predictions, worth })
      } catch (error) {
        this.#log.debug(`${this.follower.model}: mirrored to v${version.ref.version}: ${String(error)}`)
      }
    })
    this.memory.outcomes.count('unmirrored', dropped)
  }

  #measure({ ref }: ServingVersion, { arm, observation: { ms, failed } }: Answered): void {
    this.#metrics.request(this.follower.model, ref.version, arm, ms, failed)
  }
}

/** A request that this version cannot answer, although another could, is an error of its arm. */
function score(version: ServingVersion, table: Table | HttpError, started: number): Scored {
  const observed = (predictions: Predictions | undefined): Observation => ({
    failed: predictions === undefined,
    ms: performance.now() - started,
    ranks: ranksOf(version, predictions),
  })
  try {
    if (isRefusal(table)) throw table
    const predictions = version.model.predict(table)
    if (!predictions.scores.every(Number.isFinite)) {
      throw new RefitError(
        'serving',
        `v${version.ref.version} of ${version.manifest.model} gave a score that is no number`,
      )
    }
    return { predictions, observation: observed(predictions) }
  } catch (error) {
    return { predictions: undefined, error, observation: observed(undefined) }
  }
}

const splitOf = ({ rolloutId, mode, percent }: EffectiveFile, since: number): Split | null =>
  rolloutId !== null && (mode === 'shadow' || mode === 'canary') ? { rolloutId, mode, percent, since } : null

/** The request as a version reads it, or why the version does not accept it: by its signature alone, nothing is scored. */
function readBy({ manifest, model }: ServingVersion, request: InferenceRequest): Table | HttpError {
  try {
    checkOutputs(request, manifest)
    return toTable(request, manifest, model.spec)
  } catch (error) {
    const failure = toHttpError(error)
    if (failure.status >= 500) throw error
    return failure
  }
}

const isRefusal = (read: Table | HttpError): read is HttpError => read instanceof HttpError

function checkOutputs({ outputs }: InferenceRequest, { signature }: Manifest): void {
  const known = signature.outputs.map(({ name }) => name)
  const unknown = outputs?.find(({ name }) => !known.includes(name))?.name
  if (unknown === undefined) return
  throw badRequest(`there is no output ${JSON.stringify(unknown.slice(0, 60))}; there are ${known.join(', ')}`)
}

function ranksOf({ manifest }: ServingVersion, predictions: Predictions | undefined): readonly number[] {
  const quantiles = manifest.evaluation.scoreQuantiles
  if (!predictions || quantiles.length < 2) return []
  return Array.from({ length: predictions.rows }, (_, row) => rankOf(quantiles, decisiveScore(predictions, row)))
}

function answer(
  model: string,
  version: ServingVersion,
  id: string,
  arm: string,
  predictions: Predictions,
  asked: readonly AskedOutput[] | undefined,
): InferenceAnswer {
  const all = outputsOf(predictions, version.manifest)
  return {
    model_name: model,
    model_version: String(version.ref.version),
    id,
    parameters: { arm },
    outputs: asked ? all.filter(({ name }) => asked.some((output) => output.name === name)) : all,
  }
}

/** What a caller is told of an error: the sentence of a RefitError, never a stack. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof RefitError) return new HttpError(error.code === 'data' ? 400 : 500, error.message)
  return new HttpError(500, 'internal error; the log of the gateway has more')
}
