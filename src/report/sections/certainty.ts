import { formatBytes, formatLevel, formatNumber, formatPercent, formatProbability } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import {
  details,
  paragraph,
  status,
  table,
  term,
  type Block,
  type Inline,
  type Section,
  type Status,
} from '../document.ts'
import { candidateName, championName, digitsOf, withInterval } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

/** What a difference of metrics does not say: whose decision changes, whether it was luck, and what it costs. */
export function certaintySection(record: RunRecord): Section | undefined {
  const rows = [...churnRows(record), ...noiseRows(record), ...holdoutRows(record), ...footprintRows(record)]
  if (rows.length === 0) return undefined
  return {
    id: 'certainty',
    title: 'Certainty and cost',
    importance: 6,
    blocks: [
      table('Certainty and cost', ['What', 'Value', 'Meaning'], rows),
      ...seedBlocks(record),
      ...ledgerBlocks(record),
    ],
  }
}

type Row = readonly Inline[]

function churnRows(record: RunRecord): readonly Row[] {
  const { churn } = record.evaluation
  if (churn === undefined) return []
  const moved =
    churn.tolerance === undefined
      ? 'Rows whose decision is another one'
      : `Rows whose prediction moves by more than ${formatNumber(churn.tolerance)}`
  const rows: Row[] = [
    [
      term('churn', 'Changed decisions'),
      withInterval(formatPercent(churn.share), churn.interval, formatPercent),
      `${moved} with ${candidateName(record)}, of ${count(churn.rows, 'held-out row')}.`,
    ],
  ]
  if (churn.newlyWrong !== null && churn.newlyRight !== null) {
    rows.push([
      term('newly-wrong', 'Newly wrong'),
      withInterval(formatPercent(churn.newlyWrongShare), churn.newlyWrongInterval, formatPercent),
      [
        `${count(churn.newlyWrong, 'row')} became wrong, ${formatNumber(churn.newlyRight)} became right`,
        churn.pValue === null ? '.' : [' (', term('mcnemar', 'McNemar'), ` p ${formatProbability(churn.pValue)}).`],
      ],
    ])
  }
  return rows
}

function noiseRows(record: RunRecord): readonly Row[] {
  const { trainingNoise: noise } = record.evaluation
  if (noise === undefined) return []
  const mark: Status = noise.exceeds === null ? 'none' : noise.exceeds ? 'good' : 'unknown'
  const digits = digitsOf(noise.values, noise.noise)
  return [
    [
      [mark === 'none' ? '' : [status(mark), ' '], term('training-noise', 'Noise of training')],
      `± ${formatNumber(noise.noise, { digits })} ${noise.metric}`,
      sentence(noise.sentence),
    ],
  ]
}

const USE_STATUS = { fresh: 'good', used: 'none', wearing: 'unknown', spent: 'bad' } as const

function holdoutRows(record: RunRecord): readonly Row[] {
  const { holdoutUse: use } = record.evaluation
  if (use === undefined) return []
  const mark = USE_STATUS[use.status]
  const level =
    use.correctedLevel === use.level
      ? ''
      : ` Intervals against the champion are at ${formatLevel(use.correctedLevel)} instead of ${formatLevel(use.level)}.`
  return [
    [
      [mark === 'none' ? '' : [status(mark), ' '], term('holdout-use', 'Use of the holdout')],
      `${formatNumber(use.uses, Number.isInteger(use.uses) ? {} : { digits: 1 })} of ${formatNumber(use.budget)}`,
      `${sentence(use.sentence)}${use.sentence.includes('%') ? '' : level}`,
    ],
  ]
}

function footprintRows(record: RunRecord): readonly Row[] {
  const { footprint } = record.evaluation
  if (footprint === undefined) return []
  const before =
    footprint.championBytes === undefined ? '' : `${championName(record)} has ${formatBytes(footprint.championBytes)}.`
  const rows: Row[] = [['Size', formatBytes(footprint.bytes), before]]
  const { latency, throughput } = footprint
  const ms = (value: number): string => `${formatNumber(value, value < 10 ? { digits: 2 } : {})} ms`
  if (latency !== null)
    rows.push([
      'Latency of one row',
      { kind: 'volatile', of: `${ms(latency.p50)}, 95 % below ${ms(latency.p95)}` },
      { kind: 'volatile', of: `Median of ${count(latency.calls, 'call')} on the machine of this run.` },
    ])
  if (throughput !== null)
    rows.push([
      'Throughput',
      { kind: 'volatile', of: `${formatNumber(Math.round(throughput.rowsPerSecond))} rows per second` },
      { kind: 'volatile', of: `One batch of ${count(throughput.rows, 'row')}.` },
    ])
  return rows
}

function seedBlocks(record: RunRecord): readonly Block[] {
  const { trainingNoise: noise } = record.evaluation
  if (noise === undefined || noise.seeds.length < 2) return []
  const digits = digitsOf(noise.values, noise.sd)
  const rows = noise.seeds.map((seed, index): Row => [
    index === 0 ? `${seed} (this candidate)` : String(seed),
    formatNumber(noise.values[index], { digits }),
  ])
  rows.push(['mean', formatNumber(noise.mean, { digits })], ['standard deviation', formatNumber(noise.sd, { digits })])
  return [
    details(`The same recipe with ${noise.seeds.length} seeds`, [table('Seeds', ['Seed', `>${noise.metric}`], rows)]),
  ]
}

function ledgerBlocks(record: RunRecord): readonly Block[] {
  const earlier = record.evaluation.holdoutUse?.earlier ?? []
  if (earlier.length === 0) return []
  const rows = earlier
    .slice(0, 50)
    .map((use): Row => [
      use.at,
      { kind: 'code', text: use.candidateId.slice(0, 19) },
      formatNumber(use.rows),
      formatPercent(use.overlap),
    ])
  return [
    details(`Earlier choices on these rows (${earlier.length})`, [
      table('Earlier uses of the holdout', ['When', 'Candidate', '>Held-out rows', '>Of today’s rows'], rows),
      paragraph('A use counts by the share of today’s held-out rows that it had seen.'),
    ]),
  ]
}
