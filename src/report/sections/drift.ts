import { formatNumber, formatPercent, formatProbability } from '../../core/format.ts'
import { scoreText } from '../../triggers/drift-text.ts'
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
  return {
    id: 'drift',
    title: 'Drift',
    importance: 5,
    blocks: driftBlocks(trigger, evidence, record.evaluation?.champion === null),
  }
}

/** @param first Whether this is the first version. */
function driftBlocks(
  trigger: TriggerResult | undefined,
  evidence: readonly ColumnDrift[],
  first: boolean,
): readonly Block[] {
  if (trigger?.status === 'off') return [paragraph('The drift trigger is off: no column was compared.')]
  if (!trigger)
    return [paragraph(`Drift was not looked at${first ? ': there is no version yet to compare the data with' : ''}.`)]
  if (evidence.length === 0) return [paragraph(sentence(trigger.sentence))]
  const features = evidence.filter((column) => (column.role ?? 'feature') === 'feature')
  const drifted = features.filter((column) => column.drifted)
  const beside = evidence.filter((column) => !features.includes(column))
  const head = features.slice(0, WORST)
  const rest = features.slice(WORST)
  const blocks: Block[] = [
    paragraph(
      strong(`${drifted.length} of ${features.length} watched columns drifted.`),
      ` A column drifts when its ${isMixed(features) ? 'score' : 'PSI'} is above the limit and its test is significant after Benjamini–Hochberg.`,
      ...(known(features) ? [' “Matters” is what the primary metric loses without the column.'] : []),
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
  if (beside.length > 0) blocks.push(besideTable(beside))
  if (rest.length > 0) blocks.push(details(`The other ${rest.length} columns`, [driftTable(rest)]))
  return blocks
}

export function driftTable(columns: readonly ColumnDrift[]): TableBlock {
  const matters = known(columns)
  const mixed = isMixed(columns)
  const rows = columns.map((column): readonly Inline[] => {
    const { text, value, ifUnchanged } = scoreText(column)
    return [
      code(column.column),
      column.drifted ? strong('drifted') : 'no',
      ...(matters ? [importance(column)] : []),
      mixed ? text : formatNumber(value, { digits: 3 }),
      formatNumber(ifUnchanged, { digits: 3 }),
      `${TESTS[column.test]} ${formatNumber(column.statistic)}`,
      formatProbability(column.qValue),
      missing(column),
      column.note,
    ]
  })
  const score = mixed ? ['>Score', '>If unchanged'] : ['>PSI', '>PSI if unchanged']
  const titles = ['Column', 'Drifted', ...(matters ? ['>Matters'] : []), ...score]
  const terms = { PSI: 'psi', 'PSI if unchanged': 'psi-if-unchanged', 'q-value': 'q-value', Test: 'drift-test' }
  return table('Drift of the columns', [...titles, '>Test', '>q-value', '>Missing', 'What changed'], rows, terms)
}

const TESTS: Readonly<Record<ColumnDrift['test'], string>> = { ks: 'KS', chi2: 'χ²', delong: 'AUC' }
const known = (columns: readonly ColumnDrift[]): boolean => columns.some(({ importance: loss }) => loss !== undefined)
/** Whether another measure than the PSI decides somewhere. */
const isMixed = (columns: readonly ColumnDrift[]): boolean => columns.some(({ method = 'psi' }) => method !== 'psi')
const importance = ({ importance: loss }: ColumnDrift): string =>
  loss === undefined ? '–' : formatNumber(loss, { digits: 3, signed: true })

/** Labels, predictions and the columns together: each a question of its own, with its own limit. */
function besideTable(parts: readonly ColumnDrift[]): TableBlock {
  const rows = parts.map((part): readonly Inline[] => {
    const { text, ifUnchanged } = scoreText(part)
    const number = (value: number | undefined): string => formatNumber(value, { digits: 2 })
    return [
      part.column,
      part.drifted ? strong('drifted') : 'no',
      text,
      number(ifUnchanged),
      number(part.threshold),
      formatProbability(part.pValue),
      part.note,
    ]
  })
  const titles = ['Beside the features', 'Drifted', '>Score', '>If unchanged', '>Limit', '>p-value', 'What changed']
  return table('Drift beside the features', titles, rows)
}

function missing(column: ColumnDrift): string {
  const [before, now] = [formatPercent(column.missingBefore), formatPercent(column.missingNow)]
  return before === now ? now : `${before} → ${now}`
}
