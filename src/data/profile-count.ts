import { type BinLookup, countNumbers, createLookup, createTally, type NumberTally } from './profile-bins.ts'
import { createCategoryCounter, type CategoryCounter } from './profile-categories.ts'
import { numberOfText } from './readers/number-text.ts'
import { timeOfText } from './readers/time-text.ts'
import { type Column, cellText, findColumn, isMissing, type Table } from './table.ts'
import type { ColumnCounts, ColumnProfile, NumberProfile, Profile, ProfileCounts } from './types.ts'

export interface CounterOptions {
  /** The label's column: rows in which it is present are counted as labelled. */
  readonly label?: string | undefined
  /** Columns that may stand beside the profile's without being reported as added: id, time, weight, ignored ones. */
  readonly known?: readonly string[] | undefined
}

/** Counts new rows on a profile's frozen bins, batch by batch; holds no rows. */
export interface ProfileCounter {
  /**
   * Adds the given rows of a batch (all of them without `rows`). `header` names the columns that the file really has,
   * where the table may hold others, all missing; without it the table's are taken.
   */
  add(table: Table, rows?: ArrayLike<number>, header?: readonly string[]): void
  /** What has been counted so far. */
  result(): ProfileCounts
}

/**
 * A column of another type than the profile's is read as the profile's: texts as numbers or times (what is none counts
 * as missing), numbers by their text as categories. A column that a batch does not have counts as missing in its rows.
 */
export function createCounter(profile: Profile, options: CounterOptions = {}): ProfileCounter {
  const counters = profile.columns.map((column) => createColumnCounter(column))
  const label = profile.label && createColumnCounter(profile.label)
  const expected = new Set([...profile.columns.map((column) => column.name), ...(options.known ?? [])])
  if (options.label !== undefined) expected.add(options.label)
  const present = new Set<string>()
  const added = new Set<string>()
  let rowsSeen = 0
  let labelled = 0
  return {
    add(table, rows, header) {
      const n = rows ? rows.length : table.rows
      rowsSeen += n
      for (const name of header ?? table.columns.map((column) => column.name))
        (expected.has(name) ? present : added).add(name)
      for (const counter of counters) counter.add(findColumn(table, counter.name), n, rows)
      label?.add(findColumn(table, label.name), n, rows)
      labelled += options.label === undefined ? n : countPresent(findColumn(table, options.label), n, rows)
    },
    result: () => ({
      rows: rowsSeen,
      labelled,
      columns: counters.map((counter) => counter.result(rowsSeen)),
      ...(label && { label: label.result(rowsSeen) }),
      vanished: rowsSeen === 0 ? [] : counters.map((counter) => counter.name).filter((name) => !present.has(name)),
      added: [...added],
    }),
  }
}

function countPresent(column: Column | undefined, n: number, rows: ArrayLike<number> | undefined): number {
  if (!column) return 0
  let present = 0
  for (let i = 0; i < n; i++) if (!isMissing(column, rows ? (rows[i] as number) : i)) present++
  return present
}

interface ColumnCounter {
  readonly name: string
  add(column: Column | undefined, n: number, rows: ArrayLike<number> | undefined): void
  result(rows: number): ColumnCounts
}

function createColumnCounter(profile: ColumnProfile): ColumnCounter {
  if (profile.kind === 'category') {
    const counter = createCategoryCounter(profile)
    return {
      name: profile.name,
      add: (column, n, rows) => addCategories(counter, column, n, rows),
      result: (rows) => ({ name: profile.name, rows, ...counter.result(), mean: Number.NaN }),
    }
  }
  const tally = createTally(profile.edges)
  const lookup = createLookup(profile.edges)
  return {
    name: profile.name,
    add: (column, n, rows) => addNumbers(profile, tally, lookup, column, n, rows),
    result: (rows) => ({
      name: profile.name,
      rows,
      missing: tally.missing,
      counts: tally.counts.slice(),
      unseen: 0,
      unseenExamples: [],
      mean: tally.finite > 0 ? tally.sum / tally.finite : Number.NaN,
      below: tally.below,
      above: tally.above,
    }),
  }
}

function addNumbers(
  profile: NumberProfile,
  tally: NumberTally,
  lookup: BinLookup,
  column: Column | undefined,
  n: number,
  rows: ArrayLike<number> | undefined,
): void {
  if (!column) tally.missing += n
  else if (column.kind !== 'category') countNumbers(column.values, rows, lookup, tally)
  else {
    const read = profile.kind === 'time' ? timeOfText : (text: string) => numberOfText(text)
    const numbers = column.dictionary.map(read)
    const values = Float64Array.from(column.codes, (code) => numbers[code] ?? Number.NaN)
    countNumbers(values, rows, lookup, tally)
  }
}

function addCategories(
  counter: CategoryCounter,
  column: Column | undefined,
  n: number,
  rows: ArrayLike<number> | undefined,
): void {
  if (!column) counter.addMissing(n)
  else if (column.kind === 'category') counter.add(column.codes, column.dictionary, rows)
  else {
    const codes = new Map<string, number>()
    const coded = Int32Array.from(column.values, (value, row) => {
      if (value !== value) return -1
      const text = cellText(column, row)
      const code = codes.get(text) ?? codes.size
      codes.set(text, code)
      return code
    })
    counter.add(coded, [...codes.keys()], rows)
  }
}
