import { canonicalText } from '../data/readers/dictionary.ts'
import { numberOfText } from '../data/readers/number-text.ts'
import { textIndex } from '../features/text-index.ts'
import type { Predictions } from '../training/types.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { Arm } from './evidence-store.ts'
import { typicalError } from './score-rank.ts'
import { labelOf } from './response.ts'
import type { ServingVersion } from './version.ts'

/** Predictions remembered for outcomes that may arrive later. */
const MAX_REMEMBERED = 100_000
const REMEMBER_MS = 24 * 3_600_000

/** What each kind of decision is worth: one table for all arms of a rollout, or they could not be compared. */
type Worth = NonNullable<Manifest['evaluation']['worth']>

/** What one version said about one row. */
interface Remembered {
  readonly arm: Arm
  readonly worth: Worth | undefined
  readonly rolloutId: string | null
  readonly version: ServingVersion
  readonly predicted: string | number
}

/** What one version said about the rows of a request. */
export interface Said {
  readonly arm: Arm
  readonly rolloutId: string | null
  readonly version: ServingVersion
  readonly predictions: Predictions
  /** Default: every wrong decision weighs the same. */
  readonly worth?: Worth | undefined
}

interface Entry {
  readonly at: number
  readonly said: Remembered[]
}

export type OutcomeResult =
  | {
      readonly kind: 'counted'
      readonly losses: readonly { readonly arm: Arm; readonly rolloutId: string | null; readonly loss: number }[]
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'rejected'; readonly reason: string }

/**
 * Matches outcomes that arrive late (labels, values) to predictions by request id. In memory, bounded in number and
 * age; a prediction is forgotten with its outcome, so that no outcome counts twice.
 */
export class OutcomeMemory {
  readonly #entries = new Map<string, Entry>()

  /** What was answered under this id; an id that comes again takes the place of the one before. */
  remember(id: string, now: number, said: Said): void {
    for (let row = 0; row < said.predictions.rows; row++) {
      const key = keyOf(id, row)
      this.#entries.delete(key) // so that the order of the map stays the order of time
      this.#entries.set(key, { at: now, said: [rowOf(said, row)] })
    }
    this.#forget(now)
  }

  /** What the mirrored version would have answered: its outcome counts beside the answer's. */
  rememberMirror(id: string, said: Said): void {
    for (let row = 0; row < said.predictions.rows; row++) {
      this.#entries.get(keyOf(id, row))?.said.push(rowOf(said, row))
    }
  }

  #forget(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= MAX_REMEMBERED && now - entry.at <= REMEMBER_MS) break
      this.#entries.delete(key)
    }
  }

  get size(): number {
    return this.#entries.size
  }

  match(id: string, row: number, label: string | number | boolean): OutcomeResult {
    const key = keyOf(id, row)
    const entry = this.#entries.get(key)
    if (!entry) return { kind: 'unknown' }
    const losses: { arm: Arm; rolloutId: string | null; loss: number }[] = []
    for (const { arm, rolloutId, version, predicted, worth } of entry.said) {
      const loss = lossOf(version, predicted, label, worth)
      if (loss === undefined) {
        const known = version.manifest.signature.classes
        const reason =
          known.length > 0
            ? `label ${JSON.stringify(label)} is none of ${known.slice(0, 20).join(', ')}`
            : 'label is not a number'
        return { kind: 'rejected', reason }
      }
      losses.push({ arm, rolloutId, loss })
    }
    this.#entries.delete(key)
    return { kind: 'counted', losses }
  }
}

const rowOf = ({ arm, rolloutId, version, predictions, worth }: Said, row: number): Remembered => ({
  arm,
  worth,
  rolloutId,
  version,
  predicted: labelOf(predictions, row, version.manifest),
})

const keyOf = (id: string, row: number): string => `${row}\0${id}`

/**
 * Binary with a cost table: what the decision falls short of the best one of the table, over its whole span. 0–1 loss of
 * any other class; absolute error over the typical one, cut at 1, of a regression.
 */
function lossOf(
  version: ServingVersion,
  predicted: string | number,
  label: string | number | boolean,
  worth: Worth | undefined,
): number | undefined {
  const { task, signature } = version.manifest
  if (task === 'regression') {
    const truth = typeof label === 'number' ? label : numberOfText(String(label).trim())
    if (!Number.isFinite(truth)) return undefined
    return Math.min(1, Math.abs(Number(predicted) - truth) / typicalError(version.manifest))
  }
  const code = textIndex(signature.classes)(canonicalText(String(label)))
  if (code === undefined) return undefined
  const right = predicted === signature.classes[code]
  if (task !== 'binary' || worth === undefined) return right ? 0 : 1
  const [best, worst] = [Math.max, Math.min].map((pick) => pick(worth.tp, worth.fp, worth.tn, worth.fn)) as [
    number,
    number,
  ]
  if (best === worst) return right ? 0 : 1
  const positive = code === 1
  return (best - (positive ? (right ? worth.tp : worth.fn) : right ? worth.tn : worth.fp)) / (best - worst)
}
