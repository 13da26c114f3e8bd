interface Held<V> {
  readonly owner: string
  readonly key: string
  value: V
}

/**
 * A map of limited size in which no owner crowds out the others: where there is no room, the owner who holds the most
 * gives up his oldest entry (max-min fairness). Every operation takes constant time.
 */
export class FairMap<V> {
  readonly #limit: number
  readonly #entries = new Map<string, Held<V>>()
  readonly #order = new Line<Held<V>>()
  readonly #owned = new Map<string, Line<Held<V>>>()
  /** Owners by how much they hold. */
  readonly #bySize = new Map<number, Line<string>>()
  #largest = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** What has been there for longest. */
  get oldest(): Readonly<Held<V>> | undefined {
    return this.#order.first
  }

  /** Puts an entry last. Gives what had to make room for it. */
  set(owner: string, key: string, value: V): V | undefined {
    this.delete(key)
    const held = { owner, key, value }
    this.#entries.set(key, held)
    this.#order.add(held)
    const own = this.#owned.get(owner) ?? new Line()
    own.add(held)
    this.#owned.set(owner, own)
    this.#moved(owner, own.size - 1, own.size)
    return this.#entries.size > this.#limit ? this.#evict() : undefined
  }

  /** Changes an entry that is there, in its place. */
  update(key: string, value: V): void {
    const held = this.#entries.get(key)
    if (held) held.value = value
  }

  delete(key: string): V | undefined {
    const held = this.#entries.get(key)
    if (!held) return undefined
    this.#entries.delete(key)
    this.#order.delete(held)
    const own = this.#owned.get(held.owner)
    own?.delete(held)
    const left = own?.size ?? 0
    if (left === 0) this.#owned.delete(held.owner)
    this.#moved(held.owner, left + 1, left)
    return held.value
  }

  /** Oldest first: `[key, owner, value]`. */
  *[Symbol.iterator](): Iterator<readonly [key: string, owner: string, value: V]> {
    for (const { key, owner, value } of this.#entries.values()) yield [key, owner, value]
  }

  #evict(): V | undefined {
    const owner = this.#bySize.get(this.#largest)?.first
    const oldest = owner === undefined ? undefined : this.#owned.get(owner)?.first
    return oldest && this.delete(oldest.key)
  }

  #moved(owner: string, from: number, to: number): void {
    const left = this.#bySize.get(from)
    left?.delete(owner)
    if (left?.size === 0) this.#bySize.delete(from)
    if (to > 0) {
      const joined = this.#bySize.get(to) ?? new Line()
      joined.add(owner)
      this.#bySize.set(to, joined)
    }
    // Sizes change by one, so that the largest one is `to` or what it was.
    if (to > this.#largest || !this.#bySize.has(this.#largest)) this.#largest = to
  }
}

/**
 * A set that knows its first item. `for (const item of set) break` takes longer and longer where the first ones are taken
 * out all the time, since it walks over the holes they leave; an iterator that is kept has passed them.
 */
class Line<T> {
  readonly #items = new Set<T>()
  readonly #ahead = this.#items.values()
  #first: T | undefined

  get size(): number {
    return this.#items.size
  }

  get first(): T | undefined {
    if (this.#items.size === 0) return undefined
    if (this.#first === undefined || !this.#items.has(this.#first)) this.#first = this.#ahead.next().value
    return this.#first
  }

  add(item: T): void {
    this.#items.add(item)
  }

  delete(item: T): void {
    this.#items.delete(item)
  }
}
