import { z } from 'zod'
import { configSchema } from './schema.ts'

/** JSON Schema (draft 2020-12) of what people may write, for editors: `# yaml-language-server: $schema=…`. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' })
  return {
    $schema: schema.$schema,
    title: 'Refit configuration',
    description: 'What `.github/refit.yml` may say. Every setting but data and label has a default.',
    ...schema,
  }
}
