import type { PostgresConfig } from '../../config/schema.ts'

/** A name as SQL writes it, whatever characters it has. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** What stands behind FROM: the table by its quoted name, or the query in brackets. */
export function relation(config: PostgresConfig): string {
  if (config.table !== undefined) return config.table.split('.').map(identifier).join('.')
  return `(${(config.query ?? '').trim().replace(/;\s*$/, '')}\n) AS refit_source`
}

/** How messages, records and reports call it: what is read, never where it lies. */
export function label(config: PostgresConfig): string {
  return `postgres:${config.table ?? 'query'}`
}

/** How the values of a type reach the reader, by PostgreSQL's object id. */
export type SqlKind = 'integer' | 'decimal' | 'number' | 'boolean' | 'time' | 'text' | 'other'

const KINDS: Readonly<Record<number, SqlKind>> = {
  16: 'boolean',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  25: 'text',
  18: 'text',
  19: 'text',
  1042: 'text',
  1043: 'text',
  2950: 'text',
  700: 'number',
  701: 'number',
  1700: 'decimal',
  1082: 'time',
  1114: 'time',
  1184: 'time',
}

/** `other`: enumerations, intervals, JSON, arrays, …: read as their text. */
export const kindOf = (type: number): SqlKind => KINDS[type] ?? 'other'
