import type { Table } from '../data/table.ts'
import { normalQuantile, normalTwoSided } from '../stats/special.ts'
import type { Segment, SegmentSearch } from './evidence.ts'
import { codeRows, type Coded, groupText } from './groups.ts'
import type { Metric } from './metrics/family.ts'
import { rowLosses } from './row-losses.ts'
import { type Sample, subsample } from './sample.ts'
import { bindMetrics, sampleWeights } from './scorer.ts'

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
}

/** Crosses are searched among the columns that matter most by themselves; all possible ones count in the correction. */
const MOST_CROSSED = 12
/** Of two segments that share more of their rows than this (Jaccard), the worse one is shown. */
const MOST_OVERLAP = 0.5
/** A cross must be this much worse than each of its two conditions alone, or it says nothing new. */
const WORTH = 1.2
/** Candidates for a place in the list that are looked at for overlap. */
const POOL = 60

/**
 * Searches the values of each column, and the crosses of two, for the segments on which the candidate's mean loss is
 * furthest above that of all other rows, and furthest above the champion's on the same rows. p-values and intervals
 * account for every segment that could have been found (Bonferroni: valid however the segments overlap), so that among
 * equal models, or losses that do not depend on the columns, at most one search in twenty shows a significant one.
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
  const moments = momentsOf(losses.values, rival?.values, sampleWeights(candidate))
  const total = sumsIn(moments, new Uint32Array(candidate.rows), 1).sums
  const seen = new Search(input, moments, total)
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

interface Conditioned {
  readonly name: string
  readonly coded: Coded
}

interface Found {
  readonly conditions: readonly {
    readonly column: string
    readonly value: string
    readonly code: number
    readonly coded: Coded
  }[]
  readonly rows: number
  readonly loss: number
  readonly rest: number
  readonly championLoss: number | null
  readonly worst: Effect
  readonly regression: Effect | null
}

interface Effect {
  readonly excess: number
  readonly error: number
}

/** Columns whose sums in a cell give weighted means and their variances: w, w², then for each loss w·x, w²·x, w²·x². */
type Moments = readonly Float64Array[]

function momentsOf(losses: Float64Array, rival: Float64Array | undefined, weights: Float64Array): Moments {
  const squared = weights.map((w) => w * w)
  const of = (values: Float64Array): Float64Array[] => [
    values.map((x, i) => x * (weights[i] as number)),
    values.map((x, i) => x * (squared[i] as number)),
    values.map((x, i) => x * x * (squared[i] as number)),
  ]
  const difference = rival && losses.map((x, i) => x - (rival[i] as number))
  return [weights, squared, ...of(losses), ...(difference ? of(difference) : [])]
}

function sumsIn(moments: Moments, codes: Uint32Array, cells: number): { sums: Float64Array; rows: Uint32Array } {
  const width = moments.length
  const sums = new Float64Array(cells * width)
  const rows = new Uint32Array(cells)
  for (let i = 0; i < codes.length; i++) {
    const cell = codes[i] as number
    rows[cell] = (rows[cell] as number) + 1
    const at = cell * width
    for (let k = 0; k < width; k++)
      sums[at + k] = (sums[at + k] as number) + ((moments[k] as Float64Array)[i] as number)
  }
  return { sums, rows }
}

class Search {
  readonly found: Found[] = []
  readonly #input: SegmentInput
  readonly #moments: Moments
  readonly #total: Float64Array
  readonly #single = new Map<string, Found>()

  constructor(input: SegmentInput, moments: Moments, total: Float64Array) {
    this.#input = input
    this.#moments = moments
    this.#total = total
  }

  /** The largest effect of a column by itself, in standard errors. */
  strength(name: string): number {
    let largest = 0
    for (const [key, { worst, regression }] of this.#single) {
      if (!key.startsWith(`${name}\0`)) continue
      largest = Math.max(largest, size(worst), regression ? size(regression) : 0)
    }
    return largest
  }

  add(columns: readonly Conditioned[]): void {
    const [one, other] = columns as [Conditioned, Conditioned?]
    const width = other === undefined ? 1 : other.coded.values.length + 1
    const cells = (one.coded.values.length + 1) * width
    const codes = other
      ? one.coded.codes.map((code, i) => code * width + (other.coded.codes[i] as number))
      : one.coded.codes
    const { sums, rows } = sumsIn(this.#moments, codes, cells)
    for (let cell = 0; cell < cells; cell++) {
      const count = rows[cell] as number
      if (count < this.#input.minRows || this.#input.rows.length - count < this.#input.minRows) continue
      const at = [Math.floor(cell / width), cell % width]
      const conditions = columns.map(({ name, coded }, i) => {
        const code = at[i] as number
        return { column: name, value: coded.values[code] ?? 'missing', code, coded }
      })
      // A pool of rare values is no segment that anybody could act on.
      if (conditions.some(({ value }) => /^other \(.* values\)$/.test(value))) continue
      const found = this.#test(conditions, sums.subarray(cell * this.#moments.length), count)
      if (other === undefined) this.#single.set(`${one.name}\0${at[0]}`, found)
      else if (!this.#adds(found)) continue
      this.found.push(found)
    }
  }

  /** Whether a cross is clearly worse than each of its conditions alone. */
  #adds(cross: Found): boolean {
    const parents = cross.conditions.flatMap(({ column, code }) => this.#single.get(`${column}\0${code}`) ?? [])
    const more = (effect: Effect | null, of: (parent: Found) => Effect | null): boolean =>
      effect !== null && parents.every((parent) => effect.excess > WORTH * Math.max(0, of(parent)?.excess ?? 0))
    return more(cross.worst, (parent) => parent.worst) || more(cross.regression, (parent) => parent.regression)
  }

  #test(conditions: Found['conditions'], sums: Float64Array, rows: number): Found {
    const total = this.#total
    const rest = Float64Array.from(
      { length: this.#moments.length },
      (_, k) => (total[k] as number) - (sums[k] as number),
    )
    const here = meanOf(sums, 2)
    const there = meanOf(rest, 2)
    const change = this.#moments.length > 5 ? meanOf(sums, 5) : null
    return {
      conditions,
      rows,
      loss: here.mean,
      rest: there.mean,
      championLoss: change && here.mean - change.mean,
      worst: { excess: here.mean - there.mean, error: Math.sqrt(here.variance + there.variance) },
      regression: change && { excess: change.mean, error: Math.sqrt(change.variance) },
    }
  }
}

/** A weighted mean and the variance of it, Σw²(x − m)² / (Σw)². */
function meanOf(sums: Float64Array, at: number): { readonly mean: number; readonly variance: number } {
  const [w, w2] = sums as unknown as [number, number]
  const mean = (sums[at] as number) / w
  const squares = (sums[at + 2] as number) - 2 * mean * (sums[at + 1] as number) + mean * mean * w2
  return { mean, variance: Math.max(0, squares) / (w * w) }
}

const size = ({ excess, error }: Effect): number => (error > 0 ? excess / error : 0)

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
    .sort((a, b) => size(b.effect) - size(a.effect))
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
  const pValue = Math.min(1, tests * normalTwoSided(size(effect)))
  const reach = normalQuantile(1 - (1 - level) / (2 * tests)) * effect.error
  const metricOf = (sample: Sample | undefined): number | null =>
    sample ? (bindMetrics(subsample(sample, rows), [input.metric]).values()[0]?.value ?? null) : null
  const conditions = found.conditions.map(({ column, value }) => ({ column, value }))
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
  for (let i = 0; i < rows; i++) {
    if (found.conditions.every(({ code, coded }) => coded.codes[i] === code)) places[filled++] = i
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
