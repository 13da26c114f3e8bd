import type { Resample } from './drawn.ts'
import type { Units } from './units.ts'

/**
 * The columns of several tables of the same units, whose sums over a resample are found together and once: what models
 * and families of metrics have in common (weights, labels) is there once, and whole numbers share their passes.
 */
export class SharedSums {
  readonly columns: Float64Array[] = []
  readonly #places = new Map<number, number[]>()
  #packed: ReturnType<typeof packColumns> | undefined
  #sums = new Float64Array()
  #last: Resample | undefined

  /** Where the column stands; one that equals it takes its place. */
  place(column: Float64Array): number {
    let total = 0
    for (let i = 0; i < column.length; i++) total += column[i] as number
    const alike = this.#places.get(total) ?? []
    const known = alike.find((place) => isEqual(column, this.columns[place] as Float64Array))
    if (known !== undefined) return known
    const place = this.columns.push(column) - 1
    this.#places.set(total, [...alike, place])
    this.#packed = this.#last = undefined
    return place
  }

  /** The sums of all columns. The array is used again by the next call. */
  sums(counts: Float64Array, resample: Resample): Float64Array {
    if (resample === this.#last) return this.#sums
    if (this.#packed === undefined) this.#sums = new Float64Array(this.columns.length)
    const { packs, single } = (this.#packed ??= packColumns(this.columns))
    for (let j = 0; j < single.length; j++) {
      const column = single[j] as number
      this.#sums[column] = dot(counts, this.columns[column] as Float64Array)
    }
    for (let j = 0; j < packs.length; j++) unpack(packs[j] as Pack, counts, this.#sums)
    this.#last = resample
    return this.#sums
  }
}

const known = new WeakMap<Units, SharedSums>()

/** Those of the tables of these units. */
export function sharedSums(units: Units): SharedSums {
  const shared = known.get(units) ?? new SharedSums()
  known.set(units, shared)
  return shared
}

function isEqual(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Columns of whole numbers side by side in the digits of one: their sums are found together, and exactly. */
interface Pack {
  readonly columns: readonly number[]
  /** What each of them is multiplied with, rising powers of two. */
  readonly factors: readonly number[]
  readonly values: Float64Array
}

/** Whole numbers up to 2⁵³ are exact. */
const EXACT_BITS = 53

/** Counts are most of what is summed up: they share a pass, two to six of them. What cannot stays `single`. */
function packColumns(table: readonly Float64Array[]): { packs: readonly Pack[]; single: readonly number[] } {
  const single: number[] = []
  const packs: { columns: number[]; factors: number[]; values: Float64Array }[] = []
  let free = 0
  table.forEach((column, j) => {
    let largest = 0
    const whole = column.every((value) => {
      if (value > largest) largest = value
      return value >= 0 && Number.isInteger(value)
    })
    // As if every draw were of the largest unit.
    const bits = Math.max(1, Math.ceil(Math.log2(column.length * largest + 1)))
    if (!whole || bits * 2 > EXACT_BITS) {
      single.push(j)
      return
    }
    if (bits > free) {
      packs.push({ columns: [], factors: [], values: new Float64Array(column.length) })
      free = EXACT_BITS
    }
    const pack = packs.at(-1) as (typeof packs)[number]
    const factor = 2 ** (EXACT_BITS - free)
    pack.columns.push(j)
    pack.factors.push(factor)
    for (let i = 0; i < column.length; i++) {
      pack.values[i] = (pack.values[i] as number) + factor * (column[i] as number)
    }
    free -= bits
  })
  return { packs, single }
}

function unpack({ columns, factors, values }: Pack, counts: Float64Array, sums: Float64Array): void {
  let rest = dot(counts, values)
  for (let j = columns.length - 1; j >= 0; j--) {
    const factor = factors[j] as number
    const sum = Math.floor(rest / factor)
    rest -= sum * factor
    sums[columns[j] as number] = sum
  }
}

/** Four sums at once: one alone would wait for each addition to finish before the next. */
export function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length
  const even = n & ~3
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let i = 0; i < even; i += 4) {
    s0 += (a[i] as number) * (b[i] as number)
    s1 += (a[i + 1] as number) * (b[i + 1] as number)
    s2 += (a[i + 2] as number) * (b[i + 2] as number)
    s3 += (a[i + 3] as number) * (b[i + 3] as number)
  }
  for (let i = even; i < n; i++) s0 += (a[i] as number) * (b[i] as number)
  return s0 + s1 + (s2 + s3)
}
