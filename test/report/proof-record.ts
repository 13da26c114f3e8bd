import type { BehaviourResult } from '../../src/evaluation/behaviour/types.ts'
import type { Segment } from '../../src/evaluation/evidence.ts'
import type { Curve, Evaluation, FairnessResult, GroupRates, Role } from '../../src/evaluation/types.ts'
import { judge } from '../../src/evaluation/gates.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { interval, multiclassRecord, passRecord, regressionRecord } from './sample-record.ts'

/** Records with everything that an evaluation can say. */

const grid = (n: number): number[] => Array.from({ length: n }, (_, i) => i / (n - 1))

function binaryCurves(role: Role, power: number, bend: number): Curve[] {
  const x = grid(41)
  const tpr = x.map((value) => value ** power)
  const bins = Array.from({ length: 10 }, (_, i) => (i + 0.5) / 10)
  const seen = bins.map((value) => value + bend * value * (1 - value))
  return [
    { kind: 'roc', role, x, y: tpr },
    { kind: 'pr', role, x, y: x.map((recall) => 0.98 - 0.7 * recall ** (1 / power)) },
    {
      kind: 'calibration',
      role,
      x: bins,
      y: seen,
      low: seen.map((value, i) => Math.max(0, value - 0.02 - 0.006 * i)),
      high: seen.map((value, i) => Math.min(1, value + 0.02 + 0.006 * i)),
      rows: bins.map((_, i) => 600 - 55 * i),
    },
    { kind: 'gains', role, x, y: x.map((value) => Math.min(1, value ** (power + 0.25))) },
    { kind: 'ks', role, x, y: x.map((value) => value ** 2.2), other: x.map((value) => value ** (power * 1.4)) },
  ]
}

const confusion = (role: Role, classes: readonly string[], cells: readonly (readonly number[])[]): Curve => ({
  kind: 'confusion',
  role,
  x: cells.flatMap((row) => row.map((_, decided) => decided)),
  y: cells.flatMap((row, truth) => row.map(() => truth)),
  rows: cells.flat(),
  classes,
})

const group = (name: string, rows: number, shift: number): GroupRates => ({
  group: name,
  rows,
  selectionRate: 0.25 + shift,
  truePositiveRate: 0.71 + shift * 1.4,
  falsePositiveRate: 0.11 + shift * 0.6,
  accuracy: 0.86 - shift * 0.3,
  positivePredictiveValue: 0.72 - shift,
  labelRate: 0.25 + shift * 0.8,
  meanScore: 0.26 + shift,
  calibrationGap: 0.01 + shift * 0.2,
  share: rows / 2311,
  small: false,
})

const NAMES = ['demographic-parity', 'equalized-odds', 'equal-opportunity', 'predictive-parity', 'group-calibration']
const fairness = (attribute: string, groups: readonly GroupRates[]): FairnessResult => ({
  attribute,
  candidate: groups,
  champion: groups.map((one) => ({ ...one, selectionRate: (one.selectionRate ?? 0) - 0.02, truePositiveRate: 0.66 })),
  metrics: NAMES.flatMap((name, i) =>
    ['-difference', '-ratio', '-difference-to-overall', '-ratio-to-overall'].map((suffix) => {
      const ratio = suffix.startsWith('-ratio')
      const value = ratio ? 0.93 - i * 0.03 : 0.021 + i * 0.011
      const undefinedHere = name === 'group-calibration' && ratio
      return {
        metric: `${name}${suffix}`,
        method: suffix.endsWith('overall') ? ('to-overall' as const) : ('between-groups' as const),
        candidate: undefinedHere ? null : value,
        champion: undefinedHere ? null : value + 0.012,
        interval: undefinedHere ? null : interval(value - 0.015, value + 0.028),
        change: undefinedHere ? null : { difference: -0.012, interval: interval(-0.031, 0.006) },
        reason: undefinedHere ? 'a ratio of gaps around 0 means nothing' : undefined,
      }
    }),
  ),
})

const segment = (name: string, rows: number, excess: number, significant: boolean): Segment => ({
  name,
  conditions: [{ column: 'plan', value: 'basic' }],
  rows,
  loss: 0.334 + excess,
  rest: 0.334,
  championLoss: 0.334,
  excess,
  interval: interval(excess - 0.08, excess + 0.09),
  pValue: significant ? 0.0007 : 0.31,
  significant,
  metric: { candidate: 0.81, champion: 0.83 },
})

export const behaviours: readonly BehaviourResult[] = [
  {
    check: 'direction',
    columns: ['monthly_fee'],
    title: 'rises as monthly_fee rises',
    status: 'warn',
    configured: true,
    rows: 500,
    violations: 31,
    worst: 0.042,
    tolerance: 0.001,
    allowed: 0.05,
    sentence: '31 of 500 predictions fall when monthly_fee rises by a tenth',
    examples: [
      { row: 17, column: 'monthly_fee', before: '29', after: '31.9', predictionBefore: 0.412, predictionAfter: 0.37 },
    ],
  },
  {
    check: 'parity',
    columns: [],
    title: 'served row by row as in a batch',
    status: 'pass',
    configured: false,
    rows: 200,
    violations: 0,
    worst: 3e-8,
    tolerance: 1e-5,
    allowed: 0,
    sentence: 'all 200 rows get the prediction that they had in the batch',
    examples: [],
  },
  {
    check: 'unseen',
    columns: ['plan'],
    title: 'a plan never seen',
    status: 'pass',
    configured: false,
    rows: 200,
    violations: 0,
    worst: 0.08,
    tolerance: 0,
    allowed: 0,
    sentence: 'every prediction is a number',
    examples: [],
  },
  {
    check: 'invariance',
    columns: ['region'],
    title: 'unchanged by region',
    status: 'skipped',
    configured: false,
    rows: 0,
    violations: 0,
    worst: null,
    tolerance: 0.01,
    allowed: 0,
    sentence: 'region is no feature of the model',
    examples: [],
  },
]

const proof: Partial<Evaluation> = {
  curves: [
    ...binaryCurves('candidate', 0.16, 0.05),
    ...binaryCurves('champion', 0.3, -0.3),
    { kind: 'roc', role: 'baseline', x: [0, 1], y: [0, 1] },
    confusion(
      'candidate',
      ['no', 'yes'],
      [
        [1603, 112],
        [169, 427],
      ],
    ),
    confusion(
      'champion',
      ['no', 'yes'],
      [
        [1558, 157],
        [222, 374],
      ],
    ),
  ],
  slices: passRecord.evaluation.slices.map((slice, i) => ({
    ...slice,
    candidate: {
      ...slice.candidate,
      interval: interval((slice.candidate.value ?? 0) - 0.03, (slice.candidate.value ?? 0) + 0.03),
    },
    pValue: 0.01 * i,
    qValue: Math.min(1, 0.03 * i),
    more:
      i === 0
        ? [
            {
              candidate: { metric: 'recall', value: 0.71, interval: interval(0.66, 0.76) },
              champion: { metric: 'recall', value: 0.68, interval: interval(0.62, 0.73) },
              comparison: null,
            },
          ]
        : undefined,
  })),
  segments: {
    searched: 212,
    columns: 11,
    minRows: 100,
    loss: 'log loss',
    correction: 'max-t over 212 segments, 1,000 sign flips',
    worst: [segment('plan = basic and age > 48', 184, 0.211, true), segment('region = islands', 120, 0.09, false)],
    regressions: [segment('region = west', 133, 0.14, true)],
  },
  fairness: [
    fairness('gender', [
      group('female', 1128, -0.02),
      group('male', 1161, 0.015),
      {
        ...group('unknown', 22, 0),
        small: true,
        selectionRate: null,
        truePositiveRate: null,
        falsePositiveRate: null,
        accuracy: null,
        positivePredictiveValue: null,
        calibrationGap: null,
      },
    ]),
    fairness('gender × region', [
      group('female × north', 512, -0.03),
      group('female × south', 430, 0.01),
      group('male × north', 520, 0.02),
      group('male × south', 501, 0),
    ]),
  ],
  businessValue: {
    unit: '€',
    totals: { baseline: 0, champion: 39_210, candidate: 46_880 },
    intervals: { baseline: null, champion: interval(36_300, 42_120), candidate: interval(43_900, 49_800) },
    change: { difference: 7670, interval: interval(5410, 9890) },
  },
  churn: {
    rows: 2311,
    share: 0.089,
    interval: interval(0.078, 0.101),
    newlyWrong: 62,
    newlyRight: 144,
    newlyWrongShare: 0.0268,
    newlyWrongInterval: interval(0.021, 0.0342),
    pValue: 1.1e-8,
  },
  individualFairness: {
    consistency: { candidate: 0.931, champion: 0.917, neighbours: 5, rows: 2000, includesSelf: false },
    flips: [
      {
        attribute: 'gender',
        rows: 2311,
        changed: 14,
        share: 0.0061,
        interval: interval(0.0036, 0.0101),
        championShare: 0.0082,
        meanChange: 0.004,
        isFeature: true,
      },
      {
        attribute: 'region',
        rows: 2311,
        changed: 0,
        share: 0,
        interval: null,
        championShare: null,
        meanChange: 0,
        isFeature: false,
      },
    ],
  },
  dataBias: [
    {
      attribute: 'gender',
      groups: [
        {
          group: 'female',
          trainRows: 3820,
          trainShare: 0.486,
          holdoutRows: 1128,
          holdoutShare: 0.488,
          labelRate: 0.231,
          interval: interval(0.218, 0.244),
          small: false,
        },
        {
          group: 'male',
          trainRows: 3960,
          trainShare: 0.504,
          holdoutRows: 1161,
          holdoutShare: 0.502,
          labelRate: 0.262,
          interval: interval(0.249, 0.276),
          small: false,
        },
        {
          group: 'unknown',
          trainRows: 78,
          trainShare: 0.01,
          holdoutRows: 22,
          holdoutShare: 0.01,
          labelRate: 0.25,
          interval: interval(0.17, 0.36),
          small: true,
        },
      ],
      labelRateDifference: 0.031,
      labelRateRatio: 0.88,
      pValue: 0.0013,
      warnings: ['gender: the label rate of female is 0.88 of that of male'],
    },
  ],
  behaviour: behaviours,
  leaks: {
    checks: [
      {
        check: 'columns',
        status: 'clean',
        sentence:
          'no single column tells churned almost perfectly; the strongest: plan (AUC 0.712), age (AUC 0.684), usage (AUC 0.655) (looked at 9 columns one by one on 9,244 training rows, none has gaps)',
      },
      {
        check: 'time',
        status: 'not-looked',
        sentence: 'no time column: the order of time was not checked; “signup_date” may be one (data.time)',
        maybe: ['signup_date'],
      },
    ],
    strongest: [
      { column: 'plan', text: 'AUC 0.712', presence: false },
      { column: 'age', text: 'AUC 0.684', presence: false },
      { column: 'referred_by', text: 'AUC 0.655', presence: true },
    ],
  },
  footprint: {
    bytes: 21_344,
    championBytes: 20_991,
    latency: { p50: 0.31, p95: 0.58, calls: 200 },
    throughput: { rowsPerSecond: 182_345, rows: 2311 },
  },
  trainingNoise: {
    metric: 'auc',
    seeds: [42, 43, 44, 45, 46],
    values: [0.889, 0.887, 0.891, 0.886, 0.888],
    mean: 0.8882,
    sd: 0.0019,
    gain: 0.087,
    noise: 0.0075,
    exceeds: true,
    sentence: 'the gain of 0.087 is more than two trainings of the same recipe differ by (0.0075)',
  },
  holdoutUse: {
    uses: 3,
    budget: 10,
    level: 0.95,
    correctedLevel: 0.983,
    status: 'used',
    sentence: 'these rows have been used 3 times to choose',
    earlier: [
      { at: '2026-09-07T06:00:11Z', candidateId: `sha256:${'7'.repeat(64)}`, rows: 2290, overlap: 0.81 },
      { at: '2026-08-31T06:00:09Z', candidateId: `sha256:${'6'.repeat(64)}`, rows: 2251, overlap: 0.62 },
    ],
  },
}

const evaluation: Evaluation = { ...passRecord.evaluation, ...proof }
const judged = {
  gates: [
    { metric: 'auc', versus: 'champion', margin: 0.005 },
    { metric: 'recall', min: 0.6, slice: 'plan=basic' },
    { metric: 'churn', max: 0.15 },
    { metric: 'auc', noise: true },
  ],
  fairness: { 'max-difference': 0.1 },
  minHoldout: 100,
} as const

/** A binary candidate with all evidence there is, judged by the real judge. */
export const proofRecord: RunRecord = {
  ...passRecord,
  evaluation,
  judged,
  source: {
    status: 'looked',
    commit: passRecord.codeCommit ?? '',
    differs: [
      { path: '.github/refit.yml', what: 'configuration', how: 'modified' },
      { path: 'data/customers-2026-09.csv', what: 'data', how: 'untracked' },
    ],
    otherChanges: 2,
    elsewhere: [],
    pushed: false,
  },
  ...judge({ evaluation, quality: passRecord.quality, ...judged }),
}

const classes = ['billing', 'delivery', 'returns', 'technical', 'other']
const cells = (right: number): number[][] =>
  classes.map((_, truth) =>
    classes.map((__, decided) => (truth === decided ? right - truth * 40 : 8 + ((truth * 3 + decided * 7) % 23))),
  )

export const multiclassProof: RunRecord = {
  ...multiclassRecord,
  evaluation: {
    ...multiclassRecord.evaluation,
    churn: { ...(proof.churn as NonNullable<Evaluation['churn']>) },
    curves: [confusion('candidate', classes, cells(420)), confusion('champion', classes, cells(401))],
  },
}

const bands = [8, 31, 62, 98, 140, 189, 240, 310, 402, 611]
const residual = (role: Role, slope: number): Curve => ({
  kind: 'residual',
  role,
  x: bands,
  y: bands.map((x) => slope * (x - 180)),
  low: bands.map((x) => slope * (x - 180) - 12 - x * 0.12),
  high: bands.map((x) => slope * (x - 180) + 12 + x * 0.14),
  rows: bands.map(() => 231),
})

export const regressionProof: RunRecord = {
  ...regressionRecord,
  evaluation: {
    ...regressionRecord.evaluation,
    churn: {
      rows: 2311,
      share: 0.31,
      interval: interval(0.29, 0.33),
      tolerance: 18.1,
      newlyWrong: null,
      newlyRight: null,
      newlyWrongShare: null,
      newlyWrongInterval: null,
      pValue: null,
    },
    curves: [...regressionRecord.evaluation.curves, residual('candidate', 0.01), residual('champion', 0.06)],
  },
}

/** The proof with foreign text in every place that text can come from outside. */
export function foreignText(text: string): RunRecord {
  const { evaluation: all } = proofRecord
  const named = (result: FairnessResult): FairnessResult => ({
    ...result,
    attribute: text,
    candidate: result.candidate.map((one) => ({ ...one, group: text })),
    champion: result.champion?.map((one) => ({ ...one, group: text })) ?? null,
    metrics: result.metrics.map((metric) => ({ ...metric, reason: text })),
  })
  const found = (one: Segment): Segment => ({ ...one, name: text })
  return {
    ...proofRecord,
    model: text,
    gates: proofRecord.gates.map((one) => ({ ...one, title: text, observed: text, sentence: text, status: 'fail' })),
    verdict: { outcome: 'fail', reason: text },
    evaluation: {
      ...all,
      holdout: { ...all.holdout, description: text },
      businessValue: all.businessValue && { ...all.businessValue, unit: text },
      warnings: [text],
      slices: all.slices.map((one) => ({ ...one, column: text, value: text })),
      fairness: all.fairness.map(named),
      curves: [
        ...all.curves.filter((one) => one.kind !== 'confusion'),
        confusion(
          'candidate',
          [text, `${text}2`],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      ],
      segments: all.segments && {
        ...all.segments,
        loss: text,
        correction: text,
        worst: all.segments.worst.map(found),
        regressions: all.segments.regressions.map(found),
      },
      individualFairness: all.individualFairness && {
        ...all.individualFairness,
        reason: text,
        flips: all.individualFairness.flips.map((one) => ({ ...one, attribute: text })),
      },
      dataBias: all.dataBias?.map((one) => ({
        ...one,
        attribute: text,
        warnings: [text],
        groups: one.groups.map((part) => ({ ...part, group: text })),
      })),
      leaks: all.leaks && {
        checks: all.leaks.checks.map((one) => ({ ...one, sentence: text })),
        strongest: all.leaks.strongest.map((one) => ({ ...one, column: text, text })),
      },
      behaviour: all.behaviour?.map((one) => ({
        ...one,
        title: text,
        sentence: text,
        examples: one.examples.map((part) => ({ ...part, column: text, before: text, after: `${text}!` })),
      })),
      trainingNoise: all.trainingNoise && { ...all.trainingNoise, metric: text, sentence: text },
      holdoutUse: all.holdoutUse && {
        ...all.holdoutUse,
        sentence: text,
        earlier: all.holdoutUse.earlier.map((one) => ({ ...one, at: text, candidateId: text })),
      },
    },
  }
}
