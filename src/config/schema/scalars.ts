import { z } from 'zod'
import { parseDuration } from '../../core/clock.ts'

// A configuration is parsed once a run: compiling its schema to code first costs more than it saves (16 ms against 9 ms).
z.config({ jitless: true })

const DURATION = /^\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w|y)$/
const NO_DURATION = 'is not a duration such as 30m, 12h or 7d'
const NO_SHARE = 'is not a share such as 20% or 0.2'

/** `7d` → milliseconds. */
export const duration = z
  .string({ error: NO_DURATION })
  .regex(DURATION, { error: NO_DURATION })
  .transform((text) => parseDuration(text) as number)

/** `20%` or a fraction in (0, 1) → the fraction. */
export const share = z
  .union([z.string().regex(/^\d+(\.\d+)?%$/), z.number()], { error: NO_SHARE })
  .transform((value) => (typeof value === 'string' ? Number(value.slice(0, -1)) / 100 : value))
  .refine((value) => value > 0 && value < 1, { error: 'must lie between 0 and 1 (or 0% and 100%)' })

/** Texts as they stand, the empty one included. */
export const texts = z
  .union([z.string(), z.array(z.string())], { error: 'is not a text or a list of texts' })
  .transform((value) => (typeof value === 'string' ? [value] : value))

/** One name or several. */
export const names = z
  .union([z.string().min(1), z.array(z.string().min(1))], { error: 'is not a name or a list of names' })
  .transform((value) => (typeof value === 'string' ? [value] : value))

/** A number, or a percentage as it is written: `2%`. */
export const percentOr = <T extends z.ZodType>(number: T) =>
  z.union([number, z.string().regex(/^\d+(\.\d+)?%$/)], { error: 'is not a number or a percentage such as 2%' })
