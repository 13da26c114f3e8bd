import type { Direction, Task } from '../core/task.ts'

export interface MetricName {
  readonly name: string
  readonly tasks: readonly Task[]
  /** Which way is better. `bias` is better the closer it is to 0, and counts as `lower` in absolute value. */
  readonly direction: Direction
  /** Whether the metric needs `evaluate.fairness.protected`. */
  readonly fairness?: true
  /** Nothing that a model is compared by: only a gate may name it. */
  readonly only?: 'gate'
}

/** What decides where `evaluate.primary` is not set. */
export const PRIMARY: Readonly<Record<Task, string>> = { binary: 'auc', multiclass: 'accuracy', regression: 'rmse' }

const CLASSES: readonly Task[] = ['binary', 'multiclass']
const ALL: readonly Task[] = ['binary', 'multiclass', 'regression']

/**
 * Every metric a configuration may name. The calculations are in `evaluation/`, which may not be imported from here;
 * a test there holds both lists together.
 */
export const METRICS: readonly MetricName[] = [
  { name: 'auc', tasks: ['binary'], direction: 'higher' },
  { name: 'accuracy', tasks: CLASSES, direction: 'higher' },
  { name: 'balanced-accuracy', tasks: CLASSES, direction: 'higher' },
  { name: 'precision', tasks: ['binary'], direction: 'higher' },
  { name: 'recall', tasks: ['binary'], direction: 'higher' },
  { name: 'specificity', tasks: ['binary'], direction: 'higher' },
  { name: 'f1', tasks: ['binary'], direction: 'higher' },
  { name: 'f2', tasks: ['binary'], direction: 'higher' },
  { name: 'f0.5', tasks: ['binary'], direction: 'higher' },
  { name: 'mcc', tasks: ['binary'], direction: 'higher' },
  { name: 'pr-auc', tasks: ['binary'], direction: 'higher' },
  { name: 'ks', tasks: ['binary'], direction: 'higher' },
  { name: 'lift@10%', tasks: ['binary'], direction: 'higher' },
  { name: 'gains@10%', tasks: ['binary'], direction: 'higher' },
  { name: 'log-loss', tasks: CLASSES, direction: 'lower' },
  { name: 'brier', tasks: ['binary'], direction: 'lower' },
  { name: 'ece', tasks: ['binary'], direction: 'lower' },
  { name: 'value', tasks: ['binary'], direction: 'higher' },
  ...['macro', 'weighted', 'micro'].flatMap((mean) =>
    ['precision', 'recall', 'f1'].map((kind): MetricName => ({
      name: `${mean}-${kind}`,
      tasks: ['multiclass'],
      direction: 'higher',
    })),
  ),
  ...[2, 3, 5].map((k): MetricName => ({ name: `top-${k}-accuracy`, tasks: ['multiclass'], direction: 'higher' })),
  { name: 'rmse', tasks: ['regression'], direction: 'lower' },
  { name: 'mae', tasks: ['regression'], direction: 'lower' },
  { name: 'r2', tasks: ['regression'], direction: 'higher' },
  { name: 'median-ae', tasks: ['regression'], direction: 'lower' },
  { name: 'mape', tasks: ['regression'], direction: 'lower' },
  { name: 'smape', tasks: ['regression'], direction: 'lower' },
  { name: 'wape', tasks: ['regression'], direction: 'lower' },
  { name: 'pinball-p10', tasks: ['regression'], direction: 'lower' },
  { name: 'pinball-p90', tasks: ['regression'], direction: 'lower' },
  { name: 'bias', tasks: ['regression'], direction: 'lower' },
  ...fairnessNames(),
  { name: 'churn', tasks: ALL, direction: 'lower', only: 'gate' },
  { name: 'newly-wrong', tasks: CLASSES, direction: 'lower', only: 'gate' },
  { name: 'latency', tasks: ALL, direction: 'lower', only: 'gate' },
  { name: 'throughput', tasks: ALL, direction: 'higher', only: 'gate' },
  { name: 'size', tasks: ALL, direction: 'lower', only: 'gate' },
]

export const METRIC_NAMES: readonly string[] = METRICS.map((metric) => metric.name)

/** Of one class of a multiclass task: `recall:gold`. Which classes there are only the data knows. */
const OF_CLASS = /^(?:precision|recall|f1):./

/** With a number of one's own: Fβ for β > 0, lift among any share of the rows, one of the k most probable classes, the loss of any quantile. */
const NUMBERED: readonly (Omit<MetricName, 'name'> & {
  readonly pattern: RegExp
  readonly fits: (number: number) => boolean
})[] = [
  { pattern: /^f((?:[1-9]\d*|0)(?:\.\d*[1-9])?)$/, tasks: ['binary'], direction: 'higher', fits: (beta) => beta > 0 },
  {
    pattern: /^(?:lift|gains)@((?:[1-9]\d*|0)(?:\.\d*[1-9])?)%$/,
    tasks: ['binary'],
    direction: 'higher',
    fits: (percent) => percent > 0 && percent < 100,
  },
  { pattern: /^top-([1-9]\d*)-accuracy$/, tasks: ['multiclass'], direction: 'higher', fits: () => true },
  {
    pattern: /^pinball-p((?:[1-9]\d*|0)(?:\.\d*[1-9])?)$/,
    tasks: ['regression'],
    direction: 'lower',
    fits: (percent) => percent > 0 && percent < 100,
  },
]

export function findMetric(name: string): MetricName | undefined {
  const listed = METRICS.find((metric) => metric.name === name)
  if (listed) return listed
  if (OF_CLASS.test(name)) return { name, tasks: ['multiclass'], direction: 'higher' }
  const numbered = NUMBERED.find(({ pattern, fits }) => {
    const number = pattern.exec(name)?.[1]
    return number !== undefined && fits(Number(number))
  })
  return numbered && { name, tasks: numbered.tasks, direction: numbered.direction }
}

/** Whether a value lies between 0 and 1 whatever the model does; a misspelled name is none. */
export function isShare(name: string): boolean {
  const metric = findMetric(name)
  if (metric === undefined) return false
  // Differences of numbers are in the unit of the label.
  if (metric.fairness) return /-ratio(?:-to-overall)?$/.test(name) || !metric.tasks.includes('regression')
  return metric.only === 'gate'
    ? name === 'churn' || name === 'newly-wrong'
    : !/^(?:mcc|log-loss|value|rmse|mae|r2|median-ae|mape|smape|wape|bias)$|^(?:lift@|pinball-)/.test(name)
}

/** Notions of fairness, each as difference and ratio, between the groups and to the overall rate. */
function fairnessNames(): readonly MetricName[] {
  const notions: readonly { readonly name: string; readonly tasks: readonly Task[]; readonly ratio?: false }[] = [
    { name: 'demographic-parity', tasks: ALL },
    { name: 'equalized-odds', tasks: CLASSES },
    { name: 'equal-opportunity', tasks: CLASSES },
    { name: 'predictive-parity', tasks: CLASSES },
    { name: 'group-calibration', tasks: ALL },
    { name: 'distribution-parity', tasks: ['regression'], ratio: false },
    { name: 'mae-parity', tasks: ['regression'] },
    { name: 'rmse-parity', tasks: ['regression'] },
  ]
  return ['', '-to-overall'].flatMap((suffix) =>
    notions.flatMap(({ name, tasks, ratio }): readonly MetricName[] => [
      { name: `${name}-difference${suffix}`, tasks, direction: 'lower', fairness: true },
      ...(ratio === false
        ? []
        : [{ name: `${name}-ratio${suffix}`, tasks, direction: 'higher', fairness: true } as const]),
    ]),
  )
}
