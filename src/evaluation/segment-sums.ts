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
  readonly units: { readonly order: Uint32Array; readonly of: Uint32Array; readonly count: number } | undefined
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
  return { weights, losses, shift: total > 0 ? sum / total : 0, rival, units: units && grouped(units) }
}

/** Rows in the order of their units, by counting. */
function grouped(of: Uint32Array): NonNullable<Summing['units']> {
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
  return { order, of, count }
}

export function sumsIn(data: Summing, cells: Cells): CellSums {
  const { count } = cells
  const result = { sums: new Float64Array(count * WIDTH), rows: new Uint32Array(count), units: new Uint32Array(count) }
  if (data.units === undefined) addRows(data, cells, result)
  else addUnits(data, data.units, cells, result)
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
  { weights, losses, shift, rival }: Summing,
  { order, of }: NonNullable<Summing['units']>,
  { one, other, width, count }: Cells,
  { sums, rows, units }: CellSums,
): void {
  const [a, b, d] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  const touched: number[] = []
  const seen = new Uint8Array(count)
  let whole = 0
  let weight = 0
  const flush = (): void => {
    for (const cell of touched) {
      const [x, w, y] = [a[cell] as number, b[cell] as number, d[cell] as number]
      const terms = [w, x, x * x, x * w, w * w, x * whole, x * weight, w * whole, w * weight, y, y * y, y * w]
      for (let k = 0; k < WIDTH; k++) sums[cell * WIDTH + k] = (sums[cell * WIDTH + k] as number) + (terms[k] as number)
      units[cell] = (units[cell] as number) + 1
      a[cell] = b[cell] = d[cell] = seen[cell] = 0
    }
    touched.length = 0
    whole = weight = 0
  }
  let unit = -1
  for (const row of order) {
    if (of[row] !== unit) {
      flush()
      unit = of[row] as number
    }
    const cell = other === undefined ? (one[row] as number) : (one[row] as number) * width + (other[row] as number)
    if (seen[cell] === 0) {
      seen[cell] = 1
      touched.push(cell)
    }
    const w = weights === undefined ? 1 : (weights[row] as number)
    const loss = losses[row] as number
    const x = w * (loss - shift)
    rows[cell] = (rows[cell] as number) + 1
    a[cell] = (a[cell] as number) + x
    b[cell] = (b[cell] as number) + w
    if (rival !== undefined) d[cell] = (d[cell] as number) + w * (loss - (rival[row] as number))
    whole += x
    weight += w
  }
  flush()
}
