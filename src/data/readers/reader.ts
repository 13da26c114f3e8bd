import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileHandle } from 'node:fs/promises'
import type { DataConfig } from '../../config/schema.ts'
import { RefitError } from '../../core/error.ts'
import { CHECKOUT, refusePointer } from '../../core/lfs.ts'
import type { Cursor, Sink } from './sink.ts'
import type { TimePlan } from './time-format.ts'

/** Rows whose cells are looked at before the types are decided. */
export const SAMPLE_ROWS = 500

/** What a look at the beginning of a file shows. */
export interface Peek {
  /** Names in the file's order, in Unicode's composed form (NFC): what looks alike is alike. */
  readonly columns: readonly string[]
  /** Cells of the first rows by column, as JSON or Parquet hold them or as text. */
  readonly sample: ReadonlyMap<string, readonly unknown[]>
  /** Columns with lists or records in them: they are left out. */
  readonly nested: readonly string[]
}

/** Rows that could not be read, by reason, with the line of the first. */
export interface SkippedRows {
  readonly reason: string
  readonly rows: number
  readonly line: number
}

/** The reason of rows that are the header once more: whatever their number, somebody should know. */
export const REPEATED_HEADER = 'the header again'

export interface FileReader {
  peek(): Promise<Peek>
  /**
   * Reads the whole file once, part by part. `sinkOf` names the sink of a column (undefined: not wanted) and may be
   * asked for columns that the peek did not see. Yields how many rows the sinks have got since the last time,
   * and says in `cursor.first` which row of the file the first of them is, where parts of it are left out.
   */
  read(sinkOf: (column: string) => Sink | undefined, cursor: Cursor): AsyncGenerator<number, readonly SkippedRows[]>
  /** Names the content where it is no file of the repository. */
  digest?(): Promise<{ readonly sha256: string; readonly bytes: number }>
}

export interface ReaderOptions {
  /** Relative to `root`; what messages show. */
  readonly path: string
  readonly root: string
  readonly delimiter?: string | undefined
  /** Where the file lies when it is none of the repository. */
  readonly location?: string | undefined
  /** Parts of the file that this time column shows to be no newer than `after` need not be read. */
  readonly time?: string | undefined
  readonly after?: number | undefined
  /** What the cells of that column mean, where it is known. */
  readonly times?: TimePlan | undefined
}

type Format = Exclude<DataConfig['format'], 'auto'>

const SPREADSHEETS: ReadonlySet<string> = new Set(['xlsx', 'xlsm', 'xls', 'ods', 'numbers'])

/** The format of a file: as configured, or by its name. */
export function formatOf(path: string, configured: DataConfig['format']): Format {
  if (configured !== 'auto') return configured
  const extension = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase()
  if (extension === 'parquet' || extension === 'pq') return 'parquet'
  if (extension === 'jsonl' || extension === 'ndjson' || extension === 'json') return 'jsonl'
  if (extension === 'csv' || extension === 'tsv' || extension === 'txt' || extension === 'data') return 'csv'
  if (extension !== undefined && SPREADSHEETS.has(extension))
    throw new RefitError('data', `${path} is a spreadsheet, which Refit does not read`, {
      place: { file: path },
      hint: 'Save it as CSV in UTF-8.',
    })
  throw new RefitError('data', `cannot tell the format of ${path} from its name`, {
    place: { file: path },
    hint: 'Set data.format to csv, jsonl or parquet.',
  })
}

/** Opens a file for reading; its absence, a lack of rights, or a pointer of Git LFS in its place is a sentence. */
export async function openFile(options: ReaderOptions): Promise<FileHandle> {
  const place = { file: options.path }
  let handle: FileHandle
  try {
    handle = await open(options.location ?? join(options.root, options.path), 'r')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new RefitError('data', `cannot open ${options.path} (${code})`, { place, cause })
  }
  try {
    refusePointer('data', await firstBytes(handle), place, options.location === undefined ? CHECKOUT : FETCHED)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

const FETCHED =
  'That is what was fetched: ask for the file itself, at GitHub below https://media.githubusercontent.com/media/.'

/** Enough to know a format, or a file that is none of the data. */
const PROBED_BYTES = 512

export async function firstBytes(handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(PROBED_BYTES)
  const { bytesRead } = await handle.read(buffer, 0, PROBED_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

/** Names must be different: two columns of one name cannot be told apart. JSON keeps no member of the name `__proto__`. */
export function checkNames(names: readonly string[], file: string): void {
  if (names.includes('__proto__')) {
    throw new RefitError('data', `a column of ${file} is named "__proto__", which no JSON file of a model can hold`, {
      place: { file, line: 1 },
      hint: 'Give it another name.',
    })
  }
  const seen = new Set<string>()
  const repeated = new Set(names.filter((name) => seen.size === seen.add(name).size))
  if (repeated.size === 0) return
  const list = [...repeated].map((name) => `"${name}"`).join(', ')
  const one = repeated.size === 1
  throw new RefitError('data', `the header has ${one ? 'a name' : 'names'} more than once: ${list}`, {
    place: { file, line: 1 },
    hint: 'Give every column a name of its own.',
  })
}
