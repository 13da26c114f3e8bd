import type { Coded } from './groups.ts'
import { type CellSums, SUM, type Summing, sumsIn, WIDTH } from './segment-sums.ts'

/** A cross must be this much worse than each of its two conditions alone, or it says nothing new. */
const WORTH = 1.2
/** The error of a segment of fewer customers, or blocks of time, than this is not known. */
const FEWEST_UNITS = 5

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
  /** Degrees of freedom of the error: units (rows, customers, blocks of time) that it was estimated from, less 1. */
  readonly df: number
}

export class Search {
  readonly found: Found[] = []
  readonly #rows: number
  readonly #minRows: number
  readonly #data: Summing
  readonly #total: CellSums
  readonly #single = new Map<string, Found>()

  constructor(rows: number, minRows: number, data: Summing) {
    this.#rows = rows
    this.#minRows = minRows
    this.#data = data
    this.#total = sumsIn(data, { one: new Uint8Array(rows), width: 1, count: 1 })
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
    const { sums, rows, units } = sumsIn(this.#data, {
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
      if (conditions.some(({ code, coded }) => code === coded.pooled)) continue
      // Of the units that a segment and the rest are made of, the fewer say how well its error is known.
      const known = Math.min(units[cell] as number, this.#total.units[0] as number)
      if (known < FEWEST_UNITS) continue
      const found = this.#test(conditions, sums.subarray(cell * WIDTH, (cell + 1) * WIDTH), count, known)
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

  #test(conditions: Found['conditions'], sums: Float64Array, rows: number, units: number): Found {
    const total = this.#total.sums
    const of = (k: number): number => sums[k] as number
    const w = of(SUM.w)
    const left = (total[SUM.w] as number) - w
    const here = of(SUM.x) / w
    const there = ((total[SUM.x] as number) - of(SUM.x)) / left
    // A unit contributes a·A + b·B + c·A′ + d·B′ to the difference of the two means.
    const [a, b, c, d] = [1 / w + 1 / left, -(here / w + there / left), -1 / left, there / left] as const
    const squares =
      a * a * of(SUM.aa) +
      b * b * of(SUM.bb) +
      c * c * (total[SUM.aa] as number) +
      d * d * (total[SUM.bb] as number) +
      2 * (a * b * of(SUM.ab) + a * c * of(SUM.at) + a * d * of(SUM.au) + b * c * of(SUM.bt) + b * d * of(SUM.bu)) +
      2 * c * d * (total[SUM.ab] as number)
    const df = units - 1
    const error = (variance: number): number => Math.sqrt((Math.max(0, variance) * units) / df)
    const change = this.#data.rival && of(SUM.d) / w
    const changed = (m: number): number => (of(SUM.dd) - 2 * m * of(SUM.db) + m * m * of(SUM.bb)) / (w * w)
    const loss = here + this.#data.shift
    return {
      conditions,
      rows,
      loss,
      rest: there + this.#data.shift,
      championLoss: change === undefined ? null : loss - change,
      worst: { excess: here - there, error: error(squares), df },
      regression: change === undefined ? null : { excess: change, error: error(changed(change)), df },
    }
  }
}

/** In standard errors. */
export const strengthOf = ({ excess, error }: Effect): number => (error > 0 ? excess / error : 0)
