import { csvReader } from './csv.ts'
import { jsonlReader } from './jsonl.ts'
import { parquetReader } from './parquet.ts'
import { withPartitions } from './partitions.ts'
import { formatOf, type FileReader, type ReaderOptions } from './reader.ts'
import type { DataConfig } from '../../config/schema.ts'

/** The reader of one file. A new format is one more file in this folder and one more line here. */
export function openReader(
  path: string,
  root: string,
  data: DataConfig,
  more: Pick<ReaderOptions, 'location' | 'after' | 'times'> = {},
): FileReader {
  const options: ReaderOptions = { path, root, delimiter: data.delimiter, time: data.time, ...more }
  const readers = { csv: csvReader, jsonl: jsonlReader, parquet: parquetReader }
  return withPartitions(readers[formatOf(more.location ?? path, data.format)](options), path)
}
