import { formatNumber } from '../../core/format.ts'
import {
  details,
  list,
  only,
  paragraph,
  termsOf,
  type Block,
  type Definition,
  type Inline,
  type Section,
} from '../document.ts'
import { define } from '../glossary/index.ts'
import { FAIRNESS_ENTRIES } from '../glossary/tests.ts'
import type { RunRecord } from '../run-record.ts'

const NOT_IN_TEXT: ReadonlySet<string> = new Set([
  'difference',
  'interval',
  'reading',
  'margin',
  'gate',
  'q-value',
  'psi-if-unchanged',
  'wilson',
  'spread-interval',
  ...FAIRNESS_ENTRIES.map(([name]) => name),
])

/** How to read the numbers, and what each name in these sections means: each definition once, at the end. */
export function definitionsSection(record: RunRecord, sections: readonly Section[]): Section {
  const thresholds = Object.entries(record.evaluation.thresholds).map(
    ([role, value]) => `${role} ${formatNumber(value)}`,
  )
  const items: Inline[] = [
    'Baseline: always the most frequent class, or the mean. Champion: the version that the default branch names. Candidate: the new one.',
    'Where the interval of the difference lies against zero and the margin. All of it above zero: better, or where so much was compared that it may be chance “not worse, perhaps better”. All above the margin: not worse, or where all of it is below zero slightly worse, within the margin. All below the margin: worse, or of one of many slices “worse, perhaps by chance”. An interval that does not settle it is “cannot tell”, or where all of it is below zero “worse, perhaps by more than the margin”; never a pass.',
    'Undefined: the metric has no value here (an empty denominator, one class). It is never shown as 0.',
    'PSI if unchanged: what the population stability index would be on average for samples of this size if nothing had changed.',
    'q-value: the p-value after Benjamini–Hochberg across everything that was looked at.',
  ]
  if (thresholds.length > 0) items.push(`Decision thresholds: ${thresholds.join(', ')}.`)
  const { metrics } = record.evaluation.candidate
  for (const metric of metrics) {
    if (metric.value === null) items.push(`${metric.metric} is undefined: ${metric.reason ?? 'no reason given'}.`)
  }
  const entries = definitionsOf(record, sections)
  // What the list above says, or the page alone shows, needs no word in a pull request.
  const short = entries.filter((entry) => !NOT_IN_TEXT.has(entry.term))
  const folded: Block[] = [list(items), ...(short.length > 0 ? [{ kind: 'definitions' as const, entries: short }] : [])]
  return {
    id: 'definitions',
    title: '',
    importance: 2,
    blocks: [
      only('markdown', [details('How to read these numbers', folded)]),
      only('html', [
        list(items),
        paragraph('Every name that is underlined in a table leads here.'),
        { kind: 'definitions', entries },
      ]),
    ],
  }
}

/** Of every name that these sections refer to, in the order of reading. */
export function definitionsOf(record: RunRecord, sections: readonly Section[]): readonly Definition[] {
  const terms = [...new Set(sections.flatMap((section) => termsOf(section.blocks)))]
  return terms.flatMap((name) => define(name, record.task) ?? [])
}
