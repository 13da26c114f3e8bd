import type { EffectiveFile } from './types.ts'

/**
 * Whoever serves, seen from the tick. The gateway (and Argo CD, Flux) follows `effective.json` on the state branch, so
 * that one commit of state and effective file together *is* the application and there is no moment in between: that
 * target is `git`. A target with an API of its own is `external`: the tick commits `pending`, applies, reads back and
 * commits `applied`; a crash in between leaves `pending`, and the next tick does it again.
 */
export type RolloutTarget = { readonly kind: 'git' } | ExternalTarget

export interface ExternalTarget {
  readonly kind: 'external'
  /** Idempotent: writes only what differs. */
  apply(effective: EffectiveFile): Promise<void>
  /** What the target does now; null where it was never told. */
  observe(): Promise<EffectiveFile | null>
}

export const gitTarget: RolloutTarget = { kind: 'git' }
