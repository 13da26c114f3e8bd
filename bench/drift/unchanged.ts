import { quantileProfile } from '../../src/data/profile-quantiles.ts'
import type { ColumnCounts, NumberProfile } from '../../src/data/types.ts'
import { createRandom, type Random } from '../../src/core/random.ts'
import { normalCdf, normalQuantile } from '../../src/stats/special.ts'
import { drawCounts, drawReference, profileOf } from './counts.ts'
import { table, type Row } from './page.ts'
import { TABLES, type Population } from './populations.ts'
import { answerOf, ask, bounded, configure, note, percent, tally, upperBound, type Tally } from './rule.ts'
import { gamma, multinomial } from './sampling.ts'

/** Rows of the reference and new ones: equal, more of either, and the extremes; and how many columns are tried. */
const SIZES = [
  [50, 50, 200],
  [200, 200, 200],
  [1000, 1000, 20],
  [10_000, 10_000, 200],
  [100_000, 100_000, 20],
  [1_000_000, 1_000_000, 200],
  [50, 1_000_000, 20],
  [1000, 1_000_000, 200],
  [1000, 200, 20],
  [10_000, 200, 20],
  [1_000_000, 1000, 20],
  [1_000_000, 50, 20],
] as const
const WIDTHS = [5, 20, 200] as const
/** Rows that the predictions are sampled from, at most (observe-drift-parts.ts). */
const SCORED = 5000

const EVERYTHING = configure({ labels: true, predictions: true })
const LABEL: Population = { kind: 'categories', missing: 0, shares: [0.8, 0.2] }

/** With nothing changed: how often the check fires, with labels and predictions watched as well, and any column drifts. */
export function unchanged(kind: string, runs: number): string {
  const rows: Row[] = []
  const populations = TABLES[kind] as readonly Population[]
  let [worst, worstAny, worstAll] = [0, 0, 0]
  for (const [n, m, widest] of SIZES) {
    for (const width of WIDTHS.filter((one) => one <= widest)) {
      // Tables of 200 columns take forty times as long as those of 5.
      const cell = Math.max(1, Math.round(runs * (width === 5 ? 1 : width === 20 ? 0.35 : 0.25)))
      const [fires, all, any, low] = simulate({ populations, n, m, width, runs: cell })
      rows.push([
        count(n),
        count(m),
        width,
        count(cell),
        bounded(fires),
        bounded(all),
        bounded(any),
        percent(low.hits, low.runs),
      ])
      worst = Math.max(worst, upperBound(fires))
      worstAll = Math.max(worstAll, upperBound(all))
      worstAny = Math.max(worstAny, any.hits / any.runs)
    }
  }
  return [
    `## Nothing changed: ${kind}`,
    `Largest upper bound of any cell: ${(100 * worst).toFixed(2)} % for the default rule, ${(100 * worstAll).toFixed(2)} % with labels and predictions. Largest rate of “any column”: ${(100 * worstAny).toFixed(2)} %.`,
    table(
      [
        'reference',
        'new rows',
        'columns',
        'runs',
        'default rule fires',
        'with labels and predictions',
        'any column',
        'a column: p < 0.05',
      ],
      rows,
    ),
  ].join('\n\n')
}

const count = (value: number): string => value.toLocaleString('en')

interface Cell {
  readonly populations: readonly Population[]
  readonly n: number
  readonly m: number
  readonly width: number
  readonly runs: number
}

function simulate({ populations, n, m, width, runs }: Cell): readonly [Tally, Tally, Tally, Tally] {
  const [fires, all, any, low] = [tally(), tally(), tally(), tally()]
  const columns = Array.from({ length: width }, (_, i) => populations[i % populations.length] as Population)
  for (let run = 0; run < runs; run++) {
    const random = createRandom(n * 31 + m * 7 + width * 1_000_003 + columns.length + run * 101)
    const references = drawReference(columns, n, random)
    const [label] = drawReference([LABEL], n, random)
    const profile = { ...profileOf(references), label: label?.profile }
    const counts = {
      rows: m,
      labelled: m,
      columns: references.map((reference) => drawCounts(reference, m, random)),
      label: label && drawCounts(label, m, random),
      vanished: [],
      added: [],
    }
    const predictions = drawScores(Math.max(40, Math.round(n / 5)), Math.min(m, SCORED), random)
    const answer = answerOf(ask(profile, counts, EVERYTHING, { predictions }))
    note(fires, answer.fires)
    note(all, answer.fires || answer.parts.length > 0)
    note(any, answer.drifted.length > 0)
    low.runs += answer.features
    low.hits += answer.significant.length
  }
  return [fires, all, any, low]
}

/** Scores on a holdout, of which the manifest keeps 101 quantiles, and those of new rows on them. */
function drawScores(holdout: number, m: number, random: Random): { profile: NumberProfile; counts: ColumnCounts } {
  let sum = 0
  let rank = 0
  const places = Array.from({ length: 101 }, (_, k) => {
    const next = 1 + Math.round((k * (holdout - 1)) / 100)
    if (next > rank) sum += gamma(next - rank, random)
    rank = next
    return sum
  })
  sum += gamma(1, random)
  const score = (place: number): number => 1 / (1 + Math.exp(-normalQuantile(place / sum)))
  const profile = quantileProfile('score', places.map(score), holdout)
  const uniform = [0, ...profile.edges.map((edge) => (edge <= 0 ? 0 : normalCdf(Math.log(edge / (1 - edge))))), 1]
  const shares = uniform.slice(1).map((at, i) => Math.max(0, at - (uniform[i] as number)))
  const counts = multinomial(m, shares, random)
  return {
    profile,
    counts: { name: 'score', rows: m, missing: 0, counts, unseen: 0, unseenExamples: [], mean: Number.NaN },
  }
}
