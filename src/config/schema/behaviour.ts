import { z } from 'zod'
import { names } from './scalars.ts'

const allowed = {
  tolerance: z
    .number()
    .min(0)
    .default(0.01)
    .describe('A smaller change does not count: of a probability, or as a share of the labels’ standard deviation.'),
  allow: z.number().min(0).max(1).default(0).describe('Share of the rows that may break the rule.'),
}
const invariance = z.strictObject({
  column: z.string().min(1).describe('The column that must not matter.'),
  ...allowed,
})
const direction = z.strictObject({
  column: z.string().min(1).describe('A column of numbers.'),
  direction: z.enum(['up', 'down']).describe('Where predictions may go when the column rises.'),
  by: z.number().positive().optional().describe('How much it is raised. Default: its standard deviation.'),
  ...allowed,
})
const automatic = (what: string) => z.enum(['off', 'warn', 'fail']).default('warn').describe(what)

export const behaviour = z.strictObject({
  invariance: z
    .union([names, z.array(z.union([z.string().min(1), invariance]))], {
      error: 'is not a column or a list of columns',
    })
    .default([])
    .transform((list) => list.map((one) => (typeof one === 'string' ? invariance.parse({ column: one }) : one)))
    .describe('Columns that must not change predictions. A violation fails the verdict.'),
  direction: z
    .array(direction)
    .default([])
    .describe('Directions in which predictions may move. A violation fails the verdict.'),
  missing: automatic('Whether predictions stay usable with any one column missing.'),
  unseen: automatic('Whether they do with categories never seen and numbers out of range.'),
  parity: automatic('Whether a row served alone gets the prediction it has in a batch.'),
  leakage: automatic('What leaks mean for the verdict.'),
  rows: z.number().int().min(10).default(500).describe('Held-out rows that are tried.'),
})
