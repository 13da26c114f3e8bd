import type { Place } from '../../core/error.ts'
import { canonicalText } from './dictionary.ts'
import { type Cursor, placeOf, textOf } from './sink.ts'
import { TextSink } from './text-sink.ts'

/** Keeps no cells, only where each of some texts was first. */
export class PlaceSink extends TextSink {
  readonly places = new Map<string, Place>()
  readonly #wanted: Set<string>
  readonly #cursor: Cursor

  constructor(name: string, wanted: Iterable<string>, cursor: Cursor) {
    super(name, 0)
    this.#wanted = new Set(wanted)
    this.#cursor = cursor
  }

  override bytes(source: Buffer, start: number, end: number): void {
    if (this.#wanted.size > 0) this.value(source.toString('utf8', start, end))
  }

  override value(cell: unknown): void {
    const text = canonicalText(textOf(cell) ?? '')
    if (this.#wanted.delete(text)) this.places.set(text, placeOf(this.#cursor))
  }
}
