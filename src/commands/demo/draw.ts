import { sha256 } from '../../core/json.ts'
import { createRandom, type Random } from '../../core/random.ts'

/** A stream of its own for each purpose, so that drawing more of one thing leaves the others as they are. */
export function stream(seed: number, purpose: string): Random {
  return createRandom(Number.parseInt(sha256(`${seed}/${purpose}`).slice(0, 8), 16))
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability
}

/** One of the keys, with probability proportional to its weight. */
export function pick<K extends string>(random: Random, weights: Readonly<Partial<Record<K, number>>>): K {
  const entries = Object.entries(weights) as [K, number][]
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) {
    left -= weight
    if (left < 0) return key
  }
  return (entries.at(-1) as [K, number])[0]
}

/** Poisson with a small mean, by multiplying uniforms (Knuth). */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product > limit; product *= random.next()) count++
  return count
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

export function round(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
