import type { Random } from '../../src/core/random.ts'
import type { ColumnCounts, Profile, ProfileCounts } from '../../src/data/types.ts'

const BINS = 100

/**
 * A profile of n rows and counts of m new ones on it, both of the same continuous distribution, without drawing a row: at
 * the quantiles of n rows the distribution’s shares are gamma distributed, and new rows fall into them by a multinomial.
 * KS and PSI know nothing of a column but ranks, so this is any continuous column, whatever its tail. Counts are drawn as
 * rounded normals, so n and m should be 20,000 and more.
 */
export function drawCounts(
  columns: number,
  n: number,
  m: number,
  random: Random,
): { readonly profile: Profile; readonly counts: ProfileCounts } {
  const edges = Array.from({ length: BINS + 1 }, (_, i) => i)
  const before = [0, ...Array.from({ length: BINS }, () => n / BINS), 0]
  const names = Array.from({ length: columns }, (_, i) => `column ${i}`)
  const profile: Profile = {
    schemaVersion: 1,
    rows: n,
    columns: names.map((name) => ({
      kind: 'number',
      name,
      rows: n,
      missing: 0,
      min: 0.5,
      max: BINS,
      mean: BINS / 2,
      sd: BINS / Math.sqrt(12),
      edges,
      counts: before,
    })),
  }
  const now = names.map((name): ColumnCounts => {
    const each = n / BINS
    const shares = Array.from({ length: BINS }, () => Math.max(0, each + Math.sqrt(each) * random.normal()))
    const total = shares.reduce((sum, share) => sum + share, 0)
    const counts = new Float64Array(BINS + 2)
    let rows = 0
    shares.forEach((share, bin) => {
      const expected = (m * share) / total
      const drawn = Math.max(0, Math.round(expected + Math.sqrt(expected * (1 - share / total)) * random.normal()))
      counts[bin + 1] = drawn
      rows += drawn
    })
    return { name, rows, missing: 0, counts, unseen: 0, unseenExamples: [], mean: 0, below: 0, above: 0 }
  })
  return { profile, counts: { rows: m, labelled: m, columns: now, vanished: [], added: [] } }
}
