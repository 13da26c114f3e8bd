import { closest } from '../core/suggest.ts'
import type { ParsedModel } from './expand.ts'
import type { Report } from './issues.ts'
import { findMetric, METRIC_NAMES, METRICS } from './metric-names.ts'
import type { Path } from './places.ts'

/** Names that are patterns, for the hint. */
const OTHERS = [
  { task: 'binary', name: 'f and any β (f3)' },
  { task: 'binary', name: 'lift@ and gains@ of any share (lift@5%)' },
  { task: 'multiclass', name: 'top-k-accuracy of any k' },
  { task: 'multiclass', name: 'precision:, recall: or f1: and a class (recall:gold)' },
  { task: 'regression', name: 'pinball-p and any percent (pinball-p50)' },
] as const

/** What other libraries call them, without the marks between the words. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['rocauc', 'auc'],
  ['aucroc', 'auc'],
  ['auroc', 'auc'],
  ['averageprecision', 'pr-auc'],
  ['aucpr', 'pr-auc'],
  ['auprc', 'pr-auc'],
  ['crossentropy', 'log-loss'],
  ['sensitivity', 'recall'],
  ['tpr', 'recall'],
  ['tnr', 'specificity'],
  ['ppv', 'precision'],
  ['mse', 'rmse'],
  ['medae', 'median-ae'],
  ['quantileloss', 'pinball-p50'],
  ['pinballloss', 'pinball-p50'],
])

/** Fairness metrics in short: there are many, and all are made alike. */
function notionsOf(names: readonly string[]): readonly string[] {
  const notions = new Set(
    names.flatMap((name) => /^(.+-(?:parity|odds|opportunity|calibration))-difference$/.exec(name)?.[1] ?? []),
  )
  if (notions.size === 0) return []
  return [`${[...notions].join(', ')} (each -difference or -ratio, as it is or -to-overall)`]
}

/** Whether the metric exists for the task; reports where it does not. */
export function checkMetric(name: string, path: Path, model: ParsedModel, report: Report, gate: boolean): boolean {
  const metric = findMetric(name)
  const fitting = METRICS.filter(
    (other) =>
      (model.task === undefined || other.tasks.includes(model.task)) &&
      (gate || (other.fairness !== true && other.only !== 'gate')),
  ).map((other) => other.name)
  const spelled = [...fitting.filter((one) => findMetric(one)?.fairness !== true), ...notionsOf(fitting)]
  const more = [...spelled, ...OTHERS.flatMap((other) => (model.task === other.task ? [other.name] : []))]
  const hint = `Metrics${model.task === undefined ? '' : ` of a ${model.task} task`}: ${more.join(', ')}.`
  if (metric === undefined) {
    const meant = OTHER_NAMES.get(name.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? closest(name, METRIC_NAMES)
    report(path, `unknown metric "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`, hint)
    return false
  }
  const fits = model.task === undefined || metric.tasks.includes(model.task)
  if (!fits || (METRICS.includes(metric) && !fitting.includes(name))) {
    report(
      path,
      (metric.fairness === true || metric.only === 'gate') && !gate
        ? `${name} cannot be the metric here`
        : `${name} is no metric of a ${model.task} task`,
      hint,
    )
    return false
  }
  if (name === 'value' && model.evaluate.value === undefined) {
    report(path, 'the metric value needs evaluate.value', 'Add for example value: {tp: 100, fp: -10}.')
    return false
  }
  return true
}
