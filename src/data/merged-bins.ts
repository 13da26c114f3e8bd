import { binOf } from './profile-bins.ts'
import { digits } from './profile.ts'
import type { NumberProfile } from './types.ts'

/** How many rows lie up to a value: as well as can be told, and the least and most it may be. */
interface Rank {
  readonly guess: number
  readonly least: number
  readonly most: number
}

/**
 * Numbers of several profiles on bins of their own. At an edge that a profile has, its rows up to there are known; between
 * two of them they are taken to be spread evenly, and are off by the bin’s rows at most. Of all edges, those closest to
 * equal steps of rank are kept. Moments by Chan, Golub & LeVeque (1983).
 *
 * @param bins at most so many, beside the outer two
 */
export function mergeNumbers(
  parts: readonly NumberProfile[],
  { rows, missing }: { readonly rows: number; readonly missing: number },
  bins: number,
): NumberProfile {
  const first = parts[0] as NumberProfile
  const present = (part: NumberProfile): number => part.rows - part.missing
  const filled = parts.filter((part) => part.edges.length > 0)
  const all = [...new Set(filled.flatMap(({ edges }) => edges))].sort((a, b) => a - b)
  const summed = filled.map(sumUp)
  const ranks = all.map((edge) => sumRanks(summed.map((part) => rankOf(part, edge))))
  const total = parts.reduce((sum, part) => sum + present(part), 0)
  const kept = all.length <= bins + 2 ? all.map((_edge, i) => i) : steps(ranks, total, bins)
  const edges = kept.map((i) => all[i] as number)
  const upTo = kept.map((i) => Math.round((ranks[i] as Rank).guess))
  const counts = [...upTo, total].map((rank, i) => rank - (upTo[i - 1] ?? 0))
  const error = kept.reduce((largest, i, at) => {
    const { least, most } = ranks[i] as Rank
    const rank = upTo[at] as number
    return Math.max(largest, most - rank, rank - least)
  }, 0)
  const discrete = edges.length === all.length && error === 0 && filled.every((part) => part.discrete)
  return {
    kind: first.kind,
    name: first.name,
    rows,
    missing,
    ...moments(parts),
    edges,
    counts,
    ...(discrete && filled.length > 0 ? { discrete } : {}),
    ...(error > 0 && { error: Math.ceil(error) }),
  }
}

/** A profile with its rows summed up: `upTo[i]` of them lie below bin i. */
interface Summed {
  readonly part: NumberProfile
  readonly upTo: readonly number[]
}

function sumUp(part: NumberProfile): Summed {
  const upTo = [0]
  for (const count of part.counts) upTo.push((upTo.at(-1) as number) + count)
  return { part, upTo }
}

function rankOf({ part: { edges, counts, error = 0, min, max }, upTo }: Summed, value: number): Rank {
  const bin = binOf(edges, value)
  const within = counts[bin] as number
  const [lower, upper] = [edges[bin - 1] ?? min, edges[bin] ?? max]
  const below = upTo[bin] as number
  const known = (guess: number): Rank => ({ guess, least: Math.max(0, guess - error), most: guess + error })
  // On an edge, or beyond all values. What is below them, −∞, is in the first bin.
  if (value === edges[bin] || (value >= max && bin < edges.length)) return known(below + within)
  if (bin === edges.length) return known(below)
  if (value < min) return known(bin > 0 ? below : upper < min ? within : 0)
  const from = Math.max(lower, Math.min(min, upper))
  const share = (value - from) / (upper - from)
  const spread = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5
  return { guess: below + spread * within, least: Math.max(0, below - error), most: below + within + error }
}

const sumRanks = (ranks: readonly Rank[]): Rank => ({
  guess: ranks.reduce((sum, { guess }) => sum + guess, 0),
  least: ranks.reduce((sum, { least }) => sum + least, 0),
  most: ranks.reduce((sum, { most }) => sum + most, 0),
})

/** The outer ranks, and those that are closest to k / bins of all rows. */
function steps(ranks: readonly Rank[], total: number, bins: number): readonly number[] {
  const kept = new Set([0, ranks.length - 1])
  let at = 1
  for (let k = 1; k < bins; k++) {
    const wanted = (k * total) / bins
    const distance = (i: number): number => Math.abs((ranks[i] as Rank).guess - wanted)
    while (at + 1 < ranks.length - 1 && distance(at + 1) <= distance(at)) at++
    kept.add(at)
  }
  return [...kept].sort((a, b) => a - b)
}

function moments(parts: readonly NumberProfile[]): Pick<NumberProfile, 'min' | 'max' | 'mean' | 'sd'> {
  let [n, mean, squares] = [0, 0, 0]
  let [min, max] = [Infinity, -Infinity]
  for (const part of parts) {
    const own = finiteRows(part)
    if (own === 0) continue
    const change = part.mean - mean
    squares += own * part.sd ** 2 + (change * change * n * own) / (n + own)
    mean += (change * own) / (n + own)
    n += own
    min = Math.min(min, part.min)
    max = Math.max(max, part.max)
  }
  return n === 0
    ? { min: 0, max: 0, mean: 0, sd: 0 }
    : { min, max, mean: digits(mean), sd: digits(Math.sqrt(squares / n)) }
}

/** Infinite values lie in the outermost bins, and nothing else does; without an edge there is no finite value. */
function finiteRows({ edges, counts, min }: NumberProfile): number {
  const outer = (edges[0] ?? Infinity) < min ? 1 : 0
  return edges.length === 0 ? 0 : counts.slice(outer, -1).reduce((sum, count) => sum + count, 0)
}
