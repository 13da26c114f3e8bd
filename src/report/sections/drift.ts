import { formatNumber, formatPercent, formatProbability } from '../../core/format.ts'
import type { ColumnDrift, TriggerResult } from '../../triggers/types.ts'
import {
  chart,
  code,
  details,
  paragraph,
  strong,
  table,
  type Block,
  type Inline,
  type Section,
  type TableBlock,
} from '../document.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** Columns shown before the fold. */
const WORST = 6

/** How the features moved since the champion was trained; worst columns first. Empty where drift was not watched. */
export function driftSection(record: RunRecord): Section {
  const trigger = record.triggers.find((result) => result.trigger === 'drift')
  const evidence = trigger?.evidence ?? []
  return { id: 'drift', title: 'Drift', importance: 5, blocks: driftBlocks(trigger, evidence) }
}

function driftBlocks(trigger: TriggerResult | undefined, evidence: readonly ColumnDrift[]): readonly Block[] {
  if (!trigger || trigger.status === 'off') return [paragraph('The drift trigger is off: no column was compared.')]
  if (evidence.length === 0) return [paragraph(sentence(trigger.sentence))]
  const drifted = evidence.filter((column) => column.drifted)
  const head = evidence.slice(0, WORST)
  const rest = evidence.slice(WORST)
  const blocks: Block[] = [
    paragraph(
      strong(`${drifted.length} of ${evidence.length} watched columns drifted.`),
      ' A column drifts when its PSI is above the limit and its test is significant after Benjamini–Hochberg.',
    ),
    chart({
      kind: 'bars',
      title: 'Population stability index of the worst columns',
      unit: 'PSI',
      limit: null,
      bars: head.map((column) => ({
        label: column.column,
        value: column.psi,
        status: column.drifted ? 'bad' : 'none',
      })),
    }),
    driftTable(head),
  ]
  if (rest.length > 0) blocks.push(details(`The other ${rest.length} columns`, [driftTable(rest)]))
  return blocks
}

export function driftTable(columns: readonly ColumnDrift[]): TableBlock {
  const rows = columns.map((column): readonly Inline[] => [
    code(column.column),
    column.drifted ? strong('drifted') : 'no',
    formatNumber(column.psi, { digits: 3 }),
    formatNumber(column.psiIfUnchanged, { digits: 3 }),
    `${column.test === 'ks' ? 'KS' : 'χ²'} ${formatNumber(column.statistic)}`,
    formatProbability(column.qValue),
    missing(column),
    column.note,
  ])
  const titles = ['Column', 'Drifted', '>PSI', '>PSI if unchanged', '>Test', '>q-value', '>Missing', 'What changed']
  const terms = { PSI: 'psi', 'PSI if unchanged': 'psi-if-unchanged', 'q-value': 'q-value', Test: 'drift-test' }
  return table('Drift of the columns', titles, rows, terms)
}

function missing(column: ColumnDrift): string {
  const [before, now] = [formatPercent(column.missingBefore), formatPercent(column.missingNow)]
  return before === now ? now : `${before} → ${now}`
}
