import { createHash } from 'node:crypto'
import { formatDuration, isoTime } from '../core/clock.ts'
import { formatNumber } from '../core/format.ts'
import { count } from '../core/text.ts'
import type { BacktestEvent, BacktestResult, PolicyRun } from './backtest-types.ts'
import { chart, paragraph, status, strong, table, type Inline, type LineSeries, type Section } from './document.ts'
import { sectionHtml, html } from './render/html.ts'
import { sectionMarkdown } from './render/markdown.ts'
import { STYLE } from './render/style.ts'
import { renderTerminalPullRequest } from './terminal.ts'
import type { TerminalOptions } from './trigger-table.ts'

const DIGITS = 4
/** Points of a curve: more are not told apart. */
const MAX_POINTS = 120
const OUTCOMES = { promoted: 'good', refused: 'bad', draft: 'unknown', error: 'bad' } as const

/** What a backtest found, in sections for a page or a terminal. */
function backtestSections(result: BacktestResult): readonly Section[] {
  const refit = runOf(result, 'refit')
  return [
    {
      id: 'backtest',
      title: `Backtest of ${result.model}`,
      importance: 10,
      blocks: [
        paragraph(leadText(result)),
        policyTable(result),
        paragraph(noteText(result)),
        ...result.notes.map((note) => paragraph(`${note}.`)),
        chart({
          kind: 'lines',
          title: `${result.metric} in production, moving average`,
          x: 'days since the start',
          y: result.metric,
          series: curves(result),
          diagonal: null,
          unit: false,
        }),
      ],
    },
    ...(refit === undefined || refit.events.length === 0 ? [] : [trainings(refit)]),
    ...(result.sweep.length === 0 ? [] : [sweepSection(result)]),
  ]
}

export function renderBacktest(result: BacktestResult, options: TerminalOptions = {}): string {
  const body = backtestSections(result).map((section) => sectionMarkdown(section))
  return renderTerminalPullRequest(body.join('\n\n'), options)
}

/** One page that needs nothing else. It has no list of sections beside it, and takes the whole width. */
export function renderBacktestHtml(result: BacktestResult): string {
  const digest = createHash('sha256').update(STYLE).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(`Backtest of ${result.model}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="page">
<main id="main">
${backtestSections(result)
  .map((section) => sectionHtml(section))
  .join('\n')}
</main>
</div>
</body>
</html>
`
}

const runOf = (result: BacktestResult, name: string): PolicyRun | undefined =>
  result.runs.find((run) => run.name === name)

function leadText(result: BacktestResult): string {
  const { bounds, rows } = result
  const from = isoTime(bounds[0] as number).slice(0, 10)
  const to = isoTime(bounds.at(-1) as number).slice(0, 10)
  const period = formatDuration((bounds[1] as number) - (bounds[0] as number))
  const delay = result.labelDelay === 0 ? '' : `, labels ${formatDuration(result.labelDelay)} late`
  return `${from} to ${to} in ${count(bounds.length - 1, 'period')} of ${period}${delay}: every period’s rows are scored by the model that was in production when it began (${count(rows, 'labelled row')}).`
}

function policyTable(result: BacktestResult) {
  const rows = result.runs.map((run): readonly Inline[] => [
    run.name === 'refit' ? strong('refit, as configured') : title(run.name),
    score(run.score),
    formatNumber(run.retrainings),
    formatNumber(run.promoted),
    run.name === 'refit' ? formatNumber(run.refused) : '',
    run.name === 'refit' ? formatNumber(run.drafts) : '',
  ])
  const oracle = [
    'oracle: the best model of every period, known only afterwards',
    score(result.oracle.score),
    '',
    '',
    '',
    '',
  ]
  return table(
    'Score and cost of each way to retrain',
    ['', `>${result.metric}`, '>Retrainings', '>Promoted', '>Refused', '>Left open'],
    [...rows, oracle],
  )
}

const title = (name: string): string =>
  name === 'never' ? 'never: the first model stays' : `${name}: retrained and deployed unseen`
const score = (value: number | null): string => formatNumber(value, { digits: DIGITS })

function noteText(result: BacktestResult): string {
  const refit = runOf(result, 'refit')
  const every = result.runs[1]
  if (refit === undefined || every === undefined) return ''
  const errors =
    refit.errors.count === 0
      ? ''
      : ` ${count(refit.errors.count, 'training')} stopped with an error, the first: ${refit.errors.first ?? ''}.`
  const compared = `${score(refit.score)} with ${count(refit.retrainings, 'retraining')}, against ${score(every.score)} with ${every.retrainings.toLocaleString('en-US')} ${every.name}`
  return `As configured: ${compared}; the gates refused ${refit.refused} and left ${refit.drafts} open for a person, which the replay does not merge.${errors}`
}

/** A moving average over a twentieth of the time, so that a period’s noise does not hide the course. */
function curves(result: BacktestResult): readonly LineSeries[] {
  const tones = { refit: 'candidate', never: 'baseline' } as const
  const order = result.runs.toSorted((a) => (a.name === 'refit' ? -1 : 1))
  return order.map((run) => ({
    name: run.name,
    tone: tones[run.name as keyof typeof tones] ?? 'champion',
    ...smooth(result, run.scores),
  }))
}

function smooth(
  result: BacktestResult,
  scores: readonly (number | null)[],
): { readonly x: number[]; readonly y: number[] } {
  const width = Math.max(1, Math.round(scores.length / 20))
  const step = Math.max(1, Math.ceil(scores.length / MAX_POINTS))
  const x: number[] = []
  const y: number[] = []
  for (let end = Math.min(width, scores.length) - 1; end < scores.length; end += step) {
    let sum = 0
    let rows = 0
    for (let i = Math.max(0, end - width + 1); i <= end; i++) {
      const value = scores[i]
      if (value === null || value === undefined) continue
      sum += value * (result.rowsOf[i] as number)
      rows += result.rowsOf[i] as number
    }
    if (rows === 0) continue
    x.push(((result.bounds[end + 1] as number) - (result.bounds[0] as number)) / 86_400_000)
    y.push(sum / rows)
  }
  return { x, y }
}

function trainings(run: PolicyRun): Section {
  const row = (event: BacktestEvent): readonly Inline[] => [
    isoTime(event.at).slice(0, 16).replace('T', ' '),
    event.triggers.join(', '),
    status(OUTCOMES[event.outcome], event.outcome === 'draft' ? 'left open' : event.outcome),
    event.outcome === 'error' ? event.why : event.verdict,
  ]
  return {
    id: 'trainings',
    title: 'When it would have retrained',
    importance: 5,
    blocks: [table('Retrainings', ['When', 'Because of', 'Outcome', 'Verdict'], run.events.map(row))],
  }
}

function sweepSection(result: BacktestResult): Section {
  const names = Object.keys(result.sweep[0]?.settings ?? {})
  const sign = result.direction === 'higher' ? -1 : 1
  const points = result.sweep.toSorted(
    (a, b) => a.run.retrainings - b.run.retrainings || sign * ((a.run.score ?? 0) - (b.run.score ?? 0)),
  )
  const frontier = points.filter((point) => point.frontier)
  const curve = {
    x: frontier.map(({ run }) => run.retrainings),
    y: frontier.map(({ run }) => run.score ?? Number.NaN),
  }
  return {
    id: 'sweep',
    title: 'Sweep: score against number of retrainings',
    importance: 8,
    blocks: [
      paragraph(
        `${count(points.length, 'combination')}; on the frontier are those that no other beats in score and in retrainings at once.`,
      ),
      table(
        'Settings by number of retrainings',
        [...names, `>${result.metric}`, '>Retrainings', '>Promoted', '>Refused', '>Left open', 'Frontier'],
        points.map(({ settings, run, frontier: best }) => [
          ...names.map((name) => settings[name] ?? ''),
          score(run.score),
          formatNumber(run.retrainings),
          formatNumber(run.promoted),
          formatNumber(run.refused),
          formatNumber(run.drafts),
          best ? strong('●') : '',
        ]),
      ),
      ...(frontier.length < 2
        ? []
        : [
            chart({
              kind: 'lines',
              title: 'The frontier',
              x: 'retrainings',
              y: result.metric,
              series: [{ name: 'frontier', tone: 'candidate', ...curve }],
              diagonal: null,
              unit: false,
            }),
          ]),
    ],
  }
}
