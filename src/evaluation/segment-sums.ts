import type { Codes } from './groups.ts'

/**
 * Sums over the rows of each cell that give weighted means and the variance of their differences, where rows of a unit
 * (a customer, neighbours in time) may be alike: with the sums A = Σ w·x and B = Σ w of a unit within the cell and A′, B′
 * of the whole unit, those of A², A·B, B², A·A′, A·B′, B·A′ and B·B′ over the units. Rows by themselves are units too.
 */
export const SUM = { w: 0, x: 1, aa: 2, ab: 3, bb: 4, at: 5, au: 6, bt: 7, bu: 8, d: 9, dd: 10, db: 11 } as const
export const WIDTH = 12

export interface CellSums {
  /** Of cell c from c · WIDTH on. */
  readonly sums: Float64Array
  readonly rows: Uint32Array
  /** Units that have a row in the cell. */
  readonly units: Uint32Array
}

export interface Summing {
  /** Default: all 1. */
  readonly weights: Float64Array | undefined
  /** The candidate's, and their mean over all rows, which is taken off: large means would drown the variances. */
  readonly losses: Float64Array
  readonly shift: number
  /** The champion's. */
  readonly rival: Float64Array | undefined
  readonly units: Grouped | undefined
}

/** Rows in the order of their units, and what is summed up of them in the same order: weighted, losses less their mean. */
interface Grouped {
  readonly order: Uint32Array
  readonly of: Uint32Array
  readonly weights: Float64Array | undefined
  readonly losses: Float64Array
  /** How much more than the champion’s. */
  readonly gains: Float64Array | undefined
}

/** The cell of a row is its code, with a second column that has `width` codes: code · width + the other code. */
export interface Cells {
  readonly one: Codes
  readonly other?: Codes | undefined
  readonly width: number
  readonly count: number
}

/** @param units The unit of each row. Default: every row is its own. */
export function summing(
  losses: Float64Array,
  rival: Float64Array | undefined,
  weights: Float64Array | undefined,
  units: Uint32Array | undefined,
): Summing {
  let total = 0
  let sum = 0
  for (let i = 0; i < losses.length; i++) {
    const w = weights === undefined ? 1 : (weights[i] as number)
    total += w
    sum += (losses[i] as number) * w
  }
  const data = { weights, losses, shift: total > 0 ? sum / total : 0, rival }
  return { ...data, units: units && grouped(data, units) }
}

function grouped({ weights, losses, shift, rival }: Omit<Summing, 'units'>, units: Uint32Array): Grouped {
  const order = inOrder(units)
  const of = order.map((row) => units[row] as number)
  const weightOf = (row: number): number => (weights === undefined ? 1 : (weights[row] as number))
  const ordered = (value: (row: number) => number): Float64Array => {
    const values = new Float64Array(order.length)
    for (let i = 0; i < values.length; i++) values[i] = value(order[i] as number)
    return values
  }
  return {
    order,
    of,
    weights: weights && ordered(weightOf),
    losses: ordered((row) => weightOf(row) * ((losses[row] as number) - shift)),
    gains: rival && ordered((row) => weightOf(row) * ((losses[row] as number) - (rival[row] as number))),
  }
}

/** Rows by their units, by counting. */
function inOrder(of: Uint32Array): Uint32Array {
  let count = 0
  for (const unit of of) if (unit >= count) count = unit + 1
  const starts = new Uint32Array(count + 1)
  for (const unit of of) starts[unit + 1] = (starts[unit + 1] as number) + 1
  for (let unit = 0; unit < count; unit++) starts[unit + 1] = (starts[unit + 1] as number) + (starts[unit] as number)
  const order = new Uint32Array(of.length)
  of.forEach((unit, row) => {
    const at = starts[unit] as number
    order[at] = row
    starts[unit] = at + 1
  })
  return order
}

export function sumsIn(data: Summing, cells: Cells): CellSums {
  const { count } = cells
  const result = { sums: new Float64Array(count * WIDTH), rows: new Uint32Array(count), units: new Uint32Array(count) }
  if (data.units === undefined) addRows(data, cells, result)
  else addUnits(data.units, cells, result)
  return result
}

function addRows(
  { weights, losses, shift, rival }: Summing,
  { one, other, width }: Cells,
  { sums, rows, units }: CellSums,
): void {
  for (let i = 0; i < losses.length; i++) {
    const cell = other === undefined ? (one[i] as number) : (one[i] as number) * width + (other[i] as number)
    const w = weights === undefined ? 1 : (weights[i] as number)
    const loss = losses[i] as number
    const a = w * (loss - shift)
    rows[cell] = (rows[cell] as number) + 1
    const at = cell * WIDTH
    sums[at] = (sums[at] as number) + w
    sums[at + SUM.x] = (sums[at + SUM.x] as number) + a
    sums[at + SUM.aa] = (sums[at + SUM.aa] as number) + a * a
    sums[at + SUM.ab] = (sums[at + SUM.ab] as number) + a * w
    sums[at + SUM.bb] = (sums[at + SUM.bb] as number) + w * w
    if (rival === undefined) continue
    const d = w * (loss - (rival[i] as number))
    sums[at + SUM.d] = (sums[at + SUM.d] as number) + d
    sums[at + SUM.dd] = (sums[at + SUM.dd] as number) + d * d
    sums[at + SUM.db] = (sums[at + SUM.db] as number) + d * w
  }
  units.set(rows)
  for (let at = 0; at < sums.length; at += WIDTH) {
    sums[at + SUM.at] = sums[at + SUM.aa] as number
    sums[at + SUM.au] = sums[at + SUM.bt] = sums[at + SUM.ab] as number
    sums[at + SUM.bu] = sums[at + SUM.bb] as number
  }
}

function addUnits(
  { order, of, weights, losses, gains }: NonNullable<Summing['units']>,
  { one, other, width, count }: Cells,
  { sums, rows, units }: CellSums,
): void {
  const [a, b, d] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  const touched = new Uint32Array(count)
  const seen = new Uint8Array(count)
  let found = 0
  let whole = 0
  let weight = 0
  const add = (at: number, value: number): void => {
    sums[at] = (sums[at] as number) + value
  }
  const flush = (): void => {
    for (let i = 0; i < found; i++) {
      const cell = touched[i] as number
      const [x, w, y] = [a[cell] as number, b[cell] as number, d[cell] as number]
      const at = cell * WIDTH
      add(at + SUM.w, w)
      add(at + SUM.x, x)
      add(at + SUM.aa, x * x)
      add(at + SUM.ab, x * w)
      add(at + SUM.bb, w * w)
      add(at + SUM.at, x * whole)
      add(at + SUM.au, x * weight)
      add(at + SUM.bt, w * whole)
      add(at + SUM.bu, w * weight)
      add(at + SUM.d, y)
      add(at + SUM.dd, y * y)
      add(at + SUM.db, y * w)
      units[cell] = (units[cell] as number) + 1
      a[cell] = b[cell] = d[cell] = seen[cell] = 0
    }
    found = whole = weight = 0
  }
  let unit = -1
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    if (of[i] !== unit) {
      flush()
      unit = of[i] as number
    }
    const cell = other === undefined ? (one[row] as number) : (one[row] as number) * width + (other[row] as number)
    if (seen[cell] === 0) {
      seen[cell] = 1
      touched[found++] = cell
    }
    const w = weights === undefined ? 1 : (weights[i] as number)
    const x = losses[i] as number
    rows[cell] = (rows[cell] as number) + 1
    a[cell] = (a[cell] as number) + x
    b[cell] = (b[cell] as number) + w
    if (gains !== undefined) d[cell] = (d[cell] as number) + (gains[i] as number)
    whole += x
    weight += w
  }
  flush()
}
