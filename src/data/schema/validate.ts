import { formatDuration, isoTime } from '../../core/clock.ts'
import { formatNumber } from '../../core/format.ts'
import { clip, count } from '../../core/text.ts'
import { shareOf } from '../expectations.ts'
import { createRepeats, type Repeats } from './repeats.ts'
import { hashRows } from '../row-hash.ts'
import { cellText, type Column, findColumn, isMissing, type Table } from '../table.ts'
import type { QualityFinding } from '../types.ts'
import { factorOf } from './units.ts'
import type { ColumnSchema, DataSchema } from './types.ts'

const HOUR = 3_600_000
const MAX_EXAMPLES = 3
/** Values kept to take quantiles of. */
const SAMPLE = 2000
/** Clocks differ by a few minutes. */
const FUTURE_SLACK = HOUR
/** Fewer rows are constant by chance. */
const MIN_VARYING = 100
/** UTF-8 read as Latin-1 (`Ã¼`, `â€™`), or bytes that were no text any more. */
const DAMAGED = /\ufffd|Ã[\u0080-\u00bf\u0152-\u2122]|â€|Â[\u00a0-\u00bf]/

export interface ValidateOptions {
  readonly schema: DataSchema
  readonly label: string
  readonly time: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
  /** Whether to look for repeated rows: that needs a hash of every row in memory. */
  readonly duplicates?: boolean | undefined
}

/** Holds rows against a schema, batch by batch; keeps counts and examples, no rows. */
export interface Validator {
  /** Adds the given rows of a batch (all without `rows`). `header`: the columns that the data really have. */
  add(table: Table, rows?: ArrayLike<number>, header?: readonly string[]): void
  /** What is wrong, the gravest first. */
  findings(): QualityFinding[]
}

interface Broken {
  rows: number
  readonly examples: string[]
}

interface State {
  readonly name: string
  readonly rule: ColumnSchema
  readonly domain: ReadonlySet<string> | undefined
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
}

export function createValidator({ schema, label, time, now, duplicates = false }: ValidateOptions): Validator {
  const states = Object.entries(schema.columns).map(([name, rule]): State => ({
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
    newest: -Infinity,
    kind: undefined,
  }))
  const present = new Set<string>()
  const hashes = new Set<number>()
  let rowsSeen = 0
  let repeated = 0
  let newestLabelled = -Infinity

  return {
    add(table, rows, header) {
      const n = rows?.length ?? table.rows
      rowsSeen += n
      for (const name of header ?? table.columns.map((column) => column.name)) present.add(name)
      const all = duplicates ? hashRows(table) : undefined
      for (let i = 0; i < (all === undefined ? 0 : n); i++) {
        const hash = (all as Uint32Array)[rows === undefined ? i : (rows[i] as number)] as number
        if (hashes.has(hash)) repeated++
        else hashes.add(hash)
      }
      for (const state of states) {
        const column = findColumn(table, state.name)
        if (column !== undefined) look(state, column, n, rows, now)
      }
      if (schema.columns[label]?.['delay-hours'] === undefined) return
      const [times, labels] = [time === undefined ? undefined : findColumn(table, time), findColumn(table, label)]
      if (times?.kind !== 'time' || labels === undefined) return
      for (let i = 0; i < n; i++) {
        const row = rows === undefined ? i : (rows[i] as number)
        if (!isMissing(labels, row)) newestLabelled = Math.max(newestLabelled, times.values[row] as number)
      }
    },
    findings() {
      if (rowsSeen === 0) return []
      const found = states.flatMap((state) =>
        present.has(state.name) ? judge(state, { label, time, now, newestLabelled, rowsSeen }) : [vanished(state)],
      )
      const { max, severity } = schema.duplicates
      // A 32-bit hash: two of many rows agree by chance, so that is allowed for.
      const byChance = (rowsSeen * rowsSeen) / 2 ** 33
      if (repeated - byChance > rowsSeen * max) {
        const sentence = `${shareOf(repeated, rowsSeen, 'row')} repeat an earlier row; the schema allows ${percent(max)}`
        found.push({ rule: 'duplicates', column: undefined, severity, sentence })
      }
      return found.toSorted((a, b) => Number(b.severity === 'stop') - Number(a.severity === 'stop'))
    },
  }
}

function look(state: State, column: Column, n: number, rows: ArrayLike<number> | undefined, now: number): void {
  state.kind = column.kind
  state.rows += n
  const note: Note = (kind, row, stands = 1) => {
    const entry = state.broken.get(kind) ?? { rows: 0, examples: [] }
    state.broken.set(kind, entry)
    entry.rows += stands
    if (entry.examples.length >= MAX_EXAMPLES) return
    const text = clip(cellText(column, row), 40)
    if (!entry.examples.includes(text)) entry.examples.push(text)
  }
  if (column.kind === 'category') lookAtCategories(state, column, n, rows, note)
  else if (column.kind === 'time') lookAtTimes(state, column.values, n, rows, now, note)
  else lookAtNumbers(state, column.values, n, rows, note)
}

/** @param rows that it stands for, where not all are looked at */
type Note = (kind: string, row: number, rows?: number) => void

function lookAtCategories(
  state: State,
  { codes, dictionary }: Extract<Column, { kind: 'category' }>,
  n: number,
  rows: ArrayLike<number> | undefined,
  note: Note,
): void {
  const { domain } = state
  const { unique: wantsUnique } = state.rule
  // Texts are judged once each, rows only looked up.
  const foreign = Uint8Array.from(dictionary, (text) => (domain !== undefined && !domain.has(text) ? 1 : 0))
  const damaged = Uint8Array.from(dictionary, (text) => (DAMAGED.test(text) ? 1 : 0))
  for (let i = 0; i < n; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
    const code = codes[row] as number
    if (code < 0) {
      state.missing++
      continue
    }
    if (foreign[code] === 1) note('in', row)
    if (damaged[code] === 1) note('encoding', row)
    if (!state.varies) vary(state, dictionary[code] as string)
    if (wantsUnique) unique(state, dictionary[code] as string, row, note)
  }
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

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`

function vanished({ name, rule }: State): QualityFinding {
  const sentence = `${name}: the column is no longer in the data`
  return { rule: 'vanished', column: name, severity: rule.severity, sentence }
}

interface Facts {
  readonly label: string
  readonly time: string | undefined
  readonly now: number
  readonly newestLabelled: number
  readonly rowsSeen: number
}

function judge(state: State, facts: Facts): QualityFinding[] {
  const { name, rule, broken } = state
  const found: QualityFinding[] = []
  const tell = (kind: string, words: string): void => {
    found.push({ rule: kind, column: name, severity: rule.severity, sentence: `${name}: ${words}` })
  }
  const bad = (kind: string, words: string): void => {
    const entry = broken.get(kind)
    if (entry === undefined) return
    tell(
      kind,
      `${shareOf(entry.rows, state.rows)} ${words}, such as ${entry.examples.map((text) => `“${text}”`).join(', ')}`,
    )
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
  if (rule.missing !== undefined && name !== facts.label && state.missing > state.rows * rule.missing.max) {
    tell('missing', `${shareOf(state.missing, state.rows)} are missing; the schema allows ${percent(rule.missing.max)}`)
  }
  if (rule.varies && !state.varies && present >= MIN_VARYING) {
    tell('constant', `all of ${count(present, 'value')} are “${clip(state.first ?? '', 40)}”; they used to vary`)
  }
  const freshness = rule['freshness-hours']
  if (freshness !== undefined && Number.isFinite(state.newest) && facts.now - state.newest > freshness * HOUR) {
    const age = formatDuration(facts.now - state.newest)
    tell(
      'freshness',
      `the newest is ${age} old (${isoTime(state.newest)}); the schema allows ${formatDuration(freshness * HOUR)}`,
    )
  }
  const delay = rule['delay-hours']
  if (delay !== undefined && name === facts.label && Number.isFinite(facts.newestLabelled)) {
    const waited = facts.now - facts.newestLabelled
    if (waited > delay * HOUR)
      tell(
        'delay',
        `the newest label belongs to a row of ${isoTime(facts.newestLabelled)}, ${formatDuration(waited)} ago; the schema allows ${formatDuration(delay * HOUR)}`,
      )
  }
  return found
}

const PLURALS = { number: 'numbers', category: 'categories', time: 'times' } as const
