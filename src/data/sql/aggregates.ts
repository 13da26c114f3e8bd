import { FUTURE_SLACK, noteBroken, type State } from '../schema/collect.ts'
import type { ColumnSchema } from '../schema/types.ts'
import { categoryValue, isUnread, numberValue, type Parameters } from './expressions.ts'
import { identifier, type SqlKind } from './relation.ts'

/** The commonest letters of UTF-8 that was read as Latin-1, and what replaces bytes that are no text. */
const DAMAGED = [
  '\ufffd',
  'â€',
  'Â\u00a0',
  'Â°',
  'Â£',
  'Â§',
  'Ã¤',
  'Ã¶',
  'Ã¼',
  'ÃŸ',
  'Ã©',
  'Ã¨',
  'Ã¡',
  'Ã±',
  'Ã³',
  'Ã§',
  'Ã£',
]

const DAMAGED_FIRST = ['\ufffd', 'â€', 'Â', 'Ã']

/** A column that the schema knows. */
export interface Looked {
  readonly name: string
  readonly rule: ColumnSchema
  readonly kind: SqlKind
}

export interface Scope {
  /** Values that repeat are only looked for where sorting them is cheap. */
  readonly few: boolean
  /** Texts that mean "missing". */
  readonly missing: readonly string[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** One aggregate of a column, and what is made of it. */
export interface Aggregate {
  readonly sql: string
  take(cell: string | null, state: State): void
}

export const sum = (condition: string): string => `sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`

/** A column's value as the schema's type, and when there is one that cannot be read as it. */
export function valuesOf(
  { name, rule, kind }: Looked,
  where: Scope,
  use: Parameters,
): { value: string; unread: string } {
  const column = identifier(name)
  if (rule.type === 'category') return { value: categoryValue(column, kind, where.missing, use), unread: 'FALSE' }
  if (isOther({ rule, kind })) return { value: 'NULL', unread: 'FALSE' }
  const value = numberValue(column, kind, where.missing, use)
  if (kind === 'text') return { value, unread: isUnread(column, where.missing, use) }
  return { value, unread: `${column} IS NOT NULL AND (${value}) IS NULL` }
}

/** A time that is text or number, or the other way round: not compared in SQL. */
const isOther = ({ rule, kind }: Pick<Looked, 'rule' | 'kind'>): boolean => (rule.type === 'time') !== (kind === 'time')

/** What is asked of one column, whose value is `v<i>` and whose unreadable texts are `u<i>`. */
export function aggregatesOf(column: Looked, i: number, where: Scope, use: Parameters): Aggregate[] {
  const { rule } = column
  const value = `v${i}`
  if (rule.type === 'category') return categoryAggregates(rule, value, where, use)
  if (isOther(column)) return []
  const show = rule.type === 'time' ? (text: string): string => new Date(Number(text)).toISOString() : plain
  const broken = (kindOfBreach: string, condition: string): Aggregate[] => breach(kindOfBreach, condition, value, show)
  const found: Aggregate[] = [
    ...breach('stray', `u${i} IS NOT NULL`, `u${i}`, (text) => text),
    missingOf(value),
    ...variety(value, show),
  ]
  if (rule.unique && where.few) found.push(repeatedValues(value))
  if (rule.type === 'time') {
    const limit = use.add(where.now + FUTURE_SLACK, 'float8')
    found.push(...broken('future', `${value} > ${limit}`), {
      sql: `max(CASE WHEN ${value} <= ${limit} THEN ${value} END)`,
      take: (cell, state) => void (state.newest = cell === null ? -Infinity : Number(cell)),
    })
    return found
  }
  if (rule.min !== undefined) found.push(...broken('min', `${value} < ${use.add(rule.min, 'float8')}`))
  if (rule.max !== undefined) found.push(...broken('max', `${value} > ${use.add(rule.max, 'float8')}`))
  if (rule.integer) found.push(...broken('integer', `${value} <> floor(${value})`))
  return found
}

function categoryAggregates(rule: ColumnSchema, value: string, where: Scope, use: Parameters): Aggregate[] {
  const same = (cell: string): string => cell
  const like = (parts: readonly string[]): string =>
    parts.map((part) => `${value} LIKE ${use.add(`%${part}%`, 'text')}`).join(' OR ')
  // Hardly any text has the first letter of them: the others are looked for only there.
  const damaged = `(${like(DAMAGED_FIRST)}) AND (${like(DAMAGED)})`
  const foreign = (rule.in?.length ?? 0) === 0 ? undefined : `${value} NOT IN (${use.list(rule.in ?? [], 'text')})`
  return [
    missingOf(value),
    ...variety(value, same),
    ...(foreign === undefined ? [] : breach('in', foreign, value, same)),
    // What is among the known values is as it should be.
    ...breach('encoding', `${foreign === undefined ? '' : `${foreign} AND `}${damaged}`, value, same),
    ...(rule.unique && where.few ? [repeatedValues(value)] : []),
  ]
}

const missingOf = (value: string): Aggregate => ({
  sql: sum(`${value} IS NULL`),
  take: (cell, state) => void (state.missing = Number(cell ?? 0)),
})

const repeatedValues = (value: string): Aggregate => ({
  sql: `count(${value}) - count(DISTINCT ${value})`,
  take: (cell, state) => void (Number(cell) > 0 && noteBroken(state, 'unique', Number(cell), [])),
})

/** Smallest and largest value: one value where they are the same. */
function variety(value: string, show: (text: string) => string): Aggregate[] {
  return [
    {
      sql: `min(${value})`,
      take: (cell, state) => void (state.first = cell === null ? undefined : show(cell)),
    },
    {
      sql: `max(${value})`,
      take: (cell, state) => void (state.varies = cell !== null && show(cell) !== state.first),
    },
  ]
}

/** How many rows break a rule; the smallest and the largest of their values are the examples. */
function breach(kind: string, condition: string, value: string, show: (text: string) => string): Aggregate[] {
  const example = (which: 'min' | 'max'): Aggregate => ({
    sql: `${which}(CASE WHEN ${condition} THEN ${value} END)`,
    take: (cell, state) => void (cell !== null && noteBroken(state, kind, 0, [show(cell)])),
  })
  const rows: Aggregate = {
    sql: sum(condition),
    take: (cell, state) => void (Number(cell ?? 0) > 0 && noteBroken(state, kind, Number(cell), [])),
  }
  return [rows, example('min'), example('max')]
}

const plain = (text: string): string => String(Number(text))
