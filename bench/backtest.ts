/**
 * `refit backtest` on streams that drift and one that does not, with the defaults and with tuned settings, beside a weekly
 * schedule, no retraining at all, the oracle and the figures of the literature.
 *
 *   node_modules/.bin/node bench/backtest.ts [case …] [--missing] [--first-half] [--sweep] [--dry]
 *
 * The cases are listed in bench/backtest/cases.ts; all run without a name. Results go to bench/results/backtest.md (and
 * backtest.json, from which it is written) case by case, and --missing runs only those that are not there yet; with --first-half, which is what settings are chosen on, and with --sweep or
 * --dry nothing is written. Electricity and Bike need their tables (../shared/data, or the folder in REFIT_DATA).
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BacktestResult } from '../src/report/backtest-types.ts'
import { CASES, type Case } from './backtest/cases.ts'
import { LITERATURE, renderResults, type RunSummary, type Summary } from './backtest/report.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'first-half': { type: 'boolean' },
    sweep: { type: 'boolean' },
    dry: { type: 'boolean' },
    missing: { type: 'boolean' },
  },
})
const RESULTS = join(import.meta.dirname, 'results')
const STORE = join(RESULTS, 'backtest.json')
const names = positionals.length === 0 ? Object.keys(CASES) : positionals
const unknown = names.find((name) => CASES[name] === undefined)
if (unknown !== undefined) {
  console.error(`there is no case “${unknown}”; there are ${Object.keys(CASES).join(', ')}`)
  process.exit(1)
}

for (const name of names) {
  const one = CASES[name] as Case
  if (options.missing && (await stored())[name]?.config === one.model) {
    console.log(`${name}: is there`)
    continue
  }
  const rows = await one.rows()
  if (rows === undefined) {
    console.log(`${name}: skipped, its table is not there`)
    continue
  }
  const summary = await replay(one, rows)
  print(name, summary)
  if (options['first-half'] || options.sweep || options.dry) continue
  await mkdir(RESULTS, { recursive: true })
  const known = { ...(await stored()) }
  known[name] = summary
  const sorted = Object.fromEntries(Object.keys(CASES).flatMap((key) => (known[key] ? [[key, known[key]]] : [])))
  await writeFile(STORE, `${JSON.stringify(sorted, undefined, 2)}\n`)
  await writeFile(join(RESULTS, 'backtest.md'), renderResults(sorted))
}

/** What earlier runs have written. */
async function stored(): Promise<Readonly<Record<string, Summary>>> {
  return existsSync(STORE) ? (JSON.parse(await readFile(STORE, 'utf8')) as Record<string, Summary>) : {}
}

async function replay(one: Case, rows: string): Promise<Summary> {
  const root = await mkdtemp(join(tmpdir(), 'refit-backtest-'))
  try {
    await mkdir(join(root, '.github'))
    await writeFile(join(root, '.github/refit.yml'), `models:\n  m:\n${one.model}    rollout: {target: none}\n`)
    await writeFile(join(root, 'data.csv'), `${rows}\n`)
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: root })
    git('init', '-q', '-b', 'main')
    git('add', '.github')
    git('commit', '-qm', 'Configuration')
    const to = options['first-half'] ? ['--to', middle(rows)] : []
    const sweep = options.sweep && one.sweep ? ['--sweep', ...one.sweep] : []
    const cli = join(import.meta.dirname, '../src/cli.ts')
    const command = [cli, 'backtest', '--period', '1d', '--every', '7d', '--metric', one.metric, ...to, ...sweep]
    const { status } = spawnSync(process.execPath, command, {
      cwd: root,
      stdio: ['ignore', options.sweep ? 'inherit' : 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error(`refit backtest ended with ${status}`)
    const result = JSON.parse(await readFile(join(root, '.refit/m/backtest.json'), 'utf8')) as BacktestResult
    return summaryOf(one, result)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** The day in the middle of what is replayed: after the first tenth. */
function middle(rows: string): string {
  const lines = rows.split('\n')
  const timeOf = (share: number): number =>
    Date.parse(`${lines[1 + Math.floor(share * (lines.length - 2))]?.split(',')[0]}Z`)
  return new Date((timeOf(0.1) + timeOf(1)) / 2).toISOString().slice(0, 10)
}

function summaryOf(one: Case, result: BacktestResult): Summary {
  const half = result.rowsOf.length >> 1
  const mean = (scores: readonly (number | null)[]): number => {
    const known = scores.filter((score) => score !== null)
    return known.reduce((sum, score) => sum + score, 0) / known.length
  }
  const halves = (scores: readonly (number | null)[]) => ({
    all: mean(scores),
    first: mean(scores.slice(0, half)),
    second: mean(scores.slice(half)),
  })
  const runs = result.runs.map((run): RunSummary => {
    const fired: Record<string, number> = {}
    for (const { triggers, outcome } of run.events) {
      if (outcome !== 'error') for (const trigger of triggers) fired[trigger] = (fired[trigger] ?? 0) + 1
    }
    const { name, retrainings, promoted, drafts, refused } = run
    return { name, ...halves(run.scores), retrainings, promoted, drafts, refused, fired }
  })
  const oracle = {
    name: 'oracle',
    retrainings: result.oracle.models - 1,
    promoted: 0,
    drafts: 0,
    refused: 0,
    fired: {},
  }
  return {
    title: one.title,
    metric: one.metric,
    days: result.rowsOf.length,
    rows: result.rows,
    config: one.model,
    runs: [...runs, { ...oracle, ...halves(result.oracle.scores) }],
  }
}

function print(name: string, { title, runs, metric }: Summary): void {
  console.log(
    `\n${name}: ${title}\n${metric.padEnd(16)}   all days   first half   second half   retrainings   merged / open / refused`,
  )
  for (const { name: run, all, first, second, retrainings, promoted, drafts, refused } of runs) {
    const parts = [all, first, second].map((value) => value.toFixed(4).padStart(10))
    console.log(
      `${run.padEnd(16)} ${parts.join('  ')} ${String(retrainings).padStart(12)}   ${promoted} / ${drafts} / ${refused}`,
    )
  }
  if (!name.startsWith('elec2')) return
  console.log('beside the literature:')
  for (const [what, accuracy] of LITERATURE) console.log(`  ${accuracy.toFixed(4)}  ${what}`)
  const [, weekly, refit] = runs
  if (weekly === undefined || refit === undefined) return
  const met = refit.all > weekly.all && refit.retrainings <= weekly.retrainings / 2
  console.log(`goal: better than the weekly schedule with at most half of its retrainings: ${met ? 'met' : 'missed'}`)
}
