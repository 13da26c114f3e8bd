import type { Coded, Codes } from './groups.ts'

/** A cross must be this much worse than each of its two conditions alone, or it says nothing new. */
const WORTH = 1.2

export interface Conditioned {
  readonly name: string
  readonly coded: Coded
}

export interface Found {
  readonly conditions: readonly {
    readonly column: string
    readonly value: string
    readonly code: number
    readonly coded: Coded
  }[]
  readonly rows: number
  readonly loss: number
  readonly rest: number
  readonly championLoss: number | null
  readonly worst: Effect
  readonly regression: Effect | null
}

export interface Effect {
  readonly excess: number
  readonly error: number
}

/** What is summed up in each cell: w, w², then for each loss w·x, w²·x, w²·x², which give weighted means and their variances. */
export interface Moments {
  readonly losses: Float64Array
  /** The same of the other model: the second loss is the difference. */
  readonly rival: Float64Array | undefined
  /** Default: all 1. */
  readonly weights: Float64Array | undefined
}

const widthOf = ({ rival }: Moments): number => (rival === undefined ? 5 : 8)

/** The cell of a row is its code, with a second column that has `width` codes: code · width + the other code. */
interface Cells {
  readonly one: Codes
  readonly other?: Codes | undefined
  readonly width: number
  readonly count: number
}

function sumsIn(moments: Moments, { one, other, width, count }: Cells): { sums: Float64Array; rows: Uint32Array } {
  const { losses, rival, weights } = moments
  const step = widthOf(moments)
  const sums = new Float64Array(count * step)
  const rows = new Uint32Array(count)
  const add = (at: number, x: number): void => {
    sums[at] = (sums[at] as number) + x
  }
  for (let i = 0; i < losses.length; i++) {
    const cell = other === undefined ? (one[i] as number) : (one[i] as number) * width + (other[i] as number)
    rows[cell] = (rows[cell] as number) + 1
    const at = cell * step
    const w = weights === undefined ? 1 : (weights[i] as number)
    const w2 = w * w
    const x = losses[i] as number
    add(at, w)
    add(at + 1, w2)
    add(at + 2, x * w)
    add(at + 3, x * w2)
    add(at + 4, x * x * w2)
    if (rival === undefined) continue
    const d = x - (rival[i] as number)
    add(at + 5, d * w)
    add(at + 6, d * w2)
    add(at + 7, d * d * w2)
  }
  return { sums, rows }
}

export class Search {
  readonly found: Found[] = []
  readonly #rows: number
  readonly #minRows: number
  readonly #moments: Moments
  readonly #width: number
  readonly #total: Float64Array
  readonly #single = new Map<string, Found>()

  constructor(minRows: number, moments: Moments) {
    const rows = moments.losses.length
    this.#rows = rows
    this.#minRows = minRows
    this.#moments = moments
    this.#width = widthOf(moments)
    this.#total = sumsIn(moments, { one: new Uint8Array(rows), width: 1, count: 1 }).sums
  }

  /** The largest effect of a column by itself, in standard errors. */
  strength(name: string): number {
    let largest = 0
    for (const [key, { worst, regression }] of this.#single) {
      if (!key.startsWith(`${name}\0`)) continue
      largest = Math.max(largest, strengthOf(worst), regression ? strengthOf(regression) : 0)
    }
    return largest
  }

  add(columns: readonly Conditioned[]): void {
    const [one, other] = columns as [Conditioned, Conditioned?]
    const width = other === undefined ? 1 : other.coded.values.length + 1
    const cells = (one.coded.values.length + 1) * width
    const { sums, rows } = sumsIn(this.#moments, {
      one: one.coded.codes,
      other: other?.coded.codes,
      width,
      count: cells,
    })
    for (let cell = 0; cell < cells; cell++) {
      const count = rows[cell] as number
      if (count < this.#minRows || this.#rows - count < this.#minRows) continue
      const at = [Math.floor(cell / width), cell % width]
      const conditions = columns.map(({ name, coded }, i) => {
        const code = at[i] as number
        return { column: name, value: coded.values[code] ?? 'missing', code, coded }
      })
      // A pool of rare values is no segment that anybody could act on.
      if (conditions.some(({ value }) => /^other \(.* values\)$/.test(value))) continue
      const found = this.#test(conditions, sums.subarray(cell * this.#width), count)
      if (other === undefined) this.#single.set(`${one.name}\0${at[0]}`, found)
      else if (!this.#adds(found)) continue
      this.found.push(found)
    }
  }

  /** Whether a cross is clearly worse than each of its conditions alone. */
  #adds(cross: Found): boolean {
    const parents = cross.conditions.flatMap(({ column, code }) => this.#single.get(`${column}\0${code}`) ?? [])
    const more = (effect: Effect | null, of: (parent: Found) => Effect | null): boolean =>
      effect !== null && parents.every((parent) => effect.excess > WORTH * Math.max(0, of(parent)?.excess ?? 0))
    return more(cross.worst, (parent) => parent.worst) || more(cross.regression, (parent) => parent.regression)
  }

  #test(conditions: Found['conditions'], sums: Float64Array, rows: number): Found {
    const total = this.#total
    const rest = total.map((sum, k) => sum - (sums[k] as number))
    const here = meanOf(sums, 2)
    const there = meanOf(rest, 2)
    const change = this.#moments.rival ? meanOf(sums, 5) : null
    return {
      conditions,
      rows,
      loss: here.mean,
      rest: there.mean,
      championLoss: change && here.mean - change.mean,
      worst: { excess: here.mean - there.mean, error: Math.sqrt(here.variance + there.variance) },
      regression: change && { excess: change.mean, error: Math.sqrt(change.variance) },
    }
  }
}

/** A weighted mean and the variance of it, Σw²(x − m)² / (Σw)². */
function meanOf(sums: Float64Array, at: number): { readonly mean: number; readonly variance: number } {
  const [w, w2] = sums as unknown as [number, number]
  const mean = (sums[at] as number) / w
  const squares = (sums[at + 2] as number) - 2 * mean * (sums[at + 1] as number) + mean * mean * w2
  return { mean, variance: Math.max(0, squares) / (w * w) }
}

/** In standard errors. */
export const strengthOf = ({ excess, error }: Effect): number => (error > 0 ? excess / error : 0)
