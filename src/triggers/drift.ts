import type { DriftTriggerConfig } from '../config/schema.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import type { Profile } from '../data/types.ts'
import { columnDrift } from './column-drift.ts'
import { isUnobserved, result, type Trigger } from './input.ts'
import type { ColumnDrift, TriggerResult } from './types.ts'

/** Drifted columns that the sentence names; the evidence has all. */
const NAMED = 3

/** The distribution of the features against the profile saved with the champion: too many of them have drifted. */
export const drift: Trigger = {
  name: 'drift',
  evaluate({ config, champion, profile, counts }) {
    const { drift: limits } = config
    if (!limits) return result('drift', 'off', 'the drift trigger is switched off')
    if (isUnobserved(profile))
      return unchecked(`the profile of version ${champion.version} could not be read: ${profile.error}`)
    if (isUnobserved(counts)) return unchecked(`the new data could not be read: ${counts.error}`)
    const columns = watchedColumns(profile, limits)
    if (!Array.isArray(columns)) return unchecked(columns.error)
    if (profile.rows === 0) return unchecked('the champion’s profile holds no rows')
    const { rows } = counts
    const needed = Math.max(limits['min-rows'], Math.ceil(limits['min-share'] * champion.rows))
    if (rows < needed) {
      const few = `too few new rows: ${formatNumber(rows)} of ${formatNumber(needed)}`
      return result('drift', 'quiet', few, { value: rows, threshold: needed, unit: 'rows' })
    }
    const evidence = columnDrift(profile, counts, columns, limits)
    const drifted = evidence.filter((column) => column.drifted)
    const share = drifted.length / evidence.length
    const limit = limits['max-share']
    const sentence = `${summary(drifted, evidence)} on ${count(rows, 'new row')}; the limit is ${formatPercent(limit)}`
    return result('drift', share > limit ? 'fired' : 'quiet', `${sentence}${closest(drifted, evidence)}`, {
      value: share,
      threshold: limit,
      unit: 'share of drifted features',
      evidence,
    })
  },
}

const unchecked = (reason: string): TriggerResult => result('drift', 'unchecked', reason)

/** Without a choice all but times, which move by nature: they are watched where they are named. */
function watchedColumns(profile: Profile, config: DriftTriggerConfig): string[] | { readonly error: string } {
  const names = profile.columns.filter((column) => column.kind !== 'time').map((column) => column.name)
  const wanted = config.columns ?? names
  const unknown = wanted.find((name) => !profile.columns.some((column) => column.name === name))
  if (unknown !== undefined) return { error: `the champion’s profile has no column “${unknown}” to watch` }
  return wanted.length === 0 ? { error: 'the champion’s profile has no column to watch' } : [...wanted]
}

function summary(drifted: readonly ColumnDrift[], all: readonly ColumnDrift[]): string {
  if (drifted.length === 0) return `none of ${count(all.length, 'feature')} drifted`
  const names = drifted.slice(0, NAMED).map((column) => {
    const note = column.note === '' ? '' : `, ${column.note}`
    return `${column.column} (PSI ${psiText(column.psi)}${note})`
  })
  const more = drifted.length > NAMED ? `, and ${drifted.length - NAMED} more` : ''
  const share = formatPercent(drifted.length / all.length)
  return `${drifted.length} of ${count(all.length, 'feature')} drifted (${share}): ${names.join(', ')}${more}`
}

/** Where nothing drifted: how near it came. */
function closest(drifted: readonly ColumnDrift[], all: readonly ColumnDrift[]): string {
  const first = all[0]
  if (drifted.length > 0 || !first) return ''
  const { column, psi, psiIfUnchanged } = first
  return `; the largest PSI is ${psiText(psi)} (${column}; ${psiText(psiIfUnchanged)} on average if nothing had changed)`
}

const psiText = (psi: number): string => formatNumber(psi, { digits: 2 })
