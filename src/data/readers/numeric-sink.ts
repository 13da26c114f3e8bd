import type { Place } from '../../core/error.ts'
import type { Column } from '../table.ts'
import { isMissingNumber } from './missing-text.ts'
import { hasLeadingZero, numberOfBytes, numberOfText, PLAIN, type NumberStyle } from './number-text.ts'
import {
  describeCell,
  type DressedNumber,
  noStrays,
  noteStray,
  placeOf,
  shrunk,
  type Sink,
  type SinkOptions,
  type Strays,
} from './sink.ts'
import { timeOfBytes, timeOfNumber, timeOfText } from './time-text.ts'

/** Numbers and times: 64-bit floats, NaN where missing. */
export class NumericSink implements Sink {
  readonly name: string
  readonly kind: 'number' | 'time'
  readonly strays: Strays
  readonly infinite: Strays = noStrays()
  firstMissing: Place | undefined = undefined
  blanks = 0
  leadingZeros = 0
  dressed: DressedNumber | undefined = undefined
  length = 0
  span: { readonly from: number; readonly to: number } | undefined = undefined
  readonly #options: SinkOptions
  readonly #style: NumberStyle
  readonly #time: boolean
  readonly #epoch: boolean
  /** Numbers that mean "missing", such as −999. */
  readonly #missingNumbers: readonly number[]
  #values: Float64Array<ArrayBuffer>

  constructor(name: string, kind: 'number' | 'time', options: SinkOptions) {
    this.name = name
    this.kind = kind
    this.#options = options
    this.strays = noStrays(options.strayRows)
    this.#style = options.style ?? PLAIN
    this.#time = kind === 'time'
    this.#epoch = options.epoch ?? false
    this.#missingNumbers = [...options.missing].map((text) => numberOfText(text)).filter((value) => value === value)
    this.#values = new Float64Array(options.rows ?? 1024)
  }

  bytes(source: Buffer, start: number, end: number): void {
    if (start === end) return this.#blank()
    const time = this.#time
    const value = time ? timeOfBytes(source, start, end) : numberOfBytes(source, start, end, this.#style)
    // NaN is not a number, or a number with blanks around it, or missing: the slow way finds out which.
    if (value !== value) return this.#text(source.toString('utf8', start, end))
    if (!time) {
      if (source[start] === 0x30 && end - start > 1 && hasLeadingZero(source.toString('latin1', start, end))) {
        this.leadingZeros++
      }
      if (this.#missingNumbers.length > 0 && this.#missingNumbers.includes(value)) return this.#absent()
    }
    this.#push(value)
  }

  value(cell: unknown): void {
    if (typeof cell === 'number') this.#number(cell)
    else if (typeof cell === 'bigint') this.#whole(cell)
    else if (cell === null || cell === undefined) this.#blank()
    else if (typeof cell === 'string') this.#text(cell)
    else if (cell instanceof Date && this.#time) this.#push(cell.getTime())
    else this.#stray(describeCell(cell))
  }

  missing(count: number): void {
    this.#reserve(count)
    this.#values.fill(Number.NaN, this.length, this.length + count)
    this.length += count
  }

  absent(row: number): boolean {
    return Number.isNaN(this.#values[row])
  }

  keep(rows: Uint32Array): void {
    for (const key of ['blanks', 'leadingZeros'] as const) this[key] = shrunk(this[key], rows.length, this.length)
    this.strays.count = shrunk(this.strays.count, rows.length, this.length)
    if (this.#time) this.#widen()
    for (let i = 0; i < rows.length; i++) this.#values[i] = this.#values[rows[i] as number] as number
    this.length = rows.length
  }

  #widen(): void {
    let { from, to } = this.span ?? { from: Infinity, to: -Infinity }
    for (let i = 0; i < this.length; i++) {
      const value = this.#values[i] as number
      if (value < from) from = value
      if (value > to) to = value
    }
    if (from <= to) this.span = { from, to }
  }

  take(): Column {
    const values = this.#values.slice(0, this.length)
    this.length = 0
    if (this.kind === 'time') return { kind: 'time', name: this.name, values }
    return { kind: 'number', name: this.name, values, integer: allIntegers(values) }
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) {
      if (value === value) noteStray(this.infinite, String(value), this.#options.cursor, this.length)
      this.#absent()
    } else if (this.#missingNumbers.includes(value)) this.#absent()
    else if (!this.#time) this.#push(value)
    else if (this.#epoch) this.#push(timeOfNumber(value))
    else this.#stray(String(value))
  }

  /** Whole numbers beyond 2^53 would lose digits: they are ids. */
  #whole(cell: bigint): void {
    const value = Number(cell)
    if (Number.isSafeInteger(value) || this.#epoch) this.#number(value)
    else this.#stray(String(cell))
  }

  #text(text: string): void {
    const trimmed = text.trim()
    if (trimmed === '') return this.#blank()
    if (this.#options.missing.has(trimmed)) return this.#absent()
    if (this.#time) {
      const time = timeOfText(trimmed)
      if (time === time) return this.#push(time)
    }
    const value = numberOfText(trimmed, this.#style)
    if (value !== value) return isMissingNumber(trimmed, this.#options.missing) ? this.#absent() : this.#stray(trimmed)
    if (hasLeadingZero(trimmed)) this.leadingZeros++
    // JavaScript's own numbers, `+3` and `1e5` among them, need no word.
    if (this.dressed === undefined && Number(trimmed) !== value) this.dressed = { text: trimmed, value }
    this.#number(value)
  }

  #blank(): void {
    this.blanks++
    this.#absent()
  }

  #absent(): void {
    this.firstMissing ??= placeOf(this.#options.cursor)
    this.#push(Number.NaN)
  }

  #stray(text: string): void {
    noteStray(this.strays, text, this.#options.cursor, this.length)
    this.#absent()
  }

  #push(value: number): void {
    if (this.length === this.#values.length) this.#reserve(1)
    this.#values[this.length++] = value
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#values.length) return
    const grown = new Float64Array(Math.max(this.length + count, this.#values.length * 2))
    grown.set(this.#values)
    this.#values = grown
  }
}

/** Whether every present value is an integer; false for a column without values. */
export function allIntegers(values: Float64Array): boolean {
  let present = false
  for (const value of values) {
    if (value !== value) continue
    if (!Number.isInteger(value)) return false
    present = true
  }
  return present
}
