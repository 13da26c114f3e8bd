import type { Place } from '../../core/error.ts'
import type { Column } from '../table.ts'
import { Dictionary } from './dictionary.ts'
import {
  type Cursor,
  describeCell,
  noteStray,
  placeOf,
  type Sink,
  type SinkOptions,
  type Strays,
  textOf,
} from './sink.ts'

const isBlankByte = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09

/** Texts as codes into a dictionary that grows, −1 where missing. */
export class CategorySink implements Sink {
  readonly name: string
  readonly kind = 'category'
  readonly strays: Strays = { count: 0, first: undefined }
  firstMissing: Place | undefined = undefined
  blanks = 0
  leadingZeros = 0
  length = 0
  readonly #cursor: Cursor
  readonly #dictionary: Dictionary
  #codes = new Int32Array(1024)

  constructor(name: string, options: SinkOptions) {
    this.name = name
    this.#cursor = options.cursor
    this.#dictionary = new Dictionary(options.missing)
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
      noteStray(this.strays, describeCell(cell), this.#cursor)
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

  take(): Column {
    const codes = this.#codes.slice(0, this.length)
    this.length = 0
    return { kind: 'category', name: this.name, codes, dictionary: this.#dictionary.texts }
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
