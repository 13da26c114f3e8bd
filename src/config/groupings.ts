import type { z } from 'zod'
import type { grouping } from './schema/groupings.ts'

/** A column, a column in given bands, or the cross of two. */
export type Grouping = z.output<typeof grouping>

/** One column of a grouping. `bands`: ascending edges, or how many bands of equal size. */
export interface GroupingPart {
  readonly column: string
  readonly bands?: readonly number[] | number | undefined
}

/** The columns of a grouping: one, or the two of a cross. */
export function groupingParts(grouping: Grouping): readonly GroupingPart[] {
  return (Array.isArray(grouping) ? grouping : [grouping]).map((part) =>
    typeof part === 'string' ? { column: part } : part,
  )
}

/** `plan`, `plan × region`. */
export function groupingName(grouping: Grouping): string {
  return groupingParts(grouping)
    .map((part) => part.column)
    .join(' × ')
}

/** Every column that the groupings name, once. */
export function groupingColumns(groupings: readonly Grouping[]): readonly string[] {
  return [...new Set(groupings.flatMap((one) => groupingParts(one).map((part) => part.column)))]
}
