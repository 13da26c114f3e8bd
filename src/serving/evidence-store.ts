import type { ArmCounts, EvidenceWindow } from '../rollout/types.ts'

export type Arm = 'stable' | 'candidate' | 'shadow'

/** Finest window that can be asked for. */
export const GRID_MS = 250
/** After this time, buckets are merged … */
const FINE_MS = 3_600_000
/** … into buckets of this length, and forgotten after a day. */
const COARSE_MS = 60_000
const KEEP_MS = 24 * 3_600_000

/** Latencies are kept as counts on a logarithmic grid of 5 %: sums for whatever objective is asked for later. */
const LATENCY_STEP = Math.log(1.05)
const latencyBin = (ms: number): number => Math.ceil(Math.log(Math.max(ms, 1e-3)) / LATENCY_STEP)

interface ArmBucket {
  requests: number
  errors: number
  readonly latencies: Map<number, number>
  rankN: number
  rankSum: number
  rankSquares: number
  outcomeN: number
  outcomeSum: number
}

interface Bucket {
  readonly start: number
  readonly rolloutId: string | null
  readonly arms: Partial<Record<Arm, ArmBucket>>
}

/** One answered (or mirrored) request. */
export interface Observation {
  readonly failed: boolean
  /** What the version itself took: validation, features and scoring, milliseconds. */
  readonly ms: number
  /** Ranks of its rows’ scores among the version’s holdout scores. */
  readonly ranks: readonly number[]
}

/**
 * Counts per arm on a fine time grid, in memory and bounded: what the rollout asks for. Sums only, nothing about anyone.
 * A candidate’s counts belong to one rollout; stable’s to whichever asks.
 */
export class EvidenceStore {
  #fine: Bucket[] = []
  #coarse: Bucket[] = []

  observe(arm: Arm, rolloutId: string | null, now: number, { failed, ms, ranks }: Observation): void {
    const bucket = this.#armAt(arm, rolloutId, now)
    bucket.requests++
    if (failed) bucket.errors++
    const bin = latencyBin(ms)
    bucket.latencies.set(bin, (bucket.latencies.get(bin) ?? 0) + 1)
    for (const rank of ranks) {
      bucket.rankN++
      bucket.rankSum += rank
      bucket.rankSquares += rank * rank
    }
  }

  /** Counted when it arrives, not when the prediction was made: a window that was read never changes. */
  outcome(arm: Arm, rolloutId: string | null, now: number, loss: number): void {
    const bucket = this.#armAt(arm, rolloutId, now)
    bucket.outcomeN++
    bucket.outcomeSum += loss
  }

  /** Windows of `step` ms within [from, to), complete at `now`, that have anything in them; oldest first. */
  windows(query: {
    readonly rolloutId: string
    readonly from: number
    readonly to: number
    readonly step: number
    readonly objective: number
    readonly now: number
  }): readonly EvidenceWindow[] {
    const { rolloutId, from, step, objective, now } = query
    const until = Math.min(query.to, now)
    const slowFrom = latencyBin(objective)
    const windows = new Map<number, Record<Arm, ArmCounts>>()
    for (const bucket of [...this.#coarse, ...this.#fine]) {
      const start = Math.floor(bucket.start / step) * step
      if (start < from || start + step > until) continue
      const arms = windows.get(start) ?? { stable: NOTHING, candidate: NOTHING, shadow: NOTHING }
      for (const arm of ARMS) {
        const counted = bucket.arms[arm]
        if (counted && (arm === 'stable' || bucket.rolloutId === rolloutId)) {
          arms[arm] = add(arms[arm], counted, slowFrom)
        }
      }
      windows.set(start, arms)
    }
    return [...windows].toSorted(([a], [b]) => a - b).map(([start, arms]) => ({ start, end: start + step, arms }))
  }

  /** Everything, as plain data; `restore` takes it back. */
  snapshot(): unknown {
    return [this.#fine, this.#coarse]
  }

  restore(snapshot: unknown): void {
    ;[this.#fine, this.#coarse] = snapshot as [Bucket[], Bucket[]]
  }

  #armAt(arm: Arm, rolloutId: string | null, now: number): ArmBucket {
    const last = this.#fine.at(-1)
    // A clock that went back counts into the newest bucket: a window that was read must not change.
    const start = Math.max(Math.floor(now / GRID_MS) * GRID_MS, last?.start ?? 0)
    let bucket = last
    if (!bucket || bucket.start !== start || bucket.rolloutId !== rolloutId) {
      bucket = { start, rolloutId, arms: {} }
      this.#fine.push(bucket)
      this.#forget(start)
    }
    return (bucket.arms[arm] ??= emptyArm())
  }

  #forget(now: number): void {
    const oldest = this.#fine[0]
    // A minute at a time, so that the arrays are not moved at every request.
    if (!oldest || oldest.start > now - FINE_MS - COARSE_MS) return
    const keep = this.#fine.findIndex((bucket) => bucket.start > now - FINE_MS)
    for (const bucket of this.#fine.splice(0, keep < 0 ? this.#fine.length : keep)) this.#merge(bucket)
    while (this.#coarse[0] && this.#coarse[0].start < now - KEEP_MS) this.#coarse.shift()
  }

  #merge(bucket: Bucket): void {
    const start = Math.floor(bucket.start / COARSE_MS) * COARSE_MS
    let into = this.#coarse.at(-1)
    if (!into || into.start !== start || into.rolloutId !== bucket.rolloutId) {
      into = { start, rolloutId: bucket.rolloutId, arms: {} }
      this.#coarse.push(into)
    }
    for (const arm of ARMS) {
      const from = bucket.arms[arm]
      if (!from) continue
      const to = (into.arms[arm] ??= emptyArm())
      to.requests += from.requests
      to.errors += from.errors
      for (const [bin, n] of from.latencies) to.latencies.set(bin, (to.latencies.get(bin) ?? 0) + n)
      to.rankN += from.rankN
      to.rankSum += from.rankSum
      to.rankSquares += from.rankSquares
      to.outcomeN += from.outcomeN
      to.outcomeSum += from.outcomeSum
    }
  }
}

const ARMS: readonly Arm[] = ['stable', 'candidate', 'shadow']
const NOTHING: ArmCounts = {
  requests: 0,
  errors: 0,
  slow: 0,
  ranks: { n: 0, sum: 0, sumSquares: 0 },
  outcomes: { n: 0, sum: 0 },
}

function emptyArm(): ArmBucket {
  return {
    requests: 0,
    errors: 0,
    latencies: new Map(),
    rankN: 0,
    rankSum: 0,
    rankSquares: 0,
    outcomeN: 0,
    outcomeSum: 0,
  }
}

function add(counts: ArmCounts, bucket: ArmBucket, slowFrom: number): ArmCounts {
  let slow = counts.slow
  for (const [bin, n] of bucket.latencies) if (bin > slowFrom) slow += n
  const { ranks, outcomes } = counts
  return {
    requests: counts.requests + bucket.requests,
    errors: counts.errors + bucket.errors,
    slow,
    ranks: {
      n: ranks.n + bucket.rankN,
      sum: ranks.sum + bucket.rankSum,
      sumSquares: ranks.sumSquares + bucket.rankSquares,
    },
    outcomes: { n: outcomes.n + bucket.outcomeN, sum: outcomes.sum + bucket.outcomeSum },
  }
}
