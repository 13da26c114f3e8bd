import type { Coded } from './groups.ts'

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

/** Columns whose sums in a cell give weighted means and their variances: w, w², then for each loss w·x, w²·x, w²·x². */
type Moments = readonly Float64Array[]

export function momentsOf(losses: Float64Array, rival: Float64Array | undefined, weights: Float64Array): Moments {
  const squared = weights.map((w) => w * w)
  const of = (values: Float64Array): Float64Array[] => [
    values.map((x, i) => x * (weights[i] as number)),
    values.map((x, i) => x * (squared[i] as number)),
    values.map((x, i) => x * x * (squared[i] as number)),
  ]
  const difference = rival && losses.map((x, i) => x - (rival[i] as number))
  return [weights, squared, ...of(losses), ...(difference ? of(difference) : [])]
}

export function sumsIn(moments: Moments, codes: Uint32Array, cells: number): { sums: Float64Array; rows: Uint32Array } {
  const width = moments.length
  const sums = new Float64Array(cells * width)
  const rows = new Uint32Array(cells)
  for (let i = 0; i < codes.length; i++) {
    const cell = codes[i] as number
    rows[cell] = (rows[cell] as number) + 1
    const at = cell * width
    for (let k = 0; k < width; k++)
      sums[at + k] = (sums[at + k] as number) + ((moments[k] as Float64Array)[i] as number)
  }
  return { sums, rows }
}

export class Search {
  readonly found: Found[] = []
  readonly #rows: number
  readonly #minRows: number
  readonly #moments: Moments
  readonly #total: Float64Array
  readonly #single = new Map<string, Found>()

  constructor(rows: number, minRows: number, moments: Moments, total: Float64Array) {
    this.#rows = rows
    this.#minRows = minRows
    this.#moments = moments
    this.#total = total
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
    const codes = other
      ? one.coded.codes.map((code, i) => code * width + (other.coded.codes[i] as number))
      : one.coded.codes
    const { sums, rows } = sumsIn(this.#moments, codes, cells)
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
      const found = this.#test(conditions, sums.subarray(cell * this.#moments.length), count)
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
    const rest = Float64Array.from(
      { length: this.#moments.length },
      (_, k) => (total[k] as number) - (sums[k] as number),
    )
    const here = meanOf(sums, 2)
    const there = meanOf(rest, 2)
    const change = this.#moments.length > 5 ? meanOf(sums, 5) : null
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
