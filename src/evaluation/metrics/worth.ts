import { termsOf } from '../../stats/sums.ts'
import { defineFamily, ratio, relative, summed } from './family.ts'

interface Worth {
  readonly weight: number
  readonly total: number
}

/** Rows that `value` is stated for, so that holdouts of different size can be compared. */
export const VALUE_ROWS = 1000

/** What the decisions of a binary model are worth, by the cost table or the formula of the configuration. */
export const worthFamily = defineFamily<Worth>(
  'binary',
  (sample) => {
    const { rows, worth, scores, threshold } = sample
    const terms = termsOf(rows, (from, to) => {
      const value = new Float64Array(to - from)
      for (let i = 0; worth && i < value.length; i++) {
        const decided = (scores[from + i] as number) >= threshold
        value[i] = (decided ? worth.decidedPositive[from + i] : worth.decidedNegative[from + i]) as number
      }
      return { rows: value.length, columns: [value] }
    })
    return summed(sample, terms, ([weight, total]) => ({ weight, total }) as Worth)
  },
  [
    {
      name: 'value',
      direction: 'higher',
      margin: 'absolute',
      // A gate's margin is in the user's unit; the default cannot know its size and is a share.
      defaultMargin: relative(0.01),
      description: 'Business value of the decisions by the cost table or formula, per 1,000 rows.',
      applies: (sample) => sample.worth !== undefined,
      value: (sums, sample) => (sample.worth ? ratio(sums.total * VALUE_ROWS, sums.weight) : Number.NaN),
      undefinedBecause: (sums, sample) => {
        if (!sample.worth) return 'no cost table is configured (evaluate.value)'
        return sums.weight > 0 ? (sample.worth.problem ?? 'a row has no finite value') : 'there are no rows'
      },
    },
  ],
)
