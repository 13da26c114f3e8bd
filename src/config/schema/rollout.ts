import { z } from 'zod'
import { duration } from './scalars.ts'

const limits = {
  for: duration.prefault('0s').describe('Shortest time in this stage.'),
  requests: z.number().int().min(0).default(0).describe('Fewest requests seen in this stage.'),
  max: duration.optional().describe('Longest time in this stage; then the rollout stops and asks.'),
}
export const stage = z.union([
  z.enum(['staging', 'shadow', 'canary', 'full']),
  z.strictObject({ staging: z.strictObject(limits) }),
  z.strictObject({ shadow: z.strictObject(limits) }),
  z.strictObject({
    canary: z.strictObject({
      percent: z.number().positive().max(99).describe('Share of the traffic, in percent.'),
      ...limits,
    }),
  }),
  z.strictObject({ full: z.strictObject(limits) }),
])
export const guardrailName = z.enum(['error-rate', 'latency', 'prediction-shift', 'outcome'])
export const guardrail = z.union([
  guardrailName,
  z.strictObject({ 'error-rate': z.strictObject({ margin: z.number().positive().default(0.01) }) }),
  z.strictObject({
    latency: z.strictObject({
      objective: z
        .union([z.literal('relative'), duration], { error: 'is not a duration such as 250ms, and not "relative"' })
        .prefault('relative')
        .describe('A slower request is too slow. relative: twice what 95 % of stable’s take, at least 5 ms.'),
      margin: z.number().positive().default(0.05),
    }),
  }),
  z.strictObject({ 'prediction-shift': z.strictObject({ margin: z.number().positive().default(0.15) }) }),
  z.strictObject({ outcome: z.strictObject({ margin: z.number().positive().default(0.05) }) }),
])

export const rollout = z.strictObject({
  target: z
    .enum(['gateway', 'none'])
    .optional()
    .describe(
      'What serves the model. none: something else does, and a merge is the promotion. Default: gateway where one is named (gateway.url here, gateway-url in the workflow, REFIT_GATEWAY_URL), else none.',
    ),
  environment: z
    .string()
    .default('production')
    .describe('Name of the GitHub environment. A rollout under way keeps the one that it began in.'),
  gateway: z
    .strictObject({
      url: z
        .string()
        .refine((text) => /^https?:/i.test(text) && URL.canParse(text), {
          error: 'rollout.gateway.url must be an http or https address',
        })
        .optional()
        .describe(
          'Where the gateway answers the rollout’s question. Default with target gateway: http://127.0.0.1:8080, where `refit serve` listens; on a runner of GitHub’s nothing does.',
        ),
    })
    .prefault({}),
  stages: z
    .array(stage)
    .prefault([
      'staging',
      { shadow: { requests: 1000 } },
      { canary: { percent: 5, for: '1h' } },
      { canary: { percent: 50, for: '1h' } },
      'full',
    ])
    .describe('The steps of a rollout in order.'),
  guardrails: z
    .array(guardrail)
    .prefault(['error-rate', 'latency', 'prediction-shift', 'outcome'])
    .describe('What rolls a candidate back.'),
  alpha: z
    .number()
    .positive()
    .max(0.5)
    .default(0.01)
    .describe('How often a healthy candidate may be rolled back, per guardrail.'),
  window: duration.prefault('1m').describe('Length of an evidence window.'),
  'ingest-lag': duration.prefault('10s').describe('Windows younger than this are not read yet.'),
  'blind-timeout': duration.prefault('30m').describe('Roll back when exposed and without evidence for this long.'),
  lease: duration.prefault('2h').describe('Exposure ends by itself when no tick renews it for this long.'),
})
