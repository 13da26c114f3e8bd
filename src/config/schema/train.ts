import { z } from 'zod'
import { duration, share } from './scalars.ts'

export const train = z.strictObject({
  trainer: z.enum(['tfjs']).default('tfjs').describe('What trains the model.'),
  model: z.enum(['linear', 'mlp']).default('mlp').describe('The family of models.'),
  engine: z
    .enum(['auto', 'tfjs-node', 'wasm'])
    .default('auto')
    .describe('Which TensorFlow.js runs; auto takes tfjs-node where the workspace has it.'),
  strategy: z
    .enum(['retrain', 'incremental'])
    .default('retrain')
    .describe(
      'retrain: from scratch on the window. incremental: from the champion’s weights on, with the rows after its training (needs a time column).',
    ),
  replay: z
    .number()
    .min(0)
    .max(10)
    .optional()
    .describe(
      'incremental: older rows that are learned again, per new one, so that they are not forgotten. Default: 0.2.',
    ),
  passes: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('incremental: how often each batch of new rows is gone through. Default: 5.'),
  seed: z.number().int().default(42).describe('Seed of everything random.'),
  window: z
    .union([
      z.enum(['auto', 'all']),
      duration.transform((ms) => ({ ms })),
      z
        .number()
        .int()
        .positive()
        .transform((rows) => ({ rows })),
    ])
    .default('auto')
    .describe(
      'Train on the newest part only: a duration (with a time column) or a number of rows. all: on all rows. auto: on all rows, unless with a time column a shorter window has predicted what came next better, beyond chance.',
    ),
  epochs: z.number().int().positive().default(40).describe('Largest number of passes over the training rows.'),
  patience: z
    .number()
    .int()
    .positive()
    .default(4)
    .describe('Stop after this many epochs without a better validation loss.'),
  'batch-size': z.number().int().positive().optional().describe('Rows per step. Default: by the number of rows.'),
  'learning-rate': z.number().positive().optional().describe('Adam’s step. Default: by the batch size.'),
  hidden: z.array(z.number().int().positive()).default([64, 32]).describe('Units of the hidden layers of an mlp.'),
  dropout: z.number().min(0).max(0.9).default(0.1).describe('Dropout rate after every hidden layer.'),
  l2: z.number().min(0).default(1e-5).describe('L2 penalty on the weights.'),
  'class-weights': z
    .union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().positive())])
    .default('none')
    .describe('Weights of the classes in the loss.'),
  validation: share
    .prefault('15%')
    .describe('Share of the training rows that decides on early stopping and the threshold.'),
  'max-categories': z.number().int().min(2).default(50).describe('More categories than this are pooled as “rare”.'),
})
