import type { DriftTriggerConfig } from '../config/schema.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { memberOf } from '../core/json.ts'
import { count } from '../core/text.ts'
import type { Profile, ProfileCounts } from '../data/types.ts'
import { columnDrift, type DriftLimits } from './column-drift.ts'
import { driftParts, type PartsSeen } from './drift-parts.ts'
import { METHODS, suits } from './drift-scores.ts'
import { closestText, driftedText, partText, scoreText } from './drift-text.ts'
import { isUnobserved, result, type DriftObservation, type Trigger } from './input.ts'
import type { ColumnDrift, TriggerResult } from './types.ts'

/** The distribution of the features against the profile saved with the champion: too many of them have drifted. */
export const drift: Trigger = {
  name: 'drift',
  evaluate({ config, champion, profile: own, counts: all, drift: beside = {} }) {
    const { drift: limits } = config
    if (!limits) return result('drift', 'off', 'the drift trigger is switched off')
    if (isUnobserved(own))
      return unchecked(`the profile of version ${champion.version} could not be read: ${own.error}`)
    if (isUnobserved(all)) return unchecked(`the new data could not be read: ${all.error}`)
    const { reference } = beside
    if (reference && isUnobserved(reference)) return unchecked(`there is nothing to compare with: ${reference.error}`)
    const profile = reference?.profile ?? own
    const counts = beside.counts ?? all
    const columns = watchedColumns(profile, limits)
    if (!Array.isArray(columns)) return unchecked(columns.error)
    const few = tooFew(limits, counts.rows, champion.rows, reference && { rows: profile.rows, text: reference.text })
    if (few) return few
    if (profile.rows === 0) return unchecked('the champion’s profile holds no rows')
    return judge({ limits, profile, counts, columns, beside, against: reference?.text })
  },
}

const unchecked = (reason: string): TriggerResult => result('drift', 'unchecked', reason)

/** Without a choice all but times, which move by nature: they are watched where they are named. */
function watchedColumns(profile: Profile, config: DriftTriggerConfig): string[] | { readonly error: string } {
  const { columns } = config
  const listed = Array.isArray(columns) ? columns : undefined
  const rules = columns === undefined || Array.isArray(columns) ? {} : columns
  for (const name of listed ?? Object.keys(rules)) {
    const column = profile.columns.find((one) => one.name === name)
    if (!column) return { error: `the champion’s profile has no column “${name}” to watch` }
    const method = (memberOf(rules, name) || undefined)?.method
    if (method !== undefined && !suits(method, column)) {
      return {
        error: `“${name}” holds ${column.kind === 'category' ? 'categories' : 'numbers'}; “${method}” is for ${METHODS[method].suits}`,
      }
    }
  }
  const wanted =
    listed ??
    profile.columns
      .filter(
        ({ name, kind }) => memberOf(rules, name) !== false && (kind !== 'time' || memberOf(rules, name) !== undefined),
      )
      .map((column) => column.name)
  return wanted.length === 0 ? { error: 'the champion’s profile has no column to watch' } : [...wanted]
}

/** New rows that say nothing yet; or a reference that does not. */
function tooFew(
  limits: DriftTriggerConfig,
  rows: number,
  trainedOn: number,
  reference: { readonly rows: number; readonly text: string } | undefined,
): TriggerResult | undefined {
  // A share of the rows trained on is asked for only where they are what is compared with.
  const share = reference ? 0 : limits['min-share']
  const needed = Math.max(limits['min-rows'], Math.ceil(share * trainedOn))
  if (reference && reference.rows < limits['min-rows']) {
    return unchecked(
      `only ${count(reference.rows, 'row')} in ${reference.text}, ${formatNumber(limits['min-rows'])} are needed`,
    )
  }
  if (rows >= needed) return undefined
  const few = `too few new rows: ${formatNumber(rows)} of ${formatNumber(needed)}`
  return result('drift', 'quiet', few, { value: rows, threshold: needed, unit: 'rows' })
}

interface Case {
  readonly limits: DriftTriggerConfig
  readonly profile: Profile
  readonly counts: ProfileCounts
  readonly columns: readonly string[]
  readonly beside: DriftObservation
  /** The reference in words; undefined where it is the version’s profile. */
  readonly against: string | undefined
}

function judge({ limits, profile, counts, columns, beside, against }: Case): TriggerResult {
  const rule = limitsOf(limits)
  const evidence = columnDrift(profile, counts, columns, rule)
  const parts = driftParts({ profile, counts, beside, rule, config: limits })
  const drifted = evidence.filter((column) => column.drifted)
  const share = limits.weighted ? weightedShare(evidence) : drifted.length / evidence.length
  const limit = limits['max-share']
  const fired = share > limit
  const part = parts.found.find((one) => one.drifted)
  const sentence = [
    `${driftedText(drifted, evidence, share, limits.weighted)} on ${count(counts.rows, 'new row')}${against ? ` against ${against}` : ''}; the limit is ${formatPercent(limit)}${closestText(drifted, evidence)}`,
    ...parts.found.map(partText),
    ...parts.missing,
  ].join('; ')
  const decides = !fired && part ? byPart(part) : { value: share, threshold: limit, unit: unitOf(limits) }
  return result('drift', fired || part ? 'fired' : statusOf(parts), sentence, {
    ...decides,
    direction: 'above',
    evidence: [...evidence, ...parts.found],
  })
}

/** What was asked for and could not be looked at is never quiet. */
const statusOf = (parts: PartsSeen): TriggerResult['status'] => (parts.unchecked ? 'unchecked' : 'quiet')

const unitOf = ({ weighted }: DriftTriggerConfig): string =>
  weighted ? 'share of the features’ importance that drifted' : 'share of drifted features'

function byPart(part: ColumnDrift): { value: number; threshold: number | null; unit: string } {
  const { method, value } = scoreText(part)
  return { value, threshold: part.threshold ?? null, unit: `${METHODS[method].label} of the ${part.column}` }
}

/** Features that the model does not miss weigh nothing; where it misses none, or nobody asked it, all weigh alike. */
function weightedShare(evidence: readonly ColumnDrift[]): number {
  const weight = ({ importance = 0 }: ColumnDrift): number => Math.max(0, importance)
  const total = evidence.reduce((sum, column) => sum + weight(column), 0)
  const drifted = evidence.filter((column) => column.drifted)
  if (total === 0) return drifted.length / evidence.length
  return drifted.reduce((sum, column) => sum + weight(column), 0) / total
}

function limitsOf(config: DriftTriggerConfig): DriftLimits {
  const { psi, alpha, method, threshold, columns } = config
  const rules =
    columns === undefined || Array.isArray(columns)
      ? undefined
      : Object.fromEntries(Object.entries(columns).flatMap(([name, rule]) => (rule === false ? [] : [[name, rule]])))
  return { psi, alpha, method, threshold, rules }
}
