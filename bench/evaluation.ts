/**
 * A whole evaluation of simulated predictions, each in a process of its own: three models, 15 metrics (10 of several
 * classes and of numbers), 20 slices with two gated metrics each, two protected columns and their intersection, the search for segments over 8 columns,
 * churn, calibration, curves, behaviour and individual fairness, 2,000 resamples, all gates and the verdict. Beside it
 * scikit-learn, which bootstraps AUC, log loss and F1 of two models alone.
 *
 *   node_modules/.bin/node bench/evaluation.ts [--rows 100000] [--runs 3] [--no-peer]
 *
 * REFIT_PYTHON names a Python that has scikit-learn. Processor time is of all threads; a busy machine hardly stretches it.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { CaseResult } from './evaluation/case.ts'

interface PeerResult {
  readonly versions: string
  readonly resamples: number
  readonly seconds: number
  readonly processor: number
  readonly megabytes: number
}

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    runs: { type: 'string', default: '3' },
    peer: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const rows = Number(options.rows ?? 100_000)
/** Larger ones are measured once, of independent rows, and not held against the peer, which would take hours. */
const LARGE = 1_000_000
const large = rows > LARGE
const folder = mkdtempSync(join(tmpdir(), 'refit-bench-evaluation-'))
const predictions = join(folder, 'predictions.bin')

function run(task: string, of: string, more: readonly string[] = []): CaseResult {
  const script = resolve(import.meta.dirname, 'evaluation/case.ts')
  const runs = Array.from({ length: large ? 1 : Number(options.runs) }, () => {
    const args = [script, '--task', task, '--of', of, '--rows', String(rows), ...more]
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as CaseResult
  })
  const middle = (of: (one: CaseResult) => number): number =>
    runs.map(of).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] as number
  return {
    ...(runs[0] as CaseResult),
    seconds: middle((one) => one.seconds),
    processor: middle((one) => one.processor),
    megabytes: Math.max(...runs.map((one) => one.megabytes)),
  }
}

try {
  console.log(`${rows.toLocaleString('en-US')} held-out rows`)
  const shapes = { rows: 'independent rows', ids: 'four rows of each id', time: 'neighbours in time alike' }
  let binary: CaseResult | undefined
  const all: CaseResult[] = []
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    for (const [of, what] of Object.entries(shapes)) {
      if (large && of !== 'rows') continue
      const seen = run(task, of, task === 'binary' && of === 'rows' && !large ? ['--predictions', predictions] : [])
      if (task === 'binary' && of === 'rows') binary = seen
      all.push(seen)
      console.log(
        `${`${task}, ${what}`.padEnd(38)} ${seen.seconds.toFixed(2)} s, ${seen.processor.toFixed(2)} s of processor time, ` +
          `${seen.megabytes} MB (${seen.before} MB of them before): ${seen.metrics} metrics, ${seen.slices} slices, ` +
          `${seen.groups} protected groups, ${seen.segments} segments searched, ${seen.gates} gate results; ${seen.method}`,
      )
    }
  }
  const [least, most] = [
    (of: (one: CaseResult) => number) => Math.min(...all.map(of)),
    (of: (one: CaseResult) => number) => Math.max(...all.map(of)),
  ]
  console.log(
    `at least ${least((one) => one.metrics)} metrics, ${least((one) => one.resamples).toLocaleString('en-US')} resamples and ` +
      `${least((one) => one.slices)} slices in each: at most ${most((one) => one.seconds).toFixed(2)} s, ` +
      `${most((one) => one.processor).toFixed(2)} s of processor time and ${most((one) => one.megabytes)} MB`,
  )
  if (binary !== undefined && options.peer && !large) comparePeer(binary)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function comparePeer(own: CaseResult): void {
  const python = process.env['REFIT_PYTHON'] ?? 'python3'
  try {
    execFileSync(python, ['-c', 'import sklearn, scipy'], { stdio: 'ignore' })
  } catch {
    console.log(`skipped: ${python} has no scikit-learn and scipy; name one that has in REFIT_PYTHON`)
    return
  }
  const script = resolve(import.meta.dirname, 'evaluation/peer.py')
  const peer = JSON.parse(execFileSync(python, [script, predictions, String(rows)], { encoding: 'utf8' })) as PeerResult
  console.log(
    `${peer.versions}: ${peer.resamples} resamples of AUC, log loss and F1 of two models alone take ` +
      `${peer.seconds.toFixed(1)} s, ${peer.processor.toFixed(1)} s of processor time, ${peer.megabytes} MB`,
  )
  console.log(
    `refit, with everything above, is ${(peer.seconds / own.seconds).toFixed(0)} times as fast ` +
      `(${(peer.processor / own.processor).toFixed(0)} times by processor time), in ${(own.megabytes / peer.megabytes).toFixed(2)} of the memory`,
  )
}
