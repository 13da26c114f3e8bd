import { formatDuration, isoTime } from '../core/clock.ts'
import type { TriggersConfig } from '../config/schema.ts'
import { count } from '../core/text.ts'
import { quietUntil } from './quiet-hours.ts'
import type { Decision, Hold, TriggerResult } from './types.ts'

export interface DecisionInput {
  /** Epoch milliseconds. */
  readonly now: number
  readonly config: Pick<TriggersConfig, 'when' | 'cooldown' | 'quiet-hours' | 'budget'>
  readonly results: readonly TriggerResult[]
  readonly history: History
}

/** What was done before, as far as it is remembered. */
export interface History {
  /** When candidates were trained, merged or not; epoch milliseconds, in any order. */
  readonly trainings: readonly number[]
  /** The newest pull request of the model that was closed without a merge. */
  readonly rejection: { readonly number: number; readonly at: number } | undefined
}

/**
 * Whether the triggers together start a retraining. A person who asks is enough and is not held back by anything. Of the
 * others those count that are on and not `only-report`: any of them, all, or at least so many have to fire, and then
 * cool-down, quiet hours and budget may still hold the retraining back. What could not be checked has not fired, and
 * where it could have made the difference the sentence says so.
 */
export function decide({ now, config, results, history }: DecisionInput): Decision {
  const asked = results.some(({ trigger, status }) => trigger === 'manual' && status === 'fired')
  const voters = results.filter(({ trigger, status, onlyReport }) => {
    return trigger !== 'manual' && status !== 'off' && onlyReport !== true
  })
  const fired = voters.filter(({ status }) => status === 'fired')
  const needed = neededOf(config.when, voters.length)
  const enough = voters.length > 0 && fired.length >= needed
  const sentence = summary({ asked, results, voters, fired, needed, when: config.when })
  if (asked) return { retrain: true, sentence, holds: [] }
  if (!enough) return { retrain: false, sentence, holds: [] }
  const holds = holdsAt(now, config, history)
  if (holds.length === 0) return { retrain: true, sentence, holds }
  const why = holds.map((hold) => hold.sentence).join('; ')
  return { retrain: false, sentence: `${sentence}; no retraining now: ${why}`, holds }
}

function neededOf(when: TriggersConfig['when'], voters: number): number {
  if (when === 'any') return 1
  return when === 'all' ? Math.max(1, voters) : when['at-least']
}

interface Seen {
  readonly asked: boolean
  readonly results: readonly TriggerResult[]
  readonly voters: readonly TriggerResult[]
  readonly fired: readonly TriggerResult[]
  readonly needed: number
  readonly when: TriggersConfig['when']
}

function summary({ asked, results, voters, fired, needed, when }: Seen): string {
  const all = asked ? [...fired, ...results.filter(({ trigger }) => trigger === 'manual')] : fired
  const unchecked = voters.filter(({ status }) => status === 'unchecked')
  const reported = results.filter(({ status, onlyReport }) => status === 'fired' && onlyReport === true)
  const parts = [all.length > 0 ? `${names(all)} fired` : 'nothing fired']
  if (when !== 'any' && !asked) {
    const demanded = when === 'all' ? 'all are needed' : `at least ${needed} are needed`
    parts[0] = `${parts[0]}: ${fired.length} of ${count(voters.length, 'trigger')}, and ${demanded}`
  }
  if (reported.length > 0) parts.push(`${names(reported)} fired, which is only reported`)
  if (unchecked.length > 0) parts.push(`${names(unchecked)} could not be checked`)
  const open = fired.length < needed && fired.length + unchecked.length >= needed
  if (open && when !== 'any' && !asked) parts.push('so it is not known whether enough would have fired')
  return parts.join('; ')
}

function names(results: readonly TriggerResult[]): string {
  const list = results.map(({ trigger }) => trigger)
  return list.length < 3 ? list.join(' and ') : `${list.slice(0, -1).join(', ')} and ${list.at(-1) as string}`
}

function holdsAt(now: number, config: DecisionInput['config'], history: History): Hold[] {
  return [...cooldowns(now, config.cooldown, history), ...quiet(now, config), ...budget(now, config, history.trainings)]
}

function cooldowns(now: number, cooldown: TriggersConfig['cooldown'], { trainings, rejection }: History): Hold[] {
  const holds: Hold[] = []
  const last = Math.max(...trainings.filter((at) => at <= now))
  const hold = (until: number, what: string, length: number): void => {
    if (now >= until) return
    const sentence = `${what} on ${isoTime(until - length)}, and the cool-down of ${formatDuration(length)} lasts until ${isoTime(until)}`
    holds.push({ kind: 'cooldown', sentence, until })
  }
  if (Number.isFinite(last)) hold(last + cooldown.retraining, 'a candidate was trained', cooldown.retraining)
  if (rejection !== undefined) {
    const what = `pull request #${rejection.number} was closed without a merge`
    hold(rejection.at + cooldown.rejection, what, cooldown.rejection)
  }
  return holds
}

function quiet(now: number, config: DecisionInput['config']): Hold[] {
  const quietNow = quietUntil(config['quiet-hours'] ?? [], now)
  if (quietNow === undefined) return []
  const { until, hours } = quietNow
  const sentence = `quiet hours (${hours.from} to ${hours.to}, ${hours.timezone}) until ${isoTime(until)}`
  return [{ kind: 'quiet-hours', sentence, until }]
}

function budget(now: number, { budget: limit }: DecisionInput['config'], trainings: readonly number[]): Hold[] {
  if (limit === undefined) return []
  const date = new Date(now)
  const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  const until = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  const spent = trainings.filter((at) => at >= from && at <= now).length
  if (spent < limit['per-month']) return []
  const sentence = `${spent} of ${count(limit['per-month'], 'retraining')} of this month are spent; the next month begins on ${isoTime(until)}`
  return [{ kind: 'budget', sentence, until }]
}
