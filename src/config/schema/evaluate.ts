import { z } from 'zod'
import { names, share } from './scalars.ts'

export const holdout = z.union([
  z.strictObject({ last: share.describe('The newest share of the rows (needs a time column).') }),
  z.strictObject({ share: share.describe('A share of the rows by a hash of their id (or of the row).') }),
  z.strictObject({ files: names.describe('Globs of files that are only ever held out: an official test set.') }),
])

export const evaluate = z.strictObject({
  primary: z.string().optional().describe('The metric that decides. Default: auc, accuracy or rmse by task.'),
  holdout: holdout.optional().describe('Default: the newest 20 % with a time column, 20 % by hash without.'),
  'min-holdout': z.number().int().min(1).default(100).describe('Fewer held-out rows than this are inconclusive.'),
  slices: names.default([]).describe('Columns by whose values the metrics are broken down.'),
  'min-slice': z.number().int().min(1).default(50).describe('Smaller slices are shown without a judgement.'),
  value: z
    .strictObject({
      tp: z.number().default(0),
      fp: z.number().default(0),
      tn: z.number().default(0),
      fn: z.number().default(0),
      unit: z.string().default(''),
    })
    .optional()
    .describe('Business value of each outcome of a binary decision.'),
  threshold: z
    .union([z.enum(['f1', 'value']), z.number().min(0).max(1)])
    .default(0.5)
    .describe('Decision threshold of a binary model: fixed, or chosen on validation rows.'),
  fairness: z
    .strictObject({
      protected: names.describe('Protected columns. They need not be features.'),
      'max-difference': z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('Largest allowed demographic parity and equalized odds difference.'),
      'min-group': z.number().int().min(1).default(30).describe('Smaller groups are shown without a judgement.'),
    })
    .optional()
    .describe('Fairness checks.'),
  resamples: z.number().int().min(100).default(2000).describe('Bootstrap resamples.'),
  level: z.number().min(0.5).max(0.999).default(0.95).describe('Confidence level of every interval.'),
  seed: z.number().int().default(7).describe('Seed of the resampling.'),
})

export const gate = z.strictObject({
  metric: z.string().describe('The metric, or a fairness metric, or value.'),
  versus: z.enum(['champion', 'baseline']).optional().describe('Compare with this model on the same rows.'),
  margin: z.number().min(0).optional().describe('Not worse by more than this (non-inferiority).'),
  better: z.boolean().optional().describe('Demand that the candidate is better, not only not worse.'),
  min: z.number().optional().describe('Smallest allowed value.'),
  max: z.number().optional().describe('Largest allowed value.'),
})
