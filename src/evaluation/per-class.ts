import type { Measurement } from './measure.ts'
import type { Metric } from './metrics/family.ts'
import { classMetricNames, findClassMetric } from './metrics/one-class.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'
import type { ClassResult, MetricValue, Role } from './types.ts'

/** With more classes than this, the largest are shown. */
const MOST_CLASSES = 20

/** The classes that are shown one by one, by falling number of rows. */
function shownClasses(sample: Sample): readonly { readonly name: string; readonly rows: number }[] {
  if (sample.task !== 'multiclass') return []
  const weights = sampleWeights(sample)
  const sizes = new Float64Array(sample.classes)
  sample.labels.forEach((label, row) => (sizes[label] = (sizes[label] as number) + (weights[row] as number)))
  return sample.classNames
    .map((name, code) => ({ name, rows: sizes[code] as number }))
    .toSorted((a, b) => b.rows - a.rows)
    .slice(0, MOST_CLASSES)
}

export function classMetrics(sample: Sample): readonly Metric[] {
  return shownClasses(sample).flatMap(({ name }) =>
    classMetricNames(name).map((metric) => findClassMetric(metric) as Metric),
  )
}

/** The metrics of each class of each model, as the measurement has them. */
export function classResults(
  models: readonly { readonly role: Role; readonly sample: Sample }[],
  measurement: Measurement,
): readonly ClassResult[] {
  return models.flatMap(({ role, sample }, model) => {
    if (role === 'baseline') return []
    const values = measurement.values(model)
    const find = (name: string): MetricValue => values.find((value) => value.metric === name) as MetricValue
    return shownClasses(sample).map(({ name, rows }): ClassResult => {
      const [precision, recall, f1] = classMetricNames(name) as [string, string, string]
      return { role, class: name, rows, precision: find(precision), recall: find(recall), f1: find(f1) }
    })
  })
}
