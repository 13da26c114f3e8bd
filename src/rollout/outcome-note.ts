import { count } from '../core/text.ts'
import type { OutcomeTally } from './types.ts'

/**
 * What became of the outcomes, in one line; what was lost is named. Undefined where there is nothing to say: predictions
 * are forgotten without an outcome wherever nobody sends any.
 */
export function outcomeNote(tally: OutcomeTally): string | undefined {
  const { matched, unmatched, rejected, evicted, expired, replaced, unmirrored, lost } = tally
  const some = (parts: readonly (readonly [n: number, words: string])[]): string =>
    parts.flatMap(([n, words]) => (n > 0 ? [`${n.toLocaleString('en-US')} ${words}`] : [])).join(', ')
  const notes: string[] = []
  if (matched + unmatched + rejected > 0) {
    const arrived = some([
      [matched, 'counted'],
      [unmatched, 'of no remembered prediction'],
      [rejected, 'with a label that the model does not know'],
    ])
    const why = some([
      [evicted, 'for want of room'],
      [expired, 'after 24 h'],
      [replaced, 'because their id came again'],
    ])
    const forgotten = evicted + expired + replaced
    notes.push(`outcomes: ${arrived}`)
    if (forgotten > 0) notes.push(`${count(forgotten, 'prediction')} forgotten before an outcome came (${why})`)
  }
  if (unmirrored > 0) notes.push(`${count(unmirrored, 'request')} not mirrored, because too many waited`)
  if (lost > 0) notes.push(`${count(lost, 'record')} lost when the gateway stopped`)
  return notes.length > 0 ? notes.join('; ') : undefined
}
