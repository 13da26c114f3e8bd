import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Predictions } from '../training/types.ts'
import { EvidenceStore, type Arm } from './evidence-store.ts'
import type { Follower } from './follower.ts'
import { badRequest, HttpError } from './http-error.ts'
import type { Metrics } from './metrics.ts'
import { MirrorQueue } from './mirror.ts'
import { OutcomeMemory } from './outcomes.ts'
import { toTable, type InferenceRequest } from './request.ts'
import { outputsOf, type OutputTensor } from './response.ts'
import { decisiveScore, rankOf } from './score-rank.ts'
import { routeOf } from './split.ts'
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
    const route = routeOf(effective, request.key ?? key ?? id, now, candidate !== undefined)
    const version = route.answer === 'candidate' && candidate ? candidate : stable
    const { rolloutId } = effective
    const predictions = this.#score(version, request, route.answer, rolloutId)
    const { worth } = (candidate ?? stable).manifest.evaluation
    this.outcomes.remember(id, now, { arm: route.answer, rolloutId, version, predictions, worth })
    const mirrored = route.mirror === 'stable' ? stable : route.mirror === 'shadow' ? candidate : undefined
    if (route.mirror && mirrored) this.#mirror(id, mirrored, request, route.mirror, rolloutId)
    return answer(follower.model, version, id, route.answer, predictions, request.outputs)
  }

  /** Answers by one loaded version, outside of the split and its counts. */
  inferWith(version: ServingVersion, request: InferenceRequest): InferenceAnswer {
    const predictions = version.model.predict(toTable(request, version.manifest, version.model.spec))
    return answer(this.follower.model, version, request.id ?? randomUUID(), 'fixed', predictions, request.outputs)
  }

  #mirror(id: string, version: ServingVersion, request: InferenceRequest, arm: Arm, rolloutId: string | null): void {
    const queued = this.mirror.push(request.rows, () => {
      if (!this.follower.versions.includes(version)) return // replaced meanwhile
      try {
        const predictions = this.#score(version, request, arm, rolloutId)
        const { worth } = (this.follower.candidate ?? version).manifest.evaluation
        this.outcomes.rememberMirror(id, { arm, rolloutId, version, predictions, worth })
      } catch (error) {
        this.#log.debug(`${this.follower.model}: mirrored to v${version.ref.version}: ${String(error)}`)
      }
    })
    if (!queued) this.#metrics.dropped(this.follower.model)
  }

  /** Scores and counts. A request that this version cannot answer is an error of its arm, whoever is to blame. */
  #score(version: ServingVersion, request: InferenceRequest, arm: Arm, rolloutId: string | null): Predictions {
    const started = performance.now()
    let predictions: Predictions | undefined
    try {
      predictions = version.model.predict(toTable(request, version.manifest, version.model.spec))
      return predictions
    } finally {
      const ms = performance.now() - started
      const failed = predictions === undefined
      this.evidence.observe(arm, rolloutId, this.#clock(), { failed, ms, ranks: ranksOf(version, predictions) })
      this.#metrics.request(this.follower.model, version.ref.version, arm, ms, failed)
    }
  }
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
  const unknown = asked?.find((name) => !all.some((output) => output.name === name))
  if (unknown !== undefined) {
    throw badRequest(
      `there is no output ${JSON.stringify(unknown.slice(0, 60))}; there are ${all.map(({ name }) => name).join(', ')}`,
    )
  }
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
