import { z } from 'zod'
import { duration, names } from './scalars.ts'

export const scheduleTrigger = z.strictObject({
  every: duration.optional().describe('Fires when the last training is at least this long ago.'),
  cron: z.string().optional().describe('Fires when a time of this cron expression has passed since the last training.'),
  timezone: z.string().default('UTC').describe('IANA time zone of the cron expression.'),
})
export const performanceTrigger = z.strictObject({
  metric: z.string().optional().describe('The metric to watch. Default: the primary metric.'),
  drop: z
    .number()
    .positive()
    .default(0.05)
    .describe(
      'Fires when the champion is worse than at its own evaluation by more than this (absolute; for error metrics: relative).',
    ),
  floor: z.number().optional().describe('Fires when the metric is worse than this value.'),
  'min-rows': z.number().int().min(1).default(200).describe('Fewer new labelled rows than this say nothing.'),
  'max-rows': z
    .number()
    .int()
    .min(100)
    .default(20000)
    .describe('At most this many of the newest labelled rows are scored.'),
})
export const driftTrigger = z.strictObject({
  'max-share': z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('Fires when more than this share of the features has drifted.'),
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
  'min-rows': z.number().int().min(1).default(200).describe('Fewer new rows than this say nothing.'),
  'min-share': z
    .number()
    .min(0)
    .default(0.1)
    .describe(
      'Neither do new rows that are a smaller share than this of the rows trained on: a few days differ from a year by nature, and could not change the model.',
    ),
  columns: names.optional().describe('The columns to watch. Default: every feature.'),
})
export const volumeTrigger = z.strictObject({
  rows: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Fires at this many new labelled rows since the last training.'),
  share: z
    .number()
    .positive()
    .optional()
    .describe('Fires when new labelled rows exceed this share of the rows trained on.'),
})
const on = <T extends z.ZodType>(schema: T) => z.union([z.literal(false), schema])

export const triggers = z.strictObject({
  schedule: on(scheduleTrigger).optional().describe('Time since the last training.'),
  performance: on(performanceTrigger)
    .prefault({})
    .describe('The champion’s metric on rows whose labels have arrived since its training.'),
  drift: on(driftTrigger)
    .prefault({})
    .describe('The distribution of the features against the profile saved with the champion.'),
  volume: on(volumeTrigger).prefault({ share: 0.5 }).describe('New labelled rows since the last training.'),
  manual: on(z.strictObject({})).prefault({}).describe('workflow_dispatch, a comment, or `refit retrain`.'),
})
