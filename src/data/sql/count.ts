import type { DataConfig, PostgresConfig } from '../../config/schema.ts'
import type { CounterOptions } from '../profile-count.ts'
import type { ColumnCounts, ColumnProfile, NumberProfile, Profile, ProfileCounts } from '../types.ts'
import { missingTexts } from '../source.ts'
import { type Database, withDatabase } from './connect.ts'
import { categoryValue, numberValue, type Parameters, parameters } from './expressions.ts'
import { newer } from './reader.ts'
import { identifier, kindOf, relation, type SqlKind } from './relation.ts'

/** Columns that one statement counts: more would make rows of the intermediate table needlessly wide. */
const COLUMNS = 24
const EXAMPLES = 5
const MISSING = -1
const UNSEEN = -2

/**
 * New rows counted on a profile's frozen bins *in* the database: what crosses the network is one row a bin. Gives what
 * `createCounter` gives of the same rows; undefined where a column's type in the database cannot be read as the
 * profile's kind by SQL (times written as text), so that the rows have to be read.
 */
export async function countInDatabase(
  profile: Profile,
  data: DataConfig,
  postgres: PostgresConfig,
  options: CounterOptions & { readonly after: number | undefined },
): Promise<ProfileCounts | undefined> {
  return withDatabase(postgres, async (database) => {
    const header = await database.ask(`SELECT * FROM ${relation(postgres)} LIMIT 0`)
    const kinds = new Map(header.names.map((name, i) => [name, kindOf(header.types[i] as number)]))
    const profiles = [...profile.columns, ...(profile.label === undefined ? [] : [profile.label])]
    if (profiles.some((column) => !pushable(column, kinds.get(column.name)))) return undefined
    const { condition, values } = newer(data, header, options.after)
    if (options.after !== undefined && condition === 'TRUE') return undefined
    const where = { from: relation(postgres), condition, values, missing: [...missingTexts(data)] }
    const total = await countRows(database, where, kinds, options.label)
    const counted: ColumnCounts[] = []
    for (let i = 0; i < profiles.length; i += COLUMNS) {
      const part = profiles.slice(i, i + COLUMNS)
      counted.push(...(await countColumns(database, where, part, kinds, total.rows)))
    }
    const expected = new Set([...profile.columns.map((column) => column.name), ...(options.known ?? [])])
    if (options.label !== undefined) expected.add(options.label)
    const label = profile.label === undefined ? undefined : counted.at(-1)
    return {
      ...total,
      columns: counted.slice(0, profile.columns.length),
      ...(label && { label }),
      vanished: total.rows === 0 ? [] : profile.columns.map(({ name }) => name).filter((name) => !kinds.has(name)),
      added: header.names.filter((name) => !expected.has(name)),
    }
  })
}

interface Where {
  readonly from: string
  readonly condition: string
  readonly values: readonly unknown[]
  /** Texts that mean "missing". */
  readonly missing: readonly string[]
}

function pushable(column: ColumnProfile, kind: SqlKind | undefined): boolean {
  if (kind === undefined || column.kind === 'category') return true
  return column.kind === 'number' ? kind !== 'time' : kind === 'time'
}

async function countRows(
  database: Database,
  where: Where,
  kinds: ReadonlyMap<string, SqlKind>,
  label: string | undefined,
): Promise<{ readonly rows: number; readonly labelled: number }> {
  const use = parameters(where.values)
  const kind = label === undefined ? undefined : kinds.get(label)
  // Whatever the label's type: what is missing as a text is missing as a number.
  const labelled =
    label === undefined
      ? 'count(*)'
      : kind === undefined
        ? '0'
        : `count(${categoryValue(identifier(label), kind, where.missing, use)})`
  const sql = `SELECT count(*)::text, ${labelled}::text FROM ${where.from} WHERE ${where.condition}`
  const [row] = (await database.ask(sql, use.values)).rows
  return { rows: Number(row?.[0]), labelled: Number(row?.[1]) }
}

/** One pass over the rows for all the columns: each is turned into its bin, and the bins are counted column by column. */
async function countColumns(
  database: Database,
  where: Where,
  profiles: readonly ColumnProfile[],
  kinds: ReadonlyMap<string, SqlKind>,
  rows: number,
): Promise<ColumnCounts[]> {
  const use = parameters(where.values)
  const inner = profiles.map((column, i) => `${valueOf(column, kinds, where, use)} AS v${i}`)
  const bins = profiles.map((column, i) => `${binOf(column, `v${i}`, use)} AS b${i}`)
  const numbers = profiles.flatMap((column, i) =>
    column.kind === 'category' ? [] : moments(column, `v${i}`, use).map((sql, m) => `${sql} AS m${i}_${m}`),
  )
  const base = `SELECT ${inner.join(', ')} FROM ${where.from} WHERE ${where.condition}`
  const sets = profiles.map((_, i) => `(b${i})`)
  const sums = numbers.map((_, n) => `sum(s${n})::text`)
  const extra = numbers.map((sql, n) => `${sql.replace(/ AS .*$/, '')} AS s${n}`)
  const sql = `SELECT ${profiles.map((_, i) => `b${i}`).join(', ')}, count(*)::text${sums.map((sum) => `, ${sum}`).join('')}
FROM (SELECT ${[...bins, ...extra].join(', ')} FROM (${base}) AS refit_values) AS refit_bins
GROUP BY GROUPING SETS (${[...sets, '()'].join(', ')})`
  const answer = await database.ask(sql, use.values)
  const width = profiles.length
  const tallies = profiles.map((column) => new Float64Array(binsOf(column)))
  const missing = new Float64Array(width)
  const unseen = new Float64Array(width)
  let totals: readonly (string | null)[] = []
  for (const row of answer.rows) {
    const i = row.findIndex((cell, at) => at < width && cell !== null)
    if (i < 0) {
      totals = row.slice(width + 1)
      continue
    }
    const bin = Number(row[i])
    const count = Number(row[width])
    if (bin === MISSING) missing[i] = count
    else if (bin === UNSEEN) unseen[i] = count
    else (tallies[i] as Float64Array)[bin] = count
  }
  const counts: ColumnCounts[] = []
  let at = 0
  for (const [i, column] of profiles.entries()) {
    const plain = { name: column.name, rows, missing: missing[i] as number, counts: tallies[i] as Float64Array }
    if (column.kind === 'category') {
      const examples = (unseen[i] as number) > 0 ? await unseenExamples(database, where, column, kinds) : []
      counts.push({ ...plain, unseen: unseen[i] as number, unseenExamples: examples, mean: Number.NaN })
      continue
    }
    const [sum, below, above] = [0, 1, 2].map((m) => Number(totals[at + m] ?? 0)) as [number, number, number]
    at += 3
    const present = rows - plain.missing
    const mean = present > 0 ? sum / present : Number.NaN
    counts.push({ ...plain, unseen: 0, unseenExamples: [], mean, below, above })
  }
  return counts
}

const binsOf = (column: ColumnProfile): number =>
  column.kind === 'category' ? column.categories.length : column.edges.length + 1

function valueOf(column: ColumnProfile, kinds: ReadonlyMap<string, SqlKind>, where: Where, use: Parameters): string {
  const kind = kinds.get(column.name)
  if (column.kind === 'category')
    return kind === undefined ? 'NULL::text' : categoryValue(identifier(column.name), kind, where.missing, use)
  return kind === undefined ? 'NULL::float8' : numberValue(identifier(column.name), kind, where.missing, use)
}

/**
 * A number's bin is the count of edges below it. `width_bucket` counts the thresholds at or below its operand, so both
 * are mirrored: edges ≥ x are thresholds −edge ≤ −x, and what is left of all edges lies below x.
 */
function binOf(column: ColumnProfile, value: string, use: Parameters): string {
  if (column.kind === 'category') {
    const position = `array_position(${use.add(column.categories, 'text[]')}, ${value}) - 1`
    return `CASE WHEN ${value} IS NULL THEN ${MISSING} ELSE coalesce(${position}, ${UNSEEN}) END`
  }
  const bin =
    column.edges.length === 0
      ? '0'
      : `${column.edges.length} - width_bucket(-${value}, ${use.add(
          column.edges.toReversed().map((edge) => -edge),
          'float8[]',
        )})`
  return `CASE WHEN ${value} IS NULL THEN ${MISSING} ELSE ${bin} END`
}

/** The value, and how far it lies below the first and above the last edge. */
function moments(column: NumberProfile, value: string, use: Parameters): string[] {
  const [first, last] = [column.edges[0], column.edges.at(-1)]
  if (first === undefined || last === undefined) return [value, '0::float8', '0::float8']
  return [
    value,
    `CASE WHEN ${value} < ${use.add(first, 'float8')} THEN ${use.add(first, 'float8')} - ${value} ELSE 0 END`,
    `CASE WHEN ${value} > ${use.add(last, 'float8')} THEN ${value} - ${use.add(last, 'float8')} ELSE 0 END`,
  ]
}

async function unseenExamples(
  database: Database,
  where: Where,
  column: Extract<ColumnProfile, { readonly kind: 'category' }>,
  kinds: ReadonlyMap<string, SqlKind>,
): Promise<readonly string[]> {
  const use = parameters(where.values)
  const value = valueOf(column, kinds, where, use)
  const sql = `SELECT v FROM (SELECT ${value} AS v FROM ${where.from} WHERE ${where.condition}) AS refit_values
WHERE v IS NOT NULL AND v <> ALL(${use.add(column.categories, 'text[]')}) GROUP BY v ORDER BY count(*) DESC, v COLLATE "C" LIMIT ${EXAMPLES}`
  return (await database.ask(sql, use.values)).rows.map((row) => row[0] as string)
}
