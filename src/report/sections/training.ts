import { formatDuration } from '../../core/clock.ts'
import { formatBytes, formatNumber } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import { chart, code, details, paragraph, table, volatile, type Block, type Inline, type Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'

/** What was trained, and how it went. */
export function trainingSection(record: RunRecord): Section {
  const { training } = record
  const summary = [
    `${training.model} (${training.trainer} on ${training.engine} ${training.engineVersion})`,
    `${count(training.rows, 'row')} × ${count(training.features, 'feature')}`,
    `${count(training.parameters, 'parameter')}`,
    `${count(training.epochs, 'epoch')}, the best was ${training.bestEpoch}`,
    `seed ${training.seed}`,
    formatBytes(record.artifact.bytes),
  ]
  const seconds = Object.entries(record.timings)
  const took = seconds.map(([phase, value]) => `${phase} ${formatDuration(value * 1000)}`).join(', ')
  const blocks: Block[] = [
    paragraph(`${summary.join(' · ')}.`, seconds.length > 0 ? volatile(` Took: ${took}.`) : ''),
    ...windowBlocks(record),
    ...incrementalBlocks(record),
    details('Configuration and loss by epoch', [configTable(record), ...historyBlocks(record)]),
  ]
  return { id: 'training', title: 'Training', importance: 3, blocks }
}

/** How far back was trained, and what was tried. */
function windowBlocks({ training }: RunRecord): readonly Block[] {
  const { window } = training
  if (window === undefined || window.tried.length === 0) return []
  const lines = window.tried.map((one): readonly Inline[] => [
    one.from,
    formatNumber(one.rows),
    formatNumber(one.tested),
    formatNumber(one.loss, { digits: 4 }),
    formatNumber(one.all, { digits: 4 }),
    one.better ? 'yes' : 'no',
  ])
  const titles = ['From', '>Rows', '>Tested on', '>Squared error', '>Of all rows before', 'Better beyond chance']
  return [
    paragraph(`Trained on ${window.reason}.`),
    details('Training windows that were tried', [table('Training windows', titles, lines)]),
  ]
}

/** How the candidate came out of the champion, and how it would have done on the way. */
function incrementalBlocks({ training }: RunRecord): readonly Block[] {
  const { incremental } = training
  if (incremental === undefined) return []
  if ('why' in incremental) return [paragraph(`Trained from scratch, not on from the champion: ${incremental.why}.`)]
  const { from, newRows, replayed, prequential } = incremental
  const { metric, rows, value, champion, batches } = prequential
  const learned = `Learned on from v${from}, with ${count(newRows, 'new row')} and ${count(replayed, 'older one')} again.`
  const scored = `Prequential ${metric} ${formatNumber(value)} on ${count(rows, 'row')} (each tested on before it was trained on); v${from} as it is: ${formatNumber(champion)}.`
  const lines = batches.map((batch): readonly Inline[] => [
    batch.until,
    formatNumber(batch.rows),
    formatNumber(batch.value),
    formatNumber(batch.champion),
  ])
  const titles = ['Until', '>Rows', `>Prequential ${metric}`, `>v${from} as it is`]
  return [paragraph(learned, ' ', scored), details('Prequential score by batch', [table('Prequential', titles, lines)])]
}

function configTable(record: RunRecord): Block {
  const rows = Object.entries(record.training.config)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): readonly Inline[] => [code(key), code(configText(key, value))])
  return table('Training configuration', ['Setting', 'Value'], rows)
}

function configText(key: string, value: unknown): string {
  if (key === 'window' && typeof value === 'number' && value >= 86_400_000) return formatDuration(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function historyBlocks(record: RunRecord): readonly Block[] {
  const { history, bestEpoch } = record.training
  if (history.length === 0) return []
  const x = history.map((epoch) => epoch.epoch)
  const rows = history.map((epoch): readonly Inline[] => [
    epoch.epoch === bestEpoch ? `${epoch.epoch} (best)` : String(epoch.epoch),
    formatNumber(epoch.loss, { digits: 4 }),
    formatNumber(epoch.validationLoss, { digits: 4 }),
  ])
  return [
    chart({
      kind: 'lines',
      title: 'Validation loss by epoch',
      x: 'epoch',
      y: 'loss',
      unit: false,
      diagonal: null,
      series: [
        { name: 'validation loss', tone: 'candidate', x, y: history.map((epoch) => epoch.validationLoss) },
        { name: 'training loss', tone: 'champion', x, y: history.map((epoch) => epoch.loss) },
      ],
    }),
    table('Loss by epoch', ['>Epoch', '>Training loss', '>Validation loss'], rows),
  ]
}
