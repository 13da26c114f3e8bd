/** A place and what a function is there. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Share of a standard error that makes no difference to an end of an interval. */
const PRECISION = 0.02
/** So little below 0 that the function is flat there. */
const FLAT = 1e-5
const FINEST = 1e-4
/** Where it is not reached so far away it never is. */
const FARTHEST = 1e9
const MOST_STEPS = 60

/**
 * Where a rising function of resampled quantiles reaches 0, from a point at which it does not: steps outwards, each as
 * long as the last slope asks for, then regula falsi (the Illinois variant, Dowell & Jarratt 1971). Some five values of
 * the function in all, where halving would take fifteen. Ends at |f| below a fiftieth of `error`.
 *
 * zero((x) => x * x - 2, { x: 0, y: -2 }, 1, 1e-6) = 1.4142…
 */
export function zero(f: (x: number) => number, from: Point, first: number, error: number): number {
  let near = from
  const side = Math.sign(from.y)
  let far: Point = { x: first, y: f(first) }
  for (let i = 0; i < MOST_STEPS && Math.sign(far.y) === side && Math.abs(far.x) < FARTHEST; i++) {
    const step = far.x - near.x
    const asked = (-far.y * step) / (far.y - near.y)
    const factor = Math.min(8, Math.max(0.5, (1.2 * asked) / step || 0))
    const x = far.x + step * (Number.isFinite(asked) && asked / step > 0 ? factor : 2)
    near = far
    far = { x, y: f(x) }
  }
  // From here on a is where f is below 0, b where it is not.
  let [a, b] = side < 0 ? [near, far] : [far, near]
  let [under, over] = [a.y, b.y]
  const enough = PRECISION * error
  let last = 0
  for (let i = 0; i < MOST_STEPS; i++) {
    if (b.y <= enough || b.x - a.x <= FINEST * (Math.abs(a.x) + Math.abs(b.x))) return b.x
    // Where f is flat just below 0, its end is looked for.
    if (-a.y <= enough && -a.y > FLAT * error) return a.x
    const part = -under / (over - under)
    const x = a.x + (b.x - a.x) * Math.min(0.95, Math.max(0.05, part || 0))
    const next = { x, y: f(x) }
    const now = next.y < 0 ? -1 : 1
    if (now < 0) [a, under, over] = [next, next.y, now === last ? over / 2 : b.y]
    else [b, over, under] = [next, next.y, now === last ? under / 2 : a.y]
    last = now
  }
  return b.x
}

/** Where a rising function that is below 0 at 0 reaches 0; 0 where it is not below. */
export function crossing(f: (s: number) => number, error: number): number {
  const at = f(0)
  return at < 0 ? zero(f, { x: 0, y: at }, 1, error) : 0
}

/** Where a rising function reaches 0, on either side of 0. */
export function root(f: (x: number) => number, unit: number, error: number): number {
  const at = f(0)
  return at === 0 ? 0 : zero(f, { x: 0, y: at }, at < 0 ? unit || 1 : -(unit || 1), error)
}

/**
 * The p-quantile of the values that are not NaN, as that of one draw more (Hyndman & Fan type 6): a further draw is below
 * it with probability p. NaN of none. Reorders the values.
 */
export function quantile(values: Float64Array, p: number): number {
  let n = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isNaN(value)) values[n++] = value
  }
  if (n === 0) return Number.NaN
  const place = Math.min(n - 1, Math.max(0, p * (n + 1) - 1))
  const k = Math.floor(place)
  const low = select(values, n, k)
  if (place === k) return low
  let high = Infinity
  for (let i = k + 1; i < n; i++) if ((values[i] as number) < high) high = values[i] as number
  return low + (place - k) * (high - low)
}

/** The k-th smallest of the first n values (Hoare 1961); what is larger lies behind it. */
function select(values: Float64Array, n: number, k: number): number {
  let left = 0
  let right = n - 1
  while (left < right) {
    const pivot = values[(left + right) >> 1] as number
    let i = left
    let j = right
    while (i <= j) {
      while ((values[i] as number) < pivot) i++
      while ((values[j] as number) > pivot) j--
      if (i <= j) {
        const swap = values[i] as number
        values[i] = values[j] as number
        values[j] = swap
        i++
        j--
      }
    }
    if (k <= j) right = j
    else if (k >= i) left = i
    else break
  }
  return values[k] as number
}
