import { z } from 'zod'

const banded = z.strictObject({
  column: z.string().min(1).describe('A column of numbers or times.'),
  bands: z
    .union([z.array(z.number()).min(1).max(50), z.number().int().min(2).max(20)], {
      error: 'is not a list of edges such as [30, 50] or a number of bands',
    })
    .describe('Edges between the bands, ascending (low < x ≤ high), or how many bands of equal size.'),
})
const part = z.union([z.string().min(1), banded], { error: 'is not a column or {column, bands}' })

/** A column, a column in bands, or a pair of them: the cross. */
export const grouping = z.union([part, z.tuple([part, part])], {
  error: 'is not a column, {column, bands}, or a pair of columns such as [plan, region]',
})

/** One column, or a list of groupings. */
export const groupings = z
  .union([z.string().min(1), z.array(grouping)], { error: 'is not a column or a list of columns' })
  .transform((value) => (typeof value === 'string' ? [value] : value))
