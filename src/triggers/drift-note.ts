import { isoTime } from '../core/clock.ts'
import { formatExact, formatExactTime, formatNumber, formatPercent } from '../core/format.ts'
import { withoutPersonal } from '../core/personal.ts'
import { clip } from '../core/text.ts'
import type { CategoryProfile, ColumnCounts, ColumnProfile, NumberProfile } from '../data/types.ts'

/** Smaller changes of a share are not worth a word. */
const SMALLEST_CHANGE = 0.01
const LONGEST_NAME = 40

/** What changed in a column, in words: `median 12 → 31`, `unseen: enterprise (12 %)`, `missing 1 % → 14 %`. */
export function driftNote(profile: ColumnProfile, counts: ColumnCounts, vanished: boolean): string {
  if (vanished) return 'the column is gone'
  const missingBefore = ratio(profile.missing, profile.rows)
  const missingNow = ratio(counts.missing, counts.rows)
  const changes: string[] = []
  if (Math.abs(missingNow - missingBefore) >= SMALLEST_CHANGE) {
    changes.push(`missing ${formatPercent(missingBefore)} → ${formatPercent(missingNow)}`)
  }
  changes.push(...(profile.kind === 'category' ? categoryChanges(profile, counts) : numberChanges(profile, counts)))
  return changes.join(', ')
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)

function categoryChanges(profile: CategoryProfile, counts: ColumnCounts): string[] {
  const changes: string[] = []
  if (counts.unseen > 0 && profile.other === 0) {
    const names = counts.unseenExamples.slice(0, 3).map(shorten).join(', ')
    changes.push(`unseen: ${names} (${formatPercent(ratio(counts.unseen, counts.rows))})`)
  }
  let largest = { change: 0, text: '' }
  profile.categories.forEach((category, i) => {
    const before = ratio(profile.counts[i] ?? 0, profile.rows)
    const now = ratio(counts.counts[i] ?? 0, counts.rows)
    if (Math.abs(now - before) <= Math.abs(largest.change)) return
    largest = { change: now - before, text: `${shorten(category)} ${formatPercent(before)} → ${formatPercent(now)}` }
  })
  if (Math.abs(largest.change) >= SMALLEST_CHANGE) changes.push(largest.text)
  return changes
}

const shorten = (name: string): string => clip(withoutPersonal(clip(name, 2 * LONGEST_NAME)), LONGEST_NAME)

function numberChanges(profile: NumberProfile, counts: ColumnCounts): string[] {
  const present = counts.rows - counts.missing
  if (present <= 0 || profile.rows === profile.missing) return []
  const changes: string[] = []
  const at = (share: number) =>
    [quantile(profile, profile.counts, share), quantile(profile, counts.counts, share)] as const
  const [before, now] = at(0.5)
  if (before !== now) changes.push(`median ${before} → ${now}`)
  else {
    const [low, high] = [at(0.1), at(0.9)]
    if (low[0] !== low[1] || high[0] !== high[1]) {
      changes.push(`middle 80 % ${low[0]} … ${high[0]} → ${low[1]} … ${high[1]}`)
    }
  }
  const outside = ratio((counts.counts[0] ?? 0) + (counts.counts.at(-1) ?? 0), present)
  if (profile.edges.length > 1 && outside >= SMALLEST_CHANGE) {
    const [first, last] = [profile.edges[0], profile.edges.at(-1)].map((edge) => exact(profile, edge as number))
    changes.push(`${formatPercent(outside)} are ≤ ${first} or > ${last}`)
  }
  return changes
}

/** A quantile as the bins know it: interpolated between edges, a value itself where values have bins of their own. */
function quantile(profile: NumberProfile, counts: ArrayLike<number>, share: number): string {
  const { edges } = profile
  const total = Array.from(counts).reduce((sum, rows) => sum + rows, 0)
  let below = 0
  let bin = 0
  while (bin < edges.length && below + (counts[bin] ?? 0) < share * total) below += counts[bin++] ?? 0
  if (bin === 0) return `below ${text(profile, profile.min)}`
  if (bin === edges.length) return `above ${text(profile, profile.max)}`
  const high = edges[bin] as number
  if (profile.discrete) return text(profile, high)
  const low = edges[bin - 1] as number
  const part = ratio(share * total - below, counts[bin] ?? 0)
  // The outermost edges lie a little beyond what was seen.
  return text(profile, Math.min(profile.max, Math.max(profile.min, low + (high - low) * part)))
}

/** An edge as rows are counted by it. */
const exact = ({ kind }: NumberProfile, edge: number): string =>
  kind === 'time' && Math.abs(edge) <= 8.64e15 ? formatExactTime(edge, false) : formatExact(edge)

function text(profile: NumberProfile, value: number): string {
  if (profile.kind !== 'time') return formatNumber(value)
  return Math.abs(value) <= 8.64e15 ? isoTime(value).slice(0, 10) : formatNumber(value)
}
