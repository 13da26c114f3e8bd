import { markdownTable } from 'markdown-table'
import { CELLS, POPULATIONS } from './cells.ts'
import { type CoverageRow, type MarginRow, type RunOptions, type Share, TRUTH_ROWS } from './coverage.ts'
import type { EqualRow } from './equal.ts'
import type { Done } from './pool.ts'
import type { PowerRow } from './power.ts'
import { coveredShare, isOff, summaryRows } from './summary.ts'

/** The tables of what was simulated, as Markdown. */
export function tables(done: readonly Done[], options: RunOptions): string {
  const of = (part: string): readonly Done[] => done.filter(({ task }) => task.part === part)
  return (
    [
      '# Simulations of the evaluation',
      `Written by \`node bench/simulate-evaluation.ts\`: ${options.runs.toLocaleString('en-US')} runs a cell, ${options.resamples.toLocaleString('en-US')} resamples, level ${100 * options.level} %; ${Math.round(done.reduce((sum, { seconds }) => sum + seconds, 0) / 60)} minutes of CPU.`,
      ...(of('equal').length > 0 ? equalText(of('equal'), options) : []),
      ...(of('power').length > 0 ? powerText(of('power'), options) : []),
      ...(of('coverage').length > 0 ? coverageText(of('coverage'), options) : []),
    ].join('\n\n') + '\n'
  )
}

const percent = (share: number): string => (Number.isNaN(share) ? '–' : (100 * share).toFixed(1))

function equalText(done: readonly Done[], { runs, level }: RunOptions): readonly string[] {
  const times = new Map<string, number>()
  for (const one of done.flatMap(({ result }) => result as readonly EqualRow[])) {
    times.set(one.what, (times.get(one.what) ?? 0) + one.times)
  }
  const rows = [...times].map(([what, count]) => [what, ((100 * count) / runs).toFixed(2)])
  return [
    '## Two equal models',
    `Candidate and champion have the same signal and noise of their own; 500 rows, ten slices of about 100. α = ${(100 * (1 - level)).toFixed(0)} %.`,
    markdownTable([['In so many of 100 runs', '%'], ...rows], { align: ['l', 'r'] }),
  ]
}

function powerText(done: readonly Done[], { runs }: RunOptions): readonly string[] {
  const rows = done.flatMap(({ result }) =>
    (result as readonly PowerRow[]).map(({ what, rows: count, found, textbook }) => [
      what,
      count.toLocaleString('en-US'),
      `${((100 * found) / runs).toFixed(1)} ± ${(100 * Math.sqrt(((found / runs) * (1 - found / runs)) / runs)).toFixed(1)}`,
      Object.entries(textbook)
        .map(([name, share]) => `${(100 * share).toFixed(1)} (${name})`)
        .join(', '),
    ]),
  )
  return [
    '## Power',
    'Share of runs in which the difference is found (p < 5 %, interval on the right side of 0), against textbooks; ± is one standard error.',
    markdownTable([['Test', 'Rows', 'Found, %', 'Expected, %'], ...rows]),
  ]
}

function coverageText(done: readonly Done[], options: RunOptions): readonly string[] {
  const se = 100 * Math.sqrt((0.95 * 0.05) / options.runs)
  return [
    '## Coverage',
    `How many of 100 intervals of nominal ${100 * options.level} % contain the truth, which is the value on ${TRUTH_ROWS.toLocaleString('en-US')} further rows (means of five parts of two million). The standard error of an entry is ±${se.toFixed(2)}: figures outside 94.0 … 96.0 are in bold. Below and above: intervals that lie wholly on that side of the truth; none: runs in which the metric had no interval, with which no share is given where they are more than half.`,
    markdownTable(
      [
        [
          'Holdout',
          'Intervals',
          'within 94–96 %',
          'outside by at most two standard errors',
          'too narrow by more',
          'too wide by more',
        ],
        ...summaryRows(done, options.runs),
      ],
      { align: ['l', 'r', 'r', 'r', 'r', 'r'] },
    ),
    ...done.flatMap(({ task, result }) => cellText(task.name, result, options.runs)),
  ]
}

function cellText(name: string, result: unknown, runs: number): readonly string[] {
  const cell = CELLS.find(({ kind, population, rows }) => `${kind} ${population} ${rows}` === name)
  if (cell === undefined) return []
  const title = `### ${POPULATIONS[cell.population]?.name}, ${cell.rows.toLocaleString('en-US')} rows`
  if (cell.kind === 'margins') {
    const rows = (result as readonly MarginRow[]).map(({ metric, margin, notWorse, worse }) => [
      metric,
      `${(100 * margin).toFixed(1)} %`,
      percent(notWorse / runs),
      percent(worse / runs),
    ])
    const head = ['Metric', 'Truly worse by, and margin', '“not worse” or “better”, %', '“worse”, %']
    return [`${title}: at the margin itself, each answer at most 2.5 %`, markdownTable([head, ...rows])]
  }
  const head = [
    'Metric',
    'One model',
    'below',
    'above',
    'none',
    'Method',
    'Difference',
    'below',
    'above',
    'none',
    'Method',
  ]
  const rows = (result as readonly CoverageRow[]).map(({ metric, single, paired, method, pairedMethod }) => [
    metric,
    ...shares(single),
    shortened(method),
    ...shares(paired),
    shortened(pairedMethod),
  ])
  return [title, markdownTable([head, ...rows])]
}

function shares({ covered, below, above, missing }: Share): readonly string[] {
  const defined = covered + below + above
  const share = coveredShare({ covered, below, above, missing })
  const none = missing / (defined + missing)
  return [
    isOff(share) ? `**${percent(share)}**` : percent(share),
    percent(below / defined),
    percent(above / defined),
    percent(none),
  ]
}

const shortened = (method: string): string =>
  method
    .replace(/,? ?[\d,]+ resamples/, '')
    .replace(/(paired )?bootstrap \((.*)\)/, '$2')
    .replace(/ in [\d,]+ random groups/, '')
