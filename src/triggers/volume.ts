import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import { isUnobserved, result, type Trigger } from './input.ts'

/**
 * New labelled rows since the last training: at least `rows` of them, or more than `share` of the rows the champion
 * was trained on. With both, whichever is reached first fires.
 */
export const volume: Trigger = {
  name: 'volume',
  evaluate({ config, champion, counts }) {
    if (!config.volume) return result('volume', 'off', 'the volume trigger is switched off')
    const { rows, share } = config.volume
    if (rows === undefined && share === undefined) {
      return result('volume', 'unchecked', 'the volume trigger has neither rows nor share')
    }
    if (isUnobserved(counts)) return result('volume', 'unchecked', `new rows could not be counted: ${counts.error}`)
    const { labelled } = counts
    const before = champion.rows
    const byRows = rows ?? Infinity
    const byShare = share === undefined ? Infinity : Math.floor(share * before) + 1
    const limit =
      byRows <= byShare
        ? `the limit is ${count(byRows, 'row')}`
        : `the limit is ${formatPercent(share)} of the ${formatNumber(before)} trained on`
    const threshold = Math.min(byRows, byShare)
    const part = before > 0 && share !== undefined ? ` (${formatPercent(labelled / before)})` : ''
    return result(
      'volume',
      labelled >= threshold ? 'fired' : 'quiet',
      `${count(labelled, 'new labelled row')} since the last training${part}; ${limit}`,
      { value: labelled, threshold, unit: 'rows' },
    )
  },
}
