/** Requests waiting to be mirrored; more than these rows are dropped, and counted. */
const MAX_QUEUED_ROWS = 5_000

/**
 * Work that is done after the answers, one piece at a time between other events, and dropped when there is too much of
 * it: mirroring must never slow an answer down.
 */
export class MirrorQueue {
  readonly #queue: { readonly rows: number; readonly work: () => void }[] = []
  #rows = 0
  #scheduled = false

  /** False where the queue is full. */
  push(rows: number, work: () => void): boolean {
    if (this.#rows + rows > MAX_QUEUED_ROWS) return false
    this.#queue.push({ rows, work })
    this.#rows += rows
    this.#schedule()
    return true
  }

  /** Does everything that waits, now. */
  drain(): void {
    while (this.#queue.length > 0) this.#next()
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
    const item = this.#queue.shift()
    if (!item) return
    this.#rows -= item.rows
    item.work()
  }
}
