import type { CoverageRow, Share } from './coverage.ts'
import type { Done } from './pool.ts'

const [LOW, HIGH] = [0.94, 0.96]
/** Where more of the runs have no interval, those that have one are no sample of the population. */
export const MOST_MISSING = 0.5

export function coveredShare({ covered, below, above, missing }: Share): number {
  const defined = covered + below + above
  return missing > MOST_MISSING * (defined + missing) ? Number.NaN : covered / defined
}

export const isOff = (share: number): boolean => share < LOW - 1e-9 || share > HIGH + 1e-9

/** By so much more than two standard errors of the simulation outside that it is no chance. */
function isFarOff(share: number, runs: number): boolean {
  const margin = 2 * Math.sqrt((LOW * (1 - LOW)) / runs)
  return share < LOW - margin || share > HIGH + margin
}

/** How many intervals are where they should be, by size of the holdout. */
export function summaryRows(done: readonly Done[], runs: number): readonly (readonly string[])[] {
  const sizes = new Map<string, number[]>()
  for (const { task, result } of done) {
    const [kind = '', , rows = ''] = task.name.split(' ')
    if (kind === 'margins') continue
    const name = kind === 'slices' ? 'slices of 200 to 800 rows' : `${Number(rows).toLocaleString('en-US')} rows`
    const shares = (result as readonly CoverageRow[])
      .flatMap(({ single, paired }) => [coveredShare(single), coveredShare(paired)])
      .filter((share) => !Number.isNaN(share))
    sizes.set(name, [...(sizes.get(name) ?? []), ...shares])
  }
  return [...sizes, ['in all', [...sizes.values()].flat()] as const].map(([name, shares]) => [
    name,
    String(shares.length),
    String(shares.filter((share) => !isOff(share)).length),
    String(shares.filter((share) => isOff(share) && !isFarOff(share, runs)).length),
    String(shares.filter((share) => share < LOW && isFarOff(share, runs)).length),
    String(shares.filter((share) => share > HIGH && isFarOff(share, runs)).length),
  ])
}
