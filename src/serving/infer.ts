import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Table } from '../data/table.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { EffectiveFile } from '../rollout/types.ts'
import type { Predictions } from '../training/types.ts'
import { EvidenceStore, type Arm, type Origin, type Split } from './evidence-store.ts'
import type { Follower } from './follower.ts'
import { badRequest, HttpError } from './http-error.ts'
import type { Metrics } from './metrics.ts'
import { MirrorQueue } from './mirror.ts'
import { OutcomeMemory } from './outcomes.ts'
import { toTable, type InferenceRequest } from './request.ts'
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

/** One served model: what follows git, what is counted, what is remembered. */
export class ServedModel {
  readonly follower: Follower
  readonly evidence = new EvidenceStore()
  readonly outcomes = new OutcomeMemory()
  readonly mirror = new MirrorQueue()
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #log: Log

  constructor(follower: Follower, { metrics, clock, log }: { metrics: Metrics; clock: Clock; log: Log }) {
    this.follower = follower
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
    if (!effective || !stable) {
      throw new HttpError(503, `the model ${follower.model} has no version that serves yet`, { 'retry-after': '5' })
    }
    const id = request.id ?? randomUUID()
    const now = this.#clock()
    const named = request.key ?? key
    const place = placeOf(named ?? id, effective.rolloutId ?? '')
    const route = routeOf(effective, place, now, candidate !== undefined)
    const version = route.answer === 'candidate' && candidate ? candidate : stable
    const origin: Origin = {
      split: route.live ? splitOf(effective, follower.since) : null,
      caller: { sample: place.sample, keyed: named !== undefined },
    }
    const started = performance.now()
    const table = readBy(version, request)
    if (isRefusal(table)) this.#refuseForAll(table, version === stable ? candidate : stable, request, origin, now)
    const mirrored = route.mirror === 'stable' ? stable : route.mirror === 'shadow' ? candidate : undefined
    try {
      const predictions = this.#score(version, table, route.answer, origin, started)
      const { worth } = (candidate ?? stable).manifest.evaluation
      this.outcomes.remember(id, now, { arm: route.answer, origin, version, predictions, worth })
      return answer(follower.model, version, id, route.answer, predictions, request.outputs)
    } finally {
      // Also what the answering version failed at: it is then the other one that shows whose fault it was.
      if (route.mirror && mirrored) this.#mirror(id, mirrored, request, route.mirror, origin)
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
    this.evidence.refuse(split?.rolloutId ?? null, now)
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

  #mirror(id: string, version: ServingVersion, request: InferenceRequest, arm: Arm, origin: Origin): void {
    const queued = this.mirror.push(request.rows, () => {
      if (!this.follower.versions.includes(version)) return // replaced meanwhile
      try {
        const started = performance.now()
        const predictions = this.#score(version, readBy(version, request), arm, origin, started)
        const { worth } = (this.follower.candidate ?? version).manifest.evaluation
        this.outcomes.rememberMirror(id, { arm, origin, version, predictions, worth })
      } catch (error) {
        this.#log.debug(`${this.follower.model}: mirrored to v${version.ref.version}: ${String(error)}`)
      }
    })
    if (!queued) this.#metrics.dropped(this.follower.model)
  }

  /** Scores and counts. A request that this version cannot answer, although another could, is an error of its arm. */
  #score(version: ServingVersion, table: Table | HttpError, arm: Arm, origin: Origin, started: number): Predictions {
    let predictions: Predictions | undefined
    try {
      if (isRefusal(table)) throw table
      const scored = version.model.predict(table)
      if (!scored.scores.every(Number.isFinite)) {
        throw new RefitError(
          'serving',
          `v${version.ref.version} of ${version.manifest.model} gave a score that is no number`,
        )
      }
      predictions = scored
      return predictions
    } finally {
      const ms = performance.now() - started
      const failed = predictions === undefined
      this.evidence.observe(arm, origin, this.#clock(), { failed, ms, ranks: ranksOf(version, predictions) })
      this.#metrics.request(this.follower.model, version.ref.version, arm, ms, failed)
    }
  }
}

const splitOf = ({ rolloutId, mode, percent }: EffectiveFile, since: number): Split | null =>
  rolloutId !== null && (mode === 'shadow' || mode === 'canary') ? { rolloutId, mode, percent, since } : null

/** The request as a version reads it, or why the version does not accept it: by its signature alone, nothing is scored. */
function readBy({ manifest }: ServingVersion, request: InferenceRequest): Table | HttpError {
  try {
    checkOutputs(request, manifest)
    return toTable(request, manifest)
  } catch (error) {
    const failure = toHttpError(error)
    if (failure.status >= 500) throw error
    return failure
  }
}

const isRefusal = (read: Table | HttpError): read is HttpError => read instanceof HttpError

function checkOutputs({ outputs }: InferenceRequest, { signature }: Manifest): void {
  const known = signature.outputs.map(({ name }) => name)
  const unknown = outputs?.find((name) => !known.includes(name))
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
  asked: readonly string[] | undefined,
): InferenceAnswer {
  const all = outputsOf(predictions, version.manifest)
  return {
    model_name: model,
    model_version: String(version.ref.version),
    id,
    parameters: { arm },
    outputs: asked ? all.filter(({ name }) => asked.includes(name)) : all,
  }
}

/** What a caller is told of an error: the sentence of a RefitError, never a stack. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof RefitError) return new HttpError(error.code === 'data' ? 400 : 500, error.message)
  return new HttpError(500, 'internal error; the log of the gateway has more')
}
