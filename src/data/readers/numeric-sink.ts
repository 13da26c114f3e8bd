import type { Place } from '../../core/error.ts'
import { shownTime } from '../plausible-time.ts'
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
import { ISO_ONLY, numberIn, timeOfNumber, timeOfValue, type TimePlan } from './time-format.ts'
import { hasZone, timeOfBytes } from './time-text.ts'

/** Numbers and times: 64-bit floats, NaN where missing. */
export class NumericSink implements Sink {
  readonly name: string
  readonly kind: 'number' | 'time'
  readonly strays: Strays
  readonly infinite: Strays = noStrays()
  readonly future: Strays = noStrays()
  readonly zones = { said: 0, unsaid: 0 }
  firstMissing: Place | undefined = undefined
  blanks = 0
  leadingZeros = 0
  dressed: DressedNumber | undefined = undefined
  length = 0
  span: { readonly from: number; readonly to: number } | undefined = undefined
  readonly #options: SinkOptions
  readonly #style: NumberStyle
  readonly #time: boolean
  readonly #times: TimePlan
  readonly #latest: number
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
    this.#times = options.times ?? ISO_ONLY
    this.#latest = (options.times && options.latest) ?? Infinity
    this.#missingNumbers = [...options.missing].map((text) => numberOfText(text)).filter((value) => value === value)
    this.#values = new Float64Array(options.rows ?? 1024)
  }

  bytes(source: Buffer, start: number, end: number): void {
    if (start === end) return this.#blank()
    if (this.#time) return this.#timeBytes(source, start, end)
    const value = numberOfBytes(source, start, end, this.#style)
    // NaN is not a number, or a number with blanks around it, or missing: the slow way finds out which.
    if (value !== value) return this.#text(source.toString('utf8', start, end))
    if (source[start] === 0x30 && end - start > 1 && hasLeadingZero(source.toString('latin1', start, end))) {
      this.leadingZeros++
    }
    if (this.#missingNumbers.length > 0 && this.#missingNumbers.includes(value)) return this.#absent()
    this.#push(value)
  }

  #timeBytes(source: Buffer, start: number, end: number): void {
    const time = timeOfBytes(source, start, end)
    if (time !== time) return this.#text(source.toString('utf8', start, end))
    // The commonest spellings, 2026-05-01 and 2026-05-01 10:30:00, say no zone.
    const plain = end - start === 10 || (end - start === 19 && source[start + 16] === 0x3a)
    this.#pushTime(time, !plain && hasZone(source.toString('latin1', start, end)))
  }

  value(cell: unknown): void {
    if (typeof cell === 'number') this.#number(cell)
    else if (typeof cell === 'bigint') this.#whole(cell)
    else if (cell === null || cell === undefined) this.#blank()
    else if (typeof cell === 'string') this.#text(cell)
    else if (cell instanceof Date && this.#time) this.#pushTime(cell.getTime())
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

  ahead(row: number): boolean {
    return (this.#values[row] as number) > this.#latest
  }

  keep(rows: Uint32Array): void {
    for (const key of ['blanks', 'leadingZeros'] as const) this[key] = shrunk(this[key], rows.length, this.length)
    for (const seen of [this.strays, this.future]) seen.count = shrunk(seen.count, rows.length, this.length)
    if (this.#time) this.#widen()
    for (let i = 0; i < rows.length; i++) this.#values[i] = this.#values[rows[i] as number] as number
    this.length = rows.length
  }

  #widen(): void {
    let { from, to } = this.span ?? { from: Infinity, to: -Infinity }
    for (let i = 0; i < this.length; i++) {
      const value = this.#values[i] as number
      if (value > this.#latest) continue
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

  #number(value: number | bigint): void {
    const number = Number(value)
    if (!Number.isFinite(number)) {
      if (number === number) noteStray(this.infinite, String(value), this.#options.cursor, this.length)
      this.#absent()
    } else if (this.#missingNumbers.includes(number)) this.#absent()
    else if (!this.#time) this.#push(number)
    else {
      const time = timeOfNumber(value, this.#times)
      if (time === time) this.#pushTime(time)
      else this.#stray(String(value))
    }
  }

  /** Whole numbers beyond 2^53 would lose digits: they are ids, unless they are times. */
  #whole(cell: bigint): void {
    if (this.#time) this.#number(cell)
    else if (Number.isSafeInteger(Number(cell))) this.#number(Number(cell))
    else this.#stray(String(cell))
  }

  #text(text: string): void {
    const trimmed = text.trim()
    if (trimmed === '') return this.#blank()
    if (this.#options.missing.has(trimmed)) return this.#absent()
    if (this.#time) return this.#timeText(trimmed)
    const value = numberOfText(trimmed, this.#style)
    if (value !== value) return this.#unread(trimmed)
    if (hasLeadingZero(trimmed)) this.leadingZeros++
    // JavaScript's own numbers, `+3` and `1e5` among them, need no word.
    if (this.dressed === undefined && Number(trimmed) !== value) this.dressed = { text: trimmed, value }
    this.#number(value)
  }

  #timeText(text: string): void {
    const number = numberIn(text, this.#style)
    if (number !== undefined) return this.#number(number)
    const time = timeOfValue(text, this.#times)
    if (time === time) this.#pushTime(time, hasZone(text))
    else this.#unread(text)
  }

  #unread(text: string): void {
    if (isMissingNumber(text, this.#options.missing)) this.#absent()
    else this.#stray(text)
  }

  /** @param zoned Whether its text says the zone; undefined where it is no text. */
  #pushTime(time: number, zoned?: boolean): void {
    if (zoned !== undefined) this.zones[zoned ? 'said' : 'unsaid']++
    if (time > this.#latest) noteStray(this.future, shownTime(time), this.#options.cursor, this.length)
    this.#push(time)
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
