import type { Random } from '../core/random.ts'

/**
 * How many of n rows fall into each cell when every row is drawn with replacement: Multinomial(n; sizes / n), by
 * conditional binomials. A bootstrap of anything that depends on cell counts alone, without touching a row.
 */
export function drawMultinomial(sizes: ArrayLike<number>, random: Random, out: Float64Array): void {
  let total = 0
  for (let i = 0; i < sizes.length; i++) total += sizes[i] as number
  let left = total
  let mass = total
  for (let i = 0; i < sizes.length; i++) {
    const drawn = drawBinomial(left, (sizes[i] as number) / mass, random)
    out[i] = drawn
    left -= drawn
    mass -= sizes[i] as number
  }
}

/**
 * A draw from Binomial(n, p), exact up to the 32 bits of the uniform number: inversion that starts at the mode and walks
 * outwards, about √(n·p·(1 − p)) steps.
 */
export function drawBinomial(n: number, p: number, random: Random): number {
  if (p > 0.5) return n - drawBinomial(n, 1 - p, random)
  if (!(p > 0) || n === 0) return 0
  const mode = Math.min(n, Math.floor((n + 1) * p))
  const odds = p / (1 - p)
  const atMode = Math.exp(
    logFactorial(n) - logFactorial(mode) - logFactorial(n - mode) + mode * Math.log(p) + (n - mode) * Math.log1p(-p),
  )
  let left = random.next() - atMode
  let up = mode
  let down = mode
  let above = atMode
  let below = atMode
  // Beyond either end there is 0 more.
  while (left >= 0 && (up < n || down > 0)) {
    above *= ((n - up) / (up + 1)) * odds
    up++
    left -= above
    if (left < 0) return up
    below *= down / ((n - down + 1) * odds)
    down--
    left -= below
    if (left < 0) return down
  }
  // What rounding has left over belongs to nobody.
  return mode
}

const FEW = 32
const logFactorials = Float64Array.from({ length: FEW }, () => 0)
for (let i = 2; i < FEW; i++) logFactorials[i] = (logFactorials[i - 1] as number) + Math.log(i)

/** ln n!: a table, then Stirling's series (relative error below 1e-15 from 32 on). */
function logFactorial(n: number): number {
  if (n < FEW) return logFactorials[n] as number
  const x = n + 1
  const inverse = 1 / (x * x)
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + (1 / 12 - inverse * (1 / 360 - inverse / 1260)) / x
}
