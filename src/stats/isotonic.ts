/** A function given by its knots: linear between them, constant beyond them. `x` ascends, and so does `y`. */
export interface Knots {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

interface Block {
  low: number
  high: number
  weight: number
  sum: number
}

/**
 * Isotonic regression by pooling adjacent violators: the non-decreasing function of x that is nearest to y in squares.
 * Equal x are one point. The knots are the ends of the constant pieces, as in scikit-learn's `IsotonicRegression`.
 *
 * @example fitIsotonic([1, 2, 3], [0, 1, 0.5]).y // [0, 0.75, 0.75]
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>): Knots {
  const order = Uint32Array.from({ length: x.length }, (_, i) => i).sort((a, b) => (x[a] as number) - (x[b] as number))
  const blocks: Block[] = []
  for (const row of order) {
    const [at, value] = [x[row] as number, y[row] as number]
    const last = blocks.at(-1)
    if (last !== undefined && last.low === at && last.high === at) {
      last.weight++
      last.sum += value
    } else {
      // The point before is complete only now: equal x are pooled before they are compared.
      pool(blocks)
      blocks.push({ low: at, high: at, weight: 1, sum: value })
    }
  }
  pool(blocks)
  const knots: { x: number[]; y: number[] } = { x: [], y: [] }
  for (const { low, high, weight, sum } of blocks) {
    for (const end of low === high ? [low] : [low, high]) {
      knots.x.push(end)
      knots.y.push(sum / weight)
    }
  }
  return knots
}

function pool(blocks: Block[]): void {
  while (blocks.length > 1) {
    const last = blocks.at(-1) as Block
    const before = blocks.at(-2) as Block
    if (before.sum / before.weight < last.sum / last.weight) return
    blocks.pop()
    before.high = last.high
    before.weight += last.weight
    before.sum += last.sum
  }
}

/**
 * The value of a function of knots at x; NaN without knots.
 *
 * @example interpolate({ x: [0, 1], y: [0.2, 0.4] }, 0.5) // 0.3
 */
export function interpolate({ x, y }: Knots, at: number): number {
  const last = x.length - 1
  if (last < 0) return Number.NaN
  if (at <= (x[0] as number)) return y[0] as number
  if (at >= (x[last] as number)) return y[last] as number
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((x[middle] as number) <= at) low = middle
    else high = middle
  }
  const [x0, x1] = [x[low] as number, x[high] as number]
  const [y0, y1] = [y[low] as number, y[high] as number]
  return y0 + ((at - x0) / (x1 - x0)) * (y1 - y0)
}
