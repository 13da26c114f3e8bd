import { createDistinct, formatDistinct } from '../stats/hyper-log-log.ts'
import { binOf } from './profile-bins.ts'
import type { CategoryProfile, ColumnProfile, NumberProfile, Profile } from './types.ts'

/** Bins and categories a column gets, and bits of the sketch of its names: fewer in wide tables. */
const TIERS = [
  { columns: 32, bins: 100, categories: 200, sketch: 10 },
  { columns: 64, bins: 50, categories: 100, sketch: 9 },
]
const WIDE = { bins: 20, categories: 30, sketch: 7 }
export const sizeOf = (
  columns: number,
): { readonly bins: number; readonly categories: number; readonly sketch: number } =>
  TIERS.find((tier) => columns <= tier.columns) ?? WIDE

/** A profile of up to 100 columns takes, its structure included, less than 50 kB, a wider one 500 bytes a column. */
const BYTES = 50_000
const BYTES_A_COLUMN = 500
/** Kept free: for the frame, and in every column for what the training adds to it. */
const FRAME = 300
const NOTES = 48
/** Lines of the structure, a column or a component each. */
const INDENT = 16
const LEAST_BINS = 4

/**
 * The profile within its size. Where names are long or many, or numbers have many digits, the largest columns give way:
 * names at the end of the list become part of `other`, neighbouring bins one. Counts stay as exact as they were.
 */
export function fitProfile(profile: Profile): Profile {
  const { columns, label, structure } = profile
  const all = label === undefined ? columns : [...columns, label]
  const extra = structure === undefined ? 0 : Buffer.byteLength(JSON.stringify(structure)) + INDENT * columns.length
  const bytes = Math.max(BYTES, BYTES_A_COLUMN * columns.length) - FRAME - NOTES * all.length - extra
  const cap = capOf(all.map(sizeOfColumn), bytes)
  if (cap === Infinity) return profile
  return {
    ...profile,
    columns: columns.map((column) => shrink(column, cap)),
    ...(label && { label: shrink(label, cap) }),
  }
}

/** The largest size of a column with which all fit; those below it leave their rest to the others. */
function capOf(sizes: readonly number[], bytes: number): number {
  let left = bytes
  let others = sizes.length
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size * others > left) return Math.floor(left / others)
    left -= size
    others--
  }
  return Infinity
}

/** With the line’s indent, comma and end. */
const sizeOfColumn = (column: ColumnProfile): number => Buffer.byteLength(JSON.stringify(column)) + 6

function shrink(column: ColumnProfile, cap: number): ColumnProfile {
  if (sizeOfColumn(column) <= cap) return column
  return column.kind === 'category' ? fewerNames(column, cap) : fewerBins(column, cap)
}

function fewerNames(full: CategoryProfile, cap: number): CategoryProfile {
  // As long as all names are listed there is no sketch; now some will not be.
  const column = { ...full, sketch: full.sketch ?? sketchOf(full) }
  let size = sizeOfColumn({ ...column, categories: [], counts: [], other: column.rows })
  let kept = 0
  for (const [i, name] of column.categories.entries()) {
    size += Buffer.byteLength(JSON.stringify(name)) + String(column.counts[i]).length + 2
    if (size > cap) break
    kept++
  }
  const gone = column.counts.slice(kept).reduce((sum, count) => sum + count, 0)
  return {
    ...column,
    categories: column.categories.slice(0, kept),
    counts: column.counts.slice(0, kept),
    other: column.other + gone,
  }
}

function sketchOf({ categories }: CategoryProfile): string {
  const sketch = createDistinct(WIDE.sketch)
  for (const name of categories) sketch.add(name)
  return formatDistinct(sketch)
}

function fewerBins(column: NumberProfile, cap: number): NumberProfile {
  const { discrete: _, ...plain } = column
  const last = column.edges.length - 1
  let found: NumberProfile = plain
  for (let kept = last; kept >= LEAST_BINS && sizeOfColumn(found) > cap; kept--) {
    // The outer two tell what lies beyond the range; those between are left out evenly.
    const places = Array.from({ length: kept }, (_place, i) => Math.round((i * last) / (kept - 1)))
    found = onEdges(
      plain,
      places.map((place) => column.edges[place] as number),
    )
  }
  return found
}

/** The same rows on some of the column’s edges. */
function onEdges(column: NumberProfile, edges: readonly number[]): NumberProfile {
  const counts = Array.from({ length: edges.length + 1 }, () => 0)
  column.counts.forEach((count, i) => {
    const bin = i < column.edges.length ? binOf(edges, column.edges[i] as number) : edges.length
    counts[bin] = (counts[bin] as number) + count
  })
  return { ...column, edges, counts }
}
