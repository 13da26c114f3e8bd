import { withoutPersonal } from '../../core/personal.ts'
import { clip } from '../../core/text.ts'
import { numberOfText } from '../readers/number-text.ts'
import { cellText, type Column, isMissing } from '../table.ts'
import { createRepeats, type Repeats } from './repeats.ts'
import type { ColumnSchema } from './types.ts'

const HOUR = 3_600_000
const MAX_EXAMPLES = 3
/** Values kept to take quantiles of. */
const SAMPLE = 2000
/** Clocks differ by a few minutes. */
export const FUTURE_SLACK = HOUR
/** Rows of which each is remembered, to notice one that comes again: some 40 MB. */
export const MOST_REMEMBERED = 1_000_000
/** UTF-8 read as Latin-1 (`Ã¼`, `â€™`), or bytes that were no text any more. */
const DAMAGED = /\ufffd|Ã[\u0080-\u00bf\u0152-\u2122]|â€|Â[\u00a0-\u00bf]/

export interface Broken {
  rows: number
  readonly examples: string[]
}

/** What was seen of one column: counts and examples, no rows. */
export interface State {
  readonly name: string
  readonly rule: ColumnSchema
  readonly domain: ReadonlySet<string> | undefined
  /** By rule. */
  readonly broken: Map<string, Broken>
  readonly sample: number[]
  readonly seen: Repeats
  rows: number
  missing: number
  first: string | undefined
  varies: boolean
  last: number
  newest: number
  kind: Column['kind'] | undefined
  /** What is wrong with the texts of a dictionary that grows: each is judged once. */
  texts: { readonly dictionary: readonly string[]; readonly flags: number[] } | undefined
}

/** @param seenUntil Newest time known before these rows, epoch milliseconds. */
export function createState(name: string, rule: ColumnSchema, seenUntil = -Infinity): State {
  return {
    name,
    rule,
    domain: rule.in && new Set(rule.in),
    broken: new Map(),
    sample: [],
    seen: createRepeats(),
    rows: 0,
    missing: 0,
    first: undefined,
    varies: false,
    last: -Infinity,
    newest: seenUntil,
    kind: undefined,
    texts: undefined,
  }
}

/** Counts that `rows` more values break a rule, and keeps the first few examples of them. */
export function noteBroken(state: State, kind: string, rows: number, examples: readonly string[]): void {
  const entry = state.broken.get(kind) ?? { rows: 0, examples: [] }
  state.broken.set(kind, entry)
  entry.rows += rows
  for (const text of examples) {
    if (entry.examples.length >= MAX_EXAMPLES) return
    const short = clip(withoutPersonal(clip(text, 120)), 40)
    if (!entry.examples.includes(short)) entry.examples.push(short)
  }
}

/** Looks at n values of a batch: those of the given rows, or all. `now` in epoch milliseconds. */
export function look(state: State, column: Column, n: number, rows: ArrayLike<number> | undefined, now: number): void {
  state.kind = column.kind
  state.rows += n
  const note: Note = (kind, row, stands = 1) => {
    const entry = state.broken.get(kind)
    if (entry !== undefined && entry.examples.length >= MAX_EXAMPLES) entry.rows += stands
    else noteBroken(state, kind, stands, [cellText(column, row)])
  }
  if (column.kind === 'category') lookAtCategories(state, column, n, rows, note)
  else if (column.kind === 'time') lookAtTimes(state, column.values, n, rows, now, note)
  else lookAtNumbers(state, column.values, n, rows, note)
}

/** @param rows that it stands for, where not all are looked at */
type Note = (kind: string, row: number, rows?: number) => void

const FOREIGN = 1
const DAMAGE = 2

function lookAtCategories(
  state: State,
  { codes, dictionary }: Extract<Column, { kind: 'category' }>,
  n: number,
  rows: ArrayLike<number> | undefined,
  note: Note,
): void {
  const { unique: wantsUnique } = state.rule
  const flags = flagsOf(state, dictionary)
  for (let i = 0; i < n; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
    const code = codes[row] as number
    if (code < 0) {
      state.missing++
      continue
    }
    const flag = flags[code] as number
    if ((flag & FOREIGN) !== 0) note('in', row)
    if ((flag & DAMAGE) !== 0) note('encoding', row)
    if (!state.varies) vary(state, dictionary[code] as string)
    if (wantsUnique) unique(state, dictionary[code] as string, row, note)
  }
}

/** Texts are judged once each, rows only looked up: dictionaries of a stream grow from batch to batch. */
function flagsOf(state: State, dictionary: readonly string[]): readonly number[] {
  if (state.texts?.dictionary !== dictionary) state.texts = { dictionary, flags: [] }
  const { flags } = state.texts
  const { domain } = state
  for (let code = flags.length; code < dictionary.length; code++) {
    const text = dictionary[code] as string
    const foreign = domain !== undefined && !domain.has(text)
    flags.push((foreign ? FOREIGN : 0) | (DAMAGED.test(text) ? DAMAGE : 0))
  }
  return flags
}

function lookAtTimes(
  state: State,
  values: Float64Array,
  n: number,
  rows: ArrayLike<number> | undefined,
  now: number,
  note: Note,
): void {
  const { monotone, unique: wantsUnique } = state.rule
  for (let i = 0; i < n; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
    const value = values[row] as number
    if (value !== value) {
      state.missing++
      continue
    }
    if (!state.varies) vary(state, String(value))
    if (wantsUnique) unique(state, value, row, note)
    if (value > now + FUTURE_SLACK) note('future', row)
    else if (value > state.newest) state.newest = value
    if (monotone && value < state.last) note('monotone', row)
    state.last = value
  }
}

function lookAtNumbers(
  state: State,
  values: Float64Array,
  n: number,
  rows: ArrayLike<number> | undefined,
  note: Note,
): void {
  const { min = -Infinity, max = Infinity, integer, unique: wantsUnique } = state.rule
  const { sample } = state
  for (let i = 0; i < n; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
    const value = values[row] as number
    if (value !== value) {
      state.missing++
      continue
    }
    if (value < min) note('min', row)
    else if (value > max) note('max', row)
    if (integer && !Number.isInteger(value)) note('integer', row)
    if (!state.varies) vary(state, String(value))
    if (wantsUnique) unique(state, value, row, note)
    if (sample.length < SAMPLE) sample.push(value)
    // Every so many of what follows, so that a file's end is heard as well.
    else if (i % 97 === 0) sample[state.rows % SAMPLE] = value
  }
}

function vary(state: State, text: string): void {
  if (state.first === undefined) state.first = text
  else if (text !== state.first) state.varies = true
}

function unique(state: State, value: string | number, row: number, note: Note): void {
  const rows = state.seen.see(value)
  if (rows > 0) note('unique', row, rows)
}

/**
 * A column as the schema calls it: labels are numbers when they are read and classes when they are judged, and either
 * says the same.
 */
export function asKind(column: Column, kind: ColumnSchema['type']): Column {
  if (column.kind === kind || kind === 'time' || column.kind === 'time') return column
  const { name } = column
  if (column.kind === 'category') {
    const numbers = column.dictionary.map((text) => numberOfText(text))
    if (numbers.some((value) => value !== value)) return column
    const values = Float64Array.from(column.codes, (code) => numbers[code] ?? Number.NaN)
    return { kind: 'number', name, values, integer: numbers.every((value) => Number.isInteger(value)) }
  }
  const codeOf = new Map<string, number>()
  const codes = Int32Array.from(column.values, (_, row) => {
    if (isMissing(column, row)) return -1
    const text = cellText(column, row)
    const code = codeOf.get(text) ?? codeOf.size
    codeOf.set(text, code)
    return code
  })
  return { kind: 'category', name, codes, dictionary: [...codeOf.keys()] }
}
