import type { ColumnCounts, ProfileCounts } from './types.ts'

/** The counts of both parts of the data: merging shards gives the whole. Both must be counted on the same profile. */
export function mergeCounts(a: ProfileCounts, b: ProfileCounts): ProfileCounts {
  if (a.rows === 0) return b
  if (b.rows === 0) return a
  return {
    rows: a.rows + b.rows,
    labelled: a.labelled + b.labelled,
    columns: a.columns.map((column, i) => mergeColumn(column, b.columns[i] as ColumnCounts)),
    ...(a.label && b.label && { label: mergeColumn(a.label, b.label) }),
    vanished: a.vanished.filter((name) => b.vanished.includes(name)),
    added: [...new Set([...a.added, ...b.added])],
  }
}

function mergeColumn(a: ColumnCounts, b: ColumnCounts): ColumnCounts {
  const presentA = a.rows - a.missing
  const presentB = b.rows - b.missing
  const mean = (a.mean * presentA + b.mean * presentB) / (presentA + presentB)
  return {
    name: a.name,
    rows: a.rows + b.rows,
    missing: a.missing + b.missing,
    counts: a.counts.map((count, bin) => count + (b.counts[bin] ?? 0)),
    unseen: a.unseen + b.unseen,
    unseenExamples: [...new Set([...a.unseenExamples, ...b.unseenExamples])].slice(0, 5),
    mean: Number.isNaN(a.mean) ? b.mean : Number.isNaN(b.mean) ? a.mean : mean,
    ...(a.below !== undefined && { below: a.below + (b.below ?? 0) }),
    ...(a.above !== undefined && { above: a.above + (b.above ?? 0) }),
  }
}

/** The counts of the rows that are in `whole` and not in `part`, which is one of its parts. */
export function subtractCounts(whole: ProfileCounts, part: ProfileCounts): ProfileCounts {
  const less = (a: ColumnCounts, b: ColumnCounts): ColumnCounts => ({
    ...a,
    rows: a.rows - b.rows,
    missing: a.missing - b.missing,
    counts: a.counts.map((count, bin) => count - (b.counts[bin] ?? 0)),
    unseen: a.unseen - b.unseen,
    mean: meanOfRest(a, b),
    ...(a.below !== undefined && { below: Math.max(0, a.below - (b.below ?? 0)) }),
    ...(a.above !== undefined && { above: Math.max(0, a.above - (b.above ?? 0)) }),
  })
  return {
    ...whole,
    rows: whole.rows - part.rows,
    labelled: whole.labelled - part.labelled,
    columns: whole.columns.map((column, i) => less(column, part.columns[i] as ColumnCounts)),
    ...(whole.label && part.label && { label: less(whole.label, part.label) }),
  }
}

function meanOfRest(a: ColumnCounts, b: ColumnCounts): number {
  const presentA = a.rows - a.missing
  const presentB = b.rows - b.missing
  const rest = presentA - presentB
  return rest > 0 ? (a.mean * presentA - (presentB > 0 ? b.mean * presentB : 0)) / rest : Number.NaN
}
