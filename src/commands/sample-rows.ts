import type { Random } from '../core/random.ts'
import { takeRows, type Table } from '../data/table.ts'
import { concatenate, ownTexts } from './tail.ts'

/** A uniform sample of the rows of a stream. */
export interface RowSample {
  /** The given rows of a batch, or all. */
  add(table: Table, rows?: ArrayLike<number> | undefined): void
  /** At most `limit` rows; undefined without any. */
  table(): Table | undefined
}

/**
 * Every row draws a number, and the rows with the smallest ones are kept: a uniform sample without replacement, in memory
 * for at most three times as many rows. The same rows and seed give the same sample.
 */
export function createRowSample(limit: number, random: Random): RowSample {
  let parts: { readonly table: Table; readonly drawn: Float64Array }[] = []
  let held = 0
  let bar = 1

  /** Lowers the bar so that `limit` rows stay, and forgets the others. */
  const prune = (): void => {
    const all = parts.flatMap((part) => Array.from(part.drawn)).sort((a, b) => a - b)
    bar = all[limit] ?? bar
    parts = parts.flatMap(({ table, drawn }) => {
      const kept = Uint32Array.from(Array.from(drawn.keys()).filter((i) => (drawn[i] as number) < bar))
      return kept.length === 0
        ? []
        : [{ table: ownTexts(takeRows(table, kept)), drawn: Float64Array.from(kept, (i) => drawn[i] as number) }]
    })
    held = parts.reduce((sum, part) => sum + part.table.rows, 0)
  }

  return {
    add(table, rows) {
      const n = rows?.length ?? table.rows
      const kept: number[] = []
      const drawn: number[] = []
      for (let i = 0; i < n; i++) {
        const number = random.next()
        if (number >= bar) continue
        kept.push(rows ? (rows[i] as number) : i)
        drawn.push(number)
      }
      if (kept.length === 0) return
      parts.push({ table: ownTexts(takeRows(table, kept)), drawn: Float64Array.from(drawn) })
      held += kept.length
      if (held > 2 * limit) prune()
    },
    table() {
      if (held > limit) prune()
      return parts.length === 0 ? undefined : concatenate(parts.map((part) => part.table))
    },
  }
}
