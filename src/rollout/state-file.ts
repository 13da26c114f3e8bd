import { z } from 'zod'
import { RefitError } from '../core/error.ts'
import type { EffectiveFile, RolloutState } from './types.ts'

/** The shapes of `state.json` and `effective.json`: what is read back from a branch that anyone may have edited. */
const time = z.string().refine((text) => Number.isFinite(Date.parse(text)), { error: 'is not a time' })
const version = z.strictObject({
  version: z.number().int().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'is not a sha256 digest' }),
  commit: z.string().regex(/^[0-9a-f]{7,64}$/, { error: 'is not a commit id' }),
})
const limits = { for: z.number().min(0), requests: z.number().int().min(0), max: z.number().min(0).optional() }
const stage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['staging', 'shadow', 'full']), ...limits }),
  z.strictObject({ kind: z.literal('canary'), percent: z.number().positive().max(99), ...limits }),
])
const guardrail = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['error-rate', 'prediction-shift', 'outcome']), margin: z.number().positive() }),
  z.strictObject({
    kind: z.literal('latency'),
    objective: z.union([z.literal('relative'), z.number().positive()]),
    margin: z.number().positive(),
  }),
])
// Sums of squares stand in the files of earlier versions; they are read and dropped.
const sums = z.object({ n: z.number().min(0), sum: z.number().min(0) })
const guardrailState = z.strictObject({
  guardrail: z.enum(['error-rate', 'latency', 'prediction-shift', 'outcome']),
  logE: z.number(),
  candidate: sums,
  stable: sums,
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'no-data']),
  sentence: z.string(),
})
const rollout = z.strictObject({
  id: z.string().min(1),
  phase: z.enum([
    'idle',
    'queued',
    'staging',
    'shadow',
    'canary',
    'full-bake',
    'promoted',
    'rolling-back',
    'rolled-back',
    'superseded',
    'rollback-failed',
  ]),
  step: z.number().int().min(0),
  from: version.nullable(),
  to: version,
  stages: z.array(stage).min(1),
  guardrails: z.array(guardrail),
  startedAt: time,
  stepStartedAt: time,
  held: z.strictObject({ reason: z.string(), by: z.string() }).nullable(),
  pending: z.strictObject({ opId: z.string(), kind: z.enum(['apply', 'rollback']) }).nullable(),
  blindSince: time.nullable(),
  guardrailStates: z.array(guardrailState),
  outcomeNote: z.string().nullable().optional(),
  evidenceUntil: time.nullable(),
  // Not in the files of earlier versions: such a step begins to count anew.
  looks: z.number().int().min(0).default(0),
  exposedMs: z.number().min(0).default(0),
  stepRequests: z.number().min(0),
  ticks: z.number().int().min(0),
  updatedAt: time,
  maxFrom: time,
  confirmedAt: time.nullable(),
  exposedUntil: time.nullable(),
  outcome: z.string().nullable(),
})
const sentence = z.string()
const action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create-deployment'), version, sentence }),
  z.strictObject({
    kind: z.literal('deployment'),
    state: z.enum(['queued', 'in_progress', 'success', 'failure', 'error', 'inactive']),
    sentence,
  }),
  z.strictObject({ kind: z.literal('revert'), from: version, to: version, reason: z.string() }),
  z.strictObject({ kind: z.literal('alert'), title: z.string(), sentence }),
  z.strictObject({ kind: z.literal('close-alert'), title: z.string(), sentence }),
])
const generation = z.number().int().min(0)

export const stateSchema: z.ZodType<RolloutState> = z.strictObject({
  schemaVersion: z.literal(1),
  model: z.string(),
  environment: z.string(),
  generation,
  stable: version.nullable(),
  rollout: rollout.nullable(),
  quarantine: z.array(z.string()),
  deploymentId: z.number().nullable(),
  stableDeploymentId: z.number().nullable(),
  todo: z.array(action),
  operations: z.array(z.strictObject({ id: z.string(), sentence })).default([]),
})

export const effectiveSchema: z.ZodType<EffectiveFile> = z.strictObject({
  schemaVersion: z.literal(1),
  model: z.string(),
  environment: z.string(),
  generation,
  stable: version.nullable(),
  candidate: version.nullable(),
  rolloutId: z.string().nullable(),
  mode: z.enum(['stable', 'staging', 'shadow', 'canary']),
  percent: z.number().min(0).max(100),
  expiresAt: time.nullable(),
})

export const versionSchema: z.ZodType<EffectiveFile['stable']> = version.nullable()

/** Where a file of the state lies, and whose it is. */
export interface StatePlace {
  readonly branch: string
  readonly path: string
  readonly model: string
}

export function badStateFile({ branch, path }: StatePlace, what: string): RefitError {
  return new RefitError('rollout', `${path} on ${branch} ${what}`, {
    place: { file: `${branch}:${path}` },
    hint: `Set the branch ${branch} back to its last good commit, or delete it: the next tick then starts again with the version that serves now, and never with the candidate.`,
  })
}

/** Parses one of the two files; RefitError `rollout` names the place, the field and how to recover. */
export function parseStateFile<T extends { readonly model: string }>(
  schema: z.ZodType<T>,
  bytes: Uint8Array | string,
  place: StatePlace,
): T {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)
  const refuse = (what: string): RefitError => badStateFile(place, what)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('is not JSON')
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw refuse(`is not valid: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'unknown'}`)
  }
  // Whoever copies the branch for a new name takes the old model's versions along, and would write to the old branch.
  if (parsed.data.model !== place.model) throw refuse(`is that of the model “${parsed.data.model}”`)
  return parsed.data
}
