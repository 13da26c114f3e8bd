import type { GuardrailName } from '../../src/config/schema.ts'
import type { Random } from '../../src/core/random.ts'
import type { ArmSums, CallerSums, SplitEvidence } from '../../src/rollout/types.ts'

/** How callers are. */
export interface Population {
  readonly callers: number
  /** Requests of the whole step, Zipf-distributed over the callers (exponent 1). */
  readonly requests: number
  /** Looks at the evidence in it, equally far apart. */
  readonly looks: number
  readonly percent: number
}

/** What one caller gets of a version: the probability of a bad request, or the mean of its ranks. */
export type Level = (random: Random) => number

/** Two versions as one caller sees them. */
export interface Versions {
  readonly guardrail: GuardrailName
  readonly caller: (random: Random) => { readonly stable: number; readonly candidate: number }
}

/** The sums of each caller after each look: the real thing that the gateway answers. */
export function* step(random: Random, { callers, requests, looks, percent }: Population, versions: Versions) {
  const weights = Array.from({ length: callers }, (_, rank) => 1 / (rank + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const paired = percent >= 100
  const people = weights.map((weight) => ({
    rate: ((weight / total) * requests) / looks,
    treated: random.next() < percent / 100,
    ...versions.caller(random),
    sums: { stable: emptySums(), candidate: emptySums() },
  }))
  for (let look = 0; look < looks; look++) {
    for (const { rate, treated, stable, candidate, sums } of people) {
      const n = poisson(random, rate)
      if (n === 0) continue
      if (paired || treated) add(random, sums.candidate, versions.guardrail, n, candidate)
      if (paired || !treated) add(random, sums.stable, versions.guardrail, n, stable)
    }
    const seen = people.map(({ sums }): CallerSums => ({
      stable: known(sums.stable),
      candidate: known(sums.candidate),
    }))
    const callersSeen = seen.filter(({ stable, candidate }) => stable !== null || candidate !== null)
    const split: SplitEvidence = {
      mode: 'canary',
      percent,
      groups: [{ keyed: true, kept: { stable: 1, candidate: 1 }, callers: callersSeen }],
    }
    yield split
  }
}

interface MutableSums {
  requests: number
  errors: number
  slow: number
  ranks: number
  rankSum: number
  outcomes: number
  lossSum: number
}

const emptySums = (): MutableSums => ({
  requests: 0,
  errors: 0,
  slow: 0,
  ranks: 0,
  rankSum: 0,
  outcomes: 0,
  lossSum: 0,
})

const known = (sums: ArmSums): ArmSums | null => (sums.requests > 0 ? sums : null)

/** How far a caller's predictions lie from their mean, as ranks. */
const WITHIN = 0.1

function add(random: Random, sums: MutableSums, guardrail: GuardrailName, n: number, level: number): void {
  sums.requests += n
  switch (guardrail) {
    case 'error-rate':
      sums.errors += binomial(random, n, level)
      break
    case 'latency':
      sums.slow += binomial(random, n, level)
      break
    case 'outcome':
      sums.outcomes += n
      sums.lossSum += binomial(random, n, level)
      break
    case 'prediction-shift':
      sums.ranks += n
      sums.rankSum += Math.min(n, Math.max(0, n * level + Math.sqrt(n) * WITHIN * random.normal()))
      break
  }
}

function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()))
  const limit = Math.exp(-mean)
  let product = random.next()
  let n = 0
  while (product > limit) {
    product *= random.next()
    n++
  }
  return n
}

function binomial(random: Random, n: number, p: number): number {
  if (p <= 0) return 0
  if (p >= 1) return n
  if (n * p > 20 && n * (1 - p) > 20) {
    return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * random.normal())))
  }
  let hits = 0
  for (let i = 0; i < n; i++) if (random.next() < p) hits++
  return hits
}
