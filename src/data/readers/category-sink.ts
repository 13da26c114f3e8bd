import type { Place } from '../../core/error.ts'
import type { Column } from '../table.ts'
import { Dictionary } from './dictionary.ts'
import {
  type Cursor,
  describeCell,
  noStrays,
  noteStray,
  placeOf,
  shrunk,
  type Sink,
  type SinkOptions,
  type Strays,
  textOf,
} from './sink.ts'

/** After so many texts a stream of batches begins another dictionary: a column of free text must not fill the memory. */
const MOST_TEXTS = 1 << 16

const isBlankByte = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09

/** Texts as codes into a dictionary that grows from take to take, and starts over when it is long; −1 where missing. */
export class CategorySink implements Sink {
  readonly name: string
  readonly kind = 'category'
  readonly strays: Strays = noStrays()
  firstMissing: Place | undefined = undefined
  blanks = 0
  leadingZeros = 0
  length = 0
  readonly #cursor: Cursor
  readonly #missing: ReadonlySet<string>
  #dictionary: Dictionary
  #codes: Int32Array<ArrayBuffer>

  constructor(name: string, options: SinkOptions) {
    this.name = name
    this.#cursor = options.cursor
    this.#missing = options.missing
    this.#dictionary = new Dictionary(options.missing)
    this.#codes = new Int32Array(options.rows ?? 1024)
  }

  bytes(source: Buffer, start: number, end: number): void {
    let from = start
    let to = end
    while (from < to && isBlankByte(source[from])) from++
    while (to > from && isBlankByte(source[to - 1])) to--
    if (from === to) return this.#blank()
    const code = this.#dictionary.ofBytes(source, from, to)
    if (code < 0) this.#absent()
    else this.#push(code)
  }

  value(cell: unknown): void {
    const text = textOf(cell)
    if (text === undefined) {
      noteStray(this.strays, describeCell(cell), this.#cursor, this.length)
      return this.#absent()
    }
    if (text.trim() === '') return this.#blank()
    const code = this.#dictionary.ofText(text)
    if (code < 0) this.#absent()
    else this.#push(code)
  }

  missing(count: number): void {
    this.#reserve(count)
    this.#codes.fill(-1, this.length, this.length + count)
    this.length += count
  }

  absent(row: number): boolean {
    return (this.#codes[row] as number) < 0
  }

  keep(rows: Uint32Array): void {
    for (const key of ['blanks', 'leadingZeros'] as const) this[key] = shrunk(this[key], rows.length, this.length)
    this.strays.count = shrunk(this.strays.count, rows.length, this.length)
    for (let i = 0; i < rows.length; i++) this.#codes[i] = this.#codes[rows[i] as number] as number
    this.length = rows.length
    if (this.#dictionary.texts.length > Math.max(MOST_TEXTS, 4 * rows.length)) this.#renumber()
  }

  /** Texts of forgotten rows are forgotten. */
  #renumber(): void {
    const { texts } = this.#dictionary
    this.#dictionary = new Dictionary(this.#missing)
    for (let i = 0; i < this.length; i++) {
      const code = this.#codes[i] as number
      if (code >= 0) this.#codes[i] = this.#dictionary.ofText(texts[code] as string)
    }
  }

  take(): Column {
    const codes = this.#codes.slice(0, this.length)
    const dictionary = this.#dictionary.texts
    this.length = 0
    if (dictionary.length > MOST_TEXTS) this.#dictionary = new Dictionary(this.#missing)
    return { kind: 'category', name: this.name, codes, dictionary }
  }

  #blank(): void {
    this.blanks++
    this.#absent()
  }

  #absent(): void {
    this.firstMissing ??= placeOf(this.#cursor)
    this.#push(-1)
  }

  #push(code: number): void {
    if (this.length === this.#codes.length) this.#reserve(1)
    this.#codes[this.length++] = code
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#codes.length) return
    const grown = new Int32Array(Math.max(this.length + count, this.#codes.length * 2))
    grown.set(this.#codes)
    this.#codes = grown
  }
}
