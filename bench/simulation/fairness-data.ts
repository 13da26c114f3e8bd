import { createRandom } from '../../src/core/random.ts'
import type { Table } from '../../src/data/table.ts'
import { dataBias } from '../../src/evaluation/data-bias.ts'
import { individualFairness, type IndividualModel } from '../../src/evaluation/individual-fairness.ts'
import { evaluate as schema } from '../../src/config/schema/evaluate.ts'
import type { Interval } from '../../src/evaluation/types.ts'
import { covered as shown } from './fairness-tables.ts'
import type { Figures } from './segments.ts'

interface Tally {
  covered: number
  below: number
  above: number
  missing: number
}
const tallies = new Map<string, Tally>()

function count(what: string, interval: Interval | null | undefined, truth: number): void {
  const tally = tallies.get(what) ?? { covered: 0, below: 0, above: 0, missing: 0 }
  if (!interval) tally.missing++
  else if (interval.high < truth - 1e-12) tally.below++
  else if (interval.low > truth + 1e-12) tally.above++
  else tally.covered++
  tallies.set(what, tally)
}

function figures(title: string): Figures {
  const rows = [...tallies].map(([what, { covered, below, above, missing }]) => {
    const percent = (n: number): string => `${((100 * n) / (covered + below + above)).toFixed(1)} %`
    return [
      what,
      shown(covered / (covered + below + above), covered + below + above),
      percent(below),
      percent(above),
      String(missing),
    ]
  })
  tallies.clear()
  return { title, head: ['interval', 'covered', 'too low', 'too high', 'none'], rows }
}

/** Label rates and shares of groups among the training rows, and how far apart they are. */
export function dataCoverage(runs: number): readonly Figures[] {
  const random = createRandom(20260805)
  const rates = [0.3, 0.2]
  for (const rows of [500, 2000, 10_000]) {
    for (const minority of [0.5, 0.1]) {
      const name = `${rows.toLocaleString('en-US')} rows, ${100 * minority} % in the smaller group`
      for (let run = 0; run < runs; run++) {
        const codes = Int32Array.from({ length: rows }, () => (random.next() < minority ? 1 : 0))
        const labels = Float64Array.from(codes, (code) => (random.next() < (rates[code] as number) ? 1 : 0))
        const table: Table = { rows, columns: [{ kind: 'category', name: 'sex', codes, dictionary: ['m', 'f'] }] }
        const all = Uint32Array.from({ length: rows }, (_, i) => i)
        const [bias] = dataBias({
          task: 'binary',
          protected: ['sex'],
          minGroup: 10,
          level: 0.95,
          train: { table, rows: all, labels },
          holdout: { table, rows: all },
        })
        const small = bias?.groups.find(({ group }) => group === 'f')
        count(`label rate of the smaller group · ${name}`, small?.interval, 0.2)
        count(`share of the smaller group · ${name}`, small?.trainShareInterval, minority)
        count(`label rate difference · ${name}`, bias?.labelRateDifferenceInterval, 0.1)
        count(`label rate ratio · ${name}`, bias?.labelRateRatioInterval, 2 / 3)
      }
    }
  }
  return [figures('Bias of the data: label rate and representation')]
}

const POINTS = 400
const TRUTH_RUNS = 4

/** Consistency of k neighbours and the flip test, of one model and the change to another. */
export function individualCoverage(runs: number): readonly Figures[] {
  const random = createRandom(20260806)
  const classes = ['no', 'yes']
  const config = schema.parse({ fairness: { protected: ['sex'], consistency: { rows: POINTS } } }).fairness
  if (config === undefined) throw new Error('no configuration')
  const draw = () => {
    const column = (): Float64Array => Float64Array.from({ length: POINTS }, () => random.normal())
    const [x, z] = [column(), column()]
    const sex = Int32Array.from({ length: POINTS }, () => random.below(2))
    const table: Table = {
      rows: POINTS,
      columns: [
        { kind: 'number', name: 'x', values: x, integer: false },
        { kind: 'number', name: 'z', values: z, integer: false },
        { kind: 'category', name: 'sex', codes: sex, dictionary: ['f', 'm'] },
      ],
    }
    const model = (bias: number, slope: number): IndividualModel => {
      const predict = (seen: Table) => ({
        task: 'binary' as const,
        rows: seen.rows,
        classes,
        scores: Float64Array.from({ length: seen.rows }, (_, i) => {
          const number = (c: number): number => {
            const own = seen.columns[c]
            return own?.kind === 'number' ? (own.values[i] as number) : 0
          }
          const own = seen.columns[2]
          return (
            1 /
            (1 +
              Math.exp(
                -number(0) - slope * number(1) - (own?.kind === 'category' ? bias * (own.codes[i] as number) : 0),
              ))
          )
        }),
      })
      return { predictions: predict(table), threshold: 0.5, predict, reads: () => true }
    }
    const rows = Uint32Array.from({ length: POINTS }, (_, i) => i)
    return { table, rows, candidate: model(0.3, 0.5), champion: model(0.8, -0.5) }
  }
  const assess = () => individualFairness({ ...draw(), config, columns: ['x', 'z', 'sex'], level: 0.95, seed: 7 })
  const seen = Array.from({ length: runs * TRUTH_RUNS }, (_, i) => {
    const { consistency, flips } = assess()
    const [flip] = flips
    return {
      values: [
        consistency?.candidate ?? 0,
        (consistency?.candidate ?? 0) - (consistency?.champion ?? 0),
        flip?.share ?? 0,
        flip?.championShare ?? 0,
        (flip?.share ?? 0) - (flip?.championShare ?? 0),
      ],
      intervals:
        i % TRUTH_RUNS > 0
          ? []
          : [
              consistency?.interval,
              consistency?.change?.interval,
              flip?.interval,
              flip?.championInterval,
              flip?.change?.interval,
            ],
    }
  })
  const names = ['consistency', 'change of consistency', 'flips', 'flips of the champion', 'change of flips']
  const truths = names.map((_, m) => seen.reduce((sum, { values }) => sum + (values[m] as number), 0) / seen.length)
  for (const { intervals } of seen) intervals.forEach((one, m) => count(names[m] as string, one, truths[m] as number))
  return [figures(`Individual fairness: ${POINTS} rows`)]
}
