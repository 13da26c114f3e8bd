import type { Sample } from '../sample.ts'
import { absolute, defineFamily, type Family, type Metric, ratio, summed } from './family.ts'
import { decisions } from './multiclass.ts'

interface OneClass {
  readonly truth: number
  readonly decided: number
  readonly hits: number
}

/** `recall:gold`: one class of a multiclass task against all others. */
const PATTERN = /^(precision|recall|f1):(.+)$/

/** The metric of one class that a name such as `recall:gold` means; undefined where it has another form. */
export function findClassMetric(name: string): Metric | undefined {
  const [, kind, className] = PATTERN.exec(name) ?? []
  if (kind === undefined || className === undefined) return undefined
  const known = made.get(className) ?? classFamily(className)
  made.set(className, known)
  return known.metrics.find((metric) => metric.name === name)
}

/** One family for each class name, so that its metrics share a pass. */
const made = new Map<string, Family>()

export function classMetricNames(className: string): readonly string[] {
  return ['precision', 'recall', 'f1'].map((kind) => `${kind}:${className}`)
}

function classFamily(className: string): Family {
  const unknown = (sample: Sample): string | undefined =>
    sample.classNames.includes(className) ? undefined : `there is no class “${className}”`
  const common = { direction: 'higher', margin: 'absolute', defaultMargin: absolute(0.01) } as const
  return defineFamily<OneClass>(
    'multiclass',
    (sample) => {
      const wanted = sample.classNames.indexOf(className)
      const decided = decisions(sample)
      const is = (code: number | undefined): number => (code === wanted ? 1 : 0)
      const truth = sample.labels.map(is)
      const chosen = Float64Array.from(decided, is)
      const hits = truth.map((one, i) => one * (chosen[i] as number))
      return summed(
        sample,
        { rows: sample.rows, columns: [truth, chosen, hits] },
        (sums) => ({ truth: sums[1], decided: sums[2], hits: sums[3] }) as OneClass,
      )
    },
    [
      {
        ...common,
        name: `precision:${className}`,
        description: `Share of the rows decided “${className}” that are.`,
        proportion: (c) => ({ successes: c.hits, trials: c.decided }),
        value: (c) => ratio(c.hits, c.decided),
        undefinedBecause: (_, sample) => unknown(sample) ?? `no row is decided “${className}”`,
      },
      {
        ...common,
        name: `recall:${className}`,
        description: `Share of the rows of “${className}” that are found.`,
        proportion: (c) => ({ successes: c.hits, trials: c.truth }),
        value: (c) => ratio(c.hits, c.truth),
        undefinedBecause: (_, sample) => unknown(sample) ?? `no row is “${className}”`,
      },
      {
        ...common,
        name: `f1:${className}`,
        description: `Harmonic mean of precision and recall of “${className}”.`,
        value: (c) => ratio(2 * c.hits, c.truth + c.decided),
        undefinedBecause: (_, sample) => unknown(sample) ?? `no row is “${className}” and none is decided so`,
      },
    ],
  )
}
