import type { CellTable } from './cell-table.ts'
import { type Rates, ratesOf } from './fairness-metrics.ts'
import type { Group } from './groups.ts'
import { outcomes } from './metrics/confusion.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'

/** Cells of a group: truth · 4 + decision of the candidate · 2 + decision of the champion. */
const CELLS = 8
/** Columns: weight, and weight · score of candidate and champion. */
const COLUMN = { weight: 0, candidate: 1, champion: 2 } as const

/** Group × truth × decisions of both models, with the weights and the weighted scores in each cell. */
export function jointTable(groups: readonly Group[], candidate: Sample, champion: Sample | undefined): CellTable {
  const code = new Uint32Array(candidate.rows)
  const decided = outcomes(candidate)
  const rival = champion && outcomes(champion)
  groups.forEach((group, g) => {
    for (const row of group.rows) {
      code[row] = g * CELLS + (decided[row] as number) * 2 + (rival === undefined ? 0 : (rival[row] as number) & 1)
    }
  })
  const weights = sampleWeights(candidate)
  const scored = ({ scores }: Sample): Float64Array =>
    candidate.weights ? scores.map((score, i) => score * (weights[i] as number)) : scores
  return {
    cells: groups.length * CELLS,
    code,
    columns: [weights, scored(candidate), ...(champion ? [scored(champion)] : [])],
  }
}

/** The rates of a model over the groups `from` … `to` − 1. */
export function groupRates(sums: Float64Array, model: number, models: number, from: number, to: number): Rates {
  const width = models + 1
  const counts: [number, number, number, number] = [0, 0, 0, 0]
  let scores = 0
  for (let cell = from * CELLS; cell < to * CELLS; cell++) {
    const within = cell % CELLS
    const decision = model === 0 ? (within >> 1) & 1 : within & 1
    const outcome = ((within >> 2) * 2 + decision) as 0 | 1 | 2 | 3
    counts[outcome] += sums[cell * width + COLUMN.weight] as number
    scores += sums[cell * width + (model === 0 ? COLUMN.candidate : COLUMN.champion)] as number
  }
  const [tn, fp, fn, tp] = counts
  return ratesOf(tn, fp, fn, tp, scores)
}
