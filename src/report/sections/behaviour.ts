import { formatNumber, formatPercent } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import type { BehaviourExample, BehaviourResult } from '../../evaluation/behaviour/types.ts'
import {
  code,
  details,
  list,
  paragraph,
  status,
  strong,
  table,
  term,
  type Block,
  type Inline,
  type Section,
  type Status,
} from '../document.ts'
import type { RunRecord } from '../run-record.ts'
import { sentence } from './verdict.ts'

const STATUS: Readonly<Record<BehaviourResult['status'], Status>> = {
  pass: 'good',
  warn: 'unknown',
  fail: 'bad',
  skipped: 'none',
}
const WORDS: Readonly<Record<BehaviourResult['status'], string>> = {
  pass: 'as it should',
  warn: 'look at this',
  fail: 'breaks the rule',
  skipped: 'not looked at',
}
const ORDER = { fail: 0, warn: 1, pass: 2, skipped: 3 } as const

/** How predictions behave when rows are changed, beside being right. */
export function behaviourSection(record: RunRecord): Section | undefined {
  const results = [...(record.evaluation.behaviour ?? [])].sort((a, b) => ORDER[a.status] - ORDER[b.status])
  if (results.length === 0) return undefined
  const bad = results.filter((result) => result.status === 'fail').length
  const odd = results.filter((result) => result.status === 'warn').length
  const asked = results.filter((result) => result.status !== 'skipped').length
  const open = results.length - asked
  const parts = [bad > 0 ? `${count(bad, 'check')} failed` : '', odd > 0 ? `${count(odd, 'check')} to look at` : '']
  const found =
    parts.filter((part) => part !== '').join(', ') ||
    (asked === 0
      ? 'Nothing could be checked'
      : asked === 1
        ? 'The one check that was made passed'
        : `All ${count(asked, 'check')} that were made passed`)
  const rows = results.map((result): readonly Inline[] => [
    result.title,
    [status(STATUS[result.status], WORDS[result.status])],
    brokenText(result),
    result.status === 'skipped' || result.check === 'leak' ? '–' : formatPercent(result.allowed),
    result.worst === null ? '–' : formatNumber(result.worst),
    sentence(result.sentence),
  ])
  const titles = ['Check', 'Status', '>Rows that break it', '>Allowed', '>Largest change', 'What was seen']
  return {
    id: 'behaviour',
    title: 'Behaviour',
    importance: bad + odd > 0 ? 7 : 4,
    blocks: [
      paragraph(
        strong(`${found}.`),
        open === 0 || asked === 0 ? '' : ` ${count(open, 'check')} could not be made, and the table says why.`,
        ' Held-out rows are changed on purpose, and ',
        term('behaviour', 'predictions must obey a rule'),
        '.',
      ),
      table('Behaviour checks', titles, rows, { 'Rows that break it': 'behaviour' }),
      ...exampleBlocks(results),
    ],
  }
}

/** Rows that break the rule of those tried. A leak is no matter of single rows: its sentence counts what it is about. */
function brokenText({ check, status: seen, violations, rows }: BehaviourResult): string {
  if (seen === 'skipped') return '–'
  if (check === 'leak') return violations === 0 ? 'none' : '–'
  return `${formatNumber(violations)} of ${formatNumber(rows)}`
}

function exampleBlocks(results: readonly BehaviourResult[]): readonly Block[] {
  const items = results.flatMap((result) =>
    result.examples.map((example): Inline => [strong(result.title), ': ', exampleText(example)]),
  )
  return items.length === 0
    ? []
    : [details(items.length === 1 ? 'The worst case' : `The ${items.length} worst cases`, [list(items)])]
}

const cell = (text: string): Inline => (text === '' ? 'missing' : code(text))

function exampleText({ row, column, before, after, predictionBefore, predictionAfter }: BehaviourExample): Inline {
  const change = before === after ? [cell(before)] : [cell(before), ' → ', cell(after)]
  return [
    `row ${formatNumber(row)}, `,
    column === '' ? '' : [code(column), ' ', ...change, ': '],
    `prediction ${formatNumber(predictionBefore)} → ${formatNumber(predictionAfter)}`,
  ]
}
