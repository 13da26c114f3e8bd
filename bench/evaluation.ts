import { evaluate } from '../src/evaluation/evaluate.ts'
import { defaultGates } from '../src/evaluation/gates.ts'
import { createRandom } from '../src/core/random.ts'

/**
 * A whole evaluation on simulated predictions: `node bench/evaluation.ts [rows]`. Default: 16,281 rows, as many as the
 * official test part of Adult. Prints processor time, so that a busy machine does not matter.
 */
const rows = Number(process.argv[2] ?? 16_281)
const random = createRandom(1)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const truth = Float64Array.from({ length: rows }, () => random.normal() * 2 - 1.5)
const classes = ['no', 'yes']
const predictions = (scores: Float64Array) => ({ task: 'binary', rows, classes, scores }) as const
const scored = (noise: number) => predictions(truth.map((z) => Math.fround(sigmoid(z + noise * random.normal()))))
const gates = defaultGates('binary', 'auc')

const before = process.cpuUsage()
const evaluation = evaluate({
  task: 'binary',
  config: {
    'min-holdout': 100,
    'min-slice': 50,
    slices: ['group', 'age'],
    threshold: 0.5,
    resamples: 2000,
    level: 0.95,
    seed: 7,
    value: { tp: 120, fp: -15, tn: 0, fn: 0, unit: '€' },
    fairness: { protected: ['group'], 'min-group': 30 },
  },
  holdout: {
    table: {
      rows,
      columns: [
        {
          kind: 'category',
          name: 'group',
          codes: Int32Array.from({ length: rows }, () => random.below(2)),
          dictionary: ['a', 'b'],
        },
        {
          kind: 'number',
          name: 'age',
          values: Float64Array.from({ length: rows }, () => 18 + random.below(60)),
          integer: true,
        },
      ],
    },
    labels: { task: 'binary', classes, values: truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0)) },
    description: 'simulated',
    digest: '',
    championSafe: true,
  },
  candidate: { predictions: scored(0.3), version: 2 },
  champion: { predictions: scored(0.6), version: 1 },
  baseline: { predictions: predictions(new Float64Array(rows).fill(0.25)), name: 'always “no”' },
  thresholds: {},
  gates,
})
const seconds = process.cpuUsage(before).user / 1e6
const metrics = evaluation.candidate.metrics.length
process.stdout.write(
  `${rows.toLocaleString('en-US')} rows, ${metrics} metrics, 3 models, 2,000 resamples, ${evaluation.slices.length} slices, fairness: ` +
    `${seconds.toFixed(2)} s of processor time, ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`,
)
