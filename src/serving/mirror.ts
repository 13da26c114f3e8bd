/** Requests waiting to be mirrored; more than these rows are dropped, and counted. One that is larger waits alone. */
const MAX_QUEUED_ROWS = 5_000

interface Waiting {
  readonly caller: string
  readonly rows: number
  readonly work: () => void
}

/**
 * Work that is done after the answers, one piece at a time between other events, and dropped when there is too much of
 * it: mirroring must never slow an answer down. Where there is no room, the caller with most rows gives up its newest, so
 * that a flood of one is not all that is compared.
 */
export class MirrorQueue {
  readonly #queue: Waiting[] = []
  readonly #rowsOf = new Map<string, number>()
  #rows = 0
  #scheduled = false

  /** The number of requests that had to be dropped for it; this one may be among them. */
  push(caller: string, rows: number, work: () => void): number {
    let dropped = 0
    while (this.#rows > 0 && this.#rows + rows > MAX_QUEUED_ROWS) {
      const heaviest = this.#heaviest()
      dropped++
      if (heaviest === undefined || (this.#rowsOf.get(caller) ?? 0) + rows >= (this.#rowsOf.get(heaviest) ?? 0)) {
        return dropped
      }
      this.#take(this.#queue.findLastIndex((item) => item.caller === heaviest))
    }
    this.#queue.push({ caller, rows, work })
    this.#count(caller, rows)
    this.#schedule()
    return dropped
  }

  /** Does everything that waits, now. */
  drain(): void {
    while (this.#queue.length > 0) this.#next()
  }

  #heaviest(): string | undefined {
    let heaviest: string | undefined
    let most = 0
    for (const [caller, rows] of this.#rowsOf) if (rows > most) [heaviest, most] = [caller, rows]
    return heaviest
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#next()
      this.#schedule()
    })
  }

  #next(): void {
    if (this.#queue.length > 0) this.#take(0)?.work()
  }

  #take(index: number): Waiting | undefined {
    const [item] = this.#queue.splice(index, 1)
    if (item) this.#count(item.caller, -item.rows)
    return item
  }

  #count(caller: string, rows: number): void {
    this.#rows += rows
    const held = (this.#rowsOf.get(caller) ?? 0) + rows
    if (held > 0) this.#rowsOf.set(caller, held)
    else this.#rowsOf.delete(caller)
  }
}
