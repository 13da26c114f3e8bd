import type { DataConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { ColumnKind, Table } from './table.ts'
import type { LoadedData } from './types.ts'

export interface ReadTableOptions {
  /** Read only these columns (the label, time, id and weight columns are always read). Default: all. */
  readonly columns?: readonly string[] | undefined
  readonly log: Log
  /** Whether rows without a label are dropped (and a missing label column is an error). Default: true. */
  readonly requireLabel?: boolean | undefined
  /** Globs that replace `data.source`: the files of a holdout. */
  readonly files?: readonly string[] | undefined
  /** Fixes the types of columns, so that new data gets the types the champion was trained with. */
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined
}

export interface ReadBatchesOptions {
  /** Read only these columns, in this order. Default: all of the first file. */
  readonly columns?: readonly string[] | undefined
  /** Fixes the types of columns (from a saved profile); the others are inferred from the first batch. */
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined
  /** Globs that replace `data.source`. */
  readonly files?: readonly string[] | undefined
}

export interface Batch {
  /** Dictionaries of category columns grow from batch to batch: a code means the same category in all of them. */
  readonly table: Table
  /** Relative to the root. */
  readonly file: string
  /** Number of this batch's first row within its file, counted from 0. */
  readonly firstRow: number
}

export function readTable(_data: DataConfig, _root: string, _options: ReadTableOptions): Promise<LoadedData> {
  return Promise.reject(new RefitError('data', 'reading tables is being built'))
}

export function readBatches(_data: DataConfig, _root: string, _options: ReadBatchesOptions): AsyncIterable<Batch> {
  throw new RefitError('data', 'reading batches is being built')
}
