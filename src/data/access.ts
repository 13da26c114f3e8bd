import type { DataConfig } from '../config/schema.ts'
import type { Batch, ReadBatchesOptions } from './batches.ts'
import { readBatches, readTable, type ReadTableOptions } from './read.ts'
import type { Mark, Readings } from './source.ts'
import type { DataSchema } from './schema/types.ts'
import type { CountedRows } from './schema/validate.ts'
import { sourceFingerprint } from './source-fingerprint.ts'
import type { CounterOptions } from './profile-count.ts'
import type { LoadedData, Profile, ProfileCounts } from './types.ts'

/** How commands get at a model's data: from its sources as they are now, or, in a backtest, as they were on a day. */
export interface DataAccess {
  readTable(data: DataConfig, root: string, options: ReadTableOptions): Promise<LoadedData>
  readBatches(data: DataConfig, root: string, options?: ReadBatchesOptions): AsyncGenerator<Batch, void>
  /**
   * The rows after a time, counted on a profile where they lie, so that only counts travel. Undefined where the source
   * cannot count: then the rows are read.
   */
  countRows(
    profile: Profile,
    data: DataConfig,
    options: CounterOptions &
      Pick<Readings, 'styles'> & {
        readonly after: number | undefined
        readonly above?: Mark | undefined
        readonly now?: number | undefined
      },
  ): Promise<ProfileCounts | undefined>
  /** Those rows held against a schema where they lie; undefined where the source cannot, and the rows are looked at. */
  validateRows?(
    schema: DataSchema,
    data: DataConfig,
    options: {
      readonly after: number | undefined
      readonly above?: Mark | undefined
      readonly now: number
      readonly rows: number
    },
  ): Promise<CountedRows | undefined>
  /** Names what is there without parsing it: equal data, equal fingerprint. */
  fingerprint(data: DataConfig, root: string, heldOut: readonly string[]): Promise<string>
}

export const sources: DataAccess = {
  readTable,
  readBatches,
  async countRows(profile, data, options) {
    if (data.postgres === undefined) return undefined
    const { countInDatabase } = await import('./sql/count.ts')
    return countInDatabase(profile, data, data.postgres, options)
  },
  async validateRows(schema, data, options) {
    if (data.postgres === undefined) return undefined
    const { validateInDatabase } = await import('./sql/validate.ts')
    return validateInDatabase({ schema, data, postgres: data.postgres, ...options })
  },
  fingerprint: sourceFingerprint,
}
