/**
 * How long `refit check` takes on 100,000 × 20 CSV (14 MB) against the profile of a promoted version, nothing firing,
 * as a whole process; beside it a Python script with pandas and scipy that does the same tests.
 *
 *   npm run build && node_modules/.bin/node bench/check.ts [--runs 7] [--keep] [--cli dist/cli.js]
 *
 * The repository is made by the product's own commands: `retrain` proposes version 1, `merge` promotes it, then the
 * training data gives way to new rows whose labels have not arrived. The goal: 0.6 s and 200 MB.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeData } from './check/data.ts'

const GOAL = { seconds: 0.6, megabytes: 200 }
const CONFIG = `models:
  bench:
    data: {source: 'data/*.csv', label: label}
    train: {model: linear, epochs: 3}
    evaluate: {resamples: 200}
`

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, keep: { type: 'boolean' }, cli: { type: 'string' } },
})
const runs = Number(options.runs)
const cli = resolve(options.cli ?? join(import.meta.dirname, '../dist/cli.js'))
if (!existsSync(cli)) {
  console.error(`${cli} is not there: run \`npm run build\` first`)
  process.exit(1)
}

const root = await mkdtemp(join(tmpdir(), 'refit-bench-check-'))
const reference = join(root, 'data', 'reference.csv')
const current = join(root, 'data', 'new.csv')
const refit = (...args: string[]): string =>
  execFileSync(process.execPath, [cli, ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  await prepare()
  printParts()
  const own = await measureCheck()
  const peer = await measurePython()
  print('refit check', own)
  if (peer) {
    print('pandas + scipy', peer)
    console.log(
      `refit takes ${(own.seconds / peer.seconds).toFixed(2)} of the time and ${(own.megabytes / peer.megabytes).toFixed(2)} of the memory`,
    )
  }
  const met = own.seconds < GOAL.seconds && own.megabytes < GOAL.megabytes
  console.log(`goal: under ${GOAL.seconds} s and ${GOAL.megabytes} MB: ${met ? 'met' : 'missed'}`)
  process.exitCode = met ? 0 : 1
} finally {
  if (options.keep) console.log(`kept ${root}`)
  else await rm(root, { recursive: true, force: true })
}

/** A repository whose version 1 was trained on 20,000 labelled rows and merged; then 100,000 new ones arrive. */
async function prepare(): Promise<void> {
  await mkdir(join(root, '.github'))
  await mkdir(join(root, 'data'))
  await writeFile(join(root, '.github', 'refit.yml'), CONFIG)
  await writeFile(join(root, '.gitignore'), 'data/\n')
  await writeData(reference, 20_000, 1, true)
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: root })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Start')
  refit('retrain', '--reason', 'first version')
  refit('merge', '1')
  await writeData(current, 100_000, 2, false)
  console.log(`100,000 rows of 20 columns, ${((await stat(current)).size / 1e6).toFixed(1)} MB`)
}

interface Cost {
  /** Median of the whole process, from start to end. */
  readonly seconds: number
  readonly fastest: number
  readonly megabytes: number
}

/** Seconds of the parts alone, from the sources: what is left is the start of Node, git, and the configuration. */
function printParts(): void {
  const script = join(import.meta.dirname, 'check', 'parts.ts')
  const text = execFileSync(process.execPath, [script, reference, current], { encoding: 'utf8' })
  const { reading, counting, testing } = JSON.parse(text) as Record<'reading' | 'counting' | 'testing', number>
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  console.log(`in the process: reading ${ms(reading)}, counting ${ms(counting)}, testing ${ms(testing)}`)
}

async function measureCheck(): Promise<Cost> {
  await rm(reference)
  const seconds = times(process.execPath, [cli, 'check'])
  const seen = refit('check', '--json')
  if (!/"fired":\s*"?false/.test(seen)) throw new Error(`a trigger fired, or the check failed:\n${seen}`)
  // One more run reports its own peak, outside the measured ones.
  const hook = `process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS))`
  const run = spawnSync(process.execPath, ['--import', `data:text/javascript,${hook}`, cli, 'check'], {
    cwd: root,
    encoding: 'utf8',
  })
  const peak = /\npeak (\d+)$/.exec(run.stderr)?.[1]
  return { ...summarise(seconds), megabytes: Number(peak) / 1000 }
}

async function measurePython(): Promise<Cost | undefined> {
  const script = join(import.meta.dirname, 'check.py')
  const pickle = join(root, 'reference.pkl')
  await writeData(reference, 20_000, 1, true)
  const prepared = spawnSync('python3', [script, 'prepare', reference, pickle], { encoding: 'utf8' })
  if (prepared.status !== 0) {
    console.log('skipped the comparison: python3 with pandas and scipy is not there')
    return undefined
  }
  const command = [script, 'check', pickle, current]
  const seconds = times('python3', command)
  const [, megabytes] = execFileSync('python3', command, { encoding: 'utf8' }).trim().split(' ')
  return { ...summarise(seconds), megabytes: Number(megabytes) }
}

function times(program: string, args: readonly string[]): number[] {
  return Array.from({ length: runs }, () => {
    const start = performance.now()
    const run = spawnSync(program, args, { cwd: root, encoding: 'utf8' })
    if (run.status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`)
    return (performance.now() - start) / 1000
  })
}

function summarise(seconds: readonly number[]): Pick<Cost, 'seconds' | 'fastest'> {
  const sorted = seconds.toSorted((a, b) => a - b)
  return { seconds: sorted[sorted.length >> 1] as number, fastest: sorted[0] as number }
}

function print(name: string, cost: Cost): void {
  const { seconds, fastest, megabytes } = cost
  console.log(
    `${name.padEnd(16)} ${seconds.toFixed(2)} s (fastest ${fastest.toFixed(2)} s), ${megabytes.toFixed(0)} MB`,
  )
}
