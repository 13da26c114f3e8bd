import type { Random } from '../core/random.ts'
import type { Sink } from './readers/sink.ts'
import type { DroppedRows } from './types.ts'

/** How far beyond the limit rows are held before they are drawn from: drawing seldom costs memory, often time. */
const SLACK = 1.5

/** A column without which a row is of no use, and how to say so. */
export interface Required {
  readonly reason: string
  readonly column: string
  /** The cell must not be a time in the future; without it, it must not be missing. */
  readonly ahead?: true
}

/** What became of the rows of a read that held more than it may keep. */
export interface LimitedRows {
  /** Numbers, in order of reading, of the rows that were kept. */
  readonly kept: Uint32Array
  /** Usable rows that were not drawn. */
  readonly leftOut: number
  readonly unusable: readonly DroppedRows[]
}

/** Keeps the rows of columns that are being read within a limit. */
export interface RowLimit {
  /**
   * Lets the columns forget rows where there are too many. `held` is how many rows they hold, the answer how many they
   * hold then. `end`: nothing more will be read.
   */
  trim(sinks: ReadonlyMap<string, Sink>, held: number, end: boolean): number
  /** Undefined where all rows were kept, usable or not. */
  result(): LimitedRows | undefined
}

/**
 * Draws `limit` of the usable rows at random: every one draws a number as it comes, and the smallest ones stay. The same rows in the same
 * order and the same seed give the same ones, and rows that are appended later change little.
 */
export function drawRows(limit: number, required: readonly Required[], random: Random): RowLimit {
  let kept = new Uint32Array(0)
  let drawn = new Float64Array(0)
  let [seen, leftOut, bar] = [0, 0, 1]
  const unusable = new Map<string, DroppedRows>()

  const whyNot = (sinks: ReadonlyMap<string, Sink>, row: number): Required | undefined =>
    required.find(({ column, ahead }) => (ahead ? sinks.get(column)?.ahead?.(row) : sinks.get(column)?.absent(row)))

  return {
    trim(sinks, held, end) {
      // What came after an earlier draw takes part in the last one, however few.
      if (held <= SLACK * limit && !(end && (held > limit || seen > 0))) return held
      const places: number[] = []
      const numbers: number[] = []
      for (let row = kept.length; row < held; row++) {
        // Also one that is of no use draws: when its label has come, the lots of the others stay.
        const number = random.next()
        const missing = whyNot(sinks, row)
        if (missing) {
          const before = unusable.get(missing.reason)
          const first = before ?? firstOf(missing, sinks.get(missing.column))
          unusable.set(missing.reason, { ...first, reason: missing.reason, rows: (before?.rows ?? 0) + 1 })
          continue
        }
        if (number < bar) {
          places.push(row)
          numbers.push(number)
        } else leftOut++
      }
      const all = new Float64Array(drawn.length + numbers.length)
      all.set(drawn)
      all.set(numbers, drawn.length)
      if (all.length > limit) bar = all.slice().sort()[limit] as number
      const stay: number[] = []
      all.forEach((number, i) => {
        if (number < bar) stay.push(i)
      })
      leftOut += all.length - stay.length
      const rows = Uint32Array.from(stay, (i) => (i < drawn.length ? i : (places[i - drawn.length] as number)))
      const fresh = seen - kept.length
      kept = Uint32Array.from(rows, (row) => (row < kept.length ? (kept[row] as number) : fresh + row))
      drawn = Float64Array.from(stay, (i) => all[i] as number)
      seen = fresh + held
      for (const sink of sinks.values()) sink.keep(rows)
      return rows.length
    },
    result: () => (seen === 0 ? undefined : { kept, leftOut, unusable: [...unusable.values()] }),
  }
}

/** Where a column first lacked what is required of it, and what stood there. */
export function firstOf({ ahead }: Required, sink: Sink | undefined): Pick<DroppedRows, 'example' | 'value'> {
  if (!ahead) return { example: sink?.firstMissing }
  const first = sink?.future?.first
  return { example: first?.place, ...(first && { value: first.text }) }
}

/** Keeps the rows of these numbers, which ascend: those that an earlier read of the same rows has kept. */
export function pickRows(numbers: Uint32Array, limit: number): RowLimit {
  let [seen, found] = [0, 0]
  return {
    trim(sinks, held, end) {
      if (!end && held <= SLACK * limit) return held
      const rows: number[] = Array.from({ length: found }, (_, i) => i)
      const first = seen - found
      for (; found < numbers.length && (numbers[found] as number) < first + held; found++)
        rows.push((numbers[found] as number) - first)
      seen = first + held
      const kept = Uint32Array.from(rows)
      for (const sink of sinks.values()) sink.keep(kept)
      return kept.length
    },
    result: () => undefined,
  }
}
