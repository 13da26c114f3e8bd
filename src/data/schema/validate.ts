import { memberOf } from '../../core/json.ts'
import { count } from '../../core/text.ts'
import { percent, shareOf } from '../expectations.ts'
import { hashRows } from '../row-hash.ts'
import { findColumn, isMissing, type Table } from '../table.ts'
import type { QualityFinding, StrayValues } from '../types.ts'
import { asKind, createState, look, MOST_REMEMBERED, noteBroken, type State } from './collect.ts'
import { judge, staleness } from './judge.ts'
import type { DataSchema } from './types.ts'

export interface ValidateOptions {
  readonly schema: DataSchema
  readonly label: string
  readonly time: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
  /** Newest time that was known before these rows: data that stay away grow old as well. Epoch milliseconds. */
  readonly seenUntil?: number | undefined
}

/** Holds rows against a schema, batch by batch; keeps counts and examples, no rows. */
export interface Validator {
  readonly schema: DataSchema
  /**
   * Adds the given rows of a batch (all without `rows`). `header`: the columns that the data really have; `strays`:
   * values of this batch that are no numbers or times, by column.
   */
  add(
    table: Table,
    rows?: ArrayLike<number>,
    header?: readonly string[],
    strays?: ReadonlyMap<string, StrayValues>,
  ): void
  /** Instead of rows: what a database counted of them. */
  addCounted(counted: CountedRows): void
  /** What is wrong, the gravest first. */
  findings(): QualityFinding[]
}

/** New rows as a database saw them. */
export interface CountedRows {
  readonly rows: number
  readonly header: readonly string[]
  /** By column. */
  readonly states: ReadonlyMap<string, State>
  /** Rows that repeat another one; undefined where nobody counted. */
  readonly repeated: number | undefined
  /** Newest time of a row with a label; −∞ without one. */
  readonly newestLabelled: number
}

export function createValidator({ schema, label, time, now, seenUntil }: ValidateOptions): Validator {
  const states = new Map(
    Object.entries(schema.columns).map(([name, rule]) => [
      name,
      createState(name, rule, name === time ? seenUntil : undefined),
    ]),
  )
  const present = new Set<string>()
  const hashes = new Set<number>()
  let [rowsSeen, hashed, repeated] = [0, 0, 0]
  let newestLabelled = -Infinity

  const lookForRepeated = (table: Table, n: number, rows: ArrayLike<number> | undefined): void => {
    if (hashed >= MOST_REMEMBERED || n === 0) return
    const columns = table.columns.filter(({ name }) => states.has(name))
    // Rows that differ in a column which was not read are not the same.
    for (const { name, rule } of states.values()) {
      if (rule.varies === true && present.has(name) && findColumn(table, name) === undefined) return
    }
    const all = hashRows(table, columns)
    const end = Math.min(n, MOST_REMEMBERED - hashed)
    for (let i = 0; i < end; i++) {
      const hash = all[rows === undefined ? i : (rows[i] as number)] as number
      if (hashes.has(hash)) repeated++
      else hashes.add(hash)
    }
    hashed += end
  }

  return {
    schema,
    add(table, rows, header, strays) {
      const n = rows?.length ?? table.rows
      rowsSeen += n
      for (const name of header ?? table.columns.map((column) => column.name)) present.add(name)
      lookForRepeated(table, n, rows)
      for (const state of states.values()) {
        const column = findColumn(table, state.name)
        if (column === undefined) continue
        const missing = state.missing
        look(state, state.name === label ? asKind(column, state.rule.type) : column, n, rows, now)
        const stray = strays?.get(state.name)
        // Those of old rows in the same batch are counted as well: never more than are missing in the new ones.
        if (stray) noteBroken(state, 'stray', Math.min(stray.count, state.missing - missing), [stray.example])
      }
      if (memberOf(schema.columns, label)?.['delay-hours'] === undefined) return
      const [times, labels] = [time === undefined ? undefined : findColumn(table, time), findColumn(table, label)]
      if (times?.kind !== 'time' || labels === undefined) return
      for (let i = 0; i < n; i++) {
        const row = rows === undefined ? i : (rows[i] as number)
        if (!isMissing(labels, row)) newestLabelled = Math.max(newestLabelled, times.values[row] as number)
      }
    },
    addCounted(counted) {
      rowsSeen += counted.rows
      for (const name of counted.header) present.add(name)
      for (const [name, state] of counted.states) if (counted.rows > 0) states.set(name, state)
      newestLabelled = Math.max(newestLabelled, counted.newestLabelled)
      if (counted.repeated === undefined) return
      hashed += counted.rows
      repeated += counted.repeated
    },
    findings() {
      // Labels that stay away: as old as the newest known, where no new row has one.
      const facts = { label, time, now, newestLabelled: Math.max(newestLabelled, seenUntil ?? -Infinity) }
      if (rowsSeen === 0) return time === undefined ? [] : silence(states.get(time), now)
      const found = [...states.values()].flatMap((state) =>
        present.has(state.name) ? judge(state, facts) : [vanished(state)],
      )
      const { max, severity } = schema.duplicates
      // A 32-bit hash: two of many rows agree by chance, so that is allowed for.
      const byChance = (hashed * hashed) / 2 ** 33
      if (hashed > 0 && repeated - byChance > hashed * max) {
        const all = hashed < rowsSeen ? `the first ${count(hashed, 'row')}` : count(hashed, 'row')
        const share = shareOf(repeated, hashed, 'row').replace(count(hashed, 'row'), all)
        const sentence = `${share} repeat an earlier row; the schema allows ${percent(max)}`
        found.push({ rule: 'duplicates', column: undefined, severity, sentence })
      }
      // Labels are not late where the rows themselves stay away.
      const rowsStay = time !== undefined && (states.get(time)?.newest ?? Infinity) <= facts.newestLabelled
      const told = rowsStay ? found.filter(({ rule }) => rule !== 'delay') : found
      return told.toSorted((a, b) => Number(b.severity === 'stop') - Number(a.severity === 'stop'))
    },
  }
}

/** No new row at all: that is a finding where data ought to come. */
function silence(state: State | undefined, now: number): QualityFinding[] {
  const stale = state && staleness(state, { now })
  if (state === undefined || stale === undefined) return []
  const sentence = `${state.name}: there are no new rows, and ${stale}`
  return [{ rule: 'freshness', column: state.name, severity: state.rule.severity, sentence }]
}

function vanished({ name, rule }: State): QualityFinding {
  const sentence = `${name}: the column is no longer in the data`
  return { rule: 'vanished', column: name, severity: rule.severity, sentence }
}
