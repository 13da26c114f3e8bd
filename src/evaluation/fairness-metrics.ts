import type { Direction, Task } from '../core/task.ts'
import type { RateName } from './fairness-rates.ts'
import { absolute, type Margin, relative } from './metrics/family.ts'

export interface GroupMetric {
  readonly name: string
  readonly tasks: readonly Task[]
  readonly method: 'between-groups' | 'to-overall'
  readonly kind: 'difference' | 'ratio'
  /** What is compared; of several rates the worse. */
  readonly rates: readonly RateName[]
  readonly direction: Direction
  readonly margin: Margin['kind']
  /** The margin of a comparison with the champion where a gate names none. */
  readonly defaultMargin: Margin
  readonly description: string
}

interface Notion {
  readonly name: string
  readonly tasks: readonly Task[]
  readonly differences: readonly RateName[]
  /** None where a ratio of the rates says nothing. */
  readonly ratios: readonly RateName[]
  readonly what: string
  /** The differences are in the unit of the label. */
  readonly unit?: true
}

const CLASSES: readonly Task[] = ['binary', 'multiclass']
const VALUES: readonly Task[] = ['regression']

/** Of several classes, the same notion has another meaning for numbers: then it stands here twice. */
const NOTIONS: readonly Notion[] = [
  {
    name: 'demographic-parity',
    tasks: CLASSES,
    differences: ['selectionRate'],
    ratios: ['selectionRate'],
    what: 'share of rows decided positive',
  },
  {
    name: 'equalized-odds',
    tasks: CLASSES,
    differences: ['truePositiveRate', 'falsePositiveRate'],
    ratios: ['truePositiveRate', 'falsePositiveRate'],
    what: 'true positive rate or false positive rate, whichever is worse',
  },
  {
    name: 'equal-opportunity',
    tasks: CLASSES,
    differences: ['truePositiveRate'],
    ratios: ['truePositiveRate'],
    what: 'true positive rate',
  },
  {
    name: 'predictive-parity',
    tasks: CLASSES,
    differences: ['positivePredictiveValue'],
    ratios: ['positivePredictiveValue'],
    what: 'share of positives among the rows decided positive',
  },
  {
    name: 'group-calibration',
    tasks: CLASSES,
    differences: ['calibrationGap'],
    ratios: ['observedOverExpected'],
    what: 'mean score − share of positive labels (as a ratio: observed / expected positives)',
  },
  {
    name: 'demographic-parity',
    tasks: VALUES,
    unit: true,
    differences: ['meanScore'],
    ratios: ['meanScore'],
    what: 'mean prediction',
  },
  {
    name: 'distribution-parity',
    tasks: VALUES,
    differences: ['below'],
    ratios: [],
    what: 'share of predictions at or below any value (the Kolmogorov–Smirnov distance)',
  },
  { name: 'mae-parity', tasks: VALUES, unit: true, differences: ['mae'], ratios: ['mae'], what: 'mean absolute error' },
  {
    name: 'rmse-parity',
    tasks: VALUES,
    unit: true,
    differences: ['rmse'],
    ratios: ['rmse'],
    what: 'root mean squared error',
  },
  {
    name: 'group-calibration',
    tasks: VALUES,
    unit: true,
    differences: ['calibrationGap'],
    ratios: ['observedOverExpected'],
    what: 'mean prediction − mean label (as a ratio: mean label / mean prediction)',
  },
]

/**
 * Group fairness as fairlearn defines it, but undefined where a denominator is empty: difference and ratio of each notion,
 * between the groups (largest − smallest, smallest / largest) and to the overall rate (largest distance from it,
 * smallest ratio with it, whichever way round is below 1). Of several classes each is held against all others, and the
 * worst counts. Of regressions: parity of the mean prediction, of the distribution of predictions (Agarwal, Dudík & Wu
 * 2019, “Fair Regression”), of the errors, and of the mean residual.
 */
export const FAIRNESS_METRICS: readonly GroupMetric[] = (['between-groups', 'to-overall'] as const).flatMap((method) =>
  NOTIONS.flatMap((notion): readonly GroupMetric[] => {
    const suffix = method === 'to-overall' ? '-to-overall' : ''
    const { name, tasks, differences, ratios, what } = notion
    const between = method === 'between-groups'
    const shared = { tasks, method }
    const share = { margin: 'absolute', defaultMargin: absolute(0.02) } as const
    return [
      {
        ...shared,
        ...(notion.unit ? ({ margin: 'relative', defaultMargin: relative(0.1) } as const) : share),
        name: `${name}-difference${suffix}`,
        kind: 'difference',
        rates: differences,
        direction: 'lower',
        description: between
          ? `Largest − smallest ${what} among the groups.`
          : `Largest distance of a group from the overall ${what}.`,
      },
      ...(ratios.length === 0
        ? []
        : [
            {
              ...shared,
              ...share,
              name: `${name}-ratio${suffix}`,
              kind: 'ratio',
              rates: ratios,
              direction: 'higher',
              description: between
                ? `Smallest / largest ${what} among the groups.`
                : `Smallest ratio of a group’s and the overall ${what}, the smaller over the larger.`,
            } as const,
          ]),
    ]
  }),
)

export const findFairnessMetric = (name: string): GroupMetric | undefined =>
  FAIRNESS_METRICS.find((metric) => metric.name === name)

export const fairnessMetricsOf = (task: Task): readonly GroupMetric[] =>
  FAIRNESS_METRICS.filter((metric) => metric.tasks.includes(task))
