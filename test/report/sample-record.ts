import type { ModelConfig } from '../../src/config/schema.ts'
import type {
  Conclusion,
  Curve,
  EvaluatedModel,
  FairnessResult,
  GateResult,
  Interval,
  MetricComparison,
  Role,
  SliceResult,
} from '../../src/evaluation/types.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import type { ColumnDrift, TriggerResult } from '../../src/triggers/types.ts'

/** Records as real runs write them: a churn model retrained after drift, and its variations. */

const METHOD = 'paired bootstrap (percentile, 2,000 resamples)'
export const interval = (low: number, high: number): Interval => ({ low, high, level: 0.95, method: METHOD })
const hex = (digit: string): string => digit.repeat(64)

function model(role: Role, version: number | null, values: Readonly<Record<string, number | null>>): EvaluatedModel {
  return {
    role,
    name: version === null ? 'always “no”' : `v${version}`,
    version,
    metrics: Object.entries(values).map(([metric, value]) => ({
      metric,
      value,
      interval: value === null ? null : interval(value - 0.011, value + 0.011),
      reason: value === null ? 'no row is predicted positive' : undefined,
    })),
  }
}

function compare(
  metric: string,
  difference: number,
  half: number,
  conclusion: Conclusion,
  direction: 'higher' | 'lower' = 'higher',
): MetricComparison {
  const ends = interval(difference - half, difference + half)
  return { metric, versus: 'champion', direction, difference, interval: ends, margin: 0.005, conclusion }
}

const drift = (
  column: string,
  psi: number,
  qValue: number,
  note: string,
  options: Partial<ColumnDrift> = {},
): ColumnDrift => ({
  column,
  drifted: psi > 0.2 && qValue < 0.01,
  psi,
  psiIfUnchanged: 0.006,
  test: 'ks',
  statistic: Math.min(0.9, psi * 0.6 + 0.01),
  pValue: qValue / 3,
  qValue,
  missingBefore: 0.012,
  missingNow: 0.012,
  unseen: 0,
  note,
  ...options,
})

export const sampleTriggers: readonly TriggerResult[] = [
  {
    trigger: 'schedule',
    status: 'quiet',
    sentence: 'the last training was 4d 2h ago; the limit is 7d',
    value: 352_800_000,
    threshold: 604_800_000,
    unit: 'ms',
    evidence: [],
  },
  {
    trigger: 'performance',
    status: 'fired',
    sentence: 'auc fell from 0.871 to 0.802 on 2,311 new labelled rows; the limit is a drop of 0.05',
    value: 0.069,
    threshold: 0.05,
    unit: 'auc drop',
    evidence: [],
  },
  {
    trigger: 'drift',
    status: 'fired',
    sentence: '4 of 11 columns drifted, most of all usage_minutes (median 212 → 131)',
    value: 4 / 11,
    threshold: 0.3,
    unit: 'share of drifted features',
    evidence: [
      drift('usage_minutes', 0.584, 1e-40, 'median 212 → 131'),
      drift('plan', 0.412, 3e-22, 'unseen: enterprise (12 %)', { test: 'chi2', statistic: 388.2, unseen: 271 }),
      drift('support_calls', 0.305, 4e-9, 'mean 0.8 → 1.6'),
      drift('monthly_fee', 0.231, 0.0004, 'median 29 → 35', { missingNow: 0.041 }),
      drift('region', 0.048, 0.03, '', { test: 'chi2', statistic: 12.3 }),
      drift('tenure_months', 0.021, 0.41, ''),
      drift('devices', 0.012, 0.66, ''),
      drift('gender', 0.008, 0.72, '', { test: 'chi2', statistic: 1.1 }),
      drift('signup_at: weekday', 0.006, 0.8, ''),
      drift('discount', 0.004, 0.9, ''),
      drift('age', 0.003, 0.97, ''),
    ],
  },
  {
    trigger: 'volume',
    status: 'unchecked',
    sentence: 'the manifest says nothing about the rows that were seen',
    value: null,
    threshold: 0.5,
    unit: 'share of new rows',
    evidence: [],
  },
  { trigger: 'manual', status: 'off', sentence: 'nobody asked', value: null, threshold: null, unit: '', evidence: [] },
]

function slice(
  column: string,
  value: string,
  rows: number,
  champion: number,
  difference: number,
  conclusion: Conclusion,
): SliceResult {
  const small = rows < 50
  return {
    column,
    value,
    rows,
    candidate: { metric: 'auc', value: champion + difference, interval: null },
    champion: { metric: 'auc', value: champion, interval: null },
    comparison: compare('auc', difference, 1 / Math.sqrt(rows), conclusion),
    small,
  }
}

const fairness: FairnessResult = {
  attribute: 'gender',
  candidate: [
    {
      group: 'female',
      rows: 1128,
      selectionRate: 0.241,
      truePositiveRate: 0.702,
      falsePositiveRate: 0.101,
      accuracy: 0.861,
      small: false,
    },
    {
      group: 'male',
      rows: 1161,
      selectionRate: 0.268,
      truePositiveRate: 0.731,
      falsePositiveRate: 0.118,
      accuracy: 0.855,
      small: false,
    },
    {
      group: 'unknown',
      rows: 22,
      selectionRate: null,
      truePositiveRate: null,
      falsePositiveRate: null,
      accuracy: null,
      small: true,
    },
  ],
  champion: [
    {
      group: 'female',
      rows: 1128,
      selectionRate: 0.221,
      truePositiveRate: 0.641,
      falsePositiveRate: 0.109,
      accuracy: 0.84,
      small: false,
    },
    {
      group: 'male',
      rows: 1161,
      selectionRate: 0.262,
      truePositiveRate: 0.69,
      falsePositiveRate: 0.131,
      accuracy: 0.833,
      small: false,
    },
    {
      group: 'unknown',
      rows: 22,
      selectionRate: null,
      truePositiveRate: null,
      falsePositiveRate: null,
      accuracy: null,
      small: true,
    },
  ],
  metrics: [
    { metric: 'demographic-parity-difference', candidate: 0.027, champion: 0.041, interval: interval(0.004, 0.058) },
    { metric: 'demographic-parity-ratio', candidate: 0.899, champion: 0.844, interval: interval(0.79, 0.98) },
    { metric: 'equalized-odds-difference', candidate: 0.029, champion: 0.049, interval: interval(0.008, 0.081) },
    { metric: 'equalized-odds-ratio', candidate: null, champion: 0.832, interval: null },
  ],
}

const roc = (role: Role, power: number): Curve => {
  const x = Array.from({ length: 31 }, (_, i) => i / 30)
  return { kind: 'roc', role, x, y: x.map((value) => value ** power) }
}
const calibration = (role: Role, bend: number): Curve => {
  const x = Array.from({ length: 10 }, (_, i) => (i + 0.5) / 10)
  return { kind: 'calibration', role, x, y: x.map((value) => value + bend * value * (1 - value)) }
}

const gate = (
  title: string,
  metric: string,
  status: GateResult['status'],
  observed: string,
  text: string,
): GateResult => ({
  gate: { metric, ...(title.includes('champion') ? { versus: 'champion', margin: 0.005 } : { max: 0.1 }) },
  title,
  status,
  observed,
  sentence: text,
})

const train: ModelConfig['train'] = {
  trainer: 'tfjs',
  model: 'mlp',
  engine: 'auto',
  strategy: 'retrain',
  window: 'auto',
  seed: 42,
  epochs: 40,
  patience: 4,
  hidden: [64, 32],
  dropout: 0.1,
  l2: 1e-5,
  'class-weights': 'none',
  validation: 0.15,
  'max-categories': 50,
}
export const sampleRollout: ModelConfig['rollout'] = {
  target: 'gateway',
  environment: 'production',
  gateway: { url: 'http://127.0.0.1:8080' },
  stages: [
    { kind: 'staging', for: 0, requests: 0 },
    { kind: 'shadow', for: 0, requests: 1000 },
    { kind: 'canary', percent: 5, for: 3_600_000, requests: 0 },
    { kind: 'canary', percent: 50, for: 3_600_000, requests: 0, max: 86_400_000 },
    { kind: 'full', for: 0, requests: 0 },
  ],
  guardrails: [
    { kind: 'error-rate', margin: 0.01 },
    { kind: 'latency', objective: 250, margin: 0.05 },
    { kind: 'prediction-shift', margin: 0.15 },
    { kind: 'outcome', margin: 0.05 },
  ],
  alpha: 0.01,
  window: 60_000,
  'ingest-lag': 10_000,
  'blind-timeout': 1_800_000,
  lease: 7_200_000,
}

/** A candidate that is better than its champion. */
export const passRecord: RunRecord = {
  schemaVersion: 1,
  model: 'churn',
  task: 'binary',
  refitVersion: '0.1.0',
  startedAt: '2026-09-14T06:00:12Z',
  candidateId: `sha256:${hex('c')}`,
  candidateVersion: 4,
  champion: { version: 3, digest: `sha256:${hex('3')}`, trainedAt: '2026-09-10T04:00:00Z' },
  requestedBy: 'schedule',
  reason: null,
  codeCommit: '8d1c5b0f3f0b6f4f8f0d0f1c2b3a4d5e6f708192',
  runUrl: 'https://github.com/acme/churn/actions/runs/1234567890',
  triggers: sampleTriggers,
  data: {
    files: [
      { path: 'data/customers-2026-08.csv', bytes: 1_480_000, sha256: hex('a'), rows: 5812 },
      { path: 'data/customers-2026-09.csv', bytes: 1_512_300, sha256: hex('b'), rows: 5960 },
    ],
    rowsRead: 11_772,
    rowsKept: 11_556,
    dropped: [
      {
        reason: 'label missing (not known yet)',
        rows: 201,
        example: { file: 'data/customers-2026-09.csv', line: 5761 },
      },
      { reason: 'duplicate of an earlier row', rows: 15, example: { file: 'data/customers-2026-08.csv', line: 88 } },
    ],
    columns: [
      { name: 'customer_id', kind: 'category', role: 'id', missing: 0, distinct: 11_541, notes: [] },
      { name: 'event_time', kind: 'time', role: 'time', missing: 0, distinct: 11_020, notes: [] },
      { name: 'usage_minutes', kind: 'number', role: 'feature', missing: 139, distinct: 4120, notes: [] },
      {
        name: 'monthly_fee',
        kind: 'number',
        role: 'feature',
        missing: 474,
        distinct: 61,
        notes: ['11 blanks in a numeric column'],
      },
      { name: 'plan', kind: 'category', role: 'feature', missing: 0, distinct: 4, notes: [] },
      { name: 'churned', kind: 'category', role: 'label', missing: 0, distinct: 2, notes: [] },
    ],
    fingerprint: `sha256:${hex('d')}`,
    window: { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 8, 13, 22, 41, 7) },
  },
  quality: [
    {
      rule: 'max',
      column: 'age',
      severity: 'warn',
      sentence: 'age: 3 of 11,556 values (0.03 %) are above 120, the first is 999',
    },
  ],
  training: {
    trainer: 'tfjs',
    model: 'mlp',
    engine: 'wasm',
    engineVersion: '4.22.0',
    seed: 42,
    rows: 7858,
    validationRows: 1387,
    features: 29,
    parameters: 4033,
    epochs: 18,
    bestEpoch: 14,
    history: Array.from({ length: 18 }, (_, i) => ({
      epoch: i + 1,
      loss: 0.62 * Math.exp(-i / 6) + 0.29 + 0.004 * Math.cos(i * 2.1),
      validationLoss:
        0.6 * Math.exp(-i / 5) + 0.318 + 0.0009 * (i - 13) ** 2 * (i > 13 ? 1 : 0) + 0.006 * Math.sin(i * 1.7),
    })),
    config: train,
  },
  evaluation: {
    task: 'binary',
    primary: 'auc',
    holdout: {
      rows: 2311,
      description: 'the newest 20 % of the rows, from 2026-08-22',
      digest: `sha256:${hex('e')}`,
      championSafe: true,
      championWhy: 'they are newer than all rows that it was trained on (until 2026-06-30T23:58:00Z)',
    },
    thresholds: { champion: 0.48, candidate: 0.51 },
    baseline: model('baseline', null, {
      auc: 0.5,
      accuracy: 0.742,
      precision: null,
      recall: 0,
      f1: 0,
      'log-loss': 0.571,
      brier: 0.191,
    }),
    champion: model('champion', 3, {
      auc: 0.802,
      accuracy: 0.836,
      precision: 0.681,
      recall: 0.666,
      f1: 0.673,
      'log-loss': 0.421,
      brier: 0.131,
    }),
    candidate: model('candidate', 4, {
      auc: 0.889,
      accuracy: 0.858,
      precision: 0.724,
      recall: 0.717,
      f1: 0.72,
      'log-loss': 0.334,
      brier: 0.104,
    }),
    comparisons: [
      compare('auc', 0.087, 0.014, 'better'),
      compare('accuracy', 0.022, 0.013, 'better'),
      compare('precision', 0.043, 0.031, 'better'),
      compare('recall', 0.051, 0.029, 'better'),
      compare('f1', 0.047, 0.021, 'better'),
      compare('log-loss', -0.087, 0.016, 'better', 'lower'),
      compare('brier', -0.027, 0.006, 'better', 'lower'),
      { ...compare('auc', 0.389, 0.014, 'better'), versus: 'baseline' },
    ],
    slices: [
      slice('plan', 'basic', 1204, 0.811, 0.081, 'better'),
      slice('plan', 'plus', 611, 0.793, 0.07, 'better'),
      slice('plan', 'pro', 220, 0.822, -0.021, 'cannot-tell'),
      slice('plan', 'enterprise', 276, 0.61, 0.19, 'better'),
      slice('region', 'north', 902, 0.804, 0.085, 'better'),
      slice('region', 'south', 840, 0.799, 0.09, 'better'),
      slice('region', 'east', 401, 0.812, 0.06, 'not-worse'),
      slice('region', 'west', 133, 0.83, -0.12, 'worse'),
      slice('region', 'islands', 35, 0.78, 0.1, 'cannot-tell'),
    ],
    fairness: [fairness],
    curves: [
      roc('candidate', 0.125),
      roc('champion', 0.247),
      roc('baseline', 1),
      calibration('candidate', 0.06),
      calibration('champion', -0.34),
    ],
    warnings: [],
  },
  gates: [
    gate(
      'auc not worse than the champion by more than 0.005',
      'auc',
      'pass',
      '+0.087 (+0.073 … +0.101)',
      'auc is better',
    ),
    gate(
      'demographic-parity-difference by gender at most 0.1',
      'demographic-parity-difference',
      'pass',
      '0.027',
      'within the limit',
    ),
    gate(
      'log-loss not worse than the champion by more than 0.005',
      'log-loss',
      'pass',
      '−0.087 (−0.103 … −0.071)',
      'log-loss is better',
    ),
  ],
  verdict: { outcome: 'pass', reason: 'v4 is better than v3 on auc and no gate objects' },
  artifact: { digest: `sha256:${hex('f')}`, bytes: 21_344, folder: 'models/churn/versions/4' },
  manifestChanges: [
    { path: 'version', before: '3', after: '4' },
    { path: 'previous.version', before: '2', after: '3' },
    { path: 'artifact.uri', before: 'git:models/churn/versions/3', after: 'git:models/churn/versions/4' },
    { path: 'training.rows', before: '6,204', after: '7,858' },
    { path: 'evaluation.metrics.auc', before: '0.871', after: '0.889' },
    { path: 'training.reason', before: null, after: 'performance, drift' },
  ],
  rollout: sampleRollout,
  reproduce: 'git checkout 8d1c5b0 && refit retrain --model churn --force --dry-run',
  timings: { data: 0.42, features: 0.11, train: 6.8, evaluate: 1.3 },
}

/** The candidate of `passRecord` with another value of auc and log-loss. */
const candidateWith = (auc: number, logLoss: number): EvaluatedModel => ({
  ...passRecord.evaluation.candidate,
  metrics: passRecord.evaluation.candidate.metrics.map((value) => {
    const changed = value.metric === 'auc' ? auc : value.metric === 'log-loss' ? logLoss : null
    return changed === null ? value : { ...value, value: changed, interval: interval(changed - 0.011, changed + 0.011) }
  }),
})

export const failRecord: RunRecord = {
  ...passRecord,
  verdict: { outcome: 'fail', reason: 'auc is worse than the champion by more than the margin' },
  gates: [
    {
      gate: { metric: 'auc', versus: 'champion', margin: 0.005 },
      title: 'auc not worse than the champion by more than 0.005',
      status: 'fail',
      observed: '−0.031 (−0.044 … −0.018)',
      sentence: 'the whole interval is below −0.005',
    },
  ],
  evaluation: {
    ...passRecord.evaluation,
    candidate: candidateWith(0.771, 0.441),
    comparisons: [
      compare('auc', -0.031, 0.013, 'worse'),
      compare('accuracy', -0.004, 0.012, 'cannot-tell'),
      compare('log-loss', 0.02, 0.01, 'worse', 'lower'),
    ],
    warnings: ['retention_offer predicts the label almost alone (auc 0.998): it may be known only afterwards'],
  },
}

export const inconclusiveRecord: RunRecord = {
  ...passRecord,
  verdict: { outcome: 'inconclusive', reason: 'needs about 1,900 more labelled rows' },
  gates: [
    {
      gate: { metric: 'auc', versus: 'champion', margin: 0.005 },
      title: 'auc not worse than the champion by more than 0.005',
      status: 'inconclusive',
      observed: '+0.004 (−0.011 … +0.019)',
      sentence: 'the interval reaches below −0.005',
      conclusion: 'cannot-tell',
      rowsNeeded: 1873,
    },
  ],
  evaluation: {
    ...passRecord.evaluation,
    candidate: candidateWith(0.806, 0.419),
    comparisons: [{ ...compare('auc', 0.004, 0.015, 'cannot-tell'), rowsNeeded: 1900 }],
  },
}

/** The first version of a model: nothing to compare with but the baseline. */
export const bootstrapRecord: RunRecord = {
  ...passRecord,
  candidateVersion: 1,
  champion: null,
  requestedBy: 'ana via workflow_dispatch',
  reason: 'first model',
  triggers: [],
  verdict: { outcome: 'pass', reason: 'v1 is better than the baseline' },
  evaluation: {
    ...passRecord.evaluation,
    champion: null,
    comparisons: [{ ...compare('auc', 0.389, 0.014, 'better'), versus: 'baseline' }],
    slices: passRecord.evaluation.slices.map((result) => ({ ...result, champion: null, comparison: null })),
    fairness: [
      { ...fairness, champion: null, metrics: fairness.metrics.map((metric) => ({ ...metric, champion: null })) },
    ],
    curves: passRecord.evaluation.curves.filter((curve) => curve.role !== 'champion'),
  },
  manifestChanges: [{ path: 'version', before: null, after: '1' }],
}

export const multiclassRecord: RunRecord = {
  ...passRecord,
  model: 'ticket-router',
  task: 'multiclass',
  verdict: { outcome: 'pass', reason: 'v4 is not worse than v3 on accuracy' },
  gates: [
    gate('accuracy not worse than the champion by more than 0.005', 'accuracy', 'pass', '+0.002 (−0.004 … +0.008)', ''),
  ],
  evaluation: {
    ...passRecord.evaluation,
    task: 'multiclass',
    primary: 'accuracy',
    thresholds: {},
    baseline: model('baseline', null, { accuracy: 0.31, 'macro-f1': 0.09, 'log-loss': 1.61 }),
    champion: model('champion', 3, { accuracy: 0.774, 'macro-f1': 0.741, 'log-loss': 0.71 }),
    candidate: model('candidate', 4, { accuracy: 0.776, 'macro-f1': 0.7412, 'log-loss': 0.702 }),
    comparisons: [
      compare('accuracy', 0.002, 0.006, 'not-worse'),
      compare('macro-f1', 0.0002, 0.004, 'not-worse'),
      compare('log-loss', -0.008, 0.02, 'cannot-tell', 'lower'),
    ],
    fairness: [],
    curves: [],
  },
}

export const regressionRecord: RunRecord = {
  ...passRecord,
  model: 'bike-demand',
  task: 'regression',
  verdict: { outcome: 'pass', reason: 'v4 is better than v3 on rmse' },
  gates: [gate('rmse not worse than the champion by more than 1.4', 'rmse', 'pass', '−8.8 (−11.9 … −5.7)', '')],
  evaluation: {
    ...passRecord.evaluation,
    task: 'regression',
    primary: 'rmse',
    thresholds: {},
    baseline: model('baseline', null, { rmse: 181.4, mae: 142.1, r2: -0.0002 }),
    champion: model('champion', 3, { rmse: 71.2, mae: 47.9, r2: 0.846 }),
    candidate: model('candidate', 4, { rmse: 62.4, mae: 41.2, r2: 0.882 }),
    comparisons: [
      compare('rmse', -8.8, 3.1, 'better', 'lower'),
      compare('mae', -6.7, 2.2, 'better', 'lower'),
      compare('r2', 0.036, 0.012, 'better'),
    ],
    slices: [],
    fairness: [],
    curves: (['candidate', 'champion'] as const).map((role) => ({
      kind: 'deciles',
      role,
      x: [8, 31, 62, 98, 140, 189, 240, 310, 402, 611],
      y: [11, 30, 58, 101, 137, 196, 233, 321, 420, 610].map((value, i) =>
        role === 'candidate' ? value : value * (0.82 + 0.03 * i),
      ),
    })),
  },
}

export const sampleRecords: Readonly<Record<string, RunRecord>> = {
  pass: passRecord,
  fail: failRecord,
  inconclusive: inconclusiveRecord,
  bootstrap: bootstrapRecord,
  multiclass: multiclassRecord,
  regression: regressionRecord,
}
