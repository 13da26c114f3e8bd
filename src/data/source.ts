import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataConfig, PostgresConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { memberOf } from '../core/json.ts'
import { didYouMean } from '../core/suggest.ts'
import { hashFile, resolveFiles } from './files.ts'
import { type ColumnPlan, planColumn } from './infer.ts'
import { addressesIn } from './addresses.ts'
import type { FetchedFile } from './fetched.ts'
import { openReader } from './readers/open-reader.ts'
import type { NumberStyle } from './readers/number-text.ts'
import { partitionsOf } from './readers/partitions.ts'
import type { FileReader, Peek } from './readers/reader.ts'
import { ISO_ONLY, timeOfValue, type TimeFormat, type TimePlan } from './readers/time-format.ts'
import { timeOfText } from './readers/time-text.ts'
import { stableFile } from './stable-file.ts'
import type { ColumnKind } from './table.ts'

export interface SourcePart {
  readonly path: string
  readonly reader: FileReader
  readonly peek: Peek
}

/** The files of a model's data, opened: which columns they have and what their first rows look like. */
export interface Source {
  readonly parts: readonly SourcePart[]
  /** Every column of every file, in the order of first appearance, without nested ones. */
  readonly columns: readonly string[]
  readonly nested: readonly string[]
  readonly missing: ReadonlySet<string>
}

/** A value of `data.watermark`: a number, or a text that is compared by its characters. */
export type Mark = number | string

/** Whether a value of the watermark column is above the mark. Marks of times were once numbers, in epoch milliseconds. */
export function isAbove(value: string, mark: Mark): boolean {
  if (typeof mark === 'string') return value > mark
  const number = Number(value)
  return (Number.isNaN(number) ? timeOfText(value) : number) > mark
}

/** How the columns of a version are read, whatever new data look like: what its training found. By column. */
export interface Readings {
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined
  /** How numbers are written. Without one, as the data show it. */
  readonly styles?: Readonly<Record<string, NumberStyle>> | undefined
  /** What the bare numbers of the time column are; a configured format counts more. Without one, as the data show it. */
  readonly timeFormat?: TimeFormat | undefined
}

export interface SourceOptions extends Readings {
  /** Globs that replace `data.source`: the files of a holdout. */
  readonly files?: readonly string[] | undefined
  /** Globs of files to leave out although `data.source` names them: the files of a holdout, when training. */
  readonly exclude?: readonly string[] | undefined
  /**
   * Only rows after this time (epoch milliseconds) matter. A source may leave out what it knows to be older (files,
   * partitions, row groups, rows of a database); the caller still has to look at every row it gets.
   */
  readonly after?: number | undefined
  /** Only rows above this value of `data.watermark` matter, in the same way. */
  readonly above?: Mark | undefined
  /** Files whose rows have all been seen, by path: the same bytes are not read again. */
  readonly seen?: ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }> | undefined
  /** The run's clock, epoch milliseconds: rows that lie in its future are told of and left out. Without it there is no future. */
  readonly now?: number | undefined
  /** Databases only: no more than the newest so many rows that have a label. */
  readonly newestLabelled?: number | undefined
  /** Told of every file that holds nothing new for certain and is not read: a partition that is too old, known bytes. */
  readonly onSkipped?: ((path: string, why: 'old' | 'known') => void) | undefined
}

export async function openSource(data: DataConfig, root: string, options: SourceOptions = {}): Promise<Source> {
  if (data.postgres !== undefined && options.files === undefined) return openDatabase(data, data.postgres, options)
  const found = await findFiles(data, root, options)
  if (found.length === 0) {
    throw new RefitError('data', 'every file of data.source is held out', {
      hint: 'Name other files in evaluate.holdout.files.',
    })
  }
  const files: FoundFile[] = []
  for (const file of found) if (!(await isSeen(file, root, data, options))) files.push(file)
  const parts: SourcePart[] = []
  const columns = new Set<string>()
  const nested = new Set<string>()
  for (const { path, location } of files) {
    const opened = openReader(path, root, data, { location, after: options.after, times: knownTimes(data, options) })
    const own = location === undefined ? opened : { ...opened, digest: () => hashFile(location) }
    const reader = await stableFile(own, path, location ?? join(root, path))
    const peek = await reader.peek()
    parts.push({ path, reader, peek })
    for (const column of peek.columns) columns.add(column)
    for (const column of peek.nested) nested.add(column)
  }
  for (const column of nested) columns.delete(column)
  return { parts, columns: [...columns], nested: [...nested], missing: missingTexts(data) }
}

interface FoundFile {
  readonly path: string
  /** Set for what was fetched: it lies outside of the repository. */
  readonly location?: string | undefined
}

async function findFiles(data: DataConfig, root: string, options: SourceOptions): Promise<readonly FoundFile[]> {
  const { urls, globs } = addressesIn(options.files ?? data.source)
  const excluded = new Set(options.exclude === undefined ? [] : await resolveFiles(options.exclude, root))
  const paths = globs.length === 0 ? [] : await resolveFiles(globs, root)
  const found: FoundFile[] = paths.filter((path) => !excluded.has(path)).map((path) => ({ path }))
  if (urls.length === 0 && (data.command === undefined || options.files !== undefined)) return found
  const { download, runCommand } = await import('./fetched.ts')
  for (const url of urls) found.push(pathOf(await download(url, data)))
  if (data.command !== undefined && options.files === undefined)
    found.push(pathOf(await runCommand(data.command, root, data)))
  return found
}

const pathOf = ({ label, location }: FetchedFile): FoundFile => ({ path: label, location })

/** Whether a file holds nothing new for certain: its partition is too old, or its bytes are those of a file that was read before. */
async function isSeen(
  { path, location }: FoundFile,
  root: string,
  data: DataConfig,
  options: SourceOptions,
): Promise<boolean> {
  const { after, above, seen } = options
  if (above !== undefined && data.watermark !== undefined) {
    const value = partitionsOf(path).get(data.watermark)
    if (typeof value === 'string' && !isAbove(value, above)) {
      options.onSkipped?.(path, 'old')
      return true
    }
  }
  if (after !== undefined && data.time !== undefined) {
    const time = timeOfValue(partitionsOf(path).get(data.time) ?? '', knownTimes(data, options) ?? ISO_ONLY)
    if (time <= after) {
      options.onSkipped?.(path, 'old')
      return true
    }
  }
  const before = seen?.get(path)
  if (before === undefined) return false
  const file = location ?? join(root, path)
  const { size } = await stat(file)
  const known = size === before.bytes && (await hashFile(file)).sha256 === before.sha256
  if (known) options.onSkipped?.(path, 'known')
  return known
}

/** A table or query of a database is one part, read like a file. */
async function openDatabase(data: DataConfig, postgres: PostgresConfig, options: SourceOptions): Promise<Source> {
  const [{ sqlReader }, { label }] = await Promise.all([import('./sql/reader.ts'), import('./sql/relation.ts')])
  const reader = sqlReader(postgres, data, options)
  const peek = await reader.peek()
  const parts = [{ path: label(postgres), reader, peek }]
  return { parts, columns: peek.columns, nested: [], missing: missingTexts(data) }
}

/** The texts that mean "missing"; an empty cell always does. */
export function missingTexts(data: Pick<DataConfig, 'missing'>): ReadonlySet<string> {
  return new Set(['', ...data.missing.only.map((text) => text.trim())])
}

/** What the cells of the time column mean, where that is known before any is read. */
function knownTimes(data: DataConfig, { timeFormat }: Readings): TimePlan | undefined {
  const configured = data['time-format']
  if (configured !== 'auto') return { format: configured, given: true }
  return timeFormat && { format: timeFormat, given: false }
}

/** The cells of a column in the first rows of every file. */
export const samplesOf = (source: Source, column: string): unknown[] =>
  source.parts.flatMap((part) => part.peek.sample.get(column) ?? [])

/**
 * How a column is read: as the configuration says, as it was read before, or else as the first rows of all files that have
 * it show.
 */
export function planOf(source: Source, column: string, data: DataConfig, readings: Readings): ColumnPlan {
  const plan = planColumn(samplesOf(source, column), {
    missing: source.missing,
    decimal: data.decimal,
    kind: memberOf(readings.kinds, column),
    // What a person has said about the mark counts more than what was found once.
    style: data.decimal === undefined ? memberOf(readings.styles, column) : undefined,
    times: column === data.time ? (knownTimes(data, readings) ?? 'find') : undefined,
  })
  // Marks are compared as numbers or by their characters, and a time is neither.
  return column === data.watermark && plan.kind === 'time' ? { ...plan, kind: 'category', fixed: true } : plan
}

/** Throws a RefitError('data') with a suggestion where a column that the configuration names is in no file. */
export function requireColumns(source: Source, data: DataConfig, requireLabel: boolean): void {
  if (source.columns.length === 0 && source.nested.length === 0) {
    const [first, ...more] = source.parts.map((part) => part.path)
    const sentence = more.length === 0 ? `${first} is empty` : `all ${source.parts.length} files are empty`
    throw new RefitError('data', sentence, { place: { file: first ?? '' } })
  }
  const wanted: readonly (readonly [string, string | undefined])[] = [
    ['label', requireLabel ? data.label : undefined],
    ['time', data.time],
    ['id', data.id],
    ['weight', data.weight],
    ...data.include.map((name) => ['include', name] as const),
  ]
  for (const [role, name] of wanted) {
    if (name === undefined || source.columns.includes(name)) continue
    const alike = source.columns.find((column) => column.normalize('NFC') === name)
    if (alike !== undefined) throw decomposed(alike, source)
    const nested = source.nested.includes(name)
    const sentence = nested
      ? `the ${role} column "${name}" holds lists or records`
      : `no column is named "${name}" (data.${role})${didYouMean(name, source.columns)}`
    throw new RefitError('data', sentence, {
      place: { file: source.parts[0]?.path ?? '', line: 1 },
      hint: nested ? 'Refit reads plain values only.' : `The columns are ${source.columns.slice(0, 20).join(', ')}.`,
    })
  }
}

/** Only a database gives its names as they are: it would not find them by others. */
function decomposed(name: string, source: Source): RefitError {
  return new RefitError(
    'data',
    `the column "${name}" is written in Unicode’s decomposed form: its marks are characters of their own`,
    {
      place: { file: source.parts[0]?.path ?? '' },
      hint: 'Rename the column, or give it its name in data.postgres.query: SELECT … AS ….',
    },
  )
}

/** Size and sha256 of every file of a source. */
export async function hashSource(
  source: Source,
  root: string,
): Promise<{ readonly path: string; readonly bytes: number; readonly sha256: string }[]> {
  const files = []
  for (const { path, reader } of source.parts)
    files.push({ path, ...(await (reader.digest?.() ?? hashFile(join(root, path)))) })
  return files
}
