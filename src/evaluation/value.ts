import { outcomes, totalValue } from './metrics/confusion.ts'
import type { CostTable, Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'
import type { BusinessValue, Role } from './types.ts'

/** What the decisions of each model were worth in total, in the unit of the cost table. */
export function businessValueOf(
  table: CostTable,
  models: readonly { readonly role: Role; readonly sample: Sample }[],
): BusinessValue {
  const total = (role: Role): number | null => {
    const sample = models.find((model) => model.role === role)?.sample
    if (sample === undefined || sample.invalid !== undefined || sample.rows === 0) return null
    const weights = sampleWeights(sample)
    const sums: [number, number, number, number] = [0, 0, 0, 0]
    outcomes(sample).forEach((code, row) => (sums[code as 0 | 1 | 2 | 3] += weights[row] as number))
    const [tn, fp, fn, tp] = sums
    return totalValue({ tn, fp, fn, tp }, table)
  }
  return {
    unit: table.unit,
    totals: { baseline: total('baseline'), champion: total('champion'), candidate: total('candidate') },
  }
}
