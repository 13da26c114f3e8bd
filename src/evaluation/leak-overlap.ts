import { hashRows } from '../data/row-hash.ts'
import { findColumn, type Table } from '../data/table.ts'
import { normalQuantile } from '../stats/special.ts'

export interface Part {
  readonly table: Table
  readonly rows: Uint32Array
}

/** How much the held-out rows resemble the training rows. */
export interface Overlap {
  readonly rows: number
  /** Held-out rows with a twin among the training rows: the same features; and the same label as well. */
  readonly alike: number
  readonly same: number
  /** Of those alike, how many have such a twin with another label. */
  readonly disagree: number
  /** Share of the training rows with the same features and label as another training row. */
  readonly within: number
  /** By place among the held-out rows: 1 where it has a twin with the same features. */
  readonly twins: Uint8Array
}

/**
 * Counts twins by the hash of the named columns, whatever their dictionaries, missing being equal to missing.
 * undefined where a column is missing in either table.
 */
export function overlapOf(before: Part, after: Part, features: readonly string[], label: string): Overlap | undefined {
  const names = features.filter((name) => name !== label)
  const kinds = [...names, label].map((name) => {
    const [one, other] = [findColumn(before.table, name), findColumn(after.table, name)]
    return one !== undefined && other !== undefined && one.kind === other.kind
  })
  if (names.length === 0 || kinds.includes(false)) return undefined
  const trained = { alike: keysOf(before, names).sort(), same: keysOf(before, [...names, label]).sort() }
  const held = { alike: keysOf(after, names), same: keysOf(after, [...names, label]) }
  let [alike, same, disagree] = [0, 0, 0]
  const twins = new Uint8Array(after.rows.length)
  for (let i = 0; i < twins.length; i++) {
    const twinned = occurrences(trained.alike, held.alike[i] as number)
    const agreeing = occurrences(trained.same, held.same[i] as number)
    if (twinned === 0) continue
    twins[i] = 1
    alike++
    if (agreeing > 0) same++
    if (agreeing < twinned) disagree++
  }
  const within = before.rows.length === 0 ? 0 : repeatedIn(trained.same) / before.rows.length
  return { rows: after.rows.length, alike, same, disagree, within, twins }
}

/** 53 bits of the named cells of each row: among a million rows the chance of one false twin is about one in ten thousand. */
function keysOf({ table, rows }: Part, names: readonly string[]): Float64Array {
  const columns = names.flatMap((name) => findColumn(table, name) ?? [])
  const low = hashRows(table, columns)
  // The same cells under other names give further bits.
  const high = hashRows(
    table,
    columns.map((column) => ({ ...column, name: `${column.name}\0` })),
  )
  return Float64Array.from(rows, (row) => ((high[row] as number) & 0x1fffff) * 0x1_0000_0000 + (low[row] as number))
}

function occurrences(sorted: Float64Array, key: number): number {
  return boundOf(sorted, key, true) - boundOf(sorted, key, false)
}

/** The first place of a larger value, or with `beyond: false` of one that is not smaller. */
function boundOf(sorted: Float64Array, key: number, beyond: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const value = sorted[middle] as number
    if (value < key || (beyond && value === key)) low = middle + 1
    else high = middle
  }
  return low
}

/** Values that occur more than once. */
function repeatedIn(sorted: Float64Array): number {
  let repeated = 0
  for (let i = 0; i < sorted.length; i++) if (sorted[i] === sorted[i - 1] || sorted[i] === sorted[i + 1]) repeated++
  return repeated
}

/** Less than this share of the holdout seen in training is what chance gives in tables of few values. */
const LEAST_SHARE = 0.01
/** Odds of a twin among the held-out rows over those among the training rows: more than a shift of the data gives. */
const LEAST_ODDS = 3
/** Standard errors of the difference of the two shares, so that chance exceeds it once in 100,000. */
const LEAST_ERRORS = normalQuantile(1 - 1e-5)
/** Twins by chance have the labels of like rows: less than a tenth of the disagreement that errors predict is no chance. */
const DISAGREEMENT = 0.1
const CHANCE = 0.01

/**
 * Whether twins of held-out rows are the rows themselves, or what a table of few values gives by chance. They are copies
 * where the held-out rows have far more twins among the training rows than those have among each other (a file that was
 * handed in twice), or where twins never disagree about the label although the model errs on rows without one (copies under
 * another id). `few`: not worth a word; `some`: more than among each other, but no proof of anything.
 *
 * @param errors Share of rows without a twin that the model gets wrong: what honest twins disagree by, at least.
 */
export function trainedOn(
  { rows, alike, same, disagree, within }: Overlap,
  errors: number,
): 'few' | 'chance' | 'some' | 'more-than-chance' | 'never-disagree' {
  const share = rows === 0 ? 0 : same / rows
  if (same < 2 || share < LEAST_SHARE) return 'few'
  const error = Math.sqrt((within * (1 - within) + 1 / rows) / rows)
  const odds = (part: number): number => part / Math.max(1e-9, 1 - part)
  const more = share - within > LEAST_ERRORS * error
  if (more && odds(share) > LEAST_ODDS * odds(within)) return 'more-than-chance'
  const expected = errors * alike
  if (disagree <= DISAGREEMENT * expected && poissonAtMost(disagree, expected) < CHANCE) return 'never-disagree'
  return more ? 'some' : 'chance'
}

/** P(X ≤ k) of the Poisson distribution. */
function poissonAtMost(k: number, mean: number): number {
  let term = Math.exp(-mean)
  let sum = term
  for (let i = 1; i <= k; i++) sum += term *= mean / i
  return sum
}
