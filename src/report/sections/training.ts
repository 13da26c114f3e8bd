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
    details('Configuration and loss by epoch', [configTable(record), ...historyBlocks(record)]),
  ]
  return { id: 'training', title: 'Training', importance: 3, blocks }
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
