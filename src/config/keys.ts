import type { z } from 'zod'
import type { Path } from './places.ts'

/** A zod schema seen from outside: only what is needed to ask which keys fit somewhere. */
interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly element?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly catchall?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
}

export const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition

/** The keys that may stand at a path, over all forms a value may have there. */
export function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const definition = definitionOf(schema)
  const [first, ...rest] = path
  const inner = definition.innerType ?? definition.in
  if (inner !== undefined) return keysAt(inner, path)
  if (definition.options !== undefined) {
    return [...new Set(definition.options.flatMap((option) => keysAt(option, path)))]
  }
  if (first === undefined) return Object.keys(definition.shape ?? {})
  const next = definition.element ?? definition.valueType ?? definition.shape?.[String(first)] ?? definition.catchall
  return next === undefined ? [] : keysAt(next, rest)
}
