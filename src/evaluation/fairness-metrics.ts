import type { Direction, Task } from '../core/task.ts'
import type { RateName } from './fairness-rates.ts'
import { absolute, type Margin, ratio, relative } from './metrics/family.ts'

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

export const fairnessMetricsOf = (task: Task): readonly GroupMetric[] =>
  FAIRNESS_METRICS.filter((metric) => metric.tasks.includes(task))

/** Which groups are farthest apart in a rate: places among the values, −1 for all rows. */
export interface Extreme {
  readonly spread: number
  readonly low: number
  readonly high: number
}

/**
 * How far groups are apart in one rate: of a difference the distance, of a ratio 1 − it, so that 0 is equal and more
 * is worse. The last of the values is that of all rows. NaN where fewer than two groups are defined.
 */
export function spreadOf({ method, kind }: Pick<GroupMetric, 'method' | 'kind'>, values: ArrayLike<number>): number {
  const groups = values.length - 1
  let low = Infinity
  let high = -Infinity
  let defined = 0
  for (let g = 0; g < groups; g++) {
    const value = values[g] as number
    if (Number.isNaN(value)) continue
    defined++
    if (value < low) low = value
    if (value > high) high = value
  }
  // One group alone has nothing to be equal to.
  if (defined < 2) return Number.NaN
  const difference = kind === 'difference'
  if (method === 'between-groups') return difference ? high - low : missing(low, high)
  const overall = values[groups] as number
  return difference ? Math.max(high - overall, overall - low) : Math.max(missing(overall, high), missing(low, overall))
}

/**
 * `spreadOf` of many draws: `values[g][b]` is the rate of group g in draw b, the last that of all rows. Keeps what is
 * larger in `into`, NaN once there.
 */
export function worstSpreads(
  { method, kind }: Pick<GroupMetric, 'method' | 'kind'>,
  values: readonly Float64Array[],
  into: Float64Array,
): void {
  const groups = values.slice(0, -1)
  const overall = values.at(-1) as Float64Array
  const [difference, between] = [kind === 'difference', method === 'between-groups']
  for (let b = 0; b < into.length; b++) {
    let low = Infinity
    let high = -Infinity
    let defined = 0
    for (let g = 0; g < groups.length; g++) {
      const value = (groups[g] as Float64Array)[b] as number
      if (value < low) low = value
      if (value > high) high = value
      if (value === value) defined++
    }
    const all = overall[b] as number
    const spread =
      defined < 2
        ? Number.NaN
        : between
          ? difference
            ? high - low
            : missing(low, high)
          : difference
            ? Math.max(high - all, all - low)
            : Math.max(missing(all, high), missing(low, all))
    // A draw without an answer in one rate has none at all.
    if (!(spread <= (into[b] as number)) && !Number.isNaN(into[b])) into[b] = spread
  }
}

/** The groups behind it. */
export function extremeOf(metric: Pick<GroupMetric, 'method' | 'kind'>, values: Float64Array): Extreme {
  const spread = spreadOf(metric, values)
  if (Number.isNaN(spread)) return { spread, low: -1, high: -1 }
  const groups = [...values.keys()].slice(0, -1).filter((g) => !Number.isNaN(values[g]))
  groups.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
  const low = groups[0] as number
  const high = groups.at(-1) as number
  if (metric.method === 'between-groups') return { spread, low, high }
  const pair = (g: number): number => spreadOf({ ...metric, method: 'between-groups' }, overallWith(values, g))
  return pair(high) > pair(low) ? { spread, low: -1, high } : { spread, low, high: -1 }
}

/** A group and all rows, as if they were two groups. */
const overallWith = (values: Float64Array, g: number): Float64Array =>
  Float64Array.of(values[g] as number, values.at(-1) as number, Number.NaN)

/** What a ratio of two rates lacks to 1, 0 / 0 undefined. */
const missing = (smaller: number, larger: number): number => (smaller < 0 ? Number.NaN : 1 - ratio(smaller, larger))

/** The metric's value where its spread is this. */
export const shownSpread = (metric: Pick<GroupMetric, 'kind'>, spread: number): number =>
  metric.kind === 'difference' ? spread : Math.max(0, 1 - spread)
