/**
 * What `refit check` costs as a whole process, against the profile of a promoted version, nothing firing; beside it a
 * Python script with pandas and scipy that does the same tests.
 *
 *   npm run build && node_modules/.bin/node bench/check.ts [--shape csv] [--rows 100000] [--runs 7] [--keep] [--cli dist/cli.js]
 *
 *   --shape csv      100,000 rows of 20 columns, 14 MB. The goal: 0.6 s and 200 MB
 *   --shape parquet  10,000,000 rows of 20 columns in files of a million rows. The goal: 1 GB. Writing them takes minutes
 *   --shape wide     10,000 rows of 1,000 columns. The goal: 5 s
 *
 * `--ignore 15` leaves out so many of the columns in the configuration: they are not read.
 *
 * The repository is made by the product's own commands: `retrain` proposes version 1, `merge` promotes it, then the
 * training data gives way to new rows whose labels have not arrived.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FEATURES } from './check/data.ts'
import { csvShape, parquetShape, remove, wideShape, type Shape } from './check/shapes.ts'

const { values: options } = parseArgs({
  options: {
    shape: { type: 'string', default: 'csv' },
    rows: { type: 'string' },
    runs: { type: 'string' },
    ignore: { type: 'string', default: '0' },
    keep: { type: 'boolean' },
    cli: { type: 'string' },
  },
})
const SHAPES: Readonly<Record<string, (rows: number | undefined) => Shape>> = {
  csv: (rows = 100_000) => csvShape(rows),
  parquet: (rows = 10_000_000) => parquetShape(rows),
  wide: (rows = 10_000) => wideShape(1000, rows),
}
const shape = SHAPES[options.shape]?.(options.rows === undefined ? undefined : Number(options.rows))
const cli = resolve(options.cli ?? join(import.meta.dirname, '../dist/cli.js'))
if (shape === undefined || !existsSync(cli)) {
  console.error(shape ? `${cli} is not there: run \`npm run build\` first` : `no such shape: ${options.shape}`)
  process.exit(1)
}
const runs = Number(options.runs ?? (options.shape === 'csv' ? 7 : 2))
const ignored = FEATURES.slice(FEATURES.length - Number(options.ignore))
const CONFIG = `models:
  bench:
    data: {source: '${shape.source}', label: label, ignore: [${ignored.join(', ')}]}
    train: {model: linear, epochs: 3}
    evaluate: {resamples: 200}
    triggers: {performance: {estimate: false}}
`

const root = await mkdtemp(join(tmpdir(), 'refit-bench-check-'))
const folder = join(root, 'data')
const refit = (...args: string[]): string =>
  execFileSync(process.execPath, [cli, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  })

try {
  const { reference, current } = await prepare(shape)
  if (options.shape === 'csv') printParts(reference, current)
  const own = await measureCheck(shape, reference)
  print('refit check', own)
  const peer = options.shape === 'parquet' ? undefined : await measurePython(shape, reference, current)
  if (peer) {
    print('pandas + scipy', peer)
    const [time, cpu, memory] = [own.seconds / peer.seconds, own.cpu / peer.cpu, own.megabytes / peer.megabytes]
    console.log(
      `refit takes ${time.toFixed(2)} of the time, ${cpu.toFixed(2)} of the CPU, ${memory.toFixed(2)} of the memory`,
    )
  }
  const { seconds, megabytes } = shape.goal
  const met = own.seconds < seconds && own.megabytes < megabytes
  console.log(
    `goal: under ${Number.isFinite(seconds) ? `${seconds} s and ` : ''}${megabytes} MB: ${met ? 'met' : 'missed'}`,
  )
  process.exitCode = met ? 0 : 1
} finally {
  if (options.keep) console.log(`kept ${root}`)
  else await rm(root, { recursive: true, force: true })
}

/** A repository whose version 1 was trained on labelled rows and merged; then new ones arrive. */
async function prepare(
  of: Shape,
): Promise<{ readonly reference: readonly string[]; readonly current: readonly string[] }> {
  await mkdir(join(root, '.github'))
  await mkdir(folder)
  await writeFile(join(root, '.github', 'refit.yml'), CONFIG)
  await writeFile(join(root, '.gitignore'), 'data/\n')
  const reference = await of.reference(folder)
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: root })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Start')
  refit('retrain', '--reason', 'first version')
  refit('merge', '1')
  const current = await of.current(folder)
  const bytes = current.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  console.log(
    `${of.title}, ${(bytes / 1e6).toFixed(1)} MB${ignored.length > 0 ? `, ${ignored.length} columns ignored` : ''}`,
  )
  return { reference, current }
}

interface Cost {
  /** Median of the whole process, from start to end. */
  readonly seconds: number
  readonly fastest: number
  /** Median of user and system time. */
  readonly cpu: number
  readonly megabytes: number
}

/** Seconds of the parts alone, from the sources: what is left is the start of Node, git, and the configuration. */
function printParts(reference: readonly string[], current: readonly string[]): void {
  const script = join(import.meta.dirname, 'check', 'parts.ts')
  const files = [reference[0] ?? '', current[0] ?? ''].map((name) => join(folder, name))
  const text = execFileSync(process.execPath, [script, ...files], { encoding: 'utf8' })
  const { reading, counting, testing } = JSON.parse(text) as Record<'reading' | 'counting' | 'testing', number>
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  console.log(`in the process: reading ${ms(reading)}, counting ${ms(counting)}, testing ${ms(testing)}`)
}

async function measureCheck(of: Shape, reference: readonly string[]): Promise<Cost> {
  await remove(folder, reference)
  // The process reports its own CPU time and peak on its way out.
  const hook = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); process.stderr.write('\\ncost ' + (userCPUTime + systemCPUTime) / 1e6 + ' ' + maxRSS / 1000) })`
  const cost = measure(process.execPath, ['--import', `data:text/javascript,${hook}`, cli, 'check'], (run) => {
    const [, cpu, megabytes] = /\ncost (\S+) (\S+)$/.exec(run.stderr) ?? []
    return { cpu: Number(cpu), megabytes: Number(megabytes) }
  })
  const seen = refit('check', '--json')
  if (!/"fired":\s*"?false/.test(seen)) throw new Error(`a trigger fired, or the check of ${of.title} failed:\n${seen}`)
  return cost
}

async function measurePython(
  of: Shape,
  reference: readonly string[],
  current: readonly string[],
): Promise<Cost | undefined> {
  const script = join(import.meta.dirname, 'check.py')
  const pickle = join(root, 'reference.pkl')
  await of.reference(folder)
  const prepared = spawnSync('python3', [script, 'prepare', join(folder, reference[0] ?? ''), pickle], {
    encoding: 'utf8',
  })
  if (prepared.status !== 0) {
    console.log('skipped the comparison: python3 with pandas and scipy is not there')
    return undefined
  }
  return measure('python3', [script, 'check', pickle, join(folder, current[0] ?? '')], (run) => {
    const [, megabytes, , cpu] = run.stdout.trim().split(' ')
    return { cpu: Number(cpu), megabytes: Number(megabytes) }
  })
}

function measure(
  program: string,
  args: readonly string[],
  read: (run: { readonly stdout: string; readonly stderr: string }) => Pick<Cost, 'cpu' | 'megabytes'>,
): Cost {
  const seen = Array.from({ length: runs }, () => {
    const start = performance.now()
    const run = spawnSync(program, args, { cwd: root, encoding: 'utf8' })
    if (run.status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`)
    return { seconds: (performance.now() - start) / 1000, ...read(run) }
  })
  const sorted = (key: 'seconds' | 'cpu' | 'megabytes'): number[] =>
    seen.map((run) => run[key]).toSorted((a, b) => a - b)
  const median = (key: 'seconds' | 'cpu' | 'megabytes'): number => sorted(key)[runs >> 1] as number
  return {
    seconds: median('seconds'),
    fastest: sorted('seconds')[0] as number,
    cpu: median('cpu'),
    megabytes: median('megabytes'),
  }
}

function print(name: string, { seconds, fastest, cpu, megabytes }: Cost): void {
  console.log(
    `${name.padEnd(16)} ${seconds.toFixed(2)} s (fastest ${fastest.toFixed(2)} s), ${cpu.toFixed(2)} s of CPU, ${megabytes.toFixed(0)} MB`,
  )
}
