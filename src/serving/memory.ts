import { join } from 'node:path'
import type { Log } from '../core/log.ts'
import { sha256 } from '../core/json.ts'
import { isMirrored } from '../rollout/callers.ts'
import type { OutcomeTally } from '../rollout/types.ts'
import { EvidenceStore } from './evidence-store.ts'
import type { InForce } from './follower.ts'
import { Journal } from './journal.ts'
import {
  OutcomeMemory,
  type OutcomeEvent,
  type OutcomeMemoryOptions,
  type OutcomeResult,
  type Said,
} from './outcomes.ts'

type Observe = Parameters<EvidenceStore['observe']>
type Outcome = Parameters<EvidenceStore['outcome']>
type Refuse = Parameters<EvidenceStore['refuse']>

/** A line of the journal: a call that changed something, or a part of everything. */
type Line =
  | readonly ['observe', ...Observe]
  | readonly ['outcome', ...Outcome]
  | readonly ['refuse', ...Refuse]
  | readonly ['split', inForce: InForce, at: number]
  | readonly ['evidence', snapshot: unknown]
  | OutcomeEvent

/** Where the evidence of a gateway is kept. */
export interface KeptIn {
  readonly folder: string
  /** The repository that is followed: evidence of another one is not taken over. */
  readonly repository: string
}

/** Raise when a line of the journal means something else than before. */
const FORMAT = 3

/** What a gateway knows of one model's traffic: evidence, and predictions that wait for their outcomes. */
export class Memory {
  readonly evidence = new EvidenceStore()
  readonly outcomes: OutcomeMemory
  #journal: Journal | undefined
  #split: readonly [inForce: InForce, at: number] | undefined

  /** In memory only; see `openMemory` for one that outlives the process. */
  constructor(onCount?: OutcomeMemoryOptions['onCount']) {
    this.outcomes = new OutcomeMemory({ record: (event) => this.#journal?.append(event), onCount })
  }

  /** RefitError `serving` where it cannot be kept there. */
  async keepIn({ folder, repository }: KeptIn, model: string, log: Log): Promise<void> {
    const journal = await Journal.open({
      path: join(folder, `${encodeURIComponent(model)}.jsonl`),
      header: { refit: 'gateway evidence', format: FORMAT, repository: sha256(repository), model },
      replay: (line) => this.#replay(line as Line),
      snapshot: () => this.#snapshot(),
      log,
    })
    this.#journal = journal
    this.outcomes.count('lost', journal.lost)
  }

  /** Whether a restart would find everything again. */
  get isKept(): boolean {
    return this.#journal?.works === true
  }

  /** What was in force before a restart: as long as the process is known to have run. */
  get inForce(): InForce | undefined {
    if (!this.#split) return undefined
    const [split, at] = this.#split
    const end = Math.max(at, this.evidence.until)
    // JSON has no Infinity: what had no end comes back with null.
    const stretches = split.stretches.filter(({ from }) => from < end)
    return { ...split, stretches: stretches.map(({ from, until }) => ({ from, until: Math.min(until ?? end, end) })) }
  }

  /** Keeps what is in force, where it has changed. */
  follow(inForce: InForce | undefined, now: number): void {
    if (!inForce || JSON.stringify(inForce) === JSON.stringify(this.#split?.[0])) return
    this.#keep(inForce, now)
  }

  observe(...call: Observe): void {
    this.evidence.observe(...call)
    this.#journal?.append(['observe', ...call])
  }

  /** A request that no version could have answered. */
  refuse(...call: Refuse): void {
    this.evidence.refuse(...call)
    this.#journal?.append(['refuse', ...call])
  }

  remember(id: string, now: number, said: Said): void {
    this.outcomes.remember(id, now, said)
  }

  /** Counts an outcome for every version that said something about it. */
  outcome(id: string, row: number, label: string | number | boolean): OutcomeResult {
    const result = this.outcomes.match(id, row, label)
    if (result.kind !== 'counted') return result
    // What was answered and not mirrored (yet) has nothing to be compared with.
    const alone = result.losses.length === 1
    for (const { arm, origin, loss } of result.losses) {
      if (alone && origin.split && isMirrored(origin.split)) continue
      this.evidence.outcome(arm, origin, loss)
      this.#journal?.append(['outcome', arm, origin, loss])
    }
    return result
  }

  get tally(): OutcomeTally {
    return this.outcomes.tally
  }

  close(now: number): void {
    if (this.#split) this.#keep(this.#split[0], now)
    this.#journal?.close()
  }

  #keep(inForce: InForce, at: number): void {
    this.#split = [inForce, at]
    this.#journal?.append(['split', inForce, at])
  }

  #replay(line: Line): void {
    switch (line[0]) {
      case 'observe':
        return this.evidence.observe(...(line.slice(1) as Observe))
      case 'outcome':
        return this.evidence.outcome(...(line.slice(1) as Outcome))
      case 'refuse':
        return this.evidence.refuse(...(line.slice(1) as Refuse))
      case 'split':
        this.#split = [line[1], line[2]]
        return
      case 'evidence':
        return this.evidence.restore(line[1])
      default:
        return this.outcomes.replay(line)
    }
  }

  *#snapshot(): Iterable<Line> {
    yield ['evidence', this.evidence.snapshot()]
    if (this.#split) yield ['split', ...this.#split]
    yield* this.outcomes.snapshot()
  }
}
