import { formatInterval, formatLevel, formatNumber } from '../core/format.ts'
import { readingOf } from '../evaluation/reading.ts'
import { groupText } from '../evaluation/groups.ts'
import type { EvaluatedModel, GateResult, Interval, MetricComparison, MetricValue } from '../evaluation/types.ts'
import type { Status } from './document.ts'
import type { RunRecord } from './run-record.ts'

/** What several sections read out of a record. */

export const championName = (record: RunRecord): string =>
  record.champion === null ? 'no champion' : `v${record.champion.version}`
export const candidateName = (record: RunRecord): string => `v${record.candidateVersion}`

/** What was not looked at although a column may be there for it. */
export const notLookedAt = ({ evaluation: { leaks } }: RunRecord): readonly string[] =>
  (leaks?.checks ?? []).flatMap((check) =>
    check.status === 'not-looked' && (check.maybe?.length ?? 0) > 0 ? [check.sentence] : [],
  )

/** `Strongest single columns: tenure (AUC 0.739), plan (AUC 0.737).`; undefined where none was scored. */
export function strongestText({ evaluation: { leaks } }: RunRecord): string | undefined {
  const told = (leaks?.strongest ?? []).filter(({ text }) => text !== '')
  if (told.length === 0) return undefined
  const names = told.map(({ column, text, presence }) => `${column}${presence ? ' by its presence' : ''} (${text})`)
  return `Strongest single ${told.length === 1 ? 'column' : 'columns'}: ${names.join(', ')}.`
}

/** Where the whole of it lies, for what a body has no room for. */
export const recordPath = (record: RunRecord): string => `${record.artifact.folder}/record.json`

export function metricOf(model: EvaluatedModel | null, metric: string): MetricValue | undefined {
  return model?.metrics.find((value) => value.metric === metric)
}

export function comparisonOf(
  record: RunRecord,
  metric: string,
  versus: 'champion' | 'baseline',
): MetricComparison | undefined {
  return record.evaluation.comparisons.find(
    (comparison) => comparison.metric === metric && comparison.versus === versus,
  )
}

/** The comparison a reader looks at first: with the champion, or with the baseline where there is none. */
export const mainRival = (record: RunRecord): 'champion' | 'baseline' =>
  record.evaluation.champion === null ? 'baseline' : 'champion'

/** The primary metric first, then as evaluated; without repeats. */
export function metricNames(record: RunRecord): readonly string[] {
  const { primary, candidate, champion, baseline } = record.evaluation
  const all = [candidate, champion, baseline].flatMap((model) => model?.metrics.map((value) => value.metric) ?? [])
  return [...new Set([...all.filter((metric) => metric === primary), ...all])]
}

/** Decimals for one row of numbers: three for shares, fewer for large ones, one more where a difference is tiny. */
export function digitsOf(values: readonly (number | null | undefined)[], difference?: number | null): number {
  const size = Math.max(0, ...values.map((value) => Math.abs(value ?? 0)).filter(Number.isFinite))
  if (size >= 1000) return 0
  if (size >= 100) return 1
  if (size >= 10) return 2
  return difference !== null && difference !== undefined && difference !== 0 && Math.abs(difference) < 0.00095 ? 4 : 3
}

/** `+0.021 (95 % interval +0.012 … +0.030)`. */
export function differenceText(comparison: MetricComparison, digits: number): string {
  const difference = formatNumber(comparison.difference, { digits, signed: true })
  if (comparison.interval === null) return `${difference} (no interval)`
  const interval = formatInterval(comparison.interval, { digits, signed: true })
  return `${difference} (${formatLevel(comparison.interval.level)} interval ${interval})`
}

/** `better`, `not worse, perhaps better`, `slightly worse, within the margin`, …. */
export const conclusionText: (comparison: MetricComparison) => string = readingOf

const CONCLUSION_STATUS: Readonly<Record<MetricComparison['conclusion'], Status>> = {
  better: 'good',
  'not-worse': 'none',
  worse: 'bad',
  'cannot-tell': 'unknown',
}
export const conclusionStatus = (comparison: MetricComparison): Status => CONCLUSION_STATUS[comparison.conclusion]

const OUTCOME_STATUS = { pass: 'good', fail: 'bad', inconclusive: 'unknown' } as const
export const outcomeStatus = (outcome: GateResult['status']): Status => OUTCOME_STATUS[outcome]

/** `95 % interval` when all intervals share a level, otherwise `Interval`. */
export function intervalTitle(intervals: readonly (Interval | null | undefined)[]): string {
  const levels = new Set(intervals.flatMap((interval) => (interval ? [interval.level] : [])))
  const [level] = levels
  return levels.size === 1 && level !== undefined ? `${formatLevel(level)} interval` : 'Interval'
}

/** `3 of 3 gates passed`, `1 of 3 gates failed, 1 inconclusive`. */
export function gatesText(gates: readonly GateResult[]): string {
  if (gates.length === 0) return 'no gates are configured'
  const asked = gates.filter((gate) => gate.unasked !== true)
  const of = (status: GateResult['status']): number => asked.filter((gate) => gate.status === status).length
  const [failed, open] = [of('fail'), of('inconclusive')]
  const noun = asked.length === 1 ? 'gate' : 'gates'
  const unasked = gates.length - asked.length
  const parts = [
    failed > 0 ? `${failed} of ${asked.length} ${noun} failed` : '',
    open > 0 ? (failed > 0 ? `${open} inconclusive` : `${open} of ${asked.length} ${noun} inconclusive`) : '',
    failed === 0 && open === 0 && asked.length > 0 ? `${asked.length} of ${asked.length} ${noun} passed` : '',
    unasked > 0 ? `${unasked} ${unasked === 1 ? 'asks' : 'ask'} for a champion, and there is none yet` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** The mark of a gate: none where it could not be asked. */
export const gateStatus = (gate: GateResult): Status => (gate.unasked === true ? 'none' : outcomeStatus(gate.status))

/** `7.2 % (6.1 % … 8.3 %)`, in the spelling of `write`. */
export function withInterval(
  value: string,
  interval: Interval | null | undefined,
  write: (value: number) => string,
): string {
  return interval ? `${value} (${write(interval.low)} … ${write(interval.high)})` : value
}

/** `plan = basic`, `age ≤ 28`, or `plan × region = basic × north` for a cross. */
export const sliceName = (slice: { readonly column: string; readonly value: string }): string =>
  groupText(slice.column, slice.value)

/** What a gate saw, with the interval of the metric it looked at where it is not told yet. */
export function observedText(record: RunRecord, { gate, observed, slice }: GateResult): string {
  if (observed.includes('(') || slice !== undefined || (gate.min === undefined && gate.max === undefined))
    return observed
  const seen = metricOf(record.evaluation.candidate, gate.metric)
  if (!seen?.interval || formatNumber(seen.value) !== observed) return observed
  return `${observed} (${formatInterval(seen.interval)})`
}
