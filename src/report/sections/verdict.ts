import { formatNumber } from '../../core/format.ts'
import { clip, count } from '../../core/text.ts'
import { paragraph, strong, type Block, type Inline, type Section } from '../document.ts'
import {
  candidateName,
  championName,
  comparisonOf,
  differenceText,
  digitsOf,
  gatesText,
  mainRival,
  metricOf,
  notLookedAt,
  outcomeStatus,
  strongestText,
} from '../record-view.ts'
import { moreRows, placeOf } from '../../evaluation/gate-text.ts'
import type { GateResult } from '../../evaluation/types.ts'
import type { RunRecord } from '../run-record.ts'
import { configurationDoubt } from './reproduce.ts'
import { planText } from './rollout-plan.ts'

/** The answer to “may I merge this?”, before anything else. */
export function verdictSection(record: RunRecord): Section {
  const blocks: Block[] = [
    { kind: 'headline', status: outcomeStatus(record.verdict.outcome), text: headline(record) },
    paragraph(...leadParts(record).flatMap((part, i): string[] => (i === 0 ? [part] : [' ', part]))),
  ]
  if (record.verdict.outcome === 'inconclusive')
    blocks.push({ kind: 'callout', status: 'none', lines: [missingText(record)] })
  const strongest = strongestText(record)
  if (strongest !== undefined) blocks.push(paragraph(strongest))
  const lines = doubts(record)
  if (lines.length > 0) blocks.push({ kind: 'callout', status: 'unknown', lines })
  return { id: 'verdict', title: '', importance: 10, blocks }
}

/** Warnings in the first screen; the sections have all of them. */
const WARNINGS_SHOWN = 5

/** What a reviewer should know before believing the numbers: what was found, and what was not looked at. */
export function doubts(record: RunRecord): readonly Inline[] {
  const { warnings } = record.evaluation
  const configuration = configurationDoubt(record)
  const more = warnings.length - WARNINGS_SHOWN
  return [
    ...warnings.slice(0, WARNINGS_SHOWN).map((warning): Inline => [strong('Check this:'), ' ', sentence(warning)]),
    ...(more > 0 ? [`${count(more, 'more warning')} below, under Behaviour and Data.`] : []),
    ...confirmed(record),
    ...(configuration === undefined ? [] : [configuration]),
    ...notLookedAt(record).map((what): Inline => [strong('Not looked at:'), ' ', sentence(what)]),
  ]
}

/** A score too good to be true that passes does so for a person's reason. */
function confirmed({ gates }: RunRecord): readonly Inline[] {
  return gates
    .filter(({ gate, status }) => gate.metric === 'near-perfect' && status === 'pass')
    .map((gate): Inline => [strong('Confirmed:'), ' ', sentence(gate.sentence), ' (evaluate.expect-near-perfect)'])
}

/** The verdict in one sentence: `Ready to merge: v4 is better than v3`. What a long reason adds stands below it. */
export const headline = (record: RunRecord): string => `${verdictWord(record)}: ${splitReason(record).head}`

/** Longer than this is no headline. */
const MAX_HEADLINE = 90

/** `v4 is better than v3: auc +0.021 (…) on 2,311 rows; all 3 gates pass` at its first colon, where it is long. */
export function splitReason(record: RunRecord): { readonly head: string; readonly rest: string } {
  const reason = record.verdict.reason.trim().replace(/\.$/, '')
  const colon = reason.indexOf(': ')
  if (reason.length <= MAX_HEADLINE || colon < 0) return { head: reason, rest: '' }
  return { head: reason.slice(0, colon), rest: reason.slice(colon + 2) }
}

/** Below the headline: the rest of the reason, the evidence and the gates, without saying anything twice. */
export const leadText = (record: RunRecord): string => leadParts(record).join(' ')

function leadParts(record: RunRecord): readonly string[] {
  const { rest } = splitReason(record)
  const parts = [
    rest === '' ? '' : sentence(rest),
    rest.includes(record.evaluation.primary) && rest.includes('interval') ? valuesText(record) : evidenceText(record),
    rest.includes('gate') ? '' : sentence(gatesText(record.gates)),
    mergeText(record),
    record.taskBasis === undefined ? '' : sentence(record.taskBasis),
  ]
  return parts.filter((part) => part !== '')
}

/** `auc: baseline 0.500, champion v3 0.802, candidate v4 0.889.` */
function valuesText(record: RunRecord): string {
  const { primary, baseline, champion, candidate } = record.evaluation
  const models = [
    ['baseline', baseline],
    [`champion ${championName(record)}`, champion],
    [`candidate ${candidateName(record)}`, candidate],
  ] as const
  const values = models.flatMap(([name, model]) =>
    model === null ? [] : [{ name, value: metricOf(model, primary)?.value }],
  )
  const digits = digitsOf(values.map(({ value }) => value))
  return `${primary}: ${values.map(({ name, value }) => `${name} ${formatNumber(value, { digits })}`).join(', ')}.`
}

const WORDS = { pass: 'Ready to merge', fail: 'Do not merge', inconclusive: 'Not proven yet' } as const
export const verdictWord = (record: RunRecord): string => WORDS[record.verdict.outcome]

/** `auc 0.871 → 0.892, +0.021 (95 % interval …) against v3, on 2,311 held-out rows;` */
export function evidenceText(record: RunRecord): string {
  const { primary, candidate, holdout } = record.evaluation
  const rival = mainRival(record)
  const comparison = comparisonOf(record, primary, rival)
  const mine = metricOf(candidate, primary)
  const other = metricOf(record.evaluation[rival], primary)
  const digits = digitsOf([mine?.value, other?.value], comparison?.difference)
  const value = formatNumber(mine?.value, { digits })
  const before = formatNumber(other?.value, { digits })
  const rivalName = rival === 'champion' ? `champion ${championName(record)}` : 'the baseline'
  const rows = `on ${count(holdout.rows, 'held-out row')}`
  if (mine?.value === null)
    return `${primary} is undefined ${rows}${mine.reason === undefined ? '' : `: ${mine.reason}`}.`
  if (!comparison) return `${primary} is ${value} ${rows}.`
  return `${primary} is ${value} where ${rivalName} has ${before}: ${differenceText(comparison, digits)}, ${rows}.`
}

/** Gates that are named where something is missing; the list of gates has all of them. */
const MISSING_SHOWN = 3

/** What would settle each gate that is open. The rows of a slice's gate are rows of that slice. */
function missingText(record: RunRecord): Inline {
  const open = record.gates.filter((gate) => gate.status === 'inconclusive')
  const needs = open.map((gate) =>
    gate.rowsNeeded === undefined ? gate.title : `${gate.title} (${moreRows(gate.rowsNeeded, placeOf(gate))})`,
  )
  const more = needs.length - MISSING_SHOWN
  const shown = needs.slice(0, MISSING_SHOWN).flatMap((need, i): string[] => (i === 0 ? [need] : ['; ', need]))
  return [
    strong('What is missing:'),
    ' ',
    ...(shown.length === 0 ? ['more labelled held-out rows'] : shown),
    `${more > 0 ? `; and ${more} more` : ''}. ${settledBy(open)}`,
  ]
}

/** Newer data settle what is open for want of rows; what is open for a person, the person does. */
function settledBy(open: readonly GateResult[]): string {
  const byPerson = open.filter(({ gate }) => gate.metric === 'near-perfect' || gate.metric === 'leaks')
  if (byPerson.length === 0) return 'This draft is brought up to date when newer data settles it.'
  return 'It stays a draft until that is mended or confirmed, and is then brought up to date.'
}

export function mergeText(record: RunRecord): string {
  if (record.verdict.outcome === 'fail') return 'A candidate that fails a gate is not proposed.'
  const before =
    record.champion === null ? 'This is the first version' : `${candidateName(record)} replaces ${championName(record)}`
  if (record.rollout.target === 'none') return `${before}. Merging is the promotion: no rollout is configured.`
  const plan = record.champion === null ? 'staging, then all callers' : planText(record.rollout.stages)
  return `${before}. Merging starts its rollout in ${record.rollout.environment}: ${plan}.`
}

/** One sentence: a capital first, a full stop last. */
export function sentence(text: string): string {
  const trimmed = clip(text.trim(), 390)
  const first = trimmed.charAt(0)
  // A metric's or column's name stays as it is: only plain words get their capital.
  const word = /^[a-z]+(?= )/.exec(trimmed)?.[0] ?? ''
  const capital = word.length >= 2 && !/^(auc|rmse|mae|mcc|ece|psi)$/.test(word) ? first.toUpperCase() : first
  return `${capital}${trimmed.slice(1)}${/[.!?…]”?$/.test(trimmed) ? '' : '.'}`
}

/** `Retrain churn: v3 → v4 (auc 0.871 → 0.892)`. */
export function pullRequestTitle(record: RunRecord): string {
  const { primary, candidate, champion } = record.evaluation
  const mine = metricOf(candidate, primary)?.value
  const other = metricOf(champion, primary)?.value
  const digits = digitsOf([mine, other])
  const value = formatNumber(mine, { digits })
  const change = champion === null ? value : `${formatNumber(other, { digits })} → ${value}`
  const evidence =
    record.verdict.outcome === 'inconclusive' ? `${primary} ${change}, not proven yet` : `${primary} ${change}`
  const versions =
    record.champion === null ? candidateName(record) : `${championName(record)} → ${candidateName(record)}`
  const verb = record.champion === null ? 'Add' : 'Retrain'
  return clip(`${verb} ${record.model}: ${versions} (${evidence})`, 200)
}
