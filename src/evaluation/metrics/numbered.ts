import type { Task } from '../../core/task.ts'
import { fBetaFamily } from './confusion.ts'
import type { Family, Metric } from './family.ts'
import { topFamily } from './multiclass.ts'
import { gainsFamily, liftFamily } from './ranking.ts'
import { pinballFamily } from './regression.ts'

/** Metrics with a number in their name that anyone may choose: `f3`, `lift@5%`, `top-4-accuracy`, `pinball-p50`. */
const PATTERNS: readonly {
  readonly task: Task
  readonly pattern: RegExp
  readonly family: (number: number) => Family
}[] = [
  { task: 'binary', pattern: /^f(\d+(?:\.\d+)?)$/, family: fBetaFamily },
  { task: 'binary', pattern: /^lift@(\d+(?:\.\d+)?)%$/, family: liftFamily },
  { task: 'binary', pattern: /^gains@(\d+(?:\.\d+)?)%$/, family: gainsFamily },
  { task: 'multiclass', pattern: /^top-(\d+)-accuracy$/, family: topFamily },
  { task: 'regression', pattern: /^pinball-p(\d+(?:\.\d+)?)$/, family: pinballFamily },
]

/** One family for each name, so that it is the same metric wherever it is asked for. */
const made = new Map<string, Metric | undefined>()

/** The metric of such a name; undefined where it has another form. `config/metric-names.ts` says which numbers make sense. */
export function findNumberedMetric(task: Task, name: string): Metric | undefined {
  const known = PATTERNS.find((one) => one.task === task && one.pattern.test(name))
  if (known === undefined) return undefined
  if (!made.has(name)) made.set(name, known.family(Number(known.pattern.exec(name)?.[1])).metrics[0])
  return made.get(name)
}
