import { createRandom, type Random } from '../../src/core/random.ts'
import type { Column } from '../../src/data/table.ts'
import { disaggregate } from '../../src/evaluation/disaggregate.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { createSample, type Dependence, type Sample } from '../../src/evaluation/sample.ts'

export interface Figures {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

type Correlated = (random: Random, rows: number) => Float64Array

const ROWS = 2000
const PER_CUSTOMER = 10
const worlds: Readonly<Record<string, { readonly signal: Correlated; readonly dependence: Dependence }>> = {
  'independent rows': { signal: customers(1), dependence: {} },
  'ten rows of a customer': {
    signal: customers(PER_CUSTOMER),
    dependence: { clusters: Uint32Array.from({ length: ROWS }, (_, i) => Math.floor(i / PER_CUSTOMER)) },
  },
  'neighbours in time (autocorrelation 0.9)': {
    signal: series(0.9),
    dependence: { times: Float64Array.from({ length: ROWS }, (_, i) => i) },
  },
}

/** Losses and columns that are alike within customers or from row to row, and have nothing to do with each other. */
export function falseSegments(runs: number): readonly Figures[] {
  const rows = Object.entries(worlds).flatMap(([name, { signal, dependence }], w) =>
    [true, false].map((known) => {
      const random = createRandom(20260810 + w)
      let [worst, regression] = [0, 0]
      for (let run = 0; run < runs; run++) {
        const found = search(random, signal, known ? dependence : {})
        if (found?.worst.some((segment) => segment.significant)) worst++
        if (found?.regressions.some((segment) => segment.significant)) regression++
      }
      const share = (count: number): string => `${((100 * count) / runs).toFixed(1)} %`
      return [name, known ? 'yes' : 'no', share(worst), share(regression)]
    }),
  )
  const head = ['rows', 'ids and times known', 'a worst segment found', 'a regression found']
  const title = `Segments found among ${ROWS.toLocaleString('en-US')} rows where there is nothing to find (at most 5 %)`
  return [{ title, head, rows: rows.filter(([name, known]) => name !== 'independent rows' || known === 'yes') }]
}

function search(random: Random, signal: Correlated, dependence: Dependence) {
  const truth = signal(random, ROWS)
  const labels = truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
  const hard = signal(random, ROWS)
  const score = (): Sample => {
    const error = signal(random, ROWS)
    return createSample(
      { task: 'binary', classes: ['no', 'yes'], values: labels },
      {
        task: 'binary',
        rows: ROWS,
        classes: ['no', 'yes'],
        scores: truth.map((z, i) => sigmoid(z + (1 + Math.abs(hard[i] as number)) * (error[i] as number))),
      },
      { dependence },
    )
  }
  const column = (name: string, values: number): Column => {
    const own = signal(random, ROWS)
    const codes = Int32Array.from(own, (z) => Math.min(values - 1, Math.floor(values * normal(z))))
    return { kind: 'category', name, codes, dictionary: Array.from({ length: values }, (_, i) => `v${i}`) }
  }
  const columns = [column('a', 3), column('b', 4), column('c', 2), column('d', 5)]
  return disaggregate({
    config: { slices: [], 'min-slice': 50, 'find-slices': { 'min-rows': 100, max: 5 } },
    table: { rows: ROWS, columns },
    rows: Uint32Array.from({ length: ROWS }, (_, i) => i),
    columns: columns.map(({ name }) => name),
    primary: findMetric('binary', 'brier') as Metric,
    candidate: score(),
    champion: score(),
    gates: [],
    options: { resamples: 100, level: 0.95, seed: 1 },
  }).parts.segments
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
/** Φ by a logistic curve: only the shares of the values depend on it. */
const normal = (z: number): number => sigmoid(1.702 * z)

function customers(size: number): Correlated {
  return (random, rows) => {
    let shared = 0
    return Float64Array.from({ length: rows }, (_, i) => {
      if (i % size === 0) shared = random.normal()
      return size === 1 ? shared : Math.sqrt(0.8) * shared + Math.sqrt(0.2) * random.normal()
    })
  }
}

function series(correlation: number): Correlated {
  return (random, rows) => {
    let value = random.normal()
    return Float64Array.from(
      { length: rows },
      () => (value = correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal()),
    )
  }
}
