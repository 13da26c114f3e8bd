import { z } from 'zod'
import { RefitError } from '../core/error.ts'
import type { Forge } from '../forge/forge.ts'
import { stateBranch } from '../registry/manifest.ts'

/** What the triggers of a model have to remember from run to run, beside the last run on its state branch. */
export const MEMORY_PATH = 'triggers.json'
/** A budget looks back a month; nothing needs more. */
const MOST_TRAININGS = 100
const MOST_ESTIMATES = 20

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)))
const training = z.object({ at: time, verdict: z.string() })
const estimate = z.object({
  /** When it was made; ISO 8601, UTC. */
  at: time,
  /** Of which version the metric was estimated. */
  version: z.number().int(),
  metric: z.string(),
  method: z.string(),
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
  /** Times of the oldest and newest of the rows. */
  from: time,
  to: time,
  rows: z.number().int(),
  /** The metric on the same rows when their labels had come; null as long as they have not. */
  realised: z.object({ at: time, value: z.number(), rows: z.number().int() }).nullable(),
})
const memory = z.object({
  schemaVersion: z.literal(1),
  /** Newest first. */
  trainings: z.array(training).default([]),
  /** Newest first. */
  estimates: z.array(estimate).default([]),
})

export type TrainingMark = z.output<typeof training>
export type EstimateMark = z.output<typeof estimate>
export type TriggerMemory = z.output<typeof memory>

const EMPTY: TriggerMemory = { schemaVersion: 1, trainings: [], estimates: [] }

/**
 * What is remembered; nothing where there is no file yet. Throws RefitError `forge` where it is damaged: budgets and
 * cool-downs are counted by it, and would be forgotten without a word.
 */
export function parseMemory(bytes: Uint8Array | undefined, branch: string): TriggerMemory {
  if (bytes === undefined) return EMPTY
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // One sentence for every kind of damage.
  }
  const parsed = memory.safeParse(value)
  if (parsed.success) return parsed.data
  throw new RefitError('forge', `${MEMORY_PATH} on ${branch} is damaged`, {
    place: { file: `${branch}:${MEMORY_PATH}` },
    hint: `Set the branch ${branch} back to its last good commit, or delete the file there: budgets and cool-downs then begin anew.`,
  })
}

export async function readMemory(forge: Forge, model: string): Promise<TriggerMemory> {
  const branch = stateBranch(model)
  const head = await forge.head(branch)
  return parseMemory(head === undefined ? undefined : await forge.readFile(head, MEMORY_PATH), branch)
}

export function withTraining(before: TriggerMemory, mark: TrainingMark): TriggerMemory {
  return { ...before, trainings: [mark, ...before.trainings].slice(0, MOST_TRAININGS) }
}

/** The marks that are new come first; one that is known (same version, metric and time) is replaced in its place. */
export function withEstimates(before: TriggerMemory, marks: readonly EstimateMark[]): TriggerMemory {
  const key = ({ version, metric, at }: EstimateMark): string => `${version} ${metric} ${at}`
  const changed = new Map(marks.map((mark) => [key(mark), mark]))
  const kept = before.estimates.map((mark) => changed.get(key(mark)) ?? mark)
  const known = new Set(before.estimates.map(key))
  const added = marks.filter((mark) => !known.has(key(mark)))
  return { ...before, estimates: [...added, ...kept].slice(0, MOST_ESTIMATES) }
}
