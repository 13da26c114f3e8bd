import { createDistinct, distinctError, type DistinctSketch } from '../stats/hyper-log-log.ts'
import { createHeavyHitters, type HeavyHitters } from '../stats/heavy-hitters.ts'
import { createKll, kllRankError, type QuantileSketch } from '../stats/kll.ts'
import { binOf } from './profile-bins.ts'
import { chooseEdges, spread } from './profile-edges.ts'
import { describeNames, digits } from './profile.ts'
import { fitProfile, sizeOf } from './profile-size.ts'
import { numberOfText } from './readers/number-text.ts'
import { timeOfText } from './readers/time-text.ts'
import { cellText, type Column, type ColumnKind, findColumn, type Table } from './table.ts'
import type { CategoryProfile, ColumnProfile, NumberProfile, Profile } from './types.ts'

/** Ranks off by at most 0.28 % in 99 of 100 cases, 24 kB a column. */
const QUANTILE_SIZE = 1000
/** Names are exact up to so many; beyond, counts are off by less than a thousandth of the rows. */
const NAMES = 1000
/** Up to so many different numbers are counted one by one. */
const FEW = 128

/**
 * A profile of rows that stream by, in bounded memory: about 24 kB a number column, and a thousand names a category
 * column. Sketches of parts, in any order, merge into the sketch of the whole.
 *
 * Against `buildProfile` of the same rows: counts of rows and missing values, smallest, largest, mean and sd are the same;
 * columns of at most 128 numbers or 1,000 categories are the same altogether; elsewhere a bin’s edges and counts are off by
 * `kllRankError(1000)` = 0.28 % of the rows, a category’s count by less than 0.1 %, and `distinct` by 1.6 % (one standard
 * error).
 */
export interface ProfileSketch {
  add(table: Table, rows?: ArrayLike<number> | undefined): void
  /** Afterwards this is the sketch of both; the other one stays. Both must be of the same columns. */
  merge(other: ProfileSketch): void
  result(): Profile
}

export function createProfileSketch(columns: readonly SketchedColumn[], label?: SketchedColumn): ProfileSketch {
  const describe = ({ name, kind }: SketchedColumn): Names | Numbers =>
    kind === 'category' ? new Names(name) : new Numbers(name, kind)
  return new Sketch(columns.map(describe), label && describe(label))
}

interface SketchedColumn {
  readonly name: string
  readonly kind: ColumnKind
}

class Sketch implements ProfileSketch {
  #rows = 0
  readonly #columns: readonly (Names | Numbers)[]
  readonly #label: Names | Numbers | undefined

  constructor(columns: readonly (Names | Numbers)[], label: Names | Numbers | undefined) {
    this.#columns = columns
    this.#label = label
  }

  get #all(): readonly (Names | Numbers)[] {
    return this.#label === undefined ? this.#columns : [...this.#columns, this.#label]
  }

  add(table: Table, rows?: ArrayLike<number>): void {
    const n = rows?.length ?? table.rows
    this.#rows += n
    for (const column of this.#all) {
      const values = findColumn(table, column.name)
      if (values) column.add(values, n, rows)
      else column.missing += n
    }
  }

  merge(other: ProfileSketch): void {
    if (!(other instanceof Sketch)) throw new TypeError('only sketches of one kind can be merged')
    this.#rows += other.#rows
    const others = other.#all
    this.#all.forEach((column, i) => {
      const another = others[i]
      if (another?.name !== column.name) throw new TypeError(`the other sketch has no column ${column.name}`)
      if (column instanceof Names && another instanceof Names) column.merge(another)
      if (column instanceof Numbers && another instanceof Numbers) column.merge(another)
    })
  }

  result(): Profile {
    const size = sizeOf(this.#columns.length)
    const describe = (column: Names | Numbers): ColumnProfile =>
      column instanceof Names ? column.result(this.#rows, size) : column.result(this.#rows, size.bins)
    return fitProfile({
      schemaVersion: 1,
      rows: this.#rows,
      columns: this.#columns.map(describe),
      ...(this.#label && { label: describe(this.#label) }),
    })
  }
}

class Names {
  missing = 0
  readonly name: string
  readonly #frequent: HeavyHitters = createHeavyHitters(NAMES)
  readonly #distinct: DistinctSketch = createDistinct()

  constructor(name: string) {
    this.name = name
  }

  add(column: Column, n: number, rows: ArrayLike<number> | undefined): void {
    const times = new Map<string, number>()
    const byCode = column.kind === 'category' ? new Float64Array(column.dictionary.length) : undefined
    for (let i = 0; i < n; i++) {
      const row = rows ? (rows[i] as number) : i
      if (column.kind === 'category') {
        const code = column.codes[row] as number
        if (code < 0) this.missing++
        else if (byCode) byCode[code] = (byCode[code] as number) + 1
      } else {
        const text = cellText(column, row)
        if (text === '') this.missing++
        else times.set(text, (times.get(text) ?? 0) + 1)
      }
    }
    if (column.kind === 'category')
      byCode?.forEach((count, code) => count > 0 && this.#count(column.dictionary[code] as string, count))
    for (const [text, count] of times) this.#count(text, count)
  }

  #count(name: string, times: number): void {
    this.#frequent.add(name, times)
    this.#distinct.add(name)
  }

  merge(other: Names): void {
    this.missing += other.missing
    this.#frequent.merge(other.#frequent)
    this.#distinct.merge(other.#distinct)
  }

  result(rows: number, size: { readonly categories: number; readonly sketch: number }): CategoryProfile {
    const seen = this.#frequent.items()
    const error = this.#frequent.error
    const exact = error === 0
    const described = describeNames({
      name: this.name,
      rows,
      missing: this.missing,
      seen,
      limit: size.categories,
      distinct: exact ? seen.length : Math.max(seen.length, Math.round(this.#distinct.estimate())),
      sketch: exact && seen.length <= size.categories ? undefined : this.#distinct.fold(size.sketch),
    })
    const errors = { error, distinctError: Number(distinctError(this.#distinct.registers.length).toPrecision(3)) }
    return exact ? described : { ...described, ...errors }
  }
}

class Numbers {
  missing = 0
  readonly name: string
  readonly #kind: 'number' | 'time'
  readonly #quantiles: QuantileSketch = createKll(QUANTILE_SIZE)
  /** Rows of each value, as long as there are few. */
  #few: Map<number, number> | undefined = new Map()
  #below = 0
  #above = 0
  #min = Infinity
  #max = -Infinity
  #finite = 0
  #mean = 0
  #squares = 0

  constructor(name: string, kind: 'number' | 'time') {
    this.name = name
    this.#kind = kind
  }

  add(column: Column, n: number, rows: ArrayLike<number> | undefined): void {
    const parse = this.#kind === 'time' ? timeOfText : (text: string) => numberOfText(text)
    const numbers = column.kind === 'category' ? column.dictionary.map(parse) : []
    for (let i = 0; i < n; i++) {
      const row = rows ? (rows[i] as number) : i
      const value =
        column.kind === 'category' ? (numbers[column.codes[row] as number] ?? Number.NaN) : column.values[row]
      if (value === undefined || value !== value) this.missing++
      else if (value === Infinity) this.#above++
      else if (value === -Infinity) this.#below++
      else this.#one(value)
    }
  }

  #one(value: number): void {
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    const change = value - this.#mean
    this.#mean += change / ++this.#finite
    this.#squares += change * (value - this.#mean)
    this.#quantiles.add(value)
    if (this.#few === undefined) return
    this.#few.set(value, (this.#few.get(value) ?? 0) + 1)
    if (this.#few.size > FEW) this.#few = undefined
  }

  /** Moments by Chan, Golub & LeVeque (1983). */
  merge(other: Numbers): void {
    const n = this.#finite + other.#finite
    const change = other.#mean - this.#mean
    if (n > 0) {
      this.#squares += other.#squares + (change * change * this.#finite * other.#finite) / n
      this.#mean += (change * other.#finite) / n
    }
    this.#finite = n
    this.missing += other.missing
    this.#below += other.#below
    this.#above += other.#above
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
    this.#quantiles.merge(other.#quantiles)
    if (this.#few === undefined || other.#few === undefined) this.#few = undefined
    else {
      for (const [value, rows] of other.#few) this.#few.set(value, (this.#few.get(value) ?? 0) + rows)
      if (this.#few.size > FEW) this.#few = undefined
    }
  }

  result(rows: number, bins: number): NumberProfile {
    const items = this.#few ? [...this.#few].sort((a, b) => a[0] - b[0]) : this.#quantiles.items()
    const { edges, discrete } = chooseEdges(spread(items), this.#min, this.#max, bins)
    const counts = Array.from({ length: edges.length + 1 }, () => 0)
    for (const [value, weight] of items) {
      const bin = binOf(edges, value)
      counts[bin] = (counts[bin] as number) + weight
    }
    counts[0] = (counts[0] as number) + this.#below
    counts[counts.length - 1] = (counts.at(-1) as number) + this.#above
    const some = this.#finite > 0
    const exact = this.#few !== undefined || this.#quantiles.exact
    return {
      kind: this.#kind,
      name: this.name,
      rows,
      missing: this.missing,
      min: some ? this.#min : 0,
      max: some ? this.#max : 0,
      mean: digits(this.#mean),
      sd: digits(some ? Math.sqrt(this.#squares / this.#finite) : 0),
      edges,
      counts,
      ...(discrete ? { discrete } : {}),
      ...(exact ? {} : { error: Math.ceil(kllRankError(QUANTILE_SIZE) * this.#finite) }),
    }
  }
}
