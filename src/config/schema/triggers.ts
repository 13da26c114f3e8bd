import { z } from 'zod'
import { driftRules } from './drift.ts'
import { duration, names } from './scalars.ts'

const onlyReport = z.boolean().optional().describe('Say what it sees, and start nothing.')
const timezone = z.string().default('UTC')

export const scheduleTrigger = z.strictObject({
  every: duration.optional().describe('Fires when the last training is at least this long ago.'),
  cron: z.string().optional().describe('Fires when a time of this cron expression has passed since the last training.'),
  timezone: timezone.describe('IANA time zone of the cron expression.'),
  jitter: duration
    .optional()
    .describe('Due up to this much later, by an amount that is fixed for each model: not every model at once.'),
  'only-report': onlyReport,
})
const detectorName = z.enum(['none', 'adwin', 'page-hinkley', 'ddm'])
export const detector = z.union([
  detectorName,
  z.strictObject({
    adwin: z.strictObject({
      delta: z.number().positive().max(1).default(0.002).describe('How readily it takes chance for a change.'),
    }),
  }),
  z.strictObject({
    'page-hinkley': z.strictObject({
      delta: z.number().min(0).default(0.005).describe('Rises up to this size are tolerated.'),
      threshold: z.number().positive().default(50).describe('How far the summed errors may rise.'),
    }),
  }),
  z.strictObject({
    ddm: z.strictObject({
      threshold: z.number().positive().default(3).describe('Standard deviations above the lowest error rate.'),
    }),
  }),
])
export const performanceTrigger = z.strictObject({
  metric: z.string().optional().describe('The metric to watch, or error-rate. Default: the primary metric.'),
  drop: z
    .number()
    .positive()
    .default(0.05)
    .describe(
      'Fires when the champion is worse than at its own evaluation by more than this (absolute; for error metrics: relative), and by more than chance.',
    ),
  floor: z.number().optional().describe('Fires when the metric is worse than this value by more than chance.'),
  challenger: z
    .union([
      z.literal(false),
      z.strictObject({
        gain: z
          .number()
          .positive()
          .default(0.025)
          .describe('By how much it has to be better (absolute; for error metrics: relative).'),
      }),
    ])
    .prefault({})
    .describe(
      'Fires when a small model that corrects the champion by what the new rows teach is better by more than chance: retraining would help.',
    ),
  'min-rows': z.number().int().min(1).default(200).describe('Fewer new labelled rows than this say nothing.'),
  'max-rows': z
    .number()
    .int()
    .min(100)
    .default(20000)
    .describe('At most this many of the newest labelled rows are scored.'),
  detector: detector
    .default('none')
    .describe('Watches the champion’s errors one by one in time order, and fires where they rise for good.'),
  estimate: z
    .union([z.literal(false), z.enum(['report', 'fire'])])
    .optional()
    .describe(
      'While labels are late: estimate the metric without them, and only report it, or let it fire. Loads the model, so not by default.',
    ),
  'only-report': onlyReport,
})
export const driftTrigger = driftRules.extend({ 'only-report': onlyReport })
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
  files: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Fires at this many files that the last training did not know.'),
  count: z
    .enum(['labelled', 'all'])
    .default('labelled')
    .describe('Which new rows count: those whose label has arrived, or all.'),
  'only-report': onlyReport,
})
/** A trigger of the user's own: `module` or `command`. */
export const customTrigger = z.strictObject({
  module: z
    .string()
    .optional()
    .describe(
      'A JavaScript module of the repository; its default export is async (input) → {fired, value, threshold, sentence}.',
    ),
  command: z
    .string()
    .optional()
    .describe('A shell command: exit code 0 is quiet, 10 is fired; its last line may be JSON that says more.'),
  timeout: duration.prefault('1m').describe('Stopped after this time, and then it could not be checked.'),
  env: names.default([]).describe('Environment variables it may see beside PATH, HOME and the like.'),
  'only-report': onlyReport,
})
const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'is not a time of day such as "22:00"' })
export const quietHours = z.strictObject({
  from: clockTime.default('00:00').describe('Time of day at which they begin.'),
  to: clockTime.default('24:00').describe('Time of day at which they end; before `from`, on the next day.'),
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .optional()
    .describe('The days on which they begin. Default: every day.'),
  timezone: timezone.describe('IANA time zone.'),
})
const wait = (what: string, fallback: string) =>
  duration.prefault(fallback).describe(`No retraining for this long after ${what}.`)
export const cooldown = z.union([
  duration.transform((ms) => ({ retraining: ms, rejection: ms })),
  z.strictObject({
    retraining: wait('a retraining', '0s'),
    rejection: wait('a pull request that was closed without a merge', '7d'),
  }),
])
const on = <T extends z.ZodType>(schema: T) => z.union([z.literal(false), schema])

export const triggers = z.strictObject({
  when: z
    .union([z.enum(['any', 'all']), z.strictObject({ 'at-least': z.number().int().min(1) })])
    .default('any')
    .describe('How many of the triggers that are on have to fire. A person who asks is enough by themselves.'),
  cooldown: cooldown
    .prefault({})
    .describe('After a retraining or a rejected pull request nothing but a person starts another.'),
  'quiet-hours': z
    .union([quietHours, z.array(quietHours)])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .optional()
    .describe('When nothing but a person starts a retraining; what fires is done by the first run after them.'),
  budget: z
    .strictObject({ 'per-month': z.number().int().min(1).describe('Retrainings in a calendar month (UTC).') })
    .optional()
    .describe('How many retrainings may be spent. Those that a person asks for count, and are not held back.'),
  schedule: on(scheduleTrigger).optional().describe('Time since the last training.'),
  performance: on(performanceTrigger)
    .prefault({})
    .describe('The champion’s metric on rows whose labels have arrived since its training.'),
  drift: on(driftTrigger)
    .prefault({})
    .describe('The distribution of the features against the profile saved with the champion.'),
  volume: on(volumeTrigger).prefault({ share: 0.5 }).describe('New labelled rows since the last training.'),
  manual: on(z.strictObject({})).prefault({}).describe('workflow_dispatch, a comment, or `refit retrain`.'),
  custom: z
    .record(
      z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'names of triggers are lower-case letters, digits and dashes' }),
      customTrigger,
    )
    .optional()
    .describe('Triggers of your own, by name.'),
})
