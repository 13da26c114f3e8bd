import type { ParquetScan } from 'hyparquet'
import { RefitError } from '../../core/error.ts'
import { GZIP, startsWith } from './content.ts'
import {
  checkNames,
  firstBytes,
  openFile,
  SAMPLE_ROWS,
  type FileReader,
  type Peek,
  type ReaderOptions,
} from './reader.ts'
import type { Cursor, Sink } from './sink.ts'
import { likelyFormat, timeOfNumber, type TimePlan } from './time-format.ts'

/** Parquet by hyparquet, loaded only when a Parquet file is read: one row group and one column in memory at a time. */
export function parquetReader(options: ReaderOptions): FileReader {
  const { path: file } = options

  return {
    async peek(): Promise<Peek> {
      return withScan(async (scan) => {
        const { flat, nested } = columnsOf(scan)
        // Files with nothing new in them are many, and to look into each costs seconds.
        const first = scan.ranges.find(({ rowStart }) => !isOld(scan, rowStart))
        const sample = new Map<string, readonly unknown[]>()
        for (const { name, column } of flat) {
          const { rowStart = 0, rowEnd = 0 } = first ?? {}
          const until = Math.min(rowEnd, rowStart + SAMPLE_ROWS)
          sample.set(name, first === undefined ? [] : [...(await scan.readColumn({ column, rowStart, rowEnd: until }))])
        }
        return { columns: [...flat.map(({ name }) => name), ...nested], sample, nested }
      })
    },

    async *read(sinkOf: (column: string) => Sink | undefined, cursor: Cursor) {
      const handle = await openFile(options)
      try {
        const scan = await openScan(handle)
        const wanted = columnsOf(scan).flat.flatMap(({ name, column }) => {
          const sink = sinkOf(name)
          return sink === undefined ? [] : [{ column, sink }]
        })
        for (const { rowStart, rowEnd } of scan.ranges) {
          if (isOld(scan, rowStart)) continue
          for (const { column, sink } of wanted) {
            const cells = await guarded(() => scan.readColumn({ column, rowStart, rowEnd }))
            for (let i = 0; i < cells.length; i++) {
              cursor.line = rowStart + i + 1
              sink.value(cells[i])
            }
          }
          cursor.first = rowStart
          yield rowEnd - rowStart
        }
        return []
      } finally {
        await handle.close()
      }
    },
  }

  /** Whether the statistics of a row group say that none of its rows is new. */
  function isOld(scan: Awaited<ReturnType<typeof openScan>>, rowStart: number): boolean {
    const { time, after } = options
    if (time === undefined || after === undefined) return false
    let first = 0
    for (const group of scan.metadata.row_groups) {
      const rows = Number(group.num_rows)
      if (rowStart >= first && rowStart < first + rows) {
        const column = group.columns.find(
          ({ meta_data: meta }) => meta?.path_in_schema.join('.').normalize('NFC') === time,
        )
        const statistics = column?.meta_data?.statistics
        // Without statistics, or of a type that is not a time for certain: it is read.
        return newestOf(statistics?.min_value, statistics?.max_value, options.times) <= after
      }
      first += rows
    }
    return false
  }

  async function openScan(handle: Awaited<ReturnType<typeof openFile>>) {
    const [{ parquetScan }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
    const { size } = await handle.stat()
    if (size === 0) throw new RefitError('data', `${file} is empty`, { place: { file } })
    if (startsWith(await firstBytes(handle), GZIP)) {
      throw new RefitError('data', `${file} is packed by gzip, which Refit unpacks for CSV and JSON Lines only`, {
        place: { file },
        hint: 'Unpack it: Parquet is compressed within.',
      })
    }
    const source = {
      byteLength: size,
      async slice(start: number, end = size): Promise<ArrayBuffer> {
        const bytes = new ArrayBuffer(end - start)
        await handle.read(new Uint8Array(bytes), 0, end - start, start)
        return bytes
      },
    }
    const scan = await guarded(() => parquetScan({ file: source, compressors }))
    // Bytes of variable length are read as text unless told otherwise.
    const raw = decimalsOf(scan).some(({ type }) => type === 'BYTE_ARRAY')
    return withDecimals(scan, raw ? await guarded(() => parquetScan({ file: source, compressors, utf8: false })) : scan)
  }

  async function withScan<T>(work: (scan: Awaited<ReturnType<typeof openScan>>) => Promise<T>): Promise<T> {
    const handle = await openFile(options)
    try {
      const scan = await openScan(handle)
      return await guarded(() => work(scan))
    } finally {
      await handle.close()
    }
  }

  /** Names as Refit knows them (NFC), beside those of the file. */
  function columnsOf(scan: Awaited<ReturnType<typeof openScan>>): {
    flat: { readonly name: string; readonly column: string }[]
    nested: string[]
  } {
    const flat: { readonly name: string; readonly column: string }[] = []
    const nested: string[] = []
    // Top-level columns: the leaf of a plain one has a path of length 1 and is not repeated.
    const elements = scan.metadata.schema
    const top = topLevel(elements)
    for (const element of top) {
      const plain = element.num_children === undefined && element.repetition_type !== 'REPEATED'
      const name = element.name.normalize('NFC')
      if (plain) flat.push({ name, column: element.name })
      else nested.push(name)
    }
    checkNames([...flat.map(({ name }) => name), ...nested], file)
    return { flat, nested }
  }

  /** Errors of the library are about the file's bytes: one sentence, with its words as the reason. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof RefitError) throw cause
      const words = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]?.slice(0, 160) ?? ''
      throw new RefitError('data', `${file} cannot be read as Parquet: ${words}`, {
        place: { file },
        hint: 'Check that the file was written completely; `parquet-tools inspect` says more.',
        cause,
      })
    }
  }
}

/**
 * Decimals as they are stored, and read exactly: the library multiplies them as doubles, which takes digits from ids and
 * turns 3 tenths into 0.30000000000000004. Whole ones beyond 2^53 stay bigints.
 */
function withDecimals<Scan extends Pick<ParquetScan, 'metadata' | 'readColumn'>>(scan: Scan, raw: Scan): Scan {
  const scales = new Map([...decimalsOf(scan), ...decimalsOf(raw)].map((element) => [element.name, scaleOf(element)]))
  for (const element of [...decimalsOf(scan), ...decimalsOf(raw)]) {
    delete element.converted_type
    delete element.logical_type
  }
  const readColumn: ParquetScan['readColumn'] = async (options) => {
    const scale = scales.get(options.column)
    if (scale === undefined) return scan.readColumn(options)
    return Array.from(await raw.readColumn(options), (cell: unknown) => decimalOf(cell, scale))
  }
  return { ...scan, readColumn }
}

/** Writers name the type in the old way, in the new one, or in both. */
const decimalsOf = ({ metadata }: Pick<ParquetScan, 'metadata'>): Element[] =>
  topLevel(metadata.schema).filter(
    ({ converted_type: old, logical_type: type }) => old === 'DECIMAL' || type?.type === 'DECIMAL',
  )

const scaleOf = ({ scale, logical_type: type }: Element): number => scale ?? (type?.type === 'DECIMAL' ? type.scale : 0)

function decimalOf(cell: unknown, scale: number): unknown {
  if (cell === null || cell === undefined) return cell
  const whole = cell instanceof Uint8Array ? wholeOf(cell) : BigInt(cell as number | bigint)
  if (scale > 0) return Number(`${whole}e-${scale}`)
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole
}

/** Two's complement, most significant byte first. */
function wholeOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

/** The newest time of a row group, from its statistics; NaN where they do not tell. */
function newestOf(min: unknown, max: unknown, times: TimePlan | undefined): number {
  if (max instanceof Date) return max.getTime()
  if (!isNumber(min) || !isNumber(max)) return Number.NaN
  // The order of numbers is that of times only where all are of one format (compact ones: of one length).
  const format = likelyFormat(max)
  if (format === undefined || format !== likelyFormat(min) || String(min).length !== String(max).length)
    return Number.NaN
  return timeOfNumber(max, times ?? { format, given: false })
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'

type Element = ParquetScan['metadata']['schema'][number]

/** Children of the root in Parquet's depth-first list of schema elements. */
function topLevel(elements: readonly Element[]): Element[] {
  const found: Element[] = []
  let at = 1
  const skip = (): void => {
    const children = elements[at++]?.num_children ?? 0
    for (let i = 0; i < children; i++) skip()
  }
  while (at < elements.length) {
    found.push(elements[at] as Element)
    skip()
  }
  return found
}
