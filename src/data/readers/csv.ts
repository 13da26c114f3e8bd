import { RefitError } from '../../core/error.ts'
import { type Content, openContent } from './content.ts'
import { type CsvHead, notUtf8, readHead, unclosedQuote } from './csv-dialect.ts'
import { RepeatedHeader } from './csv-header.ts'
import { CsvScanner } from './csv-scanner.ts'
import {
  checkNames,
  REPEATED_HEADER,
  SAMPLE_ROWS,
  type FileReader,
  type ReaderOptions,
  type SkippedRows,
} from './reader.ts'
import type { Cursor, Sink } from './sink.ts'
import { TextSink } from './text-sink.ts'

/** What is read of a file in order to know its header and to sample its rows. */
const HEAD_BYTES = 1 << 18
const NEAR_BYTES = 1 << 16
const FEW_ROWS = 200
/** At least the bytes of the head: the rows in them are scanned from the first chunk. */
const CHUNK_BYTES = HEAD_BYTES
/** A record that does not fit is a mistake (an unclosed quote, most likely), not data. */
const MAX_RECORD_BYTES = 1 << 24
/** More ragged rows than this share: the file is not what it was taken for. */
const MAX_RAGGED = 0.5

export function csvReader(options: ReaderOptions): FileReader {
  const { path: file } = options

  async function head(content: Content): Promise<CsvHead & { readonly bytes: Buffer; readonly whole: boolean }> {
    const bytes = Buffer.alloc(HEAD_BYTES)
    const length = await fill(content, bytes, 0)
    const whole = length < bytes.length
    const part = bytes.subarray(0, length)
    const found = readHead(part, whole, file, options.delimiter)
    checkNames(found.header, file)
    return { ...found, bytes: part, whole }
  }

  async function withContent<T>(work: (content: Content) => Promise<T>): Promise<T> {
    const content = await openContent(options)
    try {
      return await work(content)
    } finally {
      await content.close()
    }
  }

  return {
    async peek() {
      const { header, fields, dialect, dataFrom, line, bytes, whole } = await withContent(head)
      const sinks = header.map((name) => new TextSink(name, SAMPLE_ROWS))
      const scanner = new CsvScanner(dialect, sinks, { file, line: 1 }, line, new RepeatedHeader(fields))
      // Rows are short as a rule; only where they are not is more of the file worth looking at.
      const near = Math.min(bytes.length, dataFrom + NEAR_BYTES)
      const used = scanner.scan(bytes, dataFrom, near, whole && near === bytes.length)
      if (scanner.rows < FEW_ROWS && near < bytes.length) scanner.scan(bytes, used, bytes.length, whole)
      return { columns: header, sample: new Map(sinks.map((sink) => [sink.name, sink.cells])), nested: [] }
    },

    async *read(sinkOf: (column: string) => Sink | undefined, cursor: Cursor) {
      const content = await openContent(options)
      try {
        const { header, fields, dialect, dataFrom, line, bytes } = await head(content)
        const scanner = new CsvScanner(dialect, header.map(sinkOf), cursor, line, new RepeatedHeader(fields))
        let buffer = Buffer.allocUnsafe(CHUNK_BYTES)
        let kept = bytes.copy(buffer, 0, dataFrom)
        for (;;) {
          const end = await fill(content, buffer, kept)
          const final = end < buffer.length
          const before = scanner.rows
          const used = scan(scanner, buffer.subarray(0, end), final)
          if (scanner.openQuote > 0) throw unclosedQuote(file, scanner.openQuote)
          yield scanner.rows - before
          if (final) break
          kept = end - used
          buffer.copyWithin(0, used, end)
          if (used === 0) buffer = grow(buffer, scanner.line)
        }
        return [...repeatedHeaders(scanner), ...raggedRows(scanner, header.length)]
      } finally {
        await content.close()
      }
    },
  }

  function scan(scanner: CsvScanner, bytes: Buffer, final: boolean): number {
    try {
      return scanner.scan(bytes, 0, bytes.length, final)
    } catch (cause) {
      if (cause instanceof TypeError) throw notUtf8(file, scanner.line, cause)
      throw cause
    }
  }

  function grow(buffer: Buffer, line: number): Buffer<ArrayBuffer> {
    if (buffer.length >= MAX_RECORD_BYTES) {
      throw new RefitError('data', `the record that starts on line ${line} is longer than 16 MB`, {
        place: { file, line },
        hint: 'Look for a quote that is never closed, or for line breaks of another kind.',
      })
    }
    const larger = Buffer.allocUnsafe(buffer.length * 4)
    buffer.copy(larger)
    return larger
  }

  function raggedRows(scanner: CsvScanner, width: number): SkippedRows[] {
    const { rows, line, fields } = scanner.ragged
    if (rows === 0) return []
    const reason = `not as many fields as the header (${fields} instead of ${width})`
    if (rows > (rows + scanner.rows) * MAX_RAGGED) {
      throw new RefitError('data', `${rows} of ${rows + scanner.rows} rows have ${reason}`, {
        place: { file, line },
        hint: 'Set data.delimiter if the columns are separated by something unusual.',
      })
    }
    return [{ reason, rows, line }]
  }
}

function repeatedHeaders({ headers: { rows, line } }: CsvScanner): SkippedRows[] {
  return rows === 0 ? [] : [{ reason: REPEATED_HEADER, rows, line }]
}

/** Reads until the buffer is full or the content ends; returns where it ends in the buffer. */
async function fill(content: Content, buffer: Buffer, from: number): Promise<number> {
  let end = from
  while (end < buffer.length) {
    const read = await content.read(buffer, end)
    if (read === 0) break
    end += read
  }
  return end
}
