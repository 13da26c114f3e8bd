import { gate } from '../../src/config/schema/evaluate.ts'
import type { GateConfig } from '../../src/config/schema.ts'
import { createRandom, type Random } from '../../src/core/random.ts'
import type { Column } from '../../src/data/table.ts'
import { askedMetrics, temperClaims } from '../../src/evaluation/claims.ts'
import { marginOf } from '../../src/evaluation/compare.ts'
import { compareModels } from '../../src/evaluation/comparison.ts'
import { judge } from '../../src/evaluation/gates.ts'
import { correctedLevel } from '../../src/evaluation/holdout-ledger.ts'
import { measure, type Measurement } from '../../src/evaluation/measure.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric, metricsOf } from '../../src/evaluation/metrics.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'
import { sliceResults } from '../../src/evaluation/slices.ts'
import type { EvaluatedModel, Evaluation, MetricValue, Role } from '../../src/evaluation/types.ts'
import type { Labels } from '../../src/training/types.ts'
import type { RunOptions } from './coverage.ts'

/** How many runs of so many had what is named. */
export interface EqualRow {
  readonly what: string
  readonly times: number
}

const ROWS = 500
const METRICS = ['auc', 'accuracy', 'log-loss', 'brier', 'f1'] as const
/** Every metric that an evaluation shows without being asked. */
const TABLE = metricsOf('binary').filter(({ onRequest, name }) => !onRequest && name !== 'value')
const classes = ['no', 'yes']
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const gatesOf = (more: object): readonly GateConfig[] =>
  METRICS.map((metric) => gate.parse({ metric, versus: 'champion', ...more }))

/** What a team may ask for: all better, or none worse by the usual margin, on the whole and on any slice. */
const QUESTIONS: Readonly<Record<string, readonly GateConfig[]>> = {
  'five gates on being better, ten slices': gatesOf({ better: true }),
  'five gates on not being worse, on the whole and on ten slices': [...gatesOf({}), ...gatesOf({ slices: 'all' })],
}

/** Labels, and models of them that are equally good: the same signal, noise of their own. */
function draw(random: Random): { readonly predict: () => Sample } {
  const truth = Float64Array.from({ length: ROWS }, () => 1.5 * random.normal())
  const values = truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
  const labels: Labels = { task: 'binary', classes, values }
  const predict = (): Sample => {
    const scores = truth.map((z) => sigmoid(z + 0.7 * random.normal()))
    return createSample(labels, { task: 'binary', rows: ROWS, classes, scores })
  }
  return { predict }
}

/** Evaluations and verdicts of two equal models: every place where the word “better” can appear. */
export function equalModels(options: RunOptions): readonly EqualRow[] {
  const random = createRandom(options.seed)
  const counts = new Map<string, number>()
  const column = (name: string): Column => ({
    kind: 'category',
    name,
    codes: Int32Array.from({ length: ROWS }, () => random.below(5)),
    dictionary: Array.from({ length: 5 }, (_, i) => `v${i}`),
  })
  for (let run = 0; run < options.runs; run++) {
    const { predict } = draw(random)
    const pair = [predict(), predict()] as const
    const columns = [column('a'), column('b')]
    const measurement = measure(pair, TABLE, { ...options, seed: run })
    for (const [question, gates] of Object.entries(QUESTIONS)) {
      const evaluation = evaluationOf({ pair, columns, measurement, gates, options: { ...options, seed: run } })
      for (const [what, happened] of claimsOf(evaluation, gates)) {
        const name = `${question}: ${what}`
        counts.set(name, (counts.get(name) ?? 0) + (happened ? 1 : 0))
      }
    }
  }
  return [...counts].map(([what, times]) => ({ what, times }))
}

interface Drawn {
  readonly pair: readonly [Sample, Sample]
  readonly columns: readonly Column[]
  readonly measurement: Measurement
  readonly gates: readonly GateConfig[]
  readonly options: RunOptions
}

/** What `evaluate` finds out about two models, without the baseline and the charts, which take most of its time. */
function evaluationOf({ pair, columns, measurement, gates, options }: Drawn): Evaluation {
  const [candidate, champion] = pair
  const sliced = gates.some((gate) => gate.slices !== undefined) ? METRICS : METRICS.slice(0, 1)
  const { slices } = sliceResults({
    table: { rows: ROWS, columns },
    rows: Uint32Array.from({ length: ROWS }, (_, i) => i),
    groupings: ['a', 'b'],
    minRows: 30,
    metrics: sliced.map((name) => {
      const metric = findMetric('binary', name) as Metric
      return { metric, margin: metric.defaultMargin }
    }),
    candidate,
    champion,
    options,
  })
  const comparisons = TABLE.map((metric) => {
    const gate = gates.find((one) => one.metric === metric.name)
    const margin = marginOf(metric, 'champion', gate)
    return compareModels({ measurement, candidate: 0, other: 1, versus: 'champion', metric, margin, rows: ROWS })
  })
  const model = (role: Role, version: number, metrics: readonly MetricValue[]): EvaluatedModel => ({
    role,
    name: `v${version}`,
    version,
    metrics,
  })
  return {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: ROWS, description: '', digest: '', championSafe: true },
    thresholds: {},
    baseline: model('baseline', 0, []),
    champion: model('champion', 1, measurement.values(1)),
    candidate: model('candidate', 2, measurement.values(0)),
    ...temperClaims(comparisons, askedMetrics(gates, 'auc')),
    slices,
    curves: [],
    warnings: [],
  }
}

function claimsOf(evaluation: Evaluation, gates: readonly GateConfig[]): readonly (readonly [string, boolean])[] {
  const { comparisons, slices } = evaluation
  const judged = judge({ evaluation, gates, minHoldout: 100 })
  const outside = METRICS.map((name) => {
    const one = comparisons.find(({ metric }) => metric === name)
    return one?.direction === 'higher' ? (one.interval?.low ?? 0) > 0 : (one?.interval?.high ?? 0) < 0
  })
  const saysBetter = (sentence: string): boolean => /is better than (that of )?v1/.test(sentence)
  const onSlices = slices.flatMap((slice) => [slice, ...(slice.more ?? [])].map(({ comparison }) => comparison))
  const inGates = judged.gates.some(({ sentence }) => saysBetter(sentence))
  const inVerdict = saysBetter(judged.verdict.reason)
  const inTable = comparisons.some(({ conclusion }) => conclusion === 'better')
  const inSlices = onSlices.some((one) => one?.conclusion === 'better')
  return [
    ['(no claim) the interval of auc, the primary metric, lies on the better side of 0', outside[0] === true],
    ['(no claim) an interval of the five does', outside.includes(true)],
    ['the verdict passes', judged.verdict.outcome === 'pass'],
    ['the verdict says “better”', inVerdict],
    [
      'a gate on the whole says “better”',
      judged.gates.some((one) => one.slice === undefined && saysBetter(one.sentence)),
    ],
    [`the table of ${comparisons.length} metrics says “better” somewhere`, inTable],
    ['a slice is called better', inSlices],
    ['a slice is called worse', onSlices.some((one) => one?.conclusion === 'worse')],
    ['**anything is called better anywhere**', inGates || inTable || inSlices || inVerdict],
  ]
}

const USES = 10

/** One holdout and champion, and ten equal candidates after each other. */
export function equalUses(options: RunOptions): readonly EqualRow[] {
  const random = createRandom(options.seed + 1)
  const auc = findMetric('binary', 'auc') as Metric
  let [plain, corrected] = [0, 0]
  for (let run = 0; run < options.runs; run++) {
    const { predict } = draw(random)
    const champion = predict()
    const better = Array.from({ length: USES }, (_, use) => {
      const candidate = predict()
      return [options.level, correctedLevel(options.level, use + 1)].map((level) => {
        const measurement = measure([candidate, champion], [auc], { resamples: 100, level, seed: run })
        return (measurement.difference(0, 1, auc).interval?.low ?? 0) > 0
      })
    })
    if (better.some(([one]) => one)) plain++
    if (better.some(([, one]) => one)) corrected++
  }
  const what = `one holdout, ${USES} equal candidates: one is called better`
  return [
    { what: `${what}, without the ledger`, times: plain },
    { what: `${what}, with it`, times: corrected },
  ]
}
