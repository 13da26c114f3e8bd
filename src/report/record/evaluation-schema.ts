import { z } from 'zod'

/** Unknown members stay: a newer Refit may have written more than this one reads. */
const object = z.looseObject
const number = z.number()
const orNull = z.number().nullable()
const text = z.string()
const task = z.enum(['binary', 'multiclass', 'regression'])
const role = z.enum(['baseline', 'champion', 'candidate'])
const conclusion = z.enum(['better', 'not-worse', 'worse', 'cannot-tell'])
const interval = object({ low: number, high: number, level: number.min(0).max(1), method: text })
const metricValue = object({ metric: text, value: orNull, interval: interval.nullable(), reason: text.optional() })
const model = object({ role, name: text, version: orNull, metrics: z.array(metricValue) })
const comparison = object({
  metric: text,
  versus: z.enum(['champion', 'baseline']),
  direction: z.enum(['higher', 'lower']),
  difference: orNull,
  interval: interval.nullable(),
  margin: number,
  conclusion,
  perhapsChance: z.boolean().optional(),
  rowsNeeded: number.optional(),
})
const measures = { candidate: metricValue, champion: metricValue.nullable(), comparison: comparison.nullable() }
const condition = object({ column: text, value: text, above: number.optional(), upTo: number.optional() })
const slice = object({
  column: text,
  value: text,
  conditions: z.array(condition).optional(),
  rows: number,
  ...measures,
  small: z.boolean(),
  pValue: orNull.optional(),
  qValue: orNull.optional(),
  more: z.array(object(measures)).optional(),
})
const group = object({
  group: text,
  rows: number,
  selectionRate: orNull,
  truePositiveRate: orNull,
  falsePositiveRate: orNull,
  accuracy: orNull,
  small: z.boolean(),
  class: text.optional(),
  mae: orNull.optional(),
  rmse: orNull.optional(),
  intervals: z.record(text, object({ low: number, high: number })).optional(),
})
const fairness = object({
  attribute: text,
  candidate: z.array(group),
  champion: z.array(group).nullable(),
  metrics: z.array(
    object({
      metric: text,
      candidate: orNull,
      champion: orNull,
      interval: interval.nullable(),
      change: object({ difference: number, interval: interval.nullable(), proven: z.boolean().optional() }).nullish(),
      reason: text.optional(),
      where: object({ class: text.optional(), low: text.nullable(), high: text.nullable() }).optional(),
      note: text.optional(),
    }),
  ),
})
const points = z.array(number)
const curve = object({
  kind: text,
  role,
  x: points,
  y: points,
  low: points.optional(),
  high: points.optional(),
  other: points.optional(),
  rows: points.optional(),
  classes: z.array(text).optional(),
})
const segment = object({
  name: text,
  conditions: z.array(condition).optional(),
  rows: number,
  loss: number,
  rest: number,
  championLoss: orNull,
  excess: number,
  interval,
  pValue: number,
  significant: z.boolean(),
  metric: object({ candidate: orNull, champion: orNull }),
})
const behaviour = object({
  check: text,
  columns: z.array(text),
  title: text,
  status: z.enum(['pass', 'warn', 'fail', 'skipped']),
  configured: z.boolean(),
  rows: number,
  violations: number,
  worst: orNull,
  tolerance: number,
  allowed: number,
  sentence: text,
  examples: z.array(
    object({
      row: number,
      column: text,
      before: text,
      after: text,
      predictionBefore: orNull,
      predictionAfter: orNull,
    }),
  ),
})

const leakCheck = z.discriminatedUnion('status', [
  object({
    check: text,
    status: z.literal('found'),
    sentence: text,
    findings: z.array(object({ rule: text, columns: z.array(text), sentence: text })),
    open: z.enum(['always', 'unless-expected']).optional(),
  }),
  object({ check: text, status: z.literal('clean'), sentence: text }),
  object({ check: text, status: z.literal('not-looked'), sentence: text, maybe: z.array(text).optional() }),
])

export const evaluationSchema = object({
  task,
  primary: text,
  holdout: object({
    rows: number,
    description: text,
    digest: text,
    championSafe: z.boolean(),
    championWhy: text.optional(),
    weight: number.optional(),
    unseen: object({ rows: number, examples: z.array(text) }).optional(),
    note: text.optional(),
  }),
  thresholds: z.partialRecord(role, number),
  baseline: model,
  champion: model.nullable(),
  candidate: model,
  comparisons: z.array(comparison),
  slices: z.array(slice),
  fairness: z.array(fairness),
  curves: z.array(curve),
  warnings: z.array(text),
  businessValue: object({
    unit: text,
    totals: z.partialRecord(role, orNull),
    intervals: z.partialRecord(role, interval.nullable()).optional(),
    change: object({ difference: number, interval: interval.nullable() }).nullish(),
  }).optional(),
  churn: object({
    rows: number,
    share: number,
    interval: interval.nullable(),
    tolerance: number.optional(),
    newlyWrong: orNull,
    newlyRight: orNull,
    newlyWrongShare: orNull,
    newlyWrongInterval: interval.nullable(),
    pValue: orNull,
  }).optional(),
  segments: object({
    searched: number,
    columns: number,
    minRows: number,
    loss: text,
    correction: text,
    worst: z.array(segment),
    regressions: z.array(segment),
  }).optional(),
  individualFairness: object({
    consistency: object({
      candidate: number,
      champion: orNull,
      interval: interval.nullish(),
      championInterval: interval.nullish(),
      change: object({ difference: number, interval: interval.nullable() }).nullish(),
      neighbours: number,
      rows: number,
      includesSelf: z.boolean(),
    }).nullable(),
    reason: text.optional(),
    flips: z.array(
      object({
        attribute: text,
        rows: number,
        changed: number,
        share: number,
        interval: interval.nullable(),
        championShare: orNull,
        championInterval: interval.nullish(),
        change: object({ difference: number, interval: interval.nullable() }).nullish(),
        meanChange: number,
        isFeature: z.boolean(),
      }),
    ),
  }).optional(),
  dataBias: z
    .array(
      object({
        attribute: text,
        groups: z.array(
          object({
            group: text,
            trainRows: number,
            trainShare: number,
            trainShareInterval: interval.nullish(),
            holdoutRows: number,
            holdoutShare: number,
            holdoutShareInterval: interval.nullish(),
            labelRate: orNull,
            interval: interval.nullable(),
            small: z.boolean(),
          }),
        ),
        labelRateDifference: orNull,
        labelRateRatio: orNull,
        labelRateDifferenceInterval: interval.nullish(),
        labelRateRatioInterval: interval.nullish(),
        pValue: orNull,
        warnings: z.array(text),
      }),
    )
    .optional(),
  behaviour: z.array(behaviour).optional(),
  leaks: object({
    checks: z.array(leakCheck),
    strongest: z.array(object({ column: text, text, presence: z.boolean() })),
  }).optional(),
  championAtTraining: z.array(metricValue).optional(),
  footprint: object({
    bytes: number,
    championBytes: number.optional(),
    latency: object({ p50: number, p95: number, calls: number }).nullable(),
    throughput: object({ rowsPerSecond: number, rows: number }).nullable(),
  }).optional(),
  trainingNoise: object({
    metric: text,
    seeds: points,
    values: z.array(orNull),
    mean: orNull,
    sd: orNull,
    gain: orNull,
    noise: orNull,
    exceeds: z.boolean().nullable(),
    sentence: text,
  }).optional(),
  holdoutUse: object({
    uses: number,
    budget: number,
    level: number,
    correctedLevel: number,
    status: z.enum(['fresh', 'used', 'wearing', 'spent']),
    sentence: text,
    earlier: z.array(object({ at: text, candidateId: text, rows: number, overlap: number })),
  }).optional(),
})
