import { termsOf } from '../../stats/sums.ts'
import type { Sample } from '../sample.ts'
import { absolute, defineFamily, type Family, type Metric, ratio, summed } from './family.ts'
import { decisions } from './decisions.ts'

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
      const terms = termsOf(sample.rows, (from, to) => {
        const rows = to - from
        const decided = decisions(sample, from, to)
        const [truth, chosen, hits] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
        for (let i = 0; i < rows; i++) {
          truth[i] = sample.labels[from + i] === wanted ? 1 : 0
          chosen[i] = decided[i] === wanted ? 1 : 0
          hits[i] = (truth[i] as number) * (chosen[i] as number)
        }
        return { rows, columns: [truth, chosen, hits] }
      })
      return summed(sample, terms, (sums) => ({ truth: sums[1], decided: sums[2], hits: sums[3] }) as OneClass)
    },
    [
      {
        ...common,
        name: `precision:${className}`,
        description: `Share of the rows decided “${className}” that are.`,
        proportion: (c) => ({ successes: c.hits, trials: c.decided }),
        value: (c) => ratio(c.hits, c.decided),
        rests: (c) => c.decided,
        undefinedBecause: (_, sample) => unknown(sample) ?? `no row is decided “${className}”`,
      },
      {
        ...common,
        name: `recall:${className}`,
        description: `Share of the rows of “${className}” that are found.`,
        proportion: (c) => ({ successes: c.hits, trials: c.truth }),
        value: (c) => ratio(c.hits, c.truth),
        rests: (c) => c.truth,
        undefinedBecause: (_, sample) => unknown(sample) ?? `no row is “${className}”`,
      },
      {
        ...common,
        name: `f1:${className}`,
        description: `Harmonic mean of precision and recall of “${className}”.`,
        value: (c) => ratio(2 * c.hits, c.truth + c.decided),
        rests: (c) => (c.truth + c.decided) / 2,
        undefinedBecause: (_, sample) => unknown(sample) ?? `no row is “${className}” and none is decided so`,
      },
    ],
  )
}
