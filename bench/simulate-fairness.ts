/**
 * Do the intervals of fairness contain the truth as often as they say, and does the search for segments stay honest where
 * rows are not independent? Nominal: 95 %.
 *
 *     node bench/simulate-fairness.ts [runs] [part …]
 *
 * Parts: groups, tasks, data, individual, segments; groups:500 is those of 500 rows (2000, 10000). Parts may run beside
 * each other, each with its own OUT; a world of 2,000 runs takes half a minute of one core, of several classes one. Writes
 * bench/results/simulate-fairness.md (OUT=another file) table by table: what was not run again stays.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fairnessCoverage, fairnessTruths, type Truths } from './simulation/fairness-coverage.ts'
import { dataCoverage, individualCoverage } from './simulation/fairness-data.ts'
import { type GroupOptions, groupWorld } from './simulation/fairness-worlds.ts'
import { covered as shown, sectionsWith } from './simulation/fairness-tables.ts'
import { falseSegments } from './simulation/segments.ts'

const PARTS = ['groups', 'tasks', 'data', 'individual', 'segments'] as const
const runs = Number(process.argv[2] ?? 2000)
const asked = process.argv.slice(3)
const parts = PARTS.filter((part) => asked.length === 0 || asked.some((name) => part === name.split(':')[0]))
/** `groups:500` runs one size of the holdout only. */
const sizes = asked.flatMap((name) => (name.includes(':') ? [Number(name.split(':')[1])] : []))
const wanted = (rows: number): boolean => sizes.length === 0 || sizes.includes(rows)
const RESAMPLES = 200
/** Where more of the runs have no interval, those that have one are no sample of the world. */
const MOST_MISSING = 0.5

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
  for (const rows of [500, 2000].filter(wanted)) {
    for (const task of ['multiclass', 'regression'] as const) {
      for (const [name, shares] of Object.entries({ 'two halves': HALVES, 'a minority of 10 %': MINORITY })) {
        covered(task, shares, true, rows, name)
      }
    }
  }
}

const known = new Map<string, Truths>()

function covered(task: GroupOptions['task'], shares: readonly number[], apart: boolean, rows: number, name: string) {
  const world = groupWorld({ name: apart ? 'apart' : 'equal', task, shares, apart })
  const key = `${task} ${shares.join()} ${apart}`
  const truths = known.get(key) ?? fairnessTruths(world)
  known.set(key, truths)
  const title = `${task}, ${rows.toLocaleString('en-US')} rows, ${name}, groups ${apart ? 'differ' : 'are equal'}`
  // Worlds of their own draws: what chance does to one says nothing of another.
  const seed = 20260801 + [...title].reduce((sum, letter, i) => sum + 100_003 * (i + 1) * letter.charCodeAt(0), 0)
  const found = fairnessCoverage(world, truths, rows, { runs, resamples: RESAMPLES, seed })
  write(
    title,
    ['metric', 'of', 'truth', 'covered', 'too low', 'too high', 'none'],
    found.map((row) => [
      row.metric,
      row.what,
      row.truth.toFixed(4),
      ...(row.missing > MOST_MISSING
        ? ['—', '—', '—']
        : [shown(row.covered, runs * (1 - row.missing)), percent(row.below), percent(row.above)]),
      percent(row.missing),
    ]),
  )
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Replaces the table of this title in the results, or adds it. */
function write(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const path = process.env['OUT'] ?? new URL('results/simulate-fairness.md', import.meta.url)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
  const section = `## ${title}\n\n${runs.toLocaleString('en-US')} runs\n\n${table}\n`
  writeFileSync(path, sectionsWith(existsSync(path) ? readFileSync(path, 'utf8') : '', section))
  console.log(section)
}

if (parts.includes('segments')) for (const table of falseSegments(runs)) write(table.title, table.head, table.rows)
if (parts.includes('data')) for (const table of dataCoverage(runs)) write(table.title, table.head, table.rows)
if (parts.includes('individual'))
  for (const table of individualCoverage(runs)) write(table.title, table.head, table.rows)
if (parts.includes('groups')) groups()
if (parts.includes('tasks')) tasks()
