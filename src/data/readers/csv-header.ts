import { RefitError } from '../../core/error.ts'
import type { Cursor } from './sink.ts'

const QUOTE = 0x22
const BLANK = 0x20

/** As a header is compared with a row: spelled as one file of an export or the next may spell it. */
const folded = (text: string): string => text.trim().normalize('NFC').toLowerCase()

/**
 * Recognises the header where it comes again among the rows: exports that were put one behind the other. Looks at the
 * first byte of a row as a rule, so that it costs nothing.
 */
export class RepeatedHeader {
  readonly #names: readonly string[]
  readonly #known: ReadonlySet<string>
  readonly #sorted: string
  /** 1 for what the first field of such a row may begin with. */
  readonly #first = new Uint8Array(256)

  /** The fields of the header as they stand. A lone column may well have its name for a value: none is looked for. */
  constructor(header: readonly string[]) {
    this.#names = header.map(folded)
    this.#known = new Set(this.#names)
    this.#sorted = joined(this.#names)
    if (header.length < 2) return
    for (const name of this.#names)
      for (const text of [name, name.toUpperCase(), name.normalize('NFD')]) {
        const [byte] = Buffer.from(text)
        if (byte !== undefined) this.#first[byte] = 1
      }
    this.#first[QUOTE] = 1
    this.#first[BLANK] = 1
  }

  mayBegin(byte: number, empty: boolean): boolean {
    return empty ? this.#names.length > 1 && this.#known.has('') : this.#first[byte] === 1
  }

  /**
   * Whether the fields of a row are the header.
   *
   * @throws RefitError `data` where they are its names in another order: the rows below belong to other columns.
   */
  is(field: (index: number) => string, cursor: Cursor): boolean {
    const found: string[] = []
    for (let i = 0; i < this.#names.length; i++) {
      const text = folded(field(i))
      if (!this.#known.has(text)) return false
      found.push(text)
    }
    if (found.every((text, i) => text === this.#names[i])) return true
    if (joined(found) !== this.#sorted) return false
    throw new RefitError('data', 'the header comes again with its columns in another order', {
      place: { file: cursor.file, line: cursor.line },
      hint: 'Files with other columns were put one behind the other: keep them apart, Refit puts columns together by their names.',
    })
  }
}

const joined = (names: readonly string[]): string => names.toSorted().join('\0')
