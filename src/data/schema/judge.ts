import { formatDuration, isoTime } from '../../core/clock.ts'
import { formatNumber } from '../../core/format.ts'
import { withoutPersonal } from '../../core/personal.ts'
import { clip, count } from '../../core/text.ts'
import { percent, shareOf } from '../expectations.ts'
import type { QualityFinding } from '../types.ts'
import type { State } from './collect.ts'
import { factorOf } from './units.ts'

const HOUR = 3_600_000
/** Fewer rows are constant by chance. */
const MIN_VARYING = 100

export interface Facts {
  readonly label: string
  readonly time: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
  readonly newestLabelled: number
}

/** What is wrong with one column, each as a sentence with the share of the rows and examples. */
export function judge(state: State, facts: Facts): QualityFinding[] {
  const { name, rule, broken } = state
  const found: QualityFinding[] = []
  const tell = (kind: string, words: string): void => {
    found.push({ rule: kind, column: name, severity: rule.severity, sentence: `${name}: ${words}` })
  }
  const bad = (kind: string, words: string): void => {
    const entry = broken.get(kind)
    if (entry === undefined) return
    tell(kind, `${shareOf(entry.rows, state.rows)} ${words}${such(entry.examples)}`)
  }
  if (state.kind !== undefined && state.kind !== rule.type)
    tell('type', `holds ${PLURALS[state.kind]} now; the schema says ${PLURALS[rule.type]}`)
  const present = state.rows - state.missing
  const unit = rule.typical === undefined ? undefined : factorOf(rule.typical, state.sample)
  if (unit !== undefined) {
    const [low, high] = rule.typical as [number, number]
    const words = `the values are about ${unit.text} what they were: the middle half lies between ${formatNumber(unit.now[0])} and ${formatNumber(unit.now[1])}, before between ${formatNumber(low)} and ${formatNumber(high)}; has the unit changed?`
    tell('unit', words)
  } else {
    bad('min', `are below ${formatNumber(rule.min)}`)
    bad('max', `are above ${formatNumber(rule.max)}`)
  }
  bad('integer', 'are no whole numbers')
  bad('in', 'are not among the known values')
  bad('encoding', 'have damaged characters')
  bad('unique', 'repeat an earlier one')
  bad('future', `lie in the future (it is ${isoTime(facts.now)})`)
  bad('monotone', 'are older than the row before')
  if (name !== facts.label) judgeMissing(state, tell)
  if (rule.varies && !state.varies && present >= MIN_VARYING) {
    tell(
      'constant',
      `all of ${count(present, 'value')} are “${clip(withoutPersonal(clip(state.first ?? '', 120)), 40)}”; they used to vary`,
    )
  }
  const stale = staleness(state, facts)
  if (stale !== undefined) tell('freshness', stale)
  const delay = rule['delay-hours']
  if (delay !== undefined && name === facts.label && Number.isFinite(facts.newestLabelled)) {
    const waited = facts.now - facts.newestLabelled
    const sentence = `${name}: the newest label belongs to a row of ${isoTime(facts.newestLabelled)}, ${formatDuration(waited)} ago; the schema allows ${formatDuration(delay * HOUR)}`
    // The labels that are there are not the worse for it: nothing to stop for.
    if (waited > delay * HOUR) found.push({ rule: 'delay', column: name, severity: 'warn', sentence })
  }
  return found
}

/** How old the newest time is, where that is older than the schema allows. */
export function staleness({ rule, newest }: State, { now }: Pick<Facts, 'now'>): string | undefined {
  const freshness = rule['freshness-hours']
  if (freshness === undefined || !Number.isFinite(newest) || now - newest <= freshness * HOUR) return undefined
  const age = formatDuration(now - newest)
  return `the newest is ${age} old (${isoTime(newest)}); the schema allows ${formatDuration(freshness * HOUR)}`
}

/** Values that are there but cannot be read as the column's type are told apart from those that are not there. */
function judgeMissing({ rule, rows, missing, broken }: State, tell: (kind: string, words: string) => void): void {
  if (rule.missing === undefined || missing <= rows * rule.missing.max) return
  const most = rows * rule.missing.max
  const strays = broken.get('stray')
  const unread = strays?.rows ?? 0
  const none = rule.type === 'number' ? 'are no numbers' : rule.type === 'time' ? 'are no times' : 'are no plain values'
  const absent = missing - unread
  if (strays !== undefined && (unread > most || unread >= absent))
    tell('type', `${shareOf(unread, rows)} ${none} and count as missing${such(strays.examples)}`)
  if (absent > most || absent > unread)
    tell('missing', `${shareOf(absent, rows)} are missing; the schema allows ${percent(rule.missing.max)}`)
}

const such = (examples: readonly string[]): string =>
  examples.length === 0 ? '' : `, such as ${examples.map((text) => `“${text}”`).join(', ')}`

const PLURALS = { number: 'numbers', category: 'categories', time: 'times' } as const
