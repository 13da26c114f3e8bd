import type { DataConfig } from '../config/schema.ts'
import type { Batch, ReadBatchesOptions } from './batches.ts'
import { readBatches, readTable, type ReadTableOptions } from './read.ts'
import { sourceFingerprint } from './source-fingerprint.ts'
import type { LoadedData } from './types.ts'

/** How commands get at a model's data: from its sources as they are now, or, in a backtest, as they were on a day. */
export interface DataAccess {
  readTable(data: DataConfig, root: string, options: ReadTableOptions): Promise<LoadedData>
  readBatches(data: DataConfig, root: string, options?: ReadBatchesOptions): AsyncGenerator<Batch, void>
  /** Names what is there without parsing it: equal data, equal fingerprint. */
  fingerprint(data: DataConfig, root: string, heldOut: readonly string[]): Promise<string>
}

export const sources: DataAccess = { readTable, readBatches, fingerprint: sourceFingerprint }
