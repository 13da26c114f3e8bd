import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileHandle } from 'node:fs/promises'
import type { DataConfig } from '../../config/schema.ts'
import { RefitError } from '../../core/error.ts'
import type { Cursor, Sink } from './sink.ts'
import type { TimePlan } from './time-format.ts'

/** Rows whose cells are looked at before the types are decided. */
export const SAMPLE_ROWS = 500

/** What a look at the beginning of a file shows. */
export interface Peek {
  /** Names in the file's order. */
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

/** The format of a file: as configured, or by its name. */
export function formatOf(path: string, configured: DataConfig['format']): Format {
  if (configured !== 'auto') return configured
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase()
  if (extension === 'parquet' || extension === 'pq') return 'parquet'
  if (extension === 'jsonl' || extension === 'ndjson' || extension === 'json') return 'jsonl'
  if (extension === 'csv' || extension === 'tsv' || extension === 'txt' || extension === 'data') return 'csv'
  throw new RefitError('data', `cannot tell the format of ${path} from its name`, {
    place: { file: path },
    hint: 'Set data.format to csv, jsonl or parquet.',
  })
}

/** Opens a file for reading; its absence or a lack of rights is a sentence. */
export async function openFile(options: ReaderOptions): Promise<FileHandle> {
  try {
    return await open(options.location ?? join(options.root, options.path), 'r')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new RefitError('data', `cannot open ${options.path} (${code})`, { place: { file: options.path }, cause })
  }
}

/** Names must be there and different: two columns of one name cannot be told apart. */
export function checkNames(names: readonly string[], file: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) {
      throw new RefitError('data', `column "${name}" appears twice in the header`, {
        place: { file, line: 1 },
        hint: 'Rename one of the two.',
      })
    }
    seen.add(name)
  }
}
