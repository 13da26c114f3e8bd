import { createHash } from 'node:crypto'
import { canonicalJson, sha256 } from '../core/json.ts'
import type { Task } from '../core/task.ts'
import { canonicalText } from '../data/readers/dictionary.ts'
import { numberOfText } from '../data/readers/number-text.ts'
import { textIndex } from '../features/text-index.ts'
import type { Predictions } from '../training/types.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { OutcomeTally } from '../rollout/types.ts'
import type { Arm, Origin } from './evidence-store.ts'
import { FairMap } from './fair-map.ts'
import { typicalError } from './score-rank.ts'
import { labelOf } from './response.ts'
import type { ServingVersion } from './version.ts'

/** Predictions remembered for outcomes that may arrive later. */
const MAX_REMEMBERED = 100_000
const REMEMBER_MS = 24 * 3_600_000

/** What each kind of decision is worth: one table for all arms of a rollout, or they could not be compared. */
type Worth = NonNullable<Manifest['evaluation']['worth']>

/** What a version says about the rows of a request. */
export interface Said {
  readonly arm: Arm
  readonly origin: Origin
  readonly version: ServingVersion
  readonly predictions: Predictions
  /** Default: every wrong decision weighs the same. */
  readonly worth?: Worth | undefined
  /** Who asked. Requests without a key count as one caller’s. */
  readonly caller?: string | undefined
}

/** All that the loss of a version’s decision depends on, so that the version itself need not be kept. */
interface LossRule {
  readonly task: Task
  readonly classes: readonly string[]
  readonly typicalError: number
  readonly worth?: Worth | undefined
}

/** What one version said about one row. */
interface Remembered {
  readonly arm: Arm
  readonly origin: Origin
  /** Name of a LossRule. */
  readonly rule: string
  readonly predicted: string | number
}

interface Entry {
  readonly at: number
  readonly said: readonly Remembered[]
}

/** What is told of the outcomes besides their losses. */
export type Counted = Exclude<keyof OutcomeTally, 'since' | 'waiting'>

/** Every change of the memory, as plain data: played back in order, they come to the same memory. */
export type OutcomeEvent =
  | readonly ['rule', name: string, rule: LossRule]
  | readonly ['said', at: number, caller: string, id: string, rows: readonly Remembered[]]
  | readonly ['mirrored', id: string, rows: readonly Remembered[]]
  | readonly ['matched', key: string]
  | readonly ['count', what: Counted, n: number]
  | readonly ['begin', rolloutId: string, at: number]
  | readonly ['entry', caller: string, key: string, entry: Entry]
  | readonly ['tally', rolloutId: string | null, tally: Omit<OutcomeTally, 'waiting'>]

export type OutcomeResult =
  | {
      readonly kind: 'counted'
      readonly losses: readonly { readonly arm: Arm; readonly origin: Origin; readonly loss: number }[]
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'rejected'; readonly reason: string }

export interface OutcomeMemoryOptions {
  readonly limit?: number | undefined
  /** Is told every change, so that it can be kept. */
  readonly record?: ((event: OutcomeEvent) => void) | undefined
  /** Is told what was counted. */
  readonly onCount?: ((what: Counted, n: number) => void) | undefined
}

const nothing = (since: number): Omit<OutcomeTally, 'waiting'> => ({
  since,
  matched: 0,
  unmatched: 0,
  rejected: 0,
  evicted: 0,
  expired: 0,
  replaced: 0,
  unmirrored: 0,
  lost: 0,
})

/**
 * Matches outcomes that arrive late (labels, values) to predictions by request id. Bounded in number and age; where
 * there is no room, the caller with most predictions gives up one. A prediction is forgotten with its outcome, so that no
 * outcome counts twice. What becomes of the others is counted, for the rollout that is under way. Ids are kept as hashes.
 */
export class OutcomeMemory {
  readonly #options: OutcomeMemoryOptions
  readonly #entries: FairMap<Entry>
  readonly #rules = new Map<string, LossRule>()
  /** Names of the rules of what serves now. */
  readonly #named = new WeakMap<Manifest, Map<Worth | undefined, string>>()
  #rolloutId: string | null = null
  #tally = nothing(0)
  #replaying = false

  constructor(options: OutcomeMemoryOptions = {}) {
    this.#options = options
    this.#entries = new FairMap(options.limit ?? MAX_REMEMBERED)
  }

  /** What was answered under this id; an id that comes again takes the place of the one before. */
  remember(id: string, now: number, said: Said): void {
    this.#apply(['said', now, hash(said.caller ?? ''), hash(id), this.#rowsOf(said)])
  }

  /** What the mirrored version would have answered: its outcome counts beside the answer's. */
  rememberMirror(id: string, said: Said): void {
    this.#apply(['mirrored', hash(id), this.#rowsOf(said)])
  }

  /** A new rollout is told of what is counted from now on. */
  begin(rolloutId: string, now: number): void {
    if (rolloutId !== this.#rolloutId) this.#apply(['begin', rolloutId, now])
  }

  count(what: Counted, n = 1): void {
    if (n > 0) this.#apply(['count', what, n])
  }

  get size(): number {
    return this.#entries.size
  }

  get tally(): OutcomeTally {
    return { ...this.#tally, waiting: this.#entries.size }
  }

  match(id: string, row: number, label: string | number | boolean): OutcomeResult {
    const key = keyOf(hash(id), row)
    const entry = this.#entries.get(key)
    if (!entry) {
      this.count('unmatched')
      return { kind: 'unknown' }
    }
    const losses: { arm: Arm; origin: Origin; loss: number }[] = []
    for (const { arm, origin, rule: name, predicted } of entry.said) {
      const rule = this.#rules.get(name)
      const loss = rule && lossOf(rule, predicted, label)
      if (loss === undefined) {
        const known = rule?.classes ?? []
        const reason =
          known.length > 0
            ? `label ${JSON.stringify(label)} is none of ${known.slice(0, 20).join(', ')}`
            : 'label is not a number'
        this.count('rejected')
        return { kind: 'rejected', reason }
      }
      losses.push({ arm, origin, loss })
    }
    this.#apply(['matched', key])
    return { kind: 'counted', losses }
  }

  replay(event: OutcomeEvent): void {
    this.#replaying = true
    this.#apply(event)
    this.#replaying = false
  }

  *snapshot(): Iterable<OutcomeEvent> {
    yield ['tally', this.#rolloutId, this.#tally]
    const used = new Set<string>()
    for (const [, , { said }] of this.#entries) for (const { rule } of said) used.add(rule)
    for (const name of this.#rules.keys()) if (!used.has(name)) this.#rules.delete(name)
    for (const [name, rule] of this.#rules) yield ['rule', name, rule]
    for (const [key, caller, entry] of this.#entries) yield ['entry', caller, key, entry]
  }

  #apply(event: OutcomeEvent): void {
    switch (event[0]) {
      case 'rule':
        this.#rules.set(event[1], event[2])
        break
      case 'said': {
        const [, at, caller, id, rows] = event
        for (const [row, said] of rows.entries()) this.#put(caller, keyOf(id, row), { at, said: [said] })
        this.#forget(at)
        break
      }
      case 'mirrored':
        for (const [row, said] of event[2].entries()) {
          const key = keyOf(event[1], row)
          const entry = this.#entries.get(key)
          if (entry) this.#entries.update(key, { ...entry, said: [...entry.said, said] })
        }
        break
      case 'matched':
        this.#entries.delete(event[1])
        this.#add('matched', 1)
        break
      case 'count':
        this.#add(event[1], event[2])
        break
      case 'begin':
        this.#rolloutId = event[1]
        this.#tally = nothing(event[2])
        break
      case 'entry':
        this.#entries.set(event[1], event[2], event[3])
        break
      case 'tally':
        this.#rolloutId = event[1]
        this.#tally = { ...nothing(0), ...event[2] }
        break
    }
    if (!this.#replaying) this.#options.record?.(event)
  }

  #put(caller: string, key: string, entry: Entry): void {
    if (this.#entries.get(key) !== undefined) this.#add('replaced', 1)
    if (this.#entries.set(caller, key, entry) !== undefined) this.#add('evicted', 1)
  }

  #forget(now: number): void {
    for (let { oldest } = this.#entries; oldest && now - oldest.value.at > REMEMBER_MS; { oldest } = this.#entries) {
      this.#entries.delete(oldest.key)
      this.#add('expired', 1)
    }
  }

  #add(what: Counted, n: number): void {
    this.#tally = { ...this.#tally, [what]: this.#tally[what] + n }
    if (!this.#replaying) this.#options.onCount?.(what, n)
  }

  #rowsOf({ arm, origin, version: { manifest }, predictions, worth }: Said): readonly Remembered[] {
    const rule = this.#ruleOf(manifest, worth)
    return Array.from({ length: predictions.rows }, (_, row) => ({
      arm,
      origin,
      rule,
      predicted: labelOf(predictions, row, manifest),
    }))
  }

  #ruleOf(manifest: Manifest, worth: Worth | undefined): string {
    const named = this.#named.get(manifest) ?? new Map<Worth | undefined, string>()
    this.#named.set(manifest, named)
    let name = named.get(worth)
    if (name === undefined || !this.#rules.has(name)) {
      const { task, signature } = manifest
      const rule = { task, classes: signature.classes, typicalError: typicalError(manifest), ...(worth && { worth }) }
      name = sha256(canonicalJson(rule)).slice(0, 16)
      named.set(worth, name)
      if (!this.#rules.has(name)) this.#apply(['rule', name, rule])
    }
    return name
  }
}

/** Whose it is matters, not who that is: enough of a hash to tell them apart. */
const hash = (text: string): string =>
  text === '' ? '' : createHash('sha256').update(text).digest('base64url').slice(0, 16)
const keyOf = (id: string, row: number): string => `${id}:${row}`

/**
 * Binary with a cost table: what the decision falls short of the best one of the table, over its whole span. 0–1 loss of
 * any other class; absolute error over the typical one, cut at 1, of a regression.
 */
function lossOf(
  { task, classes, typicalError: typical, worth }: LossRule,
  predicted: string | number,
  label: string | number | boolean,
): number | undefined {
  if (task === 'regression') {
    const truth = typeof label === 'number' ? label : numberOfText(String(label).trim())
    if (!Number.isFinite(truth)) return undefined
    return Math.min(1, Math.abs(Number(predicted) - truth) / typical)
  }
  const code = textIndex(classes)(canonicalText(String(label)))
  if (code === undefined) return undefined
  const right = predicted === classes[code]
  if (task !== 'binary' || worth === undefined) return right ? 0 : 1
  const [best, worst] = [Math.max, Math.min].map((pick) => pick(worth.tp, worth.fp, worth.tn, worth.fn)) as [
    number,
    number,
  ]
  if (best === worst) return right ? 0 : 1
  const positive = code === 1
  return (best - (positive ? (right ? worth.tp : worth.fn) : right ? worth.tn : worth.fp)) / (best - worst)
}
