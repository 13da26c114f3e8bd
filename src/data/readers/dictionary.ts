/** Spellings of booleans that programs write; one spelling for all, so that files, requests and categories agree. */
const BOOLEANS: ReadonlyMap<string, string> = new Map([
  ['True', 'true'],
  ['TRUE', 'true'],
  ['False', 'false'],
  ['FALSE', 'false'],
])

/** The one spelling of a category: without surrounding blanks; `True` and `TRUE` are `true`. */
export function canonicalText(text: string): string {
  const trimmed = text.trim()
  return BOOLEANS.get(trimmed) ?? trimmed
}

/** Beyond this many distinct texts, bytes are decoded each time: the index of an id column would only cost memory. */
const MAX_INDEXED = 1 << 16

/**
 * Texts ↔ codes of one category column. In front of the text map lies an index of raw bytes, so that a cell that was
 * seen before costs one hash of its bytes and no string. Texts are decoded from bytes, never sliced from a larger
 * string: no dictionary keeps a chunk of a file alive.
 */
export class Dictionary {
  readonly texts: string[] = []
  readonly #codes = new Map<string, number>()
  readonly #missing: ReadonlySet<string>
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #slots = new Int32Array(128)
  #mask = 127
  #entries = 0
  #hashes = new Int32Array(64)
  #offsets = new Int32Array(65)
  #entryCodes = new Int32Array(64)
  /** Made with the first bytes: a request brings none. */
  #arena = Buffer.alloc(0)

  constructor(missing: ReadonlySet<string>) {
    this.#missing = missing
  }

  /** Code of a text, −1 for missing; a new text gets the next code. */
  ofText(text: string): number {
    const canonical = canonicalText(text)
    const known = this.#codes.get(canonical)
    if (known !== undefined) return known
    const code = this.#missing.has(canonical) ? -1 : this.texts.push(canonical) - 1
    this.#codes.set(canonical, code)
    return code
  }

  /** As `ofText`, for UTF-8 bytes [start, end). Throws a TypeError where they are no UTF-8. */
  ofBytes(bytes: Buffer, start: number, end: number): number {
    let hash = 0x811c9dc5 | 0
    let bits = 0
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      bits |= byte
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
    hash ^= hash >>> 15
    const length = end - start
    let slot = hash & this.#mask
    for (;;) {
      const entry = (this.#slots[slot] as number) - 1
      if (entry < 0) break
      if (this.#hashes[entry] === hash && this.#equals(entry, bytes, start, length)) {
        return this.#entryCodes[entry] as number
      }
      slot = (slot + 1) & this.#mask
    }
    // ASCII, which most texts are, needs no check and decodes several times as fast.
    const text = bits < 0x80 ? bytes.toString('latin1', start, end) : this.#decoder.decode(bytes.subarray(start, end))
    const code = this.ofText(text)
    if (this.#entries < MAX_INDEXED) this.#remember(hash, code, bytes, start, end)
    return code
  }

  #equals(entry: number, bytes: Buffer, start: number, length: number): boolean {
    const offset = this.#offsets[entry] as number
    if ((this.#offsets[entry + 1] as number) - offset !== length) return false
    const arena = this.#arena
    for (let i = 0; i < length; i++) if (arena[offset + i] !== bytes[start + i]) return false
    return true
  }

  #remember(hash: number, code: number, bytes: Buffer, start: number, end: number): void {
    const entry = this.#entries++
    if (entry === this.#hashes.length) this.#grow()
    const offset = this.#offsets[entry] as number
    const until = offset + end - start
    if (until > this.#arena.length) {
      const arena = Buffer.alloc(Math.max(until, this.#arena.length * 2, 1024))
      this.#arena.copy(arena)
      this.#arena = arena
    }
    bytes.copy(this.#arena, offset, start, end)
    this.#hashes[entry] = hash
    this.#offsets[entry + 1] = until
    this.#entryCodes[entry] = code
    this.#claimSlot(entry)
  }

  #grow(): void {
    const entries = this.#hashes.length
    this.#hashes = copyInto(new Int32Array(entries * 2), this.#hashes)
    this.#offsets = copyInto(new Int32Array(entries * 2 + 1), this.#offsets)
    this.#entryCodes = copyInto(new Int32Array(entries * 2), this.#entryCodes)
    this.#slots = new Int32Array(entries * 4)
    this.#mask = entries * 4 - 1
    for (let entry = 0; entry < entries; entry++) this.#claimSlot(entry)
  }

  #claimSlot(entry: number): void {
    let slot = (this.#hashes[entry] as number) & this.#mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
    this.#slots[slot] = entry + 1
  }
}

function copyInto(target: Int32Array<ArrayBuffer>, source: Int32Array): Int32Array<ArrayBuffer> {
  target.set(source)
  return target
}
