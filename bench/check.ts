/**
 * What `refit check` costs as a whole process, against the profile of a promoted version, nothing firing; beside it a
 * Python script with pandas and scipy that does the same tests.
 *
 *   npm run build && node_modules/.bin/node bench/check.ts [--shape csv] [--rows 100000] [--runs 7] [--save]
 *
 *   --shape csv      100,000 rows of 20 columns, 14 MB. The goal: 0.6 s and 200 MB
 *   --shape labelled the same rows with their labels: the champion is scored on the newest 20,000 and challenged
 *   --shape parquet  100,000, a million, and 10,000,000 rows of 20 columns; the latter also where 15 of them are ignored,
 *                    and where all but the newest 100,000 rows have been seen. The goal: 1 GB. Takes four minutes
 *   --shape wide     10,000 rows of 1,000 columns. The goal: 5 s
 *
 *   --rows 1000,20000     other numbers of rows, one measurement for each
 *   --save                writes the results to bench/results/check.md
 *   --python <program>    with pandas, scipy, and for Parquet pyarrow (default: python3); without them the peer is skipped
 *   --keep, --cli <file>  leaves the repository where it is; another build
 *
 * The repository is made by the product's own commands: `retrain` proposes version 1, trained on 20,000 rows, `merge`
 * promotes it, then the training data gives way to new rows whose labels have not arrived.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { measureNode, measurePython, print, type Cost } from './check/cost.ts'
import { loadNow, saveResults, type Result } from './check/results.ts'
import { remove, SHAPES, type Case, type Shape } from './check/shapes.ts'

const { values: options } = parseArgs({
  options: {
    shape: { type: 'string', default: 'csv' },
    rows: { type: 'string' },
    runs: { type: 'string' },
    keep: { type: 'boolean' },
    cli: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    save: { type: 'boolean' },
  },
})
const shape = SHAPES[options.shape]
const cli = resolve(options.cli ?? join(import.meta.dirname, '../dist/cli.js'))
if (shape === undefined || !existsSync(cli)) {
  console.error(shape ? `${cli} is not there: run \`npm run build\` first` : `no such shape: ${options.shape}`)
  process.exit(1)
}
const root = await mkdtemp(join(tmpdir(), 'refit-bench-check-'))
const folder = join(root, 'data')
const results: Result[] = []

try {
  const reference = await prepare(shape)
  for (const rows of options.rows?.split(',').map(Number) ?? shape.rows) await measureRows(shape, reference, rows)
  if (options.save) await saveResults(results)
  process.exitCode = results.every(({ met }) => met) ? 0 : 1
} finally {
  if (options.keep) console.log(`kept ${root}`)
  else await rm(root, { recursive: true, force: true })
}

function refit(...args: string[]): string {
  return execFileSync(process.execPath, [cli, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1e8,
  })
}

/** A repository whose versions 1 were trained on labelled rows and merged. What they were trained on is kept elsewhere. */
async function prepare(of: Shape): Promise<string> {
  await mkdir(join(root, '.github'))
  await mkdir(folder)
  const models = of.cases.map(
    ({ model, data }) => `  ${model}:
    data: {source: '${of.source}', label: label${data}}
    train: {model: linear, epochs: 3}
    evaluate: {resamples: 200}
    triggers: ${of.triggers ?? '{performance: {estimate: false}}'}
`,
  )
  await writeFile(join(root, '.github', 'refit.yml'), `models:\n${models.join('')}`)
  await writeFile(join(root, '.gitignore'), 'data/\nreference/\n*.pkl\n')
  const file = await of.reference(folder)
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: root })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Start')
  for (const [i, { model }] of of.cases.entries()) {
    refit('retrain', '--model', model, '--reason', 'first version')
    refit('merge', String(i + 1))
  }
  await mkdir(join(root, 'reference'))
  const kept = join(root, 'reference', file)
  execFileSync('mv', [join(folder, file), kept])
  return kept
}

async function measureRows(of: Shape, reference: string, rows: number): Promise<void> {
  const current = await of.current(folder, rows)
  const bytes = current.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  const title = `${rows.toLocaleString('en')} × ${of.columns.toLocaleString('en')} ${of.format}`
  console.log(`${title}, ${(bytes / 1e6).toFixed(1)} MB`)
  if (options.shape === 'csv') printParts(reference, join(folder, current[0] ?? ''))
  for (const one of of.cases) {
    if (one.rows !== undefined && rows < one.rows) continue
    measureCase(of, one, { rows, title, reference, first: join(folder, current[0] ?? '') })
  }
  await remove(folder, current)
}

function measureCase(
  of: Shape,
  { model, title: addition, ignored, peer: hasPeer }: Case,
  { rows, title, reference, first }: { rows: number; title: string; reference: string; first: string },
): void {
  // The large ones take long enough for one run to say it.
  const runs = Number(options.runs ?? (rows * of.columns > 5e7 ? 1 : of.columns > 100 ? 3 : 5))
  const what = `${title}${addition}`
  const own = measureNode([cli, 'check', '--model', model], root, runs)
  const seen = refit('check', '--model', model, '--json')
  if (!/"fired":\s*"?false/.test(seen)) throw new Error(`a trigger fired, or the check of ${what} failed:\n${seen}`)
  print('refit check', own)
  console.log(`  ${what}: ${/[\d,]+ new rows/.exec(seen)?.[0] ?? 'new rows not said'}`)
  const peer = hasPeer ? measurePeer(reference, of.format === 'CSV' ? first : folder, ignored, runs) : undefined
  if (peer) {
    print('pandas + scipy', peer)
    const [time, cpu, memory] = [own.seconds / peer.seconds, own.cpu / peer.cpu, own.megabytes / peer.megabytes]
    console.log(
      `refit takes ${time.toFixed(2)} of the time, ${cpu.toFixed(2)} of the CPU, ${memory.toFixed(2)} of the memory`,
    )
  }
  const { seconds, megabytes } = of.goal
  const met = own.seconds < seconds && own.megabytes < megabytes
  const goal = `${Number.isFinite(seconds) ? `${seconds} s, ` : ''}${megabytes} MB`
  console.log(`goal: under ${goal}: ${met ? 'met' : 'missed'}`)
  results.push({ what, own, peer, goal, met, load: loadNow() })
}

/** Seconds of the parts alone, from the sources: what is left is the start of Node, git, and the configuration. */
function printParts(reference: string, current: string): void {
  const script = join(import.meta.dirname, 'check', 'parts.ts')
  const text = execFileSync(process.execPath, [script, reference, current], { encoding: 'utf8' })
  const { reading, counting, testing } = JSON.parse(text) as Record<'reading' | 'counting' | 'testing', number>
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  console.log(`in the process: reading ${ms(reading)}, counting ${ms(counting)}, testing ${ms(testing)}`)
}

function measurePeer(reference: string, current: string, ignored: readonly string[], runs: number): Cost | undefined {
  const script = join(import.meta.dirname, 'check.py')
  const pickle = join(root, 'reference.pkl')
  const prepared = spawnSync(options.python, [script, 'prepare', reference, pickle, ...ignored], { encoding: 'utf8' })
  if (prepared.status !== 0) {
    console.log(`skipped the comparison: ${options.python} with pandas, scipy and pyarrow is not there`)
    return undefined
  }
  return measurePython(options.python, [script, 'check', pickle, current], root, runs)
}
