import { createRandom } from '../core/random.ts'
import { createDistinct, type DistinctSketch, formatDistinct } from '../stats/hyper-log-log.ts'
import { chooseEdges } from './profile-edges.ts'
import { countNumbers, createLookup, createTally } from './profile-bins.ts'
import { designEffect } from './profile-clusters.ts'
import { fitProfile, sizeOf } from './profile-size.ts'
import {
  type CategoryColumn,
  type Column,
  findColumn,
  type NumberColumn,
  type Table,
  type TimeColumn,
} from './table.ts'
import type { CategoryProfile, ColumnProfile, NumberProfile, Profile } from './types.ts'

/** Quantiles are taken from a sample of this many values; all values are counted on the bins they give. */
const QUANTILE_SAMPLE = 100_000

/**
 * Describes the given rows of the given columns on bins that are frozen from then on: numbers and times on quantiles
 * (integers and other columns of few values on the values themselves), categories by name. Same rows, same profile.
 *
 * Missing values are counted apart. Infinite values lie in the outermost bins and stay out of min, max, mean and sd,
 * which are 0 for a column without a finite value. Columns the table does not have are left out.
 */
export function buildProfile(
  table: Table,
  rows: ArrayLike<number> | undefined,
  columns: readonly string[],
  options: ProfileOptions = {},
): Profile {
  const size = sizeOf(columns.length)
  const time = options.time === undefined ? undefined : findColumn(table, options.time)
  const times = time?.kind === 'time' ? time.values : undefined
  const describe = (column: Column): ColumnProfile => {
    const profile =
      column.kind === 'category' ? categoryProfile(column, rows, size) : numberProfile(column, rows, size.bins)
    const effect = times === undefined || column === time ? 1 : designEffect(column, profile, rows, times)
    return effect > 1 ? { ...profile, designEffect: Number(effect.toPrecision(4)) } : profile
  }
  const profiles: ColumnProfile[] = []
  for (const name of columns) {
    const column = findColumn(table, name)
    if (column) profiles.push(describe(column))
  }
  const label = options.label === undefined ? undefined : findColumn(table, options.label)
  return fitProfile({
    schemaVersion: 1,
    rows: rows ? rows.length : table.rows,
    columns: profiles,
    ...(label && { label: describe(label) }),
  })
}

export interface ProfileOptions {
  /** A column of times: rows of one day or week may resemble each other, and then count for less in a test. */
  readonly time?: string | undefined
  /** The column to predict, described beside the features. */
  readonly label?: string | undefined
}

function numberProfile(
  column: NumberColumn | TimeColumn,
  rows: ArrayLike<number> | undefined,
  bins: number,
): NumberProfile {
  const n = rows ? rows.length : column.values.length
  const finite = new Float64Array(n)
  let kept = 0
  let min = Infinity
  let max = -Infinity
  let sum = 0
  for (let i = 0; i < n; i++) {
    const value = column.values[rows ? (rows[i] as number) : i] as number
    if (!Number.isFinite(value)) continue
    finite[kept++] = value
    sum += value
    if (value < min) min = value
    if (value > max) max = value
  }
  const values = finite.subarray(0, kept)
  const mean = kept > 0 ? sum / kept : 0
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  const { edges, discrete } = chooseEdges(sortedSample(values), min, max, bins)
  const tally = createTally(edges)
  countNumbers(column.values, rows, createLookup(edges), tally)
  return {
    kind: column.kind,
    name: column.name,
    rows: n,
    missing: tally.missing,
    min: kept > 0 ? min : 0,
    max: kept > 0 ? max : 0,
    mean: digits(mean),
    sd: digits(kept > 0 ? Math.sqrt(squares / kept) : 0),
    edges,
    counts: Array.from(tally.counts),
    ...(discrete ? { discrete } : {}),
  }
}

function sortedSample(values: Float64Array): Float64Array {
  if (values.length <= QUANTILE_SAMPLE) return values.slice().sort()
  // Drawn, not every k-th: rows in a file may repeat with a period.
  const random = createRandom(values.length)
  return Float64Array.from({ length: QUANTILE_SAMPLE }, () => values[random.below(values.length)] as number).sort()
}

/** Nine digits: enough for a mean of epoch milliseconds to the hour, and it keeps the JSON small. */
export const digits = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(9)) : 0)

function categoryProfile(
  column: CategoryColumn,
  rows: ArrayLike<number> | undefined,
  size: { readonly categories: number; readonly sketch: number },
): CategoryProfile {
  const n = rows ? rows.length : column.codes.length
  const byCode = new Float64Array(column.dictionary.length)
  let missing = 0
  for (let i = 0; i < n; i++) {
    const code = column.codes[rows ? (rows[i] as number) : i] as number
    if (code < 0) missing++
    else byCode[code] = (byCode[code] as number) + 1
  }
  const seen = column.dictionary
    .map((category, code) => [category, byCode[code] as number] as const)
    .filter(([, count]) => count > 0)
    .sort(byFrequency)
  const sketch = seen.length > size.categories ? createDistinct(size.sketch) : undefined
  if (sketch) for (const [category] of seen) sketch.add(category)
  return describeNames({
    name: column.name,
    rows: n,
    missing,
    seen,
    limit: size.categories,
    distinct: seen.length,
    sketch,
  })
}

/** Most frequent first; of equal ones the alphabet’s first. */
export const byFrequency = (a: readonly [string, number], b: readonly [string, number]): number =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1)

/** @param seen names with their rows, most frequent first, of which `limit` are listed */
export function describeNames(of: {
  readonly name: string
  readonly rows: number
  readonly missing: number
  readonly seen: readonly (readonly [string, number])[]
  readonly limit: number
  readonly distinct: number
  /** Needed where not all names are listed. */
  readonly sketch: DistinctSketch | undefined
}): CategoryProfile {
  const listed = of.seen.slice(0, of.limit)
  const counted = listed.reduce((sum, [, count]) => sum + count, 0)
  return {
    kind: 'category',
    name: of.name,
    rows: of.rows,
    missing: of.missing,
    categories: listed.map(([category]) => category),
    counts: listed.map(([, count]) => count),
    other: of.rows - of.missing - counted,
    distinct: of.distinct,
    ...(of.sketch && { sketch: formatDistinct(of.sketch) }),
  }
}
