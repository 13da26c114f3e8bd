import type { VolumeTriggerConfig } from '../config/schema.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import type { ProfileCounts } from '../data/types.ts'
import { isUnobserved, result, type ChampionFacts, type Trigger, type TriggerInput } from './input.ts'
import type { TriggerResult } from './types.ts'

/**
 * New data since the last training: at least `rows` of them, more than `share` of the rows the champion was trained on (with
 * `train.window`: of all there were), or at least `files` new files. Whichever is reached first fires. Rows count when their label has arrived, unless
 * `count: all`.
 */
export const volume: Trigger = {
  name: 'volume',
  evaluate(input) {
    const { config, counts } = input
    if (!config.volume) return result('volume', 'off', 'the volume trigger is switched off')
    const { rows, share, files } = config.volume
    if (rows === undefined && share === undefined && files === undefined) {
      return result('volume', 'unchecked', 'the volume trigger has neither rows nor share nor files')
    }
    if (isUnobserved(counts)) return result('volume', 'unchecked', `new rows could not be counted: ${counts.error}`)
    const byFiles = files === undefined ? undefined : fileVolume(files, input.newFiles)
    const byRows =
      rows === undefined && share === undefined ? undefined : rowVolume(config.volume, input.champion, counts)
    if (byRows === undefined || byFiles === undefined) return (byRows ?? byFiles) as TriggerResult
    // The one that fired stands for both; the other one is told beside it.
    const [first, second] = RANK[byFiles.status] < RANK[byRows.status] ? [byFiles, byRows] : [byRows, byFiles]
    return { ...first, sentence: `${first.sentence}; ${second.sentence}` }
  },
}

const RANK = { fired: 0, unchecked: 1, quiet: 2, off: 3 } as const

function rowVolume(config: VolumeTriggerConfig, champion: ChampionFacts, counts: ProfileCounts): TriggerResult {
  const { rows, share } = config
  const all = config.count === 'all'
  const seen = all ? counts.rows : counts.labelled
  // A window is always full: against its rows every so many days would fire, which is a schedule.
  const before = champion.rowsSeen ?? champion.rows
  const byRows = rows ?? Infinity
  const byShare = share === undefined ? Infinity : Math.floor(share * before) + 1
  const limit =
    byRows <= byShare
      ? `the limit is ${count(byRows, 'row')}`
      : `the limit is ${formatPercent(share)} of the ${formatNumber(before)} ${champion.rowsSeen === undefined ? 'trained on' : 'there were'}`
  const threshold = Math.min(byRows, byShare)
  const part = before > 0 && share !== undefined ? ` (${formatPercent(seen / before)})` : ''
  return result(
    'volume',
    seen >= threshold ? 'fired' : 'quiet',
    `${count(seen, all ? 'new row' : 'new labelled row')} since the last training${part}; ${limit}`,
    {
      value: seen,
      threshold,
      unit: 'rows',
      direction: 'above',
      facts: {
        newRows: counts.rows,
        newLabelledRows: counts.labelled,
        trainedOn: before,
        share: before > 0 ? seen / before : null,
      },
    },
  )
}

function fileVolume(limit: number, seen: TriggerInput['newFiles']): TriggerResult {
  if (seen === undefined || typeof seen === 'object') {
    return result('volume', 'unchecked', `new files could not be counted${seen === undefined ? '' : `: ${seen.error}`}`)
  }
  return result(
    'volume',
    seen >= limit ? 'fired' : 'quiet',
    `${count(seen, 'new file')} since the last training; the limit is ${count(limit, 'file')}`,
    { value: seen, threshold: limit, unit: 'files', direction: 'above' },
  )
}
