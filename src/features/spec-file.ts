import { z } from 'zod'
import { TIME_FORMATS } from '../config/time-formats.ts'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import { outputNames } from './outputs.ts'
import type { FeatureSpec } from './types.ts'

/** The file that travels with every model. */
export const FEATURES_FILE = 'features.json'

// Artifacts come from files that anybody may have touched: everything has a bound.
const MAX_BYTES = 16 * 1024 * 1024
const name = z.string().min(1).max(1024)
const texts = z.array(z.string().max(65_536)).max(100_000)
const number = z.number()
const positive = z.number().positive()

const input = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    column: name,
    impute: number,
    transform: z.enum(['none', 'signed-log']).optional(),
    scale: positive.optional(),
    knots: z
      .array(number)
      .min(3)
      .max(256)
      .refine((knots) => knots.every((knot, i) => i === 0 || knot > (knots[i - 1] as number)), {
        error: 'must be strictly increasing',
      })
      .optional(),
    mean: number,
    sd: positive,
    missingIndicator: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('category'),
    column: name,
    categories: texts,
    rare: texts,
    missingIndicator: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('time'),
    column: name,
    parts: z.array(z.enum(['hour', 'weekday', 'month'])).max(3),
  }),
])

const reading = z.strictObject({
  missing: z.array(z.string().max(1024)).max(1000),
  timeFormat: z.enum(TIME_FORMATS).optional(),
  styles: z.record(
    name,
    z.strictObject({ decimal: z.enum(['.', ',']).optional(), unit: z.string().min(1).max(4).optional() }),
  ),
})

const spec = z.strictObject({
  schemaVersion: z.literal(1),
  task: z.enum(['binary', 'multiclass', 'regression']),
  label: z.strictObject({ column: name, classes: texts, mean: number, sd: positive }),
  inputs: z.array(input).min(1).max(10_000),
  outputs: texts.min(1),
  reading: reading.optional(),
})

/** The bytes of `features.json`; equal specifications give equal bytes. */
export function serializeFeatures(features: FeatureSpec): Uint8Array {
  return new TextEncoder().encode(prettyJson(features))
}

/**
 * Reads `features.json`.
 * @throws RefitError `artifact` where it is not a specification that this version of Refit writes.
 */
export function parseFeatures(bytes: Uint8Array): FeatureSpec {
  const fail = (what: string, cause?: unknown): never => {
    throw new RefitError('artifact', `${FEATURES_FILE} ${what}`, {
      hint: 'The artifact is damaged or was written by another version of Refit; retrain the model.',
      cause,
    })
  }
  if (bytes.length > MAX_BYTES) return fail(`is larger than ${MAX_BYTES} bytes`)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    return fail('is no JSON', cause)
  }
  const result = spec.safeParse(json)
  if (!result.success) {
    const issue = result.error.issues[0]
    return fail(`is not valid at ${issue?.path.join('.') || 'its root'}: ${issue?.message ?? 'unknown'}`)
  }
  const features: FeatureSpec = result.data
  if (new Set(features.inputs.map(({ column }) => column)).size !== features.inputs.length) {
    return fail('names an input column twice')
  }
  if (outputNames(features.inputs).join('\0') !== features.outputs.join('\0')) {
    return fail('lists outputs that its inputs do not give')
  }
  const classes = features.label.classes.length
  const fits = { binary: classes === 2, multiclass: classes >= 2, regression: classes === 0 }[features.task]
  return fits ? features : fail(`has ${classes} classes, which does not fit the task ${features.task}`)
}
