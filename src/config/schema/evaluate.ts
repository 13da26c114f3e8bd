import { z } from 'zod'
import { behaviour } from './behaviour.ts'
import { groupings } from './groupings.ts'
import { names, percentOr, share } from './scalars.ts'

export const holdout = z.union([
  z.strictObject({ last: share.describe('The newest share of the rows (needs a time column).') }),
  z.strictObject({ share: share.describe('A share of the rows by a hash of their id (or of the row).') }),
  z.strictObject({ files: names.describe('Globs of files that are only ever held out: an official test set.') }),
])

export const evaluate = z.strictObject({
  primary: z.string().optional().describe('The metric that decides. Default: auc, accuracy or rmse by task.'),
  holdout: holdout.optional().describe('Default: the newest 20 % with a time column, 20 % by hash without.'),
  'min-holdout': z.number().int().min(1).default(100).describe('Fewer held-out rows than this are inconclusive.'),
  'holdout-uses': z
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('How often the same held-out rows may be used to choose before they are spent.'),
  slices: groupings
    .default([])
    .describe('What metrics are broken down by: columns, {column, bands}, or crosses of two.'),
  'find-slices': z
    .union([
      z.literal(false),
      z.strictObject({
        columns: names.optional().describe('Where to search. Default: the features and the columns of slices.'),
        'min-rows': z.number().int().min(20).default(100).describe('Smallest segment worth a word.'),
        max: z.number().int().min(1).max(20).default(5).describe('How many segments are shown.'),
      }),
    ])
    .prefault({})
    .describe('Search for the segments on which the candidate does worst, or worse than the champion.'),
  'min-slice': z.number().int().min(1).default(50).describe('Smaller slices are shown without a judgement.'),
  metrics: names.default([]).describe('Further metrics to report, beside those that every model of the task gets.'),
  value: z
    .union([
      z.strictObject({
        tp: z.number().default(0),
        fp: z.number().default(0),
        tn: z.number().default(0),
        fn: z.number().default(0),
        unit: z.string().default(''),
      }),
      z.strictObject({
        formula: z
          .string()
          .min(1)
          .describe(
            'Worth of a row: tp, fp, tn, fn (1 for what the decision was, else 0), numeric columns, + - * /, min, max, abs, round.',
          ),
        unit: z.string().default(''),
      }),
    ])
    .optional()
    .describe('Business value of a binary decision: a number for each outcome, or a formula over the row.'),
  threshold: z
    .union([z.enum(['f1', 'value']), z.number().min(0).max(1)])
    .default(0.5)
    .describe('Decision threshold of a binary model: fixed, or chosen on validation rows.'),
  fairness: z
    .strictObject({
      protected: groupings.describe(
        'Protected columns, {column, bands}, or intersections of two. They need not be features.',
      ),
      'max-difference': z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('Largest allowed demographic parity and equalized odds difference.'),
      favourable: names
        .optional()
        .describe(
          'Multiclass: the classes that are good to get, each held against all others. Default: every class; the worst counts.',
        ),
      'min-group': z.number().int().min(1).default(30).describe('Smaller groups are shown without a judgement.'),
      consistency: z
        .union([
          z.literal(false),
          z.strictObject({
            neighbours: z.number().int().min(1).max(100).default(5).describe('Neighbours of each row.'),
            rows: z
              .number()
              .int()
              .min(10)
              .max(20000)
              .default(2000)
              .describe('Rows that are looked at, drawn by the seed.'),
            self: z.boolean().default(false).describe('Whether a row is its own neighbour, as in AIF360.'),
          }),
        ])
        .prefault({})
        .describe('Individual fairness: whether like rows get like predictions.'),
      flip: z
        .boolean()
        .default(true)
        .describe('Individual fairness: whether a decision changes with the protected column alone.'),
    })
    .optional()
    .describe('Fairness checks.'),
  'expect-near-perfect': z
    .string()
    .trim()
    .regex(/^(?=.{10})\S.*\s.*$/su, { error: 'is no reason: say in some words why the score is no leak' })
    .optional()
    .describe(
      'Why a score that is too good to be true (auc or r2 of 0.99, or as few errors) is no leak. Without it such a candidate is never ready to merge.',
    ),
  behaviour: behaviour.prefault({}).describe('How predictions must behave, beside being right.'),
  seeds: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe('Train the candidate with so many seeds, and say whether its gain exceeds the noise of training.'),
  resamples: z.number().int().min(100).default(2000).describe('Bootstrap resamples.'),
  resample: z
    .enum(['auto', 'row', 'id', 'time'])
    .default('auto')
    .describe(
      'What the bootstrap draws: rows, all rows of an id together, or blocks of neighbours in time. auto: ids that have several rows; else blocks in time where neighbours are alike.',
    ),
  level: z.number().min(0.5).max(0.999).default(0.95).describe('Confidence level of every interval.'),
  seed: z.number().int().default(7).describe('Seed of the resampling.'),
})

export const gate = z.strictObject({
  metric: z.string().describe('A metric, a fairness metric, value, churn, newly-wrong, latency, throughput or size.'),
  versus: z.enum(['champion', 'baseline']).optional().describe('Compare with this model on the same rows.'),
  margin: percentOr(z.number().min(0))
    .optional()
    .describe('Not worse by more than this (non-inferiority): a number, or 2% of the other model’s value.'),
  better: z
    .union([z.boolean(), percentOr(z.number().min(0))], { error: 'is not true, a number or a percentage' })
    .optional()
    .describe('Demand that the candidate is better (superiority): true, or by at least a number or 2%.'),
  min: z.number().optional().describe('Smallest allowed value.'),
  max: z.number().optional().describe('Largest allowed value.'),
  slice: z
    .string()
    .regex(/^[^=]+=.*$/, { error: 'is not a slice such as plan=pro' })
    .optional()
    .describe('Look at this slice only: column=value.'),
  slices: z
    .union([z.literal('all'), names])
    .optional()
    .describe('Look at every slice: all, or those of the named columns.'),
  'too-good': z.number().optional().describe('A value as good as this is suspicious, and somebody has to look.'),
  noise: z.boolean().optional().describe('Demand that the gain exceeds the noise of training (needs evaluate.seeds).'),
})
