import { createRandom } from '../src/core/random.ts'
import { configSchema } from '../src/config/schema.ts'
import type { Column } from '../src/data/table.ts'
import { evaluate } from '../src/evaluation/evaluate.ts'
import { defaultGates } from '../src/evaluation/gates.ts'

/**
 * A whole evaluation on simulated predictions: `node bench/evaluation.ts [rows] [slice columns]`. Default: 100,000 rows,
 * 20 slices (4 columns of 5 values). Prints wall and processor time, which a busy machine does not stretch.
 */
const rows = Number(process.argv[2] ?? 100_000)
const columns = Number(process.argv[3] ?? 4)
const random = createRandom(1)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const truth = Float64Array.from({ length: rows }, () => random.normal() * 2 - 1.5)
const classes = ['no', 'yes']
const predictions = (scores: Float64Array) => ({ task: 'binary', rows, classes, scores }) as const
const scored = (noise: number) => predictions(truth.map((z) => Math.fround(sigmoid(z + noise * random.normal()))))
const names = Array.from({ length: columns }, (_, i) => `segment-${i + 1}`)
const dictionary = ['a', 'b', 'c', 'd', 'e']
const segment = (name: string, values: number): Column => ({
  kind: 'category',
  name,
  codes: Int32Array.from({ length: rows }, () => random.below(values)),
  dictionary: dictionary.slice(0, values),
})
const parsed = configSchema.parse({
  models: {
    bench: {
      data: 'x.csv',
      label: 'y',
      evaluate: {
        primary: process.argv[4] ?? 'auc',
        slices: names,
        'find-slices': false,
        value: { tp: 120, fp: -15, unit: '€' },
        fairness: { protected: ['group'] },
      },
    },
  },
})
const config = parsed.models['bench']?.evaluate
if (config === undefined) throw new Error('the configuration of the bench is lost')
const input = {
  task: 'binary',
  config,
  holdout: {
    table: { rows, columns: [segment('group', 2), ...names.map((name) => segment(name, 5))] },
    labels: { task: 'binary', classes, values: truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0)) },
    description: 'simulated',
    digest: '',
    championSafe: true,
  },
  candidate: { predictions: scored(0.3), version: 2 },
  champion: { predictions: scored(0.6), version: 1 },
  baseline: { predictions: predictions(new Float64Array(rows).fill(0.25)), name: 'always “no”' },
  thresholds: {},
  gates: defaultGates('binary', 'auc'),
} as const
const before = process.cpuUsage()
const start = performance.now()
const evaluation = evaluate(input)
const wall = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(before)
const metrics = evaluation.candidate.metrics.length
const method = evaluation.comparisons.find((one) => one.metric === 'log-loss')?.interval?.method
process.stdout.write(
  `${rows.toLocaleString('en-US')} rows, ${metrics} metrics, 3 models, ${evaluation.slices.length} slices, fairness, ${method}: ` +
    `${wall.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor time, ` +
    `at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`,
)
