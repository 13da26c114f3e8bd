import { RefitError, type Place } from '../core/error.ts'
import { formatNumber } from '../core/format.ts'
import { count } from '../core/text.ts'
import { unit } from '../data/row-hash.ts'
import type { HoldoutUse } from './evidence.ts'

/** Which held-out rows have been used to choose, and when. One file on the state branch, so that git keeps its history. */
export interface HoldoutLedger {
  readonly schemaVersion: 1
  /** Oldest first. */
  readonly entries: readonly LedgerEntry[]
}

export interface LedgerEntry {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly candidateId: string
  /** Names the held-out rows. */
  readonly digest: string
  readonly rows: number
  /** The 256 smallest hashes of the rows (base64, 32 bits each): enough to tell how many of them are held out again. */
  readonly sketch: string
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
}

export const EMPTY_LEDGER: HoldoutLedger = { schemaVersion: 1, entries: [] }

const SKETCH = 256
const MOST_ENTRIES = 100
/** From this share of the budget on the reader is warned. */
const WEARING = 0.7

/**
 * A bottom-k sketch of a set of rows, given the hash of each. Two of them tell how many rows the sets share (Beyer et al.
 * 2007), within about 1/√256 = 6 %.
 */
export function sketchRows(hashes: Uint32Array): string {
  const mixed = Float64Array.from(hashes, (hash) => Math.floor(unit(hash, 0x5eed) * 0x1_0000_0000)).sort()
  const smallest: number[] = []
  for (const value of mixed) {
    if (value !== smallest.at(-1)) smallest.push(value)
    if (smallest.length === SKETCH) break
  }
  const bytes = Buffer.alloc(smallest.length * 4)
  smallest.forEach((value, i) => bytes.writeUInt32LE(value, i * 4))
  return bytes.toString('base64')
}

function readSketch(sketch: string): readonly number[] {
  const bytes = Buffer.from(sketch, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32LE(i * 4))
}

/** Share of today's rows that were among the earlier ones, from sketches and sizes. */
export function overlapOf(
  today: Pick<LedgerEntry, 'digest' | 'rows' | 'sketch'>,
  earlier: Pick<LedgerEntry, 'digest' | 'rows' | 'sketch'>,
): number {
  if (today.digest === earlier.digest) return 1
  if (today.rows === 0 || earlier.rows === 0) return 0
  const own = new Set(readSketch(today.sketch))
  const other = new Set(readSketch(earlier.sketch))
  const union = [...new Set([...own, ...other])].sort((a, b) => a - b)
  const complete = own.size < SKETCH && other.size < SKETCH
  const smallest = complete ? union : union.slice(0, SKETCH)
  const shared = smallest.filter((value) => own.has(value) && other.has(value)).length
  const jaccard = shared / smallest.length
  const common = (jaccard / (1 + jaccard)) * (today.rows + earlier.rows)
  return Math.min(1, common / today.rows)
}

/**
 * The confidence level of the k-th choice on the same rows: α_k = 2α / (k·(k + 1)), so α, α/3, α/6, α/10 … Their sum is
 * 2α however often one chooses. The intervals are two-sided, so that each choice errs in favour of the candidate with
 * probability α_k/2: over the whole life of a holdout, an equal candidate is called better with probability α at most.
 * k need not be whole: an earlier use counts by the share of today's rows that it had seen.
 *
 * A union bound over candidates that are not made from what the holdout said about earlier ones. Against people who
 * tune on the reported numbers only fresh rows help (Dwork et al. 2015, “The reusable holdout”; Blum & Hardt 2015, “The
 * Ladder”), which is why there is a budget as well.
 *
 * @example correctedLevel(0.95, 2) // 0.9833…
 */
export function correctedLevel(level: number, uses: number): number {
  return 1 - ((1 - level) * 2) / (uses * (uses + 1))
}

export interface UseOptions {
  readonly candidateId: string
  readonly level: number
  readonly budget: number
}

/** What the ledger says about using these rows once more. The same candidate judged again is no further use. */
export function holdoutUse(
  ledger: HoldoutLedger,
  today: Pick<LedgerEntry, 'digest' | 'rows' | 'sketch'>,
  { candidateId, level, budget }: UseOptions,
): HoldoutUse {
  const earlier = ledger.entries
    .filter((entry) => entry.candidateId !== candidateId)
    .map((entry) => ({
      at: entry.at,
      candidateId: entry.candidateId,
      rows: entry.rows,
      overlap: overlapOf(today, entry),
    }))
    .filter(({ overlap }) => overlap > 0)
    .reverse()
  const uses = 1 + earlier.reduce((sum, { overlap }) => sum + overlap, 0)
  const corrected = correctedLevel(level, uses)
  const status = uses > budget ? 'spent' : uses >= WEARING * budget ? 'wearing' : uses < 1.05 ? 'fresh' : 'used'
  return { uses, budget, level, correctedLevel: corrected, status, earlier, sentence: sentenceOf() }

  function sentenceOf(): string {
    if (status === 'fresh') return 'these held-out rows choose for the first time'
    const whole = Math.abs(uses - Math.round(uses)) < 0.05
    const times = `these held-out rows have now chosen ${formatNumber(uses, { digits: whole ? 0 : 1 })} of ${budget} times`
    const judged = `${count(earlier.length, 'earlier candidate')} judged on some or all of them`
    const raised = `comparisons are held to ${formatNumber(100 * corrected, { digits: 2 })} % instead of ${formatNumber(100 * level)} %`
    if (status === 'spent') {
      return `the held-out rows are spent: ${judged}, which is more than ${budget} times all of them; hold out newer or other rows (evaluate.holdout), or raise evaluate.holdout-uses`
    }
    const advice = status === 'wearing' ? '; they are nearly spent, so hold out newer or other rows soon' : ''
    return `${times} (${judged}), so ${raised}${advice}`
  }
}

/** The ledger with one more use. A candidate that is judged again replaces its entry. */
export function recordUse(ledger: HoldoutLedger, entry: LedgerEntry): HoldoutLedger {
  const others = ledger.entries.filter((one) => one.candidateId !== entry.candidateId || one.digest !== entry.digest)
  return { schemaVersion: 1, entries: [...others, entry].slice(-MOST_ENTRIES) }
}

/**
 * A ledger from its file; an empty one where there is none. Throws RefitError `evaluation` for anything else than a
 * ledger: without it the same rows would choose again and again, and nobody would know.
 */
export function parseLedger(text: string | undefined, place?: Place): HoldoutLedger {
  if (text === undefined) return EMPTY_LEDGER
  let value: Partial<HoldoutLedger> | null = null
  try {
    value = JSON.parse(text) as Partial<HoldoutLedger> | null
  } catch {
    // One sentence for every kind of damage.
  }
  if (value?.schemaVersion === 1 && Array.isArray(value.entries) && value.entries.every(isEntry))
    return value as HoldoutLedger
  throw new RefitError('evaluation', 'the ledger of held-out rows is damaged', {
    place,
    hint: 'Set the branch back to its last good commit; with the file deleted, rows that have chosen before count as fresh.',
  })
}

function isEntry(value: Partial<LedgerEntry> | null): boolean {
  return (
    typeof value?.candidateId === 'string' &&
    typeof value.digest === 'string' &&
    typeof value.rows === 'number' &&
    typeof value.sketch === 'string'
  )
}
