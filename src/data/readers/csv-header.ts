import { RefitError } from '../../core/error.ts'
import type { Cursor } from './sink.ts'

const QUOTE = 0x22
const BLANK = 0x20

/** With fewer names in their place, words of a row are names by chance. */
const FEWEST_IN_PLACE = 3

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
   * @throws RefitError `data` where they are its names in another order, or most of its names and some others: the rows below
   *   belong to other columns.
   */
  is(field: (index: number) => string, cursor: Cursor): boolean {
    const names = this.#names
    const found: string[] = []
    let strangers = 0
    for (let i = 0; i < names.length; i++) {
      const text = folded(field(i))
      // An empty cell or a number beside names: a row of words that happen to be names.
      if (!this.#known.has(text) && (i === 0 || !/^\p{L}/u.test(text) || ++strangers * 2 > names.length)) return false
      found.push(text)
    }
    const inPlace = found.filter((text, i) => text === names[i]).length
    if (inPlace === names.length) return true
    if (strangers === 0 ? joined(found) !== this.#sorted : inPlace < FEWEST_IN_PLACE) return false
    const other = found.findIndex((text) => !this.#known.has(text))
    const what =
      strangers === 0 ? 'its columns in another order' : `“${found[other]}” where the first one has “${names[other]}”`
    throw new RefitError('data', `the header comes again with ${what}`, {
      place: { file: cursor.file, line: cursor.line },
      hint: 'Files with other columns were put one behind the other: keep them apart, Refit puts columns together by their names.',
    })
  }
}

const joined = (names: readonly string[]): string => names.toSorted().join('\0')
