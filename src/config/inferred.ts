import { compileFormula } from '../core/formula.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Task } from '../core/task.ts'
import type { ParsedModel } from './expand.ts'
import type { Problem } from './issues.ts'
import { together, toError } from './load.ts'
import { readYaml } from './places.ts'
import { configSchema } from './schema.ts'
import { checkModel } from './semantics.ts'

/** What only the data can tell about a model. */
export interface DataFacts {
  readonly task: Task
  /** Class names; empty for a regression. */
  readonly classes: readonly string[]
  /** Default: unknown. */
  readonly columns?: readonly { readonly name: string; readonly kind: 'number' | 'category' | 'time' }[] | undefined
}

/**
 * Holds a configuration against what its data turned out to be: where the task is inferred, a metric that the task does
 * not have; a class or a column that is not there. Before anything is trained, at its line, as every other mistake.
 *
 * @param text The configuration file; a model that it does not have is not checked.
 * @throws RefitError `config`, with all further mistakes in `others`.
 */
export function checkAgainstData(text: string, file: string, name: string, facts: DataFacts): void {
  const source = readYaml(text, file)
  const parsed = configSchema.safeParse(source.value)
  const model = parsed.success ? parsed.data.models[name] : undefined
  if (model === undefined) return
  const problems = [
    ...checkModel({ ...model, task: facts.task }),
    ...(facts.task === 'multiclass' ? unknownClasses(model, facts.classes) : []),
    ...(facts.columns === undefined ? [] : unknownColumns(model, facts.columns)),
  ]
  if (problems.length === 0) return
  throw together(problems.map((one) => toError({ ...one, path: ['models', name, ...one.path] }, source)))
}

/** `recall:gold` where no row is gold. */
function unknownClasses(model: ParsedModel, classes: readonly string[]): readonly Problem[] {
  const { primary, metrics } = model.evaluate
  const named = [
    ...(primary === undefined ? [] : [{ name: primary, path: ['evaluate', 'primary'] }]),
    ...metrics.map((name, i) => ({ name, path: ['evaluate', 'metrics', i] })),
    ...(model.gates ?? []).map(({ metric }, i) => ({ name: metric, path: ['gates', i, 'metric'] })),
  ]
  return named.flatMap(({ name, path }): Problem[] => {
    const wanted = /^(?:precision|recall|f1):(.+)$/s.exec(name)?.[1]
    if (wanted === undefined || classes.includes(wanted)) return []
    const some = `${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}`
    const sentence = `${name}: the label has no class "${wanted}"${didYouMean(wanted, classes)}`
    return [{ path, at: 'value', sentence, hint: `Classes: ${some}.` }]
  })
}

/** Columns of the value formula that are not there, or hold no numbers. */
function unknownColumns(model: ParsedModel, columns: NonNullable<DataFacts['columns']>): readonly Problem[] {
  const { value } = model.evaluate
  if (value === undefined || !('formula' in value)) return []
  const numbers = columns.filter((column) => column.kind === 'number').map((column) => column.name)
  return compileFormula(value.formula).columns.flatMap((name): Problem[] => {
    const column = columns.find((one) => one.name === name)
    if (column?.kind === 'number') return []
    const sentence =
      column === undefined
        ? `the formula names "${name}", which is no column of the data${didYouMean(name, numbers)}`
        : `the formula names the column "${name}", which holds no numbers`
    const spelled = numbers.map((one) => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(one) ? one : `\`${one}\``))
    const hint = `Numeric columns: ${spelled.join(', ')} (names with other characters than letters, digits and _ in backquotes).`
    return [{ path: ['evaluate', 'value', 'formula'], at: 'value', sentence, hint }]
  })
}
