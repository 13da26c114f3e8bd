import type { DataConfig } from '../config/schema.ts'
import type { DataReport } from './types.ts'

/** Columns that may be what the configuration does not name. */
export interface LikelyRoles {
  readonly time: readonly string[]
  readonly id: readonly string[]
}

/** `signup_date`, `createdAt`, `event_timestamp`. */
const TIME_NAME = /(?:^|[_\-. ])(?:date|datetime|timestamp|epoch|at)$/i
const CAMEL_TIME = /[a-z](?:Date|DateTime|Timestamp|At)$/
/** A column whose values hardly repeat puts every row on its own side. */
const NEARLY_UNIQUE = 0.98

/**
 * Columns that hold times, or numbers named like a time, where `data.time` is not set; and columns that look like an id with
 * several rows each, where `data.id` is not. What is in `data.ignore` has been decided on and is not proposed.
 */
export function likelyRoles(
  { columns, rowsKept }: Pick<DataReport, 'columns' | 'rowsKept'>,
  data: Pick<DataConfig, 'time' | 'id' | 'watermark'>,
): LikelyRoles {
  const named = (name: string): boolean => TIME_NAME.test(name) || CAMEL_TIME.test(name)
  const time = columns.filter(
    ({ name, kind, role }) =>
      (role === 'feature' || role === 'id') && (kind === 'time' || (kind === 'number' && named(name))),
  )
  const id = columns.filter(
    ({ name, role, distinct, missing }) =>
      role === 'id' && name !== data.watermark && distinct < NEARLY_UNIQUE * (rowsKept - missing),
  )
  return {
    time: data.time === undefined ? time.map(({ name }) => name) : [],
    id: data.id === undefined ? id.map(({ name }) => name) : [],
  }
}
