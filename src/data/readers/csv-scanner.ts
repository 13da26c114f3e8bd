import type { RepeatedHeader } from './csv-header.ts'
import type { Cursor, Sink } from './sink.ts'

export interface CsvDialect {
  /** One ASCII character. */
  readonly delimiter: string
  /** `\n` also stands for `\r\n`; files with bare carriage returns are read as well. */
  readonly newline: '\n' | '\r'
}

/** Rows that had not as many fields as the header. */
export interface RaggedRows {
  rows: number
  /** Line of the first one. */
  line: number
  fields: number
}

/** Rows that are the header once more. */
export interface HeaderRows {
  rows: number
  /** Line of the first one. */
  line: number
}

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

/**
 * Cuts the bytes of a CSV file (RFC 4180, leniently) into records and hands the cells of each complete record to the
 * sinks. It works on bytes because that is what makes a check of a large file fast: a number is converted and a known
 * category is found without any string being made. Records are committed whole, so that a ragged one can be left out.
 */
export class CsvScanner {
  rows = 0
  readonly ragged: RaggedRows = { rows: 0, line: 0, fields: 0 }
  readonly headers: HeaderRows = { rows: 0, line: 0 }
  /** Line on which the quote opened that the file never closes; 0 while all is well. */
  openQuote = 0
  readonly #delimiter: number
  readonly #newline: number
  readonly #sinks: readonly (Sink | undefined)[]
  readonly #cursor: Cursor
  readonly #header: RepeatedHeader | undefined
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** 1 where a field needs unquoting. */
  readonly #quoted: Uint8Array
  #line: number

  /** One sink for each field of the header, undefined for a column that nobody wants; `line` is the first record's. */
  constructor(
    dialect: CsvDialect,
    sinks: readonly (Sink | undefined)[],
    cursor: Cursor,
    line = 1,
    header?: RepeatedHeader,
  ) {
    this.#line = line
    this.#header = header
    this.#delimiter = dialect.delimiter.charCodeAt(0)
    this.#newline = dialect.newline === '\r' ? CR : LF
    this.#sinks = sinks
    this.#cursor = cursor
    this.#starts = new Int32Array(sinks.length + 1)
    this.#ends = new Int32Array(sinks.length + 1)
    this.#quoted = new Uint8Array(sinks.length + 1)
  }

  /** Line on which the next record starts. */
  get line(): number {
    return this.#line
  }

  /**
   * Reads the complete records in bytes [from, to); at the end of the file (`final`) the last one needs no line break.
   * Returns where the first incomplete record starts: the caller comes back with it and what follows.
   */
  scan(bytes: Buffer, from: number, to: number, final: boolean): number {
    const delimiter = this.#delimiter
    const newline = this.#newline
    const width = this.#sinks.length
    const starts = this.#starts
    const ends = this.#ends
    const quoted = this.#quoted
    let recordStart = from
    while (recordStart < to) {
      // Files that were put one behind the other have their byte order marks in the middle.
      const marked = bytes[recordStart] === 0xef && bytes[recordStart + 1] === 0xbb && bytes[recordStart + 2] === 0xbf
      let at = marked ? recordStart + 3 : recordStart
      let field = 0
      let extra = 0
      let lines = 1
      for (;;) {
        const slot = field < width ? field : width
        const fieldStart = at
        let byte = bytes[at]
        let start = at
        let end = -1
        let needsUnquoting = 0
        if (byte === QUOTE && at < to) {
          // Quoted: find the closing quote; text behind it makes the field messy but not wrong.
          const openedOn = this.#line + lines - 1
          for (at++; ; at++) {
            if (at >= to) {
              if (!final) return recordStart
              this.openQuote = openedOn
              return recordStart
            }
            byte = bytes[at]
            if (byte === newline) lines++
            else if (byte === QUOTE) {
              if (bytes[at + 1] !== QUOTE || at + 1 >= to) break
              needsUnquoting = 1
              at++
            }
          }
          // A quote in the last byte of a chunk may be the first half of a doubled one.
          if (at + 1 >= to && !final) return recordStart
          start = fieldStart + 1
          end = at++
        }
        const tail = at
        while (at < to && (byte = bytes[at]) !== delimiter && byte !== newline) at++
        if (at >= to && !final) return recordStart
        const last = at >= to || byte === newline
        const fieldEnd = last && newline === LF && at > tail && bytes[at - 1] === CR ? at - 1 : at
        if (end < 0) end = fieldEnd
        else if (fieldEnd > tail || needsUnquoting === 1) {
          needsUnquoting = 1
          start = fieldStart
          end = fieldEnd
        }
        if (field >= width && end > start) extra++
        starts[slot] = start
        ends[slot] = end
        quoted[slot] = needsUnquoting
        field++
        at++
        if (last) break
      }
      const blank = field === 1 && ends[0] === starts[0] && quoted[0] === 0
      // More fields than the header are fine as long as they are empty: a trailing delimiter, as spreadsheets write it.
      if (!blank) {
        if (field < width || extra > 0) this.#noteRagged(field)
        else this.#commit(bytes)
      }
      this.#line += lines
      recordStart = at
    }
    return Math.min(recordStart, to)
  }

  #commit(bytes: Buffer): void {
    this.#cursor.line = this.#line
    if (this.#isHeader(bytes)) return
    this.rows++
    const sinks = this.#sinks
    for (let i = 0; i < sinks.length; i++) {
      const sink = sinks[i]
      if (sink === undefined) continue
      if (this.#quoted[i] === 0) sink.bytes(bytes, this.#starts[i] as number, this.#ends[i] as number)
      else sink.value(this.#text(bytes, i))
    }
  }

  #text(bytes: Buffer, field: number): string {
    const raw = bytes.toString('utf8', this.#starts[field] as number, this.#ends[field] as number)
    return this.#quoted[field] === 0 ? raw : unquote(raw)
  }

  #isHeader(bytes: Buffer): boolean {
    const header = this.#header
    const start = this.#starts[0] as number
    if (header?.mayBegin(bytes[start] as number, start === this.#ends[0]) !== true) return false
    if (!header.is((field) => this.#text(bytes, field), this.#cursor)) return false
    if (this.headers.rows++ === 0) this.headers.line = this.#line
    return true
  }

  #noteRagged(fields: number): void {
    if (this.ragged.rows++ > 0) return
    this.ragged.line = this.#line
    this.ragged.fields = fields
  }
}

/** `"say ""hi"""` → `say "hi"`; text behind the closing quote is kept. */
function unquote(raw: string): string {
  const match = /^"((?:[^"]|"")*)"([\s\S]*)$/.exec(raw)
  return match ? (match[1] as string).replaceAll('""', '"') + (match[2] as string) : raw
}
