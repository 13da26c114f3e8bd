import type { Column } from '../table.ts'
import { noStrays, type Sink } from './sink.ts'

/** Keeps the first cells of a column as they are: the sample that types are decided on. */
export class TextSink implements Sink {
  readonly name: string
  readonly kind = 'category'
  readonly strays = noStrays()
  readonly firstMissing = undefined
  readonly blanks = 0
  readonly leadingZeros = 0
  readonly cells: unknown[] = []
  readonly #limit: number

  constructor(name: string, limit: number) {
    this.name = name
    this.#limit = limit
  }

  get length(): number {
    return this.cells.length
  }

  bytes(source: Buffer, start: number, end: number): void {
    if (this.cells.length < this.#limit) this.cells.push(source.toString('utf8', start, end))
  }

  value(cell: unknown): void {
    if (this.cells.length < this.#limit) this.cells.push(cell)
  }

  missing(count: number): void {
    for (let i = 0; i < count; i++) this.value(null)
  }

  absent(): boolean {
    return false
  }

  keep(): void {
    throw new Error('a sample is kept as it is')
  }

  take(): Column {
    throw new Error('a sample is no column')
  }
}
