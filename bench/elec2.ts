/**
 * Electricity (ELEC2) as a stream of days through Refit's own commands and local forge: every day its rows arrive with
 * their labels, `check` runs with the default triggers, a candidate that passes the gates is merged. Scored
 * test-then-train: each day by the model that was in production that morning.
 *
 *   node_modules/.bin/node bench/elec2.ts [--days N] [--window 60d]
 *
 * Needs the table elec2.csv (../shared/data, or the folder in REFIT_DATA); it is not part of this repository.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseConfig } from '../src/config/load.ts'
import { silentLog } from '../src/core/log.ts'
import { readChampion, readBase } from '../src/commands/champion.ts'
import { execute } from '../src/commands/execute.ts'
import type { Project } from '../src/commands/project.ts'
import { readTable } from '../src/data/read.ts'
import { encodeLabels } from '../src/features/label.ts'
import { openLocalForge } from '../src/forge/local/local-forge.ts'
import { loadEngine } from '../src/training/engine.ts'
import { loadModel, type LoadedModel } from '../src/training/model.ts'

const ROWS_A_DAY = 48
const FIRST_DAY = Date.UTC(1996, 4, 7)
const DAY = 86_400_000
const FIRST_TRAINING_DAYS = 94 // the first 10 % of 944 days

const { values: options } = parseArgs({
  options: { days: { type: 'string' }, window: { type: 'string' }, model: { type: 'string' } },
})
const source = join(process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../shared/data'), 'elec2.csv')
if (!existsSync(source)) {
  console.log(`skipped: ${source} is not there`)
  process.exit(0)
}

const root = await mkdtemp(join(tmpdir(), 'refit-elec2-'))
const git = (...args: string[]): void =>
  void execFileSync('git', ['-C', root, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
    stdio: 'pipe',
  })
const train = [options.window && `window: ${options.window}`, options.model && `model: ${options.model}`]
  .filter(Boolean)
  .join(', ')
const configText = `models:\n  elec2:\n    data: {source: 'data/*.csv', label: class, time: time, ignore: []}\n    rollout: {target: none}\n${train ? `    train: {${train}}\n` : ''}`

const [header = '', ...lines] = (await readFile(source, 'utf8')).trim().split('\n')
const days = Array.from({ length: Math.floor(lines.length / ROWS_A_DAY) }, (_, day) =>
  lines.slice(day * ROWS_A_DAY, (day + 1) * ROWS_A_DAY),
)
const last = Math.min(days.length, options.days === undefined ? days.length : Number(options.days))
const stamp = (day: number, row: number): string =>
  new Date(FIRST_DAY + day * DAY + row * (DAY / ROWS_A_DAY)).toISOString().slice(0, 19)
const writeDays = (name: string, from: number, to: number): Promise<void> =>
  writeFile(
    join(root, 'data', name),
    `time,${header}\n${days
      .slice(from, to)
      .flatMap((rows, i) => rows.map((row, j) => `${stamp(from + i, j)},${row}`))
      .join('\n')}\n`,
  )

await mkdir(join(root, 'data'))
await mkdir(join(root, '.github'))
await writeFile(join(root, '.github/refit.yml'), configText)
git('init', '-q', '-b', 'main')
git('add', '.github')
git('commit', '-qm', 'Configuration')

let now = 0
const clock = (): number => now
const forge = await openLocalForge(root, { clock })
const project: Project = {
  root,
  configPath: '.github/refit.yml',
  configText,
  config: parseConfig(configText, '.github/refit.yml'),
  forge,
  clock,
  log: silentLog,
  request: { by: 'schedule', reason: null, manual: false, runUrl: null, codeCommit: null },
  output: join(root, '.refit'),
  gatewayUrl: undefined,
  gatewayToken: undefined,
}
const config = project.config.models['elec2']
if (config === undefined) throw new Error('the configuration has no model')
const engine = await loadEngine({ choice: 'auto', workspace: root, log: silentLog })

interface Score {
  right: number
  rows: number
}
const production: Score = { right: 0, rows: 0 }
const once: Score = { right: 0, rows: 0 }
const outcomes: Record<string, number> = {}
const fired: Record<string, number> = {}

async function champion(): Promise<LoadedModel> {
  const { commit } = await readBase(project)
  const found = await readChampion(project, 'elec2', commit)
  if (found === undefined) throw new Error('no champion was merged')
  return loadModel(engine, found.files)
}

/** One morning: the commands, and the merge of what they proposed. True when production changed. */
async function morning(day: number): Promise<boolean> {
  now = FIRST_DAY + day * DAY
  const run = await execute(project, {
    work: [{ kind: 'refresh', model: 'elec2', manual: false, reason: null }],
    comment: undefined,
  })
  const [result] = run.models
  if (result?.error !== undefined) throw result.error
  const outcome = result?.outcome ?? 'nothing'
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  for (const trigger of result?.triggers ?? [])
    if (trigger.status === 'fired') fired[trigger.trigger] = (fired[trigger.trigger] ?? 0) + 1
  if (outcome !== 'proposed' && outcome !== 'updated') return false
  if (result?.pullRequest !== undefined) await forge.merge(result.pullRequest.number)
  if (process.stdout.isTTY)
    console.log(`${new Date(now).toISOString().slice(0, 10)}  ${outcome}: ${result?.note ?? ''}`)
  return true
}

async function score(model: LoadedModel, file: string, into: Score): Promise<void> {
  const { table } = await readTable({ ...config!.data, source: [`data/${file}`] }, root, {
    log: silentLog,
    kinds: { time: 'time', class: 'category' },
  })
  const { rows, values } = encodeLabels(model.spec, table)
  const { scores } = model.predict(table, rows)
  for (let i = 0; i < rows.length; i++) if (Number((scores[i] as number) >= 0.5) === values[i]) into.right++
  into.rows += rows.length
}

const started = performance.now()
await writeDays('0000.csv', 0, FIRST_TRAINING_DAYS)
await morning(FIRST_TRAINING_DAYS)
const first = await champion()
let current = await champion()
for (let day = FIRST_TRAINING_DAYS; day < last; day++) {
  const file = `${String(day).padStart(4, '0')}.csv`
  await writeDays(file, day, day + 1)
  await score(first, file, once)
  await score(current, file, production)
  if (await morning(day + 1)) {
    current.dispose()
    current = await champion()
  }
}
const weeks = (last - FIRST_TRAINING_DAYS) / 7
const trained =
  (outcomes['proposed'] ?? 0) +
  (outcomes['updated'] ?? 0) +
  (outcomes['draft'] ?? 0) +
  (outcomes['gate-failed'] ?? 0) -
  1
const rate = ({ right, rows }: Score): string => (right / rows).toFixed(4)
console.log(`trained once on the first 10 %:     accuracy ${rate(once)} on ${once.rows} rows`)
console.log(`Refit with its default triggers:    accuracy ${rate(production)} on the same rows`)
console.log(
  `retrainings: ${trained} in ${weeks.toFixed(0)} weeks; pull requests the gates let through: ${(outcomes['proposed'] ?? 0) + (outcomes['updated'] ?? 0) - 1}, drafts: ${outcomes['draft'] ?? 0}, refused: ${outcomes['gate-failed'] ?? 0}`,
)
console.log(`triggers that fired: ${JSON.stringify(fired)}; days by outcome: ${JSON.stringify(outcomes)}`)
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s for ${last - FIRST_TRAINING_DAYS} days of checks`)
await rm(root, { recursive: true, force: true })
