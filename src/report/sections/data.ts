import { isoTime } from '../../core/clock.ts'
import { formatBytes, formatNumber, formatPercent } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import type { DataReport, QualityFinding } from '../../data/types.ts'
import { code, details, list, paragraph, strong, table, type Block, type Inline, type Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** Window, rows, what was dropped, and what the quality checks found. */
export function dataSection(record: RunRecord): Section {
  const { data, evaluation, training, quality } = record
  const { heldOut } = data
  const dropped = data.rowsRead - data.rowsKept
  const rows: (readonly Inline[])[] = [
    ['Window', windowText(data.window)],
    ['Rows read', formatNumber(data.rowsRead)],
    ['Rows dropped', droppedText(data)],
    ['Trained on', count(training.rows, 'row')],
    ['Validated on', `${count(training.validationRows, 'row')} (early stopping)`],
    ['Held out', `${count(evaluation.holdout.rows, 'row')}: ${evaluation.holdout.description}`],
    ...heldOutRows(heldOut),
    ['Files', filesText(data.files)],
    ['Fingerprint', code(data.fingerprint)],
  ]
  const unseen = evaluation.holdout.unseen?.rows ?? 0
  const unused =
    data.rowsKept - training.rows - training.validationRows - (heldOut ? 0 : evaluation.holdout.rows + unseen)
  rows.splice(
    6,
    0,
    ...(unused > 0 ? [['In neither', `${count(unused, 'row')}: ${whyUnused(record)}`]] : []),
    ...(unseen > 0 ? [['Held out, not judged', `${count(unseen, 'row')} of a class that no training row has`]] : []),
    ...(evaluation.champion === null ? [] : [['Unseen by the champion', championSafe(record)]]),
  )
  const blocks: Block[] = [table('The data', ['What', 'Value'], rows), ...qualityBlocks(record)]
  const left = [...data.dropped, ...(heldOut?.dropped ?? [])]
  if (left.length > 0) {
    const reasons = left.map((drop): readonly Inline[] => [
      drop.reason,
      formatNumber(drop.rows),
      drop.example ? code([drop.example.file, drop.example.line].filter((part) => part !== undefined).join(':')) : '–',
    ])
    const all = dropped + (heldOut ? heldOut.rowsRead - heldOut.rowsKept : 0)
    blocks.push(
      details(`Rows that were dropped (${formatNumber(all)})`, [
        table('Dropped rows', ['Reason', '>Rows', 'First'], reasons),
      ]),
    )
  }
  const files = data.files.length + (heldOut?.files.length ?? 0)
  blocks.push(details(`Columns (${data.columns.length}) and files (${files})`, inventory(record)))
  return {
    id: 'data',
    title: 'Data',
    importance: quality.some((finding) => finding.severity === 'stop') ? 8 : 6,
    blocks,
  }
}

type Read = Pick<DataReport, 'rowsRead' | 'rowsKept'>

function droppedText({ rowsRead, rowsKept }: Read): string {
  const dropped = rowsRead - rowsKept
  return dropped > 0 ? `${formatNumber(dropped)} (${formatPercent(dropped / rowsRead)})` : '0'
}

const filesText = (files: DataReport['files']): string =>
  `${count(files.length, 'file')}, ${formatBytes(files.reduce((sum, file) => sum + file.bytes, 0))}`

/** What was read of held-out files beside the data; nothing where rows of the data are held out. */
function heldOutRows(heldOut: DataReport['heldOut']): readonly (readonly Inline[])[] {
  if (heldOut === undefined) return []
  const { rowsRead, window, files } = heldOut
  return [
    ['Held-out files', `${filesText(files)}, ${count(rowsRead, 'row')}; dropped of them: ${droppedText(heldOut)}`],
    ...(window === undefined ? [] : [['Window of the held-out files', windowText(window)]]),
  ]
}

/** Why rows were neither learned from nor judged, as far as the record shows. */
function whyUnused({ training }: RunRecord): string {
  const { incremental, window, config } = training
  if (incremental !== undefined && 'from' in incremental) return 'older rows that were not replayed'
  const windowed = (window !== undefined && window.from !== null) || typeof config.window === 'object'
  return windowed ? 'outside of the training window' : 'left out of training and holdout; the record does not say why'
}

function championSafe(record: RunRecord): string {
  const { championSafe: safe, championWhy: why, note } = record.evaluation.holdout
  if (safe) return why === undefined ? 'yes, as recorded; how it is known was not' : `yes: ${why}`
  return `not certain${note ? `: ${note}` : ''}`
}

/** What was looked at where nothing was found: rules of one’s own only where there are such. */
const LOOKED_AT =
  'No finding. Looked at: labels, duplicates, mixed types, constant and mostly missing columns, left-out rows; the rules of expect and of the committed schema where there are any. Leaks are told under Behaviour.'

function qualityBlocks({ quality }: RunRecord): readonly Block[] {
  return quality.length === 0 ? [paragraph(LOOKED_AT)] : findingBlocks(quality)
}

/** What is wrong with data, the gravest first. */
export function findingBlocks(quality: readonly QualityFinding[]): readonly Block[] {
  if (quality.length === 0) return []
  const order = { stop: 0, warn: 1 } as const
  const findings = [...quality].sort((a, b) => order[a.severity] - order[b.severity])
  const item = (finding: QualityFinding): Inline => [
    strong(finding.severity === 'stop' ? 'Stop:' : 'Warning:'),
    ' ',
    sentence(finding.sentence),
  ]
  const shown = list(findings.slice(0, 8).map(item))
  if (findings.length <= 8) return [shown]
  return [shown, details(`${findings.length - 8} more findings`, [list(findings.slice(8, 60).map(item))])]
}

function inventory(record: RunRecord): readonly Block[] {
  const { data } = record
  const columns = data.columns.map((column): readonly Inline[] => [
    code(column.name),
    column.kind,
    column.role,
    data.rowsKept > 0 ? formatPercent(column.missing / data.rowsKept) : '–',
    formatNumber(column.distinct),
    column.notes.join('; '),
  ])
  const { heldOut } = data
  const all = [...data.files, ...(heldOut?.files ?? [])]
  const files = all.map((file, i): readonly Inline[] => [
    i < data.files.length ? code(file.path) : [code(file.path), ' (held out)'],
    formatNumber(file.rows),
    formatBytes(file.bytes),
    code(file.sha256.slice(0, 12)),
  ])
  return [
    table('Columns', ['Column', 'Kind', 'Role', '>Missing', '>Distinct', 'Notes'], columns),
    table('Files', ['File', '>Rows', '>Size', 'sha256'], files),
  ]
}

export function windowText(window: { readonly from: number; readonly to: number } | undefined): string {
  if (!window) return 'no time column'
  const [from, to] = [isoTime(window.from), isoTime(window.to)]
  return `${from.replace('T00:00:00Z', '')} … ${to.replace('T00:00:00Z', '')}`
}
