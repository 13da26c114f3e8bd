import type { EvidenceAnswer, EvidenceWindow, LatencyObjective } from '../rollout/types.ts'
import { CallerBook, type Arm, type Caller, type KeptBook, type Observation, type Split } from './caller-book.ts'
import type { Exposure } from './exposure.ts'

export type { Arm, Caller, Observation, Split }

/** Finest window that can be asked for. */
export const GRID_MS = 250
/** After this time, buckets are merged … */
const FINE_MS = 3_600_000
/** … into buckets of this length, and forgotten after a day. */
const COARSE_MS = 60_000
const KEEP_MS = 24 * 3_600_000
/** Windows of one answer; the asker comes back for the others. */
const MAX_WINDOWS = 5000
/** Buckets further ahead than this were counted under a clock that was wrong. */
const WRONG_CLOCK_MS = 10 * 60_000

/** Splits of a rollout whose callers are remembered. */
const MAX_SPLITS = 8

/** A request is slow by default when it takes longer than twice what this share of stable’s takes … */
const RELATIVE_SHARE = 0.95
const RELATIVE_FACTOR = 2
/** … and than this, milliseconds: below it no caller notices. */
const RELATIVE_FLOOR_MS = 5

interface Bucket {
  readonly start: number
  readonly rolloutId: string | null
  readonly requests: Record<Arm, number>
  refused: number
}

/** Under which split a request was answered, and for whom. */
export interface Origin {
  /** Null where nothing was being compared: no rollout, or its lease had run out. */
  readonly split: Split | null
  readonly caller: Caller
}

/** What the answer to a request came to. */
export interface Answered {
  readonly arm: Arm
  readonly observation: Observation
}

interface Kept {
  readonly fine: Bucket[]
  readonly coarse: Bucket[]
  readonly rolloutId: string | null
  readonly books: readonly KeptBook[]
}

/**
 * What the rollout asks for, in memory and bounded: numbers of requests on a fine time grid, and what each of a sample of
 * callers got while a split was in force. Sums only, nothing about anyone.
 */
export class EvidenceStore {
  #fine: Bucket[] = []
  #coarse: Bucket[] = []
  /** Of the newest rollout, by split in the order in which they came. */
  readonly #books = new Map<string, CallerBook>()
  #rolloutId: string | null = null

  /**
   * @param observation null for a request that is mirrored as well: it is counted, and what it came to comes with its mirror
   * @param answered what the answer to a mirrored request came to: the two are compared, so that neither is there alone
   */
  observe(
    arm: Arm,
    { split, caller }: Origin,
    now: number,
    observation: Observation | null,
    answered: Answered | null = null,
  ): void {
    this.#bucketAt(split?.rolloutId ?? null, now).requests[arm]++
    if (!split) return
    // A mirrored request comes late, maybe of an earlier split. Where nobody could answer, it is the first of its split.
    const answers = split.mode === 'shadow' ? arm === 'stable' : split.percent < 100 || arm === 'candidate'
    const newest = [...this.#books.values()].at(-1)?.split.since ?? -Infinity
    const book = answers || split.since > newest ? this.#bookOf(split) : this.#books.get(nameOf(split))
    if (observation) book?.observe(arm, caller, observation)
    if (answered) book?.observe(answered.arm, caller, answered.observation)
  }

  /** A request that no version could have answered: its caller’s mistake. */
  refuse(rolloutId: string | null, now: number): void {
    this.#bucketAt(rolloutId, now).refused++
  }

  /** Counted when it arrives, for the split under which the prediction was made. */
  outcome(arm: Arm, { split, caller }: Origin, loss: number): void {
    if (split) this.#books.get(nameOf(split))?.outcome(arm, caller, loss)
  }

  /** What the callers of a rollout got, split by split. */
  splits(rolloutId: string, objective: LatencyObjective): Pick<EvidenceAnswer, 'splits' | 'objective'> {
    if (rolloutId !== this.#rolloutId) return { splits: [], objective: null }
    const books = [...this.#books.values()]
    const usual = objective === 'relative' ? books.at(-1)?.stableLatency(RELATIVE_SHARE) : undefined
    const relative = usual === undefined ? null : Math.max(RELATIVE_FACTOR * usual, RELATIVE_FLOOR_MS)
    const limit = objective === 'relative' ? relative : objective
    return { splits: books.map((book) => book.evidence(limit)), objective: limit }
  }

  /** Windows of `step` ms within [from, to), complete at `now`, in which there was anything; oldest first. */
  windows(query: {
    readonly rolloutId: string
    readonly from: number
    readonly to: number
    readonly step: number
    readonly now: number
    /** Of the split in force; undefined where another rollout’s is. */
    readonly exposure?: Exposure | undefined
  }): readonly EvidenceWindow[] {
    const { rolloutId, from, step, now, exposure } = query
    const until = Math.min(query.to, now)
    const windows = new Map<number, { exposed: number; requests: Record<Arm, number>; refused: number }>()
    const at = (time: number): { exposed: number; requests: Record<Arm, number>; refused: number } | undefined => {
      const start = Math.floor(time / step) * step
      if (start < from || start + step > until) return undefined
      let window = windows.get(start)
      if (!window) windows.set(start, (window = { exposed: 0, requests: noRequests(), refused: 0 }))
      return window
    }
    for (const bucket of [...this.#coarse, ...this.#fine]) {
      const window = at(bucket.start)
      if (!window) continue
      window.refused += bucket.refused
      window.requests.stable += bucket.requests.stable
      // Stable’s requests are there for whichever rollout asks; a candidate’s belong to its own.
      if (bucket.rolloutId !== rolloutId) continue
      window.requests.candidate += bucket.requests.candidate
      window.requests.shadow += bucket.requests.shadow
    }
    for (const stretch of exposure?.before(until) ?? []) {
      let left = MAX_WINDOWS
      for (let time = Math.max(stretch.from, from); time < stretch.until && left-- > 0;) {
        const end = Math.min((Math.floor(time / step) + 1) * step, stretch.until)
        const window = at(time)
        if (window) window.exposed += end - time
        time = end
      }
    }
    return [...windows]
      .toSorted(([a], [b]) => a - b)
      .slice(0, MAX_WINDOWS)
      .map(([start, window]) => ({ start, end: start + step, ...window }))
  }

  /** The book of a split, which is opened where there is none. */
  #bookOf(split: Split): CallerBook {
    const name = nameOf(split)
    const known = this.#books.get(name)
    if (known) return known
    if (split.rolloutId !== this.#rolloutId) {
      this.#books.clear()
      this.#rolloutId = split.rolloutId
    }
    const book = new CallerBook(split)
    this.#books.set(name, book)
    const [oldest] = this.#books.keys()
    if (this.#books.size > MAX_SPLITS && oldest !== undefined) this.#books.delete(oldest)
    return book
  }

  /** Until when something was counted. */
  get until(): number {
    return (this.#fine.at(-1)?.start ?? -Infinity) + GRID_MS
  }

  /** Everything, as plain data; `restore` takes it back. */
  snapshot(): unknown {
    const books = [...this.#books.values()].map((book) => book.snapshot())
    const kept: Kept = { fine: this.#fine, coarse: this.#coarse, rolloutId: this.#rolloutId, books }
    return kept
  }

  restore(snapshot: unknown): void {
    const { fine, coarse, rolloutId, books } = snapshot as Kept
    this.#fine = fine
    this.#coarse = coarse
    this.#rolloutId = rolloutId
    this.#books.clear()
    for (const book of books) this.#books.set(nameOf(book.split), CallerBook.restore(book))
  }

  #bucketAt(rolloutId: string | null, now: number): Bucket {
    while (this.#fine.length > 0 && (this.#fine.at(-1) as Bucket).start > now + WRONG_CLOCK_MS) this.#fine.pop()
    while (this.#coarse.length > 0 && (this.#coarse.at(-1) as Bucket).start > now + WRONG_CLOCK_MS) this.#coarse.pop()
    const last = this.#fine.at(-1)
    // A clock that went back a little counts into the newest bucket: a window that was read must not change.
    const start = Math.max(Math.floor(now / GRID_MS) * GRID_MS, last?.start ?? 0)
    let bucket = last
    if (!bucket || bucket.start !== start || bucket.rolloutId !== rolloutId) {
      bucket = { start, rolloutId, requests: noRequests(), refused: 0 }
      this.#fine.push(bucket)
      this.#forget(start)
    }
    return bucket
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
      into = { start, rolloutId: bucket.rolloutId, requests: noRequests(), refused: 0 }
      this.#coarse.push(into)
    }
    for (const arm of ARMS) into.requests[arm] += bucket.requests[arm]
    into.refused += bucket.refused
  }
}

const nameOf = ({ rolloutId, mode, percent, since }: Split): string => `${rolloutId} ${mode} ${percent} ${since}`
const ARMS: readonly Arm[] = ['stable', 'candidate', 'shadow']
const noRequests = (): Record<Arm, number> => ({ stable: 0, candidate: 0, shadow: 0 })
