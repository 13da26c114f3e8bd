import type { LayersModel } from '@tensorflow/tfjs-layers'
import type * as TfCore from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import type { Engine } from './engine.ts'
import type { ArtifactFile } from './types.ts'

export const MODEL_FILE = 'model.json'
const WEIGHTS_FILE = 'weights.bin'

const MAX_MODEL_BYTES = 16 * 1024 * 1024
/** A plain file name: no folder, no drive, no parent. */
const fileName = z.string().regex(/^(?!\.{1,2}$)[^/\\:\0]{1,255}$/, { error: 'must be a plain file name' })
const weight = z.strictObject({
  name: z.string().min(1).max(1024),
  shape: z.array(z.number().int().min(0)).max(8),
  dtype: z.literal('float32'),
})
const modelFile = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z
    .array(z.strictObject({ paths: z.array(fileName).min(1).max(1000), weights: z.array(weight).max(10_000) }))
    .min(1)
    .max(100),
})

/**
 * `model.json` and `weights.bin` as every TensorFlow.js reads them (`tf.loadLayersModel`). No date, no path, no name that
 * counts up: equal models give equal bytes.
 */
export async function saveModel({ tf }: Engine, model: LayersModel): Promise<ArtifactFile[]> {
  const files: ArtifactFile[] = []
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const { modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) } = artifacts
    const json = {
      format: 'layers-model',
      generatedBy: artifacts.generatedBy ?? null,
      convertedBy: null,
      modelTopology,
      weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
    }
    files.push(
      { path: MODEL_FILE, content: new TextEncoder().encode(prettyJson(json)) },
      { path: WEIGHTS_FILE, content: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)) },
    )
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
  })
  await model.save(handler)
  return files
}

/**
 * Builds the model that the files describe. Their names are looked up among the given files and nowhere else.
 * @throws RefitError `artifact` where they are damaged or no model.
 */
export async function restoreModel({ layers }: Engine, files: ReadonlyMap<string, Uint8Array>): Promise<LayersModel> {
  const fail = (what: string, cause?: unknown): never => {
    throw new RefitError('artifact', what, {
      hint: 'The artifact is damaged or was written by another version of Refit; retrain the model.',
      cause,
    })
  }
  const bytes = files.get(MODEL_FILE)
  if (bytes === undefined) return fail(`the artifact has no ${MODEL_FILE}`)
  if (bytes.length > MAX_MODEL_BYTES) return fail(`${MODEL_FILE} is larger than ${MAX_MODEL_BYTES} bytes`)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    return fail(`${MODEL_FILE} is no JSON`, cause)
  }
  const parsed = modelFile.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return fail(`${MODEL_FILE} is not valid at ${issue?.path.join('.') || 'its root'}: ${issue?.message ?? 'unknown'}`)
  }
  const { modelTopology, weightsManifest } = parsed.data
  const parts = weightsManifest
    .flatMap(({ paths }) => paths)
    .map((path) => files.get(path) ?? fail(`the artifact has no ${path}, which ${MODEL_FILE} names`))
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const expected = weightSpecs.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0)
  const weightData = concatenate(parts)
  if (weightData.byteLength !== expected) {
    return fail(`the weights have ${weightData.byteLength} bytes, and ${MODEL_FILE} describes ${expected}`)
  }
  try {
    const artifacts: TfCore.io.ModelArtifacts = { modelTopology, weightSpecs, weightData }
    return await layers.loadLayersModel({ load: async () => artifacts })
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] as string) : String(cause)
    return fail(`${MODEL_FILE} is no model that TensorFlow.js can build: ${reason}`, cause)
  }
}

function concatenate(parts: readonly Uint8Array[]): ArrayBuffer {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined.buffer
}
