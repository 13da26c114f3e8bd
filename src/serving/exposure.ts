export interface Stretch {
  readonly from: number
  readonly until: number
}

/** When the present split was really in force: from when it was taken over until its lease ended or it was replaced. */
export class Exposure {
  #stretches: Stretch[] = []

  /** The split begins anew: earlier times were another one’s. */
  clear(): void {
    this.#stretches = []
  }

  get stretches(): readonly Stretch[] {
    return this.#stretches
  }

  /** What was in force before a restart. */
  restore(stretches: readonly Stretch[]): void {
    this.#stretches = [...stretches]
  }

  /** In force from now on until its end (Infinity: until it is replaced), or not in force any more. */
  set(now: number, until: number | null): void {
    const last = this.#stretches.at(-1)
    if (last && last.until >= now) {
      this.#stretches[this.#stretches.length - 1] = { from: Math.min(last.from, now), until: until ?? now }
    } else if (until !== null && until > now) {
      this.#stretches.push({ from: now, until })
    }
  }

  /** The stretches up to now, oldest first. */
  before(now: number): readonly Stretch[] {
    return this.#stretches
      .filter(({ from }) => from < now)
      .map(({ from, until }) => ({ from, until: Math.min(until, now) }))
  }
}
