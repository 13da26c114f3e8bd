import { z } from 'zod'
import { type Place, RefitError } from '../../core/error.ts'
import { prettyJson } from '../../core/json.ts'
import { refusePointer } from '../../core/lfs.ts'

/**
 * `models/<name>/schema.json`: what the data looked like when a person last agreed to it. Inferred with the first
 * version, committed with it, and from then on enforced; people edit it like code.
 */
const column = z.strictObject({
  type: z.enum(['number', 'category', 'time']),
  min: z.number().optional(),
  max: z.number().optional(),
  /** Middle half of the values: what tells a change of unit. */
  typical: z.tuple([z.number(), z.number()]).optional(),
  integer: z.boolean().optional(),
  in: z.array(z.string()).optional(),
  missing: z.strictObject({ max: z.number().min(0).max(1) }).optional(),
  unique: z.boolean().optional(),
  varies: z.boolean().optional(),
  /** Times never go back from row to row. */
  monotone: z.boolean().optional(),
  /** The newest time may be this old, in hours. */
  'freshness-hours': z.number().positive().optional(),
  /** Of the label: it may arrive this many hours after its row. */
  'delay-hours': z.number().positive().optional(),
  severity: z.enum(['warn', 'stop']),
})

const dataSchema = z.strictObject({
  $comment: z.string().optional(),
  schemaVersion: z.literal(1),
  /** Largest share of rows that repeat an earlier one. */
  duplicates: z.strictObject({ max: z.number().min(0).max(1), severity: z.enum(['warn', 'stop']) }),
  columns: z.record(z.string(), column),
})

export type ColumnSchema = z.output<typeof column>
export type DataSchema = z.output<typeof dataSchema>

/** Rules in one order, that of a schema which was read: a diff shows what changed, and nothing else. */
export const formatSchema = (schema: DataSchema): string => prettyJson(dataSchema.parse(schema))

/** Throws a RefitError('data') with the first mistake. */
export function parseSchema(text: string, place: Place): DataSchema {
  refusePointer('data', text, place)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new RefitError('data', 'the schema is not JSON', { place, hint: 'Restore it from git.', cause })
  }
  const parsed = dataSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new RefitError('data', `the schema is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    place,
    hint: 'Mend it, or delete it and run `refit schema --update --write`.',
  })
}
