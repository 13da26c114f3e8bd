/**
 * Do the intervals of fairness contain the truth as often as they say, and does the search for segments stay honest where
 * rows are not independent? Nominal: 95 %.
 *
 *     node bench/simulate-fairness.ts [runs] [part …]
 *
 * Parts: groups, tasks, data, individual, segments; groups:500 is those of 500 rows (2000, 10000). Some 40 minutes of one
 * core in all with 2,000 runs: parts may run beside each other, each with its own OUT=file. Writes bench/results/simulate-fairness.md, part by part: what was not
 * run again stays.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fairnessCoverage } from './simulation/fairness-coverage.ts'
import { dataCoverage, individualCoverage } from './simulation/fairness-data.ts'
import { type GroupOptions, groupWorld } from './simulation/fairness-worlds.ts'
import { falseSegments } from './simulation/segments.ts'

const PARTS = ['groups', 'tasks', 'data', 'individual', 'segments'] as const
const runs = Number(process.argv[2] ?? 2000)
const asked = process.argv.slice(3)
const parts = PARTS.filter((part) => asked.length === 0 || asked.some((name) => part === name.split(':')[0]))
/** `groups:500` runs one size of the holdout only. */
const sizes = asked.flatMap((name) => (name.includes(':') ? [Number(name.split(':')[1])] : []))
const wanted = (rows: number): boolean => sizes.length === 0 || sizes.includes(rows)
const RESAMPLES = 300

const HALVES = [0.5, 0.5]
const MINORITY = [0.9, 0.1]
const FOUR = [0.25, 0.25, 0.25, 0.25]
const FOUR_MINORITY = [0.45, 0.05, 0.4, 0.1]

function groups(): void {
  for (const rows of [500, 2000, 10_000].filter(wanted)) {
    for (const [name, shares] of Object.entries({
      'two halves': HALVES,
      'a minority of 10 %': MINORITY,
      'four groups (intersection)': FOUR,
      'four groups, the smallest 5 % (intersection)': FOUR_MINORITY,
    })) {
      if (shares.length > 2 && rows < 2000) continue
      for (const apart of [true, false]) covered('binary', shares, apart, rows, name)
    }
  }
}

function tasks(): void {
  for (const rows of [500, 2000, 10_000].filter(wanted)) {
    for (const task of ['multiclass', 'regression'] as const) {
      for (const [name, shares] of Object.entries({ 'two halves': HALVES, 'a minority of 10 %': MINORITY })) {
        covered(task, shares, true, rows, name)
      }
    }
  }
}

function covered(task: GroupOptions['task'], shares: readonly number[], apart: boolean, rows: number, name: string) {
  const world = groupWorld({ name: apart ? 'apart' : 'equal', task, shares, apart })
  const found = fairnessCoverage(world, rows, { runs, resamples: RESAMPLES, seed: 20260801 + rows })
  const title = `${task}, ${rows.toLocaleString('en-US')} rows, ${name}, groups ${apart ? 'differ' : 'are equal'}`
  write(
    title,
    ['metric', 'of', 'truth', 'covered', 'too low', 'too high', 'undefined'],
    found.map((row) => [
      row.metric,
      row.what,
      row.truth.toFixed(4),
      percent(row.covered),
      percent(row.below),
      percent(row.above),
      percent(row.missing),
    ]),
  )
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Replaces the table of this title in the results, or adds it. */
function write(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const path = process.env['OUT'] ?? new URL('results/simulate-fairness.md', import.meta.url)
  const intro = `# Coverage of the intervals of fairness\n\nWritten by \`node bench/simulate-fairness.ts\`. Nominal 95 %; \`too low\` and \`too high\`: intervals wholly below and above the truth.\n`
  const before = existsSync(path) ? readFileSync(path, 'utf8') : intro
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const heading = `## ${title}`
  const section = `${heading}\n\n${runs.toLocaleString('en-US')} runs\n\n${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
  const kept = before.split(/\n(?=## )/).filter((part) => !part.startsWith(`${heading}\n`))
  const [top = intro, ...others] = kept
  writeFileSync(path, [top, ...[...others, section].sort()].map((part) => part.trimEnd()).join('\n\n') + '\n')
  console.log(section)
}

if (parts.includes('segments')) for (const table of falseSegments(runs)) write(table.title, table.head, table.rows)
if (parts.includes('data')) for (const table of dataCoverage(runs)) write(table.title, table.head, table.rows)
if (parts.includes('individual'))
  for (const table of individualCoverage(runs)) write(table.title, table.head, table.rows)
if (parts.includes('groups')) groups()
if (parts.includes('tasks')) tasks()
