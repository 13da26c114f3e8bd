import { formatNumber } from '../../core/format.ts'
import { details, list, type Inline, type Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'

/** How to read the numbers: each definition once, at the end. */
export function definitionsSection(record: RunRecord): Section {
  const thresholds = Object.entries(record.evaluation.thresholds).map(
    ([role, value]) => `${role} ${formatNumber(value)}`,
  )
  const items: Inline[] = [
    'Baseline: always the most frequent class, or the mean. Champion: the version in production. Candidate: the new one.',
    'Better, not worse, worse, cannot tell: where the interval of the difference lies against zero and the margin. An interval that does not settle it is “cannot tell”, never a pass.',
    'Undefined: the metric has no value here (an empty denominator, one class). It is never shown as 0.',
    'PSI if unchanged: what the population stability index would be on average for samples of this size if nothing had changed.',
    'q-value: the p-value after Benjamini–Hochberg across the watched columns.',
  ]
  if (thresholds.length > 0) items.push(`Decision thresholds: ${thresholds.join(', ')}.`)
  const { metrics } = record.evaluation.candidate
  for (const metric of metrics) {
    if (metric.value === null) items.push(`${metric.metric} is undefined: ${metric.reason ?? 'no reason given'}.`)
  }
  return { id: 'definitions', title: '', importance: 2, blocks: [details('How to read these numbers', [list(items)])] }
}
