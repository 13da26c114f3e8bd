import { z } from 'zod'
import { gate } from '../../config/schema/evaluate.ts'

export const gateResult = z.looseObject({
  gate: z.looseObject(gate.shape),
  title: z.string(),
  status: z.enum(['pass', 'fail', 'inconclusive']),
  observed: z.string(),
  sentence: z.string(),
  unasked: z.boolean().optional(),
  origin: z.enum(['configured', 'default', 'check']).optional(),
  slice: z.looseObject({ column: z.string(), value: z.string() }).optional(),
})

/** What the gates were held against, as configured at the time. */
export const judged = z.looseObject({
  gates: z.array(z.looseObject(gate.shape)),
  fairness: z.looseObject({ 'max-difference': z.number().optional() }).optional(),
  minHoldout: z.number(),
  expectNearPerfect: z.string().optional(),
})
