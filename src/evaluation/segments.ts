import type { Table } from '../data/table.ts'
import { studentQuantile, studentTwoSided } from '../stats/special.ts'
import type { Units } from '../stats/units.ts'
import { togetherOf } from './clustered.ts'
import type { Segment, SegmentSearch } from './evidence.ts'
import { codeRows, type Condition, groupText } from './groups.ts'
import type { Metric } from './metrics/family.ts'
import { rowLosses } from './row-losses.ts'
import { type Conditioned, type Effect, type Found, Search, strengthOf } from './segment-search.ts'
import { summing } from './segment-sums.ts'
import { type Sample, subsample } from './sample.ts'
import { bindMetrics } from './scorer.ts'

export interface SegmentInput {
  readonly table: Table
  /** The row of the table at each place of the samples. */
  readonly rows: Uint32Array
  readonly columns: readonly string[]
  readonly minRows: number
  /** Segments shown of each kind. */
  readonly most: number
  readonly metric: Metric
  readonly candidate: Sample
  readonly champion: Sample | undefined
  readonly options: { readonly level: number }
  /** Rows that belong together, where there are such. */
  readonly units?: Units | undefined
}

/** Crosses are searched among the columns that matter most by themselves; all possible ones count in the correction. */
const MOST_CROSSED = 12
/** Of two segments that share more of their rows than this (Jaccard), the worse one is shown. */
const MOST_OVERLAP = 0.5
/** Candidates for a place in the list that are looked at for overlap. */
const POOL = 60

/**
 * Searches the values of each column, and the crosses of two, for the segments on which the candidate's mean loss is
 * furthest above that of all other rows, and furthest above the champion's on the same rows. p-values and intervals
 * account for every segment that could have been found (Bonferroni: valid however the segments overlap), so that among
 * equal models, or losses that do not depend on the columns, at most one search in twenty shows a significant one. Rows
 * of one customer, or of one block of time, count as one observation each (errors are those of sums over these).
 *
 * After Chung et al. (2019), “Slice Finder: Automated Data Slicing for Model Validation”, ICDE, with their false
 * discovery control replaced by simultaneous intervals.
 */
export function findSegments(input: SegmentInput): SegmentSearch | undefined {
  const { candidate, champion } = input
  if (candidate.invalid !== undefined || candidate.rows < 2 * input.minRows) return undefined
  const losses = rowLosses(candidate)
  const rival = champion && champion.invalid === undefined ? rowLosses(champion) : undefined
  const columns = input.columns.flatMap((name) => {
    const coded = codeRows(input.table, name, input.rows)
    return coded === undefined ? [] : [{ name, coded }]
  })
  const data = summing(losses.values, rival?.values, candidate.weights, togetherOf(input.units))
  const seen = new Search(candidate.rows, input.minRows, data)
  for (const column of columns) seen.add([column])
  const strongest = [...columns].sort((a, b) => seen.strength(b.name) - seen.strength(a.name)).slice(0, MOST_CROSSED)
  strongest.forEach((one, i) => {
    for (const other of strongest.slice(i + 1)) seen.add([one, other])
  })
  const tests = Math.max(1, possible(columns))
  return {
    searched: seen.found.length,
    columns: columns.length,
    minRows: input.minRows,
    loss: losses.name,
    correction: `Bonferroni over ${tests.toLocaleString('en-US')} possible segments`,
    worst: shown(input, seen.found, tests, 'worst'),
    regressions: rival ? shown(input, seen.found, tests, 'regression') : [],
  }
}

/** Every value of every column and every pair of them, whether or not it was large enough or looked at. */
function possible(columns: readonly Conditioned[]): number {
  const sizes = columns.map(({ coded }) => coded.values.length + 1)
  const sum = sizes.reduce((total, size) => total + size, 0)
  const squares = sizes.reduce((total, size) => total + size * size, 0)
  return sum + (sum * sum - squares) / 2
}

function shown(
  input: SegmentInput,
  found: readonly Found[],
  tests: number,
  kind: 'worst' | 'regression',
): readonly Segment[] {
  const ranked = found
    .flatMap((one) => {
      const effect = one[kind]
      return effect !== null && effect.excess > 0 && effect.error > 0 ? [{ one, effect }] : []
    })
    .sort((a, b) => strengthOf(b.effect) - strengthOf(a.effect))
    .slice(0, POOL)
  const taken: Uint32Array[] = []
  const segments: Segment[] = []
  for (const { one, effect } of ranked) {
    if (segments.length === input.most) break
    const rows = rowsOf(one, input.rows.length)
    if (taken.some((other) => overlap(rows, other) > MOST_OVERLAP)) continue
    taken.push(rows)
    segments.push(describe(input, one, effect, rows, tests))
  }
  return segments.sort((a, b) => b.excess - a.excess)
}

function describe(input: SegmentInput, found: Found, effect: Effect, rows: Uint32Array, tests: number): Segment {
  const { level } = input.options
  const pValue = Math.min(1, tests * studentTwoSided(strengthOf(effect), effect.df))
  const reach = studentQuantile(1 - (1 - level) / (2 * tests), effect.df) * effect.error
  const metricOf = (sample: Sample | undefined): number | null => {
    if (sample === undefined) return null
    const own = input.metric.name === 'value' ? sample : { ...sample, worth: undefined }
    return bindMetrics(subsample(own, rows), [input.metric]).values()[0]?.value ?? null
  }
  const conditions = found.conditions.flatMap(
    ({ column, value, code, coded }): readonly Condition[] => coded.conditions[code] ?? [{ column, value }],
  )
  return {
    name: conditions.map(({ column, value }) => groupText(column, value)).join(' and '),
    conditions,
    rows: found.rows,
    loss: found.loss,
    rest: found.rest,
    championLoss: found.championLoss,
    excess: effect.excess,
    interval: {
      low: effect.excess - reach,
      high: effect.excess + reach,
      level,
      method: `simultaneous over ${tests.toLocaleString('en-US')} segments`,
    },
    pValue,
    significant: pValue < 1 - level,
    metric: { candidate: metricOf(input.candidate), champion: metricOf(input.champion) },
  }
}

function rowsOf(found: Found, rows: number): Uint32Array {
  const places = new Uint32Array(found.rows)
  let filled = 0
  const [one, other = one] = found.conditions as [Found['conditions'][number], Found['conditions'][number]?]
  for (let i = 0; i < rows; i++) {
    if (one.coded.codes[i] === one.code && other.coded.codes[i] === other.code) places[filled++] = i
  }
  return places
}

/** Shared rows over rows in either, of two ascending lists. */
function overlap(a: Uint32Array, b: Uint32Array): number {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const x = a[i] as number
    const y = b[j] as number
    if (x === y) shared++
    if (x <= y) i++
    if (y <= x) j++
  }
  return shared / (a.length + b.length - shared)
}
