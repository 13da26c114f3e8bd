import { z } from 'zod'
import { manifestSchema } from './manifest.ts'

/** JSON Schema (2020-12) of the manifest, for `schema/manifest.schema.json`. */
export function manifestJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'Refit model manifest', ...z.toJSONSchema(manifestSchema, { io: 'input' }) }
}
