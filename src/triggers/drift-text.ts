import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import { METHODS } from './drift-scores.ts'
import type { ColumnDrift, DriftScoreName } from './types.ts'

/** Drifted columns that the sentence names; the evidence has all. */
const NAMED = 3

/** What decides about a column: its method, and the score with what it would be if nothing had changed. */
export function scoreText(column: ColumnDrift): {
  readonly method: DriftScoreName
  readonly value: number
  readonly ifUnchanged: number
  /** `PSI 0.31`, `Wasserstein distance 0.52 σ`. */
  readonly text: string
} {
  const { method = 'psi', score = { value: column.psi, ifUnchanged: column.psiIfUnchanged } } = column
  const digits = formatNumber(score.value, { digits: 2 })
  return { method, ...score, text: `${METHODS[method].label} ${digits}${method === 'wasserstein' ? ' σ' : ''}` }
}

export function driftedText(
  drifted: readonly ColumnDrift[],
  all: readonly ColumnDrift[],
  share: number,
  weighted: boolean,
): string {
  if (drifted.length === 0) return `none of ${count(all.length, 'feature')} drifted`
  const names = drifted.slice(0, NAMED).map(named)
  const more = drifted.length > NAMED ? `, and ${drifted.length - NAMED} more` : ''
  const part = weighted ? `${formatPercent(share)} of the importance` : formatPercent(share)
  return `${drifted.length} of ${count(all.length, 'feature')} drifted (${part}): ${names.join(', ')}${more}`
}

const named = (column: ColumnDrift): string =>
  `${column.column} (${[scoreText(column).text, column.note].filter((text) => text !== '').join(', ')})`

/** Where nothing drifted: how near it came. */
export function closestText(drifted: readonly ColumnDrift[], all: readonly ColumnDrift[]): string {
  const first = all[0]
  if (drifted.length > 0 || !first) return ''
  const { method, value, ifUnchanged } = scoreText(first)
  const [now, chance] = [value, ifUnchanged].map((score) => formatNumber(score, { digits: 2 }))
  return `; the largest ${METHODS[method].label} is ${now} (${first.column}; ${chance} on average if nothing had changed)`
}

/** `the predictions drifted (PSI 0.31, median 0.2 → 0.5; the limit is 0.20)`. */
export function partText(part: ColumnDrift): string {
  const { text, ifUnchanged } = scoreText(part)
  const [limit, chance] = [part.threshold, ifUnchanged].map((score) => formatNumber(score, { digits: 2 }))
  const did = part.drifted ? 'drifted' : 'did not drift'
  const subject = part.role === 'classifier' ? 'the columns together' : `the ${part.column}`
  const note = part.note === '' ? '' : `, ${part.note}`
  return `${subject} ${did} (${text}${note}; the limit is ${limit}, ${chance} if nothing had changed)`
}
