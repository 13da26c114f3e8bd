import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { EVIDENCE_FORMAT } from '../rollout/types.ts'
import { GRID_MS } from './evidence-store.ts'
import { encodeTensor, JSON_LENGTH_HEADER } from './binary.ts'
import { readBody, readJson, requireToken, type Reply } from './http.ts'
import { badRequest, HttpError } from './http-error.ts'
import type { InferenceAnswer, ServedModel } from './infer.ts'
import { parseBody } from './json-body.ts'
import type { Metrics } from './metrics.ts'
import { parseRequest, type InferenceRequest } from './request.ts'
import type { ServingVersion } from './version.ts'

/** What the routes can see of the gateway. */
export interface RouteContext {
  readonly models: ReadonlyMap<string, ServedModel>
  readonly metrics: Metrics
  readonly clock: Clock
  readonly token: string | undefined
  readonly version: string
  /** Whether the gateway is about to close. */
  readonly isClosing: () => boolean
}

const OUTCOMES_PER_REQUEST = 10_000

/** One request to its answer. HttpError where there is none. */
export async function route(context: RouteContext, request: IncomingMessage, url: URL): Promise<Reply> {
  const path = url.pathname.replace(/\/+$/, '') || '/'
  switch (path) {
    case '/v2':
      only(request, 'GET')
      return ok({ name: 'refit', version: context.version, extensions: ['binary_tensor_data'] })
    case '/v2/health/live':
      only(request, 'GET')
      return ok({ live: true })
    case '/v2/health/ready': {
      only(request, 'GET')
      const ready =
        !context.isClosing() &&
        context.models.size > 0 &&
        [...context.models.values()].every(({ follower }) => follower.ready(context.clock()))
      return { status: ready ? 200 : 503, json: { ready } }
    }
    case '/metrics':
      only(request, 'GET')
      for (const [name, { memory }] of context.models) {
        context.metrics.memory(name, memory.outcomes.size, memory.isKept)
      }
      return { status: 200, text: await context.metrics.text(), contentType: context.metrics.contentType }
    case '/refit/evidence':
      only(request, 'GET')
      requireToken(request, context.token)
      return ok(evidence(context, url.searchParams))
    case '/outcomes':
      only(request, 'POST')
      requireToken(request, context.token)
      return ok(outcomes(context, await readJson(request)))
    default:
      return model(context, request, path)
  }
}

const MODEL = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/

async function model(context: RouteContext, request: IncomingMessage, path: string): Promise<Reply> {
  const [, name, number, verb] = MODEL.exec(path) ?? []
  if (name === undefined) throw new HttpError(404, 'there is nothing at this address')
  const served = find(context, name)
  const version = number === undefined ? undefined : served.follower.byNumber(Number(number))
  if (number !== undefined && !version) {
    const loaded = served.follower.versions.map(({ ref }) => ref.version).join(', ') || 'none'
    throw new HttpError(
      404,
      `version ${number.slice(0, 20)} of ${served.follower.model} is not loaded (loaded: ${loaded})`,
    )
  }
  if (verb === 'infer') {
    only(request, 'POST')
    const parsed = await readInference(request)
    const key = request.headers['x-refit-key']
    const answer = version
      ? served.inferWith(version, parsed)
      : served.infer(parsed, typeof key === 'string' && key !== '' ? key : undefined)
    return inferenceReply(answer, parsed)
  }
  only(request, 'GET')
  if (verb === 'ready') {
    const ready = !context.isClosing() && (version !== undefined || served.follower.ready(context.clock()))
    return { status: ready ? 200 : 503, json: { name: served.follower.model, ready } }
  }
  const shown = version ?? served.follower.shown
  if (!shown) throw new HttpError(503, `the model ${served.follower.model} has no version that serves yet`)
  return ok(metadata(served, shown))
}

/** The JSON of an infer call and, where a header says how long that is, the binary data behind it. */
async function readInference(request: IncomingMessage): Promise<InferenceRequest> {
  const body = await readBody(request)
  const stated = request.headers[JSON_LENGTH_HEADER]
  if (stated === undefined) return parseRequest(parseBody(body))
  const length = typeof stated === 'string' && /^\d{1,9}$/.test(stated) ? Number(stated) : Number.NaN
  if (!(length <= body.length)) {
    throw badRequest(
      `the header ${JSON_LENGTH_HEADER} must be the number of bytes of the JSON, at most those of the body`,
    )
  }
  return parseRequest(parseBody(body.subarray(0, length)), body.subarray(length))
}

/** JSON, or JSON followed by the outputs that were asked for as binary data. */
function inferenceReply(answer: InferenceAnswer, { outputs: asked, binaryOutputs }: InferenceRequest): Reply {
  const blobs: Buffer[] = []
  const outputs = answer.outputs.map((output) => {
    const binary = asked?.find(({ name }) => name === output.name)?.binary ?? binaryOutputs
    if (!binary) return output
    const bytes = encodeTensor(output)
    blobs.push(bytes)
    const { data: _data, ...head } = output
    return { ...head, parameters: { binary_data_size: bytes.length } }
  })
  if (blobs.length === 0) return ok(answer)
  const json = Buffer.from(JSON.stringify({ ...answer, outputs }))
  return {
    status: 200,
    text: Buffer.concat([json, ...blobs]),
    contentType: 'application/octet-stream',
    headers: { [JSON_LENGTH_HEADER]: String(json.length) },
  }
}

function find({ models }: RouteContext, name: string): ServedModel {
  const served = models.get(name)
  if (served) return served
  throw new HttpError(404, `there is no model ${JSON.stringify(name.slice(0, 64))} here`)
}

function metadata({ follower }: ServedModel, { manifest }: ServingVersion): unknown {
  const { inputs, outputs } = manifest.signature
  return {
    name: follower.model,
    versions: follower.versions.map(({ ref }) => String(ref.version)),
    platform: `refit_${manifest.artifact.format}`,
    inputs: inputs.map(({ name, datatype }) => ({ name, datatype, shape: [-1] })),
    outputs,
  }
}

function evidence(context: RouteContext, query: URLSearchParams): unknown {
  const { follower, memory } = find(context, query.get('model') ?? '')
  if (query.get('format') !== String(EVIDENCE_FORMAT)) {
    throw badRequest(
      `this gateway gives evidence in format ${EVIDENCE_FORMAT}, and ${query.get('format')?.slice(0, 20) ?? 'an earlier one'} was asked for: run the same version of Refit on both sides`,
    )
  }
  const number = (name: string): number => {
    const value = query.get(name)
    const parsed = value === null || value === '' ? Number.NaN : Number(value)
    if (!Number.isFinite(parsed) || parsed < 0) throw badRequest(`"${name}" must be a number of milliseconds`)
    return parsed
  }
  const step = number('step')
  if (step < GRID_MS || step % GRID_MS !== 0) throw badRequest(`"step" must be a multiple of ${GRID_MS} milliseconds`)
  const now = context.clock()
  const rolloutId = query.get('rollout') ?? ''
  const exposure = follower.effective?.rolloutId === rolloutId ? follower.exposure : undefined
  const windows = memory.evidence.windows({ rolloutId, from: number('from'), to: number('to'), step, now, exposure })
  const objective = query.get('objective') === 'relative' ? 'relative' : number('objective')
  const splits = memory.evidence.splits(rolloutId, objective)
  const { tally, isKept } = memory
  return { format: EVIDENCE_FORMAT, now, ...follower.status, windows, ...splits, outcomes: tally, kept: isKept }
}

function outcomes(context: RouteContext, body: unknown): unknown {
  const { model: name, outcomes: list } = (body ?? {}) as { readonly model?: unknown; readonly outcomes?: unknown }
  if (typeof name !== 'string' || !Array.isArray(list))
    throw badRequest('the body must be {"model": "…", "outcomes": [{"id": "…", "label": …}]}')
  if (list.length > OUTCOMES_PER_REQUEST) throw new HttpError(413, `at most ${OUTCOMES_PER_REQUEST} outcomes a request`)
  const served = find(context, name)
  let matched = 0
  let unknown = 0
  const rejected: { readonly id: string; readonly reason: string }[] = []
  for (const [i, item] of (list as readonly unknown[]).entries()) {
    const {
      id,
      label,
      row = 0,
    } = (item ?? {}) as { readonly id?: unknown; readonly label?: unknown; readonly row?: unknown }
    const readable = typeof label === 'string' || typeof label === 'number' || typeof label === 'boolean'
    if (typeof id !== 'string' || !readable || typeof row !== 'number') {
      throw badRequest(`outcomes[${i}] must have an "id" and a "label" (and "row" for a request of several rows)`)
    }
    const result = served.memory.outcome(id, row, label)
    if (result.kind === 'unknown') unknown++
    else if (result.kind === 'rejected') rejected.push({ id, reason: result.reason })
    else {
      matched++
      for (const { arm } of result.losses) context.metrics.outcome(name, arm)
    }
  }
  return { matched, unknown, rejected: rejected.slice(0, 100) }
}

const ok = (json: unknown): Reply => ({ status: 200, json })

function only(request: IncomingMessage, method: 'GET' | 'POST'): void {
  if (request.method === method || (method === 'GET' && request.method === 'HEAD')) return
  throw new HttpError(405, `use ${method} here`, { allow: method })
}
