import { parseArgs } from 'node:util'
import { writeFileSync } from 'node:fs'
import { configSchema } from '../../src/config/schema.ts'
import { defaultGates, judge } from '../../src/evaluation/gates.ts'
import { checkBehaviour } from '../../src/evaluation/behaviour/check.ts'
import { evaluate } from '../../src/evaluation/evaluate.ts'
import { individualFairness, type IndividualModel } from '../../src/evaluation/individual-fairness.ts'
import { PROTECTED, SEGMENTS, simulate, type Shape } from './simulate.ts'

/**
 * One evaluation, in a process of its own so that its peak of memory is its own. Prints one line of JSON (`CaseResult`).
 *
 *   node bench/evaluation/case.ts [--task binary|multiclass|regression] [--of rows|ids|time] [--rows 100000] [--out file]
 */
export interface CaseResult {
  readonly metrics: number
  readonly resamples: number
  readonly slices: number
  readonly groups: number
  readonly segments: number
  readonly gates: number
  readonly verdict: string
  /** How the intervals of most metrics were made. */
  readonly method: string | undefined
  readonly seconds: number
  /** User and system together, of all threads. */
  readonly processor: number
  /** Peak of the whole process, the simulated rows and Node itself included. */
  readonly megabytes: number
  /** Peak before the evaluation began. */
  readonly before: number
}

const { values: options } = parseArgs({
  options: {
    task: { type: 'string', default: 'binary' },
    of: { type: 'string', default: 'rows' },
    rows: { type: 'string', default: '100000' },
    /** Where to write the evaluation, to hold two versions against each other. */
    out: { type: 'string' },
    /** Where to write labels and scores of both models as 64-bit floats, for the peer. */
    predictions: { type: 'string' },
  },
})
const shape = { task: options.task, of: options.of, rows: Number(options.rows) } as Shape
const { task } = shape
const primary = { binary: 'auc', multiclass: 'accuracy', regression: 'rmse' }[task]
const onSlices = { binary: 'f1', multiclass: 'log-loss', regression: 'mae' }[task]
/** Asked for beside those that need no asking, so that every task has ten or more. */
const asked = {
  binary: [],
  multiclass: ['macro-recall', 'weighted-recall', 'top-2-accuracy'],
  regression: ['pinball-p10', 'pinball-p90'],
}[task]
const parsed = configSchema.parse({
  models: {
    bench: {
      data: 'x.csv',
      label: 'y',
      evaluate: {
        primary,
        metrics: asked,
        slices: [...SEGMENTS],
        ...(task === 'binary' ? { value: { tp: 120, fp: -15, unit: '€' } } : {}),
        fairness: { protected: [...PROTECTED, [...PROTECTED]] },
      },
      gates: [
        ...defaultGates(task, primary),
        { metric: primary, versus: 'champion', margin: 0.01, slices: 'all' },
        { metric: onSlices, versus: 'champion', margin: 0.02, slices: 'all' },
        ...(task === 'binary' ? [{ metric: 'ece', max: 0.05 }] : []),
        { metric: 'churn', max: 0.2 },
      ],
    },
  },
})
const model = parsed.models['bench']
if (model?.gates === undefined) throw new Error('the configuration of the bench is lost')
const { gates, evaluate: config } = model
const data = simulate(shape)
const rows = Uint32Array.from({ length: shape.rows }, (_, row) => row)
const columns = data.table.columns.map((column) => column.name)

const peak = (): number => Math.round(process.resourceUsage().maxRSS / 1024)
const before = { memory: peak(), processor: process.cpuUsage(), time: performance.now() }
const scores = evaluate({
  task,
  config,
  gates,
  holdout: {
    table: data.table,
    rows,
    labels: data.labels,
    dependence: data.dependence,
    columns,
    description: 'simulated',
    digest: '',
    championSafe: true,
  },
  candidate: { predictions: data.candidate, version: 2 },
  champion: { predictions: data.champion, version: 1 },
  baseline: { predictions: data.baseline, name: 'always the same' },
  thresholds: {},
})
const individual = (predictions: typeof data.candidate): IndividualModel => ({
  predictions,
  threshold: 0.5,
  predict: data.predict,
  reads: () => true,
})
const evaluation = {
  ...scores,
  behaviour: checkBehaviour({
    config: config.behaviour,
    table: data.table,
    rows,
    labels: data.labels,
    columns,
    predict: data.predict,
    leaks: { checks: [], strongest: [] },
  }),
  ...(task === 'binary' && config.fairness
    ? {
        individualFairness: individualFairness({
          config: config.fairness,
          table: data.table,
          rows,
          columns,
          candidate: individual(data.candidate),
          champion: individual(data.champion),
          level: config.level,
          seed: config.seed,
        }),
      }
    : {}),
}
const judged = judge({ evaluation, gates, fairness: config.fairness, minHoldout: config['min-holdout'] })
const seconds = (performance.now() - before.time) / 1000
const { user, system } = process.cpuUsage(before.processor)
const result: CaseResult = {
  metrics: evaluation.candidate.metrics.length,
  resamples: config.resamples,
  slices: evaluation.slices.length,
  groups: evaluation.fairness.reduce((sum, { candidate }) => sum + candidate.length, 0),
  segments: evaluation.segments?.searched ?? 0,
  gates: judged.gates.length,
  verdict: judged.verdict.outcome,
  method: evaluation.comparisons.find((one) => /log-loss|rmse/.test(one.metric))?.interval?.method,
  seconds,
  processor: (user + system) / 1e6,
  megabytes: peak(),
  before: before.memory,
}
if (options.out !== undefined) writeFileSync(options.out, JSON.stringify({ evaluation, judged }, null, 1))
if (options.predictions !== undefined) {
  const columns = [data.labels.values, data.candidate.scores, data.champion.scores]
  writeFileSync(options.predictions, Buffer.concat(columns.map((column) => new Uint8Array(column.buffer))))
}
process.stdout.write(`${JSON.stringify(result)}\n`)
