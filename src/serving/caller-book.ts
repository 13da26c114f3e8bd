import { isMirrored } from '../rollout/callers.ts'
import type { ArmSums, CallerGroup, SplitEvidence } from '../rollout/types.ts'

/** What was in force when a caller was answered. */
export interface Split {
  readonly rolloutId: string
  readonly mode: 'shadow' | 'canary'
  readonly percent: number
  /** When it came into force: a rollout that is tried again has the same splits again. */
  readonly since: number
}

/** Who asked, as a number that says nothing about them. */
export interface Caller {
  /** Uniform in [0, 2^48), and independent of the arm: what a random sample of the callers goes by. */
  readonly sample: number
  /** Whether the caller named itself. Without a key each request is a caller. */
  readonly keyed: boolean
}

/** One answered (or mirrored) request. */
export interface Observation {
  readonly failed: boolean
  /** What the version itself took: validation, features and scoring, milliseconds. */
  readonly ms: number
  /** Ranks of its rows’ scores among the version’s holdout scores. */
  readonly ranks: readonly number[]
}

export type Arm = 'stable' | 'candidate' | 'shadow'

/** Callers of an arm that are kept; of more, a random sample of this size. */
const MAX_CALLERS = 2000
const ALL = 2 ** 48

/** Latencies are kept as counts on a logarithmic grid of 5 %: sums for whatever objective is asked for later. */
const LATENCY_STEP = Math.log(1.05)
export const latencyBin = (ms: number): number => Math.ceil(Math.log(Math.max(ms, 1e-3)) / LATENCY_STEP)
const latencyOf = (bin: number): number => Math.exp(bin * LATENCY_STEP)

interface Counts {
  requests: number
  errors: number
  readonly latencies: Map<number, number>
  ranks: number
  rankSum: number
  outcomes: number
  lossSum: number
}

interface Row {
  stable: Counts | null
  candidate: Counts | null
}

interface KeptSample {
  readonly limit: number
  readonly rows: Map<number, Row>
}

/** A book as plain data (and Maps). */
export interface KeptBook {
  readonly split: Split
  readonly samples: readonly (readonly [name: string, sample: KeptSample])[]
}

/**
 * A random sample of callers: those with the smallest sample numbers. The limit only falls, so that whoever is in the
 * sample has been in it since its first request, and the sums of a caller are whole.
 */
class Sample {
  readonly rows: Map<number, Row>
  #limit: number

  constructor({ limit, rows }: KeptSample = { limit: ALL, rows: new Map() }) {
    this.#limit = limit
    this.rows = rows
  }

  snapshot(): KeptSample {
    return { limit: this.#limit, rows: this.rows }
  }

  get kept(): number {
    return this.#limit / ALL
  }

  find(sample: number): Row | undefined {
    const known = this.rows.get(sample)
    if (known || sample >= this.#limit) return known
    const row: Row = { stable: null, candidate: null }
    this.rows.set(sample, row)
    // Twice as many before they are thinned out, so that this is done once in a while.
    if (this.rows.size >= 2 * MAX_CALLERS) this.thin()
    return this.rows.get(sample)
  }

  thin(): void {
    if (this.rows.size <= MAX_CALLERS) return
    const order = [...this.rows.keys()].toSorted((a, b) => a - b)
    this.#limit = order[MAX_CALLERS] as number
    for (const sample of order.slice(MAX_CALLERS)) this.rows.delete(sample)
  }
}

/** The callers of one split and what each of them got, bounded. */
export class CallerBook {
  readonly split: Split
  readonly #samples = new Map<string, Sample>()

  constructor(split: Split) {
    this.split = split
  }

  static restore({ split, samples }: KeptBook): CallerBook {
    const book = new CallerBook(split)
    for (const [name, sample] of samples) book.#samples.set(name, new Sample(sample))
    return book
  }

  snapshot(): KeptBook {
    return { split: this.split, samples: [...this.#samples].map(([name, sample]) => [name, sample.snapshot()]) }
  }

  observe(arm: Arm, caller: Caller, { failed, ms, ranks }: Observation): void {
    const counts = this.#countsOf(arm, caller)
    if (!counts) return
    counts.requests++
    if (failed) counts.errors++
    const bin = latencyBin(ms)
    counts.latencies.set(bin, (counts.latencies.get(bin) ?? 0) + 1)
    for (const rank of ranks) {
      counts.ranks++
      counts.rankSum += rank
    }
  }

  outcome(arm: Arm, caller: Caller, loss: number): void {
    const counts = this.#countsOf(arm, caller)
    if (!counts) return
    counts.outcomes++
    counts.lossSum += loss
  }

  /**
   * The latency under which so large a share of stable’s requests lies, each caller weighing the same: a single caller
   * with slow requests would hide what happens to the others. Undefined where stable answered nobody.
   */
  stableLatency(share: number): number | undefined {
    const weights = new Map<number, number>()
    let callers = 0
    for (const sample of this.#samples.values()) {
      for (const { stable } of sample.rows.values()) {
        if (!stable || stable.requests === 0) continue
        callers++
        for (const [bin, n] of stable.latencies) weights.set(bin, (weights.get(bin) ?? 0) + n / stable.requests)
      }
    }
    let below = 0
    for (const [bin, weight] of [...weights].toSorted(([a], [b]) => a - b)) {
      below += weight
      if (below >= share * callers - 1e-9) return latencyOf(bin)
    }
    return undefined
  }

  /** @param objective milliseconds over which a request is slow; null: none is */
  evidence(objective: number | null): SplitEvidence {
    const slowFrom = objective === null ? Infinity : latencyBin(objective)
    const { mode, percent } = this.split
    const groups = [true, false].map((keyed): CallerGroup => {
      const samples = POOLS.map((pool) => this.#samples.get(nameOf(pool, keyed)))
      for (const sample of samples) sample?.thin()
      const kept = (pool: (typeof POOLS)[number]): number => this.#samples.get(nameOf(pool, keyed))?.kept ?? 1
      const rows = samples.flatMap((sample) => [...(sample?.rows.values() ?? [])])
      const callers = rows.map(({ stable, candidate }) => ({
        stable: sumsOf(stable, slowFrom),
        candidate: sumsOf(candidate, slowFrom),
      }))
      return { keyed, kept: { stable: kept('stable'), candidate: kept('candidate') }, callers }
    })
    return { mode, percent, groups: groups.filter(({ callers }) => callers.length > 0) }
  }

  #countsOf(arm: Arm, { sample, keyed }: Caller): Counts | undefined {
    const version = arm === 'stable' ? 'stable' : 'candidate'
    // Where requests are mirrored, both versions see the same callers, and one sample has both sides.
    const name = nameOf(isMirrored(this.split) ? 'both' : version, keyed)
    let callers = this.#samples.get(name)
    if (!callers) this.#samples.set(name, (callers = new Sample()))
    const row = callers.find(sample)
    return row && (row[version] ??= emptyCounts())
  }
}

const POOLS = ['both', 'stable', 'candidate'] as const
const nameOf = (pool: (typeof POOLS)[number], keyed: boolean): string => `${pool} ${keyed ? 'keyed' : 'keyless'}`

const emptyCounts = (): Counts => ({
  requests: 0,
  errors: 0,
  latencies: new Map(),
  ranks: 0,
  rankSum: 0,
  outcomes: 0,
  lossSum: 0,
})

function sumsOf(counts: Counts | null, slowFrom: number): ArmSums | null {
  if (!counts) return null
  const { latencies, ...sums } = counts
  let slow = 0
  for (const [bin, n] of latencies) if (bin > slowFrom) slow += n
  return { ...sums, slow }
}
