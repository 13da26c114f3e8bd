import type { ColumnCounts, ColumnProfile, Profile, ProfileCounts } from './types.ts'

/**
 * A profile on the same bins that describes other rows: those that were counted. What is known of the columns beside their
 * distribution stays (the unit of a distance, the importance), also the range and the mean of a number.
 */
export function onCounts(profile: Profile, counts: ProfileCounts): Profile {
  return {
    ...profile,
    rows: counts.rows,
    columns: profile.columns.map((column, i) => describe(column, counts.columns[i] as ColumnCounts)),
    ...(profile.label && counts.label && { label: describe(profile.label, counts.label) }),
  }
}

function describe(column: ColumnProfile, counts: ColumnCounts): ColumnProfile {
  const { rows, missing, below, above } = counts
  const counted = { rows, missing, counts: Array.from(counts.counts) }
  return column.kind === 'category'
    ? { ...column, ...counted, other: counts.unseen }
    : { ...column, ...counted, below, above }
}
