import { betaIncomplete } from '../stats/special.ts'
import type { Column } from './table.ts'
import type { ColumnProfile } from './types.ts'
import { binOf } from './profile-bins.ts'

const DAY = 86_400_000
/** Spans whose rows may resemble each other, and how many of them it takes to tell. */
const SPANS = [
  { length: DAY, least: 5 },
  { length: 7 * DAY, least: 8 },
]
/** Below this share of chance rows of one span are said to resemble each other. */
const SIGNIFICANT = 1e-3

/**
 * How many rows say as much as one independent row, as rows of one day or week resemble each other: Kish’s design effect
 * 1 + (b − 1)·ρ, with b = Σ nᵢ²/N rows a span and the intraclass correlation ρ = (MSB − MSW)/(MSB + (n₀ − 1)·MSW) of a
 * one-way analysis of variance; of numbers on their place in the distribution (missing below all), of categories over
 * their indicators. The larger one of days and weeks; 1 where the F test sees nothing (p ≥ 0.001).
 *
 * @param times of the table’s rows, epoch milliseconds; rows without one are left out
 */
export function designEffect(
  column: Column,
  profile: ColumnProfile,
  rows: ArrayLike<number> | undefined,
  times: Float64Array,
): number {
  const n = rows?.length ?? times.length
  const place = placeOf(column, profile)
  return SPANS.reduce((largest, span) => Math.max(largest, effectOf(n, rows, times, place, span)), 1)
}

interface Place {
  /** Where a row belongs: one coordinate, or the index of its category. */
  at(row: number): number
  readonly categories: number
}

function placeOf(column: Column, profile: ColumnProfile): Place {
  if (column.kind === 'category') {
    const width = column.dictionary.length + 1
    // Rare categories hardly add to a variance and would add a cell to every day.
    const frequent = profile.kind === 'category' ? new Set(profile.categories.slice(0, 20)) : new Set<string>()
    const codes = column.dictionary.map((name, code) => (frequent.has(name) ? code + 1 : width))
    return { at: (row) => codes[column.codes[row] as number] ?? 0, categories: width + 1 }
  }
  if (profile.kind === 'category') return { at: () => 0, categories: 0 }
  const below: number[] = []
  let seen = profile.missing
  for (const rows of profile.counts) {
    below.push((seen + rows / 2) / Math.max(1, profile.rows))
    seen += rows
  }
  const missing = profile.missing / 2 / Math.max(1, profile.rows)
  const edges = Float64Array.from(profile.edges)
  return {
    at(row) {
      const value = column.values[row] as number
      return value === value ? (below[binOf(edges, value)] as number) : missing
    },
    categories: 0,
  }
}

function effectOf(
  n: number,
  rows: ArrayLike<number> | undefined,
  times: Float64Array,
  place: Place,
  span: { readonly length: number; readonly least: number },
): number {
  const groups = new Map<number, { n: number; sum: number; squares: number; counts: Map<number, number> }>()
  let total = 0
  for (let i = 0; i < n; i++) {
    const row = rows ? (rows[i] as number) : i
    const time = times[row] as number
    if (time !== time) continue
    const key = Math.floor(time / span.length)
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { n: 0, sum: 0, squares: 0, counts: new Map() }))
    const at = place.at(row)
    group.n++
    total++
    if (place.categories > 0) group.counts.set(at, (group.counts.get(at) ?? 0) + 1)
    else {
      group.sum += at
      group.squares += at * at
    }
  }
  const k = groups.size
  if (k < span.least || total <= k) return 1
  let within = 0
  let raw = 0
  let sizes = 0
  let grand = 0
  const overall = new Map<number, number>()
  for (const group of groups.values()) {
    sizes += group.n ** 2
    if (place.categories > 0) {
      let same = 0
      for (const [category, seen] of group.counts) {
        same += seen ** 2
        overall.set(category, (overall.get(category) ?? 0) + seen)
      }
      within += group.n - same / group.n
      raw += same / group.n
    } else {
      grand += group.sum
      within += group.squares - group.sum ** 2 / group.n
      raw += group.sum ** 2 / group.n
    }
  }
  let all = grand ** 2
  for (const seen of overall.values()) all += seen ** 2
  const between = Math.max(0, raw - all / total)
  return kish({ between, within: Math.max(0, within), groups: k, rows: total, sizes })
}

interface Variance {
  readonly between: number
  readonly within: number
  readonly groups: number
  readonly rows: number
  /** Σ nᵢ² */
  readonly sizes: number
}

function kish({ between, within, groups: k, rows: n, sizes }: Variance): number {
  const msb = between / (k - 1)
  const msw = within / (n - k)
  if (msb <= msw * (1 + 1e-9) || between < 1e-9) return 1
  const f = msb / msw
  const chance = msw > 0 ? betaIncomplete((n - k) / (n - k + (k - 1) * f), (n - k) / 2, (k - 1) / 2) : 0
  if (chance >= SIGNIFICANT) return 1
  const typical = (n - sizes / n) / (k - 1)
  const correlation = (msb - msw) / (msb + (typical - 1) * msw)
  return Math.max(1, 1 + (sizes / n - 1) * correlation)
}
