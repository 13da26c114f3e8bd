/**
 * Two equal models: how often is one called better or worse than the other?
 *
 *     node bench/equal-models.ts [runs] [rows]
 *
 * Every run draws a holdout and two models that are equally good (the same signal, noise of their own), and judges them
 * with five gates and ten slices. Then the same holdout is used ten times by ten such candidates, with and without the
 * correction of the ledger.
 */
import { gate } from '../src/config/schema/evaluate.ts'
import { createRandom } from '../src/core/random.ts'
import type { Column } from '../src/data/table.ts'
import { disaggregate } from '../src/evaluation/disaggregate.ts'
import { correctedLevel } from '../src/evaluation/holdout-ledger.ts'
import { compareModels } from '../src/evaluation/comparison.ts'
import { measure } from '../src/evaluation/measure.ts'
import type { Metric } from '../src/evaluation/metrics/family.ts'
import { findMetric } from '../src/evaluation/metrics.ts'
import { createSample, type Sample } from '../src/evaluation/sample.ts'

const runs = Number(process.argv[2] ?? 2000)
const rows = Number(process.argv[3] ?? 1500)
const random = createRandom(20260701)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const classes = ['no', 'yes']
const names = ['auc', 'accuracy', 'log-loss', 'brier', 'f1']
const metrics = names.map((name) => findMetric('binary', name) as Metric)
const gates = names.map((metric) => gate.parse({ metric, versus: 'champion', better: true }))
const none = { kind: 'absolute', size: 0 } as const

function draw(): { readonly labels: Float64Array; readonly score: () => Sample } {
  const truth = Float64Array.from({ length: rows }, () => 1.5 * random.normal())
  const labels = truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
  const score = (): Sample =>
    createSample(
      { task: 'binary', classes, values: labels },
      { task: 'binary', rows, classes, scores: truth.map((z) => sigmoid(z + 0.7 * random.normal())) },
    )
  return { labels, score }
}
const category = (name: string, values: number): Column => ({
  kind: 'category',
  name,
  codes: Int32Array.from({ length: rows }, () => random.below(values)),
  dictionary: Array.from({ length: values }, (_, i) => `v${i}`),
})
const everyRow = Uint32Array.from({ length: rows }, (_, i) => i)
const count: Record<string, number> = {}
const add = (what: string, happened: boolean): void => {
  count[what] = (count[what] ?? 0) + (happened ? 1 : 0)
}

const started = performance.now()
for (let run = 0; run < runs; run++) {
  const { score } = draw()
  const [candidate, champion] = [score(), score()]
  const options = { resamples: 300, level: 0.95, seed: run }
  const measurement = measure([candidate, champion], metrics, options)
  const answers = metrics.map(
    (metric) =>
      compareModels({ measurement, candidate: 0, other: 1, versus: 'champion', metric, margin: none, rows }).conclusion,
  )
  answers.forEach((answer, i) => add(`gate on ${names[i]}: better`, answer === 'better'))
  add('one of the five gates: better', answers.includes('better'))
  add(
    'verdict (all five gates): better',
    answers.every((answer) => answer === 'better'),
  )
  const { parts } = disaggregate({
    config: { slices: ['a', 'b'], 'min-slice': 50, 'find-slices': { 'min-rows': 100, max: 5 } },
    table: { rows, columns: [category('a', 5), category('b', 5)] },
    rows: everyRow,
    columns: ['a', 'b'],
    primary: metrics[0] as Metric,
    candidate,
    champion,
    gates,
    options,
  })
  const sliced = parts.slices.map((slice) => slice.comparison?.conclusion)
  add('one of ten slices: better', sliced.includes('better'))
  add('one of ten slices: better or worse', sliced.includes('better') || sliced.includes('worse'))
  add(
    'one of ten slices: better or worse, uncorrected',
    parts.slices.some((slice) => (slice.pValue ?? 1) < 0.05),
  )
  add('a regression found', parts.segments?.regressions.some((segment) => segment.significant) ?? false)
}
console.log(`${runs} pairs of equal models, ${rows} rows, α = 0.05 (0.025 on either side)`)
for (const [what, times] of Object.entries(count))
  console.log(`${((100 * times) / runs).toFixed(2).padStart(6)} %  ${what}`)

const uses = 10
let [plain, corrected] = [0, 0]
const auc = metrics[0] as Metric
for (let run = 0; run < runs; run++) {
  const { score } = draw()
  const champion = score()
  const better = Array.from({ length: uses }, (_, use) => {
    const candidate = score()
    return [0.95, correctedLevel(0.95, use + 1)].map((level) => {
      const measurement = measure([candidate, champion], [auc], { resamples: 100, level, seed: run })
      return (measurement.difference(0, 1, auc).interval?.low ?? 0) > 0
    })
  })
  if (better.some(([one]) => one)) plain++
  if (better.some(([, one]) => one)) corrected++
}
console.log(`the same holdout and champion, ${uses} equal candidates, at least one called better:`)
console.log(`${((100 * plain) / runs).toFixed(2).padStart(6)} %  without the ledger`)
console.log(`${((100 * corrected) / runs).toFixed(2).padStart(6)} %  with it`)
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`)
