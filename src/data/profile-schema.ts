import { z } from 'zod'
import { type Place, RefitError } from '../core/error.ts'
import { refusePointer } from '../core/lfs.ts'
import { parseDistinct } from '../stats/hyper-log-log.ts'
import type { ColumnProfile, Profile } from './types.ts'

const rows = z.number().int().min(0)
const notes = { importance: z.number().optional(), designEffect: z.number().min(1).optional(), error: rows.optional() }
const numberProfile = z
  .object({
    kind: z.enum(['number', 'time']),
    name: z.string(),
    rows,
    missing: rows,
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    sd: z.number().min(0),
    edges: z.array(z.number()).max(127),
    counts: z.array(rows),
    discrete: z.boolean().optional(),
    ...notes,
  })
  .refine((column) => column.counts.length === column.edges.length + 1, { error: 'needs one count more than edges' })
  .refine((column) => column.edges.every((edge, i) => i === 0 || (column.edges[i - 1] as number) < edge), {
    error: 'needs rising edges',
  })
const categoryProfile = z
  .object({
    kind: z.literal('category'),
    name: z.string(),
    rows,
    missing: rows,
    categories: z.array(z.string()).max(200),
    counts: z.array(rows),
    other: rows,
    distinct: rows,
    distinctError: z.number().min(0).optional(),
    sketch: z
      .string()
      .refine((text) => parseDistinct(text) !== undefined, { error: 'is no sketch of names' })
      .optional(),
    ...notes,
  })
  .refine((column) => column.counts.length === column.categories.length, { error: 'needs a count for every category' })

const columnProfile = z.union([numberProfile, categoryProfile])
const structureProfile = z
  .object({
    columns: z.array(
      z.object({
        name: z.string(),
        mean: z.number(),
        sd: z.number().positive(),
        categories: z.array(z.string()).optional(),
      }),
    ),
    components: z.array(z.array(z.number())).min(1),
    error: numberProfile,
  })
  .refine(({ columns, components }) => components.every((component) => component.length === columns.length), {
    error: 'needs a weight for every column in every component',
  })

const profileSchema = z.object({
  schemaVersion: z.literal(1),
  rows,
  columns: z.array(columnProfile),
  label: columnProfile.optional(),
  structure: structureProfile.optional(),
})

/** Text of `profile.json` → Profile. @throws RefitError `artifact` where it is not one */
export function parseProfile(text: string, place?: Place): Profile {
  const options = { place, hint: 'Restore the file from git, or retrain: every version writes its own profile.' }
  refusePointer('artifact', text, place ?? { file: 'profile.json' })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new RefitError('artifact', 'the profile is not JSON', { ...options, cause })
  }
  const parsed = profileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  throw new RefitError(
    'artifact',
    `the profile is not valid: ${path === '' ? '' : `${path}: `}${issue?.message ?? ''}`,
    options,
  )
}

/**
 * What a profile’s numbers may be off by, the worst of its columns: counts up to an edge and counts of a name in shares of
 * the rows, numbers of different names as a relative standard error. 0 where rows were counted one by one.
 */
export function profileError({ columns, label }: Profile): {
  readonly ranks: number
  readonly categories: number
  readonly distinct: number
} {
  const all = label === undefined ? columns : [...columns, label]
  const worst = (of: (column: ColumnProfile) => number): number =>
    Number(all.reduce((largest, column) => Math.max(largest, of(column)), 0).toPrecision(3))
  const share = ({ error = 0, rows: n }: ColumnProfile): number => error / Math.max(1, n)
  return {
    ranks: worst((column) => (column.kind === 'category' ? 0 : share(column))),
    categories: worst((column) => (column.kind === 'category' ? share(column) : 0)),
    distinct: worst((column) => (column.kind === 'category' ? (column.distinctError ?? 0) : 0)),
  }
}

/** Profile → text of `profile.json`: a line for every column, so that a file is small and a diff readable. */
export function formatProfile(profile: Profile): string {
  const columns = profile.columns.map((column: ColumnProfile) => `    ${JSON.stringify(column)}`).join(',\n')
  const label = profile.label === undefined ? '' : `,\n  "label": ${JSON.stringify(profile.label)}`
  const error = JSON.stringify(profileError(profile))
  return `{\n  "schemaVersion": 1,\n  "rows": ${profile.rows},\n  "error": ${error},\n  "columns": [\n${columns}\n  ]${label}${structureText(profile)}\n}\n`
}

function structureText({ structure }: Profile): string {
  if (structure === undefined) return ''
  const list = (values: readonly unknown[]): string =>
    values.map((value) => `      ${JSON.stringify(value)}`).join(',\n')
  return `,\n  "structure": {\n    "columns": [\n${list(structure.columns)}\n    ],\n    "components": [\n${list(structure.components)}\n    ],\n    "error": ${JSON.stringify(structure.error)}\n  }`
}
