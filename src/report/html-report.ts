import { createHash } from 'node:crypto'
import { formatInterval, formatLevel, formatNumber } from '../core/format.ts'
import type { GateResult } from '../evaluation/types.ts'
import type { Status } from './document.ts'
import {
  candidateName,
  championName,
  comparisonOf,
  conclusionStatus,
  conclusionText,
  digitsOf,
  gatesText,
  gateStatus,
  mainRival,
  metricOf,
  observedText,
  outcomeStatus,
  recordPath,
  strongestText,
} from './record-view.ts'
import { blocksHtml, html, sectionHtml, statusHtml, type HtmlContext } from './render/html.ts'
import { STYLE } from './render/style.ts'
import type { RunRecord } from './run-record.ts'
import { reportSections } from './sections/index.ts'
import { moneyText } from './sections/business-value.ts'
import { definitionsOf } from './sections/definitions.ts'
import { headline, mergeText, sentence, splitReason, verdictWord } from './sections/verdict.ts'

/**
 * The record as one page that needs nothing else: no network, no script, one style sheet that the page's own policy
 * names by digest. Light and dark, wide and narrow, keyboard, screen reader, paper.
 */
export function renderHtml(record: RunRecord): string {
  const all = reportSections(record)
  const [verdict, ...sections] = all.map((section) =>
    section.id === 'definitions' ? { ...section, title: 'Definitions' } : section,
  )
  const callouts = verdict ? verdict.blocks.filter((block) => block.kind === 'callout') : []
  const context: HtmlContext = {
    captions: new Map(),
    terms: new Map(definitionsOf(record, all).map((entry, index) => [entry.term, `g-${index + 1}`])),
  }
  const links = sections
    .filter((section) => section.title !== '')
    .map((section) => `<li><a href="#s-${section.id}">${html(section.title)}</a></li>`)
  const title = `${record.model} ${candidateName(record)}: ${verdictWord(record)}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="page indexed">
<header class="hero">
${hero(record)}
${blocksHtml(callouts, 'v', context)}
${gatesHtml(record)}
</header>
<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>
<main id="main">
${sections.map((section) => sectionHtml(section, context)).join('\n')}
<footer><p>Refit ${html(record.refitVersion)} · ${html(record.startedAt)} · candidate ${html(record.candidateId)} · all of it as data: ${html(recordPath(record))}</p></footer>
</main>
</div>
</body>
</html>
`
}

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

function hero(record: RunRecord): string {
  const status = outcomeStatus(record.verdict.outcome)
  const versions =
    record.champion === null ? candidateName(record) : `${championName(record)} → ${candidateName(record)}`
  const when = record.startedAt.slice(0, 16).replace('T', ' ')
  return `<p class="over"><b>${html(record.model)}</b> <span>${versions}</span> <span>${html(when)} UTC</span></p>
<p class="pill ${status}">${statusHtml(status)} ${html(record.verdict.outcome)}</p>
<h1>${html(headline(record))}</h1>
<p class="lead">${html(lead(record))}</p>
<dl class="stats">${stats(record).map(stat).join('')}</dl>`
}

/** What the numbers below do not say: the rest of the reason, and what a merge does. */
function lead(record: RunRecord): string {
  // Of a candidate that passed the numbers below say it all.
  const rest = record.verdict.outcome === 'pass' && record.gates.length > 0 ? '' : splitReason(record).rest
  return [rest === '' ? '' : sentence(rest), mergeText(record), strongestText(record) ?? '']
    .filter((part) => part !== '')
    .join(' ')
}

interface Stat {
  readonly term: string
  readonly big: string
  readonly tone: Status
  readonly under: string
}

const stat = ({ term, big, tone, under }: Stat): string =>
  `<div><dt>${html(term)}</dt><dd class="big ${tone}">${html(big)}</dd><dd class="under">${html(under)}</dd></div>`

function stats(record: RunRecord): readonly Stat[] {
  const { primary, candidate, holdout } = record.evaluation
  const rival = mainRival(record)
  const comparison = comparisonOf(record, primary, rival)
  const [mine, other] = [metricOf(candidate, primary), metricOf(record.evaluation[rival], primary)]
  const digits = digitsOf([mine?.value, other?.value], comparison?.difference)
  const rivalName = rival === 'champion' ? `champion ${championName(record)}` : 'baseline'
  const asked = record.gates.filter((gate) => gate.unasked !== true)
  const passed = asked.filter((gate) => gate.status === 'pass').length
  const interval = comparison?.interval
    ? `${formatLevel(comparison.interval.level)}: ${formatInterval(comparison.interval, { digits, signed: true })}`
    : 'no interval'
  return [
    {
      term: `${primary}, candidate ${candidateName(record)}`,
      big: formatNumber(mine?.value, { digits }),
      tone: 'none',
      under: `${mine?.interval ? `${formatLevel(mine.interval.level)}: ${formatInterval(mine.interval, { digits })}; ` : ''}${rivalName}: ${formatNumber(other?.value, { digits })}`,
    },
    {
      term: comparison ? `Difference: ${conclusionText(comparison)}` : 'Difference',
      big: formatNumber(comparison?.difference, { digits, signed: true }),
      tone: comparison ? conclusionStatus(comparison) : 'none',
      under: interval,
    },
    {
      term: 'Gates',
      big: `${passed} of ${asked.length}`,
      tone: outcomeStatus(record.verdict.outcome),
      under: passed === record.gates.length && passed > 0 ? 'all passed' : gatesText(record.gates),
    },
    ...valueStat(record),
    { term: 'Held-out rows', big: formatNumber(holdout.rows), tone: 'none', under: holdout.description },
  ]
}

/** What the change is worth, where the configuration says what decisions are worth. */
function valueStat(record: RunRecord): readonly Stat[] {
  const value = record.evaluation.businessValue
  if (value === undefined) return []
  const { change, unit } = value
  const weighted = record.evaluation.holdout.weight === undefined ? '' : ', by weight'
  if (!change) {
    const total = moneyText(value.totals.candidate, unit)
    return [{ term: `Value on these rows${weighted}`, big: total, tone: 'none', under: 'of the candidate’s decisions' }]
  }
  const { low, high } = change.interval ?? { low: -1, high: 1 }
  const tone = low > 0 ? 'good' : high < 0 ? 'bad' : 'none'
  const under = change.interval
    ? `${formatLevel(change.interval.level)}: ${moneyText(low, '', true)} … ${moneyText(high, '', true)}`
    : 'no interval'
  return [
    { term: `Gain in value on these rows${weighted}`, big: moneyText(change.difference, unit, true), tone, under },
  ]
}

/** Gates shown in the first screen; those that did not pass come first. */
const GATES_SHOWN = 6
const ORDER = { fail: 0, inconclusive: 1, pass: 2 } as const

/** Every gate with what was seen: the answer's reasons beside the answer. */
function gatesHtml(record: RunRecord): string {
  const gates = [...record.gates].sort((a, b) => ORDER[a.status] - ORDER[b.status])
  if (gates.length === 0) return ''
  const [first, rest] = [gates.slice(0, GATES_SHOWN), gates.slice(GATES_SHOWN)]
  const more =
    rest.length === 0
      ? ''
      : `<details><summary>${rest.length} more ${rest.length === 1 ? 'gate' : 'gates'}, ${rest.every((gate) => gate.status === 'pass') ? 'all passed' : 'not all passed'}</summary><ul class="gates">${rest.map((gate) => gateHtml(record, gate)).join('')}</ul></details>`
  return `<h2 class="hidden">Gates</h2><ul class="gates">${first.map((gate) => gateHtml(record, gate)).join('')}</ul>${more}`
}

function gateHtml(record: RunRecord, gate: GateResult): string {
  const why = gate.status === 'pass' || gate.sentence === '' ? '' : `<p>${html(sentence(gate.sentence))}</p>`
  const seen = gate.observed === '' ? '' : `<span class="seen">${html(observedText(record, gate))}</span>`
  return `<li class="${gate.status}">${statusHtml(gateStatus(gate))}<div><span>${html(gate.title)}</span>${why}</div>${seen}</li>`
}
