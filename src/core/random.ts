import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A repeatable source of randomness. The same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1) with 32 bits of resolution. */
  next(): number
  /** Uniform integer in [0, bound), `bound` ≤ 2^32. */
  below(bound: number): number
  /** Standard normal, by the polar method. */
  normal(): number
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0)
  const next = (): number => (generator.next() >>> 0) / 0x1_0000_0000
  let spare: number | undefined
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    normal() {
      if (spare !== undefined) {
        const value = spare
        spare = undefined
        return value
      }
      for (;;) {
        const u = 2 * next() - 1
        const v = 2 * next() - 1
        const s = u * u + v * v
        if (s > 0 && s < 1) {
          const scale = Math.sqrt((-2 * Math.log(s)) / s)
          spare = v * scale
          return u * scale
        }
      }
    },
  }
}

/** A permutation of 0 … n−1 (Fisher–Yates). */
export function permutation(n: number, random: Random): Uint32Array {
  const order = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  return order
}
