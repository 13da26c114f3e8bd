import type { Random } from '../../src/core/random.ts'

/**
 * Binomial, exact for any n: by inversion up to a mean of 10, beyond by Hörmann’s (1993) transformed rejection, BTRS, “The
 * generation of binomial random variates”, Journal of Statistical Computation and Simulation 46.
 */
export function binomial(n: number, p: number, random: Random): number {
  if (n <= 0 || p <= 0) return 0
  if (p >= 1) return n
  if (p > 0.5) return n - binomial(n, 1 - p, random)
  return n * p < 10 ? inverted(n, p, random) : rejected(n, p, random)
}

function inverted(n: number, p: number, random: Random): number {
  const odds = p / (1 - p)
  let mass = (1 - p) ** n
  let left = random.next()
  let k = 0
  while (left > mass && k < n) {
    left -= mass
    k++
    mass *= ((n + 1) / k - 1) * odds
  }
  return k
}

function rejected(n: number, p: number, random: Random): number {
  const spread = Math.sqrt(n * p * (1 - p))
  const odds = p / (1 - p)
  const b = 1.15 + 2.53 * spread
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const alpha = (2.83 + 5.1 / b) * spread
  const mode = Math.floor((n + 1) * p)
  for (;;) {
    const u = random.next() - 0.5
    const v = random.next()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5)
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k
    if (k < 0 || k > n) continue
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      tail(mode) +
      tail(n - mode) -
      tail(k) -
      tail(n - k)
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k
  }
}

/** ln k! less Stirling’s formula. */
function tail(k: number): number {
  if (k < 10) return TAILS[k] as number
  const square = (k + 1) ** 2
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
}
const TAILS = Array.from({ length: 10 }, (_, k) => {
  let log = 0
  for (let i = 2; i <= k; i++) log += Math.log(i)
  return log - ((k + 0.5) * Math.log(k + 1) - (k + 1) + 0.5 * Math.log(2 * Math.PI))
})

/** How n rows fall into cells of these shares, which sum to 1. */
export function multinomial(n: number, shares: ArrayLike<number>, random: Random): Float64Array {
  const counts = new Float64Array(shares.length)
  let left = n
  let share = 1
  for (let i = 0; i < shares.length && left > 0; i++) {
    const p = shares[i] as number
    counts[i] = i === shares.length - 1 ? left : binomial(left, Math.min(1, p / share), random)
    left -= counts[i] as number
    share = Math.max(1e-300, share - p)
  }
  return counts
}

/** Gamma with scale 1 and a shape of at least 1 (Marsaglia & Tsang 2000). */
export function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = random.normal()
    const v = (1 + c * z) ** 3
    if (v > 0 && Math.log(random.next() || 1e-12) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v
  }
}
