import { z } from 'zod'
import { duration, names } from './scalars.ts'

/** How a change of a column is measured. What each means, and its formula: docs/triggers.md. */
export const driftMethod = z.enum([
  'psi',
  'jensen-shannon',
  'hellinger',
  'l-infinity',
  'cramers-v',
  'ks',
  'wasserstein',
  'missing',
  'unseen',
  'vanished',
])
const columnRule = z.strictObject({
  method: driftMethod.optional().describe('How this column’s change is measured. Default: that of all columns.'),
  threshold: z.number().positive().optional().describe('The change that matters. Default: the method’s own.'),
})

export const driftRules = z.strictObject({
  'max-share': z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('Fires when more than this share of the features has drifted.'),
  weighted: z
    .boolean()
    .default(false)
    .describe('Each feature counts by how much of the metric the model loses without it, instead of all alike.'),
  psi: z
    .number()
    .positive()
    .default(0.2)
    .describe('A column drifts only when its population stability index exceeds this …'),
  alpha: z
    .number()
    .positive()
    .max(0.5)
    .default(0.01)
    .describe('… and its test is significant at this level after Benjamini–Hochberg.'),
  method: driftMethod
    .default('psi')
    .describe('How change is measured instead of by the PSI; columns it is not made for keep the PSI.'),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe('The change by `method` that matters. Default: the method’s own.'),
  'min-rows': z.number().int().min(1).default(200).describe('Fewer new rows than this say nothing.'),
  'min-share': z
    .number()
    .min(0)
    .default(0.1)
    .describe(
      'Neither do new rows that are a smaller share than this of the rows trained on: a few days differ from a year by nature, and could not change the model.',
    ),
  columns: z
    .union([names, z.record(z.string().min(1), z.union([z.literal(false), columnRule]))])
    .optional()
    .describe(
      'A list: the columns to watch. A map: columns with a method and threshold of their own, or false to leave one out; the others are watched as well. Default: every feature.',
    ),
  labels: z
    .boolean()
    .default(false)
    .describe('Fires as well when the labels that have arrived are distributed differently.'),
  predictions: z
    .boolean()
    .default(false)
    .describe(
      'Fires as well when the champion’s scores on new rows are distributed differently from those on its holdout.',
    ),
  multivariate: z
    .boolean()
    .default(false)
    .describe(
      'Fires as well when columns hang together differently: by a classifier that tells new rows from old ones, and by how well principal components rebuild new rows.',
    ),
  window: duration
    .optional()
    .describe('Compare only rows of this newest span. Default: all that are new since the training.'),
  reference: z
    .union([
      z.literal('profile'),
      z.strictObject({ rolling: duration.describe('The rows of this span before the new ones.') }),
      z.strictObject({ season: duration.describe('The rows of the same span this long ago, such as 1y.') }),
    ])
    .default('profile')
    .describe('What new rows are compared with: the rows the version was trained on (its saved profile), or others.'),
})
