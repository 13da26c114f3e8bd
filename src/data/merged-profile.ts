import { RefitError } from '../core/error.ts'
import { createDistinct, distinctError, type DistinctSketch, parseDistinct } from '../stats/hyper-log-log.ts'
import { byFrequency, describeNames } from './profile.ts'
import { fitProfile, sizeOf } from './profile-size.ts'
import { mergeNumbers } from './merged-bins.ts'
import type { CategoryProfile, ColumnProfile, NumberProfile, Profile } from './types.ts'

/**
 * Saved profiles → the profile of all their rows together, in any order: of partitions, days, sites. Rows, missing values,
 * smallest and largest values, mean and sd are exact. So are counts on equal bins and names that all profiles list; elsewhere
 * `error` of a column bounds what its counts may be off by. What a model said of a column (its importance) and the
 * structure of the columns are of one version and are left out.
 *
 * A column that a profile does not have is missing in all of its rows.
 *
 * @throws RefitError `artifact` where a column is numbers in one profile and categories in another
 */
export function mergeProfiles(profiles: readonly Profile[]): Profile {
  const names = [...new Set(profiles.flatMap(({ columns }) => columns.map(({ name }) => name)))]
  const size = sizeOf(names.length)
  const of = (name: string): ColumnProfile =>
    mergeColumns(
      profiles.map(({ rows, columns }) => columns.find((column) => column.name === name) ?? rows),
      size,
    )
  const labelled = profiles.filter(({ label }) => label !== undefined)
  return fitProfile({
    schemaVersion: 1,
    rows: profiles.reduce((sum, { rows }) => sum + rows, 0),
    columns: names.map(of),
    ...(labelled.length > 0 && {
      label: mergeColumns(
        profiles.map(({ label, rows }) => label ?? rows),
        size,
      ),
    }),
  })
}

/** @param parts profiles of one column; a number stands for so many rows without it */
function mergeColumns(parts: readonly (ColumnProfile | number)[], size: ReturnType<typeof sizeOf>): ColumnProfile {
  const known = parts.filter((part) => typeof part !== 'number')
  const [first] = known
  if (first === undefined) throw new TypeError('no profile has the column')
  const other = known.find(({ kind }) => kind !== first.kind)
  if (other !== undefined) {
    throw new RefitError(
      'artifact',
      `the profiles cannot be merged: ${first.name} is a ${first.kind} in one and a ${other.kind} in another`,
    )
  }
  const absent = parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : 0), 0)
  const rows = known.reduce((sum, part) => sum + part.rows, absent)
  const missing = known.reduce((sum, part) => sum + part.missing, absent)
  const merged =
    first.kind === 'category'
      ? mergeNames(known as readonly CategoryProfile[], { rows, missing }, size)
      : mergeNumbers(known as readonly NumberProfile[], { rows, missing }, size.bins)
  const effect = Math.max(...known.map(({ designEffect = 1 }) => designEffect))
  return effect > 1 ? { ...merged, designEffect: effect } : merged
}

function mergeNames(
  parts: readonly CategoryProfile[],
  { rows, missing }: { readonly rows: number; readonly missing: number },
  size: { readonly categories: number; readonly sketch: number },
): CategoryProfile {
  const counts = new Map<string, number>()
  for (const { categories, counts: own } of parts)
    categories.forEach((name, i) => counts.set(name, (counts.get(name) ?? 0) + (own[i] as number)))
  const seen = [...counts].sort(byFrequency)
  const exact = parts.every(({ other }) => other === 0)
  const sketch = exact && seen.length <= size.categories ? undefined : sketchOf(parts, size.sketch)
  const described = describeNames({
    name: (parts[0] as CategoryProfile).name,
    rows,
    missing,
    seen,
    limit: size.categories,
    distinct: exact ? seen.length : distinctOf(parts, seen.length, sketch),
    sketch,
  })
  const error = namesError(parts, counts, described.counts.at(-1))
  const inexact = { distinctError: distinctErrorOf(parts, sketch) }
  return { ...described, ...(error > 0 && { error }), ...(!exact && parts.length > 1 && inexact) }
}

/** The most that the count of a name leaves out: of one that some part does not list, and of one that none lists. */
function namesError(
  parts: readonly CategoryProfile[],
  counts: ReadonlyMap<string, number>,
  last: number | undefined,
): number {
  const unlisted = parts.map(mostUnlisted)
  const anywhere = unlisted.reduce((sum, most) => sum + most, 0)
  // What a part that lists the name says is off by its own error, and not by what it does not list.
  const known = new Map([...counts.keys()].map((name) => [name, anywhere]))
  parts.forEach(({ categories, error = 0 }, i) => {
    for (const name of categories) known.set(name, (known.get(name) as number) - (unlisted[i] as number) + error)
  })
  const nowhere = last === undefined ? 0 : anywhere - last
  return [...known.values()].reduce((largest, error) => Math.max(largest, error), Math.max(0, nowhere))
}

/** How often a name that a profile does not list occurred at most. */
function mostUnlisted({ counts, other, error = 0 }: CategoryProfile): number {
  return Math.min(other, (counts.at(-1) ?? other) + error)
}

/** Of all names, with as many registers as the smallest has. Undefined where names are neither listed nor sketched. */
function sketchOf(parts: readonly CategoryProfile[], bits: number): DistinctSketch | undefined {
  const sketches = parts.map((part) => (part.sketch === undefined ? undefined : parseDistinct(part.sketch)))
  if (parts.some(({ other }, i) => other > 0 && sketches[i] === undefined)) return undefined
  const least = Math.min(bits, ...sketches.flatMap((sketch) => (sketch ? [Math.log2(sketch.registers.length)] : [])))
  const merged = createDistinct(least)
  parts.forEach(({ categories }, i) => {
    const sketch = sketches[i]
    if (sketch) merged.merge(sketch.fold(least))
    else for (const name of categories) merged.add(name)
  })
  return merged
}

function distinctOf(parts: readonly CategoryProfile[], listed: number, sketch: DistinctSketch | undefined): number {
  const all = parts.map(({ distinct }) => distinct)
  if (parts.length === 1) return all[0] as number
  // At least as many as the part with most, at most all of them together.
  const most = all.reduce((sum, distinct) => sum + distinct, 0)
  const least = Math.max(listed, ...all)
  return sketch ? Math.min(most, Math.max(least, Math.round(sketch.estimate()))) : least
}

function distinctErrorOf(parts: readonly CategoryProfile[], sketch: DistinctSketch | undefined): number {
  if (sketch) return Number(distinctError(sketch.registers.length).toPrecision(3))
  const all = parts.map(({ distinct }) => distinct)
  return Number((all.reduce((sum, distinct) => sum + distinct, 0) / Math.max(1, ...all) - 1).toPrecision(3))
}
