import { RefitError } from '../../core/error.ts'
import { parseJson } from '../../core/json.ts'
import { type Content, openContent } from './content.ts'
import { notUtf8 } from './csv-dialect.ts'
import { checkNames, SAMPLE_ROWS, type FileReader, type Peek, type ReaderOptions } from './reader.ts'
import type { Cursor, Sink } from './sink.ts'

const CHUNK_BYTES = 1 << 18
const MAX_LINE_BYTES = 1 << 24
const LF = 0x0a

type JsonRecord = Readonly<Record<string, unknown>>

/** Lists and records within a record; Refit's columns hold plain values only. */
const isNested = (cell: unknown): boolean => typeof cell === 'object' && cell !== null && !(cell instanceof Date)

export function jsonlReader(options: ReaderOptions): FileReader {
  const { path: file } = options

  return {
    async peek(): Promise<Peek> {
      const cells = new Map<string, unknown[]>()
      const nested = new Set<string>()
      const content = await openContent(options)
      try {
        let rows = 0
        for await (const batch of recordBatches(content)) {
          for (const { record } of batch) {
            for (const [name, cell] of Object.entries(record)) {
              const column = cells.get(name) ?? Array.from({ length: rows }, () => null)
              cells.set(name, column)
              column[rows] = cell
              if (isNested(cell)) nested.add(name)
            }
            rows++
            for (const column of cells.values()) if (column.length < rows) column.push(null)
          }
          if (rows >= SAMPLE_ROWS) break
        }
      } finally {
        await content.close()
      }
      checkNames([...cells.keys()], file)
      return { columns: [...cells.keys()], sample: cells, nested: [...nested] }
    },

    async *read(sinkOf: (column: string) => Sink | undefined, cursor: Cursor) {
      const sinks = new Map<string, Sink | undefined>()
      const content = await openContent(options)
      try {
        let rows = 0
        for await (const batch of recordBatches(content)) {
          for (const { record, line } of batch) {
            cursor.line = line
            for (const name in record) {
              if (!sinks.has(name)) {
                const sink = sinkOf(name)
                sinks.set(name, sink)
                // The keys of a record may come in any order: this column was missing in the rows of the part so far.
                sink?.missing(rows)
              }
              sinks.get(name)?.value(record[name])
            }
            rows++
            for (const [name, sink] of sinks) if (!Object.hasOwn(record, name)) sink?.missing(1)
          }
          yield rows
          rows = 0
        }
        return []
      } finally {
        await content.close()
      }
    },
  }

  /** The records of the file, as many at a time as lie in one chunk of bytes. */
  async function* recordBatches(content: Content): AsyncGenerator<{ record: JsonRecord; line: number }[]> {
    let buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let kept = 0
    let line = 1
    for (;;) {
      const bytesRead = await content.read(buffer, kept)
      const end = kept + bytesRead
      const batch: { record: JsonRecord; line: number }[] = []
      let start = line === 1 && buffer[0] === 0xef && buffer[1] === 0xbb ? 3 : 0
      for (;;) {
        const found = buffer.indexOf(LF, start)
        const stop = found >= 0 && found < end ? found : bytesRead === 0 ? end : -1
        if (stop < 0 || start >= end) break
        const record = parseLine(buffer.subarray(start, stop), line)
        if (record !== undefined) batch.push({ record, line })
        start = stop + 1
        line++
      }
      yield batch
      if (bytesRead === 0) return
      kept = Math.max(end - start, 0)
      buffer.copyWithin(0, start, end)
      if (kept === buffer.length) buffer = grow(buffer, line)
    }
  }

  function grow(buffer: Buffer, line: number): Buffer<ArrayBuffer> {
    if (buffer.length >= MAX_LINE_BYTES) {
      throw new RefitError('data', `line ${line} is longer than 16 MB`, {
        place: { file, line },
        hint: 'JSON Lines hold one record a line.',
      })
    }
    const larger = Buffer.allocUnsafe(buffer.length * 4)
    buffer.copy(larger)
    return larger
  }

  function parseLine(bytes: Buffer, line: number): JsonRecord | undefined {
    let text: string
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
    } catch (cause) {
      throw notUtf8(file, line, cause)
    }
    if (text === '') return undefined
    let value: unknown
    try {
      value = parseJson(text)
    } catch (cause) {
      const whole = line === 1 && /^[[{]$/.test(text)
      throw new RefitError('data', whole ? `${file} is one JSON document, not JSON Lines` : `line ${line} is no JSON`, {
        place: { file, line },
        hint: whole
          ? `Write one record a line, for example: jq -c '.[]' ${file}`
          : 'Every line must hold one whole JSON object; look for a line that was cut off.',
        cause,
      })
    }
    if (!isNested(value) || Array.isArray(value)) {
      throw new RefitError('data', `line ${line} is no JSON object`, {
        place: { file, line },
        hint: 'Every line must hold one JSON object whose keys are the columns.',
      })
    }
    const record = value as JsonRecord
    return MAY_BE_DECOMPOSED.test(text) ? withComposedKeys(record) : record
  }
}

/** Characters beyond Latin-1, as they are or as JSON escapes them: only then a key may be written in two ways. */
const MAY_BE_DECOMPOSED = /[^\0-\xff]|\\u/

function withComposedKeys(record: JsonRecord): JsonRecord {
  const keys = Object.keys(record)
  if (keys.every((key) => key === key.normalize('NFC'))) return record
  return Object.fromEntries(Object.entries(record).map(([key, cell]) => [key.normalize('NFC'), cell]))
}
