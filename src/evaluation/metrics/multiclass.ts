import { absolute, defineFamily, type Family, type MetricDefinition, NO_ROWS, ratio, summed } from './family.ts'
import { classesBefore } from './decisions.ts'
import { type Multiclass, multiclassSums, TOP } from './multiclass-sums.ts'

function hitsOf(m: Multiclass): { readonly successes: number; readonly trials: number } {
  let successes = 0
  for (let c = 0; c < m.hits.length; c++) successes += m.hits[c] as number
  return { successes, trials: m.weight }
}

function accuracy(m: Multiclass): number {
  const { successes, trials } = hitsOf(m)
  return ratio(successes, trials)
}

/** Of one class; `both`: F1. NaN where the denominator is empty. */
function ofClass(m: Multiclass, c: number, kind: 'precision' | 'recall' | 'f1'): number {
  const hits = m.hits[c] as number
  const truth = m.truth[c] as number
  const decided = m.decided[c] as number
  if (kind === 'f1') return ratio(2 * hits, truth + decided)
  return ratio(hits, kind === 'recall' ? truth : decided)
}

/**
 * Mean over the classes that occur in the truth or the decisions, plain or weighted by their share of the truth. A class
 * without a decision has precision 0 and one without rows recall 0 there, as in scikit-learn: leaving such classes out of
 * a mean would reward never deciding for them.
 */
function meanOver(m: Multiclass, kind: 'precision' | 'recall' | 'f1', weighted: boolean): number {
  let sum = 0
  let total = 0
  for (let c = 0; c < m.truth.length; c++) {
    const truth = m.truth[c] as number
    if (truth + (m.decided[c] as number) <= 0) continue
    const weight = weighted ? truth : 1
    const value = ofClass(m, c, kind)
    sum += Number.isNaN(value) ? 0 : weight * value
    total += weight
  }
  return ratio(sum, total)
}

/** Over the classes that occur in the truth. */
function balancedAccuracy(m: Multiclass): number {
  let sum = 0
  let present = 0
  for (let c = 0; c < m.truth.length; c++) {
    const recall = ofClass(m, c, 'recall')
    if (Number.isNaN(recall)) continue
    sum += recall
    present++
  }
  return ratio(sum, present)
}

/** The fewest rows below one of the ratios of `meanOver`. */
function restsOf(m: Multiclass, kind: 'precision' | 'recall' | 'f1'): number {
  let fewest = Infinity
  for (let c = 0; c < m.truth.length; c++) {
    const truth = m.truth[c] as number
    const decided = m.decided[c] as number
    if (truth + decided <= 0) continue
    fewest = Math.min(fewest, kind === 'f1' ? (truth + decided) / 2 : kind === 'recall' ? truth : decided)
  }
  return fewest
}

const common = {
  margin: 'absolute',
  direction: 'higher',
  defaultMargin: absolute(0.01),
  undefinedBecause: NO_ROWS,
} as const

const MEANS = { macro: 'plain mean over the classes', weighted: 'mean over the classes by their rows' } as const
const KINDS = { precision: 'Precision', recall: 'Recall', f1: 'F1' } as const

function means(): readonly MetricDefinition<Multiclass>[] {
  return (['macro', 'weighted'] as const).flatMap((mean) =>
    (['precision', 'recall', 'f1'] as const).map((kind): MetricDefinition<Multiclass> => ({
      ...common,
      name: `${mean}-${kind}`,
      description: `${KINDS[kind]}, ${MEANS[mean]}.`,
      // Both are the same as another metric in nearly every case.
      ...(kind === 'recall' ? { onRequest: true } : {}),
      value: (m) => meanOver(m, kind, mean === 'weighted'),
      ...(mean === 'macro' ? { rests: (m: Multiclass) => restsOf(m, kind) } : {}),
    })),
  )
}

/** With one decision for every row, each wrong one is a false alarm of one class and a miss of another. */
function micro(): readonly MetricDefinition<Multiclass>[] {
  return (['precision', 'recall', 'f1'] as const).map((kind) => ({
    ...common,
    name: `micro-${kind}`,
    onRequest: true,
    description: `${KINDS[kind]} over all decisions together: the same as accuracy, as every row has one class.`,
    proportion: hitsOf,
    value: accuracy,
  }))
}

function topAccuracy(k: (typeof TOP)[number]): MetricDefinition<Multiclass> {
  return {
    ...common,
    name: `top-${k}-accuracy`,
    defaultMargin: absolute(0.005),
    ...(k === 2 ? { onRequest: true } : {}),
    applies: (sample) => sample.classes > k,
    description: `Share of rows whose true class is among the ${k} most probable.`,
    proportion: (m) => ({ successes: m.top(k), trials: m.weight }),
    value: (m) => ratio(m.top(k), m.weight),
  }
}

/** Whether the true class is among the k most probable, for any k. */
export const topFamily = (k: number): Family =>
  defineFamily<{ readonly hits: number; readonly weight: number }>(
    'multiclass',
    (sample) => {
      const hit = Float64Array.from({ length: sample.rows }, (_, row) => (classesBefore(sample, row) < k ? 1 : 0))
      return summed(sample, { rows: sample.rows, columns: [hit] }, (sums) => ({
        weight: sums[0] as number,
        hits: sums[1] as number,
      }))
    },
    [
      {
        ...common,
        name: `top-${k}-accuracy`,
        defaultMargin: absolute(0.005),
        onRequest: true,
        description: `Share of rows whose true class is among the ${k} most probable.`,
        value: (m) => ratio(m.hits, m.weight),
      },
    ],
  )

/** Metrics of a model of three classes or more; the decision is the most probable class. */
export const multiclassFamily = defineFamily<Multiclass>('multiclass', multiclassSums, [
  {
    ...common,
    name: 'accuracy',
    defaultMargin: absolute(0.005),
    description: 'Share of rows whose most probable class is the true one.',
    proportion: hitsOf,
    value: accuracy,
  },
  {
    ...common,
    name: 'balanced-accuracy',
    defaultMargin: absolute(0.005),
    description: 'Mean recall over the classes that occur.',
    value: balancedAccuracy,
    rests: (m) => Math.min(...m.truth.filter((truth) => truth > 0)),
  },
  ...means(),
  ...micro(),
  ...TOP.map(topAccuracy),
  {
    ...common,
    name: 'log-loss',
    direction: 'lower',
    defaultMargin: absolute(0.005),
    description: 'Mean of −ln P(true class); 0 is perfect.',
    value: (m) => ratio(m.log, m.weight),
  },
])
