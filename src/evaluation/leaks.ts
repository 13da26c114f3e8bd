import { formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import type { Task } from '../core/task.ts'
import { type Column, findColumn, isMissing, type Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import { type ColumnScore, isTelltale, scoreColumns } from './leak-columns.ts'
import { type GroupScore, searchGroups } from './leak-groups.ts'
import { type Overlap, overlapOf, trainedOn } from './leak-overlap.ts'
import { leakTarget } from './leak-target.ts'
import type { LeakCheck, LeakFinding, LeakSearch } from './leak-types.ts'
import type { NearPerfect } from './near-perfect.ts'

export interface LeakInput {
  readonly table: Table
  readonly label: string
  readonly task: Task
  /** Every row that the candidate was trained on or validated by. */
  readonly trainRows: Uint32Array
  readonly holdoutRows: Uint32Array
  /** When the holdout comes from files of its own: all of its rows, `holdoutRows` is not looked at. */
  readonly holdoutTable?: Table | undefined
  /** The feature columns. */
  readonly columns: readonly string[]
  /** The time column, and the id column. */
  readonly time?: string | undefined
  readonly id?: string | undefined
  /** Columns that may be a time or an id, where none is named. */
  readonly maybe?: { readonly time: readonly string[]; readonly id: readonly string[] } | undefined
  /** Share of held-out rows that the candidate gets wrong, of those at the given places. Default: not known. */
  readonly errorsOf?: ((places: readonly number[]) => number | undefined) | undefined
}

/** Columns are judged on at most this many training rows, evenly spaced. */
const MOST_ROWS = 20_000
/** Columns that are told whether or not they are suspect. */
const STRONGEST = 3
/** Fewer rows without a twin say nothing of how often the model errs. */
const FEWEST_ERRORS = 30

/**
 * Signs that the model is told what it should predict: columns that know the label, alone or together, held-out rows that
 * were trained on, rows of one id on both sides, training rows younger than held-out ones. Each check says what it looked
 * at. Whether a column is known when the prediction is made, only the reader can say.
 */
export function searchLeaks(input: LeakInput): LeakSearch {
  const { checks, strongest } = columnChecks(input)
  return { checks: [...checks, overlapCheck(input), idCheck(input), timeCheck(input)], strongest }
}

/** What was found, beside what the data checks find. */
export function leakFindings({ checks }: LeakSearch): readonly QualityFinding[] {
  return checks.flatMap((check) =>
    check.status !== 'found'
      ? []
      : check.findings.map(({ rule, columns, sentence }) => ({
          rule,
          column: columns[0],
          severity: 'warn' as const,
          sentence,
        })),
  )
}

/** A candidate that goes on from a champion has learned what the champion has. */
export function withInherited(search: LeakSearch, doubt: string | undefined): LeakSearch {
  if (doubt === undefined) return search
  const sentence = `the candidate goes on from the champion, and it is not certain that the champion was not trained on held-out rows: ${doubt}`
  const findings = [{ rule: 'trained-on', columns: [], sentence }] as const
  const inherited: LeakCheck = { check: 'overlap', status: 'found', sentence, findings, open: 'always' }
  return { ...search, checks: [...search.checks, inherited] }
}

/** Beside what was looked for in the data: whether the score itself is too good to be true. */
export function withLevel({ checks, strongest }: LeakSearch, { status, sentence }: NearPerfect): LeakSearch {
  const findings = [{ rule: 'too-good', columns: [], sentence }] as const
  const level: LeakCheck =
    status === 'found' ? { check: 'level', status, sentence, findings } : { check: 'level', status, sentence }
  return { checks: [...checks, level], strongest }
}

function columnChecks(input: LeakInput): LeakSearch {
  const { table, task, columns } = input
  const label = findColumn(table, input.label)
  const features = columns.flatMap((name) => (name === input.label ? [] : (findColumn(table, name) ?? [])))
  const seen = thin(input.trainRows, MOST_ROWS)
  const looked =
    label === undefined
      ? { why: `the data has no column “${input.label}”` }
      : features.length === 0
        ? { why: 'there is no feature' }
        : leakTarget(label, task, seen)
  if ('why' in looked) {
    const sentence = `whether columns tell ${input.label} was not checked: ${looked.why}`
    const none = { status: 'not-looked', sentence } as const
    return {
      checks: [
        { check: 'columns', ...none },
        { check: 'groups', ...none },
      ],
      strongest: [],
    }
  }
  const { target, rows } = looked
  const scores = scoreColumns(features, rows, target)
  const strongest = scores.slice(0, STRONGEST).map(({ column, text, presence }) => ({ column, text, presence }))
  const all = count(input.trainRows.length, 'training row')
  const on = rows.length < input.trainRows.length ? `${rows.length.toLocaleString('en-US')} of ${all}` : all
  const gaps = features.filter((column) => rows.some((row) => isMissing(column, row))).length
  const presence = gaps === 0 ? 'none has gaps' : `${count(gaps, 'column')} with gaps also by their presence`
  const where = `looked at ${count(features.length, 'column')} one by one on ${on}, ${presence}`
  const told = scores.filter(isTelltale)
  const single: LeakCheck =
    told.length === 0
      ? {
          check: 'columns',
          status: 'clean',
          sentence: `no single column tells ${input.label} almost perfectly; the strongest: ${listOf(strongest)} (${where})`,
        }
      : {
          check: 'columns',
          status: 'found',
          sentence: `${count(told.length, 'column')} by ${told.length === 1 ? 'itself' : 'themselves'} ${told.length === 1 ? 'tells' : 'tell'} ${input.label} almost perfectly; the strongest: ${listOf(strongest)} (${where})`,
          findings: told.map((score) => telltale(score, input.label)),
        }
  return { checks: [single, groupCheck(input, { features, rows, on, scores })], strongest }

  function groupCheck(
    { label: name }: LeakInput,
    seenOn: {
      readonly features: readonly Column[]
      readonly rows: Uint32Array
      readonly on: string
      readonly scores: readonly ColumnScore[]
    },
  ): LeakCheck {
    // A class is told by any group with a column that tells it alone; a number may be a sum of two that nearly do.
    const suspects = new Set(task === 'regression' ? [] : told.map(({ column }) => column))
    const left = seenOn.scores.flatMap(({ column }) =>
      suspects.has(column) ? [] : seenOn.features.filter((feature) => feature.name === column),
    )
    const others = suspects.size === 0 ? '' : ' without those that do it alone'
    if (left.length < 2) {
      const sentence = `whether columns tell ${name} together was not checked: there is ${count(left.length, 'column')}${others}`
      return { check: 'groups', status: 'not-looked', sentence }
    }
    const { found, pairs, possible, tried } = searchGroups(left, seenOn.rows, target)
    const crossed = pairs === 0 ? '' : `${pairs.toLocaleString('en-US')} of ${count(possible, 'pair')} and `
    const what =
      task === 'regression'
        ? `sums and products of ${count(tried, 'number column')}`
        : `sets put together from ${count(tried, 'column')}`
    const looking = `looked at ${crossed}${what}${others} on ${seenOn.on}`
    if (found.length === 0)
      return {
        check: 'groups',
        status: 'clean',
        sentence: `no group of columns tells ${name} almost perfectly (${looking})`,
      }
    const sentence = `${count(found.length, 'group')} of columns ${found.length === 1 ? 'tells' : 'tell'} ${name} almost perfectly (${looking})`
    return { check: 'groups', status: 'found', sentence, findings: found.map((group) => together(group, name)) }
  }
}

const KNOWN = 'known when the prediction is made? If not, add'

function telltale({ column, text, presence }: ColumnScore, label: string): LeakFinding {
  const who = presence ? `whether “${column}” is missing` : `“${column}” alone`
  return {
    rule: 'telltale-column',
    columns: [column],
    sentence: `${who} predicts ${label} almost perfectly (${text}); is it ${KNOWN} it to data.ignore`,
  }
}

const GROUP_VERBS = {
  together: 'together predict',
  sum: 'together make up',
  product: 'multiplied or divided make up',
} as const

function together({ columns, how, text }: GroupScore, label: string): LeakFinding {
  const names = columns.map((name) => `“${name}”`)
  const listed = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  const almost = how === 'together' ? ' almost perfectly' : ''
  return {
    rule: 'telltale-group',
    columns,
    sentence: `${listed} ${GROUP_VERBS[how]} ${label}${almost} (${text}); are they ${KNOWN} them to data.ignore`,
  }
}

const listOf = (strongest: LeakSearch['strongest']): string =>
  strongest
    .map(({ column, text, presence }) => `${column}${presence ? ' by its presence' : ''} (${text || 'tells nothing'})`)
    .join(', ')

function overlapCheck(input: LeakInput): LeakCheck {
  const holdout = { table: input.holdoutTable ?? input.table, rows: heldOut(input) }
  const features = input.columns.filter((name) => name !== input.label)
  const overlap = overlapOf({ table: input.table, rows: input.trainRows }, holdout, features, input.label)
  if (overlap === undefined) {
    const sentence =
      'whether held-out rows were trained on was not checked: the held-out files lack a feature or the label'
    return { check: 'overlap', status: 'not-looked', sentence }
  }
  const { same, rows } = overlap
  const share = rows === 0 ? 0 : same / rows
  const answer = trainedOn(overlap, errorsWithoutTwin(overlap, input))
  const of = `${count(same, 'held-out row')} of ${rows.toLocaleString('en-US')}`
  if (answer === 'few') {
    const seen = same === 0 ? `none of ${count(rows, 'held-out row')} has` : `only ${of} ${same === 1 ? 'has' : 'have'}`
    return { check: 'overlap', status: 'clean', sentence: `${seen} the features and the label of a training row` }
  }
  const told = `${of} (${formatPercent(share)}) are also among the training rows, with the same features and label`
  const within = `${formatPercent(overlap.within)} of the training rows have such a twin among each other`
  if (answer === 'chance') {
    const sentence = `${of} (${formatPercent(share)}) have the features and the label of a training row, no more than training rows among each other (${formatPercent(overlap.within)}): the table has few values`
    return { check: 'overlap', status: 'clean', sentence }
  }
  const sentence = `${told}, and ${
    {
      some: `${within}; the holdout flatters a model that memorises`,
      'more-than-chance': `only ${within}: the holdout was trained on, and proves nothing. Hold out rows that are in no training file`,
      'never-disagree': `twins never disagree about ${input.label}: they are copies, and the holdout proves nothing. Leave out the copies, or name in data.id what they share`,
    }[answer]
  }`
  const finding: LeakFinding = { rule: 'trained-on', columns: [], sentence }
  const open = ({ some: undefined, 'more-than-chance': 'always', 'never-disagree': 'unless-expected' } as const)[answer]
  return { check: 'overlap', status: 'found', sentence, findings: [finding], open }
}

/** How often a model errs at the least on rows that it has not seen. */
function errorsWithoutTwin({ twins }: Overlap, input: LeakInput): number {
  // Numbers of like rows are hardly ever the same by chance.
  if (input.task === 'regression') return 1 / 2
  const alone = [...twins.keys()].filter((place) => twins[place] === 0)
  const seen = alone.length < FEWEST_ERRORS ? undefined : input.errorsOf?.(alone)
  // Where every row has a twin, a tenth of what the most frequent class gets wrong.
  return seen ?? (1 - largestShare(findColumn(input.table, input.label), input.trainRows)) / 10
}

function largestShare(label: Column | undefined, rows: Uint32Array): number {
  if (label === undefined || rows.length === 0) return 1
  const sizes = new Map<number, number>()
  for (const row of rows) {
    const value = (label.kind === 'category' ? label.codes[row] : label.values[row]) as number
    sizes.set(value, (sizes.get(value) ?? 0) + 1)
  }
  return Math.max(...sizes.values()) / rows.length
}

function idCheck(input: LeakInput): LeakCheck {
  const { id } = input
  if (id === undefined) {
    const maybe = input.maybe?.id ?? []
    const hint = maybe.length === 0 ? '' : `; ${oneOf(maybe, 'data.id')}`
    const sentence = `no id column: whether rows of one thing are on both sides of the split was not checked${hint}`
    return { check: 'ids', status: 'not-looked', sentence, maybe }
  }
  const before = findColumn(input.table, id)
  const after = findColumn(input.holdoutTable ?? input.table, id)
  if (before === undefined || after === undefined) {
    const sentence = `whether rows of one ${id} are on both sides of the split was not checked: the ${before ? 'held-out files have' : 'data has'} no column “${id}”`
    return { check: 'ids', status: 'not-looked', sentence }
  }
  const trained = new Set(idsOf(before, input.trainRows))
  const held = new Set(idsOf(after, heldOut(input)))
  const shared = [...held].filter((one) => trained.has(one)).length
  const of = `${shared.toLocaleString('en-US')} of ${count(held.size, `held-out ${id}`)}`
  if (shared === 0) {
    const sentence = `no held-out ${id} of ${held.size.toLocaleString('en-US')} is among the training rows`
    return { check: 'ids', status: 'clean', sentence }
  }
  const sentence = `${of} (${formatPercent(shared / held.size)}) also have training rows; what the model remembers of them flatters it`
  if (timeCheck(input).status === 'clean') {
    const older = `${of} also have training rows, all of them older than the held-out ones`
    return { check: 'ids', status: 'clean', sentence: older }
  }
  return { check: 'ids', status: 'found', sentence, findings: [{ rule: 'ids-across-split', columns: [id], sentence }] }
}

function idsOf(column: Column, rows: Uint32Array): readonly (string | number)[] {
  return [...rows].flatMap((row): (string | number)[] =>
    isMissing(column, row)
      ? []
      : [
          column.kind === 'category'
            ? (column.dictionary[column.codes[row] as number] as string)
            : (column.values[row] as number),
        ],
  )
}

function timeCheck(input: LeakInput): LeakCheck {
  const name = input.time
  if (name === undefined) {
    const maybe = input.maybe?.time ?? []
    const hint = maybe.length === 0 ? '' : `; ${oneOf(maybe, 'data.time')}`
    return {
      check: 'time',
      status: 'not-looked',
      sentence: `no time column: the order of time was not checked${hint}`,
      maybe,
    }
  }
  const before = findColumn(input.table, name)
  const after = findColumn(input.holdoutTable ?? input.table, name)
  if (before?.kind !== 'time' || after?.kind !== 'time') {
    const sentence = `the order of time was not checked: ${name} holds no times in the ${before?.kind === 'time' ? 'held-out files' : 'data'}`
    return { check: 'time', status: 'not-looked', sentence }
  }
  const rows = heldOut(input)
  let newest = -Infinity
  // Comparisons with a missing time are false.
  for (const row of input.trainRows) if ((before.values[row] as number) > newest) newest = before.values[row] as number
  let violations = 0
  for (const row of rows) if ((after.values[row] as number) < newest) violations++
  if (violations === 0) {
    const sentence = `none of ${count(rows.length, 'held-out row')} is older than the newest training row by ${name}`
    return { check: 'time', status: 'clean', sentence }
  }
  const share = formatPercent(violations / rows.length)
  const sentence = `${count(violations, 'held-out row')} of ${rows.length.toLocaleString('en-US')} (${share}) are older than the newest training row by ${name}; the model was trained on the future of what it is tested on`
  return { check: 'time', status: 'found', sentence, findings: [{ rule: 'time-order', columns: [name], sentence }] }
}

/** `“signup_date” may be one (data.time)`. */
function oneOf(columns: readonly string[], setting: string): string {
  const names = columns.slice(0, 3).map((name) => `“${name}”`)
  const last = names.pop() as string
  return `${names.length === 0 ? last : `${names.join(', ')} or ${last}`} may be one (${setting})`
}

function heldOut({ holdoutTable, holdoutRows }: LeakInput): Uint32Array {
  return holdoutTable === undefined ? holdoutRows : Uint32Array.from({ length: holdoutTable.rows }, (_, row) => row)
}

/** At most `most` of the rows, evenly spaced. */
function thin(rows: Uint32Array, most: number): Uint32Array {
  if (rows.length <= most) return rows
  return Uint32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)] as number)
}
