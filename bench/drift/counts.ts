import type { Random } from '../../src/core/random.ts'
import { chooseEdges } from '../../src/data/profile-edges.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { sizeOf } from '../../src/data/profile-size.ts'
import type { Column } from '../../src/data/table.ts'
import type { CategoryProfile, ColumnCounts, ColumnProfile, NumberProfile, Profile } from '../../src/data/types.ts'
import { drawValue, pick, type Categories, type Numbers, type Population, type Values } from './populations.ts'
import { binomial, gamma, multinomial } from './sampling.ts'

/** Up to this size the reference’s rows are drawn one by one and described as Refit does. */
const DRAWN = 200
/** As in profile.ts: quantiles are those of so many values. */
const QUANTILE_SAMPLE = 100_000

/** A column’s profile, and how likely a new row is to fall into each of its bins (for categories: and into none). */
export interface Reference {
  readonly profile: ColumnProfile
  readonly missing: number
  readonly shares: readonly number[]
}

/**
 * Profiles of n rows, without drawing more than two hundred of them: of more, the quantiles’ places are order statistics of
 * uniforms (sums of gamma variates), and what else is counted is binomial or multinomial; the same distribution.
 */
export function drawReference(populations: readonly Population[], n: number, random: Random): readonly Reference[] {
  const size = sizeOf(populations.length)
  return populations.map((population, i) => {
    const name = `column ${i}`
    const profile =
      n <= DRAWN
        ? describe(population, name, n, populations.length, random)
        : population.kind === 'categories'
          ? manyCategories(population, name, n, size.categories, random)
          : population.kind === 'values'
            ? manyValues(population, name, n, random)
            : manyNumbers(population, name, n, size.bins, random)
    return { profile, missing: population.missing, shares: sharesOn(profile, population) }
  })
}

/** New rows on a profile’s bins, of the same population. */
export function drawCounts({ profile, missing, shares }: Reference, m: number, random: Random): ColumnCounts {
  const absent = binomial(m, missing, random)
  const drawn = multinomial(m - absent, shares, random)
  const unseen = profile.kind === 'category' ? (drawn.at(-1) as number) : 0
  const counts = profile.kind === 'category' ? drawn.slice(0, -1) : drawn
  return { name: profile.name, rows: m, missing: absent, counts, unseen, unseenExamples: [], mean: Number.NaN }
}

export const profileOf = (references: readonly Reference[]): Profile => ({
  schemaVersion: 1,
  rows: references[0]?.profile.rows ?? 0,
  columns: references.map(({ profile }) => profile),
})

function describe(population: Population, name: string, n: number, width: number, random: Random): ColumnProfile {
  const column: Column =
    population.kind === 'categories'
      ? {
          kind: 'category',
          name,
          codes: Int32Array.from({ length: n }, () =>
            population.missing > 0 && random.next() < population.missing ? -1 : pick(population.shares, random.next()),
          ),
          dictionary: population.shares.map((_, i) => `${i}`),
        }
      : {
          kind: 'number',
          name,
          values: Float64Array.from({ length: n }, () => drawValue(population, random)),
          integer: false,
        }
  // As many names as the table has columns: wide ones get fewer bins.
  return buildProfile({ rows: n, columns: [column] }, undefined, [
    name,
    ...Array.from({ length: width - 1 }, (_, i) => `none ${i}`),
  ]).columns[0] as ColumnProfile
}

function sharesOn(profile: ColumnProfile, population: Population): readonly number[] {
  if (profile.kind === 'category') {
    const listed = profile.categories.map((name) => (population as Categories).shares[Number(name)] as number)
    return [...listed, Math.max(0, 1 - listed.reduce((sum, share) => sum + share, 0))]
  }
  const below = cdf(population as Numbers | Values)
  const at = [0, ...profile.edges.map(below), 1]
  return at.slice(1).map((share, i) => Math.max(0, share - (at[i] as number)))
}

function cdf(population: Numbers | Values): (x: number) => number {
  if (population.kind === 'numbers') return population.cdf
  return (x) => population.values.reduce((sum, v, i) => sum + (v <= x ? (population.shares[i] as number) : 0), 0)
}

function manyCategories(of: Categories, name: string, n: number, limit: number, random: Random): CategoryProfile {
  const missing = binomial(n, of.missing, random)
  const seen = Array.from(multinomial(n - missing, of.shares, random), (count, code) => ({ code, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
  const listed = seen.slice(0, limit)
  return {
    kind: 'category',
    name,
    rows: n,
    missing,
    categories: listed.map(({ code }) => `${code}`),
    counts: listed.map(({ count }) => count),
    other: seen.slice(limit).reduce((sum, { count }) => sum + count, 0),
    distinct: seen.length,
  }
}

function manyValues(of: Values, name: string, n: number, random: Random): NumberProfile {
  const missing = binomial(n, of.missing, random)
  const drawn = multinomial(n - missing, of.shares, random)
  const seen = of.values.map((value, i) => ({ value, rows: drawn[i] as number })).filter(({ rows }) => rows > 0)
  const values = Float64Array.from(seen, ({ value }) => value)
  const max = values.at(-1) as number
  const { edges, discrete } = chooseEdges(values, values[0] as number, max, 100)
  return numberProfile(name, n, missing, edges, [0, ...seen.map(({ rows }) => rows), 0], discrete)
}

function manyNumbers(of: Numbers, name: string, n: number, bins: number, random: Random): NumberProfile {
  const missing = binomial(n, of.missing, random)
  const present = n - missing
  const sample = Math.min(present, QUANTILE_SAMPLE)
  const others = present - sample
  // Places of the smallest of the sample and of its quantiles among uniforms.
  const places: number[] = []
  const ranks = [1, ...Array.from({ length: bins }, (_, k) => Math.ceil(((k + 1) * sample) / bins))]
  let sum = 0
  ranks.forEach((rank, i) => places.push((sum += gamma(rank - (i === 0 ? 0 : (ranks[i - 1] as number)), random))))
  sum += gamma(1, random)
  const at = places.map((place) => place / sum)
  const [first = 0] = at
  const last = at.at(-1) as number
  const lower = binomial(others, first, random)
  const lowest = lower > 0 ? first * (1 - (1 - random.next()) ** (1 / lower)) : first
  const upper = binomial(others, 1 - last, random)
  const edges = [below(of.quantile(Math.max(lowest, 1e-12)))]
  const uniform = [of.cdf(edges[0] as number)]
  const counts = [0]
  let taken = 0
  for (let k = 1; k < ranks.length; k++) {
    const edge = of.quantile(at[k] as number)
    // The last quantile of this value: rows of the same value may lie beyond its place.
    if (k + 1 < ranks.length && of.quantile(at[k + 1] as number) === edge) continue
    const gap = (at[k + 1] ?? 1) - (at[k] as number)
    const beyond = Math.max(0, (ranks[k + 1] ?? (ranks[k] as number) + 1) - (ranks[k] as number) - 1)
    const top = Math.max(at[k] as number, of.cdf(edge))
    const rank = (ranks[k] as number) + binomial(beyond, Math.min(1, (top - (at[k] as number)) / gap), random)
    edges.push(edge)
    uniform.push(top)
    counts.push(rank - taken)
    taken = rank
  }
  const cells = uniform.slice(1).map((top, i) => top - (i === 0 ? 0 : (uniform[i] as number)))
  multinomial(others - upper, shared(cells, last), random).forEach((rows, i) => {
    counts[i + 1] = (counts[i + 1] as number) + rows
  })
  if (upper > 0) {
    edges.push(of.quantile(last + (1 - last) * random.next() ** (1 / upper)))
    counts.push(upper)
  }
  return numberProfile(name, n, missing, edges, [...counts, 0], false)
}

const below = (x: number): number => x - Math.abs(x) * 1e-9 - 1e-12
const shared = (cells: readonly number[], whole: number): number[] => cells.map((cell) => cell / whole)

function numberProfile(
  name: string,
  rows: number,
  missing: number,
  edges: readonly number[],
  counts: readonly number[],
  discrete: boolean,
): NumberProfile {
  const [min = 0] = edges
  const max = edges.at(-1) ?? 0
  // Mean and sd are told, and decide nothing.
  const shape = { kind: 'number', name, rows, missing, min, max, mean: 0, sd: 1, edges, counts } as const
  return discrete ? { ...shape, discrete } : shape
}
