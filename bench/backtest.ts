/**
 * `refit backtest` on Electricity (ELEC2): 849 days, looked at every day, beside a weekly schedule, no retraining at
 * all and the oracle, with the figures of the literature.
 *
 *   node_modules/.bin/node bench/backtest.ts [--sweep] [--to 1997-09-15]
 *
 * The settings were chosen by the sweep on the first half of the days (`--sweep --to 1997-09-15`); the second half is
 * printed apart. Needs the table elec2.csv (../shared/data, or the folder in REFIT_DATA).
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BacktestResult } from '../src/report/backtest-types.ts'

const FIRST_DAY = Date.UTC(1996, 4, 7)
const HALF_HOUR = 1_800_000
const CONFIG = `models:
  elec2:
    data: {source: elec2.csv, label: class, time: time}
    train: {model: linear, window: 28d}
    evaluate: {primary: accuracy, holdout: {last: 1%}, min-holdout: 40, resamples: 200}
    gates: [{metric: accuracy, versus: champion, margin: 0.06}]
    triggers:
      cooldown: 10d
      schedule: {every: 21d}
      performance: {floor: 0.65, drop: 0.05, min-rows: 96, max-rows: 144, estimate: false}
      drift: false
      volume: false
    rollout: {target: none}
`
/** Measured on the same file, see the README beside it; the last three see every label at once, row by row. */
const LITERATURE = [
  ['always DOWN', 0.5755],
  ['logistic regression, trained once on the first 10 %', 0.719],
  ['gradient boosting, trained once on the first 10 %', 0.724],
  ['logistic regression, retrained every 500 rows on the last 2,000', 0.774],
  ['logistic regression by SGD, one step a row (prequential)', 0.831],
  ['the label of the half hour before', 0.8533],
] as const

const { values: options } = parseArgs({ options: { sweep: { type: 'boolean' }, to: { type: 'string' } } })
const source = join(process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../shared/data'), 'elec2.csv')
if (!existsSync(source)) {
  console.log(`skipped: ${source} is not there`)
  process.exit(0)
}

const root = await mkdtemp(join(tmpdir(), 'refit-backtest-'))
try {
  const [header, ...lines] = (await readFile(source, 'utf8')).trim().split('\n')
  const stamp = (i: number): string => new Date(FIRST_DAY + i * HALF_HOUR).toISOString().slice(0, 19)
  await mkdir(join(root, '.github'))
  await writeFile(join(root, '.github/refit.yml'), CONFIG)
  await writeFile(
    join(root, 'elec2.csv'),
    `time,${header}\n${lines.map((line, i) => `${stamp(i)},${line}`).join('\n')}\n`,
  )
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: root })
  git('init', '-q', '-b', 'main')
  git('add', '.github')
  git('commit', '-qm', 'Configuration')
  const cli = join(import.meta.dirname, '../src/cli.ts')
  const sweep = options.sweep ? ['--sweep', 'performance.floor=0.65,0.7,0.75', 'cooldown=10d,12d,14d'] : []
  const to = options.to === undefined ? [] : ['--to', options.to]
  const command = [cli, 'backtest', '--period', '1d', '--every', '7d', '--metric', 'accuracy', ...to, ...sweep]
  execFileSync(process.execPath, command, { cwd: root, stdio: 'inherit' })
  print(JSON.parse(await readFile(join(root, '.refit/elec2/backtest.json'), 'utf8')) as BacktestResult)
} finally {
  await rm(root, { recursive: true, force: true })
}

function print(result: BacktestResult): void {
  const half = result.rowsOf.length >> 1
  const mean = (scores: readonly (number | null)[]): string =>
    (scores.reduce<number>((sum, score) => sum + (score ?? 0), 0) / scores.length).toFixed(4)
  const all = [...result.runs, { name: 'oracle', scores: result.oracle.scores, retrainings: result.oracle.models - 1 }]
  console.log('\naccuracy          all days   first half   second half   retrainings')
  for (const { name, scores, retrainings } of all) {
    const parts = [mean(scores), mean(scores.slice(0, half)), mean(scores.slice(half))]
    console.log(
      `${name.padEnd(16)} ${parts.map((text) => text.padStart(10)).join('  ')} ${String(retrainings).padStart(12)}`,
    )
  }
  console.log('\nbeside the literature:')
  for (const [name, accuracy] of LITERATURE) console.log(`  ${accuracy.toFixed(4)}  ${name}`)
  const [, weekly, refit] = result.runs
  if (weekly === undefined || refit === undefined) return
  const met = (refit.score ?? 0) > (weekly.score ?? 1) && refit.retrainings <= weekly.retrainings / 2
  console.log(`\ngoal: better than the weekly schedule with at most half of its retrainings: ${met ? 'met' : 'missed'}`)
  process.exitCode = met ? 0 : 1
}
