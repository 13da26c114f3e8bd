import type { Task } from '../../core/task.ts'
import { findMetric } from '../../evaluation/metrics.ts'
import type { Definition } from '../document.ts'
import type { Entry } from './entry.ts'
import { METRIC_ENTRIES, patternEntry } from './metrics.ts'
import { fairnessEntry, FAIRNESS_ENTRIES, TEST_ENTRIES } from './tests.ts'

const ENTRIES: ReadonlyMap<string, Entry> = new Map(
  [...METRIC_ENTRIES, ...FAIRNESS_ENTRIES, ...TEST_ENTRIES].map((entry) => [entry[0], entry]),
)

/** What a name in a table means: formula and source. A metric that is new here is explained by its own description. */
export function define(term: string, task: Task): Definition | undefined {
  const values = task === 'regression' ? fairnessEntry(term, task) : undefined
  const entry = values ?? ENTRIES.get(term) ?? fairnessEntry(term, task) ?? patternEntry(term) ?? described(term, task)
  if (entry === undefined) return undefined
  const [, text, formula, source] = entry
  const name = TITLES[term] ?? term
  return { term, name, text, formula, source: source && { text: source.text, url: source.url } }
}

function described(term: string, task: Task): Entry | undefined {
  const metric = findMetric(task, term)
  return metric && [term, metric.description, undefined, undefined]
}

/** Names that are no metric names read better in words. */
const TITLES: Readonly<Record<string, string>> = {
  difference: 'Difference',
  interval: 'Interval',
  reading: 'Reading: better, not worse, worse, cannot tell',
  margin: 'Margin',
  gate: 'Gate',
  delong: 'DeLong’s method',
  bootstrap: 'Paired bootstrap (BCa)',
  mcnemar: 'McNemar’s test (mid-p)',
  wilson: 'Wilson interval',
  churn: 'Prediction churn',
  'newly-wrong': 'Newly wrong',
  'training-noise': 'Noise of training',
  'holdout-use': 'Use of the holdout',
  segment: 'Segments found by searching',
  consistency: 'Consistency',
  'flip-test': 'Flip test',
  'spread-interval': 'Inverted test of a distance between groups',
  'label-rate': 'Label rate',
  chi2: 'χ² test',
  behaviour: 'Behaviour checks',
  psi: 'PSI',
  'psi-if-unchanged': 'PSI if unchanged',
  'drift-test': 'Test of a column’s drift',
}
